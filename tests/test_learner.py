"""fit, query, teach and run: budget, cold start, streams and errors; no label is lost."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn import config_context
from sklearn.base import clone, is_classifier
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import SVC, LinearSVC

from skactive import ActiveLearner
from skactive.query import (
    BalancedCoverage,
    BalancedQuery,
    CoreSet,
    Diversified,
    Filtered,
    InformationDensity,
    MarginSampling,
    Mixture,
    RandomSampling,
    Subsampled,
)

from .failing import FailsOnDemand

# ------------------------------------------------------------------ budget


def test_defaults(iris):
    X, y = iris
    learner = ActiveLearner(budget=30, random_state=0).fit(X, y)
    assert isinstance(learner.estimator_, LogisticRegression)
    assert is_classifier(learner)
    assert isinstance(learner.strategy_, BalancedCoverage)
    explicit = ActiveLearner(
        LogisticRegression(),
        BalancedCoverage(),
        budget=30,
        cold_start=RandomSampling(),
        random_state=0,
    )
    assert_array_equal(explicit.fit(X, y).query_indices_, learner.query_indices_)


@pytest.mark.parametrize("budget", [20, 23, 149])
def test_reveals_exactly_the_budget(iris, budget):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), budget=budget, random_state=0).fit(X, y)
    assert learner.n_labels_ == len(learner.query_indices_) == budget
    assert len(set(learner.query_indices_.tolist())) == budget
    assert_array_equal(learner.X_labeled_, X[learner.query_indices_])
    assert_array_equal(learner.y_labeled_, y[learner.query_indices_])


@pytest.mark.parametrize("budget", [None, 150, 1000])
def test_without_a_simulation_it_is_an_ordinary_fit(iris, budget):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), budget=budget).fit(X, y)
    plain = GaussianNB().fit(X, y)
    assert_array_equal(learner.predict_proba(X), plain.predict_proba(X))
    assert learner.n_labels_ == 150
    assert not hasattr(learner, "query_indices_")
    assert_array_equal(learner.X_labeled_, X)


def test_a_second_fit_forgets_the_first(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), budget=30, random_state=0).fit(X, y)
    first = learner.query_indices_
    assert_array_equal(learner.fit(X, y).query_indices_, first)
    learner.fit(X[:20], y[:20])
    assert learner.n_labels_ == 20 and not hasattr(learner, "query_indices_")


def test_fits_on_the_revealed_labels_alone(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), budget=30, random_state=0).fit(X, y)
    plain = GaussianNB().fit(learner.X_labeled_, learner.y_labeled_)
    assert_allclose(learner.predict_proba(X), plain.predict_proba(X))


def test_a_smaller_budget_is_a_prefix(iris):
    X, y = iris
    small = ActiveLearner(budget=40, random_state=3).fit(X, y)
    large = ActiveLearner(budget=60, random_state=3).fit(X, y)
    assert_array_equal(large.query_indices_[:40], small.query_indices_)


def test_teach_past_the_budget(iris):
    X, y = iris
    learner = ActiveLearner(budget=30).fit(X[:25], y[:25])
    with pytest.raises(ValueError, match=r"teaching 6 labels in addition to 25 .*budget of 30"):
        learner.teach(X[25:31], y[25:31])
    assert learner.n_labels_ == 25
    assert learner.teach(X[25:30], y[25:30]).n_labels_ == 30
    with pytest.raises(ValueError, match="budget of 30 labels is spent"):
        learner.query(X)
    assert learner.set_params(budget=33).query(X).shape == (3,)


def test_last_batch_of_a_live_loop_is_cut(iris):
    X, y = iris
    learner = ActiveLearner(budget=30).fit(X[:26], y[:26])
    assert len(learner.query(X)) == 4
    assert len(learner.query(X, 7)) == 7


# -------------------------------------------------------------- cold start


def test_n_initial_labels_come_from_the_cold_start(iris):
    X, y = iris
    seen = []

    def first_rows(learner, X, n_queries):
        seen.append(("cold", learner.n_labels_, n_queries))
        return np.arange(n_queries)

    def last_rows(learner, X, n_queries):
        seen.append(("warm", learner.n_labels_, n_queries))
        return np.arange(len(X))[::-1][:n_queries]

    learner = ActiveLearner(
        query_strategy=last_rows, cold_start=first_rows, n_initial=12, batch_size=5, budget=20
    ).fit(X, y)
    cold, warm = [(0, 5), (5, 5), (10, 2)], [(12, 5), (17, 3)]
    assert seen == [("cold", *step) for step in cold] + [("warm", *step) for step in warm]
    assert learner.query_indices_.tolist() == [*range(12), *range(149, 141, -1)]


def test_no_cold_start_for_a_strategy_without_a_model(iris):
    X, y = iris

    def never(learner, X, n_queries):
        raise AssertionError("asked")

    learner = ActiveLearner(query_strategy=CoreSet(), cold_start=never, budget=20, random_state=0)
    assert learner.fit(X, y).n_labels_ == 20


def test_cold_start_goes_on_until_two_classes_are_there():
    X = np.arange(60.0)[:, None]
    y = (X[:, 0] >= 40).astype(int)

    def in_order(learner, X, n_queries):
        return np.arange(n_queries)

    learner = ActiveLearner(None, MarginSampling(), cold_start=in_order, budget=50, random_state=0)
    learner.fit(X, y)
    assert learner.query_indices_[:50].tolist()[:41] == list(range(41))
    with pytest.raises(ValueError, match="budget of 30 .*only 1 class"):
        learner.set_params(budget=30).fit(X, y)
    assert learner.n_labels_ == 30  # what was revealed is kept


def test_one_class_taught_is_kept_and_nothing_is_fitted(iris):
    X, y = iris
    ones = np.flatnonzero(y == 1)
    learner = ActiveLearner(random_state=0).teach(X[ones[:12]], y[ones[:12]])
    assert learner.n_labels_ == 12 and learner.classes_.tolist() == [1]
    with pytest.raises(NotFittedError):
        learner.predict(X)
    assert len(learner.query(X, exclude=ones[:12])) == 10
    others = np.flatnonzero(y != 1)[:3]
    learner.teach(X[others], y[others])
    assert learner.n_labels_ == 15 and set(learner.predict(X)) <= {0, 1, 2}


def test_fit_on_one_class_is_left_to_the_estimator(iris):
    X, y = iris
    one = np.zeros(150, dtype=int)
    with pytest.raises(ValueError, match="class"):
        ActiveLearner().fit(X, one)
    learner = ActiveLearner(DummyClassifier(), budget=20).fit(X, one)
    assert learner.predict(X[:3]).tolist() == [0, 0, 0]


def test_cold_start_that_needs_a_model(iris):
    with pytest.raises(ValueError, match="cold_start must pick without a fitted model.*Margin"):
        ActiveLearner(cold_start=MarginSampling(), budget=20).fit(*iris)


def test_taught_before_any_query_it_is_as_after_fit(iris):
    X, y = iris
    fitted = ActiveLearner(None, MarginSampling(), random_state=0).fit(X[:6], y[:6])
    taught = ActiveLearner(None, MarginSampling(), random_state=0).teach(X[:6], y[:6])
    assert_array_equal(fitted.query(X, 5), taught.query(X, 5))
    assert_array_equal(fitted.query(X, 5), MarginSampling()(fitted, X, 5))


def test_cold_start_has_a_stream_of_its_own(iris):
    X, y = iris

    def draw(learner, X, n_queries):
        return learner.random_state_.permutation(len(X))[:n_queries]

    simulated = ActiveLearner(query_strategy=draw, budget=40, random_state=0).fit(X, y)
    first = simulated.query_indices_[:10]
    live = ActiveLearner(query_strategy=draw, random_state=0).fit(X[first], y[first])
    taken = list(first)
    while len(taken) < 40:
        positions = live.query(X, exclude=taken)
        live.teach(X[positions], y[positions])
        taken.extend(positions)
    assert_array_equal(taken, simulated.query_indices_)


# ----------------------------------------------------------------- queries


def test_query_of_an_unfitted_learner_by_number(iris):
    X, _ = iris
    learner = ActiveLearner(random_state=0)
    assert learner.query(X, 17).shape == (17,)
    assert ActiveLearner(batch_size=3, random_state=0).query(X).shape == (3,)


def test_batches_of_a_random_cold_start_concatenate(iris):
    X, y = iris
    whole = ActiveLearner(None, MarginSampling(), random_state=5, n_initial=40).query(X, 40)
    learner, taken = ActiveLearner(None, MarginSampling(), random_state=5, n_initial=40), []
    for n in (1, 2, 17, 20):
        positions = learner.query(X, n, exclude=taken)
        learner.teach(X[positions], y[positions])
        taken.extend(positions)
    assert_array_equal(taken, whole)


@pytest.mark.parametrize("state", [None, 0, np.random.RandomState(0)])
def test_random_states(iris, state):
    X, y = iris
    learner = ActiveLearner(query_strategy=RandomSampling(), budget=30, random_state=state)
    first = learner.fit(X, y).query_indices_
    second = learner.fit(X, y).query_indices_
    assert np.array_equal(first, second) == isinstance(state, int)


def test_two_queries_move_the_stream(iris):
    X, _ = iris
    learner = ActiveLearner(query_strategy=RandomSampling(), random_state=0)
    assert not np.array_equal(learner.query(X), learner.query(X))


def test_an_int_seeds_the_wrapped_estimator_too(iris):
    X, y = iris
    forest = RandomForestClassifier(5)
    picks = [
        ActiveLearner(forest, budget=40, random_state=1).fit(X, y).query_indices_ for _ in range(2)
    ]
    assert_array_equal(*picks)
    chosen = RandomForestClassifier(5, random_state=7)
    assert ActiveLearner(chosen, random_state=1).fit(X, y).estimator_.random_state == 7
    assert ActiveLearner(forest).fit(X, y).estimator_.random_state is None
    assert forest.random_state is None


def test_exclude_in_every_form(iris):
    X, y = iris
    learner = ActiveLearner(None, MarginSampling()).fit(X[:20], y[:20])
    mask = np.arange(150) < 100
    expected = learner.query(X, 20, exclude=mask)
    positions = range(100)
    small = np.arange(100, dtype=np.uint8)
    for form in (positions, set(positions), tuple(positions), small, mask.tolist()):
        assert_array_equal(learner.query(X, 20, exclude=form), expected)
    assert_array_equal(learner.query(X, 5, exclude=[]), learner.query(X, 5))
    assert_array_equal(learner.query(X, 5, exclude=[7, 7]), learner.query(X, 5, exclude=[7]))


@pytest.mark.parametrize(
    "exclude, error, message",
    [
        ([150], ValueError, "position 150, but the pool has rows 0 to 149"),
        ([-1], ValueError, "position -1"),
        (np.zeros(149, dtype=bool), ValueError, "mask of length 149, but the pool has 150"),
        ([0.5], TypeError, "exclude must be"),
        (["a"], TypeError, "exclude must be"),
        ([[1, 2]], TypeError, "exclude must be"),
        (np.arange(150), ValueError, "no row is free"),
    ],
)
def test_bad_exclude(iris, exclude, error, message):
    X, y = iris
    with pytest.raises(error, match=message):
        ActiveLearner().fit(X[:20], y[:20]).query(X, 3, exclude=exclude)


@pytest.mark.parametrize(
    "n_queries, error", [(-1, ValueError), (2.5, TypeError), ("3", TypeError), (True, TypeError)]
)
def test_bad_n_queries(iris, n_queries, error):
    X, y = iris
    with pytest.raises(error, match="n_queries must be"):
        ActiveLearner().fit(X[:20], y[:20]).query(X, n_queries)


@pytest.mark.parametrize(
    "answer, error, message",
    [
        ([0, 0], ValueError, "answers returned a position twice"),
        ([0, 150], ValueError, "answers returned position 150"),
        ([-1, 0], ValueError, "answers returned position -1"),
        ([0], ValueError, "answers returned 1 positions"),
        ([0, 1, 2], ValueError, "answers returned 3 positions"),
        ([0.0, 1.0], TypeError, "answers returned .*int positions"),
        (([0, 1], "metrics"), (TypeError, ValueError), "inhomogeneous|answers"),
        (None, TypeError, "answers returned None"),
        ([[0, 1]], TypeError, "answers returned"),
    ],
)
def test_a_strategy_that_answers_wrongly_is_named(iris, answer, error, message):
    X, y = iris

    def answers(learner, X, n_queries):
        return answer

    with pytest.raises(error, match=message):
        ActiveLearner(query_strategy=answers).fit(X[:20], y[:20]).query(X, 2)


def test_errors_of_a_strategy_come_through(iris):
    X, y = iris

    def fails(learner, X, n_queries):
        raise ZeroDivisionError("mine")

    learner = ActiveLearner(query_strategy=fails).fit(X[:20], y[:20])
    with pytest.raises(ZeroDivisionError, match="mine"):
        learner.query(X, 2)
    assert learner.n_labels_ == 20


def test_a_function_is_given_the_free_rows_alone(iris):
    X, y = iris
    given = []

    def first(learner, X, n_queries):
        given.append(X)
        return range(n_queries)

    learner = ActiveLearner(query_strategy=first).fit(X[:20], y[:20])
    assert learner.query(X, 2, exclude=[0, 1, 3]).tolist() == [2, 4]
    assert_array_equal(given[-1], np.delete(X, [0, 1, 3], axis=0))
    learner.query(X, 2)
    assert given[-1] is X


def test_other_columns_than_taught(iris):
    X, y = iris
    learner = ActiveLearner().fit(X, y)
    with pytest.raises(ValueError, match="3 features, but ActiveLearner is expecting 4"):
        learner.query(X[:, :3])
    with pytest.raises(ValueError, match="3 features, but ActiveLearner is expecting 4"):
        learner.teach(X[:, :3], y)
    assert learner.n_labels_ == 150


# ------------------------------------------------------------------- teach


def test_teach_adds_and_fit_forgets(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).teach(X[:20], y[:20]).teach(X[20:50], y[20:50])
    assert learner.n_labels_ == 50
    assert_array_equal(learner.X_labeled_, X[:50])
    assert_array_equal(learner.predict_proba(X), GaussianNB().fit(X[:50], y[:50]).predict_proba(X))
    assert learner.fit(X[:30], y[:30]).n_labels_ == 30


def test_teach_returns_self_and_takes_single_rows(iris):
    X, y = iris
    learner = ActiveLearner()
    assert learner.teach(X[:20], y[:20]) is learner
    assert learner.teach(X[[20]], y[[20]]).n_labels_ == 21
    with pytest.raises(ValueError, match="Reshape your data"):
        learner.teach(X[21], y[[21]])
    assert learner.n_labels_ == 21


def test_a_new_class_extends_classes(iris):
    X, y = iris
    two = np.flatnonzero(y > 0)[:30]
    learner = ActiveLearner(GaussianNB()).fit(X[two], y[two])
    assert learner.classes_.tolist() == [1, 2]
    zero = np.flatnonzero(y == 0)[:5]
    learner.teach(X[zero], y[zero])
    assert learner.classes_.tolist() == [0, 1, 2]
    assert learner.predict(X[y == 0]).tolist() == [0] * 50
    assert learner.predict_proba(X).shape == (150, 3)


def test_labels_survive_a_refit_that_raises(iris, set_broken):
    X, y = iris
    learner = ActiveLearner(FailsOnDemand(), random_state=0).teach(X[:20], y[:20])
    before = learner.predict_proba(X)
    set_broken(True)
    with pytest.raises(RuntimeError, match="out of memory"):
        learner.teach(X[20:30], y[20:30])
    set_broken(False)
    assert learner.n_labels_ == 30
    assert_array_equal(learner.y_labeled_, y[:30])
    assert_array_equal(learner.predict_proba(X), before)
    assert len(learner.query(X, exclude=range(30))) == 10
    learner.teach(X[30:35], y[30:35])
    assert_array_equal(learner.predict_proba(X), GaussianNB().fit(X[:35], y[:35]).predict_proba(X))


def test_first_labels_survive_a_fit_that_raises(iris, set_broken):
    X, y = iris
    learner = ActiveLearner(FailsOnDemand(), MarginSampling(), random_state=0)
    set_broken(True)
    for call in (learner.teach, learner.fit):
        with pytest.raises(RuntimeError, match="out of memory"):
            call(X[:20], y[:20])
        assert learner.n_labels_ == 20
    assert len(learner.query(X, exclude=range(20))) == 10  # by the cold start
    with pytest.raises(RuntimeError, match="out of memory"):
        learner.teach(X[20:30], y[20:30])
    set_broken(False)
    assert learner.teach(X[30:40], y[30:40]).n_labels_ == 40
    assert_array_equal(learner.predict_proba(X), GaussianNB().fit(X[:40], y[:40]).predict_proba(X))


def test_a_new_class_in_a_teach_whose_refit_raises(iris, set_broken):
    X, y = iris
    two = np.flatnonzero(y > 0)[:30]
    zero = np.flatnonzero(y == 0)[:5]
    learner = ActiveLearner(FailsOnDemand()).fit(X[two], y[two])
    set_broken(True)
    with pytest.raises(RuntimeError):
        learner.teach(X[zero], y[zero])
    set_broken(False)
    assert learner.classes_.tolist() == [0, 1, 2]
    assert learner.predict_proba(X).shape == (150, 3)  # the model of before, 0 for the new class
    assert (learner.predict_proba(X)[:, 0] == 0).all()


@pytest.mark.parametrize(
    "rows, labels, message",
    [
        (slice(20, 30), slice(20, 29), "inconsistent numbers of samples"),
        (slice(20, 20), slice(20, 20), "0 sample"),
        (slice(20, 30), None, "requires y"),
    ],
)
def test_bad_teaching_changes_nothing(iris, rows, labels, message):
    X, y = iris
    learner = ActiveLearner().fit(X[:20], y[:20])
    with pytest.raises(ValueError, match=message):
        learner.teach(X[rows], None if labels is None else y[labels])
    assert learner.n_labels_ == len(learner.y_labeled_) == len(learner.X_labeled_) == 20


@pytest.mark.parametrize(
    "labels, error, message",
    [
        (["a"] * 5, TypeError, "labels of dtype .* cannot join"),
        ([True, False] * 2 + [True], TypeError, "labels of dtype bool cannot join"),
        ([0.5, 1.5, 2.5, 0.1, 0.2], ValueError, "Unknown label type"),
        ([0, 1, np.nan, 0, 1], ValueError, "NaN"),
    ],
)
def test_bad_labels_change_nothing(iris, labels, error, message):
    X, y = iris
    learner = ActiveLearner().fit(X[:20], y[:20])
    with pytest.raises(error, match=message):
        learner.teach(X[20:25], labels)
    assert learner.n_labels_ == 20


def test_nan_rows_are_refused_before_anything_is_kept(iris):
    X, y = iris
    bad = X.copy()
    bad[22, 1] = np.nan
    learner = ActiveLearner().fit(X[:20], y[:20])
    with pytest.raises(ValueError, match="NaN"):
        learner.teach(bad[20:25], y[20:25])
    assert learner.n_labels_ == 20
    with pytest.raises(ValueError, match="NaN"):
        ActiveLearner(query_strategy=RandomSampling(), budget=20).fit(bad, y)


def test_resumes_from_a_pickle_without_the_pool(iris):
    X, y = iris
    learner = ActiveLearner(query_strategy=CoreSet()).fit(X[:20], y[:20])
    learner.query(X)
    assert learner._memory is not None
    assert pickle.loads(pickle.dumps(learner))._memory is None


# --------------------------------------------------------------------- run


def test_run_stops_at_the_budget_and_goes_on(iris):
    X, y = iris
    asked = []

    def oracle(positions):
        asked.append(positions)
        return y[positions]

    learner = ActiveLearner(budget=25, random_state=0)
    assert learner.run(X, oracle, exclude=[0, 1]) is learner
    taken = np.concatenate(asked)
    assert [len(batch) for batch in asked] == [10, 10, 5]
    assert not set(taken) & {0, 1} and len(set(taken.tolist())) == 25
    learner.set_params(budget=30).run(X, oracle, exclude=[0, 1, *taken])
    assert learner.n_labels_ == 30


def test_run_without_a_budget_labels_all(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), batch_size=40, random_state=0)
    assert learner.run(X, lambda positions: y[positions]).n_labels_ == 150


def test_labels_survive_an_oracle_that_gives_up(iris):
    X, y = iris

    def oracle(positions, calls=[]):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return y[positions]

    learner = ActiveLearner(budget=50, random_state=0)
    with pytest.raises(KeyboardInterrupt):
        learner.run(X, oracle)
    assert learner.n_labels_ == 20 and learner.predict(X).shape == (150,)


def test_oracle_with_too_few_labels(iris):
    X, y = iris
    for answer in (lambda positions: y[positions[:-1]], lambda positions: None):
        with pytest.raises(ValueError, match="oracle was asked for 10 labels and returned"):
            ActiveLearner(budget=20).run(X, answer)
    with pytest.raises(TypeError, match="oracle must be a callable"):
        ActiveLearner(budget=20).run(X, y)


# ----------------------------------------------------------------- predict


def test_classes_never_revealed_have_probability_zero(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), RandomSampling(), budget=12, random_state=0).fit(X, y)
    found = np.unique(learner.y_labeled_)
    assert len(found) < 10 and learner.classes_.tolist() == list(range(10))
    proba = learner.predict_proba(X)
    assert proba.shape == (300, 10)
    assert_allclose(proba.sum(axis=1), 1)
    hidden = np.setdiff1d(learner.classes_, found)
    assert (proba[:, hidden] == 0).all()
    assert np.isneginf(learner.predict_log_proba(X)[:, hidden]).all()
    assert set(learner.predict(X)) <= set(found)
    assert_array_equal(learner.predict(X), learner.classes_[proba.argmax(axis=1)])


@pytest.mark.parametrize("n_found", [2, 3])
def test_decision_values_of_classes_never_revealed(n_found):
    X = np.repeat(np.eye(4), 10, axis=0)
    y = np.repeat(list("abcd"), 10)
    order = np.concatenate([np.arange(10 * n_found), np.arange(10 * n_found, 40)])

    def in_order(learner, X, n_queries):
        return np.arange(n_queries)

    learner = ActiveLearner(
        LinearSVC(), in_order, cold_start=in_order, budget=10 * n_found
    ).fit(X[order], y[order])
    values = learner.decision_function(X)
    assert values.shape == (40, 4)
    assert (values[:, n_found:] == np.finfo(float).min).all()
    assert_array_equal(learner.classes_[values.argmax(axis=1)], learner.predict(X))
    assert_array_equal(learner.predict(X)[: 10 * n_found], y[: 10 * n_found])


def test_methods_follow_the_estimator(iris):
    assert not hasattr(ActiveLearner(LinearSVC()), "predict_proba")
    assert hasattr(ActiveLearner(LinearSVC()), "decision_function")
    assert not hasattr(ActiveLearner(GaussianNB()), "decision_function")
    learner = ActiveLearner(LinearSVC()).fit(*iris)
    assert not hasattr(learner, "predict_proba")
    with pytest.raises(AttributeError, match="predict_proba"):
        learner.predict_proba


def test_one_against_one_decision_values_pass_as_they_are(digits):
    X, y = digits
    learner = ActiveLearner(SVC(decision_function_shape="ovo")).fit(X, y)
    assert learner.decision_function(X).shape == (300, 45)


def test_string_labels(iris):
    X, y = iris
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    learner = ActiveLearner(GaussianNB(), budget=30, random_state=0).fit(X, names)
    assert learner.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    numbers = ActiveLearner(GaussianNB(), budget=30, random_state=0).fit(X, y)
    assert_array_equal(numbers.query_indices_, learner.query_indices_)
    assert_array_equal(learner.predict(X), learner.classes_[numbers.predict(X)])


def test_class_weights_are_given_in_the_users_labels(iris):
    X, y = iris
    names = np.array(["a", "b", "c"])[y]
    weights = {"a": 1.0, "b": 10.0, "c": 1.0}
    plain = LogisticRegression(class_weight=weights).fit(X, names)
    learner = ActiveLearner(LogisticRegression(class_weight=weights)).fit(X, names)
    assert_allclose(learner.predict_proba(X), plain.predict_proba(X))
    two = names != "a"
    learner.fit(X[two], names[two])
    plain = LogisticRegression(class_weight={"b": 10.0, "c": 1.0}).fit(X[two], names[two])
    assert_allclose(learner.predict_proba(X), plain.predict_proba(X))


def test_unfitted(iris):
    for method in ("predict", "predict_proba", "decision_function", "score"):
        with pytest.raises(NotFittedError):
            getattr(ActiveLearner(), method)(*iris[: 2 if method == "score" else 1])


# -------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    "params, error, message",
    [
        ({"budget": 0}, ValueError, "'budget' .* must be an int in the range .* Got 0"),
        ({"batch_size": None}, TypeError, "'batch_size' parameter"),
        ({"n_initial": -3}, ValueError, "'n_initial' parameter"),
        ({"estimator": "svm"}, TypeError, "'estimator' .* must be a classifier .* Got 'svm'"),
        ({"query_strategy": "margin"}, TypeError, "'query_strategy' .* must be a callable"),
        ({"query_strategy": MarginSampling}, TypeError, r"Did you mean MarginSampling\(\)\?"),
        ({"cold_start": 3}, TypeError, "'cold_start' .* must be a callable .* Got 3"),
    ],
)
def test_bad_parameters(iris, params, error, message):
    X, y = iris
    learner = ActiveLearner(**params)
    for call in (lambda: learner.fit(X, y), lambda: learner.teach(X, y), lambda: learner.query(X)):
        with pytest.raises(error, match=message):
            call()


def test_the_users_objects_are_left_alone(iris):
    X, y = iris
    estimator, strategy = GaussianNB(), BalancedQuery()
    learner = ActiveLearner(estimator, strategy, budget=30, random_state=0).fit(X, y)
    assert not hasattr(estimator, "classes_") and not hasattr(strategy, "classes_")
    assert learner.estimator is estimator and learner.query_strategy is strategy


def test_clone_and_diagram(iris):
    learner = ActiveLearner(GaussianNB(), BalancedQuery(), budget=30).fit(*iris)
    assert not hasattr(clone(learner), "estimator_")
    assert "GaussianNB" in learner._repr_html_() and "BalancedQuery" in learner._repr_html_()


def test_verbose(iris, capsys):
    ActiveLearner(budget=20, verbose=1, random_state=0).fit(*iris)
    assert capsys.readouterr().out.splitlines() == [
        "[ActiveLearner] 10/20 labels, 3 classes",
        "[ActiveLearner] 20/20 labels, 3 classes",
    ]


def test_n_jobs_gives_the_same_picks(digits):
    X, y = digits
    one = ActiveLearner(budget=40, random_state=0).fit(X, y)
    two = ActiveLearner(budget=40, random_state=0, n_jobs=2).fit(X, y)
    assert_array_equal(one.query_indices_, two.query_indices_)


# -------------------------------------------------------------- fit params


def test_sample_weight_follows_its_rows(iris):
    X, y = iris
    weights = np.random.RandomState(0).rand(150)
    learner = ActiveLearner(GaussianNB(), budget=30, random_state=0)
    learner.fit(X, y, sample_weight=weights)
    taken = learner.query_indices_
    plain = GaussianNB().fit(X[taken], y[taken], sample_weight=weights[taken])
    assert_allclose(learner.predict_proba(X), plain.predict_proba(X))
    live, rows = ActiveLearner(GaussianNB(), budget=30, random_state=0), []
    while live.n_labels_ < 30:
        picks = live.query(X, exclude=rows)
        live.teach(X[picks], y[picks], sample_weight=weights[picks])
        rows.extend(picks)
    assert_array_equal(rows, taken)


def test_sample_weight_with_some_labels_only(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).fit(X[:20], y[:20], sample_weight=np.ones(20))
    with pytest.raises(ValueError, match="sample_weight.*some of the labels only"):
        learner.teach(X[20:30], y[20:30])
    assert learner.n_labels_ == 20


def test_metadata_routing(iris):
    X, y = iris
    weights = np.random.RandomState(0).rand(150)
    with config_context(enable_metadata_routing=True):
        estimator = GaussianNB().set_fit_request(sample_weight=True)
        learner = ActiveLearner(estimator, budget=30, random_state=0)
        learner.fit(X, y, sample_weight=weights)
        learner.set_params(budget=40).teach(X[:5], y[:5], sample_weight=weights[:5])
    rows = [*learner.query_indices_, *range(5)]
    plain = GaussianNB().fit(X[rows], y[rows], sample_weight=weights[rows])
    assert_allclose(learner.predict_proba(X), plain.predict_proba(X))
    with config_context(enable_metadata_routing=True):
        with pytest.raises(Exception, match="sample_weight"):
            ActiveLearner(GaussianNB(), budget=30).fit(X, y, sample_weight=weights)


def test_parameters_without_rows_pass_as_they_are(iris):
    X, y = iris
    seen = []

    class Recorder(GaussianNB):
        def fit(self, X, y, note=None):
            seen.append((len(X), note))
            return super().fit(X, y)

    learner = ActiveLearner(Recorder(), MarginSampling(), budget=20, random_state=0)
    learner.fit(X, y, note="hello")
    assert seen == [(10, "hello"), (20, "hello")]


# ------------------------------------------------------------------- rounds


def test_play_yields_every_round(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), RandomSampling(), budget=35, random_state=0)
    sizes = [(one.n_labels_, one.predict(X).shape) for one in learner.play(X, y, every_round=True)]
    assert sizes == [(n, (150,)) for n in (10, 20, 30, 35)]
    assert_array_equal(learner.query_indices_, clone(learner).fit(X, y).query_indices_)


def test_a_simulation_fits_only_where_the_next_pick_needs_it(iris):
    X, y = iris
    fits = []

    class Counting(GaussianNB):
        def fit(self, X, y):
            fits.append(len(X))
            return super().fit(X, y)

    ActiveLearner(Counting(), RandomSampling(), budget=35, random_state=0).fit(X, y)
    assert fits == [35]
    fits.clear()
    ActiveLearner(Counting(), MarginSampling(), n_initial=20, budget=35, random_state=0).fit(X, y)
    assert fits == [20, 30, 35]


def test_no_warnings(digits):
    X, y = digits
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # with less smoothing the model is certain of every row: all margins are equal, so it warns
        model = GaussianNB(var_smoothing=0.1)
        ActiveLearner(model, BalancedQuery(), budget=40, random_state=0).fit(X, y)


def test_no_warning_for_a_batch_of_many_classes():
    X, y = np.arange(60.0)[:, None], np.arange(60) % 30
    learner = ActiveLearner(GaussianNB(), BalancedCoverage(), random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        learner.teach(X[:30], y[:30])
        learner.query(X, 3, exclude=range(30))


@pytest.mark.parametrize(
    "strategy",
    [
        BalancedQuery(MarginSampling),
        Diversified(MarginSampling),
        Mixture([MarginSampling]),
        Subsampled(MarginSampling),
        Filtered(MarginSampling, CoreSet),
        InformationDensity(MarginSampling),
    ],
)
def test_the_class_of_a_strategy_inside_another(iris, strategy):
    with pytest.raises(TypeError, match=r"Did you mean (MarginSampling|CoreSet)\(\)\?"):
        ActiveLearner(query_strategy=strategy, budget=30).fit(*iris)


def test_regressors_are_refused(iris):
    with pytest.raises(TypeError, match="'estimator' .* must be a classifier"):
        ActiveLearner(LinearRegression(), RandomSampling()).fit(*iris)


def test_rows_in_another_container(iris):
    X, y = iris
    learner = ActiveLearner().teach(X[:20], y[:20])
    for rows, kind in ((csr_array(X[20:25]), "sparse matrix"), (pd.DataFrame(X[20:25]), "pandas")):
        with pytest.raises(TypeError, match=f"a {kind}.* of rows cannot join the array"):
            learner.teach(rows, y[20:25])
    assert learner.n_labels_ == 20


def test_predictions_from_one_class_say_so(iris):
    X, _ = iris
    learner = ActiveLearner().teach(X[:3], ["a"] * 3)
    with pytest.raises(NotFittedError, match="3 labels taught are all of one class"):
        learner.predict(X)


def test_empty_pool():
    with pytest.raises(ValueError, match="so it is empty"):
        ActiveLearner(query_strategy=RandomSampling()).query(np.empty((0, 3)))
