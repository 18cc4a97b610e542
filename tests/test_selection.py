"""Positions out of scores, groups and draws."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse

from skactive.query._base import warn_if_equal
from skactive.selection import (
    FreeRows,
    TieOrder,
    random_rows,
    round_robin,
    slices,
    squared_norms,
    top_n,
)

from .plain import by_key, walk_classes


@pytest.mark.parametrize("n", range(9))
def test_top_n_with_ties(n):
    scores = np.array([0.3, 0.9, 0.3, 0.9, 0.1, 0.3, -np.inf, 0.2])
    assert top_n(scores, n, TieOrder(4)).tolist() == by_key(-scores, 4)[:n]
    assert sorted(by_key(-scores, 4)[:5]) == [0, 1, 2, 3, 5]


def test_ties_are_a_permutation_by_chance():
    keys = TieOrder(1).keys(np.arange(100_000))
    assert len(np.unique(keys)) == 100_000
    order = np.argsort(keys)
    # no trace of the order of rows: correlations are of the size of chance, 1 / sqrt(n)
    for other in (np.arange(100_000), np.argsort(TieOrder(2).keys(np.arange(100_000)))):
        assert abs(np.corrcoef(order, other)[0, 1]) < 0.013
    share = np.bincount(order[:20_000] // 10_000, minlength=10) / 20_000
    assert_allclose(share, 0.1, atol=0.01)


def test_parts_keep_the_order_of_the_whole():
    whole, rows = TieOrder(9), np.array([40, 2, 77, 13])
    expected = whole.keys(np.arange(100))
    assert_array_equal(whole.of(slice(30, 60)).keys(np.arange(30)), expected[30:60])
    assert_array_equal(whole.of(rows).keys(np.arange(4)), expected[rows])
    assert_array_equal(whole.of(rows).of(np.array([3, 1])).keys(np.arange(2)), expected[[13, 2]])
    assert_array_equal(whole.of(rows).of(slice(1, 3)).keys(np.arange(2)), expected[[2, 77]])


def test_equal_scores_warn():
    scores = np.array([-np.inf, 2.0, 2.0, 2.0])
    with pytest.warns(UserWarning, match="scores of all 3 free rows are equal.*CoreSet"):
        warn_if_equal(scores, np.array([1, 3]), 3)
    for top, values in (([1, 2, 3], scores), ([], scores), ([1], np.array([-np.inf, 2, 1, 2]))):
        warn_if_equal(values, np.array(top, dtype=int), 3)


@pytest.mark.parametrize("seed", range(5))
def test_top_n_equals_a_stable_sort(seed):
    rng = np.random.RandomState(seed)
    scores = rng.randint(0, 8, size=200).astype(float)
    for n in (1, 17, 100, 199, 200):
        assert top_n(scores, n, TieOrder(seed)).tolist() == by_key(-scores, seed)[:n]


@pytest.mark.parametrize("seed", range(5))
def test_round_robin_equals_the_walk(seed):
    rng = np.random.RandomState(seed)
    groups, scores = rng.randint(0, 7, size=90), rng.randint(0, 20, size=90).astype(float)
    assert round_robin(groups, scores).tolist() == walk_classes(by_key(-scores), groups)


def test_round_robin_by_group():
    groups, scores = np.array([2, 0, 0, 1, 2]), np.array([0.9, 0.1, 0.2, 0.5, 0.3])
    assert round_robin(groups, scores, by_group=True).tolist() == [2, 3, 0, 1, 4]
    assert round_robin(groups, scores).tolist() == [0, 3, 2, 4, 1]


@pytest.mark.parametrize("share_free", [1.0, 0.5, 0.05])
def test_random_rows_concatenate(share_free):
    available = np.random.RandomState(0).rand(400) < share_free
    whole = random_rows(available, 15, np.random.RandomState(7))
    stream, parts, left = np.random.RandomState(7), [], available.copy()
    for n in (1, 0, 4, 10):
        parts.extend(random_rows(left, n, stream))
        left[parts] = False
    assert_array_equal(parts, whole)
    assert available[whole].all() and len(set(whole.tolist())) == 15


@pytest.mark.parametrize("n_free", [3, 30])
def test_random_rows_are_uniform(n_free):
    available = np.zeros(60, dtype=bool)
    available[:: 60 // n_free] = True
    stream = np.random.RandomState(0)
    draws = [random_rows(available, 1, stream)[0] for _ in range(3000)]
    counts = np.bincount(draws, minlength=60)
    assert (counts[~available] == 0).all()
    expected = 3000 / n_free
    assert np.abs(counts[available] - expected).max() < 5 * np.sqrt(expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix, sparse.csr_array])
def test_squared_norms(dtype, container):
    X = np.random.RandomState(0).normal(size=(700, 500)).astype(dtype)
    norms = squared_norms(container(X))
    assert norms.dtype == np.float64
    assert_allclose(norms, (X.astype(float) ** 2).sum(axis=1), rtol=1e-12)


@pytest.mark.parametrize("share_free", [1.0, 0.5, 0.05])
def test_free_rows_said_by_those_that_are_taken(share_free):
    available = np.random.RandomState(3).rand(400) < share_free
    taken = np.flatnonzero(~available)
    free = FreeRows(400, taken)
    n = min(30, free.n_free)
    by_mask = random_rows(available, n, np.random.RandomState(5))
    assert_array_equal(random_rows(free, n, np.random.RandomState(5)), by_mask)
    assert [free.nth(k) for k in range(free.n_free)] == np.flatnonzero(available).tolist()
    assert [row in free for row in range(400)] == available.tolist()
    assert free.n_free == available.sum()  # a draw leaves it as it is


@pytest.mark.parametrize("n_rows, size", [(0, 3), (1, 3), (6, 3), (7, 3), (4, 0)])
def test_slices_cover_every_row_once(n_rows, size):
    blocks = slices(n_rows, size)
    assert [row for block in blocks for row in range(block.start, block.stop)] == [*range(n_rows)]
    assert all(1 <= block.stop - block.start <= max(1, size) for block in blocks)
