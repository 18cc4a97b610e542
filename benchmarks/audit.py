"""How good is the model? Coverage of the audit's intervals, and bias of cross-validation.

    python benchmarks/audit.py [--draws 4000]

The model is trained on rows picked by margin sampling. For the coverage, audits of 50, 100 and 200
rows are drawn repeatedly from the rest of the pool, with replacement (so that a small pool
represents a large one). The program counts how many of their intervals contain the accuracy on the
pool. The figure shows 3-fold cross-validation on the chosen labels, next to the accuracy on a
held-out half.
"""

import argparse
import csv
import os
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402
import pandas  # noqa: E402
from sklearn.datasets import load_breast_cancer, load_digits  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import (  # noqa: E402
    StratifiedKFold,
    cross_val_score,
    train_test_split,
)
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402

from skactive import ActiveLearner  # noqa: E402
from skactive.labeling._intervals import mean_share_interval, wilson_interval  # noqa: E402
from skactive.query import MarginSampling, RandomSampling  # noqa: E402

RESULTS = Path(__file__).parent / "results"
LABELS = (50, 100, 200, 400)
TABLES = ("pendigits", "page_blocks", "vehicle")


def data_sets():
    """Name, rows and labels of each data set that is found."""
    yield "digits", *load_digits(return_X_y=True)
    yield "breast_cancer", *load_breast_cancer(return_X_y=True)
    for name in TABLES:
        path = Path(os.environ.get("SKACTIVE_DATA", ".")) / "tabular" / f"{name}.csv.gz"
        if path.is_file():
            table = pandas.read_csv(path, nrows=6000)
            yield name, table.iloc[:, :-1].to_numpy(dtype=float), table.iloc[:, -1].to_numpy()


def learner_of(budget, strategy, seed):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    return ActiveLearner(model, strategy, budget=budget, random_state=seed)


def coverage_rows(name, X, y, n_draws, n_labels=100):
    """Share of intervals that hold the truth, for each size of the audit."""
    learner = learner_of(n_labels, MarginSampling(), 0).fit(X, y)
    rest = np.setdiff1d(np.arange(len(y)), learner.query_indices_)
    classes, codes = np.unique(y[rest], return_inverse=True)
    is_right = learner.predict(X[rest]) == y[rest]
    truth = is_right.mean()
    class_truths = np.array([is_right[codes == code].mean() for code in range(len(classes))])
    stream = np.random.RandomState(0)
    for n_audit in (50, 100, 200):
        held, found_held, class_held, widths = 0, 0, 0, []
        for _ in range(n_draws):
            drawn = stream.randint(len(rest), size=n_audit)
            low, high = wilson_interval(is_right[drawn].sum(), n_audit)
            held += low <= truth <= high
            widths.append(high - low)
            n = np.bincount(codes[drawn], minlength=len(classes))
            hits = np.bincount(codes[drawn], is_right[drawn], minlength=len(classes))
            low, high = mean_share_interval(hits[n > 0], n[n > 0])
            found_held += low <= class_truths[n > 0].mean() <= high
            class_held += low <= class_truths.mean() <= high
        yield {
            "data set": name,
            "classes": len(classes),
            "audit rows": n_audit,
            "accuracy": f"{truth:.3f}",
            "held (of 100)": f"{100 * held / n_draws:.1f}",
            "width": f"{np.mean(widths):.3f}",
            "per-class accuracy": f"{class_truths.mean():.3f}",
            "per-class held, classes with audit rows": f"{100 * found_held / n_draws:.1f}",
            "the same, all classes": f"{100 * class_held / n_draws:.1f}",
        }


def misleading_rows(name, X, y, n_seeds=5):
    """Cross-validation on the labels so far, and the accuracy on a held-out half."""
    for title, strategy in (("margin", MarginSampling()), ("random", RandomSampling())):
        for n_labels in LABELS:
            if 4 * n_labels > len(y):
                continue
            said, true = [], []
            for seed in range(n_seeds):
                parts = train_test_split(X, y, test_size=0.5, random_state=seed)
                learner = learner_of(n_labels, strategy, seed).fit(parts[0], parts[2])
                rows, labels = learner.X_labeled_, learner.y_labeled_
                counts = np.unique(labels, return_counts=True)[1]
                n_folds = max(2, min(3, counts.min()))
                folds = StratifiedKFold(n_folds, shuffle=True, random_state=seed)
                model = learner.estimator
                said.append(cross_val_score(model, rows, labels, cv=folds).mean())
                true.append(learner.score(parts[1], parts[3]))
            yield {
                "data set": name,
                "labels chosen by": title,
                "labels": n_labels,
                "cross-validation": f"{np.mean(said):.3f}",
                "accuracy (held-out half)": f"{np.mean(true):.3f}",
                "too low by (points)": f"{100 * (np.mean(true) - np.mean(said)):.1f}",
            }


def draw(rows):
    """The figure of the user guide: digits only."""
    figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True, layout="constrained")
    for ax, title in zip(axes, ("margin", "random")):
        mine = [row for row in rows if row["labels chosen by"] == title]
        x = [row["labels"] for row in mine]
        for column, style in (("accuracy (held-out half)", "o-"), ("cross-validation", "s--")):
            ax.plot(x, [float(row[column]) for row in mine], style, label=column)
        ax.set_title(f"labels chosen by {title} sampling")
        ax.set_xlabel("Number of labels")
    axes[0].set_ylabel("Accuracy")
    axes[0].legend()
    figure.savefig(RESULTS / "audit.png", dpi=110)


def write(name, rows):
    with open(RESULTS / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + " --- |" * len(rows[0])]
    return "\n".join(lines + ["| " + " | ".join(map(str, row.values())) + " |" for row in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--draws", type=int, default=4000)
    options = parser.parse_args()
    covered, misled = [], []
    for name, X, y in data_sets():
        covered += coverage_rows(name, X, y, options.draws)
        if name in ("digits", "breast_cancer"):
            misled += misleading_rows(name, X, y)
        print(name, "done", flush=True)
    draw([row for row in misled if row["data set"] == "digits"])
    text = "\n\n".join(
        [
            f"`python benchmarks/audit.py --draws {options.draws}`",
            write("audit_coverage.csv", covered),
            "3-fold cross-validation on the labels (2-fold where a class has 2), 5 seeds:",
            write("audit_cross_validation.csv", misled),
            "![what cross-validation says](audit.png)",
            "",
        ]
    )
    (RESULTS / "audit.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
