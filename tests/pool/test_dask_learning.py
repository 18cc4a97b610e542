"""Fitting on rows of dask collections, and predictions where the rows are."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from skactive import ActiveLearner
from skactive._learner import _block_rows
from skactive.pool import BlockPool
from skactive.query import BalancedCoverage, CoreSet, MarginSampling

from .dask_pools import as_array, as_frame, da, dd, pd, recent_dask, sizes_gathered

pytestmark = pytest.mark.filterwarnings("ignore:the scores of all")

METHODS = ("predict", "predict_proba", "predict_log_proba", "decision_function")


@pytest.fixture(scope="module")
def named(digits):
    X, y = digits
    return X, np.array(["zero", "one", "two", "three", *"456789"])[y]


def blocks_read(X, chunk=50):
    """A dask array of X, and a list that grows by one for each block that is read."""
    read = []

    def block(block_info=None):
        start, stop = block_info[None]["array-location"][0]
        read.append(start)
        return X[start:stop]

    chunks = (chunk,) * (len(X) // chunk), X.shape[1:]
    return da.map_blocks(block, chunks=chunks, dtype=float), read


@pytest.mark.parametrize("containers", [as_array, as_frame])
def test_predictions_block_by_block(containers, named):
    X, y = named
    here, elsewhere = containers(X)
    rows = here[:90]
    learner = ActiveLearner(LogisticRegression(max_iter=50)).fit(rows, y[:90])
    for method in METHODS:
        expected = getattr(learner, method)(here)
        got = getattr(learner, method)(elsewhere)
        assert isinstance(got, da.Array) and got.dtype == expected.dtype
        assert got.shape[1:] == expected.shape[1:]
        assert got.numblocks[0] == (7 if containers is as_array else elsewhere.npartitions)
        (assert_array_equal if method == "predict" else assert_allclose)(got.compute(), expected)
    assert learner.score(elsewhere, y) == learner.score(here, y)
    weights = np.arange(len(y)) % 7
    assert learner.score(elsewhere, da.from_array(y), weights) == learner.score(here, y, weights)
    assert isinstance(learner.score(elsewhere, y), float)


def test_predictions_are_lazy_and_have_the_lengths_of_the_blocks(named):
    X, y = named
    learner = ActiveLearner(GaussianNB(var_smoothing=0.1)).fit(X[:60], y[:60])
    pool, read = blocks_read(X)
    predicted = learner.predict(pool)
    assert not read and predicted.chunks == pool.chunks[:1]
    assert_array_equal(predicted[100:150].compute(), learner.predict(X[100:150]))
    assert read == [100]


def test_predictions_of_two_classes_unknown_lengths_and_empty_blocks(digits):
    X, y = digits
    learner = ActiveLearner(LogisticRegression()).fit(X[:60], y[:60] > 4)
    pool = as_array(X)[1]
    rows = pool[pool[:, 2] > 0.99]  # few, in some of the blocks
    expected = X[X[:, 2] > 0.99]
    assert_allclose(
        learner.decision_function(rows).compute(), learner.decision_function(expected)
    )
    assert_array_equal(learner.predict(rows).compute(), learner.predict(expected))
    assert learner.score(rows, (y > 4)[X[:, 2] > 0.99]) > 0.5


def test_predictions_of_texts():
    texts = np.array(["good day", "bad day", "good", "bad"] * 5, dtype=object)
    learner = ActiveLearner(make_pipeline(CountVectorizer(), GaussianCounts()))
    learner.teach(list(texts[:4]), [1, 0, 1, 0])
    for pool in (da.from_array(texts, chunks=6), dd.from_pandas(pd.Series(texts), npartitions=3)):
        assert_array_equal(learner.predict(pool).compute(), [1, 0, 1, 0] * 5)


class GaussianCounts(GaussianNB):
    """Naive Bayes of counts in a sparse matrix."""

    def fit(self, X, y):
        return super().fit(X.toarray(), y)

    def predict(self, X):
        return super().predict(X.toarray())


def test_other_columns_are_refused_before_anything_is_read(named):
    X, y = named
    learner = ActiveLearner(GaussianNB()).fit(X[:60], y[:60])
    pool, read = blocks_read(X[:, :30])
    for call in (learner.predict, learner.predict_proba, lambda X: learner.score(X, y)):
        with pytest.raises(ValueError, match="expecting 64 features"):
            call(pool)
    assert not read


@pytest.mark.parametrize("strategy", [BalancedCoverage(max_rows=60), CoreSet(), MarginSampling()])
@pytest.mark.parametrize("containers", [as_array, as_frame])
def test_a_simulation_on_a_collection_fetches_the_labeled_rows(containers, strategy, named):
    X, y = named
    here, elsewhere = containers(X)
    learners = [
        ActiveLearner(GaussianNB(var_smoothing=0.1), strategy, budget=30, random_state=0).fit(
            pool, y, sample_weight=np.ones(len(y))
        )
        for pool in (here, elsewhere)
    ]
    assert_array_equal(learners[0].query_indices_, learners[1].query_indices_)
    assert type(learners[1].X_labeled_) is type(here) and len(learners[1].X_labeled_) == 30
    assert_array_equal(learners[0].predict_proba(here), learners[1].predict_proba(here))


def test_a_simulation_reads_the_rows_that_it_reveals(named, monkeypatch):
    X, y = named
    sizes = sizes_gathered(monkeypatch)
    known = as_array(X)[1]
    unknown = known[known[:, 0] >= 0]
    learner = ActiveLearner(GaussianNB(var_smoothing=0.1), MarginSampling(), budget=30)
    learner.fit(unknown, y)
    assert sum(sizes) == 30 and np.isnan(unknown.shape[0])


def test_all_rows_are_fetched_if_they_are_few_and_refused_if_they_are_many(named, monkeypatch):
    X, y = named
    for here, elsewhere in (as_array(X), as_frame(X)):
        learner = ActiveLearner(GaussianNB(var_smoothing=0.1)).fit(elsewhere, y)
        assert type(learner.X_labeled_) is type(here)
        assert_array_equal(np.asarray(learner.X_labeled_), X)
        monkeypatch.setattr(_block_rows, "_MOST_BYTES", 1000)
        for call in (ActiveLearner().fit, ActiveLearner(budget=1000).fit, ActiveLearner().teach):
            with pytest.raises(ValueError, match=r"300 rows, .* GB, .*budget.*X\.compute\(\)"):
                call(elsewhere, y)
        monkeypatch.setattr(_block_rows, "_MOST_BYTES", 1e9)


@recent_dask
def test_the_default_strategy(named):
    X, y = named
    frame = pd.DataFrame({"a": X[:, 20], "b": np.array(["u", "v", "w"])[y.argsort() % 3]})
    objects = da.from_array(np.array([*map(str, y)], dtype=object), chunks=60)
    for pool, expected in (
        (as_array(X)[1], BalancedCoverage),
        (dd.from_pandas(frame, npartitions=4), BalancedCoverage),
        (da.from_array(X.reshape(-1, 8, 8), chunks=60), MarginSampling),
        (objects, MarginSampling),
    ):
        learner = ActiveLearner(random_state=0)
        rows = BlockPool(pool).gather(range(20))
        learner.set_params(estimator=OneClassEach())
        learner.teach(rows, y[:20]).query(pool, 2, exclude=range(20))
        assert type(learner.strategy_) is expected


class OneClassEach(GaussianNB):
    """A classifier of rows of any kind."""

    def fit(self, X, y):
        return super().fit(np.arange(len(y))[:, None], y)

    def predict_proba(self, X):
        return super().predict_proba(np.arange(len(X))[:, None])


def test_a_frame_of_categories_gives_the_picks_of_the_frame_in_memory(named):
    X, y = named
    frame = pd.DataFrame({"a": X[:, 20] * 100, "b": pd.Categorical(X[:, 30].round(1).astype(str))})
    picks = [
        ActiveLearner(
            make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()),
            budget=25, random_state=0,
        ).run(pool, lambda positions: y[positions]).query_indices_
        for pool in (frame, dd.from_pandas(frame, npartitions=4))
    ]
    assert_array_equal(picks[0], picks[1])
