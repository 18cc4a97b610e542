"""Labels are kept, counted once and corrected; errors name wrong labels."""

import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner
from skactive._learner._labels import join_labels
from skactive._learner._row_hashes import row_hashes
from skactive.pool import check_exclude, take_rows
from skactive.query import BalancedCoverage, CoreSet, MarginSampling, RandomSampling

from .failing import FailsOnDemand


def quiet():
    return warnings.catch_warnings(action="error")


# --------------------------------------------------------------------- run


def test_run_goes_on_without_asking_twice(iris):
    X, y = iris
    asked = []

    def oracle(positions):
        if len(asked) == 2:
            raise ConnectionError("gone home")
        asked.append(positions)
        return y[positions]

    learner = ActiveLearner(GaussianNB(), MarginSampling(), budget=50, random_state=0)
    with pytest.raises(ConnectionError):
        learner.run(X, oracle)
    assert_array_equal(learner.query_indices_, np.concatenate(asked))
    later = pickle.loads(pickle.dumps(learner))
    later.run(X.copy(), lambda positions: y[positions])  # the next day: another object
    straight = ActiveLearner(GaussianNB(), MarginSampling(), budget=50, random_state=0)
    straight.run(X, lambda positions: y[positions])
    assert_array_equal(later.query_indices_, straight.query_indices_)
    assert_array_equal(later.y_labeled_, y[later.query_indices_])
    assert len(set(later.query_indices_.tolist())) == 50


def test_run_after_a_simulation_on_the_same_rows(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), budget=30, random_state=0).fit(X, y)
    learner.set_params(budget=60).run(X, lambda positions: y[positions])
    assert len(set(learner.query_indices_.tolist())) == 60
    assert_array_equal(learner.X_labeled_, X[learner.query_indices_])


def test_run_on_another_pool_starts_its_positions_anew(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), budget=20, random_state=0)
    learner.run(X[:60], lambda positions: y[positions])
    learner.set_params(budget=40).run(X[60:], lambda positions: y[60 + positions])
    assert len(learner.query_indices_) == 20 and learner.n_labels_ == 40
    assert_array_equal(learner.X_labeled_[20:], X[60 + learner.query_indices_])


def test_an_interrupted_round_is_cut_to_the_budget_that_is_left(iris):
    X, y = iris
    asked = []

    def oracle(positions):
        asked.append(positions.tolist())
        if len(asked) == 3:
            raise KeyboardInterrupt
        return y[positions]

    strategy = RandomSampling()
    learner = ActiveLearner(GaussianNB(), strategy, budget=20, batch_size=5, random_state=0)
    with pytest.raises(KeyboardInterrupt):
        learner.run(X, oracle)
    rest = np.setdiff1d(np.arange(len(y)), np.concatenate(asked))[:8]
    learner.teach(X[rest], y[rest])
    learner.run(X, oracle)
    assert asked[3] == asked[2][:2] and len(asked) == 4
    assert learner.n_labels_ == 20
    assert learner.query_indices_.tolist() == [*asked[0], *asked[1], *asked[3]]
    assert_array_equal(learner.y_labeled_, y[[*asked[0], *asked[1], *rest, *asked[3]]])


def test_run_after_a_teach_by_hand(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), budget=20, random_state=0)
    learner.run(X, lambda positions: y[positions])
    rows = np.setdiff1d(np.arange(150), learner.query_indices_)[:5]
    learner.set_params(budget=45).teach(X[rows], y[rows])
    learner.run(X, lambda positions: y[positions])
    assert len(learner.query_indices_) == 40 == len(set(learner.query_indices_.tolist()))


def test_answers_are_kept_when_the_fit_fails(iris, set_broken):
    X, y = iris
    answered = []

    def oracle(positions):
        answered.extend(positions.tolist())
        set_broken(len(answered) == 20)
        return y[positions]

    learner = ActiveLearner(FailsOnDemand(), MarginSampling(), budget=40, random_state=0)
    with pytest.raises(RuntimeError) as info:
        learner.run(X, oracle)
    assert "10 labels of this call are kept (n_labels_ is 20)" in info.value.__notes__[0]
    set_broken(False)
    learner.run(X, oracle)
    assert_array_equal(learner.query_indices_, answered)
    assert len(set(answered)) == 40


def test_an_answer_that_is_none_is_asked_for_again(iris):
    X, y = iris
    answers = iter([None, [np.nan] * 10])
    learner = ActiveLearner(GaussianNB(), budget=20, random_state=0)
    asked = []

    def oracle(positions):
        asked.append(positions)
        return next(answers, y[positions])

    for error in ("returned None", "missing label"):
        with pytest.raises(ValueError, match=error):
            learner.run(X, oracle)
        assert learner.n_labels_ == 0
    learner.run(X, oracle)
    assert_array_equal(asked[0], asked[2])
    assert learner.n_labels_ == 20


# ------------------------------------------------------- rows taught already


CONTAINERS = {
    "array": lambda X: X,
    "single": lambda X: X.astype(np.float32),
    "images": lambda X: X.reshape(len(X), 1, 2, 2),
    "sparse": sparse.csr_array,
    "pandas": lambda X: pd.DataFrame(X, columns=list("abcd")),
    "polars": lambda X: pl.DataFrame(X, schema=list("abcd")),
    "series": lambda X: pd.Series([f"row {row}" for row in X.tolist()]),
    "list": lambda X: [f"row {row}" for row in X.tolist()],
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_equal_rows_have_equal_hashes(container):
    X = np.random.RandomState(0).randint(0, 3, (60, 4)).astype(float)
    hashes = row_hashes(container(X))
    assert hashes.dtype == np.uint64 and hashes.shape == (60,)
    assert_array_equal(np.unique(hashes, return_inverse=True)[1].ravel() >= 0, True)
    same = (X[:, None] == X[None]).all(axis=2)
    assert_array_equal(hashes[:, None] == hashes[None], same)


def test_hashes_of_dense_and_sparse_rows_agree():
    X = np.random.RandomState(0).poisson(0.5, (50, 9)) * 1.5
    assert_array_equal(row_hashes(X), row_hashes(sparse.csr_matrix(X)))
    assert_array_equal(row_hashes(np.array([[0.0]])), row_hashes(np.array([[-0.0]])))
    assert row_hashes([{"a": {1, 2}}]) is None


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_query_warns_of_rows_that_were_taught(container, iris):
    X, y = iris
    X = np.unique(X, axis=0)
    pool = container(X)
    learner = ActiveLearner(AnyRows(), in_order).teach(take_rows(pool, np.arange(20, 40)), y[:20])
    with pytest.warns(UserWarning, match="2 of the 3 picked rows .*row 20 .* at place 0 of"):
        assert learner.query(pool, 3, exclude=[*range(19)]).tolist() == [19, 20, 21]
    with quiet():
        learner.query(pool, 19, exclude=range(20, 40))


class AnyRows(GaussianNB):
    def fit(self, X, y):
        return super().fit(np.zeros((len(y), 1)), y)


def in_order(learner, X, n_queries):
    return np.arange(n_queries)


def test_a_pickled_learner_still_knows(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB(), in_order).teach(X[:20], y[:20])
    with pytest.warns(UserWarning, match="that were already taught"):
        pickle.loads(pickle.dumps(learner)).query(X, 3)


# ------------------------------------------------------------------ teach


@pytest.mark.parametrize("weights", [False, True])
def test_the_same_batch_after_an_error_does_not_count_twice(iris, set_broken, weights):
    X, y = iris
    given = {"sample_weight": np.ones(10)} if weights else {}
    learner = ActiveLearner(FailsOnDemand(), MarginSampling(), budget=30)
    learner.teach(X[:20], y[:20], **({"sample_weight": np.ones(20)} if weights else {}))
    set_broken(True)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="^out of memory") as info:
            learner.teach(X[20:30], y[20:30], **given)
        assert "10 labels of this call are kept" in info.value.__notes__[0]
        assert learner.n_labels_ == 30
    set_broken(False)
    wrong = y[20:30].copy()
    wrong[0] = (wrong[0] + 1) % 3
    learner.teach(X[20:30], wrong, **given)  # the last label counts
    assert learner.n_labels_ == 30 and learner.y_labeled_[20] == wrong[0]
    learner.set_params(budget=None).teach(X[20:30], y[20:30], **given)  # on purpose
    assert learner.n_labels_ == 40


def test_another_batch_after_an_error_is_added(iris, set_broken):
    X, y = iris
    learner = ActiveLearner(FailsOnDemand()).teach(X[:20], y[:20])
    set_broken(True)
    with pytest.raises(RuntimeError):
        learner.teach(X[20:30], y[20:30])
    set_broken(False)
    learner.teach(X[30:40], y[30:40])
    assert_array_equal(learner.X_labeled_, X[:40])


@pytest.mark.parametrize("second", [["a"] * 5, [[1, 2]] * 5, pd.Series(np.ones(5)), [1.0] * 5])
def test_fit_parameters_of_another_kind_change_nothing(iris, second):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).fit(X[:20], y[:20], sample_weight=np.ones(20))
    before = dict(vars(learner))
    if isinstance(second, list) and second == [1.0] * 5:
        assert learner.teach(X[20:25], y[20:25], sample_weight=second).n_labels_ == 25
        return
    message = "sample_weight is an? .* now, but was an array of .* numbers"
    with pytest.raises(TypeError, match=message):
        learner.teach(X[20:25], y[20:25], sample_weight=second)
    assert vars(learner) == before
    assert len(learner.X_labeled_) == len(learner.y_labeled_) == 20


@pytest.mark.parametrize("bad", [None, [1, 2], [0.5] * 30, [None] * 30])
def test_a_fit_that_is_refused_for_its_y_changes_nothing(iris, bad):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).fit(X, y)
    before = dict(vars(learner))
    with pytest.raises(ValueError):
        learner.fit(X[:30, :2], bad)
    assert vars(learner) == before
    assert learner.n_features_in_ == 4 and learner.predict(X).shape == (150,)


# ---------------------------------------------------------------- relabel


def test_relabel(iris):
    X, y = iris
    wrong = y.copy()
    wrong[[3, 7]] = (wrong[[3, 7]] + 1) % 3
    learner = ActiveLearner(GaussianNB(), budget=150, random_state=0).teach(X, wrong)
    assert learner.relabel([3, 7], y[[3, 7]]) is learner
    assert_array_equal(learner.y_labeled_, y)
    assert_allclose(learner.predict_proba(X), GaussianNB().fit(X, y).predict_proba(X))
    mask = np.arange(150) == 3
    assert learner.relabel(mask, wrong[[3]]).y_labeled_[3] == wrong[3]
    assert learner.relabel(3, [y[3]]).y_labeled_[3] == y[3]
    assert wrong[3] != y[3]  # what was given is left alone


def test_relabel_removes_a_misspelled_class(iris):
    X, y = iris
    names = np.array(["rose", "iris", "aster"])[y].astype(object)
    names[4] = "a very long wrong name"
    learner = ActiveLearner(GaussianNB()).teach(X[:20], names[:20])
    assert "a very long wrong name" in learner.classes_
    learner.relabel([4], ["hyacinthus orientalis"])
    assert learner.y_labeled_[4] == "hyacinthus orientalis"  # longer than the others: not cut
    learner.relabel([4], ["aster"])
    assert learner.classes_.tolist() == ["aster", "iris", "rose"]
    assert set(learner.predict(X)) <= {"aster", "iris", "rose"}


def test_relabel_keeps_the_classes_of_a_simulation(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), RandomSampling(), budget=12, random_state=0).fit(X, y)
    learner.relabel([0], [learner.y_labeled_[1]])
    assert learner.classes_.tolist() == list(range(10))


def test_relabel_to_one_class(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).teach(X[:2], ["a", "b"]).relabel([1], ["a"])
    with pytest.raises(NotFittedError, match="the 2 labels taught are all of one class, 'a'"):
        learner.predict(X)


def test_picks_after_relabel_are_those_of_the_right_labels(iris):
    from skactive.query import BalancedQuery

    X, y = iris
    wrong = y[:30].copy()
    wrong[:9] = 0

    def learner(labels):
        strategy = BalancedQuery(CoreSet())
        learner = ActiveLearner(GaussianNB(), strategy, budget=36, random_state=0)
        return learner.teach(X[:30], labels)

    corrected = learner(wrong)
    corrected.query(X, 5, exclude=range(30))
    corrected.relabel(np.arange(30), y[:30])
    expected = learner(y[:30])
    assert_array_equal(
        corrected.query(X, 5, exclude=range(30)), expected.query(X, 5, exclude=range(30))
    )


@pytest.mark.parametrize(
    "rows, labels, error, message",
    [
        ([20], [1], ValueError, "rows holds 20, but y_labeled_ has the places 0 to 19"),
        ([-1], [1], ValueError, "rows holds -1"),
        ([1, 1], [1, 1], ValueError, "a place twice"),
        ([1, 2], [1], ValueError, "has 2 places, but y has 1 labels"),
        ([0.5], [1], TypeError, "rows must hold places"),
        (np.ones(3, dtype=bool), [1], TypeError, "a mask of length 20"),
        ([1], [None], ValueError, "missing label, None, at position 0"),
        ([1], ["a"], TypeError, "cannot join"),
    ],
)
def test_bad_relabel_changes_nothing(iris, rows, labels, error, message):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).fit(X[:20], y[:20])
    before = dict(vars(learner))
    with pytest.raises(error, match=message):
        learner.relabel(rows, labels)
    assert vars(learner) == before
    with pytest.raises(ValueError, match="nothing was taught yet"):
        ActiveLearner().relabel([0], [1])


# ----------------------------------------------------------------- labels


@pytest.mark.parametrize(
    "labels",
    [
        ["a", None, "b"],
        ["a", np.nan, "b"],
        np.array(["a", None, "b"], dtype=object),
        np.array([0.0, np.nan, 1.0]),
        pd.Series(["a", pd.NA, "b"], dtype="string"),
        pd.Series([1, pd.NA, 2], dtype="Int64"),
        pd.Series(["a", None, "b"]),
        pl.Series(["a", None, "b"]),
        [0, None, 1],
    ],
)
def test_a_missing_label_is_named_with_its_place(iris, labels):
    learner = ActiveLearner(GaussianNB())
    for call in (learner.fit, learner.teach):
        with pytest.raises(ValueError, match="missing label, .*at position 1.*leave out the rows"):
            call(iris[0][:3], labels)
    assert learner.n_labels_ == 0


def test_an_empty_string_is_a_label(iris):
    learner = ActiveLearner(GaussianNB()).teach(iris[0][:4], ["", "a", "", "a"])
    assert learner.classes_.tolist() == ["", "a"]


@pytest.mark.parametrize("first, second", [(int, float), (float, int), (np.uint8, float)])
def test_3_and_3_point_0_are_one_class(iris, first, second):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).teach(X[:30], y[:30].astype(first) + first(3))
    known = learner.classes_.dtype.kind
    learner.teach(X[30:60], y[30:60].astype(second) + second(3))
    assert learner.classes_.tolist() == [3, 4, 5]
    assert (learner.classes_.dtype.kind == "f") == (known == "f")


def test_large_integers_stay_apart():
    big = 2**53
    signed = np.array([big, big + 1], dtype=np.int64)
    unsigned = np.array([big + 1, big + 2], dtype=np.uint64)
    assert np.unique(join_labels(signed, unsigned)).tolist() == [big, big + 1, big + 2]
    assert np.unique(join_labels(unsigned, signed)).tolist() == [big, big + 1, big + 2]
    huge = join_labels(np.array([-1], dtype=np.int64), np.array([2**64 - 1], dtype=np.uint64))
    assert huge.tolist() == [-1, 2**64 - 1]
    assert join_labels(np.array([3.0]), signed).tolist() == [3, big, big + 1]
    X = np.arange(4.0)[:, None]
    learner = ActiveLearner(GaussianNB()).teach(X[:2], signed).teach(X[2:], unsigned)
    assert len(learner.classes_) == 3
    assert set(learner.predict(X).tolist()) <= set(learner.classes_.tolist())


@pytest.mark.parametrize("other", [" cat", "Cat", "cat ", "CAT\n"])
def test_a_label_that_is_nearly_a_known_class_warns(iris, other):
    X, _ = iris
    learner = ActiveLearner(GaussianNB()).teach(X[:4], ["cat", "dog", "cat", "dog"])
    with pytest.warns(UserWarning, match=r"position 1 of y differs from the class 'cat'.*relabel"):
        learner.teach(X[4:6], ["dog", other])
    with quiet():
        learner.teach(X[6:8], [other, "bird"])  # known by now
    assert other in learner.classes_


def test_strings_and_numbers_in_one_batch(iris):
    with pytest.raises(TypeError, match="labels of one type, .* have the types int, str"):
        ActiveLearner().teach(iris[0][:3], [1, "a", 2])


def test_one_class_only_warns_once(iris):
    X, _ = iris
    learner = ActiveLearner(GaussianNB())
    with quiet():
        learner.teach(X[:19], ["a"] * 19)
    with pytest.warns(UserWarning, match="all 20 labels so far are of one class, 'a'.*go on"):
        learner.teach(X[19:20], ["a"])
    with quiet():
        learner.teach(X[20:30], ["a"] * 10)
        learner.teach(X[30:31], ["b"])
    assert set(learner.predict(X)) <= {"a", "b"}


@pytest.mark.parametrize(
    "parameters, way",
    [
        ({"query_strategy": MarginSampling()}, "drawn at random; cold_start=BalancedCoverage"),
        ({"query_strategy": CoreSet()}, "go on: the next rows are chosen without a model"),
        ({"query_strategy": MarginSampling(), "cold_start": CoreSet()}, "go on"),
        ({"cold_start": RandomSampling()}, "drawn at random"),
    ],
)
def test_the_way_to_other_classes(iris, parameters, way):
    learner = ActiveLearner(make_pipeline(StandardScaler(), GaussianNB()), **parameters)
    with pytest.warns(UserWarning, match=way):
        learner.teach(iris[0][:20], ["a"] * 20)


def test_why_nothing_is_fitted(iris, set_broken):
    X, y = iris
    learner = ActiveLearner(FailsOnDemand())
    set_broken(True)
    with pytest.raises(RuntimeError):
        learner.teach(X[:20], y[:20])
    with pytest.raises(NotFittedError, match="fit of FailsOnDemand on the 20 labels") as info:
        learner.predict(X)
    assert "one class" not in str(info.value)


# ---------------------------------------------------------------- exclude


def test_zeros_and_ones_as_integers_warn(iris):
    X, y = iris
    mask = np.zeros(150, dtype=int)
    mask[:20] = 1
    learner = ActiveLearner(GaussianNB()).fit(X[:20], y[:20])
    with pytest.warns(UserWarning, match="150 integers that are all 0 or 1.*astype.bool"):
        check_exclude(mask, 150)
    with quiet():
        check_exclude(mask.astype(bool), 150)
        check_exclude([0, 1], 2)
        check_exclude([0, 1, 2], 3)
        check_exclude([1, 1, 1], 3)
    assert learner.n_labels_ == 20


def test_the_strategy_that_is_asked(iris):
    X, y = iris
    learner = ActiveLearner(GaussianNB()).fit(X, y)
    assert isinstance(learner.strategy_, BalancedCoverage)
    chosen = CoreSet()
    learner.set_params(query_strategy=chosen).query(X, 2, exclude=range(148))
    assert learner.strategy_ is chosen


def test_why_a_taught_row_is_picked_again(iris):
    X, y = iris
    X, keep = np.unique(X, axis=0, return_index=True)
    picked, order = np.arange(40), np.random.RandomState(0).permutation(len(X))
    twice = np.concatenate([X, X[:5]])
    learner = ActiveLearner(None, RandomSampling(), random_state=0)
    learner.teach(X[picked], y[keep][picked])
    for pool, exclude, cause in [
        (X, None, "Pass the labeled rows as exclude="),
        (X, picked[:30], "exclude lacks 10 of the 40 labeled rows; add their positions"),
        (X[order], picked, "exclude lacks 2. of the 40 .* never taught.*sorted, shuffled"),
        (X[order], np.arange(len(X)) < 40, "exclude lacks 2. of the 40 .* never taught"),
        (twice, picked, "All labeled rows are excluded, so the pool holds duplicates"),
        (twice, np.arange(45), "All labeled rows are excluded, so the pool holds duplicates"),
    ]:
        with pytest.warns(UserWarning, match=f"equal rows that were already taught.*{cause}"):
            learner.query(pool, 104, exclude=exclude)
