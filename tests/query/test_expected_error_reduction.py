"""Expected error reduction against refits written out."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import ExpectedErrorReduction

X, y = load_iris(return_X_y=True)
X = X[::3]
NAMES = np.array(["rose", "iris", "aster"])[y[::3]]


def plain(X_labeled, labels, X, loss):
    """The expected loss after a label of each row."""
    losses = []
    present = GaussianNB().fit(X_labeled, labels).predict_proba(X)
    for i in range(len(X)):
        total = 0
        for k, c in enumerate(np.unique(labels)):
            model = GaussianNB().fit(np.r_[X_labeled, X[[i]]], np.r_[labels, [c]])
            P = model.predict_proba(X)
            terms = -(P * np.log(np.maximum(P, 1e-300))).sum(1) if loss == "log" else 1 - P.max(1)
            total += present[i, k] * terms.sum()
        losses.append(total)
    return np.array(losses)


@pytest.mark.parametrize("loss", ["log", "zero_one"])
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_equal_to_refits(loss, n_jobs):
    strategy = ExpectedErrorReduction(loss)
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0, n_jobs=n_jobs)
    learner.fit(X[::6], NAMES[::6])
    expected = np.argsort(plain(X[::6], NAMES[::6], X, loss), kind="stable")[:7]
    assert learner.query(X, 7).tolist() == expected.tolist()


def test_fewer_candidates_and_rows():
    learner = ActiveLearner(GaussianNB(), random_state=0).fit(X[::6], NAMES[::6])
    learner.set_params(query_strategy=ExpectedErrorReduction(n_candidates=3, n_evaluated=5))
    assert len(set(learner.query(X, 2).tolist())) == 2
    # more are asked for than there are candidates
    assert len(set(learner.query(X, 9).tolist())) == 9


def test_errors():
    with pytest.raises(TypeError, match="GaussianNB has no labels"):
        ExpectedErrorReduction()(GaussianNB().fit(X, NAMES), X, 1)
