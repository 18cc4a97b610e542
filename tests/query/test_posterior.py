"""Samples of class probabilities: from which models, in which columns, from which labels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from skactive import ActiveLearner
from skactive.query import BALD, BatchBALD, QueryByCommittee, VariationRatios
from skactive.query._posterior import checked_samples, posterior_sampler

X, y = load_iris(return_X_y=True)
NAMES = np.array(["rose", "iris", "aster"])[y]


@pytest.mark.parametrize("labels", [y, y + 1, 7 - 3 * y, NAMES])
@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(7, random_state=0),
        BaggingClassifier(DecisionTreeClassifier(), 7, max_features=2, random_state=0),
        VotingClassifier([("a", GaussianNB()), ("b", LogisticRegression())], voting="soft"),
    ],
)
def test_mean_over_members_is_the_prediction_of_the_ensemble(model, labels):
    model.fit(X, labels)
    samples = posterior_sampler(model)(X)
    assert samples.shape == (len(model.estimators_), 150, 3)
    assert_allclose(samples.sum(axis=2), 1)
    assert_allclose(samples.mean(axis=0), model.predict_proba(X))


@pytest.mark.parametrize("labels", [y, y + 1, NAMES])
def test_members_that_miss_a_class(labels):
    # few rows a member: some know two classes only
    nearest = KNeighborsClassifier(1)
    model = BaggingClassifier(nearest, 20, max_samples=4, bootstrap=False, random_state=1)
    rows = np.arange(0, 150, 15)
    model.fit(X[rows], labels[rows])
    known = [len(member.classes_) for member in model.estimators_]
    assert min(known) < 3
    samples = posterior_sampler(model)(X)
    assert_allclose(samples.mean(axis=0), model.predict_proba(X))


def test_boosting_trains_on_the_labels_themselves():
    model = AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=5).fit(X, NAMES)
    samples = posterior_sampler(model)(X)
    expected = [member.predict_proba(X) for member in model.estimators_]
    assert_array_equal(samples, expected)


def test_within_a_pipeline_a_search_and_a_learner():
    forest = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0))
    search = GridSearchCV(forest, {"randomforestclassifier__max_depth": [2, 3]}, cv=2)
    learner = ActiveLearner(search, random_state=0).fit(X[::5], NAMES[::5])
    samples = posterior_sampler(learner)(X)
    assert samples.shape == (5, 150, 3)
    assert_allclose(samples.mean(axis=0), learner.predict_proba(X))


def test_a_model_that_samples_itself():
    class Dropout(GaussianNB):
        def sample_proba(self, X):
            return np.stack([self.predict_proba(X), self.predict_proba(X[:, ::-1])])

    model = Dropout().fit(X, y)
    assert_array_equal(posterior_sampler(model)(X), model.sample_proba(X))
    learner = ActiveLearner(make_pipeline(StandardScaler(), Dropout())).fit(X, y)
    assert posterior_sampler(learner)(X).shape == (2, 150, 3)


def test_members_of_a_list_get_different_seeds_from_the_stream():
    learner = ActiveLearner(GaussianNB(), random_state=0).fit(X[::10], NAMES[::10])
    trees = [ExtraTreeClassifier(), ExtraTreeClassifier()]
    first, again, other = [
        posterior_sampler(learner, trees, 2, np.random.RandomState(seed))(X) for seed in (0, 0, 1)
    ]
    assert_array_equal(first, again)
    assert (first != other).any() and (first[0] != first[1]).any()


@pytest.mark.parametrize(
    "model", [LogisticRegression(), LinearSVC(), OneVsRestClassifier(GaussianNB())]
)
def test_bagged_clones_of_any_classifier(model):
    learner = ActiveLearner(model, random_state=0).fit(X[::10], NAMES[::10])
    draws = [
        posterior_sampler(learner, None, 4, np.random.RandomState(seed))(X) for seed in (0, 0, 1)
    ]
    assert draws[0].shape == (4, 150, 3)
    assert_allclose(draws[0].sum(axis=2), 1)
    assert_array_equal(draws[0], draws[1])
    assert (draws[0] != draws[2]).any()
    assert np.ptp(draws[0], axis=0).max() > 1e-3


def test_a_list_is_fitted_on_the_labels():
    learner = ActiveLearner(random_state=0).fit(X[::10], NAMES[::10])
    frozen = FrozenEstimator(GaussianNB().fit(X, NAMES))
    members = [GaussianNB(), LogisticRegression()]
    samples = posterior_sampler(learner, members)(X)
    for member, sample in zip(members, samples):
        assert_allclose(sample, member.fit(X[::10], NAMES[::10]).predict_proba(X))
    samples = posterior_sampler(learner, [frozen, frozen])(X)
    assert_allclose(samples[1], frozen.predict_proba(X))


def test_frozen_members_may_know_more_classes():
    learner = ActiveLearner(random_state=0).fit(X[:100:10], NAMES[:100:10])
    frozen = FrozenEstimator(GaussianNB().fit(X, NAMES))
    assert posterior_sampler(learner, [frozen, frozen])(X).shape == (2, 150, 3)


def test_an_ensemble_or_a_callable_as_committee():
    forest = RandomForestClassifier(4, random_state=0).fit(X, y)
    assert posterior_sampler(None, FrozenEstimator(forest))(X).shape == (4, 150, 3)
    assert posterior_sampler(None, lambda X: np.ones((2, len(X), 1)))(X).shape == (2, 150, 1)


def test_errors():
    with pytest.raises(TypeError, match="GaussianNB gives no samples"):
        posterior_sampler(GaussianNB().fit(X, y))
    with pytest.raises(NotFittedError, match="FrozenEstimator"):
        posterior_sampler(None, RandomForestClassifier())
    with pytest.raises(TypeError, match="committee must be a list of classifiers"):
        posterior_sampler(None, GaussianNB().fit(X, y))
    learner = ActiveLearner(random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="at least 2 classifiers, got 1"):
        posterior_sampler(learner, [GaussianNB()])
    with pytest.raises(ValueError, match="n_members must be at least 2, got 1"):
        posterior_sampler(learner, None, 1)
    with pytest.raises(ValueError, match="n_samples, n_rows, n_classes"):
        checked_samples(lambda X: np.ones((2, 3)), X)


@pytest.mark.parametrize("strategy", [QueryByCommittee, BALD, VariationRatios, BatchBALD])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_samples_are_finite(strategy, value):
    samples = np.random.RandomState(0).dirichlet(np.ones(3), (4, 150))
    samples[2, 70, 1] = value
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match="NaN or infinity"):
        strategy(lambda X: samples)(None, X, 2)


def test_members_that_see_some_columns_of_a_frame():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = BaggingClassifier(GaussianNB(), 5, max_features=2, random_state=0).fit(frame, y)
    members = posterior_sampler(model)
    assert_array_equal(members(X), members(frame))


def test_single_precision_is_kept():
    samples = np.random.RandomState(0).dirichlet(np.ones(3), (6, 30))
    rows = np.arange(30)[:, None]
    picks = [
        BatchBALD(lambda X, s=samples.astype(dtype): s[:, X[:, 0]])(None, rows, 4).tolist()
        for dtype in (np.float32, np.float64)
    ]
    assert picks[0] == picks[1]
