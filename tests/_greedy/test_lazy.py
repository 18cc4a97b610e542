"""The lazy maximum against a full pass in every step, and the work that it does."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skactive._greedy.lazy import LazyGreedy
from skactive._greedy.nearest import NearestCenters, SquaredDistances

from ..plain import argmax, by_key


def greedy(values_at, n_rows, n, weights=None):
    """Full passes: values_at(step) gives all values of a step."""
    taken = []
    for step in range(n):
        values = values_at(step) * (1 if weights is None else weights[step])
        values[taken] = -np.inf
        taken.append(argmax(values))
    return taken


@pytest.mark.parametrize("block", [1, 3, 256])
@pytest.mark.parametrize("weighted", [False, True])
def test_equal_to_full_passes_with_ties(block, weighted):
    rng = np.random.RandomState(0)
    # integers: many ties
    falls = np.cumsum(rng.randint(0, 3, size=(40, 200)), axis=0)
    values = 100.0 - falls
    weights = rng.randint(1, 3, size=(40, 200)).astype(float) if weighted else None
    step = [0]
    lazy = LazyGreedy(np.full(200, 100.0), lambda rows: values[step[0], rows], block=block)
    picks = []
    for step[0] in range(40):
        picks.append(lazy.take(None if weights is None else weights[step[0]]))
    assert picks == greedy(lambda step: values[step].copy(), 200, 40, weights)


def test_equal_values_go_by_the_order_of_ties():
    lazy = LazyGreedy(np.array([5.0, 4, 4, 5]), lambda rows: np.full(len(rows), 4.0))
    assert [lazy.take() for _ in range(4)] == by_key(np.zeros(4))


def test_of_equal_bounds_few_are_measured():
    lazy = LazyGreedy(np.full(1000, 4.0), lambda rows: np.full(len(rows), 4.0))
    assert [lazy.take() for _ in range(20)] == by_key(np.zeros(1000))[:20]
    assert lazy._n_measured <= 20 * 2


def test_infinite_bounds_are_lowered_all_at_once():
    values, calls = np.arange(100.0), []
    bounds = np.full(100, np.inf)

    def lower_all():
        calls.append(1)
        bounds[:] = values + 0.5

    lazy = LazyGreedy(bounds, lambda rows: values[rows], lower_all=lower_all, block=4)
    assert lazy.take() == 99 and len(calls) == 1
    assert lazy._n_measured <= 1 + 4 + 1


def test_few_rows_are_measured():
    X, _ = load_digits(return_X_y=True)
    nearest = NearestCenters(SquaredDistances(X))
    nearest.distances.add_row(0)
    lazy = LazyGreedy(nearest.bounds, nearest.measure, lower_all=nearest.screen)
    for _ in range(100):
        nearest.distances.add_row(lazy.take())
    # full passes would measure 100 times 1797 rows
    assert lazy._n_measured < 0.1 * 100 * len(X)
