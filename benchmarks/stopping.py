"""Stopping criteria on nine data sets: labels used, accuracy lost.

    python benchmarks/stopping.py [--splits 5] [--budget 400]

The learner uses margin sampling in batches of 10, and logistic regression on scaled columns. The
accuracy lost is the accuracy with the whole budget minus that at the stop, on a held-out half.
Three data sets come with scikit-learn; the other tables are read from the folder SKACTIVE_DATA, if
they are there.
"""

import argparse
import csv
import os
from pathlib import Path

import numpy as np
import pandas
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skactive import ActiveLearner
from skactive.predictions import class_probabilities
from skactive.query import MarginSampling
from skactive.stopping import (
    ClassificationChange,
    MaximumConfidence,
    OverallUncertainty,
    StabilizingPredictions,
)

RESULTS = Path(__file__).parent / "results"
BUNDLED = {"digits": load_digits, "breast_cancer": load_breast_cancer, "wine": load_wine}
TABLES = ("pendigits", "page_blocks", "phoneme", "vehicle", "winequality_white", "letter")
CRITERIA = {
    "stabilizing predictions (kappa 0.99)": StabilizingPredictions(),
    "stabilizing predictions (kappa 0.95)": StabilizingPredictions(threshold=0.95),
    "classification change (none)": ClassificationChange(),
    "classification change (none, 2 rounds)": ClassificationChange(rounds=2),
    "overall uncertainty (0.01)": OverallUncertainty(),
    "maximum confidence (0.001)": MaximumConfidence(),
}
MAX_ROWS = 6000


def data_sets():
    """Name, rows and labels of each data set that is found."""
    for name, load in BUNDLED.items():
        yield name, *load(return_X_y=True)
    for name in TABLES:
        path = Path(os.environ.get("SKACTIVE_DATA", ".")) / "tabular" / f"{name}.csv.gz"
        if not path.is_file():
            print(f"{path} is not there, left out")
            continue
        table = pandas.read_csv(path, nrows=MAX_ROWS)  # target last, rows shuffled
        yield name, table.iloc[:, :-1].to_numpy(dtype=float), table.iloc[:, -1].to_numpy()


def histories(X, y, budget, seed):
    """Labels, test accuracy, and the predictions of each model for a sample of the pool."""
    X_pool, X_test, y_pool, y_test = train_test_split(X, y, test_size=0.5, random_state=seed)
    sample = X_pool[np.random.RandomState(seed).permutation(len(X_pool))[:2000]]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    budget = min(budget, len(X_pool) // 10 * 10)
    learner = ActiveLearner(model, MarginSampling(), budget=budget, random_state=seed)
    n_labels, scores, classes, probabilities = [], [], [], []
    for _ in learner.play(X_pool, y_pool, every_round=True):
        if not hasattr(learner, "estimator_"):
            continue
        n_labels.append(learner.n_labels_)
        scores.append(learner.score(X_test, y_test))
        classes.append(learner.predict(sample))
        probabilities.append(class_probabilities(learner, sample))
    return np.array(n_labels), np.array(scores), classes, probabilities


def rows_of(name, X, y, n_splits, budget):
    """One line for each criterion."""
    stops = {criterion: [] for criterion in CRITERIA}
    for seed in range(n_splits):
        n_labels, scores, classes, probabilities = histories(X, y, budget, seed)
        for title, criterion in CRITERIA.items():
            history = classes if criterion.reads == "predict" else probabilities
            at = criterion.stops_at(history)
            if at is not None:
                stops[title].append((n_labels[at], scores[-1] - scores[at]))
    for title, found in stops.items():
        used, lost = zip(*found) if found else ((), ())
        yield {
            "data set": name,
            "criterion": title,
            "stopped": f"{len(found)} of {n_splits}",
            "labels (median)": int(np.median(used)) if found else "",
            "points given up (median)": f"{100 * np.median(lost):.1f}" if found else "",
            "points given up (worst)": f"{100 * max(lost):.1f}" if found else "",
            "labels at the end": int(n_labels[-1]),
            "accuracy at the end": f"{scores[-1]:.3f}",
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--budget", type=int, default=400)
    options = parser.parse_args()
    rows = []
    for name, X, y in data_sets():
        rows += rows_of(name, X, y, options.splits, options.budget)
        print(name, len(X), "done", flush=True)
    with open(RESULTS / "stopping.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + " --- |" * len(rows[0])]
    lines += ["| " + " | ".join(map(str, row.values())) + " |" for row in rows]
    command = f"python benchmarks/stopping.py --splits {options.splits} --budget {options.budget}"
    text = "\n".join([f"`{command}`", "", *lines, ""])
    (RESULTS / "stopping.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
