"""Every strategy on a pool in blocks of dask: as in memory, or as on a sample of it."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.pool import BlockPool
from skactive.query import (
    GALAXY,
    BalancedCoverage,
    ClassBalancedSampling,
    CoreSet,
    FacilityLocation,
    Filtered,
    KMeansSampling,
    MarginSampling,
    Mixture,
    ProbCover,
    QueryStrategy,
    Subsampled,
    TypiClust,
    UncertaintyHerding,
    _cost,
)

from ..strategies import all_strategies, plain_function
from .dask_pools import as_array, as_frame, recent_dask, sizes_gathered

pytestmark = [
    pytest.mark.filterwarnings("ignore:the scores of all"),
    pytest.mark.filterwarnings("ignore:.*needs all rows of its pool"),
]

ONE_EACH = list({type(strategy): strategy for strategy in all_strategies()[::-1]}.values())[::-1]
# its fits take seconds, and it draws what it needs
ONE_EACH = [each for each in ONE_EACH if type(each).__name__ != "ExpectedErrorReduction"]
# of a large pool they take what they need, in memory and elsewhere
DRAW_THEMSELVES = [
    BalancedCoverage(max_rows=30),
    BalancedCoverage(),
    UncertaintyHerding(max_rows=40),
    Mixture([MarginSampling(), BalancedCoverage(max_rows=30)]),
]


def name_of(strategy):
    return repr(strategy).replace("\n", "").replace(" ", "")


@pytest.fixture(scope="module")
def rows(digits):
    X, y = digits
    return X[:200, 10:40], y[:200]


@pytest.fixture()
def large(monkeypatch):
    """200 rows are a large pool."""
    monkeypatch.setattr(_cost, "_MOST_ROWS", 150)
    monkeypatch.setattr(_cost, "_ROWS_TO_DRAW", 90)


def picks_of(strategy, pool, rows):
    """Picks of two rounds, the first rows being taken."""
    X, y = rows
    learner = ActiveLearner(GaussianNB(var_smoothing=0.01), strategy, random_state=0)
    learner.teach(X[:40] if not hasattr(pool, "columns") else as_frame(X[:40])[0], y[:40])
    first = learner.query(pool, 5, exclude=range(40))
    learner.relabel([3], [y[3] + 1])
    return [*first, *learner.query(pool, 4, exclude=[*range(40), *first])]


@pytest.mark.parametrize("strategy", ONE_EACH, ids=name_of)
def test_a_small_pool_gives_the_picks_of_the_pool_in_memory(strategy, rows):
    here, elsewhere = as_array(rows[0])
    assert picks_of(strategy, elsewhere, rows) == picks_of(strategy, here, rows)


@pytest.mark.parametrize("strategy", ONE_EACH, ids=name_of)
def test_a_large_pool_gives_those_or_the_picks_of_a_sample(strategy, rows, large):
    here, elsewhere = as_frame(rows[0])
    n_rows = min(getattr(strategy, "sample_rows", 90), 150)
    expected = [picks_of(each, here, rows) for each in (strategy, Subsampled(strategy, n_rows))]
    assert picks_of(strategy, elsewhere, rows) in expected


@pytest.mark.parametrize("containers", [as_array, as_frame])
@pytest.mark.parametrize("strategy", DRAW_THEMSELVES, ids=name_of)
def test_strategies_that_draw_pick_as_in_memory(strategy, containers, rows, large, monkeypatch):
    here, elsewhere = containers(rows[0])
    expected = picks_of(strategy, here, rows)
    monkeypatch.setattr(BlockPool, "in_memory", None)
    assert picks_of(strategy, elsewhere, rows) == expected


@pytest.mark.parametrize("cls", [FacilityLocation, KMeansSampling, ProbCover, TypiClust])
def test_pools_larger_than_a_strategy_accepts_are_sampled(cls, rows, monkeypatch):
    monkeypatch.setattr(cls, "max_pool_rows", 150)
    monkeypatch.setattr(cls, "sample_rows", 80)
    here, elsewhere = as_array(rows[0])
    assert picks_of(cls(), elsewhere, rows) == picks_of(Subsampled(cls(), 80), here, rows)


@pytest.mark.parametrize("cls", [ClassBalancedSampling, GALAXY])
def test_many_class_probabilities_are_drawn_from(cls, rows, monkeypatch):
    n_rows = 1500 // len(np.unique(rows[1][:40]))
    assert n_rows < 200
    here, elsewhere = as_array(rows[0])
    expected = picks_of(Subsampled(cls(), n_rows), here, rows)
    monkeypatch.setattr(cls, "max_probabilities", 1500)
    # the second query knows another class
    assert picks_of(cls(), elsewhere, rows)[:5] == expected[:5]


@recent_dask
def test_a_sample_warns_once_per_pool_with_advice(rows, large):
    X, y = rows
    pool = as_array(X)[1]
    learner = ActiveLearner(GaussianNB(), CoreSet(), random_state=0).teach(X[:40], y[:40])
    with pytest.warns(UserWarning) as caught:
        for _ in range(3):
            learner.query(pool, 2, exclude=range(40))
        learner.query(as_array(X)[1], 2, exclude=range(40))
    messages = [str(each.message) for each in caught if "needs all rows" in str(each.message)]
    assert len(messages) == 2
    for words in ("CoreSet() needs all rows", "200 rows", "Subsampled(CoreSet(), n_rows=90)"):
        assert words in messages[0]
    for words in ("Partitioned(CoreSet())", "Filtered(CoreSet()", "keep=90"):
        assert words in messages[0]


@recent_dask
def test_rows_come_once_and_draws_are_not_shifted(rows, monkeypatch):
    X, y = rows
    sizes = sizes_gathered(monkeypatch)
    pool = as_array(X)[1]
    learner = ActiveLearner(GaussianNB(), TypiClust(), random_state=0).teach(X[:40], y[:40])
    for _ in range(3):
        learner.query(pool, 2, exclude=range(40))
    assert sizes.count(len(X)) == 1


def test_a_function_and_a_class_of_the_user(rows, large):
    class Own(QueryStrategy):
        def select(self, learner, pool, n_queries):
            rng = learner.random_state_
            rng.random_sample(3)  # before it asks for what is not there
            return rng.permutation(np.flatnonzero(pool.available))[:n_queries]

    here, elsewhere = as_array(rows[0])
    for strategy in (plain_function, Own()):
        expected = picks_of(Subsampled(strategy, 90), here, rows)
        assert picks_of(strategy, elsewhere, rows) == expected


def test_a_few_free_rows_of_a_large_pool(rows, large):
    X, y = rows
    learner = ActiveLearner(GaussianNB(), CoreSet(), random_state=0).teach(X[:40], y[:40])
    exclude = np.setdiff1d(np.arange(200), [7, 60, 130, 199])
    assert set(learner.query(as_array(X)[1], 4, exclude=exclude)) == {7, 60, 130, 199}


def test_columns_of_different_scales_and_missing_numbers(rows, large):
    X, y = rows
    wide = X.copy()
    wide[:, 3] *= 1000
    missing = X.copy()
    missing[151, 4] = np.nan
    for each in (wide, missing):
        learner = ActiveLearner(
            GaussianNB(var_smoothing=0.01), BalancedCoverage(max_rows=30), random_state=0
        ).teach(each[:40], y[:40])
        first = learner.query(each, 5, exclude=range(40))
        again = ActiveLearner(
            GaussianNB(var_smoothing=0.01), BalancedCoverage(max_rows=30), random_state=0
        ).teach(each[:40], y[:40])
        assert_array_equal(again.query(as_array(each)[1], 5, exclude=range(40)), first)


def test_too_many_bytes_are_refused_before_any_stage(rows, monkeypatch):
    monkeypatch.setattr(_cost, "_MOST_BYTES_ASKED_FOR", 1000.0)
    X, y = rows
    learner = ActiveLearner(GaussianNB(), Filtered(CoreSet(), keep=0.9), random_state=0)
    with pytest.raises(ValueError, match=r"CoreSet\(\) would load 180 rows .*; the limit is 1 GB"):
        learner.teach(X[:40], y[:40]).query(as_array(X)[1], 2)
