"""Markdown and picture of the results of ``strategies.py``."""

import numpy as np
from _reports import RESULTS, markdown
from _strategy_table import (
    DEFAULT,
    by_set,
    figures,
    gains_by_table,
    grouped_means,
    labels_needed,
    needed_text,
    on_features,
    on_tables,
    ranks_by_table,
    read_runs,
)

LINES = (DEFAULT, "UncertaintyHerding", "MarginSampling", "Badge", "TypiClust", "CoreSet")


def random_line(runs):
    """The labels that random rows need."""
    default = [run for run in runs if run["strategy"] == DEFAULT]
    needed = needed_text(*labels_needed(default, metric="random_macro"))
    return {"Strategy": "random rows", "Labels for 90 %": needed}


def table(lines):
    """Markdown of dicts; the first one has all columns."""
    lines = list(lines)
    header = list(lines[0])
    return markdown(header, [[line.get(name, "") for name in header] for line in lines])


def report():
    """The whole Markdown."""
    runs = read_runs()
    parts = []
    for title, some in (("Tables", on_tables(runs)), ("Images, sentences", on_features(runs))):
        if some:
            parts += [f"## {title}", table([*figures(some), random_line(some)])]
    if on_features(runs):
        parts.append(table(by_set(on_features(runs))))
    return "\n\n".join(parts) + "\n"


def draw(path):
    """Gains over the number of labels, gains and ranks on every table."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    runs = read_runs()
    tables, features = on_tables(runs), on_features(runs)
    names, _, gains = gains_by_table(tables)
    figure = plt.figure(figsize=(14, 0.3 * len(names) + 1.8), layout="constrained")
    grid = figure.add_gridspec(2, 3, width_ratios=[1, 1.2, 0.8])
    draw_lines(figure.add_subplot(grid[0, 0]), tables, "tables")
    if features:
        draw_lines(figure.add_subplot(grid[1, 0]), features, "images and sentences")
    boxes = figure.add_subplot(grid[:, 1])
    boxes.boxplot([gain[~np.isnan(gain)] for gain in gains[::-1]], vert=False)
    boxes.set_yticks(range(1, len(names) + 1), names[::-1])
    boxes.axvline(0, color="k", linewidth=0.8)
    boxes.set_xlabel("the same on each table, mean over labels")
    draw_ranks(figure.add_subplot(grid[:, 2]), names, ranks_by_table(gains))
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_lines(ax, runs, title):
    """Mean gain of some strategies over the share of the labels, on sets with 150 or more."""
    most = {}
    for run in runs:
        most[run["table"]] = max(most.get(run["table"], 0), run["labels"])
    whole = [run for run in runs if most[run["table"]] >= 150]
    for name in LINES:
        mine = [run for run in whole if run["strategy"] == name]
        means = grouped_means(mine, lambda r: r["labels"] / most[r["table"]], lambda r: r["gain"])
        shares = sorted(means)
        ax.plot([100 * s for s in shares], [means[s] for s in shares], marker="o", label=name)
    ax.axhline(0, color="k", linewidth=0.8)
    low, high = min(most[run["table"]] for run in whole), max(most.values())
    ax.set_xlabel(f"labels in % of {low if low == high else f'{low} to {high}'}")
    ax.set_ylabel("points of mean per-class accuracy")
    ax.set_title(f"gain on {title}")
    ax.legend(fontsize="small")


def draw_ranks(ax, names, ranks):
    """Mean rank of each strategy that ran on all tables, with its standard error."""
    whole = np.flatnonzero(~np.isnan(ranks).any(axis=1))
    order = whole[np.argsort(-ranks[whole].mean(axis=1))]
    error = ranks[order].std(axis=1, ddof=1) / np.sqrt(ranks.shape[1])
    ax.errorbar(ranks[order].mean(axis=1), range(len(order)), xerr=error, fmt="o", color="k")
    ax.set_yticks(range(len(order)), [names[k] for k in order])
    ax.set_xlabel("mean rank ± standard error")
    ax.grid(axis="y", linewidth=0.3)


def write():
    """Write both beside the CSV."""
    (RESULTS / "strategies.md").write_text(report())
    draw(RESULTS / "strategies.png")
