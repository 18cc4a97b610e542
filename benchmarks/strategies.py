"""Every strategy of the library on 21 tables, compared with random picks.

    python benchmarks/strategies.py                        # six strategies, eight tables: minutes
    python benchmarks/strategies.py --strategies all --tables all --seeds 2
    python benchmarks/strategies.py --list                 # tables and pictures so far

A learner with logistic regression queries ten labels at a time. A logistic regression and a forest
are trained on its picks at 20, 40, 70, 110 and 150 labels. All figures are points of mean
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
from _reports import RESULTS, markdown, read_csv, run_tasks, write_csv
from _trial_tables import BATCH, TABLES, baseline, pools, read

import skactive.query
from skactive import ActiveLearner
from skactive.query import QueryStrategy

FILE = RESULTS / "strategies.csv"
FEW = "BalancedCoverage MarginSampling Badge TypiClust CoreSet EntropySampling".split()
FEW_TABLES = "vehicle ecoli glass oil_spill car soybean german page_blocks".split()
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


def own_picks(name, pool, seed):
    """Positions that a strategy of this library picks, in the order picked."""
    strategy = getattr(skactive.query, name)()
    learner = ActiveLearner(
        query_strategy=strategy, budget=max(pool.budgets), batch_size=BATCH, random_state=seed
    )
    return learner.fit(pool.X, pool.y).query_indices_


def peer_picks(python, name, pool, seed):
    """The same by scikit-activeml, in a process with another interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        rows, out = Path(folder, "pool.npz"), Path(folder, "picks.npy")
        np.savez(rows, X=pool.X, y=np.unique(pool.y, return_inverse=True)[1])
        program = Path(__file__).with_name("_peer_picks.py")
        words = [python, program, rows, out, name, max(pool.budgets), BATCH, seed, "random"]
        subprocess.run(list(map(str, words)), check=True, capture_output=True)
        return np.load(out)


def one_run(name, table, seed, n_trees, limit, python=None):
    """Records of one strategy on one split of a table: a line for each budget."""
    warnings.simplefilter("ignore")
    (pool,) = pools(table, [seed])
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


def gains(records, metric):
    """Gain over random of each strategy on each table, mean over budgets and seeds."""
    names = list(dict.fromkeys(r["strategy"] for r in records))
    tables = list(dict.fromkeys(r["table"] for r in records))
    cells = {(n, t): [] for n in names for t in tables}
    for r in records:
        cells[r["strategy"], r["table"]].append(r[metric] - r[f"random_{metric}"])
    table = [[np.mean(cells[n, t]) if cells[n, t] else np.nan for t in tables] for n in names]
    return names, tables, np.array(table)


def ranks(gain):
    """Rank of each strategy on each table, 1 = best, over those that ran on all of them."""
    return (-gain).argsort(axis=0).argsort(axis=0) + 1.0


def labels_saved(records, name):
    """Labels that random picks need for what a strategy reaches with 70, as a factor, median."""
    factors = []
    rows = [r for r in records if r["strategy"] == name]
    for key in {(r["table"], r["seed"]) for r in rows}:
        curve = sorted(
            (r["labels"], r["macro"], r["random_macro"])
            for r in rows
            if (r["table"], r["seed"]) == key
        )
        labels, ours, random = map(np.array, zip(*curve))
        if 70 not in labels or np.isnan(ours).any():
            continue
        aim = ours[labels == 70][0]
        reached = np.maximum.accumulate(random)
        at = np.interp(aim, reached, labels) if aim <= reached[-1] else labels[-1]
        factors.append(at / 70)
    return np.median(factors) if factors else np.nan


def report(records):
    """One line for each strategy, best first."""
    names, tables, macro = gains(records, "macro")
    plain = gains(records, "plain")[2]
    whole = ~np.isnan(macro).any(axis=1)
    place = np.full(len(names), np.nan)
    place[whole] = ranks(macro[whole]).mean(axis=1)
    lines = []
    for k in np.argsort(-np.nanmean(macro, axis=1)):
        spread = np.nanstd(macro[k], ddof=1) / np.sqrt(np.count_nonzero(~np.isnan(macro[k])))
        seconds = [r["seconds"] for r in records if r["strategy"] == names[k]]
        lines.append(
            [
                names[k],
                f"{np.nanmean(macro[k]):+.1f} ± {spread:.1f}",
                f"{tables[np.nanargmin(macro[k])]} {np.nanmin(macro[k]):+.1f}",
                f"{place[k]:.1f}",
                f"{np.nanmean(plain[k]):+.1f}",
                f"{labels_saved(records, names[k]):.1f}",
                f"{np.mean(seconds):.1f}",
                f"{np.count_nonzero(~np.isnan(macro[k]))}",
            ]
        )
    return lines


HEADER = [
    "strategy",
    "mean per-class accuracy",
    "worst table",
    "mean rank",
    "plain accuracy",
    "labels of random / 70",
    "seconds per run",
    "tables",
]


def draw(records, path):
    """Mean gain over the number of labels, and the gain on every table."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    names, tables, macro = gains(records, "macro")
    order = [k for k in np.argsort(-np.nanmean(macro, axis=1)) if not np.isnan(macro[k]).all()]
    figure, axes = plt.subplots(
        1, 2, figsize=(11, 0.3 * len(order) + 1.8), layout="constrained", width_ratios=[1, 1.2]
    )
    shown = [k for k in order if names[k] in FEW] or order[:6]
    for k in shown:
        rows = [r for r in records if r["strategy"] == names[k]]
        budgets = sorted({r["labels"] for r in rows})
        mean = [
            np.nanmean([r["macro"] - r["random_macro"] for r in rows if r["labels"] == b])
            for b in budgets
        ]
        axes[0].plot(budgets, mean, marker="o", label=names[k])
    axes[0].axhline(0, color="k", linewidth=0.8)
    axes[0].set_xlabel("labels")
    axes[0].set_ylabel("points of mean per-class accuracy above random")
    axes[0].legend()
    axes[1].boxplot([macro[k][~np.isnan(macro[k])] for k in order[::-1]], vert=False)
    axes[1].set_yticks(range(1, len(order) + 1), [names[k] for k in order[::-1]])
    axes[1].axvline(0, color="k", linewidth=0.8)
    axes[1].set_xlabel(f"the same on {len(tables)} tables, mean over labels")
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--strategies", nargs="+", default=FEW, help="names, or all")
    parser.add_argument("--tables", nargs="+", default=FEW_TABLES, help="names, or all")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--trees", type=int, default=50)
    parser.add_argument("--limit", type=int, default=120, help="seconds for one run")
    parser.add_argument("--list", action="store_true", help="show the results so far")
    parser.add_argument("--n-jobs", type=int, default=1)
    parser.add_argument("--peers", help="an interpreter that has scikit-activeml")
    args = parser.parse_args()
    names = all_names() if args.strategies == ["all"] else args.strategies
    names = [PEER + name for name in PEERS] if args.peers else names
    tables = TABLES if args.tables == ["all"] else args.tables
    records = read_csv(FILE)
    for seed in range(0 if args.list else args.seeds):
        for name in names:
            known = {(r["strategy"], r["table"], r["seed"]) for r in records}
            left = [t for t in tables if (name, t, seed) not in known]
            if not left:
                continue
            tasks = [(name, table, seed, args.trees, args.limit, args.peers) for table in left]
            for lines in run_tasks(one_run, tasks, args.n_jobs):
                records += lines
            write_csv(FILE, records)
            print(name, seed, flush=True)
    text = markdown(HEADER, report(records))
    (RESULTS / "strategies.md").write_text(text + "\n")
    draw(records, RESULTS / "strategies.png")
    print(text)


if __name__ == "__main__":
    main()
