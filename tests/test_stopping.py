"""Stopping criteria by worked numbers, in a plain loop and in ``run``."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import cohen_kappa_score
from sklearn.preprocessing import scale

from skactive import ActiveLearner
from skactive.query import MarginSampling
from skactive.stopping import (
    ClassificationChange,
    MaximumConfidence,
    OverallUncertainty,
    PoolMonitor,
    StabilizingPredictions,
    f_change_bound,
    kappa,
)

LISTS = [[0, 0, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 1]]


def test_kappa_by_hand():
    assert kappa([0, 0, 1, 1], [0, 1, 1, 1]) == pytest.approx(0.5)
    assert kappa([1, 1], [1, 1]) == 1  # one class only
    assert kappa(["a", "b"], ["b", "a"]) == pytest.approx(-1)
    stream = np.random.RandomState(0)
    a, b = stream.randint(4, size=(2, 50))
    assert kappa(a, b) == pytest.approx(cohen_kappa_score(a, b))


@pytest.mark.parametrize(
    "first, second, message",
    [
        ([0, 1], [0, 1, 1], "the same rows, but got 2 and 3"),
        ([], [], "at least one row"),
        ([[0, 1]], [[0, 1]], r"array of shape \(1, 2\)"),
        ([0, 1], [0, np.nan], r"row 1 has .*nan"),
        ([np.nan, np.nan], [np.nan, np.nan], r"row 0 has .*nan"),
        (["a", None], ["a", "b"], "row 1 has None"),
    ],
)
def test_kappa_of_lists_that_cannot_be_compared(first, second, message):
    with pytest.raises(ValueError, match=message):
        kappa(first, second)


def test_stabilizing_predictions():
    criterion = StabilizingPredictions()
    assert criterion.values(LISTS).tolist()[1:] == pytest.approx([0.5, 1, 1, 1])
    assert [criterion.should_stop(LISTS[:n]) for n in range(6)] == [False] * 5 + [True]
    assert criterion.stops_at(LISTS) == 4
    # the mean of the last two is 0.75
    assert StabilizingPredictions(threshold=0.75, rounds=2).stops_at(LISTS) == 2
    assert StabilizingPredictions(threshold=0.76, rounds=2).stops_at(LISTS) == 3


def test_classification_change():
    assert ClassificationChange().values(LISTS).tolist()[1:] == [0.25, 0, 0, 0]
    assert ClassificationChange().stops_at(LISTS) == 2
    assert ClassificationChange(rounds=3).stops_at(LISTS) == 4
    assert ClassificationChange(threshold=0.25).stops_at(LISTS) == 1
    assert ClassificationChange().stops_at([["a"], ["b"], ["a"]]) is None


def test_uncertainty():
    sure, torn = [1.0, 0.0], [0.5, 0.5]
    history = [[torn, torn], [sure, torn], [sure, sure]]
    assert OverallUncertainty().values(history) == pytest.approx(np.log(2) * np.array([1, 0.5, 0]))
    assert MaximumConfidence().values(history) == pytest.approx(np.log(2) * np.array([1, 1, 0]))
    assert OverallUncertainty(threshold=0.4).stops_at(history) == 1
    assert MaximumConfidence(threshold=0.4).stops_at(history) == 2


@pytest.mark.parametrize(
    "criterion",
    [StabilizingPredictions(), ClassificationChange(), OverallUncertainty(), MaximumConfidence()],
)
def test_nothing_yet_and_clone(criterion):
    assert not criterion.should_stop([])
    assert criterion.stops_at([]) is None
    assert clone(criterion).get_params() == criterion.get_params()


def test_the_bound():
    assert f_change_bound(0.99) == pytest.approx(4 * 0.01 / 0.99)
    assert f_change_bound(1.0) == 0
    assert f_change_bound(0.1) == f_change_bound(-0.5) == 1
    with pytest.raises(ValueError, match="The 'agreement' parameter of .* Got 1.5"):
        f_change_bound(1.5)


@pytest.mark.parametrize(
    ("criterion", "error", "match"),
    [
        (StabilizingPredictions(threshold=2), ValueError, r"'threshold' .* in the range \[-1"),
        (StabilizingPredictions(rounds=0), ValueError, "'rounds' .* must be an int .* Got 0"),
        (ClassificationChange(rounds=1.5), TypeError, "'rounds' .* must be an int .* Got 1.5"),
        (ClassificationChange(threshold="a"), TypeError, "'threshold' .* a float .* Got 'a'"),
    ],
)
def test_bad_parameters(criterion, error, match):
    with pytest.raises(error, match=match):
        criterion.should_stop(LISTS)


def test_bad_histories():
    with pytest.raises(ValueError, match="round 1 has predictions for 2 rows"):
        ClassificationChange().values([[0], [0, 1]])
    with pytest.raises(ValueError, match="class probabilities of shape"):
        OverallUncertainty().values([[0, 1]])
    with pytest.raises(TypeError, match="Did you mean StabilizingPredictions"):
        PoolMonitor(StabilizingPredictions, [[0.0]])
    with pytest.raises(TypeError, match="a criterion of skactive.stopping or a callable"):
        PoolMonitor(0.99, [[0.0]])


def test_run_stops_where_a_plain_loop_would(iris):
    X, y = scale(iris[0]), iris[1]
    criterion = StabilizingPredictions(threshold=0.95)
    learner = ActiveLearner(budget=140, random_state=0)
    history = []
    for now in learner.play(X, y, every_round=True):
        history.append(now.predict(X))
    at = criterion.stops_at(history)
    assert at is not None and at < 12
    run = ActiveLearner(budget=140, random_state=0).run(X, lambda p: y[p], stop=criterion)
    assert run.n_labels_ == 10 * (at + 1)


def test_run_with_a_function(iris):
    X, y = iris
    learner = ActiveLearner(None, MarginSampling(), batch_size=7, random_state=0)
    learner.run(X, lambda p: y[p], stop=lambda now: now.n_labels_ >= 30)
    assert learner.n_labels_ == 31


def test_a_sample_of_a_large_pool_stays_the_same(iris):
    X, y = scale(iris[0]), iris[1]
    monitor = PoolMonitor(OverallUncertainty(), X, max_rows=20)
    assert len(monitor.rows) == 20
    assert np.array_equal(PoolMonitor(OverallUncertainty(), X, max_rows=20).rows, monitor.rows)
    monitor.update(ActiveLearner().fit(X, y))
    assert monitor.history[0].shape == (20, 3)
    assert monitor.n_labels == [150]
    assert not monitor.update(ActiveLearner())


def test_a_sample_is_spread_over_the_pool_in_its_order():
    rows = PoolMonitor(OverallUncertainty(), np.arange(300)[:, None], max_rows=20).rows[:, 0]
    assert (np.diff(rows) > 0).all() and rows[-1] > 200


def test_thresholds_that_are_met_exactly():
    assert OverallUncertainty(0.25).fires(np.array([1.0, 0.25]))
    for threshold in np.linspace(0.9, 1, 101):
        # the mean of equal numbers may be a little smaller than they are
        assert StabilizingPredictions(threshold, 3).fires(np.full(3, threshold))
