"""Greedy coverage by hand-worked numbers and against full passes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse

from skactive._greedy.coverage import Coverage, cosine, gaussian

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


def test_take_returns_the_share_of_all_weight():
    line = np.array([[0.0], [1.0], [3.0]])
    coverage = Coverage(line, gaussian(2.0), weights=np.array([1.0, 2.0, 4.0]))
    near, far, farther = np.exp([-0.5, -2.0, -4.5])
    assert_allclose(coverage.take(line[:1]), (1 + 2 * near + 4 * farther) / 7)
    assert_allclose(coverage.take(line[2:]), (2 * max(0, far - near) + 4 * (1 - farther)) / 7)
    assert Coverage(line, gaussian(2.0), weights=np.zeros(3)).take(line[:1]) == 0


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_gains_only_fall(container):
    rng = np.random.RandomState(0)
    X = container(rng.normal(size=(80, 3)))
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
