"""CatBoost, XGBoost and LightGBM as the learner's estimator."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator

from skactive import ActiveLearner
from skactive.metrics import TransferabilityDisplay
from skactive.query import BALD, BalancedQuery, Diversified, MarginSampling, QueryByCommittee

NAMES = np.array(["setosa", "versicolor", "virginica"])


def catboost():
    module = pytest.importorskip("catboost")
    return module.CatBoostClassifier(
        iterations=20, verbose=0, allow_writing_files=False, thread_count=1
    )


def xgboost():
    return pytest.importorskip("xgboost").XGBClassifier(n_estimators=10, n_jobs=1)


def lightgbm():
    module = pytest.importorskip("lightgbm")
    return module.LGBMClassifier(n_estimators=10, min_child_samples=2, verbose=-1, n_jobs=1)


@pytest.fixture(params=[catboost, xgboost, lightgbm])
def booster(request):
    return request.param()


@pytest.fixture
def flowers(iris):
    X, y = iris
    return X, NAMES[y]


def test_a_simulation_with_string_labels(booster, flowers):
    X, y = flowers
    learner = ActiveLearner(booster, budget=60, random_state=0).fit(X, y)
    predicted, probabilities = learner.predict(X), learner.predict_proba(X)
    assert predicted.shape == (150,) and predicted.dtype == y.dtype
    assert probabilities.shape == (150, 3)
    assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert_array_equal(predicted, learner.classes_[probabilities.argmax(axis=1)])
    assert learner.score(X, y) > 0.9


def test_two_classes(booster, flowers):
    X, y = flowers[0], flowers[1] == "virginica"
    learner = ActiveLearner(booster, budget=60, random_state=0).fit(X, y)
    assert learner.predict(X).shape == (150,) and learner.predict(X).dtype == bool
    assert learner.score(X, y) > 0.9


def test_a_class_that_turns_up_late(booster, flowers):
    X, y = flowers
    # the first of the sorted classes, so that the codes of the others change
    late = np.flatnonzero(y == "setosa")
    first = np.flatnonzero(y != "setosa")[:40]
    learner = ActiveLearner(booster, random_state=0).teach(X[first], y[first])
    assert learner.classes_.tolist() == ["versicolor", "virginica"]
    picks = learner.query(X, 5, exclude=first)
    learner.teach(X[late[:15]], y[late[:15]])
    assert learner.classes_.tolist() == NAMES.tolist()
    assert learner.predict(X).shape == (150,)
    assert learner.score(X, y) > 0.9
    assert not set(picks) & set(first)


@pytest.mark.parametrize("strategy", [BalancedQuery(), QueryByCommittee(), BALD(n_members=2)])
def test_the_live_loop_equals_the_simulation(booster, flowers, strategy):
    X, y = flowers
    learner = ActiveLearner(booster, strategy, budget=30, random_state=0)
    taken = []
    for _ in range(3):
        picks = learner.query(X, exclude=taken)
        learner.teach(X[picks], y[picks])
        taken.extend(picks.tolist())
    simulated = clone(learner).fit(X, y)
    assert simulated.query_indices_.tolist() == taken


def test_as_a_source_model(booster, flowers):
    X, y = flowers
    source = FrozenEstimator(booster.fit(X, np.searchsorted(NAMES, y)))
    strategy = Diversified(MarginSampling(), source)
    learner = ActiveLearner(query_strategy=strategy, budget=30, random_state=0).fit(X, y)
    # round robin over the classes that the source model predicts
    assert np.unique(y[learner.query_indices_[-9:]], return_counts=True)[1].min() >= 2


def test_transferability_of_a_source_model(booster, flowers):
    axes = pytest.importorskip("matplotlib.figure").Figure().subplots()
    X, y = flowers
    booster.fit(X, np.searchsorted(NAMES, y))
    display = TransferabilityDisplay.from_estimator(booster, X, ax=axes)
    assert display.normalized_entropy > 0.99  # 50 rows of each class
