"""Uncertainty herding by worked numbers and against full greedy passes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import MaxHerding, UncertaintyHerding
from skactive.query._probabilities import tempered
from skactive.query.uncertainty_herding import (
    _held_out,
    calibration_error,
    smallest_distance,
)

from ..plain import TableModel
from .test_max_herding import plain


def test_worked_calibration_error():
    P = np.array([[0.9, 0.1], [0.92, 0.08], [0.4, 0.6], [0.55, 0.45]])
    # two of confidence near 0.9, one of them right: |1.82 - 1|; 0.6 and 0.55 lie in bins of
    # their own, one right, one wrong: 0.4 and 0.55
    assert calibration_error(P, np.array([0, 1, 1, 1])) == pytest.approx((0.82 + 0.4 + 0.55) / 4)
    assert calibration_error(np.array([[1.0, 0]]), np.array([0])) == 0


def test_worked_temperature():
    assert_allclose(tempered(np.array([[0.8, 0.2]]), 2), [[2 / 3, 1 / 3]])
    assert_allclose(tempered(np.array([[0.8, 0.2]]), 0.5), [[16 / 17, 1 / 17]])
    assert_allclose(tempered(np.array([[1.0, 0.0]]), 10), [[1, 0]])


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_worked_distance(container):
    X = container(np.array([[3.0, 4], [0, 0], [3, 4], [3, 6]]))
    assert smallest_distance(X) == pytest.approx(2)
    assert smallest_distance(container(np.ones((3, 2)))) == 1
    assert smallest_distance(container(np.ones((1, 2)))) == smallest_distance(None) == 1


def test_every_class_keeps_a_label():
    codes = np.array([0] * 17 + [1, 2, 2])
    held = _held_out(codes)
    assert len(held) == 4 and 17 not in held and len(set(held)) == 4
    assert len(np.unique(np.delete(codes, held))) == 3
    assert len(_held_out(np.array([0, 1, 2]))) == 0


def test_uncertain_rows_count_not_certain_ones():
    vectors = np.array([[0.0], [0.1], [0.2], [5], [5.1]])
    rows = np.arange(5)[:, None]
    model = TableModel([[0.95, 0.05]] * 3 + [[0.5, 0.5]] * 2)

    def embed(X):
        return vectors[X[:, 0].astype(int)]

    assert MaxHerding(unit_norm=False, embed=embed)(model, rows, 1).tolist() == [1]
    strategy = UncertaintyHerding(unit_norm=False, embed=embed)
    assert strategy(model, rows, 1)[0] in (3, 4)
    # with a high temperature, all rows have the same weight
    hot = UncertaintyHerding(unit_norm=False, embed=embed, temperature=1000.0)
    assert hot(model, rows, 1).tolist() == [1]


@pytest.mark.parametrize("measure", ["margin", "entropy", "least_confidence"])
def test_equal_to_full_passes(digits, measure):
    X, y = digits
    X = X + np.random.RandomState(0).rand(*X.shape) * 1e-2
    strategy = UncertaintyHerding(measure, temperature=2.0)
    learner = ActiveLearner(LogisticRegression(), strategy).teach(X[:40], y[:40])
    P = np.sqrt(learner.predict_proba(X[40:])[:, np.unique(y[:40])])
    P /= P.sum(axis=1)[:, None]
    first, second = np.sort(P)[:, :-3:-1].T
    u = {
        "margin": 1 - first + second,
        "entropy": -(P * np.log(P)).sum(axis=1),
        "least_confidence": 1 - first,
    }[measure]
    seen = X / np.linalg.norm(X, axis=1)[:, None]
    gaps = np.linalg.norm(seen[:40, None] - seen[:40], axis=2)
    sigma = gaps[gaps > 1e-6].min()
    expected = plain(seen, np.arange(40), 12, sigma, u)
    assert learner.query(X, 12, exclude=range(40)).tolist() == expected


def test_the_temperature_of_the_lowest_error(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), UncertaintyHerding()).teach(X[:80], y[:80])
    chosen = UncertaintyHerding()._calibrated(learner)
    codes = np.unique(y[:80], return_inverse=True)[1]
    held = _held_out(codes)
    kept = np.setdiff1d(np.arange(80), held)
    P = GaussianNB().fit(X[kept], codes[kept]).predict_proba(X[held])
    errors = {t: calibration_error(tempered(P, t), codes[held]) for t in np.logspace(-1, 1, 41)}
    assert errors[chosen] == min(errors.values())
    # naive Bayes is too sure of itself
    assert chosen > 1
    picks = learner.query(X, 9, exclude=range(80)).tolist()
    learner.set_params(query_strategy=UncertaintyHerding(temperature=chosen))
    assert learner.query(X, 9, exclude=range(80)).tolist() == picks


def test_rows_in_another_order_and_excluded_rows(digits):
    X, y = digits
    X = X + np.random.RandomState(0).rand(*X.shape) * 1e-2
    learner = ActiveLearner(LogisticRegression(), UncertaintyHerding()).teach(X[:40], y[:40])
    order = np.random.RandomState(0).permutation(len(X))
    assert_array_equal(order[learner.query(X[order], 9)], learner.query(X, 9))
    best = learner.query(X, 9)
    assert not set(learner.query(X, 9, exclude=best)) & set(best)
