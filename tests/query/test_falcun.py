"""FALCUN by worked numbers, against its plain form, and the law of its draws."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import Falcun
from skactive.query.falcun import _draw, _draw_one, _power, approach, uncertainty

from ..plain import TableModel
from ..plain import margin as plain_margin

TABLE = np.array([[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.9, 0.1, 0.0], [0.5, 0.25, 0.25]])


def plain(P, n, gamma, seed):
    """Every step by its text, with the draws of the package."""
    generator = np.random.default_rng(seed)
    u = 1 - plain_margin(P)
    d, picks = u.copy(), []
    for _ in range(n):
        if picks:
            d = np.minimum(d, [sum(abs(row - P[picks[-1]])) for row in P])
            d = (d - d.min()) / (d.max() - d.min())
        weights = np.array([0 if i in picks else (u[i] + d[i]) ** gamma for i in range(len(P))])
        share = np.cumsum(weights / weights.sum())
        picks.append(int(np.flatnonzero(share > generator.random())[0]))
    return picks


def test_worked_numbers():
    u = uncertainty(TABLE)
    assert_allclose(u, [0.8, 0.8, 0.2, 0.75])
    d = u.copy()
    approach(d, TABLE.T.copy(), 0)
    # distances to row 0: 0, 0.6, 0.8, 0.1; the lower ones of u and them 0, 0.6, 0.2, 0.1
    assert_allclose(d, [0, 1, 1 / 3, 1 / 6], rtol=1e-6)
    approach(d, TABLE.T.copy(), 1)
    # to row 1: 0.6, 0, 1.4, 0.6; at most 0, 0, 1/3, 1/6
    assert_allclose(d, [0, 0, 1, 0.5])


def test_a_large_gamma_takes_the_most_relevant_one():
    model, X = TableModel(TABLE), np.arange(4)[:, None]
    # rows 0 and 1 lead with u + d = 1.6. After 0, 1 it is 1.2 for row 2 and 1.25 for row 3;
    # after 1, 0 it is 1.2 and 1.05
    assert Falcun(gamma=500)(model, X, 4).tolist() in ([0, 1, 3, 2], [1, 0, 2, 3])


@pytest.mark.parametrize("gamma", [0, 1, 2.5, 10, 100])
def test_equal_to_the_plain_form(gamma):
    P = np.random.RandomState(0).dirichlet(np.ones(5), 80)
    picks = _draw(P, 30, gamma, np.random.default_rng(4))
    assert picks.tolist() == plain(P, 30, gamma, 4)


def test_law_of_the_draws():
    weights = np.array([0.5, 0, 1.0, 0.25, 2.0])
    generator = np.random.default_rng(0)
    draws = [_draw_one(weights.copy(), [3], 2, generator) for _ in range(4000)]
    shares = np.bincount(draws, minlength=5) / 4000
    assert_allclose(shares, np.array([0.25, 0, 1, 0, 4]) / 5.25, atol=0.02)


@pytest.mark.parametrize("exponent", [0, 1, 3, 10, 64, 65, 0.5, 7.25])
def test_powers(exponent):
    values = np.linspace(0, 1, 9)
    assert_allclose(_power(values, exponent), values**exponent, rtol=1e-13)
    assert values[1] == 0.125


def test_uncertain_and_unlike_rows_in_any_order():
    # three groups of rows, two of them uncertain in different ways, one certain
    P = np.repeat([[0.49, 0.5, 0.01], [0.01, 0.5, 0.49], [0.98, 0.01, 0.01]], 20, axis=0)
    group, X = np.repeat([0, 1, 2], 20), np.arange(60)[:, None]
    order = np.random.RandomState(0).permutation(60)
    for rows in (np.arange(60), order):
        picks = Falcun(50)(TableModel(P[rows]), X, 2)
        assert sorted(group[rows][picks]) == [0, 1]


def test_certain_rows_and_excluded_rows():
    certain = TableModel(np.eye(2)[[0] * 6])
    X = np.arange(6)[:, None]
    assert sorted(Falcun()(certain, X, 6)) == [0, 1, 2, 3, 4, 5]
    X, y = np.random.RandomState(0).rand(50, 3), np.arange(50) % 3
    learner = ActiveLearner(GaussianNB(), Falcun(), random_state=0).fit(X[:9], y[:9])
    assert learner.query(X, 12, exclude=np.arange(30)).min() >= 30
