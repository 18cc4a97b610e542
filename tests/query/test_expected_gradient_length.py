"""Expected gradient length by worked numbers and against gradients that are formed."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.query import EntropySampling, ExpectedGradientLength
from skactive.query.expected_gradient_length import expected_error_length

from ..plain import TableModel


def test_worked_lengths():
    # |p - e_0| = |(-.2, .2)|, |p - e_1| = |(.8, -.8)|: 2 * .8 * .2 * sqrt 2
    assert_allclose(expected_error_length(np.array([[0.8, 0.2]])), 0.32 * np.sqrt(2))
    third = np.full((1, 3), 1 / 3)
    assert_allclose(expected_error_length(third), np.sqrt(4 / 9 + 2 / 9))
    assert_allclose(expected_error_length(np.array([[1.0, 0, 0]])), 0)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_equal_to_gradients_that_are_formed(digits, container):
    X, y = digits
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(container(X[:60]), y[:60])
    P = learner.predict_proba(X)[:, np.unique(y[:60])]
    expected = np.zeros(len(X))
    for i, p in enumerate(P):
        for c in range(len(p)):
            error = p - np.eye(len(p))[c]
            expected[i] += p[c] * np.linalg.norm(np.outer(error, [*X[i], 1.0]))
    scores = ExpectedGradientLength().scores(learner, container(X))
    assert_allclose(scores, expected, rtol=1e-6)


def test_long_and_uncertain_first_not_last():
    rows = np.arange(4)[:, None]
    vectors = np.array([[3.0, 4], [0, 0], [3, 4], [0, 0]])
    model = TableModel([[0.5, 0.5], [0.5, 0.5], [0.9, 0.1], [0.9, 0.1]])
    strategy = ExpectedGradientLength(embed=lambda X: vectors[X[:, 0].astype(int)])
    assert_allclose(
        strategy.scores(model, rows),
        np.sqrt([26 / 2, 1 / 2, 26 * 0.18**2 * 2, 0.18**2 * 2]),
    )
    assert strategy(model, rows, 4).tolist() == [0, 2, 1, 3]
    assert EntropySampling()(model, rows, 2).tolist() != [0, 2]


def test_rows_in_another_order_and_excluded_rows(digits):
    X, y = digits
    learner = ActiveLearner(LogisticRegression(), ExpectedGradientLength(), random_state=0)
    learner.fit(X[:60], y[:60])
    order = np.random.RandomState(0).permutation(len(X))
    assert_array_equal(order[learner.query(X[order], 9)], learner.query(X, 9))
    best = learner.query(X, 9)
    assert not set(learner.query(X, 9, exclude=best)) & set(best)
