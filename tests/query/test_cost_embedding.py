"""Cost embedding: the hidden space by what it must keep, the score against the text."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import CostEmbedding
from skactive.query._mirrored_scaling import mirrored_scaling


def gaps_of(costs, n_components=3):
    true, predicted = mirrored_scaling(np.asarray(costs, dtype=float), n_components)
    return np.linalg.norm(true[:, None] - predicted[None], axis=2)


def test_equal_costs_are_equal_distances():
    gaps = gaps_of(1 - np.eye(3))
    assert_allclose(gaps, 1 - np.eye(3), atol=2e-2)


@pytest.mark.parametrize(
    "costs",
    [
        [[0, 1, 4], [1, 0, 3], [4, 3, 0]],
        [[0, 1, 2], [6, 0, 3], [5, 4, 0]],
        [[0, 9, 1, 2], [9, 0, 3, 4], [1, 3, 0, 8], [2, 4, 8, 0]],
    ],
)
def test_distances_rise_with_costs(costs):
    gaps, costs = gaps_of(costs, 4), np.asarray(costs)
    order = np.argsort(costs, axis=None, kind="stable")
    steps = np.diff(gaps.ravel()[order])
    is_dearer = np.diff(costs.ravel()[order]) > 0
    assert (steps[is_dearer] > 1e-3).all() and (np.abs(steps[~is_dearer]) < 1e-2).all()


def test_a_mistake_and_its_reverse_may_cost_differently():
    gaps = gaps_of([[0, 1], [9, 0]])
    assert gaps[1, 0] > 2 * gaps[0, 1] > 2.5 * gaps[0, 0]


def test_costs_that_are_distances_stay_as_they_are():
    points = np.array([[0.0, 0], [1, 0], [0, 3]])
    costs = np.linalg.norm(points[:, None] - points, axis=2)
    gaps = gaps_of(costs, 2)
    assert_allclose(gaps / gaps.max(), costs / costs.max(), atol=2e-2)


def test_nothing_costs_anything():
    assert not gaps_of(np.zeros((2, 2))).any()


COSTS = [[0, 1, 9], [2, 0, 9], [9, 7, 0]]


def plain(X_labeled, y, X, gamma):
    """Kernel ridge regression and the nearest predicted class, row by row."""
    true, predicted = mirrored_scaling(np.asarray(COSTS, dtype=float), 3)
    kernel = np.exp(-gamma * ((X_labeled[:, None] - X_labeled) ** 2).sum(axis=2))
    dual = np.linalg.solve(kernel + np.eye(len(y)), true[y])
    scores = []
    for x in X:
        z = np.exp(-gamma * ((X_labeled - x) ** 2).sum(axis=1)) @ dual
        scores.append(min(np.linalg.norm(z - point) for point in predicted))
    return scores


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_equal_to_the_text(container, iris):
    X, y = iris
    strategy = CostEmbedding(COSTS)
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    learner.teach(container(X[:20]), y[:20])
    expected = plain(X[:20], y[:20], X, 1 / (4 * X.var()))
    assert_allclose(strategy.scores(learner, container(X)), expected, rtol=1e-6)
    picks = learner.query(container(X), 5, exclude=range(20))
    best = 20 + np.argsort(-np.array(expected)[20:], kind="stable")[:5]
    assert picks.tolist() == best.tolist()


def test_costly_rows_first_not_last():
    strategy = CostEmbedding([[0, 1, 9], [1, 0, 9], [9, 9, 0]])
    learner = ActiveLearner(query_strategy=strategy).teach([[0.0], [4.0], [8.0]], [0, 1, 2])
    assert learner.query([[2.0], [6.0]], 1).tolist() == [1]


def test_any_regressor(iris):
    X, y = iris
    strategy = CostEmbedding(COSTS, regressor=Ridge(), n_components=2)
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0).teach(X[:20], y[:20])
    true, predicted = mirrored_scaling(np.asarray(COSTS, dtype=float), 2)
    hidden = Ridge().fit(X[:20], true[y[:20]]).predict(X)
    expected = np.linalg.norm(hidden[:, None] - predicted, axis=2).min(axis=1)
    assert_allclose(strategy.scores(learner, X), expected)


def test_errors(iris):
    X, y = iris
    with pytest.raises(TypeError, match="GaussianNB has no labels"):
        CostEmbedding()(GaussianNB().fit(X, y), X, 2)
    learner = ActiveLearner(GaussianNB(), CostEmbedding([[0, 1], [1, 0]]))
    with pytest.raises(ValueError, match="has 2 rows, but there are 3 classes"):
        learner.teach(X[:20], y[:20]).query(X, 1)
