"""Strategies made of strategies: which strategy picks which rows."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import (
    Alternation,
    BalancedQuery,
    CoreSet,
    EntropySampling,
    FacilityLocation,
    Filtered,
    MarginSampling,
    Mixture,
    Partitioned,
    RandomSampling,
    Subsampled,
    _cost,
)

X, y = load_digits(return_X_y=True)


def learner_with(strategy, **params):
    learner = ActiveLearner(GaussianNB(var_smoothing=1.0), strategy, random_state=0, **params)
    return learner.fit(X[:100], y[:100])


def first(learner, X, n_queries):
    """A plain function: the first rows that it is given."""
    return np.arange(n_queries)


def test_subsampled_picks_the_best_of_the_rows_that_it_drew():
    seen = []

    def spy(learner, X, n_queries):
        seen.append(len(X))
        return MarginSampling()(learner, X, n_queries)

    learner = learner_with(Subsampled(spy, 200))
    picks = learner.query(X, 5, exclude=range(100))
    assert seen == [200] and len(set(picks)) == 5 and picks.min() >= 100
    assert learner.set_params(query_strategy=Subsampled(spy, 0.1)).query(X, 5).shape == (5,)
    assert learner.set_params(query_strategy=Subsampled(spy, 2)).query(X, 5).shape == (5,)
    assert seen == [200, 180, 5]


def test_subsampled_of_all_rows_is_the_strategy():
    learner = learner_with(Subsampled(CoreSet(), 1.0))
    expected = learner_with(CoreSet()).query(X, 8, exclude=range(100))
    assert learner.query(X, 8, exclude=range(100)).tolist() == expected.tolist()


def test_filtered_picks_among_the_first_of_another():
    learner = learner_with(Filtered(first, EntropySampling(), keep=30))
    best = EntropySampling()(learner, X, 30)
    # what is kept stays in the order of the pool
    assert learner.query(X, 10).tolist() == sorted(best)[:10]
    learner.set_params(query_strategy=Filtered(MarginSampling(), EntropySampling(), keep=1))
    assert set(learner.query(X, 10)) == set(best[:10])


def test_rows_kept_by_number_by_share_and_by_default():
    seen = []

    def spy(learner, X, n_queries):
        seen.append(len(X))
        return np.arange(n_queries)

    for keep, expected in ((25, 25), (0.2, 20), (1.0, 100), (2, 4), (None, 40)):
        learner_with(Filtered(spy, RandomSampling(), keep=keep)).query(X[:100], 4)
        assert seen[-1] == expected
        if keep is not None:  # the same units
            learner_with(Subsampled(spy, n_rows=keep)).query(X[:100], 4)
            assert seen[-1] == expected


def test_a_stage_that_is_too_much_is_refused_before_the_first_one(monkeypatch):
    monkeypatch.setattr(FacilityLocation, "max_pool_rows", 50)

    def must_not_run(learner, X, n_queries):
        raise AssertionError("the first stage ran")

    strategies = [
        Filtered(FacilityLocation(), must_not_run, keep=60),
        Subsampled(FacilityLocation(), n_rows=60),
        Partitioned(FacilityLocation(), part_rows=60),
        Partitioned(FacilityLocation(), part_rows=10),  # 20 parts with 4 picks each
    ]
    for strategy in strategies:
        with pytest.raises(ValueError, match="FacilityLocation accepts at most 50 rows"):
            learner_with(strategy).query(X[:200], 4)


def test_filtered_with_fewer_rows_than_it_would_keep():
    assert sorted(learner_with(Filtered()).query(X[:12], 9, exclude=[0])) != []
    assert sorted(learner_with(Filtered()).query(X[:12], 12)) == list(range(12))


def test_parts_that_take_minutes_are_warned_of_first(monkeypatch):
    monkeypatch.setattr(FacilityLocation, "max_pool_rows", 100)
    learner = learner_with(Partitioned(FacilityLocation(), part_rows=50))
    with pytest.warns(UserWarning, match="10 parts of 50 rows takes up to 2 minutes.*takes 0.25"):
        monkeypatch.setattr(_cost, "_MINUTES_TO_WARN_OF", 2.4)
        learner.query(X[:500], 2)
    monkeypatch.setattr(_cost, "_MINUTES_TO_WARN_OF", 2.6)
    learner.query(X[:500], 2, exclude=range(100))


def test_alternation_takes_turns_and_repeats_nothing():
    learner = learner_with(Alternation([MarginSampling(), EntropySampling(), first]))
    # 100 labels: number 100 is the turn of the second
    picks = learner.query(X, 6).tolist()
    entropy = EntropySampling()(learner, X, 40).tolist()
    margin = [row for row in MarginSampling()(learner, X, 40).tolist()]
    assert [picks[2], picks[5]] == margin[:2]
    assert [picks[0], picks[3]] == [row for row in entropy if row not in margin[:2]][:2]
    assert len(set(picks)) == 6


def test_alternation_of_whole_batches():
    learner = learner_with(Alternation([MarginSampling(), EntropySampling()], every=10))
    assert learner.query(X, 10).tolist() == MarginSampling()(learner, X, 10).tolist()
    learner.teach(X[100:110], y[100:110])
    assert learner.query(X, 10).tolist() == EntropySampling()(learner, X, 10).tolist()


def test_mixture_draws_by_weight():
    certain = learner_with(Mixture([MarginSampling(), first], weights=[0, 2.0]))
    assert certain.query(X, 5).tolist() == [0, 1, 2, 3, 4]
    learner = learner_with(Mixture([MarginSampling(), first], weights=[3, 1]))
    picks = learner.query(X, 400)
    assert len(set(picks)) == 400
    margin = set(MarginSampling()(learner, X, 400).tolist())
    assert 260 < len(margin.intersection(picks.tolist())) < 400


@pytest.mark.parametrize("weights", [[1], [1, -1], [0, 0], [1, np.nan]])
def test_mixture_checks_its_weights(weights):
    with pytest.raises(ValueError, match="weights must be 2 numbers, one per strategy"):
        learner_with(Mixture(weights=weights)).query(X, 2)


@pytest.mark.parametrize("cls", [Alternation, Mixture])
def test_needs_a_fit_if_one_of_them_does(cls):
    learner = ActiveLearner()
    assert cls().requires_fit(learner)
    assert not cls([RandomSampling(), CoreSet()]).requires_fit(learner)
    assert not Subsampled(CoreSet()).requires_fit(learner)
    assert not Filtered(CoreSet(), RandomSampling()).requires_fit(learner)
    assert Filtered(CoreSet(), MarginSampling()).requires_fit(learner)


def test_clone_of_a_balanced_strategy_keeps_the_parameters_and_drops_the_fit():
    balanced = BalancedQuery(EntropySampling(), patience=3).fit(X[:20], y[:20])
    twin = clone(balanced)
    assert not hasattr(twin, "class_means_") and twin.patience == 3


def test_the_wrapped_strategy_is_reached_by_name():
    learner = ActiveLearner(LogisticRegression(), BalancedQuery(EntropySampling()))
    learner.set_params(query_strategy__strategy__invert=True)
    assert learner.query_strategy.strategy.invert is True
