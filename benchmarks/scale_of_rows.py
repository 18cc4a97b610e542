"""Accuracy of logistic regression on a few labels of embeddings, for several scales of the rows.

    python benchmarks/scale_of_rows.py    # two minutes on one core

Rows are principal components, as BalancedCoverage sees them. A scale of 1 means that
their mean variance is 1, "as they are" means rows of norm 1. The program writes the mean
accuracy and log loss of three random draws of labels to results/scale_of_rows.md.
"""

import warnings

import numpy as np
from _reports import RESULTS, markdown
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss
from sklearn.preprocessing import normalize

from skactive.datasets import load_banking77, load_caltech101_features, load_clinc150
from skactive.query._components import Components

SCALES = [None, 0.3, 0.5, 1, 2, 4]
DRAWS, N_ROWS, N_TEST = 3, 4000, 2000


def sets():
    """Name, rows, labels and number of labels to learn from."""
    for name, load, n in (
        ("caltech101", load_caltech101_features, 250),
        ("banking77", load_banking77, 300),
        ("clinc150", load_clinc150, 600),
    ):
        data = load()
        yield name, data.X_train, data.y_train, n
    yield "digits", *load_digits(return_X_y=True), 40


def read(rows, y, n, seed):
    """Accuracy and log loss on classes among n random labels."""
    order = np.random.RandomState(seed).permutation(len(y))
    taught, test = order[:n], order[n : n + N_TEST]
    test = test[np.isin(y[test], y[taught])]
    model = LogisticRegression(max_iter=60).fit(rows[taught], y[taught])
    p = model.predict_proba(rows[test])
    best = model.classes_[p.argmax(axis=1)]
    return accuracy_score(y[test], best), log_loss(y[test], p, labels=model.classes_)


def main():
    warnings.simplefilter("ignore")
    lines = []
    for name, X, y, n in sets():
        kept = np.random.RandomState(0).permutation(len(y))[:N_ROWS]
        X, y = normalize(X[kept]), np.asarray(y)[kept]
        rows = Components(X, 128, 20, 8192).sample  # of mean variance 1
        norms = np.linalg.norm(X - X.mean(axis=0), axis=1)
        own = np.sqrt((norms**2).mean() / (rows**2).sum(axis=1).mean())
        for scale in SCALES:
            found = [read(rows * (scale or own), y, n, seed) for seed in range(DRAWS)]
            accuracy, loss = np.mean(found, axis=0)
            named = f"as they are ({own:.3f})" if scale is None else scale
            lines.append([name, n, named, f"{accuracy:.3f}", f"{loss:.2f}"])
    text = markdown(["set", "labels", "scale", "accuracy", "log loss"], lines)
    (RESULTS / "scale_of_rows.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
