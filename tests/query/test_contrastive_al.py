"""Contrastive active learning by worked numbers and against all pairs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import ContrastiveAL
from skactive.query.contrastive_al import divergence


def test_worked_divergence():
    known = np.array([[0.5, 0.5], [0.8, 0.2]])
    probabilities = np.array([[0.5, 0.5], [0.2, 0.8]])
    # one neighbor: none, and 0.8 ln 4 + 0.2 ln 1/4
    one = divergence(known, np.array([[0], [1]]), probabilities)
    assert_allclose(one, [0, 0.6 * np.log(4)], atol=1e-15)
    # two neighbors of the second row; not the divergence of p(x) from them
    both = divergence(known, np.array([[0, 1], [0, 1]]), probabilities)
    second = 0.5 * np.log(2.5) + 0.5 * np.log(0.625)
    assert_allclose(both[1], (second + 0.6 * np.log(4)) / 2)


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("k", [1, 7, 500])
def test_equal_to_all_pairs(digits, container, k):
    X, y = digits
    X = X + np.random.RandomState(0).rand(*X.shape) * 1e-3  # no two neighbors equally near
    learner = ActiveLearner(LogisticRegression(), random_state=0).fit(container(X[:40]), y[:40])
    P = learner.predict_proba(X)[:, np.unique(y[:40])]
    expected = []
    for i, row in enumerate(X):
        gaps = ((X[:40] - row) ** 2).sum(axis=1)
        nearest = np.argsort(gaps)[:k]
        expected.append(np.mean([P[j] @ np.log(P[j] / P[i]) for j in nearest]))
    scores = ContrastiveAL(k).scores(learner, container(X))
    assert_allclose(scores, expected, rtol=1e-8, atol=1e-12)


def test_unlike_its_neighbors_first_not_last():
    learner = ActiveLearner(GaussianNB(), ContrastiveAL(1), random_state=0)
    learner.teach([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    X = [[0.1], [2.4], [2.0], [4.9]]
    assert learner.query(X, 2).tolist() == [1, 2]
    # certain the other way: smaller than 1e-7 counts as that
    scores = ContrastiveAL(1).scores(learner, [[2.4], [1e9]])
    assert np.isfinite(scores).all() and scores[1] < 20


def test_rows_in_another_order_and_excluded_rows(digits):
    X, y = digits
    learner = ActiveLearner(LogisticRegression(), ContrastiveAL(), random_state=0)
    learner.fit(X[:60], y[:60])
    order = np.random.RandomState(0).permutation(len(X))
    assert_array_equal(order[learner.query(X[order], 9)], learner.query(X, 9))
    best = learner.query(X, 9)
    assert not set(learner.query(X, 9, exclude=best)) & set(best)


def test_neighbors_by_embed():
    learner = ActiveLearner(GaussianNB(), random_state=0)
    learner.teach([[0.0, 0], [1, 1], [9, 10], [10, 11]], [0, 0, 1, 1])
    X = np.array([[0.5, 10.5], [0.5, 0.5]])
    P, known = learner.predict_proba(X), learner.predict_proba([[0.0, 0], [10, 11]])
    for column, neighbor in ((0, 0), (1, 1)):
        strategy = ContrastiveAL(2, embed=lambda rows: np.asarray(rows)[:, [column]])
        scores = strategy.scores(learner, X)
        p = np.maximum(P[0], 1e-7)
        expected = known[neighbor].max() * np.log(1 / p[known[neighbor].argmax()])
        assert scores[0] == pytest.approx(expected, abs=1e-4)


def test_needs_labels():
    model = GaussianNB().fit([[0.0], [1.0]], [0, 1])
    with pytest.raises(TypeError, match="ContrastiveAL reads .* GaussianNB has no labels"):
        ContrastiveAL()(model, [[0.0], [1.0]], 1)
