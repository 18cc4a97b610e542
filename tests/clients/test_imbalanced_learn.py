"""imbalanced-learn's Pipeline with a sampler, and its ensembles."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner
from skactive.query import BALD, Badge, BalancedQuery, CoreSet, MarginSampling, VariationRatios

pytest.importorskip("imblearn")

NAMES = np.array(["rare", "usual", "usual too"])


@pytest.fixture
def rare(iris):
    """One class has a third of its rows."""
    X, y = iris
    kept = np.flatnonzero((y != 0) | (np.arange(len(y)) % 3 == 0))
    return X[kept], NAMES[y[kept]]


def with_sampler():
    from imblearn.over_sampling import RandomOverSampler
    from imblearn.pipeline import make_pipeline

    return make_pipeline(
        StandardScaler(), RandomOverSampler(), LogisticRegression(max_iter=300)
    )


def ensembles():
    from imblearn import ensemble

    return [
        ensemble.BalancedRandomForestClassifier(n_estimators=10),
        ensemble.EasyEnsembleClassifier(n_estimators=3),
        ensemble.BalancedBaggingClassifier(n_estimators=3),
    ]


def test_sampler_in_a_pipeline(rare):
    X, y = rare
    learner = ActiveLearner(with_sampler(), MarginSampling(), budget=40, random_state=0)
    learner.fit(X, y)
    assert learner.n_labels_ == 40 and learner.score(X, y) > 0.85


@pytest.mark.parametrize("strategy", [CoreSet(), Badge(), BalancedQuery()])
def test_vectors_are_those_before_the_sampler(rare, strategy):
    X, y = rare
    learner = ActiveLearner(with_sampler(), strategy, budget=40, random_state=0)
    assert learner.fit(X, y).score(X, y) > 0.85


@pytest.mark.parametrize("ensemble", ensembles(), ids=lambda ensemble: type(ensemble).__name__)
@pytest.mark.parametrize("strategy", [MarginSampling(), BALD(), VariationRatios()], ids=repr)
def test_ensembles(rare, ensemble, strategy):
    X, y = rare
    learner = ActiveLearner(ensemble, strategy, budget=60, random_state=0).fit(X, y)
    assert learner.score(X, y) > 0.7
    assert sorted(set(learner.predict(X))) == NAMES.tolist()


def test_members_of_an_ensemble_of_pipelines_are_read(rare):
    from imblearn.ensemble import EasyEnsembleClassifier

    X, y = rare
    learner = ActiveLearner(EasyEnsembleClassifier(n_estimators=3), random_state=0).fit(X, y)
    members = np.stack([member.predict(X) for member in learner.estimator_.estimators_])
    votes = np.stack([(members == code).sum(axis=0) for code in range(3)])
    expected = 1 - votes.max(axis=0) / 3
    assert expected.max() > 0.3
    assert_allclose(VariationRatios().scores(learner, X), expected)
