"""Labels that strategies need for what random rows reach with 150, from the benchmark's CSV."""

import csv
from collections import defaultdict
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

SHOWN = {
    "BalancedCoverage": "skactive's default",
    "MarginSampling": "margin",
    "Badge": "BADGE",
    "EntropySampling": "entropy",
    "TypiClust": "TypiClust",
    "CoreSet": "core-set",
}


def mean_curves():
    """Mean accuracy over tables and splits by strategy and number of labels; random too."""
    path = Path(__file__).resolve().parent.parent / "benchmarks" / "results" / "strategies.csv"
    points = defaultdict(lambda: defaultdict(list))
    with open(path, newline="") as file:
        for row in csv.DictReader(file):
            if row["strategy"] in SHOWN:
                points[row["strategy"]][int(row["labels"])].append(float(row["macro"]))
                points["random"][int(row["labels"])].append(float(row["random_macro"]))
    return {
        name: (sorted(by_labels), [np.mean(by_labels[n]) for n in sorted(by_labels)])
        for name, by_labels in points.items()
    }


def draw():
    """Bars: how many labels reach the accuracy that 150 random ones reach."""
    curves = mean_curves()
    aim = curves.pop("random")[1][-1]
    needed = {
        SHOWN[name]: np.interp(aim, np.maximum.accumulate(accuracies), labels)
        for name, (labels, accuracies) in curves.items()
    }
    names = sorted(needed, key=needed.get, reverse=True)
    figure, ax = plt.subplots(figsize=(7, 2.6), layout="constrained")
    colors = ["C0" if name == SHOWN["BalancedCoverage"] else "0.7" for name in names]
    bars = ax.barh(["random rows", *names], [150, *(needed[n] for n in names)])
    for bar, color in zip(bars, ["0.85", *colors]):
        bar.set_color(color)
    ax.bar_label(bars, fmt="%.0f", padding=3)
    ax.set_xlim(0, 165)
    ax.set_xlabel(f"labels for {aim:.0f} % mean per-class accuracy, mean of 21 tables")
    return figure


if __name__ == "__main__":
    draw().savefig(Path(__file__).parent / "_static" / "labels_needed.png", dpi=110)
