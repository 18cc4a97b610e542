"""Pools that are larger than a strategy accepts, and how large ones are handled."""

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import (
    BatchBALD,
    FacilityLocation,
    KMeansSampling,
    Partitioned,
    ProbCover,
    Subsampled,
    TypiClust,
    _clusters,
    batch_bald,
    typi_clust,
)

RNG = np.random.RandomState(0)
X = RNG.normal(size=(120, 3)) + 6 * (np.arange(120) % 3)[:, None]
Y = np.arange(120) % 3


class Untouchable:
    """An embedding that no strategy may call."""

    def __call__(self, X):
        raise AssertionError("work was done before the refusal")


@pytest.mark.parametrize("cls", [FacilityLocation, KMeansSampling, ProbCover, TypiClust])
def test_too_many_rows_are_refused_before_any_work(cls, monkeypatch):
    monkeypatch.setattr(cls, "max_pool_rows", 100)
    strategy = cls(embed=Untouchable())
    with pytest.raises(ValueError) as caught:
        ActiveLearner(query_strategy=strategy).query(X, 2)
    message = str(caught.value)
    assert f"{cls.__name__} accepts at most 100 rows" in message and "got 120" in message
    assert f"Subsampled({cls.__name__}()" in message
    assert f"Partitioned({cls.__name__}()" in message


@pytest.mark.parametrize("cls", [FacilityLocation, KMeansSampling, ProbCover, TypiClust])
def test_the_wrappers_that_are_named_help(cls, monkeypatch):
    monkeypatch.setattr(cls, "max_pool_rows", 100)
    for wrapped in (Subsampled(cls(), n_rows=50), Partitioned(cls(), part_rows=50)):
        assert len(ActiveLearner(query_strategy=wrapped, random_state=0).query(X, 3)) == 3


def test_a_million_rows_are_refused_by_those_that_look_at_all_pairs():
    many = np.broadcast_to(np.float32(0), (1_000_000, 50))
    for strategy in (FacilityLocation(Untouchable()), ProbCover(embed=Untouchable())):
        with pytest.raises(ValueError, match="got 1,000,000"):
            strategy(GaussianNB(), many, 1)


def test_centers_learned_from_some_rows_are_those_of_all(monkeypatch):
    expected = _clusters.k_means(X, 3, 0)
    monkeypatch.setattr(_clusters, "_MOST_ROWS", 60)
    model = _clusters.k_means(X, 3, 0)
    assert len(model.labels_) == 120
    pairs = set(zip(expected.labels_.tolist(), model.labels_.tolist()))
    assert len(pairs) == 3  # the same clusters under other numbers


def test_typicality_of_some_rows_of_a_large_cluster(monkeypatch):
    monkeypatch.setattr(typi_clust, "_MOST_ROWS", 10)
    picks = ActiveLearner(query_strategy=TypiClust(), random_state=0).query(X, 3)
    assert sorted(Y[picks].tolist()) == [0, 1, 2]
    exhausted = ActiveLearner(query_strategy=TypiClust(), random_state=0).query(X, 120)
    assert sorted(exhausted.tolist()) == list(range(120))


@pytest.mark.parametrize("exclude", [[], range(40)])
def test_a_shortlist_gives_the_batch_of_all_rows(exclude, monkeypatch):
    table = RNG.dirichlet(np.ones(3), size=(4, 120))
    rows = np.arange(120)[:, None]
    strategy = BatchBALD(lambda X: table[:, X[:, 0]])
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0).teach(rows[:9], Y[:9])
    expected = learner.query(rows, 3, exclude=exclude)
    monkeypatch.setattr(batch_bald, "_MANY_ROWS", 10)
    monkeypatch.setattr(batch_bald, "_MOST_NUMBERS", 30 * 12)
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0).teach(rows[:9], Y[:9])
    seen = []
    greedy = batch_bald.JointInformation.greedy
    monkeypatch.setattr(
        batch_bald.JointInformation,
        "greedy",
        lambda self, *args: seen.append(len(self.samples)) or greedy(self, *args),
    )
    assert learner.query(rows, 3, exclude=exclude).tolist() == expected.tolist()
    assert seen == [30]
