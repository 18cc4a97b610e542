"""The argmin of Eq. 9 by bounds: picks of the plain form, label after label, with less work."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits

from skactive._greedy.class_means import MeanDistances, distance_ratio
from skactive.query._class_counts import over_represented
from skactive.selection import TieOrder

from ..plain import tie_key

DENOMINATORS = ["max", "min", "none"]


def play(X, y, n, denominator, dense):
    """Picks of n labels one by one and those of the plain form."""
    first = np.concatenate([np.flatnonzero(y == c)[:2] for c in np.unique(y)])
    state = MeanDistances(X)
    picks, expected, labeled = [], [], list(first)
    free = np.ones(len(y), dtype=bool)
    free[first] = False
    for _ in range(n):
        means = np.stack([dense[[i for i in labeled if y[i] == c]].mean(0) for c in np.unique(y)])
        counts = np.bincount(y[labeled])
        target, others = int(counts.argmin()), over_represented(counts)
        state.move(means)
        picks.append(state.best(target, others, free, denominator))
        distances = np.stack([np.sqrt(((dense - m) ** 2).sum(axis=1)) for m in means], axis=1)
        scores = distance_ratio(distances, target, others, denominator)
        expected.append(int(np.where(free, scores, np.inf).argmin()))
        labeled.append(picks[-1])
        free[picks[-1]] = False
    return picks, expected, state


@pytest.mark.parametrize("denominator", DENOMINATORS)
@pytest.mark.parametrize("container", [np.float64, np.float32, sparse.csr_array])
def test_equal_to_all_distances(denominator, container):
    X, y = load_digits(return_X_y=True)
    picks, expected, _ = play(container(X), y, 60, denominator, X)
    assert picks == expected


def test_far_from_the_origin_in_single_precision():
    X, y = load_digits(return_X_y=True)
    X = (X[:400] + 3000).astype(np.float32)
    picks, expected, _ = play(X, y[:400], 40, "max", X.astype(float))
    assert picks == expected


@pytest.mark.parametrize("scale", [2.0**-50, 2.0**-40, 2.0**40])
@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_picks_do_not_depend_on_the_unit(denominator, scale):
    X, y = load_digits(return_X_y=True)
    X, y = X[:300], y[:300]
    picks, _, _ = play(X, y, 30, denominator, X)
    again, _, _ = play(scale * X, y, 30, denominator, scale * X)
    assert again == picks


@pytest.mark.parametrize("denominator", ["max", "min"])
def test_rows_on_top_of_all_means_come_first(denominator):
    # distances of rounding, which count as 0, beside larger ones
    X = 1 + np.array([[4.0], [2.0], [9e-13], [5e-13], [3.0]])
    state = MeanDistances(X)
    state.move(np.array([[1.0], [1.0 + 1e-15]]))
    others, free = np.array([False, True]), np.ones(5, dtype=bool)
    assert state.best(0, others, free, denominator, TieOrder(0)) in (2, 3)
    free[[2, 3]] = False
    assert state.best(0, others, free, denominator, TieOrder(0)) in (0, 1, 4)


def test_few_rows_are_measured():
    X, y = load_digits(return_X_y=True)
    X = np.concatenate([X, X + np.random.RandomState(0).rand(*X.shape)])
    _, _, state = play(X, np.tile(y, 2), 200, "max", X)
    # the plain form measures 200 times 3594 rows
    assert state._n_measured + state._n_refreshed * len(X) < 0.25 * 200 * len(X)


@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_duplicates_go_by_the_order_of_ties(denominator):
    X = np.repeat(np.random.RandomState(0).rand(5, 7), 6, axis=0)
    state = MeanDistances(X)
    state.move(np.random.RandomState(1).rand(3, 7))
    free = np.ones(30, dtype=bool)
    others = np.array([False, True, True])
    picks = []
    for _ in range(30):
        picks.append(state.best(0, others, free, denominator, TieOrder(3)))
        free[picks[-1]] = False
    for i in range(0, 30, 6):
        first = picks[i] // 6 * 6
        assert picks[i : i + 6] == sorted(range(first, first + 6), key=lambda k: tie_key(k, 3))


def test_vanishing_denominator_comes_last():
    X = np.array([[0.0], [4.0], [9.0]])
    state = MeanDistances(X)
    state.move(np.array([[4.0], [0.0]]))
    free = np.ones(3, dtype=bool)
    others = np.array([False, True])
    assert state.best(0, others, free, "max") == 1
    free[1] = False
    assert state.best(0, others, free, "max") == 2
    free[2] = False
    assert state.best(0, others, free, "max") == 0
