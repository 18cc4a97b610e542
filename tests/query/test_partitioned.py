"""Picks in parts of the pool, then among these picks."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skactive import ActiveLearner
from skactive.query import (
    BALD,
    Badge,
    CoreSet,
    FacilityLocation,
    InformationDensity,
    MarginSampling,
    Partitioned,
)

X, y = load_digits(return_X_y=True)
X = X / 16
COMMITTEE = [GaussianNB(var_smoothing=0.1), KNeighborsClassifier(3), GaussianNB(var_smoothing=1)]


def learner_with(strategy, **params):
    learner = ActiveLearner(GaussianNB(var_smoothing=1.0), strategy, random_state=0, **params)
    return learner.fit(X[:50], y[:50])


def plain(strategy, learner, X, n, part_rows):
    """The same by hand, for strategies that draw nothing and look at no excluded rows."""
    kept = []
    for start in range(0, len(X), part_rows):
        part = X[start : start + part_rows]
        kept += [start + row for row in strategy(learner, part, min(n, len(part)))]
    kept = np.array(sorted(kept))
    return kept[strategy(learner, X[kept], n)]


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("part_rows", [100, 333, 1000])
@pytest.mark.parametrize("strategy", [CoreSet(), InformationDensity(), FacilityLocation()])
def test_equals_the_plain_form(strategy, part_rows, n_jobs):
    learner = learner_with(Partitioned(strategy, part_rows), n_jobs=n_jobs)
    expected = plain(strategy, learner_with(strategy), X[50:], 12, part_rows)
    assert_array_equal(learner.query(X[50:], 12), expected)


@pytest.mark.parametrize("strategy", [MarginSampling(), BALD(COMMITTEE)])
def test_scores_of_rows_give_the_picks_without_parts(strategy):
    exclude = np.arange(len(X)) % 3 == 0
    expected = learner_with(strategy).query(X, 20, exclude=exclude)
    picks = learner_with(Partitioned(strategy, 130)).query(X, 20, exclude=exclude)
    assert_array_equal(picks, expected)


def test_one_part_is_the_strategy():
    expected = learner_with(Badge()).query(X, 9, exclude=range(50))
    assert_array_equal(
        learner_with(Partitioned(Badge(), len(X))).query(X, 9, exclude=range(50)), expected
    )


def test_parts_with_fewer_free_rows_than_asked_for_and_with_none():
    learner = learner_with(Partitioned(CoreSet(), 10))
    free = [3, 4, 25, 26, 27, 1700]
    exclude = np.setdiff1d(np.arange(len(X)), free)
    assert sorted(learner.query(X, 6, exclude=exclude).tolist()) == free
    assert set(learner.query(X, 3, exclude=exclude).tolist()) < set(free)


def test_each_part_draws_from_a_stream_of_its_own():
    seen = []

    def spy(learner, X, n_queries):
        seen.append(learner.random_state_.randint(1 << 30))
        return np.arange(n_queries)

    learner = learner_with(Partitioned(spy, 600))
    learner.query(X, 2)
    first = list(seen)
    learner_with(Partitioned(spy, 600)).query(X, 2)
    assert len(set(first)) == 4 and seen[4:] == first  # three parts and what they picked
    learner.query(X, 2)
    assert not set(seen[8:]) & set(first)


def test_draws_of_one_part_do_not_shift_those_of_another():
    def first_numbers(n_draws):
        seen = []

        def spy(learner, X, n_queries):
            seen.append(learner.random_state_.randint(1 << 30, size=n_draws)[0])
            return np.arange(n_queries)

        learner_with(Partitioned(spy, 600)).query(X, 2)
        return seen

    assert first_numbers(1) == first_numbers(7)


def radius(points, centers):
    return cdist(points, points[centers]).min(axis=1).max()


@pytest.mark.parametrize("seed", range(8))
def test_core_set_is_within_four_times_the_best_cover(seed):
    rng = np.random.RandomState(seed)
    points = np.concatenate([rng.randn(5, 2) + 6 * rng.rand(2) for _ in range(4)])
    points = points[rng.permutation(20)]
    learner = ActiveLearner(GaussianNB()).teach(points[:2], [0, 1])
    picks = Partitioned(CoreSet(), 4)(learner, points, 3)
    best = min(radius(points, [0, 1, *rows]) for rows in combinations(range(2, 20), 3))
    assert best <= radius(points, [0, 1, *picks]) <= 4 * best


def test_needs_a_fit_if_its_strategy_does():
    assert Partitioned(MarginSampling()).requires_fit(ActiveLearner())
    assert not Partitioned().requires_fit(ActiveLearner())


def test_nothing_piles_up_from_query_to_query():
    learner = learner_with(Partitioned())
    sizes = []
    for _ in range(3):
        learner.query(X, 5)
        sizes.append(len(learner._memory._facts))
    assert sizes[0] >= sizes[1] == sizes[2]
