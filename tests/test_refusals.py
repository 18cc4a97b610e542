"""What the estimator will refuse is said before people label, and why a fit failed."""

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.query import RandomSampling

RNG = np.random.RandomState(0)
Y = np.arange(60) % 2
X = RNG.normal(size=(60, 4)) + Y[:, None]
HOLES = X.copy()
HOLES[7, 1] = np.nan
INFINITE = X.copy()
INFINITE[9, 0] = -np.inf
FRAME = pd.DataFrame(X, columns=list("abcd")).assign(city=["Bonn", "Pisa"] * 30)
DATES = pd.DataFrame({"a": X[:, 0], "since": pd.date_range("2020-01-01", periods=60)})
TEXTS = [f"text number {k}" for k in range(60)]
IMAGES = X.reshape(60, 2, 2)
OBJECTS = FRAME.to_numpy()


class Filler(TransformerMixin, BaseEstimator):
    """A transformer of a user, without tags that say what it takes."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.nan_to_num(np.asarray(X, dtype=float))


def ask(pool, estimator=None, **options):
    return ActiveLearner(estimator, RandomSampling(), random_state=0).query(pool, 3, **options)


@pytest.mark.parametrize(
    "estimator, pool, message",
    [
        (None, HOLES, r"row 7 .* a missing value \(NaN\), but LogisticRegression takes none"),
        (None, sparse.csr_array(HOLES), "row 7 .*NaN"),
        (None, pd.DataFrame(HOLES), "row 7 .*NaN"),
        (None, pl.DataFrame({"a": [1.0, None]}), "row 1 .*NaN"),
        (None, HOLES.astype(object), "row 7 .*NaN"),
        (LinearSVC(), HOLES, "LinearSVC takes none"),
        (make_pipeline(StandardScaler(), LinearSVC()), HOLES, "LinearSVC takes none"),
        (None, INFINITE, "row 9 .* infinity, but LogisticRegression takes finite"),
        (RandomForestClassifier(), INFINITE, "row 9 .* infinity"),
        (None, FRAME, r"column 'city' .* 'Bonn' \(str\), but LogisticRegression takes .*OneHot"),
        (None, OBJECTS, "column 4 .* 'Bonn'"),
        (StandardScaler(), FRAME, "column 'city' .* StandardScaler takes numbers"),
        (None, DATES, "column 'since' .*ColumnTransformer"),
        (None, TEXTS, r"the pool holds .*'text number 0' \(str\).* Pipeline: TfidfVectorizer"),
        (None, pd.Series(TEXTS), "the pool holds .*'text number 0'"),
        (None, [{"a": 1}, {"a": 2}], r"the pool holds .*\(dict\).* Pipeline: DictVectorizer"),
        (None, IMAGES, r"of shape \(2, 2\), but LogisticRegression takes vectors.*reshape"),
    ],
)
def test_it_is_said_at_the_first_query(estimator, pool, message):
    if isinstance(estimator, StandardScaler):
        estimator = make_pipeline(estimator, LogisticRegression())
    with pytest.warns(UserWarning, match=message) as caught:
        ask(pool, estimator)
    assert len(caught) == 1


boosted = HistGradientBoostingClassifier(categorical_features="from_dtype")
by_name = make_column_transformer((OneHotEncoder(), ["city"]), (StandardScaler(), ["a"]))


@pytest.mark.parametrize(
    "estimator, pool",
    [
        (None, X),
        (None, pd.DataFrame(X)),
        (None, X.astype(object)),
        (None, np.abs(X) * 1e307),
        (None, sparse.csr_array(X)),
        (RandomForestClassifier(), HOLES),
        (boosted, FRAME.astype({"city": "category"})),
        (make_pipeline(SimpleImputer(), LogisticRegression()), HOLES),
        (make_pipeline(Filler(), LogisticRegression()), HOLES),
        (make_pipeline(by_name, LogisticRegression()), FRAME),
        (make_pipeline(OneHotEncoder(), LogisticRegression()), OBJECTS),
        (make_pipeline(TfidfVectorizer(), LogisticRegression()), TEXTS),
        (make_pipeline(DictVectorizer(), LogisticRegression()), [{"a": 1}, {"a": 2}]),
        (make_pipeline(FunctionTransformer(), LogisticRegression()), IMAGES),
    ],
)
def test_nothing_is_said_where_nothing_is_known_against_the_rows(estimator, pool):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ask(pool, estimator)


def test_once_per_pool_and_not_about_excluded_rows():
    learner = ActiveLearner(None, RandomSampling(), random_state=0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        learner.query(HOLES, 3)
        learner.query(HOLES, 3)
        pickle.loads(pickle.dumps(learner))
        ask(HOLES, exclude=[7])
        ask(HOLES, exclude=np.arange(60) == 7)
        assert len(caught) == 1
        learner.query(HOLES.copy(), 3)
        assert len(caught) == 2


def test_run_says_it_before_the_oracle_is_asked():
    learner = ActiveLearner(None, RandomSampling(), budget=20, random_state=0)
    with pytest.warns(UserWarning, match="row 7 of the pool"):
        with pytest.raises(ZeroDivisionError):
            learner.run(HOLES, lambda positions: 1 / 0)


@pytest.mark.parametrize("pool", [X[:, 0], X[0].tolist(), range(24)], ids=["1-d", "list", "range"])
def test_a_first_pool_without_columns(pool):
    with pytest.raises(ValueError, match="one-dimensional array of numbers. Use X_pool.reshape"):
        ActiveLearner().query(pool, 2)


def test_names_of_columns_of_several_types():
    frame = pd.DataFrame(X, columns=["a", "b", 3, "d"])
    message = r"names of the types int, str: \['a', 'b', 3, 'd'\].*astype\(str\)"
    for call in (ActiveLearner().query, lambda rows: ActiveLearner().teach(rows, Y)):
        with pytest.raises(TypeError, match=message):
            call(frame)
    ask(pd.DataFrame(X, columns=pd.MultiIndex.from_product([list("ab"), list("cd")])))
    ask(pd.DataFrame(X))


def test_a_refused_batch_names_the_estimator_and_says_that_nothing_is_kept():
    learner = ActiveLearner().teach(X[:2], Y[:2])
    with pytest.raises(ValueError, match="LogisticRegression does not accept missing") as caught:
        learner.teach(HOLES[5:9], Y[5:9])
    assert learner.n_labels_ == 2
    assert "No label of this call is kept (n_labels_ is 2)" in caught.value.__notes__[0]


def test_a_failed_fit_names_the_column():
    learner = ActiveLearner()
    with pytest.raises(ValueError, match="could not convert") as caught:
        learner.teach(FRAME[:6], Y[:6])
    assert learner.n_labels_ == 6
    notes = " ".join(caught.value.__notes__)
    assert "column 'city' of X_labeled_ holds values such as 'Bonn' (str)" in notes
    assert "The 6 labels of this call are kept" in notes


def test_infinity_and_the_default_strategy():
    with pytest.warns(UserWarning, match="row 9 of the pool holds infinity"):
        with pytest.raises(ValueError, match="row 9 holds NaN or infinity.*Replace such values"):
            ActiveLearner().query(INFINITE)
