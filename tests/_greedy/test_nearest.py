"""Distances to growing centers: bounds that hold, values exact to the last bit."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits

from skactive._greedy.nearest import NearestCenters, SquaredDistances, nearest_squared


def plain(X, C):
    X, C = X.astype(np.float64), C.astype(np.float64)
    return np.min([((X - c) ** 2).sum(axis=1) for c in C], axis=0)


@pytest.fixture(scope="module")
def X():
    return load_digits(return_X_y=True)[0] + np.random.RandomState(0).rand(1797, 64)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_equal_to_differences_bit_by_bit(X, dtype):
    X = X.astype(dtype)
    assert_array_equal(nearest_squared(X, X[::90]), plain(X, X[::90]))


@pytest.mark.parametrize("scale", [1e-25, 1e-10, 1e12, 1e30])
def test_small_and_large_numbers_in_single_precision(X, scale):
    X = (X * scale).astype(np.float32)
    assert_array_equal(nearest_squared(X, X[::90]), plain(X, X[::90]))


def test_far_from_the_origin(X):
    X = (X / 1000 + 1000).astype(np.float32)
    assert_array_equal(nearest_squared(X, X[::90]), plain(X, X[::90]))


def test_sparse_rows_and_centers(X):
    rows = sparse.csr_matrix(np.round(X))
    expected = plain(np.round(X), np.round(X)[:9])
    assert_array_equal(nearest_squared(rows, rows[:9]), expected)
    assert_array_equal(nearest_squared(rows, np.round(X)[:9]), expected)
    assert_array_equal(nearest_squared(np.round(X), rows[:9]), expected)


def test_measured_in_any_order_and_any_steps(X):
    nearest = NearestCenters(SquaredDistances(X.astype(np.float32)))
    rng, rows = np.random.RandomState(0), np.arange(len(X))
    for n_centers in (1, 3, 40):
        nearest.distances.add(X[:n_centers])
        some = rng.permutation(rows)[:500]
        expected = plain(X.astype(np.float32), X[:40][: nearest.distances.n_centers])
        if n_centers < 40:
            nearest.measure(some)
    assert_array_equal(nearest.measure(some), expected[some])


def test_screened_bounds_hold_and_are_close(X):
    distances = SquaredDistances(X.astype(np.float32))
    distances.add(distances.factors[0][:20])
    nearest = NearestCenters(distances)
    nearest.screen()
    exact = plain(distances.factors[0], distances.factors[0][:20])
    assert (nearest.bounds >= exact).all()
    assert (nearest.bounds <= exact + 1e-3 * distances.norms.max()).all()


def test_outer_products_are_never_formed():
    rng = np.random.RandomState(0)
    A, X = rng.randn(50, 3), rng.randn(50, 7)
    distances = SquaredDistances(A, X)
    distances.add_row(4)
    distances.add_row(9)
    G = np.einsum("ij,ik->ijk", A, X).reshape(50, -1)
    for k, center in enumerate((4, 9)):
        expected = ((G - G[center]) ** 2).sum(axis=1)
        exact = distances.exact(np.arange(50), np.full(50, k))
        np.testing.assert_allclose(exact, expected, atol=1e-9)
    assert distances.exact(np.array([4, 9]), np.array([0, 1])).tolist() == [0, 0]


def test_no_center_is_infinitely_far(X):
    assert np.isinf(NearestCenters(SquaredDistances(X)).measure(np.arange(3))).all()


def test_centers_can_be_dropped(X):
    distances = SquaredDistances(X)
    distances.add(X[:30])
    distances.truncate(2)
    distances.add(X[5:6])
    assert_array_equal(distances.centers_from(0), X[[0, 1, 5]])
    assert_array_equal(NearestCenters(distances).measure(np.arange(9)), plain(X[:9], X[[0, 1, 5]]))
