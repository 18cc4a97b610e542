"""What is inside pipelines, searches, ensembles and other estimators around one."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, GradientBoostingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner
from skactive._unwrapping import (
    fitted_inside,
    inside,
    members_inside,
    parts,
    pipeline_inside,
    split,
)
from skactive.calibration import PriorCorrectedClassifier
from skactive.embedding import AsSeen
from skactive.query import CoreSet

X = np.random.RandomState(0).randn(40, 2) * [1, 9] + 5
Y = (X[:, 0] > 5).astype(int)
SCALED = (X - X.mean(axis=0)) / X.std(axis=0)


def pipeline():
    return make_pipeline(StandardScaler(), LogisticRegression())


def around_one():
    """Estimators around one pipeline that hold one fitted clone of it."""
    grid = {"logisticregression__C": [1.0]}
    return [
        GridSearchCV(pipeline(), grid, cv=2),
        TunedThresholdClassifierCV(pipeline(), cv=2),
        PriorCorrectedClassifier(pipeline()),
        PriorCorrectedClassifier(GridSearchCV(pipeline(), grid, cv=2)),
        FrozenEstimator(pipeline().fit(X, Y)),
    ]


def around_several():
    return [
        BaggingClassifier(pipeline(), n_estimators=3, random_state=0),
        CalibratedClassifierCV(pipeline(), cv=2),
        VotingClassifier([("a", pipeline()), ("b", LogisticRegression())]),
    ]


def name_of(estimator):
    return type(estimator).__name__


@pytest.mark.parametrize("estimator", around_one(), ids=name_of)
@pytest.mark.parametrize("in_learner", [True, False])
def test_rows_are_seen_as_the_fitted_pipeline_inside_sees_them(estimator, in_learner):
    model = ActiveLearner(estimator, random_state=0) if in_learner else estimator
    np.testing.assert_allclose(AsSeen().embed_rows(model.fit(X, Y), X), SCALED)


@pytest.mark.parametrize("estimator", around_several(), ids=name_of)
def test_no_member_stands_for_all(estimator):
    model = ActiveLearner(estimator, random_state=0).fit(X, Y)
    assert fitted_inside(model.estimator_) is None and pipeline_inside(model) is None
    assert AsSeen().embed_rows(model, X) is X
    assert len(members_inside(model.estimator_)) > 1
    for member in members_inside(model.estimator_):
        assert member.predict(X).shape == (40,)


@pytest.mark.parametrize("estimator", [*around_one(), *around_several()], ids=name_of)
def test_core_set_picks_around_any_of_them(estimator):
    learner = ActiveLearner(estimator, CoreSet(), random_state=0)
    learner.teach(X[:20], Y[:20])
    assert len(np.unique(learner.query(X[20:], 3))) == 3


def test_before_the_fit_there_is_what_was_given():
    given = pipeline()
    search = GridSearchCV(given, {})
    assert inside(search) is given and fitted_inside(search) is None
    assert pipeline_inside(ActiveLearner(search)) is given
    assert inside(ActiveLearner()) is None and pipeline_inside(LogisticRegression()) is None


def test_split_gives_what_the_last_step_sees():
    fitted = pipeline().fit(X, Y)
    before, last = split(fitted)
    np.testing.assert_allclose(before(X), SCALED)
    assert last is fitted[-1]
    assert split(make_pipeline(LogisticRegression()))[0] is None


def test_members_of_a_table_of_trees_stand_in_a_list():
    boosting = GradientBoostingClassifier(n_estimators=3).fit(X, X[:, 1].round() % 3)
    assert len(members_inside(boosting)) == 9


def test_parts_are_all_that_stands_inside():
    search = GridSearchCV(pipeline(), {}, cv=2).fit(X, Y)
    assert parts(search) == [search.best_estimator_, search.estimator]
    assert parts(search.best_estimator_) == [step for _, step in search.best_estimator_.steps]
    assert parts(LogisticRegression()) == []
