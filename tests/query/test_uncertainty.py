"""Entropy, margin, least confidence and their diversification, by the worked numbers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.query import (
    CoreSet,
    Diversified,
    EntropySampling,
    LeastConfidenceSampling,
    MarginSampling,
    RandomSampling,
)

from ..plain import TableModel, by_key, entropy, margin, walk_classes

P = [
    [0.90, 0.06, 0.04],
    [0.70, 0.28, 0.02],
    [0.50, 0.49, 0.01],
    [0.48, 0.26, 0.26],
    [0.10, 0.80, 0.10],
    [0.17, 0.81, 0.02],
    [0.05, 0.25, 0.70],
    [0.25, 0.30, 0.45],
]
ROWS = np.arange(8)[:, None]
MODEL = TableModel(P)
ENT, MS, LC = EntropySampling, MarginSampling, LeastConfidenceSampling


@pytest.mark.parametrize(
    "strategy, expected",
    [
        (ENT, [0.3924, 0.6843, 0.7422, 1.0528, 0.6390, 0.5502, 0.7460, 1.0671]),
        (MS, [-0.84, -0.42, -0.01, -0.22, -0.70, -0.64, -0.45, -0.15]),
        (LC, [-0.90, -0.70, -0.50, -0.48, -0.80, -0.81, -0.70, -0.45]),
    ],
)
def test_scores(strategy, expected):
    assert_allclose(strategy().scores(MODEL, ROWS), expected, atol=1e-4)
    assert_allclose(strategy(invert=True).scores(MODEL, ROWS), -np.array(expected), atol=1e-4)


@pytest.mark.parametrize(
    "strategy, order",
    [
        (ENT(), [7, 3, 6, 2, 1, 4, 5, 0]),
        (MS(), [2, 7, 3, 1, 6, 5, 4, 0]),
        (LC(), [7, 3, 2, 1, 6, 4, 5, 0]),
        (ENT(invert=True), [0, 5, 4, 1, 2, 6, 3, 7]),
        (MS(invert=True), [0, 4, 5, 6, 1, 3, 7, 2]),
        (LC(invert=True), [0, 5, 4, 1, 6, 2, 3, 7]),
        (Diversified(ENT()), [7, 3, 4, 6, 2, 5, 1, 0]),
        (Diversified(MS()), [2, 7, 5, 3, 6, 4, 1, 0]),
        (Diversified(LC()), [7, 3, 4, 2, 6, 5, 1, 0]),
        (Diversified(ENT(invert=True)), [0, 5, 6, 4, 1, 7, 2, 3]),
        (Diversified(MS(invert=True)), [0, 4, 6, 5, 1, 7, 3, 2]),
        (Diversified(LC(invert=True)), [0, 5, 6, 4, 1, 7, 2, 3]),
        (Diversified(), [2, 7, 5, 3, 6, 4, 1, 0]),
        (Diversified(model=MODEL), [0, 4, 6, 5, 1, 7, 3, 2]),
        # turns: 7 3 4 | 6 2 5 | 1 | 0, each by predicted class
        (Diversified(ENT(), round_order="class"), [3, 4, 7, 2, 5, 6, 1, 0]),
    ],
)
def test_orders(strategy, order):
    for n in range(1, 9):
        assert strategy(MODEL, ROWS, n).tolist() == order[:n]


def test_frozen_source_model_serves_in_a_learner():
    source = FrozenEstimator(MODEL)
    strategy = Diversified(ENT(invert=True, model=source), model=source)
    learner = ActiveLearner(query_strategy=clone(strategy))
    order = [0, 5, 6, 4, 1, 7, 2, 3]
    taken = []
    for n in (1, 3, 2, 2):
        taken += learner.query(ROWS, n, exclude=taken).tolist()
    assert taken == order
    # a row that is taken uses up the turn of its class
    assert learner.query(ROWS, 3, exclude=[0]).tolist() == [5, 6, 4]
    assert learner.query(ROWS, 3, exclude=[4, 5]).tolist() == [0, 6, 1]
    # in a first query too
    first = ActiveLearner(query_strategy=clone(strategy)).query(ROWS, 3, exclude=[0])
    assert first.tolist() == [5, 6, 4]


def test_one_predicted_class_leaves_the_order_as_it_is():
    table = np.column_stack([np.linspace(0.6, 0.9, 7), np.linspace(0.4, 0.1, 7)])
    model, rows = TableModel(table), np.arange(7)[:, None]
    plain = ENT()(model, rows, 7)
    assert_array_equal(Diversified(ENT())(model, rows, 7), plain)


def test_as_many_classes_as_rows_leaves_the_order_as_it_is():
    table = 0.4 * np.eye(5) + np.diag([0.1, 0.2, 0.3, 0.05, 0.15])
    table += (1 - table.sum(axis=1, keepdims=True)) / 5
    model, rows = TableModel(table), np.arange(5)[:, None]
    plain = ENT(invert=True)(model, rows, 5)
    assert_array_equal(Diversified(ENT(invert=True))(model, rows, 5), plain)


@pytest.mark.parametrize("seed", range(3))
def test_equal_to_plain_forms_on_digits(seed):
    X, y = load_digits(return_X_y=True)
    rng = np.random.RandomState(seed)
    X, y = X[rng.permutation(len(X))[:300]], y[rng.permutation(len(X))[:300]]
    model = LogisticRegression(C=1e-4).fit(X, y)
    table = model.predict_proba(X)
    predicted = table.argmax(axis=1)
    for strategy, key in [(ENT, -entropy(table)), (MS, margin(table)), (LC, table.max(axis=1))]:
        assert strategy()(model, X, 300).tolist() == by_key(key)
        assert strategy(invert=True)(model, X, 300).tolist() == by_key(-key)
        expected = walk_classes(by_key(-key), predicted)
        assert Diversified(strategy(invert=True))(model, X, 300).tolist() == expected


def test_one_class_margin_is_the_probability():
    model = TableModel(np.ones((3, 1)))
    assert_array_equal(MS().scores(model, np.arange(3)[:, None]), [-1.0, -1.0, -1.0])


def test_zero_probabilities_add_no_entropy():
    model = TableModel([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]])
    assert_allclose(ENT().scores(model, [[0], [1]]), [0.0, np.log(2)], rtol=0, atol=1e-15)


def test_decision_function_stands_in_for_probabilities():
    X = np.array([[-3.0], [-1.0], [1.0], [2.0]])
    model = LinearSVC().fit(X, [0, 0, 1, 1])
    d = model.decision_function(X)
    assert_allclose(MS().scores(model, X), -2 * np.abs(d))
    p = 1 / (1 + np.exp(-d))
    assert_allclose(LC().scores(model, X), -np.maximum(p, 1 - p))
    assert_allclose(ENT().scores(model, X), entropy(np.column_stack([1 - p, p])))
    three = LinearSVC().fit(X, [0, 1, 1, 2])
    d = np.sort(three.decision_function(X), axis=1)
    assert_allclose(MS().scores(three, X), d[:, -2] - d[:, -1])


def test_float32_probabilities_are_scored_in_float64():
    table = np.array(P, dtype=np.float32)

    class Single(TableModel):
        def predict_proba(self, X):
            return table[np.asarray(X)[:, 0]]

    assert ENT().scores(Single(P), ROWS).dtype == np.float64
    assert_allclose(ENT().scores(Single(P), ROWS), entropy(table.astype(float)), rtol=1e-12)


def test_unfitted_model_is_told_about_frozen_estimator():
    with pytest.raises(NotFittedError, match="FrozenEstimator"):
        ENT(model=LogisticRegression()).scores(None, ROWS)


def test_model_without_scores():
    class Labels(ClassOnly):
        pass

    with pytest.raises(TypeError, match="Labels has neither predict_proba nor decision_function"):
        MS().scores(Labels(), ROWS)


class ClassOnly:
    def predict(self, X):
        return np.zeros(len(X))


def test_logits_in_place_of_probabilities():
    table = [[0.5, 0.5], [3.0, -1.0]]
    with pytest.raises(ValueError, match=r"row 1 .*sums to 2.0, not to 1"):
        ENT().scores(TableModel(table), [[0], [1]])


def test_nan_probability():
    table = [[0.5, 0.5], [np.nan, 1.0], [0.5, 0.5]]
    with pytest.raises(ValueError, match="row 1"):
        LC().scores(TableModel(table), [[0], [1], [2]])


@pytest.mark.parametrize("base", [CoreSet(), RandomSampling(), lambda learner, X, n: range(n)])
def test_diversified_needs_scores(base):
    with pytest.raises(TypeError, match="one score per row"):
        Diversified(base)(MODEL, ROWS, 2)
