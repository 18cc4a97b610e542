"""BalancedCoverage by worked weights and against a form with every kernel value written out."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.metrics import imbalance_ratio
from skactive.query import BalancedCoverage, RandomSampling
from skactive.query.balanced_coverage import (
    _draw,
    _systematic_sample,
    balanced_weights,
    neighborhood_width,
)


def plain(X, labeled, y, n, n_neighbors=20):
    """The rule, all pairs of rows at once, all gains in every step."""
    squared = ((X[:, None] - X) ** 2).sum(axis=2)
    width = np.median(np.sort(squared, axis=1)[:, min(n_neighbors, len(X) - 1)])
    kernel = np.exp(-squared / width)
    weights = np.ones(len(X))
    if len(np.unique(y)) > 1:
        model = LogisticRegression(max_iter=60).fit(X[labeled], y)
        p = model.predict_proba(X)
        doubts = [2 * sorted(row)[-2] / sum(sorted(row)[-2:]) for row in p]
        weights = np.array([d * sum(row / p.sum(axis=0)) for d, row in zip(doubts, p)])
    chosen = list(labeled)
    for _ in range(n):
        best = kernel[:, chosen].max(axis=1) if chosen else np.zeros(len(X))
        gains = weights @ np.maximum(0, kernel - best[:, None])
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
    return chosen[len(labeled) :]


@pytest.mark.parametrize("n_labeled", [0, 15, 40])
def test_equal_to_the_plain_form(digits, n_labeled):
    X, y = digits
    X = X.astype(np.float32)
    learner = ActiveLearner(GaussianNB(), BalancedCoverage())
    if n_labeled:
        learner.fit(X[:n_labeled], y[:n_labeled])
    picks = learner.query(X, 20, exclude=range(n_labeled))
    assert picks.tolist() == plain(X, list(range(n_labeled)), y[:n_labeled], 20)


def test_worked_weights():
    # N = (1.5, 1.0, 0.5): row 0 weighs 2 .2 / (.8 + .2) times .8/1.5 + .2/1, and so on
    p = np.array([[0.8, 0.2, 0.0], [0.6, 0.3, 0.1], [0.1, 0.5, 0.4]])
    balance = np.array([0.8 / 1.5 + 0.2, 0.4 + 0.3 + 0.2, 0.1 / 1.5 + 0.5 + 0.8])
    expected = [0.4 * balance[0], 0.6 / 0.9 * balance[1], 0.8 / 0.9 * balance[2]]
    weights = BalancedCoverage.weigh(p, p.sum(axis=0))
    assert_allclose(weights, expected)
    assert_allclose(weights, [0.293333, 0.6, 1.214815], atol=1e-6)


def test_certain_rows_weigh_nothing_and_classes_alike():
    sure = np.repeat(np.eye(3), [60, 30, 5], axis=0)
    assert_array_equal(BalancedCoverage.weigh(sure, sure.sum(axis=0)), np.zeros(95))
    almost = 0.97 * sure + 0.01
    weights = BalancedCoverage.weigh(almost, almost.sum(axis=0))
    mass = [weights[:60].sum(), weights[60:90].sum(), weights[90:].sum()]
    assert max(mass) < 1.4 * min(mass)  # of 60, 30 and 5 rows


@pytest.mark.parametrize("labels", [[], ["a"], ["a", "a"]])
def test_rows_weigh_alike_until_two_classes_are_found(labels):
    rows = np.random.RandomState(0).rand(10, 2)
    assert_array_equal(balanced_weights(rows, rows[: len(labels)], labels, None), np.ones(10))


def test_worked_width():
    rows = np.array([[0.0], [1.0], [3.0], [7.0]])
    # second neighbors are 3, 2, 3 and 6 away
    assert neighborhood_width(rows, 2) == 9.0
    assert neighborhood_width(rows, 99) == np.median([49.0, 36.0, 16.0, 49.0])
    assert neighborhood_width(np.zeros((5, 2)), 2) == 1.0


def test_fairer_than_random(digits):
    X, y = digits
    ratios = []
    for strategy in (RandomSampling(), BalancedCoverage()):
        learner = ActiveLearner(GaussianNB(), strategy, budget=80)
        found = [learner.set_params(random_state=s).fit(X, y).y_labeled_ for s in range(3)]
        ratios.append(np.mean([imbalance_ratio(labels, classes=range(10)) for labels in found]))
    assert ratios[1] < 0.8 * ratios[0]


def test_picks_from_the_first_label_on_and_finds_all_clusters():
    rng = np.random.RandomState(0)
    centers = 20 * rng.normal(size=(6, 5))
    X = np.concatenate([center + rng.normal(size=(40, 5)) for center in centers])
    picks = ActiveLearner(query_strategy=BalancedCoverage()).query(X, 6)
    assert set(picks // 40) == set(range(6))


def test_long_vectors_are_reduced(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), BalancedCoverage(n_components=5)).fit(X[:20], y[:20])
    components = PCA(5, svd_solver="covariance_eigh").fit(X).transform(X).astype(np.float32)
    expected = plain(components, list(range(20)), y[:20], 8)
    assert learner.query(X, 8, exclude=range(20)).tolist() == expected


def test_sparse_rows(digits):
    X, y = digits
    dense = ActiveLearner(GaussianNB(), BalancedCoverage()).fit(X[:20], y[:20])
    expected = dense.query(X, 8, exclude=range(20))
    learner = ActiveLearner(query_strategy=BalancedCoverage())
    learner.fit(sparse.csr_array(X)[:20], y[:20])
    assert_array_equal(learner.query(sparse.csr_array(X), 8, exclude=range(20)), expected)
    learner.set_params(query_strategy=BalancedCoverage(n_components=5))
    assert len(learner.query(sparse.csr_array(X), 8, exclude=range(20))) == 8


def test_large_pools_are_drawn_from(digits):
    X, y = digits
    strategy = BalancedCoverage(max_rows=60)
    learner = ActiveLearner(GaussianNB(), strategy, budget=50, random_state=0)
    game = learner.fit(X, y).query_indices_
    assert len(set(game.tolist())) == 50
    assert_array_equal(learner.fit(X, y).query_indices_, game)
    other = learner.set_params(random_state=1).fit(X, y).query_indices_
    assert not np.array_equal(other, game)
    assert sorted(learner.query(X, 250, exclude=other)) == sorted(set(range(300)) - {*other})


def test_systematic_sample_stands_for_the_weights():
    weights = np.random.RandomState(0).rand(500) ** 4
    rows, counts = _systematic_sample(weights, 300, np.random.RandomState(1))
    assert counts.sum() == 300 and len(set(rows.tolist())) == len(rows)
    expected = 300 * weights / weights.sum()
    hits = np.zeros(500)
    hits[rows] = counts
    assert (np.abs(hits - expected) < 1).all()


def test_drawn_candidates_follow_the_weights():
    weights = np.array([0.0, 1.0, 3.0, 0.0])
    stream = np.random.RandomState(0)
    first = [int(_draw(np.arange(4), weights, 1, stream)[0]) for _ in range(2000)]
    counts = np.bincount(first, minlength=4)
    assert counts[0] == counts[3] == 0
    assert abs(counts[2] / 2000 - 0.75) < 0.04
