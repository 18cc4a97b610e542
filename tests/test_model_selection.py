"""Folds that hold when classes are rare."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skactive import ActiveLearner
from skactive.model_selection import RareStratifiedKFold

FOLDS = [([30, 12, 1], 10), ([7, 3, 1], 7), ([2, 1, 1], 2), ([1, 1, 1], 3), ([1] * 20, 10)]


@pytest.mark.parametrize("counts, n_splits", FOLDS)
def test_number_of_folds(counts, n_splits):
    y = np.repeat(np.arange(len(counts)), counts)
    folds = RareStratifiedKFold(10)
    assert folds.get_n_splits(None, y) == n_splits
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tests = [test for _, test in folds.split(y, y)]
    assert len(tests) == n_splits
    assert_array_equal(np.sort(np.concatenate(tests)), np.arange(len(y)))


def test_equal_to_stratified_folds_where_those_hold():
    y = np.repeat([0, 1, 2], 15)
    ours = RareStratifiedKFold(5, shuffle=True, random_state=3).split(y, y)
    theirs = StratifiedKFold(5, shuffle=True, random_state=3).split(y, y)
    for (train, test), (other_train, other_test) in zip(ours, theirs):
        assert_array_equal(train, other_train)
        assert_array_equal(test, other_test)


def test_a_class_absent_from_training_counts_as_wrong():
    X, y = np.arange(7.0)[:, None], np.array([0, 0, 0, 1, 1, 1, 2])
    scores = cross_val_score(KNeighborsClassifier(1), X, y, cv=RareStratifiedKFold(10))
    absent = [6 in test for _, test in RareStratifiedKFold(10).split(X, y)]
    assert len(scores) == 3 and (scores[absent] < 1).all()


def test_two_ways_to_train_on_labels_with_single_ones(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(var_smoothing=0.1), budget=25, random_state=0).fit(X, y)
    assert 1 in np.bincount(learner.y_labeled_)
    grid = {"estimator": [DummyClassifier(), GaussianNB(var_smoothing=0.1)]}
    choice = GridSearchCV(
        ActiveLearner(), grid, cv=RareStratifiedKFold(10), error_score="raise"
    ).fit(learner.X_labeled_, learner.y_labeled_)
    assert isinstance(choice.best_estimator_.estimator, GaussianNB)


@pytest.mark.parametrize("counts", [[5, 1], [12, 1], [2, 1], [1, 7]])
def test_no_training_fold_has_one_class_alone(counts):
    y = np.repeat([0, 1], counts)
    X = np.arange(len(y), dtype=float)[:, None]
    for train, test in RareStratifiedKFold(10).split(X, y):
        assert set(y[train]) == {0, 1} and len(test) and not set(train) & set(test)
        assert_array_equal(train, np.sort(train))
    search = GridSearchCV(
        LogisticRegression(), {"C": [0.1, 1]}, cv=RareStratifiedKFold(10), error_score="raise"
    )
    assert np.isfinite(search.fit(X, y).cv_results_["mean_test_score"]).all()


def test_too_few_labels_for_two_classes_in_each_fold():
    with pytest.raises(ValueError, match="2 labels of 2 classes are too few"):
        list(RareStratifiedKFold().split([[0], [1]], [0, 1]))
    assert len(list(RareStratifiedKFold().split(np.zeros((3, 1)), [0, 0, 0]))) == 3


def test_folds_without_labels():
    with pytest.raises(ValueError, match="depends on y"):
        RareStratifiedKFold().get_n_splits(np.arange(5))
