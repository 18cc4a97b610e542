"""Figures of ``strategies.py``: gains over random rows, ranks, paired differences, labels needed.

``strategies.py`` and the pages of the documentation make their tables and pictures of them.
Whatever strategies, data sets and seeds the files hold are read; runs that failed are left out.
"""

from collections import defaultdict
from pathlib import Path

import numpy as np
from _reports import RESULTS, read_csv
from scipy import stats

from skactive.evaluation import ActiveLearningCurve

FILE = RESULTS / "strategies.csv"
# scores of the two classifiers after all labels of a pool
FULL = RESULTS / "strategies_full.csv"
DEFAULT = "BalancedCoverage"
FEATURE_SETS = {
    "cifar10": "CIFAR-10",
    "caltech101": "Caltech-101",
    "banking77": "BANKING77",
    "clinc150": "CLINC150",
}


def read_runs(path: Path = FILE):
    """The lines of the file with their gains over random rows."""
    runs = [run for run in read_csv(path) if np.isfinite(run["macro"])]
    for run in runs:
        run["gain"] = run["macro"] - run["random_macro"]
        run["plain_gain"] = run["plain"] - run["random_plain"]
    return runs


def on_tables(runs):
    """The runs on tables."""
    return [run for run in runs if run["table"] not in FEATURE_SETS]


def on_features(runs):
    """The runs on images and sentences."""
    return [run for run in runs if run["table"] in FEATURE_SETS]


def grouped_means(runs, key, value):
    """Mean of ``value(run)`` over the runs that have the same ``key(run)``."""
    groups = defaultdict(list)
    for run in runs:
        groups[key(run)].append(value(run))
    return {name: np.mean(values) for name, values in groups.items()}


def gains_by_table(runs, field="gain"):
    """Names, data sets, and the mean of a field of each strategy on each data set, best first."""
    cells = grouped_means(runs, lambda r: (r["strategy"], r["table"]), lambda r: r[field])
    names, tables = (sorted({key[place] for key in cells}) for place in (0, 1))
    gains = np.array([[cells.get((n, t), np.nan) for t in tables] for n in names])
    order = np.argsort(-np.nanmean(gains, axis=1), kind="stable")
    return [names[k] for k in order], tables, gains[order]


def ranks_by_table(gains):
    """Rank of each strategy on each data set, 1 = best, among those that ran on all; else NaN."""
    whole = ~np.isnan(gains).any(axis=1)
    ranks = np.full(gains.shape, np.nan)
    ranks[whole] = stats.rankdata(-gains[whole], axis=0)
    return ranks


def few_and_many(runs):
    """Mean gain at the two smallest and at the two largest numbers of labels of each data set."""
    budgets = defaultdict(set)
    for run in runs:
        budgets[run["table"]].add(run["labels"])
    ends = {table: (sorted(found)[:2], sorted(found)[-2:]) for table, found in budgets.items()}
    return [
        np.mean([run["gain"] for run in runs if run["labels"] in ends[run["table"]][place]])
        for place in (0, 1)
    ]


def curves(runs):
    """A curve for each data set and seed of one strategy; its metrics are its own and random's."""
    points = defaultdict(list)
    for run in runs:
        points[run["table"], run["seed"]].append(run)
    for key, found in points.items():
        found = sorted(found, key=lambda run: run["labels"])
        scores = {name: [[run[name] for run in found]] for name in ("macro", "random_macro")}
        yield key, ActiveLearningCurve([run["labels"] for run in found], scores)


def area_gain(runs):
    """Area under the curve of one strategy above that of random rows, mean of its runs."""
    return np.mean([(c.area - c["random_macro"].area)[0] for _, c in curves(runs)])


def labels_needed(runs, share=0.9, metric="macro"):
    """Median of the labels that reach a share of the score of all labels, and how many do."""
    full = {(r["table"], r["seed"]): r["macro"] for r in read_csv(FULL)}
    needed = [
        curve[metric].labels_to_reach(share * full[key])[0]
        for key, curve in curves(runs)
        if key in full
    ]
    reached = np.isfinite(needed)
    median = np.median(np.where(reached, needed, np.inf)) if needed else np.nan
    return median, reached.sum(), len(needed)


def ahead(runs, name, other, field="gain"):
    """How far a strategy is ahead of another on the runs of both: mean and 95 % interval."""
    cells = {}
    for strategy in (name, other):
        mine = [run for run in runs if run["strategy"] == strategy]
        cells[strategy] = grouped_means(mine, _split, lambda run: run[field])
    shared = sorted(cells[name].keys() & cells[other].keys())
    tables = sorted({table for table, _ in shared})
    pairs = [
        [np.mean([cells[s][key] for key in shared if key[0] == table]) for table in tables]
        for s in (name, other)
    ]
    if len(tables) < 2:
        return np.nan, np.nan, np.nan
    low, high = stats.ttest_rel(*pairs).confidence_interval()
    return np.mean(pairs[0]) - np.mean(pairs[1]), low, high


def _split(run):
    return run["table"], run["seed"]


def interval(mean, low, high):
    """A mean with its interval as text."""
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]" if np.isfinite(mean) else ""


def figures(runs):
    """A dict of texts for each strategy, the highest gain first; the keys are column titles."""
    names, tables, gains = gains_by_table(runs)
    ranks = ranks_by_table(gains).mean(axis=1)
    for name, gain, rank in zip(names, gains, ranks):
        mine = [run for run in runs if run["strategy"] == name]
        there = np.flatnonzero(~np.isnan(gain))
        worst = there[np.argmin(gain[there])]
        few, many = few_and_many(mine)
        seeds = len({run["seed"] for run in mine})
        yield {
            "Strategy": name,
            "Gain": f"{gain[there].mean():+.1f}",
            "Behind the default": _behind(runs, name, "gain"),
            "Few": f"{few:+.1f}",
            "Many": f"{many:+.1f}",
            "Area": f"{area_gain(mine):+.1f}",
            "Worst": f"{tables[worst]} {gain[worst]:+.1f}",
            "Rank": f"{rank:.1f}" if np.isfinite(rank) else "",
            "Plain": f"{gains_by_table(mine, 'plain_gain')[2].mean():+.1f}",
            "Plain, behind": _behind(runs, name, "plain_gain"),
            "Labels for 90 %": needed_text(*labels_needed(mine)),
            "Seconds": f"{np.mean([run['seconds'] for run in mine]):.1f}",
            "Runs": f"{len(there)} × {seeds}",
        }


def by_set(runs):
    """A dict of texts for each strategy: its gain on each data set, the best mean first."""
    names, tables, gains = gains_by_table(runs)
    for name, gain in zip(names, gains):
        cells = [f"{value:+.1f}" if np.isfinite(value) else "" for value in gain]
        yield {"Strategy": name} | {FEATURE_SETS.get(t, t): c for t, c in zip(tables, cells)}


def needed_text(median, reached, total):
    """Median number of labels, and how many runs reach the score at all."""
    middle = f"{median:.0f} " if np.isfinite(median) else ""
    return f"{middle}({reached} of {total})" if total else ""


def _behind(runs, name, field):
    return "" if name == DEFAULT else interval(*ahead(runs, DEFAULT, name, field))
