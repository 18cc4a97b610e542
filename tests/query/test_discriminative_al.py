"""Discriminative active learning by worked numbers and against its plain form."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import DiscriminativeAL
from skactive.query.discriminative_al import _shares


class Distances(ClassifierMixin, BaseEstimator):
    """How far the mean of class 0 is: no fit that ends somewhere near."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.mean_ = X[y == 0].mean(axis=0)
        return self

    def predict(self, X):
        return np.ones(len(X))

    def decision_function(self, X):
        return ((X - self.mean_) ** 2).sum(axis=1)


def test_shares_of_the_rounds():
    assert _shares(10, 4) == [3, 3, 2, 2]
    assert _shares(3, 10) == [1, 1, 1]
    assert _shares(7, 1) == [7]


def test_worked_rounds():
    X = np.array([[1.0], [5], [6], [-4]])
    learner = ActiveLearner(GaussianNB(), random_state=0).teach([[-1.0], [1]], [0, 1])
    # labeled rows have the mean 0: row 2 first. With it the mean is 2: row 3 next; then it is
    # 0.5, and row 1 is farther away than row 0
    assert DiscriminativeAL(4, classifier=Distances())(learner, X, 4).tolist() == [2, 3, 1, 0]
    assert DiscriminativeAL(1, classifier=Distances())(learner, X, 4).tolist() == [2, 1, 3, 0]


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("n_rounds", [1, 3])
def test_equal_to_the_plain_form(digits, container, n_rounds):
    X, y = digits
    strategy = DiscriminativeAL(n_rounds)
    learner = ActiveLearner(GaussianNB(), random_state=0).teach(X[:20], y[:20])
    picks = []
    for n in _shares(9, n_rounds):
        rest = np.setdiff1d(np.arange(20, 300), picks)
        seen = np.concatenate([np.arange(20), picks]).astype(int)
        both = np.concatenate([X[seen], X[rest]])
        scale = np.abs(both).max(axis=0)
        scale[scale == 0] = 1
        model = LogisticRegression(max_iter=1000)
        model.fit(both / scale, np.repeat([0, 1], [len(seen), len(rest)]))
        scores = model.predict_log_proba(X[rest] / scale)[:, 1]
        picks += rest[np.argsort(-scores)][:n].tolist()
    learner = ActiveLearner(_Fits(), strategy, random_state=0).teach(container(X[:20]), y[:20])
    assert learner.query(container(X), 9, exclude=range(20)).tolist() == picks


class _Fits(LogisticRegression):
    """A learner's estimator that takes sparse rows; its predictions are not read."""

    def predict_proba(self, X):
        raise AssertionError("predictions were read")


def test_far_from_the_labels_first_not_last():
    X = np.random.RandomState(0).rand(60, 2)
    X[40:] += 3
    learner = ActiveLearner(GaussianNB(), DiscriminativeAL(), random_state=0)
    learner.teach(X[:30], np.arange(30) % 2)
    assert learner.query(X, 10, exclude=np.arange(30)).min() >= 40


@pytest.mark.parametrize("strategy", [
    DiscriminativeAL(classifier=RandomForestClassifier(5)),
    DiscriminativeAL(max_rows=30),
])  # fmt: skip
def test_draws_come_from_the_learner(digits, strategy):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0).teach(X[:20], y[:20])
    state = learner.random_state_.get_state()
    picks = learner.query(X, 8, exclude=np.arange(100))
    learner.random_state_.set_state(state)
    assert_array_equal(learner.query(X, 8, exclude=np.arange(100)), picks)
    assert len(set(picks)) == 8 and picks.min() >= 100


def test_rows_in_another_order(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), DiscriminativeAL(), random_state=0)
    learner.teach(X[:20], y[:20])
    order = np.random.RandomState(0).permutation(len(X))
    assert_array_equal(order[learner.query(X[order], 6)], learner.query(X, 6))


def test_first_labels_without_a_model():
    # three distant blobs: one row of each, for any first row
    X = np.repeat([[0.0, 0], [50, 0], [0, 50]], 20, axis=0)
    X += np.random.RandomState(0).rand(*X.shape)
    learners = [ActiveLearner(None, DiscriminativeAL(), random_state=seed) for seed in range(6)]
    picks = [learner.query(X, 3, exclude=[0, 20]) for learner in learners]
    assert all(sorted(pick // 20) == [0, 1, 2] for pick in picks)
    assert len({pick[0] for pick in picks}) > 2
    assert not {0, 20}.intersection(np.concatenate(picks))


def test_labels_of_one_class_are_enough():
    X = np.random.RandomState(0).rand(60, 2)
    X[40:] += 3
    learner = ActiveLearner(GaussianNB(), DiscriminativeAL(), random_state=0)
    learner.teach(X[:15], np.zeros(15, dtype=int))
    assert learner.query(X, 10, exclude=np.arange(30)).min() >= 40


def test_a_plain_classifier_has_no_labels():
    model = GaussianNB().fit([[0.0], [1.0]], [0, 1])
    assert 2 in DiscriminativeAL()(model, [[0.0], [1.0], [5.0]], 2)
