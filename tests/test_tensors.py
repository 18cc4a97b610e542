"""Tensors as pool and as embedding: same picks as arrays, and what is copied to the host."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner, scores
from skactive._tensors import ask_rows, is_tensor, on_accelerator, row_sums, to_numpy
from skactive.pool import Pool, concatenate_rows, take_rows
from skactive.predictions import class_decisions, class_probabilities
from skactive.query import (
    BALD,
    Badge,
    BalancedQuery,
    CoreSet,
    Diversified,
    EntropySampling,
    ExpectedErrorReduction,
    KMeansSampling,
    LeastConfidenceSampling,
    MarginSampling,
    TypiClust,
)

from .accelerator import accelerator

torch = pytest.importorskip("torch")

RNG = np.random.RandomState(0)
Y = RNG.randint(3, size=240)
X = RNG.normal(size=(240, 4)) + 1.5 * Y[:, None]
STRATEGIES = [
    *(MarginSampling(), EntropySampling(), LeastConfidenceSampling(), CoreSet(), Badge()),
    *(KMeansSampling(), TypiClust(), BalancedQuery(), Diversified(), BALD()),
    ExpectedErrorReduction(n_candidates=5, n_evaluated=30),
]


@pytest.fixture
def copies():
    """Sizes of what comes to the host, while tensors seem to be on an accelerator."""
    with accelerator() as sizes:
        yield sizes


class TensorModel(ClassifierMixin, BaseEstimator):
    """Nearest means in torch, from tensors to tensors."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        codes = torch.as_tensor(np.searchsorted(self.classes_, y))
        self.means_ = torch.stack([X[codes == k].mean(0) for k in range(len(self.classes_))])
        return self

    def decision_function(self, X):
        return X @ self.means_.T - (self.means_**2).sum(1) / 2

    def predict_proba(self, X):
        return self.decision_function(X).softmax(1)

    def predict(self, X):
        return torch.as_tensor(self.classes_)[self.decision_function(X).argmax(1)]


def same_as_numpy(estimator, strategy):
    """A simulated on a tensor and on the same array."""
    learners = [
        ActiveLearner(estimator, strategy, budget=30, random_state=0).fit(rows, Y)
        for rows in (torch.from_numpy(X), X)
    ]
    assert_array_equal(*[learner.query_indices_ for learner in learners])
    return learners[0]


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: type(s).__name__)
def test_a_tensor_on_the_cpu_is_an_array(strategy):
    simulated = same_as_numpy(GaussianNB(), strategy)
    assert is_tensor(simulated.X_labeled_)
    pool, taken = torch.from_numpy(X), []
    live = ActiveLearner(GaussianNB(), strategy, budget=30, random_state=0)
    while live.n_labels_ < 30:
        picks = live.query(pool, exclude=taken)
        live.teach(pool[picks], Y[picks])
        taken.extend(picks.tolist())
    assert simulated.query_indices_.tolist() == taken
    again = pickle.loads(pickle.dumps(live))
    assert torch.equal(again.X_labeled_, live.X_labeled_)
    assert_array_equal(again.predict(pool), simulated.predict(X))


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: type(s).__name__)
def test_a_model_that_wants_arrays_is_given_them(strategy, copies):
    learner = same_as_numpy(make_pipeline(StandardScaler(), GaussianNB()), strategy)
    assert is_tensor(learner.X_labeled_)
    assert_array_equal(learner.predict(torch.from_numpy(X)), learner.predict(X))
    assert learner.score(torch.from_numpy(X), Y) > 0.6


def test_such_a_model_gets_block_after_block(copies, monkeypatch):
    monkeypatch.setattr("skactive.predictions._NUMBERS_A_CHUNK", 1)
    pool = torch.from_numpy(RNG.normal(size=(3000, 4)))
    learner = ActiveLearner(GaussianNB(), MarginSampling(), random_state=0).fit(X, Y)
    copies.clear()
    picks = learner.query(pool, 5)
    assert max(copies) == 1024 * 4
    assert sum(copies) == 3000 * 4
    with_numpy = ActiveLearner(GaussianNB(), MarginSampling(), random_state=0).fit(X, Y)
    assert_array_equal(picks, with_numpy.query(to_numpy(pool), 5))


@pytest.mark.parametrize(
    "strategy", [MarginSampling(), EntropySampling(True), LeastConfidenceSampling()]
)
def test_of_scores_one_number_a_row_comes_to_the_host(strategy, copies):
    learner = ActiveLearner(TensorModel(), strategy, random_state=0)
    pool = torch.from_numpy(X)
    learner.fit(pool[:60], Y[:60])
    copies.clear()
    picks = learner.query(pool, 10, exclude=np.arange(60))
    assert sum(copies) <= len(X)
    table = to_numpy(learner.estimator_.predict_proba(pool))
    number = {"M": lambda p: -scores.margin(p), "E": lambda p: -scores.entropy(p)}.get(
        type(strategy).__name__[0], lambda p: -scores.largest(p)
    )
    expected = 60 + np.argsort(-number(table[60:]), kind="stable")[:10]
    assert_array_equal(picks, expected)


@pytest.mark.parametrize("method", ["predict_proba", "decision_function"])
def test_classes_without_a_label_have_a_column(method, copies):
    learner = ActiveLearner(TensorModel(), budget=60, random_state=0)
    learner.fit(torch.from_numpy(X[Y < 2]), Y[Y < 2])
    learner.classes_ = np.arange(3)  # as if another had been in y
    values = getattr(learner, method)(torch.from_numpy(X))
    assert on_accelerator(values) and values.shape == (240, 3)
    assert (values[:, 2] == values.min()).all()
    assert class_probabilities(learner, torch.from_numpy(X)).shape == (240, 2)


@pytest.mark.parametrize("strategy", [CoreSet(), Badge()])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_distances_stay_on_the_device(strategy, dtype, copies):
    rows = np.random.RandomState(1).normal(size=(2000, 24)).astype(dtype)
    picks = []
    for pool in (torch.from_numpy(rows), rows):
        learner = ActiveLearner(TensorModel(), strategy, random_state=0)
        learner.fit(torch.from_numpy(rows[:60]), Y[:60])
        if pool is rows:
            learner = ActiveLearner(NumpyMeans(), strategy, random_state=0)
            learner.fit(rows[:60], Y[:60])
        copies.clear()
        picks.append(learner.query(pool, 40, exclude=np.arange(60)))
        if pool is not rows:
            assert max(copies) <= 40, copies
            assert sum(copies) <= 200
    assert_array_equal(*picks)


class NumpyMeans(TensorModel):
    """The same on arrays."""

    def fit(self, X, y):
        return super().fit(torch.from_numpy(X), y)

    def predict_proba(self, X):
        return to_numpy(super().predict_proba(torch.from_numpy(X)))


@pytest.mark.parametrize("strategy", [CoreSet(lambda X: X**2), Badge(lambda X: X**2)])
def test_an_embedding_that_gives_tensors(strategy, copies):
    same_as_numpy(GaussianNB(), strategy)


def test_a_transformer_that_wants_arrays_gets_block_after_block(copies, monkeypatch):
    monkeypatch.setattr("skactive.embedding._ROWS_A_BLOCK", 100)
    scaler = StandardScaler().fit(X)
    same_as_numpy(GaussianNB(), CoreSet(scaler))
    assert max(copies) == 100 * 4


def test_rows_of_a_tensor():
    pool = torch.arange(12).reshape(6, 2)
    assert take_rows(pool, slice(1, 3)).data_ptr() == pool[1:].data_ptr()
    assert take_rows(pool, np.array([4, 0])).tolist() == [[8, 9], [0, 1]]
    assert concatenate_rows(pool[:1], pool[4:]).tolist() == [[0, 1], [8, 9], [10, 11]]
    assert Pool(pool, torch.tensor([1, 2])).positions.tolist() == [0, 3, 4, 5]


def test_images_are_flattened_and_whole_numbers_are_numbers(copies):
    images = np.random.RandomState(2).randint(0, 255, size=(80, 3, 4, 4)).astype(np.uint8)
    picks = CoreSet()(None, torch.from_numpy(images), 20)
    learner = ActiveLearner(random_state=0)
    learner.random_state_ = np.random.RandomState(0)
    picks = CoreSet()(learner, torch.from_numpy(images), 20)
    learner.random_state_ = np.random.RandomState(0)
    assert_array_equal(picks, CoreSet()(learner, images, 20))


def test_scores_are_those_of_arrays(copies):
    P = np.vstack([RNG.dirichlet(np.ones(5), size=200), np.eye(5), np.full((1, 5), 0.2)])
    tensor = torch.from_numpy(P)
    for name in ("margin", "largest", "entropy"):
        values = getattr(scores, name)(tensor)
        assert on_accelerator(values)
        assert_allclose(to_numpy(values), getattr(scores, name)(P), rtol=1e-14, atol=1e-15)
    assert not np.signbit(to_numpy(scores.entropy(tensor[200:205]))).any()
    assert_array_equal(to_numpy(scores.margin(tensor[:, :1])), P[:, 0])


def test_decisions_are_those_of_arrays(copies):
    class Decisions:
        def __init__(self, values):
            self.values, self.classes_ = values, np.arange(max(2, values.ndim * 2 - 1))

        def decision_function(self, X):
            return self.values

    for values in (RNG.normal(size=9), RNG.normal(size=(9, 3))):
        for function in (class_probabilities, class_decisions):
            found = function(Decisions(torch.from_numpy(values)), None)
            assert on_accelerator(found)
            assert_allclose(to_numpy(found), function(Decisions(values), None), rtol=1e-14)
    wrong = torch.tensor([[1.0, 2, 3], [0, np.nan, 1]])
    with pytest.raises(ValueError, match="for row 1"):
        class_decisions(Decisions(wrong), None)


def test_numbers_that_are_no_probabilities_and_no_vectors(copies):
    class Logits(TensorModel):
        predict_proba = TensorModel.decision_function

    pool = torch.from_numpy(X)
    with pytest.raises(ValueError, match="row 0 of a block, which sums to"):
        ActiveLearner(Logits(), MarginSampling()).fit(pool, Y).query(pool)
    for bad in (np.nan, np.inf):
        pool[7, 2] = bad
        with pytest.raises(ValueError, match="the vector of row 7 holds NaN or infinity"):
            CoreSet()(None, pool, 3)
        pool[7, 2] = 0


def test_an_error_of_the_model_comes_through(copies):
    calls = []

    def fails(rows):
        calls.append(type(rows))
        raise TypeError("unsupported operand")

    with pytest.raises(TypeError, match="unsupported operand"):
        ask_rows(fails, torch.ones(3))
    assert len(calls) == 1

    def wants_arrays(rows, factors, *, power):
        return np.asarray(rows) * np.asarray(factors) ** power

    assert_array_equal(
        ask_rows(wants_arrays, torch.ones(3), torch.full((3,), 2.0), power=2), np.full(3, 4)
    )
    with pytest.raises(TypeError, match="Tensor.cpu"):
        ask_rows(lambda rows: np.asarray(torch.ones(2)), X)


def test_half_precision_and_gradients_are_read():
    assert to_numpy(torch.ones(2, dtype=torch.bfloat16)).dtype == np.float32
    assert to_numpy(torch.ones(2, dtype=torch.float16, requires_grad=True)).dtype == np.float16
    assert to_numpy([1, 2]) == [1, 2]


def test_a_row_has_the_same_sum_whatever_is_beside_it():
    rows = torch.from_numpy(np.random.RandomState(0).normal(size=(50, 37)))
    sums = row_sums(rows.clone())
    assert_allclose(sums, rows.sum(1), rtol=1e-12)
    for k in (0, 7, 49):
        assert row_sums(rows[k : k + 1].clone())[0] == sums[k]
    assert row_sums(torch.ones(4, 0)).tolist() == [0, 0, 0, 0]


PROGRAM = """
import numpy as np, torch
from sklearn import config_context
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from skactive import ActiveLearner
from skactive.query import Badge, CoreSet, EntropySampling, MarginSampling
from skactive._tensors import is_tensor
from tests.accelerator import accelerator

rng = np.random.RandomState(0)
y = rng.randint(3, size=3000)
X = rng.normal(size=(3000, 6)) + 2 * y[:, None]
for strategy in (MarginSampling(), EntropySampling(), CoreSet(), Badge()):
    expected = ActiveLearner(LinearDiscriminantAnalysis(), strategy, budget=40, random_state=0)
    expected.fit(X, y)
    with config_context(array_api_dispatch=True), accelerator() as copies:
        learner = ActiveLearner(LinearDiscriminantAnalysis(), strategy, budget=40, random_state=0)
        learner.fit(torch.from_numpy(X), y)
        assert max(copies) <= 3000, max(copies)
        assert is_tensor(learner.estimator_.coef_) and is_tensor(learner.X_labeled_)
        assert learner.predict(torch.from_numpy(X)).tolist() == expected.predict(X).tolist()
    assert learner.query_indices_.tolist() == expected.query_indices_.tolist()
print("the same")
"""


def test_array_api_of_scikit_learn():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "the same\n", done.stderr


def test_a_model_without_probabilities(copies):
    same_as_numpy(RidgeClassifier(), MarginSampling())


def test_many_classes_stay_on_the_device_too(copies):
    wide = np.random.RandomState(0).dirichlet(np.ones(40), len(X))

    class Wide(TensorModel):
        def predict_proba(self, rows):
            return torch.from_numpy(wide)[: len(rows)]

    learner = ActiveLearner(Wide(), random_state=0)
    pool = torch.from_numpy(X)
    learner.fit(pool[:60], np.arange(60) % 40)
    for strategy in (MarginSampling(), EntropySampling()):
        copies.clear()
        picks = strategy(learner, pool, 10)
        assert sum(copies) <= len(X)
        number = {MarginSampling: scores.margin, EntropySampling: scores.entropy}[type(strategy)]
        sign = -1 if isinstance(strategy, MarginSampling) else 1
        assert_array_equal(picks, np.argsort(-sign * number(wide), kind="stable")[:10])
