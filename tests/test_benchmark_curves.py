"""Curves of the benchmarks resume where they were interrupted."""

import importlib
from pathlib import Path

import pytest
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import RandomSampling

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def curves():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        return importlib.import_module("_curves")


class Killed(Exception):
    """What stops a run."""


def run(curves, path, iris, kill_after=None, first=None):
    n_measured = 0

    def measure(learner):
        nonlocal n_measured
        n_measured += 1
        if n_measured == kill_after:
            raise Killed
        return {"accuracy": learner.score(*iris)}

    def build(name, seed):
        strategy = RandomSampling() if name == "random" else None
        return ActiveLearner(
            GaussianNB(), strategy, batch_size=4, n_initial=10, random_state=seed
        )

    log = curves.CurveLog(path)
    tasks = [("random", 0, 20), ("margin", 0, 20), ("margin", 1, 20)]
    try:
        log.run(tasks, build, *iris, measure, first)
    except Killed:
        pass
    return n_measured


def without_times(curves, path):
    return [{k: v for k, v in r.items() if k != "seconds"} for r in curves.read_csv(path)]


@pytest.mark.parametrize("kill_after", [1, 2, 6])
def test_finished_rounds_are_not_repeated(curves, iris, tmp_path, kill_after):
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    n_rounds = run(curves, whole, iris)
    done = run(curves, parts, iris, kill_after) - 1
    assert run(curves, parts, iris) == n_rounds - done
    assert without_times(curves, parts) == without_times(curves, whole)
    assert run(curves, parts, iris) == 0
    assert not list(parts.with_suffix(".state").iterdir())
    assert [r["labels"] for r in curves.read_csv(whole)][:4] == [10, 14, 18, 20]


def test_first_labels_in_common(curves, iris, tmp_path):
    run(curves, tmp_path / "a.csv", iris, first=lambda seed: list(range(10 + seed, 30, 2))[:10])
    records = [r for r in curves.read_csv(tmp_path / "a.csv") if r["labels"] == 10]
    accuracy = {(r["method"], r["seed"]): r["accuracy"] for r in records}
    assert accuracy["random", 0] == accuracy["margin", 0]


def test_running_maxima(curves):
    records = [
        {"method": "a", "seed": 0, "labels": n, "accuracy": value}
        for n, value in ((1, 5.0), (2, 3.0), (3, 7.0))
    ]
    assert [r["accuracy"] for r in curves.running_maxima(records)] == [5.0, 5.0, 7.0]
    assert curves.values_of(records, "a", 2).tolist() == [3.0]


def test_two_processes_share_a_csv(curves, iris, tmp_path):
    path = tmp_path / "shared.csv"
    first, second = curves.CurveLog(path), curves.CurveLog(path)
    for log, seed in ((first, 0), (second, 1), (first, 2)):
        log.run(
            [("random", seed, 14)],
            lambda name, seed: ActiveLearner(
                GaussianNB(), RandomSampling(), batch_size=4, random_state=seed
            ),
            *iris,
            lambda learner: {"accuracy": learner.score(*iris)},
        )
    assert [r["seed"] for r in curves.read_csv(path)] == [0, 0, 1, 1, 2, 2]


def test_paired_gap_over_seeds_that_all_methods_have(curves):
    values = {("a", 0): 3.0, ("a", 1): 5.0, ("a", 2): 9.0, ("b", 1): 4.0, ("b", 0): 1.0}
    records = [
        {"method": method, "seed": seed, "labels": 10, "accuracy": value}
        for (method, seed), value in values.items()
    ]
    records = curves.common_seeds(records)
    assert {r["seed"] for r in records} == {0, 1}
    assert curves.paired_gap(records, "a", "b", 10) == "+1.50 ± 0.50 (2 of 2)"
