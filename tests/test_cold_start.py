"""What picks before the first fit when the classifier is a Pipeline."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skactive import ActiveLearner
from skactive._table_vectors import TableVectors
from skactive.query import (
    BalancedCoverage,
    CoreSet,
    MarginSampling,
    RandomSampling,
    TypiClust,
    UncertaintyHerding,
)

PIPELINE = make_pipeline(StandardScaler(), GaussianNB())


@pytest.fixture(scope="module")
def rare():
    """400 rows of two numbers, 12 of them of a rare class far away."""
    rng = np.random.RandomState(0)
    common, few = rng.normal(size=(388, 2)), rng.normal(scale=0.5, size=(12, 2)) + [9, 0]
    order = rng.permutation(400)
    return np.concatenate([common, few])[order], np.repeat([0, 1], [388, 12])[order]


def asked(estimator, strategy, X, n=10, **parameters):
    return ActiveLearner(estimator, strategy, random_state=0, **parameters).query(X, n)


def started(strategy, X):
    """The first picks of a cold start by a strategy that sees vectors X."""
    return asked(GaussianNB(), MarginSampling(), X, cold_start=strategy)


def drawn(X):
    """The first picks of a random cold start."""
    return asked(GaussianNB(), MarginSampling(), X)


@pytest.mark.parametrize("strategy", [CoreSet(), TypiClust(), BalancedCoverage()])
def test_a_pipeline_starts_with_its_strategy(rare, strategy):
    X, _ = rare
    expected = started(strategy, X)
    assert_array_equal(asked(PIPELINE, strategy, X), expected)
    assert set(expected) != set(drawn(X))


def test_the_default_starts_a_pipeline(rare):
    X, _ = rare
    assert_array_equal(asked(PIPELINE, None, X), started(BalancedCoverage(), X))


@pytest.mark.parametrize("seed", range(4))
def test_the_default_finds_rare_rows_in_a_pipeline(rare, seed):
    X, y = rare
    learner = ActiveLearner(PIPELINE, budget=30, random_state=seed).fit(X, y)
    assert np.sum(learner.y_labeled_ == 1) >= 5


def test_rows_are_seen_through_the_pipeline_after_the_first_fit(rare):
    X, y = rare
    X = X * [1, 100]
    learner = ActiveLearner(PIPELINE, CoreSet(), random_state=0, n_initial=4)
    learner.teach(X[:30], y[:30])
    scaled = learner.estimator_[:-1].transform(X)
    plain = ActiveLearner(GaussianNB(), CoreSet(), random_state=0).teach(scaled[:30], y[:30])
    picks = learner.query(X, 5, exclude=range(30))
    assert_array_equal(picks, plain.query(scaled, 5, exclude=range(30)))


def test_a_table_is_seen_as_vectors_of_a_table(rare):
    X, y = rare
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(c=np.where(X[:, 0] > 0, "u", "v"))
    steps = make_column_transformer((StandardScaler(), ["a", "b"]), (OneHotEncoder(), ["c"]))
    pipeline = make_pipeline(steps, LogisticRegression())
    vectors = TableVectors().fit(frame).transform(frame)
    assert_array_equal(asked(pipeline, CoreSet(), frame), started(CoreSet(), vectors))


def test_a_cold_start_that_the_user_sets_is_used(rare):
    X, _ = rare
    first = asked(PIPELINE, CoreSet(), X, cold_start=RandomSampling())
    assert_array_equal(first, drawn(X))
    # it may be a strategy that sees vectors
    first = asked(PIPELINE, MarginSampling(), X, cold_start=CoreSet())
    assert_array_equal(first, started(CoreSet(), X))


@pytest.mark.parametrize("strategy", [MarginSampling(), UncertaintyHerding()])
def test_what_reads_a_model_starts_at_random(rare, strategy):
    X, _ = rare
    assert_array_equal(asked(PIPELINE, strategy, X), drawn(X))


def test_rows_without_vectors_start_at_random():
    rows = [{"a": k % 7, f"b{k % 3}": 1} for k in range(40)]
    pipeline = make_pipeline(DictVectorizer(), LogisticRegression())
    assert_array_equal(asked(pipeline, CoreSet(), rows), drawn(np.zeros((40, 1))))
    with pytest.raises(TypeError, match="vectors"):
        asked(pipeline, MarginSampling(), rows, cold_start=CoreSet())


def test_a_strategy_that_reads_a_model_is_no_cold_start(rare):
    with pytest.raises(ValueError, match="^cold_start must pick without a fitted model"):
        asked(PIPELINE, None, rare[0], cold_start=UncertaintyHerding())


def test_steps_that_need_no_fit_are_used_from_the_first_row_on(rare):
    X, y = rare
    images = (X * [1, 100]).reshape(400, 1, 1, 2)
    frozen = FrozenEstimator(StandardScaler().fit(X * [1, 100]))
    flatten = FunctionTransformer(lambda rows: rows.reshape(len(rows), -1))
    vectors = frozen.transform(X * [1, 100])
    for steps in ((flatten, frozen), (flatten, "passthrough", frozen)):
        pipeline = make_pipeline(*steps, GaussianNB())
        for strategy in (None, CoreSet()):
            expected = started(strategy or BalancedCoverage(), vectors)
            assert_array_equal(asked(pipeline, strategy, images), expected)
    learner = ActiveLearner(pipeline, budget=30, random_state=0).fit(images, y)
    assert isinstance(learner.strategy_, BalancedCoverage)


def test_a_table_stays_a_table_behind_a_step_that_needs_no_fit(rare):
    X, _ = rare
    frame = pd.DataFrame(X, columns=["a", "b"]).assign(c=np.where(X[:, 0] > 0, "u", "v"))
    pipeline = make_pipeline(FunctionTransformer(), HistGradientBoostingClassifier())
    vectors = TableVectors().fit(frame).transform(frame)
    assert_array_equal(asked(pipeline, None, frame), started(BalancedCoverage(), vectors))
    holed = frame.mask(frame["a"] > 1)
    vectors = TableVectors().fit(holed).transform(holed)
    assert_array_equal(asked(pipeline, None, holed), started(BalancedCoverage(), vectors))


def test_a_scaler_that_the_user_fitted_is_fitted_anew(rare):
    X, _ = rare
    pipeline = make_pipeline(StandardScaler().fit(X * [1, 100]), GaussianNB())
    assert_array_equal(asked(pipeline, CoreSet(), X), asked(PIPELINE, CoreSet(), X))


def test_simulation_and_loop_agree(rare):
    X, y = rare
    learner = ActiveLearner(PIPELINE, budget=40, random_state=1)
    simulated = clone(learner).fit(X, y)
    taken = []
    while len(taken) < 40:
        picks = learner.query(X, exclude=taken)
        learner.teach(X[picks], y[picks])
        taken.extend(picks)
    assert_array_equal(simulated.query_indices_, taken)


def test_explain_names_what_picked(rare):
    X, _ = rare
    learner = ActiveLearner(PIPELINE, random_state=0)
    why = learner.explain(X, learner.query(X, 2))
    assert list(why["strategy"]) == ["BalancedCoverage"] * 2
    assert list(why["phase"]) == ["cold start"] * 2
