"""GALAXY by worked numbers and against paths in a graph that is written out."""

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import GALAXY
from skactive.query._bisection import LabeledLine


def steps_from(starts, ends, kinds, order):
    """Links from some nodes to each node without a label, by breadth-first search."""
    steps = dict.fromkeys(starts, 0)
    front = list(starts)
    while front:
        new = []
        for node in front:
            for other in range(max(0, node - order), min(len(kinds), node + order + 1)):
                if other not in steps and kinds[other] == 0:
                    steps[other] = steps[node] + 1
                    new.append(other)
        front = new
    return steps


def middles(kinds, order):
    """Middle nodes of all shortest shortest paths; kinds are -1, 0 (no label) and 1."""
    while True:
        positive = steps_from(np.flatnonzero(kinds == 1), -1, kinds, order)
        negative = steps_from(np.flatnonzero(kinds == -1), 1, kinds, order)
        unlabeled = [u for u in np.flatnonzero(kinds == 0) if u in positive and u in negative]
        if unlabeled:
            length = min(positive[u] + negative[u] for u in unlabeled)
            half = (length + 1) // 2
            on_path = [u for u in unlabeled if positive[u] + negative[u] == length]
            return [u for u in on_path if negative[u] == half], order
        order += 1


def line_of(kinds):
    labeled = np.flatnonzero(kinds)
    return LabeledLine(np.arange(len(kinds)), labeled, kinds[labeled] > 0)


@pytest.mark.parametrize("seed", range(40))
def test_equal_to_breadth_first_search(seed):
    rng = np.random.RandomState(seed)
    kinds = np.zeros(rng.randint(6, 40), dtype=int)
    labeled = rng.permutation(len(kinds))[: rng.randint(2, len(kinds) // 2)]
    kinds[labeled] = rng.choice([-1, 1], size=len(labeled), p=[0.7, 0.3])
    kinds[labeled[:2]] = -1, 1
    line, order = line_of(kinds), rng.randint(1, 4)
    while (kinds == 0).any():
        expected, expected_order = middles(kinds, order)
        nodes, order = line.best(order)
        assert order == expected_order
        assert set(nodes) <= set(expected)
        if order == 1:
            assert sorted(nodes) == sorted(expected)
        kind = rng.choice([-1, 1])
        line.add(nodes[0], kind > 0)
        kinds[nodes[0]] = kind


def test_worked_bisection():
    line = line_of(np.array([-1, 0, 0, 0, 0, 0, 0, 1]))
    assert line.best(1)[0].tolist() == [4]  # four links from the negative end
    line.add(4, True)
    assert line.best(1)[0].tolist() == [2]
    line.add(2, False)
    nodes, order = line.best(1)
    assert (nodes.tolist(), order) == ([3], 1)
    line.add(3, False)
    # all cut: beside the boundary between 3 and 4, over two places
    nodes, order = line.best(1)
    assert (nodes.tolist(), order) == ([5], 2)


def test_unlabeled_nodes_of_both_sides_when_all_is_cut():
    nodes, order = line_of(np.array([0, 0, -1, 1, 0, 0])).best(1)
    assert (nodes.tolist(), order) == ([1, 4], 2)


class Linear(GaussianNB):
    """Probabilities that rise along a line, whatever it is taught."""

    def predict_proba(self, X):
        p = np.asarray(X, dtype=float)[:, 0]
        return np.column_stack([1 - p, p])


POOL = np.arange(1, 100)[:, None] / 100


def taught(X, y, strategy=None, **params):
    learner = ActiveLearner(Linear(), strategy or GALAXY(), random_state=0, **params)
    return learner.teach(np.asarray(X)[:, None], y)


def test_search_finds_a_boundary_where_the_model_sees_none():
    # classes meet at 0.9, the model says 0.5
    truth = (POOL[:, 0] > 0.895).astype(int)
    learner, taken = taught([0.0, 1.0], [0, 1]), []
    for _ in range(8):
        row = learner.query(POOL, 1, exclude=taken)
        taken += row.tolist()
        learner.teach(POOL[row], truth[row])
    assert {88, 89} <= set(taken)
    assert abs(taken[0] - 49) <= 1


def test_labels_decide_not_margins():
    # between 0.8 and 1 lies the boundary; the row of the lowest margin is 0.5
    picks = taught([0.0, 0.805, 1.0], [0, 0, 1]).query(POOL, 1)
    assert picks.tolist() == [89]
    picks = taught([0.0, 0.205, 1.0], [0, 1, 1]).query(POOL, 1)
    assert picks.tolist() == [10]


def test_a_batch_counts_rows_as_predicted():
    picks = taught([0.0, 1.0], [0, 1]).query(POOL, 4)
    learner, taken = taught([0.0, 1.0], [0, 1]), []
    for _ in range(4):
        row = learner.query(POOL, 1, exclude=taken)
        taken += row.tolist()
        learner.teach(POOL[row], (POOL[row, 0] >= 0.5 + 1e-9).astype(int))
    assert picks[0] == taken[0]
    assert len(set(picks.tolist())) == 4


def test_taken_rows_are_left_out_of_the_line():
    free = np.arange(0, 99, 3)
    learner = taught([0.0, 1.0], [0, 1])
    picks = learner.query(POOL, 5, exclude=np.setdiff1d(np.arange(99), free))
    assert set(picks) <= set(free)
    assert picks[0] == free[learner.query(POOL[free], 1)[0]]


def test_one_class_only():
    learner = taught([0.1, 0.2], [1, 1])
    assert len(set(learner.query(POOL, 9).tolist())) == 9


def test_refused_where_memory_does_not_suffice(monkeypatch):
    monkeypatch.setattr(GALAXY, "max_probabilities", 150)
    with pytest.raises(ValueError, match=r"Subsampled\(GALAXY\(\), n_rows=20_000\)"):
        taught([0.0, 1.0], [0, 1]).query(POOL, 1)
    with pytest.raises(TypeError, match="GaussianNB has no labels"):
        GALAXY()(GaussianNB().fit(POOL, np.arange(99) % 2), POOL, 1)
