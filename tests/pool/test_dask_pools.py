"""Pools whose rows are in the blocks of dask: the same picks, and little that is sent."""

import pickle

import cloudpickle
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.pool import BlockPool
from skactive.query import (
    BALD,
    Alternation,
    BalancedQuery,
    CoreSet,
    EntropySampling,
    ExpectedErrorReduction,
    Filtered,
    KMeansSampling,
    LeastConfidenceSampling,
    MarginSampling,
    Mixture,
    Partitioned,
    QueryByCommittee,
    RandomSampling,
    Subsampled,
    VariationRatios,
)

from ..plain import by_key, tie_seed
from .dask_pools import as_array, as_frame, da, dd, recent_dask

# GaussianNB is sure of every digit
pytestmark = pytest.mark.filterwarnings("ignore:the scores of all")

STRATEGIES = [
    MarginSampling(),
    EntropySampling(invert=True),
    LeastConfidenceSampling(),
    RandomSampling(),
    BALD(),
    QueryByCommittee(measure="kl"),
    VariationRatios(),
    BalancedQuery(),
    BalancedQuery(RandomSampling(), denominator="min", tie="random"),
    Subsampled(CoreSet(), 100),
    Filtered(KMeansSampling(), BALD(), keep=28),
    Alternation([RandomSampling(), MarginSampling()]),
    Mixture(),
    Partitioned(CoreSet(), 70),
    Partitioned(KMeansSampling(), 110),
    Partitioned(CoreSet(), 1000),
    ExpectedErrorReduction(n_candidates=5, n_evaluated=40),
]


def name_of(strategy):
    return repr(strategy).replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("containers", [as_array, as_frame])
@pytest.mark.parametrize("strategy", STRATEGIES, ids=name_of)
def test_picks_are_those_of_the_pool_in_memory(strategy, containers, digits):
    X, y = digits
    here, elsewhere = containers(X)
    picks = []
    for pool in (here, elsewhere):
        learner = ActiveLearner(
            GaussianNB(var_smoothing=0.01), strategy, budget=45, batch_size=7, random_state=0
        )
        learner.run(pool, lambda positions: y[positions], exclude=range(10))
        last = learner.query(pool, 9, exclude=np.arange(len(y)) % 3 > 0)
        picks.append([learner.y_labeled_, last, np.asarray(learner.X_labeled_)])
        assert type(learner.X_labeled_) is type(here)
    for first, second in zip(*picks):
        assert_array_equal(first, second)


def test_balancing_was_reached_above(digits):
    X, y = digits
    strategy = BalancedQuery()
    plain, balanced = (
        ActiveLearner(
            GaussianNB(var_smoothing=0.01), each, budget=45, batch_size=7, random_state=0
        ).run(as_array(X)[1], lambda positions: y[positions], exclude=range(10))
        for each in (MarginSampling(), strategy)
    )
    assert not np.array_equal(plain.y_labeled_, balanced.y_labeled_)


def test_what_comes_back_is_no_larger_than_the_query(monkeypatch, digits):
    X, y = digits
    returned = []
    compute = BlockPool._compute

    def recorded(self, tasks):
        results = compute(self, tasks)
        returned.extend(results)
        return results

    monkeypatch.setattr(BlockPool, "_compute", recorded)
    pool = as_array(X)[1]
    for strategy in (MarginSampling(), BALD(), BalancedQuery(embed=np.asarray), RandomSampling()):
        learner = ActiveLearner(GaussianNB(), strategy, budget=31, random_state=0)
        learner.fit(X[:30], y[:30]).query(pool, 4)
    sizes = [np.size(part) for result in returned for part in result]
    # BalancedQuery: a row for each class it aims at; BALD: the rows picked, of 64 numbers
    assert sizes and max(sizes) <= 64


@pytest.mark.parametrize("strategy", [MarginSampling(), BALD(), BalancedQuery()])
def test_the_labeled_rows_are_not_sent(monkeypatch, strategy, digits):
    X, y = digits
    sizes = []
    top_rows = BlockPool.top_rows

    def recorded(self, function, *args, **kwargs):
        sizes.append(len(cloudpickle.dumps(function)))
        return top_rows(self, function, *args, **kwargs)

    monkeypatch.setattr(BlockPool, "top_rows", recorded)
    learner = ActiveLearner(GaussianNB(), strategy, budget=251, random_state=0)
    learner.fit(X[:250], y[:250]).query(as_array(X)[1])
    wide = learner.X_labeled_.nbytes
    learner.fit(X[:20], y[:20]).query(as_array(X)[1], 1)
    assert len(sizes) == 2 and sizes[0] - sizes[1] < wide / 4


def test_unknown_lengths_and_empty_blocks(digits):
    X, y = digits
    known = da.from_array(X, chunks=(50, 64))
    unknown = known[known[:, 0] >= 0]
    assert np.isnan(unknown.shape[0])
    learner = ActiveLearner(GaussianNB(), MarginSampling()).fit(X[:40], y[:40])
    assert_array_equal(learner.query(unknown, 5), learner.query(X, 5))
    frame = dd.concat([as_frame(X[:40])[1], as_frame(X[:10])[1].loc[90:], as_frame(X[40:])[1]])
    assert BlockPool(frame).n_rows == len(X)


def test_sparse_blocks(digits):
    X, y = digits
    pool = da.from_array(X, chunks=(50, 64)).map_blocks(sparse.csr_matrix)
    learner = ActiveLearner(query_strategy=MarginSampling()).fit(sparse.csr_matrix(X), y)
    assert_array_equal(learner.query(pool, 5), learner.query(sparse.csr_matrix(X), 5))
    rows = BlockPool(pool).gather([290, 3, 120])
    assert sparse.issparse(rows) and (rows != X[[290, 3, 120]]).sum() == 0


def test_rows_taught_come_into_memory(digits):
    X, y = digits
    pools = {"ndarray": as_array(X)[1], "DataFrame": as_frame(X)[1]}
    for kind, pool in pools.items():
        first = pool.partitions[0]
        learner = ActiveLearner(GaussianNB()).teach(first, y[: len(first)])
        assert type(learner.X_labeled_).__name__ == kind
        assert len(pickle.dumps(learner)) < X.nbytes


def test_excluded_positions_in_a_small_integer(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), MarginSampling()).fit(X[:40], y[:40])
    expected = learner.query(X, 5, exclude=range(40))
    for dtype in ("u1", "i1", "u8"):
        exclude = np.arange(40, dtype=dtype)
        assert_array_equal(learner.query(as_array(X)[1], 5, exclude=exclude), expected)


def test_a_bag_is_no_pool(digits):
    bag = pytest.importorskip("dask.bag").from_sequence(["a", "b"])
    with pytest.raises(TypeError, match="X must hold rows, .* got a Bag"):
        ActiveLearner().query(bag, 1)


def test_progress(digits, capsys):
    X, y = digits
    for verbose in (0, 2):
        ActiveLearner(GaussianNB(), verbose=verbose).fit(X[:40], y[:40]).query(as_array(X)[1], 5)
        assert ("Completed" in capsys.readouterr().out) == (verbose == 2)


def test_called_by_hand_and_with_a_source_model(digits):
    X, y = digits
    source = FrozenEstimator(GaussianNB().fit(X, y))
    strategy = MarginSampling(model=source)
    assert_array_equal(strategy(None, as_array(X)[1], 7), strategy(None, X, 7))
    with pytest.raises(NotFittedError):
        MarginSampling(model=GaussianNB())(None, as_array(X)[1], 7)


def test_errors_are_those_of_a_pool_in_memory(digits):
    X, y = digits
    pool = as_array(X)[1]
    learner = ActiveLearner(GaussianNB()).fit(X[:40], y[:40])
    for exclude, error in (
        ([-1], ValueError),
        ([300], ValueError),
        ([0.5], TypeError),
        (np.ones(3, dtype=bool), ValueError),
        ([[1]], TypeError),
    ):
        messages = []
        for rows in (X, pool):
            with pytest.raises(error) as caught:
                learner.query(rows, 5, exclude=exclude)
            messages.append(str(caught.value))
        assert messages[0] == messages[1]
    with pytest.raises(ValueError, match="features"):
        learner.query(pool[:, :5], 5)
    with pytest.raises(ValueError, match="no row is free"):
        learner.query(pool, 5, exclude=range(300))


def test_nothing_to_pick(digits):
    X, y = digits
    pool = as_array(X)[1]
    learner = ActiveLearner(GaussianNB(), budget=41, random_state=0).fit(X[:40], y[:40])
    for strategy in (MarginSampling(), BalancedQuery()):
        assert len(strategy(learner, pool, 0)) == 0
    assert len(MarginSampling()(learner, pool[:0], 3)) == 0
    taken = BlockPool(pool, range(len(X)))
    assert len(taken.top_rows(lambda rows: rows[:, 0], 10, 0)) == 0


def test_scores_are_told_apart_from_picks(digits):
    X, y = digits
    model = GaussianNB().fit(X, y)
    with pytest.raises(TypeError, match="one number per row, but X is a dask"):
        MarginSampling().scores(model, as_array(X)[1])


@recent_dask
def test_equal_rows_tie_in_blocks_of_any_size(digits):
    rng = np.random.RandomState(0)
    X = rng.rand(200, 5)
    y = np.arange(200) % 60
    rows = np.repeat(rng.rand(1, 5), 41, axis=0)
    learner = ActiveLearner(GaussianNB(var_smoothing=0.1), EntropySampling(), budget=120)
    learner.set_params(random_state=0).fit(X, y)
    assert 32 < len(np.unique(learner.y_labeled_)) < 60
    order = by_key(np.zeros(41), tie_seed(0))
    for chunks in ((20, 20, 1), (41,), (1,) * 41):
        pool = da.from_array(rows, chunks=(chunks, 5))
        with pytest.warns(UserWarning, match="scores of all 41 free rows"):
            assert_array_equal(learner.query(pool, 3), order[:3])
    with pytest.warns(UserWarning, match="scores of all 39 free rows"):
        assert_array_equal(learner.query(rows, 3, exclude=order[:2]), order[2:5])
