"""Rows of any container, blocks of them, and stored results about a pool."""

import gc
import sys

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import skactive._sklearn
from skactive import ActiveLearner
from skactive.pool import Pool, PoolMemory, concatenate_rows, num_samples, take_rows
from skactive.query import CoreSet, EntropySampling, MarginSampling

# GaussianNB is sure of every digit
pytestmark = pytest.mark.filterwarnings("ignore:the scores of all")

ARRAY = np.arange(12.0).reshape(6, 2)
CONTAINERS = {
    "array": ARRAY,
    "images": np.arange(24.0).reshape(6, 1, 2, 2),
    "csr_matrix": sparse.csr_matrix(ARRAY),
    "csr_array": sparse.csr_array(ARRAY),
    "pandas": pd.DataFrame(ARRAY, columns=["a", "b"], index=list("uvwxyz")),
    "polars": pl.DataFrame(ARRAY, schema=["a", "b"]),
    "pandas series": pd.Series(list("uvwxyz")),
    "polars series": pl.Series(list("uvwxyz")),
    "list": list("uvwxyz"),
}


def to_list(X):
    return X.toarray().tolist() if sparse.issparse(X) else np.asarray(X).tolist()


@pytest.mark.parametrize("name", CONTAINERS)
def test_rows_taken_and_joined_are_the_rows(name):
    X = CONTAINERS[name]
    whole = to_list(X)
    assert num_samples(X) == 6
    taken = take_rows(X, np.array([4, 0, 4]))
    assert type(taken) is type(X)
    assert to_list(taken) == [whole[4], whole[0], whole[4]]
    assert to_list(take_rows(X, slice(2, 5))) == whole[2:5]
    joined = concatenate_rows(take_rows(X, slice(0, 2)), take_rows(X, slice(2, None)))
    assert type(joined) is type(X)
    assert to_list(joined) == whole


def test_a_slice_of_an_array_is_a_view():
    assert np.shares_memory(take_rows(ARRAY, slice(1, 3)), ARRAY)


def test_joined_frames_keep_index_and_categories():
    frame = pd.DataFrame({"kind": pd.Categorical(list("aabb"))}, index=list("wxyz"))
    joined = concatenate_rows(frame.iloc[:2], frame.iloc[2:])
    assert_array_equal(joined.index, frame.index)
    assert isinstance(joined["kind"].dtype, pd.CategoricalDtype)


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("chunk_rows", [1, 4, 10, 99])
def test_map_rows_sees_each_free_row_once(chunk_rows, n_jobs):
    X = np.arange(40.0)[:, None]
    exclude = np.r_[0:8, 9:12, 20:24, 33]
    pool = Pool(X, exclude, n_jobs=n_jobs)
    sizes = []

    def number(rows):
        sizes.append(len(rows))
        return rows[:, 0]

    values = pool.map_rows(number, chunk_rows)
    expected = X[:, 0].copy()
    expected[exclude] = -np.inf
    assert_array_equal(values, expected)
    assert max(sizes) <= chunk_rows and min(sizes) >= 1


def test_map_rows_gives_x_itself_when_it_is_one_block():
    given = []
    Pool(ARRAY).map_rows(lambda rows: given.append(rows) or rows[:, 0], 99)
    assert given[0] is ARRAY


def test_work_goes_to_free_rows():
    X = np.arange(1000.0)[:, None]
    rows_seen = []
    pool = Pool(X, np.arange(990))
    pool.map_rows(lambda rows: rows_seen.append(len(rows)) or rows[:, 0], 100)
    assert rows_seen == [10]


def test_free_rows():
    assert Pool(ARRAY).free_rows() is ARRAY
    assert_array_equal(Pool(ARRAY, [1]).free_rows(), np.delete(ARRAY, 1, axis=0))
    assert Pool(ARRAY, [1]).whole().n_available == 6


def test_memory_is_about_one_object():
    memory = PoolMemory(ARRAY)
    assert memory.is_about(ARRAY) and not memory.is_about(ARRAY.copy())
    assert not PoolMemory([1, 2]).is_about([1, 2])
    fleeting = ARRAY.copy()
    memory = PoolMemory(fleeting)
    del fleeting
    gc.collect()
    assert not memory.is_about(None) and not memory.is_about(ARRAY)


def test_memory_depends_on_owner_name_and_parameters():
    memory, calls = PoolMemory(ARRAY), []

    def compute():
        calls.append(1)
        return len(calls)

    strategy = EntropySampling()
    assert [memory.recall(strategy, "a", compute) for _ in range(3)] == [1, 1, 1]
    assert memory.recall(strategy, "b", compute) == 2
    assert memory.recall(MarginSampling(), "a", compute) == 3
    strategy.invert = True
    assert memory.recall(strategy, "a", compute) == 4


def test_a_source_model_is_asked_once_per_pool(digits):
    X, y = digits
    asked = []

    class Source:
        def predict_proba(self, X):
            asked.append(len(X))
            return np.full((len(X), 2), 0.5)

    source = Source()
    learner = ActiveLearner(query_strategy=EntropySampling(model=source), random_state=0)
    taken = []
    for _ in range(4):
        taken.extend(learner.query(X, exclude=taken))
        learner.teach(X[taken[-10:]], y[taken[-10:]])
    assert asked == [len(X)]
    learner.query(X.copy(), exclude=taken)
    assert asked == [len(X)] * 2
    learner.fit(X[:20], y[:20]).query(X)
    assert asked == [len(X)] * 3


def test_private_names_of_scikit_learn_are_where_they_were():
    assert skactive._sklearn.num_samples([[1], [2]]) == 2
    assert skactive._sklearn.safe_indexing([3, 4, 5], [2, 0]) == [5, 3]


def test_rows_gathered_drawn_and_taken():
    pool = Pool(ARRAY, [1])
    assert_array_equal(pool.gather([4, 0]), ARRAY[[4, 0]])
    assert_array_equal(pool.are_free([0, 1]), [True, False])
    assert_array_equal(pool.without([3]).positions, [0, 2, 4, 5])
    assert pool.n_available == 5 and pool.in_memory() is pool
    assert set(pool.draw(5, np.random.RandomState(0)).tolist()) == {0, 2, 3, 4, 5}


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_parts_are_pools_of_their_own(n_jobs):
    def what(part, number):
        return number, part.X[:, 0].tolist(), part.positions.tolist()

    rows = np.arange(7)[:, None]
    results = Pool(rows, [1, 6], n_jobs=n_jobs).map_parts(what, 3)
    assert results == [(0, [0, 1, 2], [0, 2]), (1, [3, 4, 5], [0, 1, 2]), (2, [6], [])]


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_progress_of_blocks(n_jobs, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    rows = np.arange(7.0)
    for verbose in (0, 1):
        Pool(rows, n_jobs=n_jobs, verbose=verbose).map_rows(lambda rows: rows, 3)
    assert capsys.readouterr().out.splitlines() == [f"[query] {k}/3 blocks" for k in (1, 2, 3)]


@pytest.mark.parametrize("n_results", [1, 3])
def test_a_result_for_each_row_or_an_error(n_results):
    with pytest.raises(ValueError, match=f"gave {n_results} results for 6 rows"):
        Pool(ARRAY).map_rows(lambda rows: rows[:n_results, 0], 99)


def test_a_frame_of_texts_is_not_taken_for_one_text():
    texts = pd.DataFrame({"text": ["good", "bad", "good day", "bad day"] * 5})
    learner = ActiveLearner(
        make_pipeline(TfidfVectorizer(), LogisticRegression()), MarginSampling()
    )
    learner.teach(texts["text"][:4], [0, 1, 0, 1])
    assert len(learner.query(texts["text"], 3)) == 3
    with pytest.warns(UserWarning, match="feature names"):
        with pytest.raises(ValueError, match="1 (results|vectors) for 20 rows.*series of texts"):
            learner.query(texts, 3)


def test_a_vector_for_each_row_or_an_error():
    learner = ActiveLearner(query_strategy=CoreSet(lambda X: X[:1]))
    with pytest.raises(ValueError, match="there are 1 vectors for 6 rows"):
        learner.query(ARRAY, 2)
