"""Greedy coverage by hand-worked numbers and against full passes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from skactive._greedy.coverage import Coverage, cosine, gaussian, greedy_coverage

ROWS = np.array([[1.0, 0], [0, 1], [-1, 0]])


def test_worked_gains_of_the_cosine():
    coverage = Coverage(ROWS, cosine)
    assert_allclose(coverage.gains(ROWS), [3, 4, 3])
    coverage.cover_from(ROWS[:1])
    assert_allclose(coverage.best, [2, 1, 0])
    # row 1 covers itself by 2 instead of 1 and row 2 by 1 instead of 0; row 2 itself by 2, not 0
    assert_allclose(coverage.gains(ROWS), [0, 2, 2])


def test_worked_gains_of_the_gaussian():
    line = np.array([[0.0], [1.0], [3.0]])
    coverage = Coverage(line, gaussian(2.0), weights=np.array([1.0, 2.0, 4.0]))
    near, far, farther = np.exp([-0.5, -2.0, -4.5])
    assert_allclose(
        coverage.gains(line),
        [1 + 2 * near + 4 * farther, near + 2 + 4 * far, farther + 2 * far + 4],
    )
    coverage.cover_from(line[2:])
    assert_allclose(coverage.best, [farther, far, 1])
    assert_allclose(
        coverage.gains(line),
        [1 - farther + 2 * (near - far), near - farther + 2 * (1 - far), 0],
        atol=1e-12,
    )


def plain(X, similarity, weights, n):
    """All gains in every step."""
    picks, best = [], np.zeros(len(X))
    for _ in range(n):
        gains = (weights[:, None] * np.maximum(similarity - best[:, None], 0)).sum(axis=0)
        gains[picks] = -1
        picks.append(int(gains.argmax()))
        best = np.maximum(best, similarity[:, picks[-1]])
    return picks


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("seed", range(3))
def test_equal_to_full_passes(seed, container):
    rng = np.random.RandomState(seed)
    X, weights = rng.normal(size=(300, 4)), rng.rand(300)
    similarity = np.exp(-((X[:, None] - X) ** 2).sum(axis=2) / 3.0)
    coverage = Coverage(container(X), gaussian(3.0), weights)
    bounds = coverage.gains(container(X)) * (1 + 1e-9)
    order = greedy_coverage(coverage, container(X), 25, bounds)
    assert order.tolist() == plain(X, similarity, weights, 25)


def test_what_must_not_be_chosen_is_not():
    coverage = Coverage(ROWS, cosine)
    bounds = np.array([5.0, -np.inf, 5.0])
    assert sorted(greedy_coverage(coverage, ROWS, 2, bounds)) == [0, 2]


def test_gains_only_fall():
    rng = np.random.RandomState(0)
    X = rng.normal(size=(80, 3))
    coverage = Coverage(X, gaussian(1.0), rng.rand(80))
    before = coverage.gains(X)
    for row in (5, 17, 60):
        coverage.cover_from(X[[row]])
        after = coverage.gains(X)
        assert (after <= before + 1e-12).all() and abs(after[row]) < 1e-9
        before = after


def test_single_precision_is_kept():
    coverage = Coverage(ROWS.astype(np.float32), gaussian(1.0))
    assert coverage.best.dtype == np.float32
    assert coverage.gains(ROWS.astype(np.float32)).dtype == np.float64
