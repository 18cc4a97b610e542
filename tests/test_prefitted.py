"""Classifiers that were fitted before, columns in any order, and what must be refused."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_digits, load_iris
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skactive import ActiveLearner
from skactive.query import BALD, EntropySampling, MarginSampling, QueryByCommittee
from skactive.query._posterior import posterior_sampler

X, y = load_iris(return_X_y=True)
NAMES = np.array(["rose", "iris", "aster"])[y]
LABELS = {"codes": y, "shifted": y + 5, "turned": 7 - 3 * y, "names": NAMES}
every_label = pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
ROWS = np.arange(0, 150, 4)


class AnyOrder(ClassifierMixin, BaseEstimator):
    """Naive Bayes whose classes, and columns with them, stand in descending order."""

    def fit(self, X, y):
        self.model_ = GaussianNB().fit(X, y)
        self.classes_ = self.model_.classes_[::-1]
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)[:, ::-1]


class OwnClasses(AnyOrder):
    """A classifier whose classes are names, whatever it is fitted on."""

    def fit(self, X, y):
        super().fit(X, y)
        self.classes_ = np.array(["x", "y", "z"])
        return self


def frozen(model=None, labels=y):
    return FrozenEstimator((model or GaussianNB()).fit(X, labels))


@every_label
@pytest.mark.parametrize("inner", [GaussianNB(), LinearSVC(), AnyOrder()])
def test_a_frozen_classifier_keeps_its_classes(labels, inner):
    model = frozen(inner, labels)
    learner = ActiveLearner(model, random_state=0).teach(X[ROWS], labels[ROWS])
    assert_array_equal(learner.predict(X), model.predict(X))
    assert learner.score(X, labels) == model.score(X, labels) > 0.9
    assert_array_equal(learner.classes_, np.unique(labels))
    if hasattr(model, "predict_proba"):
        proba = learner.predict_proba(X)
        assert_allclose(proba.sum(axis=1), 1)
        assert_array_equal(learner.classes_[proba.argmax(axis=1)], learner.predict(X))
    else:
        values = learner.decision_function(X)
        assert_array_equal(learner.classes_[values.argmax(axis=1)], learner.predict(X))


@every_label
def test_its_classes_count_before_they_are_taught(labels):
    two = np.flatnonzero(y < 2)[::5]
    model = frozen(labels=labels)
    learner = ActiveLearner(model).teach(X[two], labels[two])
    assert_array_equal(learner.classes_, np.unique(labels))
    assert_array_equal(learner.predict(X), model.predict(X))
    assert_allclose(learner.predict_proba(X), model.predict_proba(X))
    scores = EntropySampling().scores(learner, X)
    assert_allclose(scores, EntropySampling().scores(model, X))


def test_at_the_end_of_a_pipeline():
    scaled = StandardScaler().fit_transform(X)
    last = FrozenEstimator(GaussianNB().fit(scaled, NAMES))
    learner = ActiveLearner(make_pipeline(FrozenEstimator(StandardScaler().fit(X)), last))
    learner.teach(X[ROWS], NAMES[ROWS])
    assert learner.score(X, NAMES) > 0.9


def test_a_frozen_classifier_is_simulated_and_searched():
    learner = ActiveLearner(frozen(labels=NAMES), MarginSampling(), budget=30, random_state=0)
    assert learner.fit(X, NAMES).score(X, NAMES) > 0.9
    grid = {"query_strategy__invert": [False, True]}
    search = GridSearchCV(learner, grid, cv=3, error_score="raise").fit(X, NAMES)
    assert search.best_score_ > 0.9


def test_labels_of_another_type_than_it_knows():
    learner = ActiveLearner(frozen(labels=NAMES))
    with pytest.raises(TypeError, match="prefitted FrozenEstimator knows the classes .'aster'"):
        learner.teach(X[ROWS], y[ROWS])
    assert learner.n_labels_ == len(ROWS)


def members(labels):
    return [("a", frozen(labels=labels)), ("b", LogisticRegression(max_iter=500))]


@every_label
@pytest.mark.parametrize("rows", [ROWS, np.flatnonzero(y > 0)[::4]], ids=["all", "two classes"])
@pytest.mark.parametrize("form", ["soft", "hard", "calibrated", "stacked", "searched"])
def test_a_frozen_classifier_inside_another_one(labels, rows, form):
    model = {
        "soft": lambda: VotingClassifier(members(labels), voting="soft"),
        "hard": lambda: VotingClassifier([*members(labels), ("c", frozen(labels=labels))]),
        "calibrated": lambda: CalibratedClassifierCV(frozen(labels=labels), cv=2),
        "stacked": lambda: StackingClassifier(members(labels), cv=2),
        "searched": lambda: GridSearchCV(
            CalibratedClassifierCV(frozen(labels=labels), cv=2), {"method": ["sigmoid"]}, cv=2
        ),
    }[form]()
    learner = ActiveLearner(model, random_state=0).teach(X[rows], labels[rows])
    known = np.isin(labels, labels[rows])
    assert learner.score(X[known], labels[known]) > 0.9
    if hasattr(learner, "predict_proba"):
        best = learner.classes_[learner.predict_proba(X[known]).argmax(axis=1)]
        assert (best == labels[known]).mean() > 0.9


def test_calibration_of_a_frozen_classifier_is_that_of_sklearn():
    model = CalibratedClassifierCV(frozen(labels=NAMES), cv=3)
    learner = ActiveLearner(model).fit(X[ROWS], NAMES[ROWS])
    assert_allclose(learner.predict_proba(X), model.fit(X[ROWS], NAMES[ROWS]).predict_proba(X))


@every_label
def test_columns_in_another_order(labels):
    learner = ActiveLearner(AnyOrder()).fit(X[ROWS], labels[ROWS])
    plain = ActiveLearner(GaussianNB()).fit(X[ROWS], labels[ROWS])
    assert_array_equal(learner.predict_proba(X), plain.predict_proba(X))
    assert_array_equal(learner.predict(X), plain.predict(X))


def test_the_sign_of_a_turned_binary_decision():
    class Turned(LinearSVC):
        def fit(self, X, y):
            super().fit(X, y)
            self.classes_, self.coef_ = self.classes_[::-1], -self.coef_
            self.intercept_ = -self.intercept_
            return self

    two = np.flatnonzero(y < 2)[::3]
    learner = ActiveLearner(Turned()).fit(X[two], NAMES[two])
    positive = learner.decision_function(X[two]) > 0
    assert_array_equal(learner.classes_[positive.astype(int)], NAMES[two])


def test_classes_that_cannot_be_codes_are_refused():
    learner = ActiveLearner(OwnClasses())
    with pytest.raises(ValueError, match="OwnClasses was fitted on the codes 0 to 2.*Frozen"):
        learner.fit(X[ROWS], NAMES[ROWS])


# --------------------------------------------------------------- committees


@every_label
def test_equal_members_agree_frozen_or_not(labels):
    learner = ActiveLearner(GaussianNB(), random_state=0).fit(X[ROWS], labels[ROWS])
    model = GaussianNB().fit(X[ROWS], labels[ROWS])
    committee = [FrozenEstimator(model), GaussianNB(), AnyOrder()]
    samples = posterior_sampler(learner, committee)(X)
    assert samples.shape == (3, 150, 3)
    assert_allclose(samples[1], samples[0])
    assert_allclose(samples[2], samples[0])
    assert_array_equal(QueryByCommittee(committee).scores(learner, X), np.zeros(150))


@every_label
def test_a_frozen_member_that_knows_more_classes(labels):
    two = np.flatnonzero(y > 0)[::4]
    learner = ActiveLearner(GaussianNB(), random_state=0).fit(X[two], labels[two])
    committee = [frozen(labels=labels), GaussianNB()]
    samples = posterior_sampler(learner, committee)(X)
    assert_allclose(samples[0], committee[0].predict_proba(X))
    hidden = np.flatnonzero(~np.isin(np.unique(labels), labels[two]))
    assert (samples[1][:, hidden] == 0).all()
    assert_allclose(samples[1].sum(axis=1), 1)


@pytest.mark.parametrize("state", [0, None])
def test_bagged_members_have_seeds_of_their_own(state):
    learner = ActiveLearner(DecisionTreeClassifier(splitter="random"), random_state=state)
    learner.fit(X[ROWS], y[ROWS])
    sample = posterior_sampler(learner, None, 6, np.random.RandomState(0))
    seeds = {member.estimator.random_state for member in sample.__self__.members}
    assert len(seeds) == 6
    chosen = ActiveLearner(DecisionTreeClassifier(random_state=3), random_state=state)
    sample = posterior_sampler(chosen.fit(X[ROWS], y[ROWS]), None, 3)
    assert {member.estimator.random_state for member in sample.__self__.members} == {3}


def test_a_list_of_random_members_gives_the_same_picks_for_an_int():
    committee = [RandomForestClassifier(3), RandomForestClassifier(3)]
    picks = [
        ActiveLearner(GaussianNB(), BALD(committee), random_state=0)
        .fit(X[ROWS], y[ROWS]).query(X, 8, exclude=ROWS)
        for _ in range(3)
    ]
    assert_array_equal(picks[0], picks[1])
    assert_array_equal(picks[0], picks[2])


# ------------------------------------------------------- pairs of classes


@pytest.mark.parametrize("n_classes", [3, 10])
def test_decision_values_of_pairs_are_not_read_as_classes(n_classes):
    data, target = load_digits(return_X_y=True)
    rows = np.flatnonzero(target < n_classes)[:200]
    pairs = ActiveLearner(SVC(decision_function_shape="ovo"), MarginSampling())
    pairs.fit(data[rows], target[rows])
    assert pairs.decision_function(data).shape[1] == n_classes * (n_classes - 1) // 2
    with pytest.raises(ValueError, match="a column for each pair of classes.*'ovr'"):
        pairs.query(data, 5, exclude=rows)
    piped = make_pipeline(StandardScaler(), SVC(decision_function_shape="ovo"))
    with pytest.raises(ValueError, match="'ovr'"):
        MarginSampling()(piped.fit(data[rows], target[rows]), data, 5)
    pairs.set_params(estimator__decision_function_shape="ovr").fit(data[rows], target[rows])
    assert len(pairs.query(data, 5, exclude=rows)) == 5


def test_pairs_of_some_of_the_classes():
    def in_order(learner, X, n_queries):
        return np.arange(n_queries)

    order = np.argsort(y == 0, kind="stable")
    learner = ActiveLearner(
        SVC(decision_function_shape="ovo"), in_order, cold_start=in_order, budget=60
    )
    learner.fit(X[order], y[order])
    assert len(np.unique(learner.y_labeled_)) == 2 and len(learner.classes_) == 3
    assert learner.decision_function(X).shape == (150, 3)  # two classes: no pairs yet
