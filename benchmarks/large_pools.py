"""Cost of a query on a pool of many rows: memory-mapped, and on a dask cluster.

    python benchmarks/large_pools.py
    python benchmarks/large_pools.py --rows 1000000 --both
    python benchmarks/large_pools.py --cluster
    python benchmarks/large_pools.py --cover

The pool is a file of float32, by default 10 million rows of 64 numbers from 10 classes, the
rarest of them 100 times rarer than the most common one; 5000 positions are excluded. Each
strategy is asked once in a process of its own. ``anonymous`` is the memory that the query adds to
that of the fitted learner, without pages of the file, which the system can drop at any time. With
``--both``, a ``LocalCluster`` of two processes that read the file block by block gets the same
query. CPU seconds are then those of the two processes, memory is that of the client, and ``same``
tells whether the picks are those of the memory map.

``--cluster`` asks every strategy of the package on two workers of 1 GB each, by default on 5
million rows of 32 numbers. It measures the time and the memory of the client and of the larger
worker. It compares the picks with those of the memory map, or of the same drawn rows in memory for
a strategy that draws a sample.

``--cover`` measures how much worse k-center is in parts and on subsamples, on the features of
BANKING77 and Caltech-101: the distance of the farthest row to the nearest picked one.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _cluster_pools
import numpy as np

HERE = Path(__file__).resolve().parent
FIELDS = (
    *("strategy", "where", "rows", "n_jobs", "picks", "wall_s", "cpu_s", "anonymous_mb"),
    *("cpu_s_per_million_rows", "same"),
)
N_EXCLUDED, BLOCK = 5000, 1_000_000


def strategies():
    """The strategies that are asked, by name."""
    from skactive.query import (
        BALD,
        BalancedQuery,
        CoreSet,
        EntropySampling,
        Filtered,
        KMeansSampling,
        MarginSampling,
        Partitioned,
        RandomSampling,
        Subsampled,
    )

    return {
        "random": RandomSampling(),
        "entropy": EntropySampling(),
        "margin": MarginSampling(),
        "BALD, 10 members": BALD(),
        "k-means of the uncertain": Filtered(KMeansSampling(), MarginSampling(), keep=5000),
        "balanced, 200k rows": Subsampled(BalancedQuery(), 200_000),
        "k-center, 200k rows": Subsampled(CoreSet(), 200_000),
        "k-center in parts of 100k": Partitioned(CoreSet(), 100_000),
        "balanced, all rows": BalancedQuery(),
    }


def make_pool(path, n_rows, n_features, n_classes=10):
    """Write a file of rows block by block, unless it exists, and return its labels."""
    X = path / f"X_{n_rows}x{n_features}.npy"
    if not X.exists():
        chances = np.geomspace(1, 0.01, n_classes)
        centers = 2 * np.random.default_rng(0).normal(size=(n_classes, n_features))
        part = path / "part.npy"
        rows = np.lib.format.open_memmap(part, "w+", np.float32, (n_rows, n_features))
        labels = np.empty(n_rows, dtype=np.int8)
        for start in range(0, n_rows, BLOCK):
            rng = np.random.default_rng(1 + start)
            block = slice(start, min(start + BLOCK, n_rows))
            labels[block] = rng.choice(
                n_classes, size=block.stop - start, p=chances / chances.sum()
            )
            noise = rng.standard_normal((block.stop - start, n_features), dtype=np.float32)
            rows[block] = noise * 3 + centers[labels[block]]
        np.save(path / f"y_{n_rows}x{n_features}.npy", labels)
        rows.flush()
        part.rename(X)
    return X, path / f"y_{n_rows}x{n_features}.npy"


def taught_learner(X, y, strategy, n_jobs):
    """A learner with 300 labels, and a budget with which BalancedQuery is in its second phase."""
    from sklearn.linear_model import LogisticRegression

    from skactive import ActiveLearner

    learner = ActiveLearner(
        LogisticRegression(max_iter=200), strategy, budget=400, random_state=0, n_jobs=n_jobs
    )
    learner.teach(np.array(X[:300]), y[:300])
    learner.query(np.array(X[:2000]), 5)  # what is loaded at the first call does not count
    return learner


def ask_memory_map(options):
    """One query for the memory map; runs in the child process."""
    X = np.load(options.pool, mmap_mode="r")
    y = np.load(options.labels)
    strategy = strategies()[options.child]
    learner = taught_learner(X, y, strategy, options.n_jobs)
    learner.set_params(verbose=2 if options.verbose else 0)
    exclude = np.arange(N_EXCLUDED)
    with _cluster_pools.Peak() as memory:
        wall, cpu = time.perf_counter(), time.process_time()
        picks = learner.query(X, options.picks, exclude=exclude)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps([wall, cpu, memory.own, picks.tolist()]))


def block_of(path, start, stop):
    """Rows of a file, read where they are needed."""
    return np.load(path, mmap_mode="r")[start:stop]


def ask_cluster(options):
    """One query for two worker processes that read the file; runs in the child process."""
    import dask
    import dask.array as da
    from distributed import Client, LocalCluster

    X = np.load(options.pool, mmap_mode="r")
    learner = taught_learner(X, np.load(options.labels), strategies()[options.child], None)
    blocks = [
        da.from_delayed(
            dask.delayed(block_of)(options.pool, start, min(start + BLOCK // 4, len(X))),
            shape=(min(BLOCK // 4, len(X) - start), X.shape[1]),
            dtype=X.dtype,
        )
        for start in range(0, len(X), BLOCK // 4)
    ]
    pool = da.concatenate(blocks)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster, Client(cluster) as client:
        client.wait_for_workers(2)
        client.run(strategies)  # the workers have imported what they need
        exclude = np.arange(N_EXCLUDED)
        with _cluster_pools.Peak() as memory:
            wall, cpu = time.perf_counter(), sum(client.run(time.process_time).values())
            picks = learner.query(pool, options.picks, exclude=exclude)
            wall = time.perf_counter() - wall
            cpu = sum(client.run(time.process_time).values()) - cpu
    print(json.dumps([wall, cpu, memory.own, picks.tolist()]))


def in_a_process(name, where, options):
    """The figures and picks of one query, in a process of its own."""
    environment = {**os.environ, **{f"{lib}_NUM_THREADS": "1" for lib in ("OMP", "OPENBLAS")}}
    command = [sys.executable, __file__, "--child", name, "--where", where]
    for option in ("picks", "n_jobs", "pool", "labels"):
        command += [f"--{option.replace('_', '-')}", str(getattr(options, option))]
    command += ["--verbose"] if options.verbose else []
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment)
    return json.loads(done.stdout.splitlines()[-1])


def measure(options):
    """Ask every strategy, print and yield a record for each query."""
    for name in options.only or strategies():
        expected = None
        for where in ("memory map", "cluster") if options.both else ("memory map",):
            wall, cpu, memory, picks = in_a_process(name, where, options)
            expected = picks if expected is None else expected
            record = {
                "strategy": name,
                "where": where,
                "rows": options.rows,
                "n_jobs": 2 if where == "cluster" else options.n_jobs,
                "picks": options.picks,
                "wall_s": round(wall, 2),
                "cpu_s": round(cpu, 2),
                "anonymous_mb": round(memory),
                "cpu_s_per_million_rows": round(cpu / options.rows * 1e6, 3),
                "same": "" if where == "memory map" else picks == expected,
            }
            print(*record.values(), sep=" | ", flush=True)
            yield record


def all_on_a_cluster(options):
    """Ask every strategy on two workers, then on the memory map, and keep all of it."""
    lines = options.folder / "cluster.jsonl"
    for step in (["--child", "all"], ["--check", str(lines)]):
        command = [sys.executable, __file__, *step, "--picks", str(options.picks)]
        command += ["--pool", str(options.pool), "--labels", str(options.labels)]
        command += ["--only", *options.only] if options.only else []
        environment = {**os.environ, **{f"{lib}_NUM_THREADS": "1" for lib in ("OMP", "OPENBLAS")}}
        kept = []
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            for line in process.stdout:
                kept.append(line)
                record = json.loads(line)[0]
                print(*record.values(), sep=" | ", flush=True)
                rest = lines.read_text().splitlines()[len(kept) :] if step[0] == "--check" else []
                records = [json.loads(each)[0] for each in [*kept, *rest]]
                _cluster_pools.write(records, options.out.with_name("large_pools_cluster.csv"))
        lines.write_text("".join(kept))


def measure_cover(n_picks, n_seeds=5):
    """Distance of the farthest row from picks of k-center: over all rows, in parts, on samples."""
    from sklearn.metrics import pairwise_distances_argmin_min

    from skactive import ActiveLearner
    from skactive.datasets import load_banking77, load_caltech101_features
    from skactive.query import CoreSet, Partitioned, RandomSampling, Subsampled

    contenders = {
        "all rows": CoreSet(),
        "parts of 1000": Partitioned(CoreSet(), 1000),
        "1000 rows": Subsampled(CoreSet(), 1000),
        "random": RandomSampling(),
    }
    for name, load in (("banking77", load_banking77), ("caltech101", load_caltech101_features)):
        X = np.ascontiguousarray(load().X_train)
        for contender, strategy in contenders.items():
            farthest = []
            for seed in range(n_seeds):
                order = np.random.RandomState(seed).permutation(len(X))
                learner = ActiveLearner(query_strategy=strategy, random_state=seed)
                picks = learner.query(X[order], n_picks)
                gaps = pairwise_distances_argmin_min(X[order], X[order][picks])[1]
                farthest.append(gaps.max())
            mean, spread = np.mean(farthest), np.std(farthest)
            print(f"{name} | {len(X)} | {n_picks} | {contender} | {mean:.3f} | {spread:.3f}")


def report(records, out):
    """The records as CSV and as a Markdown table."""
    with open(out.with_suffix(".csv"), "w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(records)
    lines = ["| " + " | ".join(FIELDS) + " |", "|" + " --- |" * len(FIELDS)]
    lines += ["| " + " | ".join(str(record[key]) for key in FIELDS) + " |" for record in records]
    out.with_suffix(".md").write_text("\n".join(lines) + "\n")


def main():
    """Make the pool, ask, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rows", type=int, help="10 million; with --cluster 5 million")
    parser.add_argument("--features", type=int, help="64; with --cluster 32")
    parser.add_argument("--picks", type=int, default=100)
    parser.add_argument("--n-jobs", type=int, default=1)
    parser.add_argument("--both", action="store_true", help="also on two dask workers")
    parser.add_argument("--cluster", action="store_true", help="all strategies, on two of 1 GB")
    parser.add_argument("--only", nargs="+", help="names of strategies")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "large_pools")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "large_pools")
    parser.add_argument("--cover", action="store_true", help="the quality of parts instead")
    parser.add_argument("--verbose", action="store_true", help="show how far each query is")
    for hidden in ("--child", "--where", "--pool", "--labels", "--check"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.check:
        return _cluster_pools.check(options)
    if options.child == "all":
        return _cluster_pools.measure(options)
    if options.child:
        return (ask_cluster if options.where == "cluster" else ask_memory_map)(options)
    if options.cover:
        return measure_cover(options.picks)
    options.folder.mkdir(parents=True, exist_ok=True)
    options.rows = options.rows or (5_000_000 if options.cluster else 10_000_000)
    options.features = options.features or (32 if options.cluster else 64)
    options.pool, options.labels = make_pool(options.folder, options.rows, options.features)
    if options.cluster:
        return all_on_a_cluster(options)
    report(list(measure(options)), options.out)


if __name__ == "__main__":
    main()
