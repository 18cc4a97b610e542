"""Among equal scores a random order decides: drawn once per learner, the same for any blocks."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import (
    Alternation,
    BalancedQuery,
    CoreSet,
    Diversified,
    EntropySampling,
    InformationDensity,
    LeastConfidenceSampling,
    MarginSampling,
    Partitioned,
    QueryByCommittee,
    RandomSampling,
)

from .plain import TableModel, by_key, tie_seed

EQUAL = "the scores of all .* free rows are equal"


@pytest.fixture(scope="module")
def by_class():
    """Rows sorted by class, five of them, as many files are."""
    y = np.repeat(np.arange(5), 60)
    X = np.random.RandomState(0).randn(300, 4) + y[:, None]
    return X, y


def taught(strategy, by_class, random_state=0, **params):
    X, y = by_class
    learner = ActiveLearner(
        HistGradientBoostingClassifier(), strategy, random_state=random_state, **params
    )
    labeled = np.arange(0, 300, 30)
    return learner.teach(X[labeled], y[labeled])


@pytest.mark.parametrize("strategy", [MarginSampling(), EntropySampling(), QueryByCommittee()])
def test_a_model_too_small_to_tell_rows_apart_warns_and_picks_by_chance(strategy, by_class):
    X, y = by_class
    learner = taught(strategy, by_class)
    with pytest.warns(UserWarning, match=EQUAL) as record:
        picks = learner.query(X, 20)
    assert sum("free rows are equal" in str(each.message) for each in record) == 1
    assert picks.tolist() == by_key(np.zeros(300), tie_seed(0))[:20]
    assert len(np.unique(y[picks])) >= 4


def test_picks_are_as_good_as_random_ones(by_class):
    X, y = by_class
    found = {}
    for strategy in (MarginSampling(), RandomSampling()):
        found[type(strategy)] = []
        for seed in range(40):
            learner = taught(strategy, by_class, seed)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found[type(strategy)].append(len(np.unique(y[learner.query(X, 6)])))
    means = [np.mean(values) for values in found.values()]
    assert abs(means[0] - means[1]) < 0.4 and means[0] > 3


def test_batches_concatenate_and_an_int_gives_the_same_twice(by_class):
    X, _ = by_class
    learner, twin = taught(MarginSampling(), by_class), taught(MarginSampling(), by_class)
    other = taught(MarginSampling(), by_class, 1)
    with pytest.warns(UserWarning, match=EQUAL):
        whole = learner.query(X, 30)
        assert_array_equal(twin.query(X, 30), whole)
        assert set(other.query(X, 30)) != set(whole)
        taken = []
        for n in (1, 9, 20):
            taken.extend(learner.query(X, n, exclude=taken))
    assert_array_equal(taken, whole)


def levels(n_rows=3000):
    """A model with three kinds of rows; each row has two classes of its own that are close."""
    table = np.array([[0.4, 0.35, 0.25], [0.6, 0.3, 0.1], [0.45, 0.4, 0.15]])
    return TableModel(table[np.random.RandomState(0).randint(3, size=n_rows)])


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_chunks_threads_and_parts_agree(n_jobs, monkeypatch):
    model, X = levels(), np.arange(3000)[:, None]
    expected = MarginSampling()(model, X, 1500)
    monkeypatch.setattr("skactive.query._scoring.chunk_rows", lambda model: 170)
    from skactive.pool import Pool

    assert_array_equal(MarginSampling().select(model, Pool(X, n_jobs=n_jobs), 1500), expected)
    assert_array_equal(Partitioned(MarginSampling(), 400)(model, X, 1500), expected)
    keys = -MarginSampling().scores(model, X)
    assert expected.tolist() == by_key(keys)[:1500]


def test_blocks_of_dask_agree():
    array = pytest.importorskip("dask.array")
    import dask

    model, X = levels(), np.arange(3000)[:, None]
    with dask.config.set(scheduler="synchronous"):
        blocks = array.from_array(X, chunks=(130, 1))
        for strategy in (MarginSampling(), Partitioned(MarginSampling(), 400)):
            assert_array_equal(strategy(model, blocks, 900), MarginSampling()(model, X, 900))
        flat = TableModel(np.full((3000, 2), 0.5))
        with pytest.warns(UserWarning, match="all 3000 free rows"):
            picks = LeastConfidenceSampling()(flat, blocks, 5)
    assert picks.tolist() == by_key(np.zeros(3000))[:5]


def test_tensors_agree():
    torch = pytest.importorskip("torch")
    X = np.random.RandomState(0).randint(0, 3, size=(400, 3)).astype(float)
    labels = np.arange(6) % 2
    for strategy in (CoreSet(), MarginSampling()):
        picks = []
        for rows in (X, torch.as_tensor(X)):
            learner = ActiveLearner(GaussianNB(), strategy, random_state=3)
            picks.append(learner.teach(rows[:6], labels).query(rows, 50, exclude=range(6)))
        assert_array_equal(*picks)


@pytest.mark.parametrize(
    "strategy",
    [InformationDensity(), Diversified(), MarginSampling()],
)
def test_no_warning_where_there_is_nothing_to_choose(strategy):
    flat, X = TableModel(np.full((6, 2), 0.5)), np.ones((6, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sorted(strategy(flat, X, 6)) == list(range(6))
    with pytest.warns(UserWarning, match=EQUAL):
        strategy(flat, X, 5)


def test_strategies_around_it_warn_too(by_class):
    X, _ = by_class
    for strategy in (BalancedQuery(), Alternation([MarginSampling(), CoreSet()])):
        with pytest.warns(UserWarning, match=EQUAL):
            taught(strategy, by_class).query(X, 4)


@pytest.mark.filterwarnings("ignore:the scores of all")
def test_equal_rows_of_the_second_phase_go_by_chance():
    X = np.r_[np.zeros(20), np.full(10, 4.0), np.full(200, 9.0)][:, None]
    y = np.r_[np.zeros(20), np.ones(10), np.full(200, 2)].astype(int)
    learner = ActiveLearner(GaussianNB(), BalancedQuery(), budget=14, random_state=0)
    learner.teach(X[[0, 1, 2, 3, 4, 20, 21, 22, 23, 30]], y[[0, 1, 2, 3, 4, 20, 21, 22, 23, 30]])
    picks = learner.query(X, 3, exclude=[0, 1, 2, 3, 4, 20, 21, 22, 23, 30])
    expected = by_key(np.where((y == 2) & (np.arange(230) != 30), 0, 1), tie_seed(0))[:3]
    assert picks.tolist() == expected
