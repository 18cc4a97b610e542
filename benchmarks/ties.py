"""Margin sampling with a model that gives every row the same probabilities, on sorted files.

    python benchmarks/ties.py                # ten tables, ten seeds
    python benchmarks/ties.py --seeds 2      # quicker

``HistGradientBoostingClassifier()`` cannot split fewer than 40 labels, so all
margins are equal and the order of ties decides. Rows are sorted by class, as in
many files. On the same held-out half, the program compares margin sampling, random
sampling, and the rows in the order of the file, which ties by position would pick.
The last four tables are read from the folder SKACTIVE_DATA.
"""

import argparse
import warnings

import numpy as np
from _reports import RESULTS, markdown, run_tasks, write_csv
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_iris,
    load_wine,
    make_classification,
)
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

from skactive import ActiveLearner
from skactive.datasets import load_tabular
from skactive.pool import take_rows
from skactive.query import MarginSampling, RandomSampling

MOST_ROWS = 2000
N_CONSTANT, N_LABELS = 39, 60


def in_file_order(learner, X, n_queries):
    return np.arange(n_queries)


METHODS = {"margin": MarginSampling, "random": RandomSampling, "file": lambda: in_file_order}


def made(n_classes, weights, seed):
    return lambda: make_classification(
        2000, 20, n_informative=8, n_classes=n_classes, weights=weights, random_state=seed
    )


def tabular(name):
    def load():
        data = load_tabular(name)
        return data.X, np.asarray(data.y)

    return load


TABLES = {
    "iris": lambda: load_iris(return_X_y=True),
    "wine": lambda: load_wine(return_X_y=True),
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
    "made, 5 classes": made(5, None, 0),
    "made, 5 classes, imbalanced": made(5, [0.6, 0.2, 0.1, 0.06, 0.04], 1),
    "car": tabular("car"),
    "adult": tabular("adult"),
    "letter": tabular("letter"),
    "page_blocks": tabular("page_blocks"),
}


def halves(table, seed):
    """Two halves of a table of at most so many rows, the first one sorted by class."""
    X, y = TABLES[table]()
    y = np.unique(y, return_inverse=True)[1]
    rows = np.arange(len(y))
    if len(y) > 2 * MOST_ROWS:
        rows = np.sort(np.random.RandomState(seed).permutation(len(y))[: 2 * MOST_ROWS])
    train, test = train_test_split(rows, test_size=0.5, random_state=seed)
    train = train[np.argsort(y[train], kind="stable")]
    return take_rows(X, train), y[train], take_rows(X, test), y[test]


def play(table, method, seed):
    """Classes found while all scores are equal, and the accuracy of the model at the end."""
    X, y, X_test, y_test = halves(table, seed)
    learner = ActiveLearner(
        HistGradientBoostingClassifier(max_iter=30),
        METHODS[method](),
        budget=N_LABELS,
        n_initial=9,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="the scores of all")
        warnings.filterwarnings("ignore", category=UserWarning, module="sklearn")
        learner.fit(X, y)
        accuracy = balanced_accuracy_score(y_test, learner.predict(X_test))
    found = len(np.unique(learner.y_labeled_[:N_CONSTANT]))
    return {
        "table": table,
        "method": method,
        "seed": seed,
        "classes": len(np.unique(y)),
        "found": found,
        "balanced_accuracy": round(float(accuracy), 4),
    }


def summary(records):
    """For each table the means, and the paired differences of margin and random."""
    lines = []
    for table in TABLES:
        by_method = {}
        for record in records:
            if record["table"] == table:
                by_method.setdefault(record["method"], []).append(record)
        line = [table, by_method["margin"][0]["classes"]]
        for key, digits in (("found", 1), ("balanced_accuracy", 3)):
            values = {m: np.array([r[key] for r in rows]) for m, rows in by_method.items()}
            line += [f"{values[m].mean():.{digits}f}" for m in METHODS]
            gap = values["margin"] - values["random"]
            error = gap.std(ddof=1) / np.sqrt(len(gap)) if len(gap) > 1 else np.nan
            line.append(f"{gap.mean():+.{digits}f} ± {error:.{digits}f}")
        lines.append(line)
    head = ["table", "classes"]
    for what in (f"found in {N_CONSTANT} labels", f"balanced accuracy, {N_LABELS} labels"):
        head += [f"{what}: margin", "random", "file order", "margin − random ± s.e."]
    return markdown(head, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--n-jobs", type=int, default=1)
    arguments = parser.parse_args()
    tasks = [(t, m, s) for t in TABLES for m in METHODS for s in range(arguments.seeds)]
    records = run_tasks(play, tasks, arguments.n_jobs)
    write_csv(RESULTS / "ties.csv", records)
    text = summary(records)
    (RESULTS / "ties.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
