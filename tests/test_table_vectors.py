"""Any table as vectors: what each kind of column becomes, and when that is done."""

import datetime
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skactive import ActiveLearner
from skactive._columns import as_numbers, column_kind, columns_of, rows_with_missing
from skactive._table_vectors import TableVectors, has_one_scale
from skactive._unwrapping import transform_before_last
from skactive.embedding import AsSeen, can_embed, choose_embedding, embed_rows
from skactive.pool import PoolMemory
from skactive.query import (
    Badge,
    BalancedCoverage,
    BalancedQuery,
    ClusteredUncertainty,
    CoreSet,
    FacilityLocation,
    Filtered,
    InformationDensity,
    KMeansSampling,
    Partitioned,
    ProbCover,
    RandomSampling,
    Subsampled,
    TypiClust,
)

N = 90
RNG = np.random.RandomState(0)
Y = np.array(["no", "yes", "perhaps"])[RNG.randint(3, size=N)]
NOTES = [
    f"{animal} number {i} of {place} was seen"
    for i, (animal, place) in enumerate(
        zip(RNG.choice(["cat", "dog"], N), RNG.choice(["Bonn", "Pisa"], N))
    )
]
PANDAS = pd.DataFrame(
    {
        "age": RNG.randint(18, 80, N),
        "income": np.where(RNG.rand(N) < 0.2, np.nan, RNG.lognormal(10, 1, N)),
        "city": pd.Categorical(RNG.choice(["Bonn", "Pisa", "York"], N)),
        "code": pd.Categorical(RNG.choice([7, 8], N)),
        "member": RNG.rand(N) < 0.3,
        "children": pd.array(np.where(RNG.rand(N) < 0.1, None, 2), dtype="Int64"),
        "since": pd.date_range("2020-01-01", periods=N),
        "empty": [None] * N,
        "constant": 1,
        "note": NOTES,
    }
)
# what has two columns of pandas' own types taken out, which polars does not know
POLARS = pl.DataFrame(
    {
        name: PANDAS[name].astype(str).tolist() if name in ("city", "code") else values
        for name, values in {
            "age": PANDAS["age"].to_numpy(),
            "income": [None if value != value else value for value in PANDAS["income"]],
            "city": None,
            "code": None,
            "member": PANDAS["member"].to_numpy(),
            "children": [None if value is pd.NA else value for value in PANDAS["children"]],
            "since": PANDAS["since"].dt.to_pydatetime().tolist(),
            "empty": [None] * N,
            "constant": [1] * N,
            "note": NOTES,
        }.items()
    }
)
KINDS = [
    *("number", "number", "category", "category", "category"),
    *("number", "number", "constant", "constant", "text"),
]
HOLES = np.where(RNG.rand(N, 3) < 0.1, np.nan, RNG.normal(size=(N, 3)))
TABLES = {
    "pandas": PANDAS,
    "polars": POLARS,
    "texts": NOTES,
    "series of texts": pd.Series(NOTES),
    "polars series": pl.Series(NOTES),
    "holes": HOLES,
    "scales": RNG.normal(size=(N, 3)) * [1, 5000, 1],
}
STRATEGIES = [
    Badge(),
    BalancedCoverage(),
    BalancedQuery(RandomSampling(), patience=2),
    ClusteredUncertainty(),
    CoreSet(),
    FacilityLocation(),
    Filtered(),
    InformationDensity(),
    KMeansSampling(),
    Partitioned(CoreSet(), 40),
    ProbCover(),
    Subsampled(CoreSet(), 50),
    TypiClust(),
]


class AnyRows(ClassifierMixin, BaseEstimator):
    """A classifier that takes rows of any kind, and tells them apart by how they print."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        rows = X if isinstance(X, list) else X.to_numpy() if hasattr(X, "to_numpy") else X
        chances = 1.0 + np.array([[len(str(row)) % 7, 1.0, 2.0] for row in rows])
        chances = chances[:, : len(self.classes_)]
        return chances / chances.sum(axis=1, keepdims=True)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = True
        return tags


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: type(strategy).__name__)
@pytest.mark.parametrize("name", TABLES)
def test_strategies_that_see_vectors_take_any_table(name, strategy):
    X = TABLES[name]
    learner = ActiveLearner(AnyRows(), strategy, budget=30, random_state=0).fit(X, Y)
    assert len(set(learner.query_indices_.tolist())) == 30
    again = ActiveLearner(AnyRows(), strategy, budget=30, random_state=0).fit(X, Y)
    assert_array_equal(again.query_indices_, learner.query_indices_)


def test_kinds_are_those_of_either_library():
    pandas, polars = TableVectors().fit(PANDAS), TableVectors().fit(POLARS)
    assert pandas.kinds_ == polars.kinds_ == KINDS
    assert_allclose(pandas.transform(PANDAS), polars.transform(POLARS), atol=1e-6)


def test_numbers_are_standardized_and_filled_in():
    column = np.array([1.0, np.nan, 3, 5, 7])
    vectors = TableVectors().fit(column[:, None]).transform(column[:, None])
    expected = (column - 4) / np.sqrt(5)
    expected[1] = 0  # the median
    assert_allclose(vectors[:, 0], expected, atol=1e-6)
    assert vectors[:, 1].tolist() == [0, 1, 0, 0, 0]
    assert vectors.dtype == np.float32


def test_one_far_number_counts_three_deviations_at_most():
    column = np.append(RNG.normal(size=200), 1e6)[:, None]
    assert_allclose(TableVectors().fit(column).transform(column).max(), 3)


def test_dates_are_numbers_however_they_are_written():
    days = [datetime.date(2020, 1, 1) + datetime.timedelta(days=i) for i in (0, 1, 3)]
    forms = [
        pd.Series(pd.to_datetime(days)),
        pd.Series(pd.to_datetime(days).tz_localize("UTC")),
        pd.Series(days, dtype=object),
        pl.Series(days),
    ]
    for form in forms:
        column = columns_of(form)[1][0]
        assert column_kind(column, "day") == "number"
        assert np.diff(as_numbers(column)).tolist() == [86400, 2 * 86400]
    holes = as_numbers(columns_of(pd.Series([pd.NaT, pd.Timestamp("1970-01-02")]))[1][0])
    assert np.isnan(holes[0]) and holes[1] == 86400


def test_categories_beyond_the_most_frequent_share_a_column():
    names = np.array([f"c{i}" for i in range(10_000)] + ["often"] * 5000, dtype=object)
    vectors = TableVectors().fit(names[:, None])
    rows = vectors.transform(np.array([["often"], ["c1"], ["never seen"]], dtype=object))
    assert rows.shape == (3, 32)
    assert rows[0].argmax() != rows[1].argmax() and (rows.sum(axis=1) <= 1).all()


def test_texts_of_the_same_words_are_near():
    texts = ["cats eat fish", "fish eat cats", "trains run late today"]
    vectors = TableVectors().fit(texts).transform(texts)
    assert_allclose(vectors[0], vectors[1], atol=1e-6)
    assert np.linalg.norm(vectors[0] - vectors[2]) > 1


def test_texts_without_words():
    first, second = TableVectors().fit(["a b", "a c", "! ?"]).transform(["a b", "! ?"])
    assert np.linalg.norm(first - second) > 1


@pytest.mark.parametrize(
    "X, message",
    [
        (pd.DataFrame({"a": [[1], [2]]}), "column 'a' holds values such as .*list.*embed="),
        ([{"a": 1}, {"a": 2}], "dict.*embed="),
        (np.array([[1j], [2j]]), "complex.*embed="),
    ],
)
def test_other_values_are_refused_at_once(X, message):
    with pytest.raises(TypeError, match=message):
        TableVectors().fit(X)
    assert not can_embed(X)


def test_infinity_is_named():
    frame = PANDAS.assign(age=np.where(np.arange(N) == 5, np.inf, 1.0))
    with pytest.raises(ValueError, match="column 'age' holds infinity"):
        TableVectors().fit(frame)


def test_nothing_that_varies_is_a_vector_of_zeros():
    frame = pd.DataFrame({"a": [None] * 4, "b": ["x"] * 4})
    assert TableVectors().fit(frame).transform(frame).tolist() == [[0]] * 4
    assert len(ActiveLearner(AnyRows(), CoreSet(), random_state=0).query(frame, 2)) == 2


def test_a_value_of_another_kind_in_a_later_row_is_a_missing_one():
    vectors = TableVectors().fit(pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]}))
    later = pd.DataFrame({"a": ["?", 2, None], "b": [None, 5, "y"]}, dtype=object)
    assert np.isfinite(vectors.transform(later)).all()


def test_pickle():
    vectors = pickle.loads(pickle.dumps(TableVectors().fit(PANDAS)))
    assert_array_equal(vectors.transform(PANDAS), TableVectors().fit(PANDAS).transform(PANDAS))


def test_when_a_table_is_made():
    model = AnyRows()
    numbers = RNG.normal(size=(N, 3))
    as_seen = [numbers, numbers * [1, 5, 0], pd.DataFrame(numbers), numbers > 0, numbers[:, :1]]
    assert all(isinstance(choose_embedding(model, X), AsSeen) for X in as_seen)
    tables = [PANDAS, POLARS, NOTES, HOLES, numbers * [1, 70, 1], pd.DataFrame(HOLES)]
    assert all(isinstance(choose_embedding(model, X), TableVectors) for X in tables)
    assert has_one_scale(PCA().fit_transform(RNG.normal(size=(N, 5)) * [9, 8, 3, 2, 1]))


def test_infinity_in_plain_numbers_is_still_an_error():
    X = np.eye(5)
    X[2, 1] = np.inf
    with pytest.raises(ValueError, match="the vector of row 2 holds NaN"):
        embed_rows(AnyRows(), X)


def test_a_pipeline_is_asked_first():
    y = (RNG.rand(N) < 0.5).astype(int)
    numbers = RNG.normal(size=(N, 3)) * [1, 5000, 1]
    scaled = make_pipeline(StandardScaler(), RandomForestClassifier(2)).fit(numbers, y)
    assert isinstance(choose_embedding(scaled, numbers), AsSeen)
    filled = make_pipeline(SimpleImputer(), RandomForestClassifier(2)).fit(numbers, y)
    assert isinstance(choose_embedding(filled, numbers), TableVectors)
    # one missing value, in a row that may not be among those looked at
    many = np.tile(RNG.normal(size=(50, 3)), (100, 1))
    many[1] = np.nan
    passed = make_pipeline(FunctionTransformer(), RandomForestClassifier(2)).fit(numbers, y)
    assert isinstance(choose_embedding(passed, many), TableVectors)
    assert isinstance(choose_embedding(filled, many), AsSeen)


def test_samplers_are_skipped():
    class Sampler:
        def fit_resample(self, X, y):
            return X, y

    class WithSampler:
        steps = [
            ("double", FunctionTransformer(lambda X: 2 * X)),
            ("sampler", Sampler()),
            ("nothing", "passthrough"),
            ("last", AnyRows()),
        ]

    assert transform_before_last(WithSampler(), np.eye(2)).tolist() == [[2, 0], [0, 2]]
    assert embed_rows(WithSampler(), np.eye(2)).tolist() == [[2, 0], [0, 2]]


def test_made_once_for_a_pool_and_all_strategies(monkeypatch):
    fits, seen = [], []
    fit, transform = TableVectors.fit, TableVectors.transform
    monkeypatch.setattr(TableVectors, "fit", lambda self, X: fits.append(1) or fit(self, X))
    monkeypatch.setattr(
        TableVectors, "transform", lambda self, X: seen.append(len(X)) or transform(self, X)
    )
    learner = ActiveLearner(AnyRows(), CoreSet(), random_state=0)
    learner.teach(PANDAS.iloc[:10], Y[:10])
    learner.query(PANDAS, 5)
    learner.set_params(query_strategy=TypiClust()).query(PANDAS, 5)
    assert len(fits) == 1 and seen.count(N) == 1
    assert PoolMemory(PANDAS) is not learner._memory


def test_labeled_rows_are_compared_with_the_pool():
    X = PANDAS.drop(columns="note")
    learner = ActiveLearner(AnyRows(), CoreSet(), random_state=0).teach(X.iloc[:5], Y[:5])
    vectors = TableVectors().fit(X).transform(X).astype(float)
    gaps = np.linalg.norm(vectors[:, None] - vectors[:5], axis=2).min(axis=1)
    assert learner.query(X, 1, exclude=range(5)).tolist() == [gaps.argmax()]


def test_rows_with_missing_values():
    for X in (pd.DataFrame(HOLES), pl.DataFrame(HOLES), HOLES, HOLES.astype(object)):
        expected = np.flatnonzero(np.isnan(HOLES).any(axis=1))
        assert rows_with_missing(X).tolist() == expected.tolist()


def test_what_can_be_seen_as_vectors():
    for X in (*TABLES.values(), np.eye(3), [[1, 2], [3, 4]], np.zeros((4, 2, 2))):
        assert can_embed(X)
    assert can_embed([{"a": 1}], embed=len)


def test_dask_frame_with_categories():
    dd = pytest.importorskip("dask.dataframe")
    frame = PANDAS[["age", "city", "income"]]
    strategy = BalancedQuery(RandomSampling(), patience=1)
    learner = ActiveLearner(AnyRows(), strategy, budget=60, random_state=0)
    learner.teach(frame.iloc[:30], Y[:30])
    learner.query(frame, 1)
    in_memory = learner.query(frame, 5, exclude=range(30))
    blocks = dd.from_pandas(frame, npartitions=3)
    assert learner.query(blocks, 5, exclude=range(30)).shape == in_memory.shape


def test_names_of_files_are_no_texts(tmp_path):
    paths = [str(tmp_path / f"{number}.png") for number in range(20)]
    for path in paths:
        with open(path, "wb"):
            pass
    with pytest.raises(TypeError, match="names of files such as .*Pass embed="):
        BalancedCoverage()(ActiveLearner(), paths, 3)
    assert not can_embed(paths)
    assert can_embed([f"a text about {number} files" for number in range(20)])
