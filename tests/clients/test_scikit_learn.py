"""scikit-learn's meta-estimators around a learner."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.multioutput import MultiOutputClassifier

from skactive import ActiveLearner
from skactive.query import CoreSet

NAMES = np.array(["setosa", "versicolor", "virginica"])


@pytest.fixture
def flowers(iris):
    X, y = iris
    return X, NAMES[y]


@pytest.fixture
def learner():
    return ActiveLearner(LogisticRegression(max_iter=500), budget=40, random_state=0)


@pytest.mark.parametrize("ensemble", [True, False])
def test_calibrated(learner, flowers, ensemble):
    X, y = flowers
    model = CalibratedClassifierCV(learner, cv=3, ensemble=ensemble).fit(X, y)
    inner = [calibrated.estimator for calibrated in model.calibrated_classifiers_]
    assert [fitted.n_labels_ for fitted in inner] == [40] * (3 if ensemble else 1)
    assert model.score(X, y) > 0.9


def test_calibrated_after_the_labels_are_spent(learner, flowers):
    X, y = flowers
    learner.fit(X[:100], y[:100])
    model = CalibratedClassifierCV(FrozenEstimator(learner)).fit(X[100:], y[100:])
    assert model.classes_.tolist() == NAMES.tolist()
    assert model.score(X[100:], y[100:]) > 0.85 and learner.n_labels_ == 40


def test_tuned_threshold(learner, flowers):
    X, y = flowers[0], np.where(flowers[1] == "virginica", "yes", "no")
    learner.set_params(estimator__class_weight={"yes": 0.1, "no": 1.0})
    plain = balanced_accuracy_score(y, learner.fit(X, y).predict(X))
    model = TunedThresholdClassifierCV(learner, cv=3).fit(X, y)
    assert balanced_accuracy_score(y, model.predict(X)) > plain
    assert model.estimator_.n_labels_ == 40


def test_stacking_and_voting(learner, flowers):
    X, y = flowers
    other = ActiveLearner(query_strategy=CoreSet(), budget=30, random_state=1)
    members = [("margin", learner), ("core set", other)]
    last = LogisticRegression(max_iter=500)
    stacked = StackingClassifier(members, last).fit(X, y)
    assert [member.n_labels_ for member in stacked.estimators_] == [40, 30]
    voting = VotingClassifier(members, voting="soft").fit(X, y)
    assert min(stacked.score(X, y), voting.score(X, y)) > 0.9


def test_bagging(learner, flowers):
    X, y = flowers
    model = BaggingClassifier(learner, 3, max_features=3, random_state=0).fit(X, y)
    picks = [member.query_indices_.tolist() for member in model.estimators_]
    assert [len(positions) for positions in picks] == [40] * 3 and picks[0] != picks[1]
    assert model.score(X, y) > 0.9


def test_several_columns(learner, flowers):
    X, y = flowers
    columns = np.column_stack([y, np.where(X[:, 0] > 5.8, "long", "short")])
    model = MultiOutputClassifier(learner).fit(X, columns)
    assert [member.n_labels_ for member in model.estimators_] == [40, 40]
    assert [member.classes_.tolist() for member in model.estimators_] == [
        NAMES.tolist(),
        ["long", "short"],
    ]
    assert model.predict(X).shape == (150, 2) and model.score(X, columns) > 0.8
