"""Committees, BALD and variation ratios: orders worked by hand, samples of any origin."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import BALD, QueryByCommittee, VariationRatios

# four samples of three rows (Gal et al. as worked out for three classes)
ROWS = [
    [[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.75, 0.15, 0.1], [0.8, 0.1, 0.1]],
    [[0.4, 0.35, 0.25], [0.35, 0.4, 0.25], [0.4, 0.3, 0.3], [0.3, 0.4, 0.3]],
    [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05]] * 2,
]
SAMPLES = np.array(ROWS).transpose(1, 0, 2)
X3 = np.arange(3)[:, None]


def table(X):
    return SAMPLES[:, np.asarray(X)[:, 0]]


@pytest.mark.parametrize(
    "strategy, order, scores",
    [
        (BALD(table), [2, 0, 1], [0.0072, 0.0060, 0.4626]),
        (VariationRatios(table), [1, 2, 0], [0, 0.5, 0.5]),
        (QueryByCommittee(table), [1, 2, 0], [0, np.log(2), np.log(2)]),
        (QueryByCommittee(table, measure="kl"), [2, 0, 1], [0.0072, 0.0060, 0.4626]),
        (
            QueryByCommittee(table, measure="consensus_entropy"),
            [1, 2, 0],
            [0.7098, 1.0907, 0.8570],
        ),
    ],
)
def test_worked_orders(strategy, order, scores):
    assert_allclose(strategy.scores(None, X3), scores, atol=1e-4)
    assert strategy(None, X3, 3).tolist() == order
    # a sampler of its own needs no labels
    assert not strategy.requires_fit(ActiveLearner())


def test_kl_is_the_mean_divergence_to_the_mean():
    mean = SAMPLES.mean(axis=0)
    expected = (SAMPLES * np.log(SAMPLES / mean)).sum(axis=2).mean(axis=0)
    assert_allclose(QueryByCommittee(table, measure="kl").scores(None, X3), expected)


def test_votes_of_the_trees_of_a_forest():
    X, y = load_iris(return_X_y=True)
    forest = RandomForestClassifier(9, random_state=0)
    learner = ActiveLearner(forest, VariationRatios(), random_state=0).fit(X[::10], y[::10])
    votes = np.array([tree.predict(X) for tree in learner.estimator_.estimators_]).astype(int)
    share = np.array([np.bincount(column).max() / 9 for column in votes.T])
    assert_allclose(VariationRatios().scores(learner, X), 1 - share)
    assert (share[learner.query(X, 8)] < 1).all()


def test_large_pools_go_block_by_block():
    rng = np.random.RandomState(0)
    X = rng.rand(60_000, 2)
    y = (X[:, 0] > 0.5).astype(int)
    learner = ActiveLearner(GaussianNB(), random_state=0).fit(X[:50], y[:50])
    whole = BALD(n_members=3).scores(learner, X)
    assert_array_equal(BALD(n_members=3).scores(learner, X[:100]), whole[:100])


def test_the_next_query_draws_another_committee():
    X, y = load_iris(return_X_y=True)
    learner = ActiveLearner(GaussianNB(), BALD(), random_state=0).fit(X[::10], y[::10])
    scores = BALD().scores(learner, X)
    assert_array_equal(BALD().scores(learner, X), scores)
    learner.query(X, 3)
    assert (BALD().scores(learner, X) != scores).any()


def test_a_list_of_classifiers_survives_clone():
    X, y = load_iris(return_X_y=True)
    strategy = QueryByCommittee([GaussianNB(), RandomForestClassifier(5, random_state=0)])
    learner = ActiveLearner(GaussianNB(), strategy, budget=25, random_state=0)
    picks = clone(learner).fit(X, y).query_indices_
    assert_array_equal(learner.fit(X, y).query_indices_, picks)
