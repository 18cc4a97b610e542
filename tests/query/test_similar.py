"""SIMILAR against the value of every batch that is one row larger."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.query import Similar
from skactive.query.similar import rare_labels


def value(form, eta, A, Q, X):
    """The two rows of the table, term by term."""
    unit = X / np.linalg.norm(X, axis=1)[:, None]
    Q = Q / np.linalg.norm(Q, axis=1)[:, None]
    s, to_q = np.maximum(unit @ unit.T, 0), np.maximum(unit @ Q.T, 0)
    eta += 1e-6 * (form == "flqmi")
    tie = 0 if form == "flqmi" else 1e-6 * to_q[A].max(axis=1).sum()
    if form == "flqmi":
        return sum(max(to_q[j, i] for j in A) for i in range(len(Q))) + eta * sum(
            max(to_q[j]) for j in A
        )
    return tie + sum(min(max(s[i, j] for j in A), eta * max(to_q[i])) for i in range(len(X)))


def plain(form, eta, Q, X, n):
    picks = []
    for _ in range(n):
        free = [j for j in range(len(X)) if j not in picks]
        picks.append(max(free, key=lambda j: value(form, eta, [*picks, j], Q, X)))
    return picks


def taught(strategy, X, y):
    return ActiveLearner(LogisticRegression(), strategy, random_state=0).teach(X, y)


both_forms = pytest.mark.parametrize("form", ["flqmi", "flvmi"])


@both_forms
@pytest.mark.parametrize("eta", [0.0, 0.4, 1.0, 3.0])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_equal_to_full_passes(form, eta, container):
    rng = np.random.RandomState(1)
    X, labeled = rng.normal(size=(30, 4)), rng.normal(size=(13, 4))
    y = np.repeat([0, 1], [7, 6])
    learner = taught(Similar(form, eta=eta), container(labeled), y)
    picks = learner.query(container(X), 8).tolist()
    assert picks == plain(form, eta, labeled[7:], X, 8)
    assert picks != plain(form, 3.0 if eta < 1 else 0.2, labeled[7:], X, 8)


@both_forms
def test_worked_batch(form):
    X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.6, 0.8]])
    learner = taught(Similar(form), [[1.0, 0.1], [1.0, 0.2], [0.0, 1.0]], ["a", "a", "b"])
    # Q is (0, 1): similarities 0, 1, 0 and 0.8
    assert learner.query(X, 1).tolist() == [1]
    if form == "flqmi":
        # the row of Q is served: 0.8, 0 and 0 of their own
        assert learner.query(X, 2).tolist() == [1, 3]
        assert learner.query(X, 1, exclude=[1]).tolist() == [3]


@both_forms
def test_rare_rows_first_not_last(form):
    rng = np.random.RandomState(0)
    often, rare = rng.normal([9, 0], 1, size=(50, 2)), rng.normal([0, 9], 1, size=(5, 2))
    X = np.r_[often, rare]
    learner = taught(Similar(form), X[[0, 1, 2, 54]], [0, 0, 0, 1])
    picks = learner.query(X, 4, exclude=[0, 1, 2, 54])
    assert sorted(picks) == [50, 51, 52, 53]
    learner.set_params(query_strategy=Similar(form, rare_classes=[0]))
    assert (learner.query(X, 4, exclude=[0, 1, 2, 54]) < 50).all()


def test_rare_labels():
    labels = np.array(["a", "a", "a", "b", "c", "c"])
    assert_array_equal(labels[rare_labels(labels)], ["b"])
    assert_array_equal(labels[rare_labels(labels, ["c", "z"])], ["c", "c"])
    assert rare_labels(labels, ["z"]).all()
    assert rare_labels(np.array([1, 2])).all()


@both_forms
def test_batches_concatenate_for_the_same_labels(form, digits):
    X, y = digits
    learner = taught(Similar(form), X[:20], y[:20])
    whole = learner.query(X, 9, exclude=range(20)).tolist()
    assert learner.query(X, 4, exclude=range(20)).tolist() == whole[:4]


def test_errors(monkeypatch, digits):
    X, y = digits
    monkeypatch.setattr(Similar, "max_pool_rows", 50)
    with pytest.raises(ValueError, match=r"at most 50 rows.*got 300.*Subsampled\(Similar\(\)"):
        taught(Similar("flvmi"), X[:20], y[:20]).query(X, 2)
    assert len(taught(Similar(), X[:20], y[:20]).query(X, 2)) == 2
    with pytest.raises(TypeError, match="LogisticRegression has no labels"):
        Similar()(LogisticRegression().fit(X[:20], y[:20]), X, 2)
