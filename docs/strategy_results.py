"""Tables and pictures of the strategies, from ``benchmarks/results/strategies.csv``.

``python docs/strategy_results.py`` prints the tables and writes the picture of the landing
page. The build of the pages calls ``write`` for the page "Which strategy?". All strategies,
data sets and splits in the file are read; runs that failed are left out.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "benchmarks"))

from _strategy_report import draw_lines  # noqa: E402
from _strategy_table import (  # noqa: E402
    DEFAULT,
    by_set,
    figures,
    gains_by_table,
    grouped_means,
    on_features,
    on_tables,
    read_runs,
)

SHOWN = {
    DEFAULT: "skactive's default",
    "MarginSampling": "margin",
    "Badge": "BADGE",
    "EntropySampling": "entropy",
    "TypiClust": "TypiClust",
    "CoreSet": "core-set",
}
COLUMNS = [
    *("Strategy", "Gain", "Behind the default", "Few", "Many", "Worst", "Rank"),
    *("Plain", "Labels for 90 %", "Seconds", "Runs"),
]


def table_lines(runs):
    """The cells of the table, header first."""
    return [COLUMNS, *([line[name] for name in COLUMNS] for line in figures(runs))]


def feature_lines(runs):
    """The same for images and sentences, with the gain on each set."""
    columns = "Gain", "Behind the default", "Plain", "Seconds"
    lines = [
        line | {name: more[name] for name in columns}
        for line, more in zip(by_set(runs), figures(runs))
    ]
    return [list(lines[0]), *(list(line.values()) for line in lines)]


def as_list_table(lines):
    """A table in reStructuredText, header first, names as links."""
    text = [".. list-table::", "   :header-rows: 1", "   :class: results", ""]
    for name, *cells in lines:
        is_ours = name != "Strategy" and " " not in name
        link = f":class:`~skactive.query.{name}`" if is_ours else name
        text.append(f"   * - {link}")
        text.extend(f"     - {cell}".rstrip() for cell in cells)
    return "\n".join(text)


def summary(runs):
    """The size of the table, in words."""
    names, tables, gains = gains_by_table(runs)
    n_whole = np.count_nonzero(~np.isnan(gains).any(axis=1))
    n_ours = np.count_nonzero([" " not in name for name in names])
    seeds = len({run["seed"] for run in runs})
    return (
        f"The file holds {len(runs):,} measurements of {n_ours} strategies of skactive and "
        f"{len(names) - n_ours} of scikit-activeml on {len(tables)} tables, with up to {seeds} "
        f"splits of each table. The ranks are among the {n_whole} strategies that ran on all."
    )


def draw_regret(runs):
    """Draw boxes: on each table, how far a strategy is behind the best one of that table."""
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


def draw_gains(tables, features):
    """Gains over the number of labels, on tables and beside them on images and sentences."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    draw_lines(left, tables, "tables")
    draw_lines(right, features, "images and sentences")
    right.set_ylabel("")
    for ax in (left, right):
        ax.get_legend().remove()
    figure.legend(*left.get_legend_handles_labels(), loc="outside right upper", fontsize="small")
    return figure


def labels_needed(runs):
    """Number of labels with which each shown strategy is as good as the most random labels."""
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

   The bars show how many labels each strategy needs to reach the mean per-class accuracy of
   {most} random labels. The accuracy is a mean over {n_tables} tabular data sets, {n_splits}
   splits of each, and two classifiers: logistic regression and a random forest. See
   :ref:`what we measured <measured>`.
"""


def write(folder):
    """Write the tables and pictures that the pages include."""
    folder.mkdir(exist_ok=True)
    runs, features = on_tables(read_runs()), on_features(read_runs())
    (folder / "labels_needed.inc").write_text(landing_figure(runs), "utf-8")
    draw_labels_needed(runs).savefig(folder / "labels_needed.png", dpi=130)
    table = as_list_table(table_lines(runs))
    (folder / "strategies.inc").write_text(f"{summary(runs)}\n\n{table}\n", "utf-8")
    table = as_list_table(feature_lines(features))
    (folder / "strategies_on_features.inc").write_text(f"{table}\n", "utf-8")
    draw_gains(runs, features).savefig(folder / "strategy_gains.png", dpi=110)
    draw_regret(runs).savefig(folder / "strategies.png", dpi=110)
    plt.close("all")


def main():
    runs = on_tables(read_runs())
    print(summary(runs))
    for line in [*table_lines(runs), *feature_lines(on_features(read_runs()))]:
        print(" | ".join(line))
    draw_labels_needed(runs).savefig(DOCS / "_static" / "labels_needed.png", dpi=130)


if __name__ == "__main__":
    main()
