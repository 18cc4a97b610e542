"""Class-balanced sampling by worked numbers and against all batches there are."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import ClassBalancedSampling, EntropySampling, MarginSampling
from skactive.query.class_balanced_sampling import needed_labels

from ..plain import TableModel, entropy

RNG = np.random.RandomState(0)
TABLE = TableModel(RNG.dirichlet([1.0, 0.5, 0.3], size=12))
ROWS = np.arange(12)[:, None]


def plain_sum(rows, P, u, needed, weight):
    expected = P[list(rows)].sum(axis=0)
    return -sum(u[i] for i in rows) + weight * sum(abs(needed - expected))


@pytest.fixture
def model():
    model = TableModel(TABLE.table)
    model.y_labeled_ = np.array([0, 0, 0, 0, 1, 2])
    return model


def test_worked_needs(model):
    # 6 labels and 3 to come: 3 each; 4, 1 and 1 are there
    assert_allclose(needed_labels(model, 3), [0, 2, 2])
    assert_allclose(needed_labels(TABLE, 6), [2, 2, 2])


def test_a_pick_lowers_the_need_for_its_class():
    # the first two rows are a little more uncertain, but resemble each other
    model = TableModel([[0.69, 0.31], [0.69, 0.31], [0.3, 0.7], [0.3, 0.7]])
    picks = ClassBalancedSampling(weight=1.0)(model, np.arange(4)[:, None], 2)
    assert picks[0] < 2 <= picks[1]


@pytest.mark.parametrize("weight", [0.0, 0.6, 3.0])
def test_exact_equal_to_all_batches(model, weight):
    P = np.asarray(TABLE.table)
    u, needed = entropy(P), needed_labels(model, 3)
    sums = {rows: plain_sum(rows, P, u, needed, weight) for rows in combinations(range(12), 3)}
    best = min(sums, key=sums.get)
    picks = ClassBalancedSampling(weight=weight, solver="exact")(model, ROWS, 3)
    assert sorted(picks.tolist()) == list(best)
    assert (np.diff(u[picks]) <= 0).all()


@pytest.mark.parametrize("weight", [0.0, 0.6, 3.0])
def test_greedy_equal_to_loops(model, weight):
    P = np.asarray(TABLE.table)
    u, needed, picks = entropy(P), needed_labels(model, 5), []
    for _ in range(5):
        free = [i for i in range(12) if i not in picks]
        picks.append(min(free, key=lambda i: plain_sum([*picks, i], P, u, needed, weight)))
    assert ClassBalancedSampling(weight=weight)(model, ROWS, 5).tolist() == picks


@pytest.mark.parametrize("solver", ["greedy", "exact"])
def test_without_weight_it_is_the_strategy(model, solver):
    strategy = ClassBalancedSampling(MarginSampling(), 0, solver=solver)
    picks = strategy(model, ROWS, 5).tolist()
    assert picks == MarginSampling()(model, ROWS, 5).tolist()
    strategy = ClassBalancedSampling(weight=0, solver=solver)
    assert strategy(model, ROWS, 5).tolist() == EntropySampling()(model, ROWS, 5).tolist()


@pytest.mark.parametrize("solver", ["greedy", "exact"])
def test_rare_classes_come_first_not_last(model, solver):
    picks = ClassBalancedSampling(weight=50, solver=solver)(model, ROWS, 4)
    P = np.asarray(TABLE.table)
    assert P[picks, 0].mean() < P[:, 0].mean() - 0.2


@pytest.mark.parametrize("solver", ["greedy", "exact"])
def test_taken_rows_are_not_picked(solver, iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), ClassBalancedSampling(solver=solver), random_state=0)
    learner.teach(X[:20], y[:20])
    free = np.arange(20, 150, 3)
    picks = learner.query(X, 6, exclude=np.setdiff1d(np.arange(150), free))
    assert picks.tolist() == free[learner.query(X[free], 6)].tolist()


def test_what_is_too_much_is_refused(model, monkeypatch):
    monkeypatch.setattr("skactive.query.class_balanced_sampling._MOST_ROWS", 10)
    with pytest.raises(ValueError, match="at most 10 rows; got 12.*solver='greedy'.*Subsampled"):
        ClassBalancedSampling(solver="exact")(model, ROWS, 2)
    monkeypatch.setattr(ClassBalancedSampling, "max_probabilities", 30)
    with pytest.raises(ValueError, match=r"got 36 \(12 rows, 3 classes\).*Subsampled"):
        ClassBalancedSampling()(model, ROWS, 2)
