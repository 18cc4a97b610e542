"""Fast trials of selections on tables: pools with their kernel, and two classifiers for the picks.

A table is cut to 2,500 rows; missing values are imputed, numbers standardized
and categories one-hot encoded. Each seed splits it differently into a pool
(60 %) and test rows. Selections pick positions in the pool, ten at a time, from
the first label on. A logistic regression and a forest are trained on the picks
after 20, 40, 70, 110 and 150 labels.
"""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Memory
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skactive.datasets._home import find_file

TABLES = (
    "letter page_blocks pendigits vehicle ecoli glass phoneme abalone balance_scale "
    "winequality_white oil_spill adult hypothyroid car nursery sick soybean dermatology "
    "kr_vs_kp audiology german"
).split()
BUDGETS = (20, 40, 70, 110, 150)
BATCH = 10
_MOST_ROWS = 2500
_N_BASELINES = 4

memory = Memory(Path.home() / ".cache" / "skactive_trials", verbose=0)


def load_table(name):
    """Numbers of one scale, (n_rows, n_features), and labels, of at most 2,500 rows."""
    frame = pd.read_csv(find_file(f"tabular/{name}.csv.gz", None)).head(_MOST_ROWS)
    X, y = frame.drop(columns="target"), frame["target"].astype(str).to_numpy()
    X = X.dropna(axis=1, how="all")
    is_number = make_column_selector(dtype_include="number")
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    words = OneHotEncoder(sparse_output=False, handle_unknown="ignore")
    is_word = make_column_selector(dtype_exclude="number")
    encode = make_column_transformer((numbers, is_number), (words, is_word))
    counts = pd.Series(y).value_counts()
    kept = np.isin(y, counts.index[counts >= 2])
    return encode.fit_transform(X[kept]).astype(np.float64), y[kept]


class Pool:
    """One split of a table: what a selection sees, and the test part."""

    def __init__(self, name, X, y, squared, seed):
        rows = np.arange(len(y))
        train, test = train_test_split(rows, test_size=0.4, stratify=y, random_state=seed)
        known = np.isin(y[test], y[train])
        self.name, self.seed = name, seed
        self.X, self.y = X[train], y[train]
        self.X_test, self.y_test = X[test][known], y[test][known]
        self.squared = squared[np.ix_(train, train)]
        self.widths = {}
        self.notes = {}

    def kernel(self, n_neighbors=20, factor=1.0):
        """Gaussian similarities of all pairs; the width is the median n-th neighbor distance."""
        key = (n_neighbors, factor)
        if key not in self.widths:
            rank = min(n_neighbors, len(self.y) - 1)
            far = np.partition(self.squared, rank, axis=1)[:, rank]
            width = factor * (np.median(far) or far.mean() or 1.0)
            self.widths[key] = np.exp(-self.squared / np.float32(width))
        return self.widths[key]

    @property
    def budgets(self):
        return [b for b in BUDGETS if b <= len(self.y) - BATCH]


def pools(name, seeds):
    """The splits of a table, with distances that are computed once."""
    X, y = load_table(name)
    squared = euclidean_distances(X, squared=True).astype(np.float32)
    np.fill_diagonal(squared, 0)
    for seed in seeds:
        yield Pool(name, X, y, squared, seed)


def readers(n_trees):
    """The two classifiers that are taught the picks."""
    forest = RandomForestClassifier(n_trees, random_state=0)
    return LogisticRegression(max_iter=300), forest


def read(pool, picks, n_trees=50, budgets=None):
    """Mean per-class and plain accuracy in percent at each budget, (n_budgets, 2 readers, 2)."""
    found = []
    for budget in pool.budgets if budgets is None else budgets:
        rows = picks[:budget]
        one_class = len(np.unique(pool.y[rows])) == 1
        models = [DummyClassifier()] * 2 if one_class else readers(n_trees)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            warnings.filterwarnings("ignore", message="The number of unique classes")
            warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")
            predicted = [m.fit(pool.X[rows], pool.y[rows]).predict(pool.X_test) for m in models]
        found.append(
            [
                (balanced_accuracy_score(pool.y_test, p), np.mean(p == pool.y_test))
                for p in predicted
            ]
        )
    return 100 * np.array(found)


@memory.cache(ignore=["pool"])
def baseline(name, seed, n_trees, pool):
    """Scores of random picks, mean over several draws."""
    draws = []
    for i in range(_N_BASELINES):
        stream = np.random.RandomState(1000 * i + seed)
        draws.append(read(pool, stream.permutation(len(pool.y)), n_trees))
    return np.mean(draws, axis=0)
