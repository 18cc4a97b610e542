"""Every strategy of the library on tables, images and sentences, compared with random picks.

    python benchmarks/strategies.py                        # six strategies, eight tables: minutes
    python benchmarks/strategies.py --strategies all --tables tables --seeds 2
    python benchmarks/strategies.py --tables features      # images and sentences
    python benchmarks/strategies.py --list                 # tables and pictures so far

A learner with logistic regression queries ten labels at a time. A logistic regression and a forest
are trained on its picks at 20, 40, 70, 110 and 150 labels. Sets of images and sentences with more
than 50 classes get four times as many labels, 40 at a time. All figures are points of mean
per-class accuracy, or of plain accuracy, above random picks from the same pool (the mean of four
draws). Runs are written to results/strategies.csv as they end, and are not repeated. A run that
takes longer than --limit seconds is stopped.
"""

import argparse
import inspect
import os
import signal
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
from _reports import each_result, read_csv, write_csv
from _strategy_report import report, write
from _strategy_table import FEATURE_SETS, FILE, FULL
from _trial_tables import TABLES, baseline, pools, read

import skactive.query
from skactive import ActiveLearner
from skactive.query import QueryStrategy

FEW = "BalancedCoverage MarginSampling Badge TypiClust CoreSet EntropySampling".split()
FEW_TABLES = "vehicle ecoli glass oil_spill car soybean german page_blocks".split()
GROUPS = {"tables": TABLES, "features": list(FEATURE_SETS), "all": [*TABLES, *FEATURE_SETS]}
PEER = "scikit-activeml "
PEERS = "MarginSampling Badge CoreSet TypiClust Falcun DropQuery".split()
# they need arguments, or are parts of other strategies
LEFT_OUT = {
    *("RandomSampling", "QueryStrategy", "ScoringStrategy"),
    *("Alternation", "Mixture", "Subsampled", "Partitioned"),
}


def all_names():
    """Names of the exported strategies that can be made without arguments."""
    return [
        name
        for name in skactive.query.__all__
        if inspect.isclass(getattr(skactive.query, name))
        and issubclass(getattr(skactive.query, name), QueryStrategy)
        and name not in LEFT_OUT
    ]


def data_set(name, seed):
    """A pool: a split of a table, or the features of images or sentences."""
    if name not in FEATURE_SETS:
        return next(pools(name, [seed]))
    from _feature_pools import feature_pool

    return feature_pool(name, seed)


def batch_of(pool):
    """Number of labels per query: the first test is after two queries."""
    return pool.budgets[0] // 2


def own_picks(name, pool, seed):
    """Positions that a strategy of this library picks, in the order picked."""
    strategy = getattr(skactive.query, name)()
    sizes = {"budget": max(pool.budgets), "batch_size": batch_of(pool)}
    learner = ActiveLearner(query_strategy=strategy, random_state=seed, **sizes)
    return learner.fit(pool.X, pool.y).query_indices_


def peer_picks(python, name, pool, seed):
    """The same by scikit-activeml, in a process with another interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        rows, out = Path(folder, "pool.npz"), Path(folder, "picks.npy")
        np.savez(rows, X=pool.X, y=np.unique(pool.y, return_inverse=True)[1])
        program = Path(__file__).with_name("_peer_picks.py")
        numbers = max(pool.budgets), batch_of(pool), seed
        words = [python, program, rows, out, name, *numbers, "random"]
        subprocess.run(list(map(str, words)), check=True, capture_output=True)
        return np.load(out)


def one_run(name, table, seed, n_trees, limit, python=None):
    """Records of one strategy on one pool: a line for each number of labels."""
    warnings.simplefilter("ignore")
    pool = data_set(table, seed)
    start, picks = _cpu_seconds(), None
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(limit)
    try:
        if name.startswith(PEER):
            picks = peer_picks(python, name.removeprefix(PEER), pool, seed)
        else:
            picks = own_picks(name, pool, seed)
    except Exception as error:  # a run that fails is a line of the table, not the end of it
        print(f"\n{name} on {table}: {type(error).__name__}: {str(error)[:100]}")
    finally:
        signal.alarm(0)
    seconds = _cpu_seconds() - start
    random = baseline(table, seed, n_trees, pool)
    found = np.full_like(random, np.nan) if picks is None else read(pool, picks, n_trees)
    return [
        {
            "strategy": name,
            "table": table,
            "seed": seed,
            "labels": n_labels,
            "macro": round(ours[:, 0].mean(), 3),
            "plain": round(ours[:, 1].mean(), 3),
            "random_macro": round(theirs[:, 0].mean(), 3),
            "random_plain": round(theirs[:, 1].mean(), 3),
            "seconds": round(seconds, 2),
        }
        for n_labels, ours, theirs in zip(pool.budgets, found, random)
    ]


def _cpu_seconds():
    """CPU time of this process and of the ones that it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _out_of_time(number, frame):
    raise TimeoutError("the limit of seconds is reached")


def full_scores(table, seed, n_trees):
    """Scores of the two classifiers with all labels of a pool, as a line of a file."""
    warnings.simplefilter("ignore")
    pool = data_set(table, seed)
    n_rows = len(pool.y)
    (found,) = read(pool, np.arange(n_rows), n_trees, budgets=[n_rows])
    macro, plain = found.mean(axis=0).round(3)
    return {"table": table, "seed": seed, "labels": n_rows, "macro": macro, "plain": plain}


def add_full_scores(n_trees, n_jobs):
    """Add these scores for the pools that have runs and no such line yet."""
    known = {(r["table"], r["seed"]) for r in read_csv(FULL)}
    needed = dict.fromkeys((r["table"], r["seed"]) for r in read_csv(FILE))
    tasks = [(*key, n_trees) for key in needed if key not in known]
    for line in each_result(full_scores, tasks, n_jobs):
        write_csv(FULL, read_csv(FULL) + [line])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strategies", nargs="+", default=FEW, help="names, or all")
    parser.add_argument(
        "--tables", nargs="+", default=FEW_TABLES, help="names, tables, features or all"
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--trees", type=int, default=50)
    parser.add_argument("--limit", type=int, default=120, help="seconds for one run")
    parser.add_argument("--list", action="store_true", help="show the results so far")
    parser.add_argument("--n-jobs", type=int, default=1)
    parser.add_argument("--peers", help="an interpreter that has scikit-activeml")
    args = parser.parse_args()
    names = all_names() if args.strategies == ["all"] else args.strategies
    names = [PEER + name for name in PEERS] if args.peers else names
    tables = [name for word in args.tables for name in GROUPS.get(word, [word])]
    for seed in range(0 if args.list else args.seeds):
        for name in names:
            known = {(r["strategy"], r["table"], r["seed"]) for r in read_csv(FILE)}
            left = [t for t in tables if (name, t, seed) not in known]
            tasks = [(name, table, seed, args.trees, args.limit, args.peers) for table in left]
            for lines in each_result(one_run, tasks, args.n_jobs):
                # another process may have added lines of its own
                write_csv(FILE, read_csv(FILE) + lines)
    if not args.list:
        add_full_scores(args.trees, args.n_jobs)
    write()
    print(report())


if __name__ == "__main__":
    main()
