"""MAPIE's conformal classifiers around a learner."""

import numpy as np
import pytest

from skactive import ActiveLearner

classification = pytest.importorskip("mapie.classification")


@pytest.fixture
def pixels(digits):
    X, y = digits
    return X, np.char.add("digit ", y.astype(str))


def covered(sets, labels, classes):
    """Share of the rows whose set holds their label."""
    return sets[np.arange(len(labels)), np.searchsorted(classes, labels), 0].mean()


def test_around_a_fitted_learner(pixels):
    X, y = pixels
    learner = ActiveLearner(budget=60, random_state=0).fit(X[:150], y[:150])
    conformal = classification.SplitConformalClassifier(
        learner, confidence_level=0.9, prefit=True
    ).conformalize(X[150:], y[150:])
    predicted, sets = conformal.predict_set(X[150:])
    assert predicted.tolist() == learner.predict(X[150:]).tolist()
    assert sets.shape == (150, 10, 1)
    assert 0.9 <= covered(sets, y[150:], learner.classes_) < 1
    assert learner.n_labels_ == 60


def test_around_a_learner_that_simulates_in_every_fold(pixels):
    X, y = pixels
    learner = ActiveLearner(budget=80, random_state=0)
    conformal = classification.CrossConformalClassifier(learner, confidence_level=0.8, cv=3)
    conformal.fit_conformalize(X, y)
    _, sets = conformal.predict_set(X)
    assert covered(sets, y, np.unique(y)) >= 0.8
