"""Measure every strategy on a cluster of two small workers: time, memory, correct picks."""

import csv
import inspect
import json
import os
import re
import threading
import time
import warnings
from pathlib import Path

import numpy as np

FIELDS = (
    *("strategy", "outcome", "rows_seen", "wall_s", "client_cpu_s", "workers_cpu_s"),
    *("client_mb", "worker_mb", "picks", "same"),
)
BLOCK = 250_000
N_EXCLUDED = 5000
# these strategies fit many models, or read all rows with ten models
LAST = (
    *("CLUE", "BatchBALD", "ExpectedErrorReduction", "ValueOfInformation"),
    *("BALD", "QueryByCommittee", "VariationRatios"),
)


def all_strategies():
    """Every strategy without arguments, and some around others, by name."""
    import skactive.query
    from skactive.query import (
        BalancedCoverage,
        CoreSet,
        Filtered,
        KMeansSampling,
        MarginSampling,
        Partitioned,
        QueryStrategy,
        Subsampled,
    )

    found = {}
    for name in skactive.query.__all__:
        thing = getattr(skactive.query, name)
        if inspect.isclass(thing) and issubclass(thing, QueryStrategy):
            if not inspect.isabstract(thing) and name not in ("QueryStrategy", "ScoringStrategy"):
                found[name] = thing()
    last = {name: found.pop(name) for name in LAST}
    return {
        **found,
        "Partitioned(BalancedCoverage())": Partitioned(BalancedCoverage()),
        "Subsampled(CoreSet(), 500_000)": Subsampled(CoreSet(), 500_000),
        "Filtered(KMeansSampling(), keep=0.01)": Filtered(
            KMeansSampling(), MarginSampling(), keep=0.01
        ),
        **last,
    }


def rows_of_block(path, block_info=None):
    """The rows of one block of a file, read by the worker that needs them."""
    start, stop = block_info[None]["array-location"][0]
    return np.load(path, mmap_mode="r")[start:stop]


def pool_on_cluster(path):
    """A dask array of the rows in a file; the graph holds only the path of the file."""
    import dask.array as da

    X = np.load(path, mmap_mode="r")
    sizes = tuple(min(BLOCK, len(X) - start) for start in range(0, len(X), BLOCK))
    return da.map_blocks(
        rows_of_block, str(path), chunks=(sizes, X.shape[1:]), dtype=X.dtype, meta=X[:0]
    )


class Peak:
    """The peak memory, without pages of files, of this process and of its largest child."""

    def __enter__(self):
        self.before = {os.getpid(): anonymous_kb(os.getpid())}
        self.own = self.child = 0
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._watch)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.done.set()
        self.thread.join()

    def _watch(self):
        import psutil

        own = psutil.Process()
        while not self.done.wait(0.02):
            grown = anonymous_kb(own.pid) - self.before[own.pid]
            self.own = max(self.own, grown / 1024)
            sizes = [anonymous_kb(each.pid) for each in own.children(recursive=True)]
            self.child = max(self.child, max(sizes, default=0) / 1024)


def anonymous_kb(pid):
    """Memory of a process without pages of files; 0 if the process has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)
    except OSError:
        return 0


def taught_learner(X, y, strategy):
    """A learner with 300 labels, and a budget with which BalancedQuery is in its second phase."""
    from sklearn.linear_model import LogisticRegression

    from skactive import ActiveLearner

    learner = ActiveLearner(
        LogisticRegression(max_iter=200), strategy, budget=400, random_state=0
    )
    return learner.teach(np.array(X[:300]), y[:300])


def ask(strategy, pool, X, y, n_picks):
    """Picks, or the error, and how many rows a strategy says that it saw."""
    learner = taught_learner(X, y, strategy)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            picks = learner.query(pool, n_picks, exclude=np.arange(N_EXCLUDED)).tolist()
        except Exception as error:  # what a user would see
            picks = f"{type(error).__name__}: {error}"
    told = [re.search(r"n_rows=(\d+)", str(each.message)) for each in caught]
    seen = [int(match.group(1)) for match in told if match]
    return picks, seen[0] if seen else len(X)


def measure(options):
    """A record for each strategy on a cluster, with its picks; runs in a child process."""
    from distributed import Client, LocalCluster

    X, y = np.load(options.pool, mmap_mode="r"), np.load(options.labels)
    strategies = all_strategies()
    with LocalCluster(
        n_workers=2, threads_per_worker=1, memory_limit="1GB", dashboard_address=None
    ) as cluster, Client(cluster) as client:
        client.wait_for_workers(2)
        client.run(all_strategies)  # the workers have imported what they need
        for name in options.only or strategies:
            pool = pool_on_cluster(options.pool)
            client.wait_for_workers(2)
            with Peak() as peak:
                cpu, own = sum(client.run(time.process_time).values()), time.process_time()
                wall = time.perf_counter()
                picks, seen = ask(strategies[name], pool, X, y, options.picks)
                wall, own = time.perf_counter() - wall, time.process_time() - own
                cpu = sum(client.run(time.process_time).values()) - cpu
            is_list = isinstance(picks, list)
            record = {
                "strategy": name,
                "outcome": "picks" if is_list else picks[:300],
                "rows_seen": seen if is_list else 0,
                "wall_s": round(wall, 1),
                "client_cpu_s": round(own, 1),
                "workers_cpu_s": round(cpu, 1),
                "client_mb": round(peak.own),
                "worker_mb": round(peak.child),
                "picks": len(picks) if is_list else 0,
                "same": "",
            }
            print(json.dumps([record, picks]), flush=True)


def check(options):
    """Whether picks are those of the memory map, of the same sample; runs in a child process."""
    from skactive.query import Subsampled

    X, y = np.load(options.pool, mmap_mode="r"), np.load(options.labels)
    strategies = all_strategies()
    for line in Path(options.check).read_text().splitlines():
        record, picks = json.loads(line)
        name = record["strategy"]
        if record["outcome"] == "picks" and (not options.only or name in options.only):
            strategy = strategies[name]
            if record["rows_seen"] < len(X):
                strategy = Subsampled(strategy, record["rows_seen"])
            record["same"] = ask(strategy, X, X, y, options.picks)[0] == picks
        print(json.dumps([record, picks]), flush=True)


def write(records, path):
    """Records as a CSV file."""
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(records)
