"""Interrupts at every line of a call, and calls from several threads."""

import sys
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB

import skactive
from skactive import ActiveLearner
from skactive.query import BalancedQuery, CoreSet, MarginSampling, RandomSampling

ROOT = str(Path(skactive.__file__).parent)
X, y = load_iris(return_X_y=True)
ORDER = np.random.RandomState(0).permutation(150)
X, y = X[ORDER][:40], y[ORDER][:40]
WEIGHTS = np.linspace(1, 2, 40)
STRATEGIES = [
    MarginSampling(), CoreSet(), RandomSampling(), BalancedQuery(RandomSampling(), patience=2)
]
by_strategy = pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda s: type(s).__name__)


class Interrupt:
    """Raises KeyboardInterrupt before the n-th line of the package that is run."""

    def __init__(self, n):
        self.left = n

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(ROOT):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def interrupted(call, n):
    """Whether a call was interrupted before it ended."""
    before = sys.gettrace()
    sys.settrace(Interrupt(n))
    try:
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def at_every_line(make, call, check, step=1):
    """make() -> learner, call(learner) interrupted at each line, check(learner)."""
    n = 1
    while True:
        learner = make()
        if not interrupted(lambda: call(learner), n):
            assert n > 20
            return
        check_consistent(learner)
        check(learner)
        n += step


def check_consistent(learner):
    assert learner.n_labels_ == len(getattr(learner, "y_labeled_", ()))
    if learner.n_labels_:
        assert len(learner.X_labeled_) == learner.n_labels_
        assert learner.X_labeled_.shape[1] == learner.n_features_in_
        weights = learner._fit_params.values.get("sample_weight")
        assert weights is None or len(weights) == learner.n_labels_
        assert np.isin(learner.y_labeled_, learner.classes_).all()
    if hasattr(learner, "estimator_"):
        assert len(learner.predict_proba(X)[0]) == len(learner.classes_)
    if hasattr(learner, "query_indices_"):
        assert len(learner.query_indices_) <= learner.n_labels_


def taught(strategy=None, n=12, **params):
    learner = ActiveLearner(GaussianNB(), strategy or MarginSampling(), random_state=0, **params)
    return learner.teach(X[:n], y[:n], sample_weight=WEIGHTS[:n])


def test_teach():
    expected = taught().teach(X[12:20], y[12:20], sample_weight=WEIGHTS[12:20])

    def teach(learner):
        learner.teach(X[12:20], y[12:20], sample_weight=WEIGHTS[12:20])

    def check(learner):
        assert learner.n_labels_ in (12, 20)
        teach(learner)
        assert_array_equal(learner.X_labeled_, expected.X_labeled_)
        assert_array_equal(learner.y_labeled_, expected.y_labeled_)
        assert_array_equal(learner.predict_proba(X), expected.predict_proba(X))

    at_every_line(taught, teach, check)


def test_the_first_teach():
    expected = taught()

    def teach(learner):
        learner.teach(X[:12], y[:12], sample_weight=WEIGHTS[:12])

    def check(learner):
        teach(learner)
        assert_array_equal(learner.predict_proba(X), expected.predict_proba(X))
        assert_array_equal(learner.query(X, 5), expected.query(X, 5))

    at_every_line(lambda: ActiveLearner(GaussianNB(), MarginSampling(), random_state=0), teach,
                  check)


@pytest.mark.parametrize(
    "strategy, budget, step", [(MarginSampling(), None, 1), (STRATEGIES[3], 16, 17)]
)
def test_fit(strategy, budget, step):
    other = np.hstack([X, X[:, :1]])

    def make():
        return taught(strategy).set_params(budget=budget, batch_size=4, n_initial=8)

    expected = make().fit(other, y)
    n, learner = 1, make()
    while interrupted(lambda: learner.fit(other, y), n):
        assert learner.n_labels_ == len(getattr(learner, "y_labeled_", ()))
        if learner.n_features_in_ == 4:  # as it was
            assert learner.n_labels_ == 12 and learner.X_labeled_.shape == (12, 4)
            assert learner.predict(X).shape == (40,)
        learner.fit(other, y)
        assert_array_equal(learner.y_labeled_, expected.y_labeled_)
        assert_array_equal(learner.predict_proba(other), expected.predict_proba(other))
        n, learner = n + step, make()
    assert n > 50


@by_strategy
@pytest.mark.parametrize("n_before", [0, 1])
def test_query(strategy, n_before):
    budget = 14 if isinstance(strategy, BalancedQuery) else None  # it balances by now

    def make():
        learner = taught(strategy, budget=budget)
        for _ in range(n_before):
            learner.query(X, 4, exclude=range(12))
        return learner

    expected = make().query(X, 4, exclude=range(12))
    at_every_line(
        make,
        lambda learner: learner.query(X, 4, exclude=range(12)),
        lambda learner: assert_array_equal(learner.query(X, 4, exclude=range(12)), expected),
        step=5,
    )


def test_the_first_query():
    def make():
        return ActiveLearner(GaussianNB(), CoreSet(), random_state=0)

    expected = make().query(X, 4)
    at_every_line(
        make,
        lambda learner: learner.query(X, 4),
        lambda learner: assert_array_equal(learner.query(X, 4), expected),
    )


@by_strategy
def test_run_asks_nothing_twice(strategy):
    answered = []

    def oracle(positions):
        answered.extend(positions.tolist())
        return y[positions]

    def make():
        answered.clear()
        return ActiveLearner(
            GaussianNB(), strategy, budget=16, batch_size=4, n_initial=8, random_state=0
        )

    expected = make().run(X, oracle)

    def check(learner):
        learner.run(X, oracle)
        assert sorted(answered) == sorted(set(answered))
        assert_array_equal(learner.query_indices_, answered)
        assert_array_equal(learner.query_indices_, expected.query_indices_)
        assert_array_equal(learner.y_labeled_, y[answered])
        assert_array_equal(learner.predict_proba(X), expected.predict_proba(X))

    at_every_line(make, lambda learner: learner.run(X, oracle), check, step=47)


def test_relabel():
    right = y[:12].copy()
    right[[2, 5]] = [1, 0]
    expected = ActiveLearner(GaussianNB(), random_state=0).teach(X[:12], right)

    def make():
        return ActiveLearner(GaussianNB(), random_state=0).teach(X[:12], y[:12])

    def check(learner):
        learner.relabel([2, 5], [1, 0])
        assert_array_equal(learner.y_labeled_, right)
        assert_array_equal(learner.predict_proba(X), expected.predict_proba(X))

    at_every_line(make, lambda learner: learner.relabel([2, 5], [1, 0]), check)


# ----------------------------------------------------------------- threads


@pytest.mark.parametrize("strategy", [CoreSet(), BalancedQuery(CoreSet()), MarginSampling()])
def test_threads_that_query_one_learner(strategy):
    rng = np.random.RandomState(0)
    pool, labels = rng.randn(3000, 12), np.arange(3000) % 3
    budget = 40 if isinstance(strategy, BalancedQuery) else None
    learner = ActiveLearner(GaussianNB(), strategy, random_state=0, budget=budget)
    learner.fit(pool[:30], labels[:30])
    expected = clone(learner).fit(pool[:30], labels[:30]).query(pool, 20, exclude=range(30))
    results = []

    def ask():
        for _ in range(4):
            results.append(learner.query(pool, 20, exclude=range(30)))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    assert len(results) == 16
    for picks in results:
        assert_array_equal(picks, expected)


def test_threads_that_draw_do_not_draw_the_same():
    pool = np.random.RandomState(0).rand(2000, 3)
    learner = ActiveLearner(GaussianNB(), RandomSampling(), random_state=0)
    results = []
    threads = [Thread(target=lambda: results.append(learner.query(pool, 20))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({tuple(picks) for picks in results}) == 8
