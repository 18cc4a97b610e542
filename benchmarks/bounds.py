"""Cost of a query of every strategy on a large pool: CPU seconds, memory, picks or the error.

    python benchmarks/bounds.py
    python benchmarks/bounds.py --pools 1000000x50 --only CoreSet TypiClust

Pools are float32 rows of 10 classes in a memory-mapped file. A learner with 300 labels queries
100 rows with each strategy that ``skactive.query`` exports. Each query runs in a separate process,
which is stopped after ``--limit`` CPU seconds. ``mb`` is the memory that the query adds to that of
the fitted learner, without pages of the file. The CSV is written after every query, and queries
that are in it are not repeated. The files of the pools are removed at the end.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _reports import RESULTS, markdown, read_csv, write_csv
from large_pools import PeakOfAnonymousMemory, make_pool

POOLS = ("1000000x50", "10000000x64")
N_PICKS = 100
FIELDS = ("pool", "strategy", "cpu_s", "mb", "picks", "outcome")


def strategies():
    """Every exported strategy without arguments, by name."""
    import skactive.query

    names = [name for name in skactive.query.__all__ if not name.endswith("Strategy")]
    return {name: getattr(skactive.query, name)() for name in names}


def ask(name, pool, labels, limit):
    """Ask a strategy once and print its time and memory; runs in the child process."""
    from sklearn.linear_model import LogisticRegression

    from skactive import ActiveLearner

    X, y = np.load(pool, mmap_mode="r"), np.load(labels)
    learner = ActiveLearner(
        LogisticRegression(max_iter=200), strategies()[name], budget=400, random_state=0
    )
    learner.teach(np.array(X[:300]), y[:300])
    learner.query(np.array(X[:2000]), 5)  # what is loaded at the first call does not count
    resource.setrlimit(resource.RLIMIT_CPU, (limit + int(time.process_time()),) * 2)
    picks, outcome = [], "picks"
    with PeakOfAnonymousMemory() as memory:
        start = time.process_time()
        try:
            picks = learner.query(X, N_PICKS, exclude=np.arange(300))
        except ValueError as error:
            wrappers = ("Subsampled", "Partitioned", "Filtered")
            named = [name for name in wrappers if name in str(error)]
            outcome = f"refused, names {' and '.join(named)}" if named else str(error)
        seconds = time.process_time() - start
    print(json.dumps([round(seconds, 1), round(memory.megabytes), len(set(picks)), outcome]))


def in_a_process(name, pool, labels, limit):
    """The figures of one query, in a process of its own."""
    environment = {**os.environ, **{f"{lib}_NUM_THREADS": "1" for lib in ("OMP", "OPENBLAS")}}
    command = [sys.executable, __file__, "--child", name, str(pool), str(labels), str(limit)]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment)
    if done.returncode:
        return [limit, "", 0, f"ended after {limit} CPU seconds"]
    return json.loads(done.stdout.splitlines()[-1])


def measure(options, records):
    """Ask every strategy that has no record yet; yields all records after each."""
    done = {(record["pool"], record["strategy"]) for record in records}
    for shape in options.pools:
        names = [name for name in options.only or strategies() if (shape, name) not in done]
        if not names:
            continue
        n_rows, n_features = map(int, shape.split("x"))
        with tempfile.TemporaryDirectory() as folder:
            pool, labels = make_pool(Path(folder), n_rows, n_features)
            for name in names:
                figures = in_a_process(name, pool, labels, options.limit)
                records.append(dict(zip(FIELDS, [shape, name, *figures])))
                print(*records[-1].values(), sep=" | ", flush=True)
                yield records


def report(records, out):
    """The records as CSV and as a Markdown table."""
    records = sorted(records, key=lambda record: (len(record["pool"]), record["strategy"]))
    write_csv(out.with_suffix(".csv"), records)
    rows = [list(record.values()) for record in records]
    out.with_suffix(".md").write_text(markdown(FIELDS, rows) + "\n")


def main():
    """Make the pools, ask, report."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pools", nargs="+", default=POOLS, help="rows x columns")
    parser.add_argument("--only", nargs="+", help="names of strategies")
    parser.add_argument("--limit", type=int, default=300, help="CPU seconds per query")
    parser.add_argument("--out", type=Path, default=RESULTS / "bounds")
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        name, pool, labels, limit = options.child
        return ask(name, pool, labels, int(limit))
    for records in measure(options, read_csv(options.out.with_suffix(".csv"))):
        report(records, options.out)


if __name__ == "__main__":
    main()
