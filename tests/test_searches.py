"""Searches, curves and nested cross-validation run on a learner unchanged."""

import warnings

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    StratifiedShuffleSplit,
    cross_val_score,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.calibration import PriorCorrectedClassifier
from skactive.query import (
    BalancedQuery,
    Diversified,
    EntropySampling,
    MarginSampling,
    RandomSampling,
)

CV = StratifiedShuffleSplit(3, test_size=0.4, random_state=0)


@pytest.fixture
def learner():
    return ActiveLearner(GaussianNB(var_smoothing=0.1), budget=40, random_state=0)


def search_over(grid, learner, data, **params):
    search = GridSearchCV(learner, grid, cv=CV, error_score="raise", **params)
    return search.fit(*data)


def test_over_strategies(learner, digits):
    strategies = [RandomSampling(), MarginSampling(), BalancedQuery(EntropySampling())]
    search = search_over({"query_strategy": strategies}, learner, digits)
    assert len(set(search.cv_results_["mean_test_score"])) > 1
    assert search.best_estimator_.n_labels_ == 40


def test_over_estimators(learner, digits):
    estimators = [LinearSVC(), make_pipeline(StandardScaler(), LogisticRegression())]
    search = search_over({"estimator": estimators}, learner, digits)
    assert (search.cv_results_["mean_test_score"] > 0.4).all()


def test_over_what_a_wrapper_wraps(learner, digits):
    learner.set_params(query_strategy=BalancedQuery(MarginSampling()))
    grid = {
        "query_strategy__strategy__invert": [False, True],
        "query_strategy__denominator": ["max", "min"],
        "estimator__var_smoothing": [0.1, 1.0],
    }
    search = search_over(grid, learner, digits)
    assert len(search.cv_results_["params"]) == 8


def test_over_both_at_once_in_two_processes(learner, digits):
    grid = {
        "estimator": [GaussianNB(var_smoothing=0.1), LinearSVC()],
        "query_strategy": [RandomSampling(), MarginSampling()],
    }
    two = search_over(grid, learner, digits, n_jobs=2).cv_results_["mean_test_score"]
    one = search_over(grid, learner, digits).cv_results_["mean_test_score"]
    np.testing.assert_array_equal(one, two)


def test_over_source_models_that_survive_clone(learner, digits):
    X, y = digits
    source = FrozenEstimator(GaussianNB(var_smoothing=0.1).fit(X, y % 3))
    inverted = EntropySampling(invert=True, model=source)
    strategies = [inverted, Diversified(inverted, source), Diversified(MarginSampling(), source)]
    search = search_over({"query_strategy": strategies}, learner, digits)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_the_two_ways_to_train_chosen_on_the_labels_there_are(learner, digits):
    X, y = digits
    learner.set_params(query_strategy=RandomSampling()).fit(X, y)
    svm, corrected = LinearSVC(), PriorCorrectedClassifier(GaussianNB(var_smoothing=0.1))
    grid = {"estimator": [svm, corrected], "budget": [None]}
    search = GridSearchCV(learner, grid, cv=2, error_score="raise")
    search.fit(learner.X_labeled_, learner.y_labeled_)
    assert search.best_estimator_.n_labels_ == 40


def test_randomized(learner, digits):
    search = RandomizedSearchCV(
        learner, {"batch_size": [1, 5, 10], "n_initial": [5, 10]}, n_iter=3, cv=CV, random_state=0
    )
    assert search.fit(*digits).best_score_ > 0.4


def test_validation_curve_over_budgets(learner, digits):
    budgets = [15, 40, 120]
    _, test = validation_curve(learner, *digits, param_name="budget", param_range=budgets, cv=CV)
    assert test.shape == (3, 3)
    assert test.mean(axis=1)[2] > test.mean(axis=1)[0]


def test_halving_over_budgets(learner, digits):
    search = HalvingGridSearchCV(
        learner.set_params(budget=None),
        {"query_strategy": [RandomSampling(), MarginSampling(), EntropySampling()]},
        resource="budget",
        min_resources=20,
        max_resources=80,
        factor=2,
        cv=CV,
        random_state=0,
        error_score="raise",
    ).fit(*digits)
    assert search.n_resources_ == [20, 40]
    assert set(search.cv_results_["n_resources"]) == {20, 40}


def test_cross_validate_with_several_metrics(learner, digits):
    scoring = ["accuracy", "balanced_accuracy", "roc_auc_ovr", "neg_log_loss"]
    learner.set_params(query_strategy=RandomSampling(), budget=15)  # some class is never revealed
    scores = cross_validate(learner, *digits, cv=CV, scoring=scoring, error_score="raise")
    for name in scoring:
        assert np.isfinite(scores[f"test_{name}"]).all()


def test_nested(learner, digits):
    strategies = [RandomSampling(), MarginSampling()]
    inner = GridSearchCV(learner, {"query_strategy": strategies}, cv=2, error_score="raise")
    assert (cross_val_score(inner, *digits, cv=CV, error_score="raise") > 0.4).all()


def test_learning_curve_over_rows(learner, digits):
    learner.set_params(budget=None)
    sizes, _, test = learning_curve(learner, *digits, cv=CV, train_sizes=[60, 120])
    assert sizes.tolist() == [60, 120] and np.isfinite(test).all()


def test_search_inside_the_learner(digits):
    inner = GridSearchCV(GaussianNB(), {"var_smoothing": [0.01, 0.1]}, cv=2)
    learner = ActiveLearner(inner, MarginSampling(), budget=40, n_initial=20, random_state=0)
    assert learner.fit(*digits).score(*digits) > 0.5
    assert learner.estimator_.best_params_["var_smoothing"] in (0.01, 0.1)


def test_learner_inside_a_pipeline(learner, digits):
    pipeline = make_pipeline(StandardScaler(), learner).fit(*digits)
    assert pipeline.score(*digits) > 0.5
    assert pipeline[-1].n_labels_ == 40


def test_a_fold_with_labels_of_one_class_counts_as_error_score(digits):
    X = digits[0][:200]
    rare = np.where(np.arange(200) < 198, "common", "rare")
    learner = ActiveLearner(GaussianNB(), RandomSampling(), budget=10, random_state=0)
    with pytest.raises(ValueError, match="only 1 class of the 2.*=BalancedCoverage.*error_score="):
        learner.fit(X, rare)
    grid, scoring = {"budget": [10, 119]}, "balanced_accuracy"
    search = GridSearchCV(learner, grid, cv=CV, scoring=scoring, error_score=0.25, refit=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, rare)
    few, most = search.cv_results_["mean_test_score"]
    assert few == 0.25 < most
