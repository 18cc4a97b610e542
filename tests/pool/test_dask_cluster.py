"""A real cluster of two worker processes, one of which dies."""

import os
import signal
import threading

import joblib
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.pool import _traveling
from skactive.query import (
    BalancedCoverage,
    BalancedQuery,
    CoreSet,
    MarginSampling,
    Partitioned,
    RandomSampling,
)

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def client(cluster):
    with distributed.Client(cluster) as client:
        client.wait_for_workers(2)
        yield client


def lethal(folder, at):
    """A classifier of which the process that makes the call number ``at`` is killed, once."""

    # a class of its own, so that it is sent to the workers as a whole
    class Lethal(GaussianNB):
        def predict_proba(self, X):
            calls = folder / "calls"
            with open(calls, "a") as file:
                file.write(f"{os.getpid()}\n")
            killed = folder / "killed"
            if len(calls.read_text().splitlines()) >= at and not killed.exists():
                killed.write_text(str(os.getpid()))
                os.kill(os.getpid(), signal.SIGKILL)
            return super().predict_proba(X)

    return Lethal(var_smoothing=0.01)


def test_a_worker_dies_in_the_middle_of_a_query(client, tmp_path, digits):
    X, y = digits
    plain = ActiveLearner(GaussianNB(var_smoothing=0.01), MarginSampling(), random_state=0)
    expected = plain.fit(X[:60], y[:60]).query(X, 12)
    learner = ActiveLearner(lethal(tmp_path, at=8), MarginSampling(), random_state=0)
    learner.fit(X[:60], y[:60])
    picks = learner.query(da.from_array(X, chunks=(15, 64)), 12)
    assert_array_equal(picks, expected)
    done_by = (tmp_path / "calls").read_text().split()
    killed = (tmp_path / "killed").read_text()
    assert killed in done_by and int(killed) != os.getpid()
    assert str(os.getpid()) not in done_by and len(done_by) > 20  # all of it on workers


@pytest.mark.parametrize(
    "strategy",
    [
        BalancedQuery(),
        RandomSampling(),
        CoreSet(),
        BalancedCoverage(max_rows=80),
        Partitioned(CoreSet(), part_rows=64),
    ],
)
def test_the_loop_on_a_cluster(client, strategy, digits):
    X, y = digits
    runs = [
        ActiveLearner(GaussianNB(var_smoothing=0.01), strategy, budget=40, random_state=0).run(
            pool, lambda positions: y[positions]
        )
        for pool in (X, da.from_array(X, chunks=(50, 64)))
    ]
    assert_array_equal(runs[0].X_labeled_, runs[1].X_labeled_)


def test_an_error_of_the_model_comes_back(client, digits):
    X, y = digits

    class Broken(GaussianNB):
        def predict_proba(self, X):
            return np.full((len(X), len(self.classes_)), np.nan)

    learner = ActiveLearner(Broken(), MarginSampling()).fit(X[:60], y[:60])
    with pytest.raises(ValueError, match="predict_proba of .* gives"):
        learner.query(da.from_array(X, chunks=(50, 64)), 12)
    assert learner.n_labels_ == 60


def test_grid_search_over_strategies(client, digits):
    X, y = digits
    search = GridSearchCV(
        ActiveLearner(GaussianNB(var_smoothing=0.01), budget=30, random_state=0),
        {"query_strategy": [MarginSampling(), RandomSampling(), BalancedQuery()]},
        cv=3,
    )
    here = search.fit(X, y).cv_results_["mean_test_score"]
    with joblib.parallel_config(backend="dask"):
        there = search.fit(X, y).cv_results_["mean_test_score"]
    assert_array_equal(here, there)


class WithLock(GaussianNB):
    """A classifier that holds something that cannot be pickled."""

    def fit(self, X, y):
        self.tools_ = {"locks": [1, threading.Lock()]}
        return super().fit(X, y)


def test_what_cannot_be_sent_is_named(client, digits):
    X, y = digits
    learner = ActiveLearner(WithLock(), MarginSampling(), random_state=0).fit(X[:60], y[:60])
    pool = da.from_array(X, chunks=(50, 64))
    named = r"ActiveLearner\.estimator_\.tools_\.locks\.1 cannot be sent .* a lock cannot be pick"
    with pytest.raises(TypeError, match=named):
        learner.query(pool, 5)
    assert len(learner.query(X, 5)) == 5


def test_predictions_on_the_workers(client, digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(var_smoothing=0.01)).fit(X[:60], y[:60])
    pool = da.from_array(X, chunks=(50, 64))
    assert learner.score(pool, y) == learner.score(X, y)
    assert_array_equal(learner.predict(pool).compute(), learner.predict(X))


def test_a_task_over_which_workers_die_is_explained(cluster, client, digits, monkeypatch):
    X, y = digits

    class Deadly(GaussianNB):
        def predict_proba(self, X):
            if len(X) == 100:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().predict_proba(X)

    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    learner = ActiveLearner(Deadly(), MarginSampling(), random_state=0).fit(X[:60], y[:60])
    words = r"workers of the cluster died .* one of 3 blocks .* 100 rows.* memory.*rechunk"
    with pytest.raises(RuntimeError, match=words) as caught:
        learner.query(da.from_array(X, chunks=(100, 64)), 5)
    assert isinstance(caught.value.__cause__, distributed.KilledWorker)
    assert learner.n_labels_ == 60


def test_a_cluster_without_workers_is_not_waited_for_in_silence(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), MarginSampling(), random_state=0).fit(X[:60], y[:60])
    expected = learner.query(X, 5)
    learner.fit(X[:60], y[:60])
    with distributed.LocalCluster(
        n_workers=0, processes=False, dashboard_address=":0"
    ) as cluster, distributed.Client(cluster):
        with dask.config.set({"skactive.timeout": "300 ms"}):
            with pytest.raises(TimeoutError, match="no worker .* 0 of 1 results there: there are"):
                learner.query(da.from_array(X, chunks=(50, 64)), 5)
        cluster.scale(1)
        assert_array_equal(learner.query(da.from_array(X, chunks=(50, 64)), 5), expected)


def test_a_memory_map_in_the_graph_is_warned_of(client, digits, tmp_path, monkeypatch):
    X, y = digits
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    learner = ActiveLearner(GaussianNB(var_smoothing=0.01), MarginSampling(), random_state=0)
    learner.fit(X[:60], y[:60])
    expected = learner.query(X, 5)
    assert_array_equal(learner.query(da.from_array(mapped, chunks=(50, 64)), 5), expected)
    monkeypatch.setattr(_traveling, "_LARGE_MAP", 1000)
    with pytest.warns(UserWarning, match="memory map of .* GB.*da.map_blocks"):
        learner.query(da.from_array(mapped, chunks=(50, 64)), 5)
