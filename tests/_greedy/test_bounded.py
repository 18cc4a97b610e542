"""An array on demand behaves like the array that it stands for in every operation."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skactive._greedy.bounded import Bounded, OnDemand, Unchecked

VALUES = np.random.RandomState(0).rand(50)
NOISE = np.random.RandomState(1).uniform(-0.1, 0.1, 50)


def bounded():
    return Bounded(VALUES + NOISE, 1.001 * np.abs(NOISE), lambda rows: VALUES[rows])


@pytest.mark.parametrize(
    "function",
    [
        lambda x: -x,
        lambda x: +x,
        lambda x: 1 - x,
        lambda x: x - 1,
        lambda x: 3 * x + 2,
        lambda x: x / -7,
        lambda x: np.float32(0.1) * x,
        lambda x: 1e-300 * x,
        lambda x: 0 * x,
    ],
)
def test_linear_functions_stay_bounded(function):
    answer = function(bounded())
    assert type(answer) is Bounded
    expected = function(VALUES)
    assert_array_equal(answer.exact(np.arange(50)), expected)
    assert (np.abs(answer.estimates - expected) <= answer.slack).all()
    assert_array_equal(answer, expected)


@pytest.mark.parametrize(
    "function",
    [
        np.sqrt,
        lambda x: np.power(x, 2),  # x**2 of an array takes a short cut of its own
        lambda x: 1 / x,
        lambda x: x / 0.0,
        lambda x: x * np.inf,
        lambda x: x + np.arange(50),
        lambda x: x + x,
        lambda x: x > 0.5,
        lambda x: x[3:7],
        lambda x: x.max(),
        lambda x: np.argsort(x),
        lambda x: np.where(x > 0.5, x, 0),
        lambda x: np.add.reduce(x),
        lambda x: np.asarray(x, dtype=np.float32),
        lambda x: [each for each in x],
        lambda x: np.add(x, 1, where=x > 0.5, out=np.zeros(50)),
        len,
        repr,
    ],
)
def test_anything_else_is_exact(function):
    with np.errstate(divide="ignore"):
        answer, expected = function(bounded()), function(VALUES)
    assert not isinstance(answer, OnDemand)
    assert_array_equal(answer, expected)


def test_changes_in_place():
    values = bounded()
    values *= 2
    values[3] = 5.0
    expected = VALUES * 2
    expected[3] = 5.0
    assert_array_equal(values, expected)
    changed = bounded()
    changed[3] = 5.0
    negated = -changed
    assert_array_equal(negated.estimates, -np.where(np.arange(50) == 3, 5.0, VALUES))
    assert_array_equal(negated, negated.estimates)


def test_values_are_checked_when_they_are_returned():
    seen = []
    values = bounded().checked(lambda numbers: seen.append(len(numbers)) or numbers)
    assert_array_equal((-values).exact(np.array([4, 2])), -VALUES[[4, 2]])
    assert seen == [2]


def test_probabilities_are_checked_when_they_are_read():
    given, seen = np.full((4, 2), 0.5, dtype=np.float32), []
    table = Unchecked(given, lambda rows: seen.append(rows))
    assert (table.shape, table.ndim, len(table), seen) == ((4, 2), 2, 4, [])
    table[0] = 1.0
    assert len(seen) == 1 and table.dtype == np.float64
    assert_array_equal(given, 0.5)
    with pytest.raises(AttributeError, match="nothing"):
        table.nothing
    with pytest.raises(AttributeError, match="__array_struct__"):
        table.__array_struct__
