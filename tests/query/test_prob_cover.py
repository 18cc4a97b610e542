"""ProbCover against its plain form on all distances."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits, make_blobs
from sklearn.metrics import pairwise_distances

from skactive import ActiveLearner
from skactive.query import ProbCover

from ..plain import argmax, tie_seed


def plain(X, labeled, delta, n):
    near = pairwise_distances(X) <= delta
    covered = near[labeled].any(axis=0)
    picks = []
    while len(picks) < n:
        gains = near[:, ~covered].sum(axis=1)
        gains[[*labeled, *picks]] = 0
        if not gains.any():
            break
        picks.append(argmax(gains, tie_seed(0)))
        covered |= near[picks[-1]]
    return picks


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:500] + np.random.RandomState(0).rand(500, 64), y[:500]


@pytest.mark.parametrize("max_pairs", [0, 10**8])
@pytest.mark.parametrize("container", [np.asarray, np.float32, sparse.csr_array])
def test_equal_to_plain_form(digits, max_pairs, container):
    X, y = digits
    rows = container(X)
    strategy = ProbCover(delta=22.0, max_pairs=max_pairs)
    learner = ActiveLearner(query_strategy=strategy, random_state=0)
    expected = plain(X, [], 22.0, 40)
    assert len(expected) == 40
    assert learner.query(rows, 40).tolist() == expected
    learner.teach(rows[:10], y[:10])
    expected = plain(X, list(range(10)), 22.0, 30)
    assert learner.query(rows, 30, exclude=range(10)).tolist() == expected


def test_worked_cover():
    X = [[0.0], [1], [2], [3], [10], [11], [50]]
    learner = ActiveLearner(query_strategy=ProbCover(delta=1), random_state=0)
    # 1 and 2 cover three rows, then 4 and 5 two, and the rest one more
    assert learner.query(X, 4).tolist() == plain(X, [], 1, 4)
    assert set(plain(X, [], 1, 2)) <= {1, 2, 4, 5}


def test_the_rest_is_random_without_repetition():
    X = np.zeros((30, 1))
    learner = ActiveLearner(query_strategy=ProbCover(delta=1), random_state=0)
    picks = learner.query(X, 30)
    assert picks[0] == argmax(np.zeros(30), tie_seed(0)) and sorted(picks) == list(range(30))
    assert picks.tolist() != list(range(30))


def test_radius_keeps_clusters_apart():
    centers = np.array([[0, 0], [60, 0], [0, 60]], dtype=float)
    X, cluster = make_blobs([60, 40, 20], centers=centers, random_state=0)
    strategy = ProbCover(n_clusters=3)
    picks = ActiveLearner(query_strategy=strategy, random_state=0).query(X, 3)
    assert cluster[picks].tolist() == [0, 1, 2]
    radius = strategy._radius(X)
    gaps = pairwise_distances(X)
    gaps[cluster[:, None] == cluster] = np.inf
    assert np.mean(gaps.min(axis=1) > radius) >= 0.95
    assert np.mean(gaps.min(axis=1) > 1.01 * radius) < 1


def test_one_cluster_alone_has_no_radius():
    strategy = ProbCover(n_clusters=1)
    picks = ActiveLearner(query_strategy=strategy, random_state=0).query([[1.0], [2], [3]], 2)
    assert picks[0] == argmax(np.zeros(3), tie_seed(0))
