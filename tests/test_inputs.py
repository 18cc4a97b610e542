"""One line for each classifier and for each container that a learner takes as it is."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC

from skactive import ActiveLearner
from skactive.calibration import PriorCorrectedClassifier
from skactive.query import CoreSet, MarginSampling, RandomSampling

N = 120
RNG = np.random.RandomState(0)
Y = np.array(["blue", "green", "red"])[RNG.randint(3, size=N)]
NUMBERS = RNG.normal(size=(N, 4)) + 2.0 * (Y == "red")[:, None] - 2.0 * (Y == "blue")[:, None]
HOLES = np.where(RNG.rand(N, 4) < 0.1, np.nan, NUMBERS)
COLUMNS = {"a": NUMBERS[:, 0], "b": NUMBERS[:, 1], "kind": np.where(NUMBERS[:, 2] > 0, "x", "z")}
PANDAS = pd.DataFrame(COLUMNS, index=[f"row {i}" for i in range(N)]).astype({"kind": "category"})
POLARS = pl.DataFrame(COLUMNS)
TEXTS = [f"{word} thing number {i}" for i, word in enumerate(Y)]
DICTS = [
    {"a": a, "kind": kind} for a, kind in zip(NUMBERS[:, 0].tolist(), COLUMNS["kind"].tolist())
]
IMAGES = NUMBERS.reshape(N, 1, 2, 2).astype(np.float32)

by_name = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["kind"]))
by_place = make_column_transformer((StandardScaler(), [0, 1]), (OneHotEncoder(), [2]))
frames = make_pipeline(by_name, LogisticRegression())
objects = make_pipeline(by_place, LogisticRegression())
text = make_pipeline(TfidfVectorizer(), LogisticRegression())
records = make_pipeline(DictVectorizer(), LogisticRegression())
flat = make_pipeline(FunctionTransformer(lambda X: X.reshape(len(X), -1)), GaussianNB())
search = GridSearchCV(LinearSVC(), {"C": [0.1, 1]}, cv=KFold(2))

CASES = {
    "LogisticRegression": (LogisticRegression(), NUMBERS),
    "LinearSVC": (LinearSVC(), NUMBERS),
    "SVC": (SVC(), NUMBERS),
    "RandomForest": (RandomForestClassifier(5), NUMBERS),
    "nearest neighbors": (KNeighborsClassifier(), NUMBERS),
    "NaN": (HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2), HOLES),
    "imputed NaN": (make_pipeline(SimpleImputer(), GaussianNB()), HOLES),
    "GridSearchCV": (search, NUMBERS),
    "prior-corrected": (PriorCorrectedClassifier(GaussianNB()), NUMBERS),
    "columns by name, pandas": (frames, PANDAS),
    "columns by name, polars": (frames, POLARS),
    "array of objects": (objects, PANDAS.to_numpy()),
    "list of str": (text, TEXTS),
    "array of str": (text, np.array(TEXTS)),
    "array of object str": (text, np.array(TEXTS, dtype=object)),
    "pandas series of str": (text, pd.Series(TEXTS)),
    "polars series of str": (text, pl.Series(TEXTS)),
    "list of dicts": (records, DICTS),
    "array of dicts": (records, np.array(DICTS)),
    "float32": (LogisticRegression(), NUMBERS.astype(np.float32)),
    "integers": (LogisticRegression(), NUMBERS.astype(int)),
    "list of lists": (LogisticRegression(), NUMBERS.tolist()),
    "csr_matrix": (LogisticRegression(), sparse.csr_matrix(NUMBERS)),
    "csr_array": (LogisticRegression(), sparse.csr_array(NUMBERS)),
    "csc_array": (LogisticRegression(), sparse.csc_array(NUMBERS)),
    "images": (flat, IMAGES),
    "numeric pandas": (LogisticRegression(), PANDAS[["a", "b"]]),
}


def rows(X, positions):
    if hasattr(X, "iloc"):
        return X.iloc[positions]
    return [X[i] for i in positions] if isinstance(X, list) else X[positions]


def to_numbers(X):
    """An embedding for any of these containers."""
    return np.array([len(str(row)) for row in X], dtype=float)[:, None]


@pytest.mark.parametrize("strategy", [MarginSampling(), RandomSampling(), CoreSet(to_numbers)])
@pytest.mark.parametrize("case", CASES)
def test_simulation_live_loop_and_predictions(case, strategy):
    estimator, X = CASES[case]
    if hasattr(X, "columns"):
        strategy = MarginSampling() if isinstance(strategy, CoreSet) else strategy
    if sparse.issparse(X) and isinstance(strategy, CoreSet):
        strategy = CoreSet()
    simulated = ActiveLearner(estimator, strategy, budget=30, random_state=0).fit(X, Y)
    live, taken = ActiveLearner(estimator, strategy, budget=30, random_state=0), []
    while live.n_labels_ < 30:
        positions = live.query(X, exclude=taken)
        live.teach(rows(X, positions), Y[positions])
        taken.extend(positions.tolist())
    assert simulated.query_indices_.tolist() == taken
    assert_array_equal(simulated.predict(X), live.predict(X))
    assert set(simulated.predict(X)) <= set(Y)
    assert type(simulated.X_labeled_) is type(live.X_labeled_)
    assert simulated.score(X, Y) > 0.4


def test_run_and_the_same_batch_of_dicts_taught_again():
    learner = ActiveLearner(records, budget=30, random_state=0)
    learner.run(DICTS, lambda positions: Y[positions])
    assert learner.n_labels_ == 30 and learner.X_labeled_ == rows(DICTS, learner.query_indices_)
    moody = ActiveLearner(make_pipeline(DictVectorizer(), LogisticRegression(C="one")))
    for _ in range(2):
        with pytest.raises(ValueError, match="'C' parameter"):
            moody.teach(DICTS[:12], Y[:12])
    assert moody.n_labels_ == 12


def test_dicts_whose_values_are_lists_of_texts():
    tags = [{"tags": [kind, "thing"]} for kind in COLUMNS["kind"]]
    learner = ActiveLearner(records, budget=20, random_state=0)
    assert learner.fit(tags, Y).n_labels_ == 20


def test_the_container_stays_what_it_is():
    for X in (PANDAS, POLARS, pd.Series(TEXTS), sparse.csr_array(NUMBERS), TEXTS):
        estimator = next(e for e, given in CASES.values() if type(given) is type(X))
        learner = ActiveLearner(estimator, budget=20, random_state=0).fit(X, Y)
        same_kind = (sparse.csr_matrix, sparse.csr_array) if sparse.issparse(X) else type(X)
        assert isinstance(learner.X_labeled_, same_kind)
    learner = ActiveLearner(frames, budget=20, random_state=0).fit(PANDAS, Y)
    picked = PANDAS.index[learner.query_indices_]
    assert_array_equal(learner.X_labeled_.index, picked)
    assert_array_equal(learner.feature_names_in_, ["a", "b", "kind"])
    assert isinstance(learner.X_labeled_["kind"].dtype, pd.CategoricalDtype)


def test_float32_reaches_the_estimator_as_it_is():
    seen = set()

    class Recorder(GaussianNB):
        def fit(self, X, y):
            seen.add(X.dtype)
            return super().fit(X, y)

        def predict_proba(self, X):
            seen.add(X.dtype)
            return super().predict_proba(X)

    ActiveLearner(Recorder(), budget=30, random_state=0).fit(NUMBERS.astype(np.float32), Y)
    assert seen == {np.dtype(np.float32)}


def test_memory_map(tmp_path):
    path = tmp_path / "pool.npy"
    np.save(path, NUMBERS)
    pool = np.load(path, mmap_mode="r")
    mapped = ActiveLearner(GaussianNB(), budget=30, random_state=0).fit(pool, Y)
    in_memory = ActiveLearner(GaussianNB(), budget=30, random_state=0).fit(NUMBERS, Y)
    assert_array_equal(mapped.query_indices_, in_memory.query_indices_)
    assert_array_equal(mapped.query(pool, 5), in_memory.query(NUMBERS, 5))


def test_gradient_boosting_that_takes_only_codes():
    class CodesOnly(GaussianNB):
        """Like some boosting libraries: labels must be 0 to K - 1."""

        def fit(self, X, y):
            if not np.array_equal(np.unique(y), np.arange(y.max() + 1)) or y.dtype != np.int64:
                raise ValueError("Invalid classes")
            return super().fit(X, y)

    y = np.array([30, -1, 7])[RNG.randint(3, size=N)]
    learner = ActiveLearner(CodesOnly(), budget=30, random_state=0).fit(NUMBERS, y)
    assert set(learner.predict(NUMBERS)) <= {30, -1, 7}


def test_an_error_of_the_estimator_comes_through():
    with pytest.raises(ValueError, match="could not convert string"):
        ActiveLearner(LogisticRegression()).fit(PANDAS, Y)
    with pytest.raises(ValueError, match="nd|dim|2D"):
        ActiveLearner(LogisticRegression()).fit(IMAGES, Y)


def test_infinity_is_refused_although_its_row_may_not_be_revealed():
    X = NUMBERS.copy()
    X[5, 0] = np.inf
    for estimator in (GaussianNB(), RandomForestClassifier(3)):
        with pytest.raises(ValueError, match="infinity"):
            ActiveLearner(estimator, RandomSampling(), budget=20).fit(X, Y)


@pytest.mark.parametrize(
    "rows, message",
    [
        (np.array([[0.0, np.nan]]), "NaN"),
        (np.array([[0.0, np.inf]]), "infinity"),
        (np.zeros((1, 3)), "3 features"),
        (np.zeros((0, 2)), "0 sample"),
        (np.zeros((2, 2)), "inconsistent"),
    ],
)
def test_later_rows_are_checked_as_the_first_ones(rows, message):
    learner = ActiveLearner().teach(np.eye(2), np.array([0, 1]))
    with pytest.raises(ValueError, match=message):
        learner.teach(rows, np.array([1]))
    with pytest.raises(ValueError, match="NaN"):
        learner.teach(np.eye(2), np.array([0, np.nan]))
    assert learner.n_labels_ == 2
