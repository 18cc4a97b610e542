"""MaxHerding by worked numbers and against full greedy passes."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from skactive import ActiveLearner
from skactive.query import MaxHerding


def plain(X, labeled, n, sigma, weights=1.0):
    """All gains in every step; rows that are labeled are neither covered nor candidates."""
    K = np.exp(-((X[:, None] - X) ** 2).sum(axis=2) / sigma**2)
    free = np.setdiff1d(np.arange(len(X)), labeled)
    best = K[free][:, labeled].max(axis=1) if len(labeled) else np.zeros(len(free))
    weights = weights * np.ones(len(free))
    picks = []
    for _ in range(n):
        gains = weights @ np.maximum(K[np.ix_(free, free)] - best[:, None], 0)
        gains[picks] = -1
        picks.append(int(gains.argmax()))
        best = np.maximum(best, K[free, free[picks[-1]]])
    return free[picks].tolist()


def test_worked_gains():
    # distances squared in units of sigma squared: gains of 0, 1, 2 at first are
    # 1 + e^-1 + e^-4, 1 + 2 e^-1, the same as the first; of 9 just 1
    X = np.array([[0.0], [1], [2], [9]])
    learner = ActiveLearner(query_strategy=MaxHerding(unit_norm=False), random_state=0)
    assert learner.query(X, 2).tolist() == [1, 3]
    # as wide as all of it: what the rows 0 to 2 leave of 9
    wide = MaxHerding(100.0, unit_norm=False)
    assert ActiveLearner(query_strategy=wide).query(X, 1).tolist() == [2]


def test_most_rows_covered_first_not_the_outlier():
    X = np.array([[5.0, 5], [0, 0], [0, 0.1], [0.1, 0], [-5, -4]])
    learner = ActiveLearner(query_strategy=MaxHerding(unit_norm=False), random_state=0)
    assert learner.query(X, 1)[0] in (1, 2, 3)
    learner.teach(X[1:4], [0, 1, 0])
    assert set(learner.query(X, 2, exclude=[1, 2, 3])) == {0, 4}


@pytest.mark.parametrize("unit_norm", [True, False])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_equal_to_full_passes(digits, container, unit_norm):
    X, y = digits
    X = X + np.random.RandomState(0).rand(*X.shape) * 1e-2
    seen = X / np.linalg.norm(X, axis=1)[:, None] if unit_norm else X
    strategy = MaxHerding(0.7, unit_norm=unit_norm)
    learner = ActiveLearner(query_strategy=strategy)
    assert learner.query(container(X), 25).tolist() == plain(seen, [], 25, 0.7)
    learner.teach(container(X[:10]), y[:10])
    expected = plain(seen, np.arange(10), 25, 0.7)
    assert learner.query(container(X), 25, exclude=range(10)).tolist() == expected


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rows_far_from_zero(dtype):
    X = np.random.RandomState(0).normal(size=(100, 4)).astype(dtype)
    far = X + dtype(1000 if dtype is np.float32 else 1e7)
    learner = ActiveLearner(query_strategy=MaxHerding(unit_norm=False), random_state=0)
    exact = far.astype(np.float64) - far[0].astype(np.float64)
    assert learner.query(far, 8).tolist() == plain(exact, [], 8, 1.0)
    learner.teach(far[:10], np.arange(10) % 2)
    expected = plain(exact, np.arange(10), 8, 1.0)
    assert learner.query(far, 8, exclude=range(10)).tolist() == expected


def test_only_drawn_rows_of_a_large_pool(digits):
    X, _ = digits
    learner = ActiveLearner(query_strategy=MaxHerding(max_rows=40), random_state=0)
    first = learner.query(X, 5, exclude=range(100))
    assert first.min() >= 100 and len(set(first)) == 5
    assert len(set(learner.query(X, 60))) == 60
    again = ActiveLearner(query_strategy=MaxHerding(max_rows=40), random_state=0)
    assert_array_equal(again.query(X, 5, exclude=range(100)), first)


def test_rows_in_another_order(digits):
    X = digits[0] + np.random.RandomState(0).rand(*digits[0].shape) * 1e-2
    order = np.random.RandomState(0).permutation(len(X))
    learner = ActiveLearner(query_strategy=MaxHerding(), random_state=0)
    assert_array_equal(order[learner.query(X[order], 9)], learner.query(X, 9))
