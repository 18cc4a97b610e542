"""Tests of every strategy that the package exports."""

import inspect
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import MarginSampling, QueryStrategy, RandomSampling

from .plain import by_key
from .strategies import ARGUMENTS, NEED_LABELS, all_strategies, exported, modules, plain_function

STRATEGIES = all_strategies()

# attributes that a query may change: its random stream, and notes on the pool and on its picks
UNSEEN = ("random_state_", "_memory", "_picked", "_checked_pool")


def name_of(strategy):
    return repr(strategy).replace("\n", "").replace(" ", "")


every_strategy = pytest.mark.parametrize("strategy", STRATEGIES, ids=name_of)
every_strategy_and_function = pytest.mark.parametrize(
    "strategy", [*STRATEGIES, plain_function], ids=[*map(name_of, STRATEGIES), "plain_function"]
)


def is_deterministic(strategy):
    """Whether no pick of a taught learner moves its random stream."""
    rng = np.random.RandomState(0)
    X, y = rng.rand(60, 5), np.arange(60) % 3
    learner = learner_with(strategy).fit(X[:20], y[:20])
    before = learner.random_state_.get_state()[1:3]
    learner.query(X, 5)
    after = learner.random_state_.get_state()[1:3]
    return before[1] == after[1] and np.array_equal(before[0], after[0])


def some_strategies(condition):
    """Those that meet a condition; none is skipped."""
    chosen = [strategy for strategy in STRATEGIES if condition(strategy)]
    return pytest.mark.parametrize("strategy", chosen, ids=name_of)


def learner_with(strategy, **params):
    params = {"budget": 40, "batch_size": 5, "random_state": 0, **params}
    return ActiveLearner(GaussianNB(var_smoothing=1.0), strategy, **params)


def taught(strategy, digits, n=15, **params):
    X, y = digits
    return learner_with(strategy, **params).fit(X[:n], y[:n])


def test_every_strategy_is_tested():
    names = {cls.__name__ for cls in exported(*modules())}
    tested = {type(strategy).__name__ for strategy in STRATEGIES}
    elsewhere = {name for name, arguments in ARGUMENTS.items() if arguments is None}
    assert names - tested == names & elsewhere


@every_strategy
def test_is_an_estimator_whose_init_only_assigns(strategy):
    assert isinstance(strategy, BaseEstimator) and isinstance(strategy, QueryStrategy)
    values = strategy.get_params(deep=False)
    assert vars(strategy) == values


@every_strategy
def test_clone_and_pickle_keep_the_parameters(strategy):
    for twin in (clone(strategy), pickle.loads(pickle.dumps(strategy))):
        assert repr(twin) == repr(strategy)


@every_strategy
def test_has_a_docstring_with_an_example(strategy):
    text = inspect.getdoc(type(strategy))
    assert "Examples\n--------" in text and ">>> " in text
    for name in strategy.get_params(deep=False):
        assert f"\n{name} : " in text


@every_strategy
@pytest.mark.parametrize("n_queries", [0, 1, 7])
def test_distinct_positions_in_range(strategy, n_queries, digits):
    X, _ = digits
    positions = taught(strategy, digits).query(X, n_queries)
    assert isinstance(positions, np.ndarray)
    assert positions.dtype.kind == "i" and positions.shape == (n_queries,)
    assert len(set(positions.tolist())) == n_queries
    assert all(0 <= position < len(X) for position in positions)


@every_strategy
def test_called_by_hand(strategy, digits):
    X, _ = digits
    learner = taught(strategy, digits)
    positions = strategy(learner, X[:50], 5)
    assert positions.shape == (5,) and len(set(positions.tolist())) == 5
    assert sorted(strategy(learner, X[:4], 9).tolist()) == [0, 1, 2, 3]
    assert strategy(learner, X[:4], 0).shape == (0,)


@every_strategy
def test_as_many_as_there_are(strategy, digits):
    X, _ = digits
    learner = taught(strategy, digits)
    assert sorted(learner.query(X[:30], 30)) == list(range(30))
    free = learner.query(X[:30], 99, exclude=np.arange(20))
    assert sorted(free) == list(range(20, 30))


@every_strategy_and_function
def test_exclude(strategy, digits):
    X, _ = digits
    rng = np.random.RandomState(1)
    mask = rng.rand(len(X)) < 0.7
    shuffled = rng.permutation(np.flatnonzero(mask))
    by_mask = taught(strategy, digits).query(X, 20, exclude=mask)
    by_position = taught(strategy, digits).query(X, 20, exclude=shuffled)
    assert not mask[by_mask].any()
    assert_array_equal(by_mask, by_position)


@every_strategy_and_function
def test_deterministic_for_an_int(strategy, digits):
    X, _ = digits
    first = taught(strategy, digits).query(X, 10)
    assert_array_equal(first, taught(strategy, digits).query(X, 10))


@every_strategy
def test_nothing_given_is_changed(strategy, digits):
    X, y = digits
    X, y, exclude = X.copy(), y.copy(), np.arange(15)
    for array in (X, y, exclude):
        array.setflags(write=False)
    before = repr(strategy), X.copy()
    learner = taught(strategy, (X, y))
    state = {k: v for k, v in vars(learner).items() if k not in UNSEEN}
    learner.query(X, 5, exclude=exclude)
    after = {k: v for k, v in vars(learner).items() if k not in UNSEEN}
    assert state.keys() == after.keys()
    assert all(state[key] is after[key] for key in state)
    assert repr(strategy) == before[0]
    assert_array_equal(X, before[1])


@some_strategies(lambda strategy: is_deterministic(strategy))
def test_rows_in_another_order_give_the_same_rows(strategy, digits):
    X, y = digits
    X = X[:80] + np.random.RandomState(0).rand(80, X.shape[1]) * 1e-3
    order = np.random.RandomState(2).permutation(80)
    learner = taught(strategy, (X[:15], y[:15]))
    straight = X[learner.query(X, 6)]
    assert_array_equal(X[order][learner.query(X[order], 6)], straight)


@pytest.mark.filterwarnings("ignore:the scores of all")
@every_strategy
def test_duplicate_rows(strategy, digits):
    X, _ = digits
    rows = np.repeat(X[20:24], 5, axis=0)
    positions = taught(strategy, digits).query(rows, 15)
    assert len(set(positions.tolist())) == 15


@every_strategy
def test_float32_pool_is_not_copied_to_float64(strategy, digits):
    X, _ = digits
    single = X.astype(np.float32)
    assert len(taught(strategy, (single, digits[1])).query(single, 5)) == 5


@some_strategies(lambda strategy: hasattr(strategy, "scores"))
def test_scores_decide_the_picks(strategy, digits):
    X, _ = digits
    learner = taught(strategy, digits)
    scores = strategy.scores(learner, X)
    assert scores.shape == (len(X),) and scores.dtype == np.float64 and np.isfinite(scores).all()
    seed = learner._tie_seed
    assert_array_equal(strategy(learner, X, 12), by_key(-scores, seed)[:12])
    turned = by_key(scores, seed)[:12]
    assert not np.array_equal(strategy(learner, X, 12), turned)


@every_strategy_and_function
@pytest.mark.parametrize("seed", [0, 1])
def test_live_loop_equals_the_simulation(strategy, seed, digits):
    X, y = digits
    learner = learner_with(strategy, random_state=seed, n_initial=12)
    simulated = clone(learner).fit(X, y)
    live, taken = clone(learner), []
    while live.n_labels_ < 40:
        positions = live.query(X, exclude=taken)
        live.teach(X[positions], y[positions])
        taken.extend(positions.tolist())
        if live.n_labels_ == 22:  # stop, and go on with the pickled learner
            live = pickle.loads(pickle.dumps(live))
            X = X.copy()
    assert simulated.query_indices_.tolist() == taken
    assert_array_equal(simulated.y_labeled_, y[taken])
    assert_array_equal(simulated.X_labeled_, X[taken])
    assert_array_equal(simulated.predict(X), live.predict(X))


@every_strategy_and_function
def test_run_equals_the_simulation(strategy, digits):
    X, y = digits
    simulated = learner_with(strategy).fit(X, y)
    asked = []

    def oracle(positions):
        asked.extend(positions.tolist())
        return y[positions]

    ran = learner_with(strategy).run(X, oracle)
    assert simulated.query_indices_.tolist() == asked
    assert_array_equal(simulated.predict(X), ran.predict(X))


@every_strategy_and_function
def test_labels_not_revealed_have_no_influence(strategy, digits):
    X, y = digits
    simulated = learner_with(strategy).fit(X, y)
    hidden = np.setdiff1d(np.arange(len(y)), simulated.query_indices_)
    other = y.copy()
    other[hidden] = np.random.RandomState(0).permutation(y[hidden])
    assert (other != y).sum() > 50
    again = learner_with(strategy).fit(X, other)
    assert_array_equal(again.query_indices_, simulated.query_indices_)


@every_strategy
def test_asks_an_unfitted_learner_or_its_cold_start(strategy, digits):
    X, _ = digits
    learner = learner_with(strategy, n_initial=4)
    first = learner.query(X)
    if strategy.requires_fit(learner_with(strategy)):
        assert len(first) == 4
        cold = learner_with(RandomSampling(), n_initial=4)
        expected = ActiveLearner(
            None, MarginSampling(), cold_start=RandomSampling(), n_initial=4, random_state=0
        ).query(X)
        assert_array_equal(first, expected)
        assert cold.query(X).shape == (5,)
    else:
        assert len(first) == 5


@every_strategy
def test_one_class_so_far(strategy, digits):
    X, y = digits
    zeros = np.flatnonzero(y == 0)[:12]
    learner = learner_with(strategy).teach(X[zeros], y[zeros])
    positions = learner.query(X, 8, exclude=zeros)
    assert len(positions) == 8
    learner.teach(X[positions], y[positions])
    assert len(learner.query(X, 3, exclude=[*zeros, *positions])) == 3


@some_strategies(lambda strategy: not strategy.requires_fit(learner_with(strategy)))
def test_a_strategy_without_a_model_picks_without_a_fit(strategy, digits):
    X, y = digits
    fitted = taught(strategy, digits, n=20)
    unfitted = taught(strategy, digits, n=20)
    del unfitted.estimator_
    assert_array_equal(fitted.query(X, 6), unfitted.query(X, 6))


@every_strategy
def test_plain_classifier_as_learner(strategy, digits):
    X, y = digits
    model = LogisticRegression().fit(X[:60], y[:60])
    if type(strategy).__name__ in NEED_LABELS:
        with pytest.raises(TypeError, match="has no"):
            strategy(model, X, 6)
        return
    positions = strategy(model, X, 6)
    assert len(set(positions.tolist())) == 6


@some_strategies(lambda strategy: "model" in strategy.get_params(deep=False))
def test_frozen_source_model(strategy, digits):
    X, y = digits
    source = FrozenEstimator(GaussianNB(var_smoothing=0.1).fit(X, y % 3))
    ours = clone(strategy).set_params(model=source)
    if "strategy" in ours.get_params(deep=False) and ours.strategy is not None:
        ours.set_params(strategy__model=source)
    assert not ours.requires_fit(learner_with(ours))
    simulated = learner_with(ours).fit(X, y)
    first = learner_with(clone(ours)).query(X, 40)
    assert_array_equal(simulated.query_indices_, first)
