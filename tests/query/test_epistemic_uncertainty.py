"""Epistemic uncertainty by worked numbers and against a search over a grid."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import EpistemicUncertainty
from skactive.query._label_kernel import mean_gamma
from skactive.query.epistemic_uncertainty import degree_of_support


def plain(b, a):
    """The smaller of the two suprema over a fine grid of theta."""
    theta = np.linspace(0, 1, 200_001)
    best = b / (a + b) if a + b else 0.5
    likelihood = theta**b * (1 - theta) ** a / (best**b * (1 - best) ** a)
    degrees = [np.minimum(likelihood, sign * (2 * theta - 1)).max() for sign in (1, -1)]
    return min(degrees)


def test_worked_degrees():
    # no label: 1. One label of the other class: 1 - theta = 2 theta - 1, theta = 2 / 3
    assert_allclose(degree_of_support(np.zeros(2), np.array([0.0, 1.0])), [1, 1 / 3])
    # two: (1 - theta)^2 = 2 theta - 1, theta = 2 - sqrt 2
    assert_allclose(degree_of_support(np.zeros(1), np.array([2.0])), 3 - 2 * np.sqrt(2))
    # one of each: 4 theta (1 - theta) = 2 theta - 1, theta = (1 + sqrt 5) / 4
    assert_allclose(degree_of_support(np.ones(1), np.ones(1)), (np.sqrt(5) - 1) / 2)


@pytest.mark.parametrize(
    "b, a", [(0, 0.1), (0.3, 0.3), (1, 4), (2.5, 2.5), (0.01, 3), (7, 9), (20, 30), (0, 25)]
)
def test_equal_to_a_grid(b, a):
    assert degree_of_support(np.array([b]), np.array([a]))[0] == pytest.approx(
        plain(b, a), abs=2e-5
    )


def test_more_labels_less_uncertainty():
    weights = np.linspace(0, 9, 50)
    assert (np.diff(degree_of_support(np.zeros(50), weights)) < 0).all()
    assert (np.diff(degree_of_support(weights, weights)) < 0).all()
    # as much weight in all: level shares leave more open
    assert (np.diff(degree_of_support(weights / 2, 9 - weights / 2)) > 0).all()


@pytest.mark.parametrize("container", [np.asarray, np.float32, sparse.csr_array])
def test_equal_to_the_plain_form(digits, container):
    X, y = digits[0][:60], digits[1][:60] % 3
    learner = ActiveLearner(GaussianNB(var_smoothing=1.0), random_state=0)
    learner.teach(X[:20], y[:20])
    gamma, expected = 0.2, []
    for row in X:
        weights = np.zeros(3)
        for other, label in zip(X[:20], y[:20]):
            weights[label] += np.exp(-gamma * ((row - other) ** 2).sum())
        expected.append(plain(*np.sort(weights)[-2:]))
    learner.X_labeled_ = container(learner.X_labeled_)
    scores = EpistemicUncertainty(gamma).scores(learner, container(X))
    assert_allclose(scores, expected, atol=3e-5)


def test_unknown_places_first_not_last():
    learner = ActiveLearner(GaussianNB(), EpistemicUncertainty(1.0), random_state=0)
    learner.teach([[0.0], [0.1], [2.0], [2.1]], [0, 0, 1, 1])
    X = [[0.1], [1.0], [9.0], [3.0]]
    assert learner.query(X, 4).tolist() == [2, 1, 3, 0]


def test_width_by_the_mean_criterion(digits):
    X, _ = digits
    width = 2 * 300 * X.var(axis=0).sum() / (299 * np.log(299 / (np.sqrt(2) * 1e-6) ** 2))
    assert mean_gamma(X) == pytest.approx(1 / (2 * width))
    assert mean_gamma(sparse.csr_array(X)) == pytest.approx(1 / (2 * width))
    assert mean_gamma(np.ones((5, 2))) == 1


def test_rows_in_another_order_and_excluded_rows(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), EpistemicUncertainty(), random_state=0)
    learner.teach(X[:60], y[:60])
    order = np.random.RandomState(0).permutation(len(X))
    assert_array_equal(order[learner.query(X[order], 9)], learner.query(X, 9))
    best = learner.query(X, 9)
    assert not set(learner.query(X, 9, exclude=best)) & set(best)


def test_needs_labels():
    model = GaussianNB().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(TypeError, match="EpistemicUncertainty reads .* has no labels"):
        EpistemicUncertainty()(model, [[0.0], [1.0]], 1)
