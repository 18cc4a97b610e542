"""Kernels by worked numbers, and picks by a stored kernel against full passes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skactive._greedy.kernel import (
    KernelCoverage,
    gaussian_kernel,
    neighbor_ranks,
    neighborhood_widths,
)


def single(*rows):
    return np.array(rows, dtype=np.float32)


def test_worked_kernel():
    kernel = gaussian_kernel(single([0, 0], [1, 0], [0, 2]), single([0, 0], [1, 1]), 2.0)
    expected = np.exp([[0, -1], [-0.5, -0.5], [-2, -1]])
    assert_allclose(kernel, expected, rtol=1e-6)
    assert kernel.dtype == np.float32


def test_kernel_in_blocks_is_that_of_all_pairs():
    rows = np.random.RandomState(0).normal(size=(1300, 3)).astype(np.float32)
    squared = ((rows[:, None] - rows[:40]) ** 2).sum(axis=2)
    assert_allclose(gaussian_kernel(rows, rows[:40], 3.0), np.exp(-squared / 3), atol=2e-6)


@pytest.mark.parametrize(
    "n_rows, first, expected",
    [(1, 20, [0]), (2, 20, [1]), (12, 20, [11]), (100, 20, [20]), (400, 20, [20, 28, 40, 57, 80])],
)
def test_worked_ranks(n_rows, first, expected):
    assert neighbor_ranks(n_rows, first) == expected


def test_worked_widths():
    rows = np.array([[0.0], [1.0], [3.0], [7.0]])
    # second neighbors are 3, 2, 3 and 6 away, third ones 7, 6, 4 and 7
    widths = neighborhood_widths(rows, rows, [2, 3])
    assert widths == {2: 9.0, 3: (36 + 49) / 2}
    assert neighborhood_widths(rows, rows[:1], [2]) == {2: 9.0}
    # the median is 0, the mean is not; all rows are equal; one row alone
    piled = np.array([[0.0], [0.0], [0.0], [2.0]])
    assert neighborhood_widths(piled, piled, [1]) == {1: 1.0}
    assert neighborhood_widths(np.zeros((5, 2)), np.zeros((5, 2)), [2]) == {2: 1.0}
    assert neighborhood_widths(np.zeros((1, 2)), np.zeros((1, 2)), [0]) == {0: 1.0}


def full_passes(kernel, best, weights, n, factors):
    """All gains in every step, in float64."""
    kernel, picks = kernel.astype(float), []
    for _ in range(n):
        gains = np.maximum(kernel - best, 0) @ weights * factors
        gains[picks] = -1
        picks.append(int(gains.argmax()))
        best = np.maximum(best, kernel[picks[-1]])
    return picks


@pytest.mark.parametrize("has_factors", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_equal_to_full_passes(seed, has_factors):
    rng = np.random.RandomState(seed)
    rows = rng.normal(size=(300, 4)).astype(np.float32)
    weights, factors = rng.rand(300), rng.rand(300) if has_factors else None
    kernel = gaussian_kernel(rows, rows, 3.0)
    best = kernel[:7].max(axis=0)
    given = None if factors is None else (lambda picks: factors)
    picks = KernelCoverage(kernel, best, weights).pick(np.ones(300, dtype=bool), 25, given)
    expected = full_passes(kernel, best, weights, 25, 1.0 if factors is None else factors)
    assert picks.tolist() == expected


def test_bounds_are_bounds():
    rng = np.random.RandomState(0)
    kernel = rng.rand(80, 50).astype(np.float32)
    coverage = KernelCoverage(kernel, rng.rand(50).astype(np.float32), rng.rand(50))
    gains = coverage.gains(np.arange(80))
    assert (coverage.bounds() >= gains).all()
    # tight where nothing is chosen
    coverage = KernelCoverage(kernel, np.zeros(50, dtype=np.float32), rng.rand(50))
    assert_allclose(coverage.bounds(), coverage.gains(np.arange(80)), rtol=2e-4)


def test_worked_gains():
    kernel = single([1.0, 0.5, 0.0], [0.5, 1.0, 0.25])
    coverage = KernelCoverage(kernel, single(0.5, 0.25, 0.25), np.array([1.0, 2.0, 4.0]))
    assert_allclose(coverage.gains(np.array([0, 1])), [1.0, 1.5])
    assert coverage.pick(np.ones(2, dtype=bool), 1).tolist() == [1]
    assert_array_equal(coverage.best, [0.5, 1.0, 0.25])
    # of all weight, 1 + 2 + 4
    assert_allclose(coverage.gained, [1.5 / 7])


def test_factors_may_depend_on_the_picks():
    kernel = np.eye(4, dtype=np.float32)
    coverage = KernelCoverage(kernel, np.zeros(4, dtype=np.float32), np.array([5.0, 4.0, 3.0, 1]))

    def factors(picks):
        # rows 0 and 1 are of one kind; each pick of this kind halves its factor
        return np.where(np.arange(4) < 2, 0.5 ** np.sum(picks < 2), 1.0)

    assert coverage.pick(np.ones(4, dtype=bool), 4, factors).tolist() == [0, 2, 1, 3]


def test_what_is_not_free_is_not_picked():
    kernel = np.eye(3, dtype=np.float32)
    coverage = KernelCoverage(kernel, np.zeros(3, dtype=np.float32), np.array([1.0, 5.0, 2.0]))
    assert coverage.pick(np.array([True, False, True]), 2).tolist() == [2, 0]
