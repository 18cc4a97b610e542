"""Value of information against refits written out."""

import copy

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import ExpectedErrorReduction, ValueOfInformation
from skactive.selection import random_rows

X, y = load_iris(return_X_y=True)
X = X[::6] + np.random.RandomState(0).normal(scale=0.5, size=(25, 4))
NAMES = np.array(["rose", "iris", "aster"])[y[::6]]
COSTS = np.array([[0, 1, 7], [2, 0, 1], [3, 5, 0]])  # aster, iris, rose


def plain(X_labeled, labels, X, costs, drawn=range(25)):
    """The expected cost after a label of each row, term by term; some rows stand for all."""
    classes = np.unique(labels).tolist()
    present = GaussianNB().fit(X_labeled, labels).predict_proba(X)
    expected = []
    for x in range(len(X)):
        total = 0
        for k, c in enumerate(classes):
            X_more, more = np.r_[X_labeled, X[[x]]], np.r_[labels, [c]]
            model = GaussianNB().fit(X_more, more)
            risk = sum(
                costs[classes.index(label)] @ p
                for label, p in zip(more, model.predict_proba(X_more))
            )
            for u, p in zip(drawn, model.predict_proba(X[list(drawn)])):
                risk += len(X) / len(drawn) * (u != x) * sum(
                    p[i] * costs[i][j] * p[j] for i in range(len(p)) for j in range(len(p))
                )
            total += present[x, k] * risk
        expected.append(total)
    return np.array(expected)


def taught(strategy, n_jobs=None):
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0, n_jobs=n_jobs)
    return learner.teach(X[::3], NAMES[::3])


@pytest.mark.parametrize("costs", [None, COSTS])
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_equal_to_refits(costs, n_jobs):
    learner = taught(ValueOfInformation(costs), n_jobs)
    values = plain(X[::3], NAMES[::3], X, 1 - np.eye(3) if costs is None else costs)
    order = np.argsort(values, kind="stable")
    picks = learner.query(X, 7).tolist()
    assert picks == order[:7].tolist() and picks != order[::-1][:7].tolist()
    assert_allclose(learner.explain(X, picks)["score"], -values[picks])


def test_costs_count_and_so_do_labeled_rows():
    plain_picks = taught(ExpectedErrorReduction("zero_one")).query(X, 5).tolist()
    picks = taught(ValueOfInformation()).query(X, 5).tolist()
    with_costs = taught(ValueOfInformation(COSTS)).query(X, 5).tolist()
    assert picks != plain_picks and with_costs != picks


def test_some_rows_stand_for_all():
    learner = taught(ValueOfInformation(COSTS, n_candidates=None, n_evaluated=10))
    drawn = random_rows(np.ones(25, dtype=bool), 10, copy.deepcopy(learner.random_state_))
    picks = learner.query(X, 7)
    values = plain(X[::3], NAMES[::3], X, COSTS, drawn)
    assert picks.tolist() == np.argsort(values, kind="stable")[:7].tolist()
    assert_allclose(learner.explain(X, picks)["score"], -values[picks])


def test_names_in_another_order():
    order = [1, 2, 0]
    turned = ValueOfInformation(COSTS[np.ix_(order, order)], ["iris", "rose", "aster"])
    assert taught(turned).query(X, 6).tolist() == taught(ValueOfInformation(COSTS)).query(
        X, 6
    ).tolist()


def test_a_part_of_the_rows_stands_for_all():
    learner = taught(ValueOfInformation(n_candidates=3, n_evaluated=5))
    assert len(set(learner.query(X, 2).tolist())) == 2
    twice = taught(ValueOfInformation()).query(np.r_[X, X], 50)
    assert len(set(twice.tolist())) == 50


def test_errors():
    with pytest.raises(TypeError, match="GaussianNB has no labels"):
        ValueOfInformation()(GaussianNB().fit(X, NAMES), X, 1)
    with pytest.raises(ValueError, match="has 2 rows, but there are 3 classes"):
        taught(ValueOfInformation([[0, 1], [1, 0]])).query(X, 1)
