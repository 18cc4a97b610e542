"""GALAXY by worked numbers and against paths in a graph that is written out."""

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import GALAXY
from skactive.query._bisection import LabeledLine

from ..plain import TableModel, tie_key, tie_seed


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


def searched(P, codes, n, seed):
    """Picks among the first rows of P, row by row; the last ones have labels. None: no path."""
    n_free = len(P) - len(codes)
    kind = dict(zip(range(n_free, len(P)), codes))
    gaps = [sorted(row)[-1] - sorted(row)[-2] for row in P]
    for i in range(n):
        k = (len(codes) + i) % P.shape[1]
        # by margin; of the rows predicted as k, the more probable ones come last
        line = sorted(range(len(P)), key=lambda row: (P[row, k] - P[row].max(), P[row].max()))
        kinds = [0 if row not in kind else 1 if kind[row] == k else -1 for row in line]
        places, order = middles(np.array(kinds), 1)
        if order > 1:
            yield None
            return
        nodes = [line[place] for place in places]
        row = min(nodes, key=lambda node: (round(gaps[node], 12), tie_key(node, seed)))
        kind[row] = P[row].argmax()
        yield row


@pytest.mark.parametrize("seed", range(12))
def test_equal_to_the_plain_search(seed):
    P = np.random.RandomState(seed).dirichlet([2.0, 1.0, 0.5], size=94)
    codes = np.array([0, 1, 2, 0])
    learner = ActiveLearner(TableModel(P), GALAXY(), random_state=seed)
    learner.teach(np.arange(90, 94)[:, None], codes)
    expected = list(searched(P, codes, 9, tie_seed(seed)))
    found = [row for row in expected if row is not None]
    assert len(found) > 2
    assert learner.query(np.arange(90)[:, None], 9)[: len(found)].tolist() == found


def test_equally_short_paths_end_where_the_model_is_least_certain():
    # class 1 lies in the middle: two paths of four links, around rows 1 and 4
    P = np.array([[0.7, 0.3], [0.64, 0.36], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8], [0.1, 0.9]])
    labeled = [[0.8, 0.2], [0.5, 0.5], [0.05, 0.95]]
    learner = ActiveLearner(TableModel(np.r_[P, labeled]), GALAXY(), random_state=0)
    learner.teach([[6], [7], [8]], [0, 1, 0])
    assert learner.query(np.arange(6)[:, None], 1).tolist() == [1]


def test_rows_of_probability_one_are_sorted_by_the_rest():
    tiny = 10.0 ** -np.array([23, 28, 21, 26, 24, 29, 22, 25, 27, 40, 41])
    P = np.column_stack([np.r_[tiny, 1.0], np.r_[np.ones(11), 0.0]])
    learner = ActiveLearner(TableModel(P), GALAXY(), random_state=0)
    learner.teach([[11], [9], [10]], [0, 1, 1])
    # from 1e-21 to 1e-29
    assert P[learner.query(np.arange(9)[:, None], 1)[0], 0] == 1e-25


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
