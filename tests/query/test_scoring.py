"""A strategy of ten lines, which only scores rows, has all features of a scoring strategy."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator

from skactive import ActiveLearner
from skactive._greedy import screening
from skactive.predictions import class_outputs
from skactive.query import BALD, EntropySampling, MarginSampling, QueryStrategy
from skactive.query._scoring import ScoringStrategy
from skactive.scores import margin

N_CLASSES, N_ROWS = 40, 4000


class HalfMargin(ScoringStrategy):
    """A strategy as a user writes it."""

    def score_rows(self, model, X):
        return 0.5 - margin(class_outputs(model, X)) / 2


class Linear(BaseEstimator):
    """A fitted classifier of arrays and of tensors."""

    classes_ = np.arange(N_CLASSES)

    def predict_proba(self, X):
        X = X.numpy() if hasattr(X, "numpy") else np.asarray(X)
        logits = X @ np.random.RandomState(1).randn(X.shape[1], N_CLASSES)
        weights = np.exp(logits - logits.max(axis=1, keepdims=True))
        return weights / weights.sum(axis=1, keepdims=True)


@pytest.fixture
def rows():
    return np.random.RandomState(0).randn(N_ROWS, 8)


@pytest.fixture
def expected(rows):
    top = np.sort(Linear().predict_proba(rows), axis=1)
    return np.argsort(top[:, -1] - top[:, -2], kind="stable")[:20]


@pytest.fixture
def n_opened(monkeypatch):
    """Number of rows that each shortlist computed in double precision, one number per block."""
    opened, original = [], screening.Shortlist.opened

    def counted(self, bounded):
        scores = original(self, bounded)
        opened.append(int(np.isfinite(scores).sum()))
        return scores

    monkeypatch.setattr(screening.Shortlist, "opened", counted)
    return opened


def test_on_an_array_few_rows_are_opened(rows, expected, n_opened):
    assert_array_equal(HalfMargin()(Linear(), rows, 20), expected)
    assert len(n_opened) == 1 and 20 <= n_opened[0] < 40


def test_scores_are_exact(rows, n_opened):
    scores = HalfMargin().scores(Linear(), rows)
    assert type(scores) is np.ndarray and not n_opened
    assert_array_equal(HalfMargin(invert=True).scores(Linear(), rows), -scores)


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_in_chunks_and_threads(rows, expected, n_jobs, n_opened, monkeypatch):
    monkeypatch.setattr("skactive.query._scoring.chunk_rows", lambda model: 700)
    learner = ActiveLearner(Frozen(), HalfMargin(), n_jobs=n_jobs)
    learner.teach(rows[:N_CLASSES], np.arange(N_CLASSES))
    assert_array_equal(learner.query(rows, 20), expected)
    assert len(n_opened) == 6 and sum(n_opened) < 300


def test_in_the_blocks_of_dask(rows, expected, n_opened):
    array = pytest.importorskip("dask.array")
    import dask

    with dask.config.set(scheduler="synchronous"):
        picks = HalfMargin()(Linear(), array.from_array(rows, chunks=(1500, 8)), 20)
    assert_array_equal(picks, expected)
    assert len(n_opened) == 3


def test_on_a_tensor(rows, expected, n_opened):
    torch = pytest.importorskip("torch")
    assert_array_equal(HalfMargin()(Linear(), torch.as_tensor(rows), 20), expected)
    assert len(n_opened) == 1


def test_inverted_and_of_another_model(rows, n_opened):
    model = Linear()
    top = np.sort(model.predict_proba(rows), axis=1)
    surest = np.argsort(top[:, -2] - top[:, -1], kind="stable")[:20]
    assert_array_equal(HalfMargin(invert=True)(model, rows, 20), surest)
    assert sum(n_opened) < 300
    # known for all rows, once for all queries
    assert_array_equal(HalfMargin(True, model)(None, rows, 20), surest)


@pytest.mark.parametrize("strategy", [HalfMargin, MarginSampling, EntropySampling, BALD])
def test_select_stands_at_no_more_than_two_levels(strategy):
    owners = [cls for cls in strategy.__mro__ if "select" in vars(cls)]
    assert owners == [ScoringStrategy, QueryStrategy]


class Frozen(Linear):
    """The same as an estimator of a learner."""

    _estimator_type = "classifier"

    def fit(self, X, y):
        return self


class Forgotten(ScoringStrategy):
    """Defines score instead of score_rows."""

    def score(self, model, X):
        return np.zeros(len(X))


class Empty(QueryStrategy):
    """Does not define select."""


class Wrong(ScoringStrategy):
    """Returns whatever it is given."""

    def __init__(self, answer=None, invert=False, model=None):
        super().__init__(invert, model)
        self.answer = answer

    def score_rows(self, model, X):
        return self.answer(len(X))


class WrongPool(Wrong):
    def pool_scores(self, learner, pool):
        return self.answer(pool.n_rows)


def some_nan(n):
    return np.where(np.arange(n) % 5 == 0, np.nan, np.arange(n))


def query(strategy, iris):
    X, y = iris
    return ActiveLearner(None, strategy, random_state=0).teach(X[::3], y[::3]).query(X, 10)


def test_a_missing_method_is_named(iris):
    with pytest.raises(NotImplementedError, match=r"Forgotten must define score_rows\(self"):
        query(Forgotten(), iris)
    with pytest.raises(NotImplementedError, match=r"Empty must define select\(self, learner"):
        query(Empty(), iris)


@pytest.mark.parametrize("kind", [Wrong, WrongPool])
@pytest.mark.parametrize(
    "answer, message",
    [
        (lambda n: np.zeros((n, 3)), r"3 scores for each row; expected one"),
        (lambda n: np.zeros((n, 1)), r"1 scores? for each row.*\.ravel\(\)"),
        (lambda n: np.full(n, np.nan), "NaN as a score"),
        (some_nan, "NaN as a score"),
    ],
)
def test_wrong_scores(kind, answer, message, iris):
    with pytest.raises(ValueError, match=f"^the query strategy {kind.__name__}.* {message}") as e:
        query(kind(answer), iris)
    assert len(str(e.value)) < 400


def test_wrong_scores_without_a_query(iris):
    X, y = iris
    learner = ActiveLearner(random_state=0).teach(X, y)
    with pytest.raises(ValueError, match="3 scores for each row"):
        Wrong(lambda n: np.zeros((n, 3))).scores(learner, X)


def test_a_long_answer_is_cut(iris):
    with pytest.raises(TypeError, match=r"returned a float64 array of shape \(900, 3\)"):
        query(lambda learner, X, n: np.zeros((900, 3)), iris)
    with pytest.raises(TypeError, match="returned .*int positions") as caught:
        query(lambda learner, X, n: [0.5] * 900, iris)
    assert len(str(caught.value)) < 400
