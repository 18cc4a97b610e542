"""Any wrong input raises an error that says what was expected, and nothing is lost."""

import pathlib
from collections import OrderedDict

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.cluster import KMeans
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import BalancedQuery, CoreSet, MarginSampling

RNG = np.random.RandomState(0)
Y = np.arange(24) % 3
X = RNG.normal(size=(24, 4)) + Y[:, None]
FRAME = pd.DataFrame(X, columns=list("abcd"))
TWICE = pd.DataFrame(X, columns=list("aabc"))
RAGGED = [row[: 2 + (i != 3)] for i, row in enumerate(X.tolist())]
OBJECTS = X.astype(object)
OBJECTS[3, 1] = "word"


def learner(strategy=None, **params):
    return ActiveLearner(GaussianNB(), strategy, random_state=0, n_initial=4, **params)


def taught(strategy=None, **params):
    return learner(strategy, **params).teach(X[:12], Y[:12])


FITS = {
    "fit": lambda rows: learner().fit(rows, Y),
    "simulation": lambda rows: learner(budget=9).fit(rows, Y),
    "teach": lambda rows: learner().teach(rows, Y),
    "teach more": lambda rows: taught().teach(rows, Y),
}
POOLS = {
    "first query": lambda rows: learner().query(rows, 2),
    "query": lambda rows: taught().query(rows, 2),
    "query by distance": lambda rows: taught(CoreSet()).query(rows, 2),
    "run": lambda rows: learner(budget=9).run(rows, Y.__getitem__),
    "run on": lambda rows: taught(budget=20).run(rows, Y.__getitem__),
}
PREDICTIONS = {
    "predict": lambda rows: taught().predict(rows),
    "predict_proba": lambda rows: taught().predict_proba(rows),
    "score": lambda rows: taught().score(rows, Y),
}
every_way = pytest.mark.parametrize("way", [*FITS, *POOLS, *PREDICTIONS])
WAYS = {**FITS, **POOLS, **PREDICTIONS}


@every_way
@pytest.mark.parametrize(
    "rows, message",
    [
        (None, "got a NoneType: None"),
        (5, "got a int: 5"),
        ("hello", "got a str: 'hello'"),
        (b"hello", "got a bytes"),
        (bytearray(24), "got a bytearray"),
        (memoryview(X), "got a memoryview"),
        ({1, 2, 3}, r"got a set: \{1, 2, 3\}"),
        ({"a": [1, 2]}, "got a dict: .*For named columns, use a dataframe"),
        (OrderedDict(enumerate(X)), "got a OrderedDict"),
        (iter(X.tolist()), "got a list_iterator: .*Make a list of it"),
        (np.ndarray, "got the class ndarray"),
        (object(), "got a object"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_no_container_of_rows(way, rows, message):
    with pytest.raises(TypeError, match=f"^X must hold rows, .*{message}"):
        WAYS[way](rows)


def test_a_generator_is_not_used_up():
    rows = (row for row in X)
    with pytest.raises(TypeError, match="got a generator"):
        learner().fit(rows, Y)
    assert len(list(rows)) == 24


@every_way
def test_two_columns_of_one_name(way):
    with pytest.raises(ValueError, match="more than one column named 'a'"):
        WAYS[way](TWICE)
    columns = pd.MultiIndex.from_tuples([("a", "x"), ("a", "y"), ("b", "x"), ("b", "x")])
    with pytest.raises(ValueError, match=r"more than one column named \('b', 'x'\)"):
        WAYS[way](FRAME.set_axis(columns, axis=1))


@every_way
def test_a_frame_without_columns(way):
    with pytest.raises(ValueError, match=r"0 feature\(s\)|2 features|4 features"):
        WAYS[way](FRAME[[]])


@every_way
def test_masked_entries(way):
    with pytest.raises(ValueError, match="masked entries"):
        WAYS[way](np.ma.masked_greater(X, 1.0))
    WAYS[way](np.ma.array(X))


@every_way
def test_rows_of_several_lengths(way):
    with pytest.raises(ValueError, match="^X must hold rows of one length"):
        WAYS[way](RAGGED)


@pytest.mark.parametrize("way", [*FITS, "query", "run on", *PREDICTIONS])
def test_words_among_numbers(way):
    with pytest.raises(ValueError, match="X must hold numbers.* 'word'.* Pipeline"):
        WAYS[way](OBJECTS)
    with pytest.raises(TypeError, match="X must hold numbers.*not 'dict'"):
        WAYS[way]([[1, 2, 3, {}]] * 24)
    with pytest.raises(ValueError, match="X must hold numbers"):
        WAYS[way](pd.Series([np.ones(2), np.ones(3)] * 12).to_numpy()[:, None])


@pytest.mark.parametrize("way", [*FITS, "query", "run on", *PREDICTIONS])
@pytest.mark.parametrize("dtype", ["datetime64[D]", "timedelta64[s]"])
def test_times(way, dtype):
    rows = np.full((24, 4), 5).astype(dtype)
    with pytest.raises(ValueError, match="X must hold numbers, got dtype (datetime|timedelta)64"):
        WAYS[way](rows)


def test_objects_that_are_numbers():
    numbers = X.astype(object)
    fitted = learner().fit(numbers, Y)
    assert fitted.X_labeled_.dtype == np.float64
    assert fitted.query(numbers, 3).tolist() == fitted.query(X, 3).tolist()
    assert fitted.predict(numbers).tolist() == fitted.predict(X).tolist()


@pytest.mark.parametrize("way", ["first query", "query", "query by distance", "run", "run on"])
@pytest.mark.parametrize("kind", ["bsr", "coo", "dia"])
def test_sparse_formats_without_rows(way, kind):
    for rows in (sparse.csr_array(X), sparse.csr_matrix(X)):
        with pytest.raises(TypeError, match=rf"rows of a {kind}_.*X_pool\.tocsr\(\)"):
            WAYS[way](rows.asformat(kind))


@pytest.mark.parametrize("kind", ["bsr", "coo", "dia"])
def test_sparse_formats_are_converted_when_labels_come_along(kind):
    rows = sparse.csr_array(X).asformat(kind)
    simulated = ActiveLearner(budget=9, random_state=0).fit(rows, Y)
    same = ActiveLearner(budget=9, random_state=0).fit(rows.tocsr(), Y)
    assert simulated.query_indices_.tolist() == same.query_indices_.tolist()


@pytest.mark.parametrize("pool", [X[:, 0], X[0].tolist(), range(24)], ids=["1-d", "list", "range"])
@pytest.mark.parametrize("strategy", [None, CoreSet()])
def test_a_pool_without_columns(pool, strategy):
    with pytest.raises(ValueError, match="rows taught have 4 columns.*reshape"):
        taught(strategy).query(pool, 2)


def test_no_row_to_predict():
    with pytest.raises(ValueError, match="0 sample"):
        taught().predict([])


def test_polars_and_pandas_still_pass():
    for frame in (FRAME, pl.from_pandas(FRAME)):
        fitted = learner(budget=12).fit(frame, Y)
        assert len(fitted.query(frame, 3)) == 3 and len(fitted.predict(frame)) == 24


@pytest.mark.parametrize(
    "exclude",
    [[[1], [1, 2]], {1, "a"}, {None}, [None], "abc", 3, [1j]],
    ids=["ragged", "set", "set of None", "None", "word", "number", "complex"],
)
def test_exclude(exclude):
    for way in (taught().query, lambda rows, **how: learner().run(rows, Y.__getitem__, **how)):
        with pytest.raises(TypeError, match="^exclude must be a 1-d array of positions or a bool"):
            way(X, exclude=exclude)


def test_exclude_by_a_set():
    expected = taught().query(X, 5, exclude=[3, 7])
    assert taught().query(X, 5, exclude={7, 3}).tolist() == expected.tolist()
    assert taught().query(X, 5, exclude=frozenset()).tolist() == taught().query(X, 5).tolist()


@pytest.mark.parametrize(
    "initial",
    [[[1], [1, 2]], {1, "a"}, [0.5], "abc"],
    ids=["ragged", "set", "fraction", "word"],
)
def test_initial(initial):
    with pytest.raises(TypeError, match="^initial must be a 1-d array of int positions"):
        next(learner(budget=9).play(X, Y, initial=initial))


@pytest.mark.parametrize(
    "weights, message",
    [
        (["a"] * 24, "must hold a number for each row"),
        ([[1], [1, 2]] * 12, "must hold a number for each row"),
        ([{}] * 24, "must hold a number for each row"),
        (np.ones(5), r"has the shape \(5,\), but y has 24 labels"),
        (np.ones((24, 2)), r"has the shape \(24, 2\)"),
    ],
    ids=["words", "ragged", "dicts", "short", "2-d"],
)
def test_sample_weight(weights, message):
    for budget in (None, 9):
        with pytest.raises(ValueError, match=f"^sample_weight {message}"):
            learner(budget=budget).fit(X, Y, sample_weight=weights)


@pytest.mark.parametrize("random_state", [-1, 2**32, 1.5, "seed", True])
def test_random_state(random_state):
    wrong = learner().set_params(random_state=random_state)
    for call in (lambda: wrong.fit(X, Y), lambda: wrong.query(X), lambda: wrong.teach(X, Y)):
        with pytest.raises(ValueError, match="'random_state' parameter of ActiveLearner must be"):
            call()


def test_nothing_is_lost():
    going = taught(MarginSampling())
    for rows in (TWICE, RAGGED, {"a": [1]}, None, X.astype("datetime64[D]")):
        for call in (going.query, going.predict, lambda rows: going.teach(rows, Y)):
            with pytest.raises((TypeError, ValueError)):
                call(rows)
    assert going.n_labels_ == 12 and going.X_labeled_.shape == (12, 4)
    assert going.query(X, 3).tolist() == taught(MarginSampling()).query(X, 3).tolist()


def test_a_strategy_or_a_clusterer_as_estimator():
    for strategy in (MarginSampling(), BalancedQuery()):
        with pytest.raises(ValueError, match="It is a query strategy: pass it as query_strategy="):
            ActiveLearner(strategy).query(X)
    with pytest.raises(ValueError, match=r"Got KMeans\(\) instead. A clusterer does not learn"):
        ActiveLearner(KMeans()).teach(X, Y)


def test_the_name_of_a_strategy():
    with pytest.raises(ValueError, match=r"Got 'margin' instead. .*such as MarginSampling\(\)"):
        ActiveLearner(query_strategy="margin").query(X)


def test_exclude_of_appended_batches():
    for batches in ([np.arange(3), np.arange(3)], [np.arange(3), np.arange(2)]):
        with pytest.raises(TypeError, match="Collect positions with extend instead of append"):
            learner().query(X, exclude=batches)


def test_paths_for_a_strategy_that_needs_vectors():
    paths = [pathlib.PurePosixPath(f"{k}.png") for k in range(9)]
    with pytest.raises(TypeError, match="^the rows are names of files such as '0.png'.*SourceMod"):
        learner(CoreSet()).query(paths)
    with pytest.raises(TypeError, match=r"^the pool holds .*embed=.* to the strategy\.$"):
        learner(CoreSet()).query([{"a": 1}] * 9)


def test_words_for_labels_are_those_of_the_user():
    with pytest.raises(ValueError, match="a missing label, nan, at position 0"):
        learner().teach(X, np.where(Y == 0, np.nan, Y))
    with pytest.raises(ValueError, match="one class") as caught:
        ActiveLearner().fit(X, ["ham"] * 24)
    assert caught.value.__notes__ == ["All 24 labels are of one class, 'ham'."]


def test_predict_before_any_label_names_teach():
    with pytest.raises(NotFittedError, match="ActiveLearner .*'fit' with .*'query' .*'teach'"):
        learner().predict(X)
