"""Table and pictures of the strategies, from ``benchmarks/results/strategies.csv``.

``python docs/strategy_results.py`` prints the table and writes the picture of the landing
page. The build of the pages calls ``write`` for the page "Which strategy?". Whatever
strategies, tables and splits the file holds are read; runs that failed are left out.
"""

import csv
from collections import defaultdict
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

DOCS = Path(__file__).resolve().parent
FILE = DOCS.parent / "benchmarks" / "results" / "strategies.csv"
DEFAULT = "BalancedCoverage"
SHOWN = {
    DEFAULT: "skactive's default",
    "MarginSampling": "margin",
    "Badge": "BADGE",
    "EntropySampling": "entropy",
    "TypiClust": "TypiClust",
    "CoreSet": "core-set",
}
FEW, MANY = (20, 40), (110, 150)
COLUMNS = [
    *("Strategy", "Gain", "Few", "Many", "Worst table", "Rank", "Seconds", "Runs"),
]


def read_runs():
    """The lines of the file, numbers as numbers, without runs that failed."""
    with open(FILE, newline="") as file:
        lines = list(csv.DictReader(file))
    for line in lines:
        for name in ("macro", "random_macro", "seconds"):
            line[name] = float(line[name])
        line["labels"] = int(line["labels"])
        line["gain"] = line["macro"] - line["random_macro"]
    return [line for line in lines if np.isfinite(line["macro"])]


def grouped_means(runs, key, value):
    """Mean of ``value(run)`` over the runs that have the same ``key(run)``."""
    groups = defaultdict(list)
    for run in runs:
        groups[key(run)].append(value(run))
    return {name: np.mean(values) for name, values in groups.items()}


def gains_by_table(runs):
    """Names, tables, and the gain over random rows of each strategy on each table."""
    cells = grouped_means(runs, lambda r: (r["strategy"], r["table"]), lambda r: r["gain"])
    names, tables = (sorted({key[place] for key in cells}) for place in (0, 1))
    gains = np.array([[cells.get((n, t), np.nan) for t in tables] for n in names])
    order = np.argsort(-np.nanmean(gains, axis=1), kind="stable")
    return [names[k] for k in order], tables, gains[order]


def mean_ranks(gains):
    """Mean rank over tables, among the strategies that ran on all of them; else NaN."""
    whole = ~np.isnan(gains).any(axis=1)
    ranks = np.full(len(gains), np.nan)
    ranks[whole] = ((-gains[whole]).argsort(axis=0).argsort(axis=0) + 1).mean(axis=1)
    return ranks


def table_lines(runs):
    """The cells of the table, one list for each strategy, the highest gain first."""
    names, tables, gains = gains_by_table(runs)
    ranks = mean_ranks(gains)
    for name, gain, rank in zip(names, gains, ranks):
        mine = [run for run in runs if run["strategy"] == name]
        there = np.flatnonzero(~np.isnan(gain))
        worst = there[np.argmin(gain[there])]
        error = gain[there].std(ddof=1) / np.sqrt(len(there)) if len(there) > 1 else np.nan
        early, late = (
            np.mean([run["gain"] for run in mine if run["labels"] in labels])
            for labels in (FEW, MANY)
        )
        splits = len({run["seed"] for run in mine})
        yield [
            name,
            f"{gain[there].mean():+.1f} ± {error:.1f}",
            f"{early:+.1f}",
            f"{late:+.1f}",
            f"{tables[worst]} {gain[worst]:+.1f}",
            f"{rank:.1f}" if np.isfinite(rank) else "",
            f"{np.mean([run['seconds'] for run in mine]):.1f}",
            f"{len(there)} × {splits}",
        ]


def as_list_table(lines):
    """The table in reStructuredText, names as links."""
    text = [".. list-table::", "   :header-rows: 1", "   :class: results", ""]
    for name, *cells in [COLUMNS, *lines]:
        is_ours = name != "Strategy" and " " not in name
        link = f":class:`~skactive.query.{name}`" if is_ours else name
        text.append(f"   * - {link}")
        text.extend(f"     - {cell}".rstrip() for cell in cells)
    return "\n".join(text)


def summary(runs):
    """What the table is made of, in words."""
    names, tables, gains = gains_by_table(runs)
    n_whole = np.count_nonzero(~np.isnan(gains).any(axis=1))
    seeds = len({run["seed"] for run in runs})
    return (
        f"The file holds {len(runs):,} measurements of {len(names)} strategies on {len(tables)} "
        f"tables, with up to {seeds} splits of each table. {n_whole} strategies ran on all "
        "tables; the rank is among these."
    )


def draw_regret(runs):
    """Boxes: on each table, how far a strategy is behind the best one of that table."""
    names, tables, gains = gains_by_table(runs)
    regret = np.nanmax(gains, axis=0) - gains
    order = np.argsort(np.nanmean(regret, axis=1))[::-1]
    figure, ax = plt.subplots(figsize=(7.5, 0.28 * len(names) + 1), layout="constrained")
    boxes = ax.boxplot(
        [regret[k][~np.isnan(regret[k])] for k in order],
        orientation="horizontal",
        showmeans=True,
        patch_artist=True,
        medianprops={"color": "k"},
        meanprops={"marker": "D", "markerfacecolor": "k", "markeredgecolor": "k", "markersize": 4},
        flierprops={"markersize": 3},
    )
    for k, box in zip(order, boxes["boxes"]):
        box.set_facecolor("C0" if names[k] == DEFAULT else "0.85")
    ax.set_yticks(range(1, len(names) + 1), [names[k] for k in order])
    ax.set_xlabel("points of mean per-class accuracy behind the best strategy of a table")
    ax.set_xlim(left=-0.5)
    return figure


def labels_needed(runs):
    """Labels of each shown strategy that reach what the most random labels reach, and that."""
    shown = [run for run in runs if run["strategy"] in SHOWN]
    budgets = sorted({run["labels"] for run in shown})
    random = grouped_means(shown, lambda r: r["labels"], lambda r: r["random_macro"])
    means = grouped_means(shown, lambda r: (r["strategy"], r["labels"]), lambda r: r["macro"])
    aim = random[budgets[-1]]
    needed = {}
    for name in {run["strategy"] for run in shown}:
        curve = np.maximum.accumulate([means[name, n] for n in budgets])
        needed[name] = np.interp(aim, curve, budgets)
    return needed, budgets[-1], aim


def draw_labels_needed(runs):
    """The labels needed as bars."""
    needed, most, aim = labels_needed(runs)
    names = sorted(needed, key=needed.get, reverse=True)
    n_tables = len({run["table"] for run in runs if run["strategy"] in SHOWN})
    figure, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
    bars = ax.barh(
        ["random rows", *(SHOWN[name] for name in names)],
        [most, *(needed[name] for name in names)],
        color=["0.85", *("C0" if name == DEFAULT else "0.7" for name in names)],
    )
    ax.bar_label(bars, fmt="%.0f", padding=3)
    ax.set_xlim(0, 1.1 * most)
    ax.set_xlabel(f"labels for {aim:.0f} % mean per-class accuracy, mean of {n_tables} tables")
    return figure


def landing_figure(runs):
    """The picture of the landing page with its caption, in reStructuredText."""
    needed, most, _ = labels_needed(runs)
    names = sorted(needed, key=needed.get)
    said = ", ".join(f"{needed[name]:.0f} with {SHOWN[name]}" for name in names)
    shown = [run for run in runs if run["strategy"] in SHOWN]
    n_tables, n_splits = (len({run[key] for run in shown}) for key in ("table", "seed"))
    return f""".. figure:: /generated/labels_needed.png
   :alt: Bars of labels: {said}, {most} at random

   How many labels each strategy needs to reach the mean per-class accuracy of {most} random
   labels. The accuracy is a mean over {n_tables} tables, {n_splits} splits of each, and two
   classifiers: logistic regression and a random forest. See :ref:`what we measured <measured>`.
"""


def write(folder):
    """What the pages include, made from the file."""
    folder.mkdir(exist_ok=True)
    runs = read_runs()
    (folder / "labels_needed.inc").write_text(landing_figure(runs), "utf-8")
    draw_labels_needed(runs).savefig(folder / "labels_needed.png", dpi=130)
    table = as_list_table(table_lines(runs))
    (folder / "strategies.inc").write_text(f"{summary(runs)}\n\n{table}\n", "utf-8")
    draw_regret(runs).savefig(folder / "strategies.png", dpi=110)
    plt.close("all")


def main():
    runs = read_runs()
    print(summary(runs))
    for line in [COLUMNS, *table_lines(runs)]:
        print(" | ".join(line))
    draw_labels_needed(runs).savefig(DOCS / "_static" / "labels_needed.png", dpi=130)


if __name__ == "__main__":
    main()
