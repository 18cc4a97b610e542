"""Cost-sensitive sampling by worked numbers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import CostSensitiveSampling, LeastConfidenceSampling, MarginSampling

from ..plain import TableModel

TABLE = TableModel([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.2, 0.7, 0.1], [0.4, 0.2, 0.4]])
ROWS = np.arange(4)[:, None]
COSTS = [[0, 1, 4], [2, 0, 1], [10, 5, 0]]
# expected costs of predicting 0, 1, 2 for each row
EXPECTED = [[2.6, 1.5, 2.3], [8.2, 4.1, 0.5], [2.4, 0.7, 1.5], [4.4, 2.4, 1.8]]


def test_worked_numbers():
    scores = CostSensitiveSampling(COSTS).scores(TABLE, ROWS)
    assert_allclose(scores, [1.5, 0.5, 0.7, 1.8])
    scores = CostSensitiveSampling(COSTS, measure="margin").scores(TABLE, ROWS)
    assert_allclose(scores, [-0.8, -3.6, -0.8, -0.6])


def test_equal_to_loops():
    P = np.asarray(TABLE.table)
    expected = [
        [sum(P[x, i] * COSTS[i][j] for i in range(3)) for j in range(3)] for x in range(4)
    ]
    assert_allclose(expected, EXPECTED)


def test_costly_rows_first_not_last():
    assert CostSensitiveSampling(COSTS)(TABLE, ROWS, 2).tolist() == [3, 0]
    assert CostSensitiveSampling(COSTS, measure="margin")(TABLE, ROWS, 1).tolist() == [3]
    assert CostSensitiveSampling(COSTS, invert=True)(TABLE, ROWS, 1).tolist() == [1]


def test_equal_costs_are_least_confidence_and_margin():
    scores = CostSensitiveSampling().scores(TABLE, ROWS)
    assert_allclose(scores, 1 + LeastConfidenceSampling().scores(TABLE, ROWS))
    scores = CostSensitiveSampling(measure="margin").scores(TABLE, ROWS)
    assert_allclose(scores, MarginSampling().scores(TABLE, ROWS))


def test_named_classes_in_any_order():
    order = [2, 0, 1]
    turned = np.asarray(COSTS)[np.ix_(order, order)]
    assert_allclose(
        CostSensitiveSampling(turned, classes=order).scores(TABLE, ROWS),
        CostSensitiveSampling(COSTS).scores(TABLE, ROWS),
    )


def test_classes_without_a_label_do_not_count(iris):
    X, y = iris
    names = np.array(["a", "b", "c"])[y]
    few = X[y < 2][:20], names[y < 2][:20]
    strategy = CostSensitiveSampling(COSTS, classes=["a", "b", "c"])
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0).teach(*few)
    P = GaussianNB().fit(*few).predict_proba(X)
    assert_allclose(strategy.scores(learner, X), np.minimum(2 * P[:, 1], P[:, 0]))


@pytest.mark.parametrize(
    "strategy, message",
    [
        (CostSensitiveSampling([[0, 1]]), r"square matrix .* got shape \(1, 2\)"),
        (CostSensitiveSampling([["a", "b"], ["c", "d"]]), "square matrix of numbers"),
        (CostSensitiveSampling([[0, -1, 1]] * 3), "finite costs, 0 or more"),
        (CostSensitiveSampling([[0, np.nan, 1]] * 3), "finite costs, 0 or more"),
        (CostSensitiveSampling([[0, 1], [1, 0]]), r"2 rows, but there are 3 classes.*classes="),
        (CostSensitiveSampling(COSTS, classes=[0, 1]), "has 3 rows, but there are 2 classes"),
        (CostSensitiveSampling(COSTS, classes=[0, 1, 7]), "no row for the class 2"),
    ],
    ids=str,
)
def test_errors(strategy, message):
    with pytest.raises(ValueError, match=message):
        strategy.scores(TABLE, ROWS)
