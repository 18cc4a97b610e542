"""Spend a labeling budget on an imbalanced pool with three strategies, and compare them.

    python benchmarks/quickstart.py
    python benchmarks/quickstart.py --csv table.csv.gz --target label

The strategies label rows of a pool; the test rows are held out and do not change.
Without ``--csv``, the pool is scikit-learn's digits, reduced until the imbalance
ratio (standard deviation of the class counts divided by their mean) is 0.75, with
other rare digits for each seed. A table is used with its own imbalance, unless
``--ratio`` reduces it too. Needs skactive; the picture needs matplotlib, and
``--csv`` needs pandas.
"""

import argparse
import sys
import warnings
from time import perf_counter

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import make_scorer, recall_score
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skactive import ActiveLearner
from skactive.datasets import make_imbalanced
from skactive.evaluation import ActiveLearningCurveDisplay, compare_strategies
from skactive.metrics import imbalance_ratio
from skactive.query import BalancedQuery, MarginSampling, RandomSampling

STRATEGIES = {
    "random": RandomSampling(),
    "margin": MarginSampling(),
    "balanced margin": BalancedQuery(MarginSampling()),
}
FAIR = "mean per-class accuracy"
DIGITS_RATIO = 0.75


def main(arguments=None):
    """Simulate, print the table and the comparison, and draw the curves."""
    began = perf_counter()
    # true of any first batch that finds many classes
    warnings.filterwarnings("ignore", message="The number of unique classes is greater")
    options = parse(arguments)
    X, y, classifier = read_digits() if options.csv is None else read_table(options)
    splits = make_splits(X, y, options)
    describe(y, splits, options)
    learner = ActiveLearner(
        classifier, budget=options.budget, batch_size=options.batch_size, random_state=0
    )
    how = {"cv": splits, "scoring": scorers(), "n_jobs": options.n_jobs, "verbose": 1}
    curves = compare_strategies(learner, STRATEGIES, X, y, **how)
    print_table(curves, y)
    print_comparison(curves)
    draw(curves, options.out)
    print(f"{perf_counter() - began:.0f} seconds")


def parse(arguments):
    """The options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__.partition("\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--csv", metavar="FILE", help="table to use, .csv or .csv.gz")
    parser.add_argument("--target", metavar="COLUMN", help="its column of labels")
    parser.add_argument("--budget", type=int, default=100, help="labels to spend")
    parser.add_argument("--batch-size", type=int, default=5, help="labels per round")
    parser.add_argument("--seeds", type=int, default=10, help="splits, one run per strategy")
    parser.add_argument("--ratio", type=float, help="target imbalance ratio of the pool")
    parser.add_argument("--test-size", type=float, default=0.25, help="share of rows held out")
    parser.add_argument("--max-rows", type=int, default=5000, help="rows used of a larger table")
    parser.add_argument("--n-jobs", type=int, default=-1, help="parallel runs, -1: all cores")
    parser.add_argument("--out", default="quickstart.png", help="file of the picture")
    options = parser.parse_args(arguments)
    if (options.csv is None) != (options.target is None):
        parser.error("--csv and --target go together")
    if options.seeds < 2:
        parser.error("--seeds must be at least 2, a single simulation shows no spread")
    if options.csv is None and options.ratio is None:
        options.ratio = DIGITS_RATIO
    return options


def read_digits():
    """Pixels scaled to [0, 1], digits, a classifier for them."""
    X, y = load_digits(return_X_y=True)
    return X / 16, y, LogisticRegression(max_iter=1000)


def read_table(options):
    """Columns of any type, labels, a pipeline that takes both as they are."""
    try:
        import pandas as pd
    except ImportError:
        sys.exit("--csv needs pandas: pip install pandas")
    frame = pd.read_csv(options.csv)
    if options.target not in frame:
        sys.exit(f"there is no column {options.target!r}, but {', '.join(frame.columns)}")
    frame = frame.dropna(subset=[options.target]).reset_index(drop=True)
    if len(frame) > options.max_rows:
        print(f"Note: {options.max_rows} rows drawn of {len(frame)} (--max-rows).")
        frame = frame.sample(options.max_rows, random_state=0).reset_index(drop=True)
    frame = frame.dropna(axis="columns", how="all")
    y = frame.pop(options.target)
    y = y.to_numpy() if pd.api.types.is_integer_dtype(y) else y.astype(str).to_numpy(object)
    words = frame.columns[[not pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]]
    frame = frame.astype({column: "category" for column in words})
    return frame, y, mixed_pipeline(list(frame.columns.difference(words)), list(words))


def mixed_pipeline(numbers, words):
    """Logistic regression on imputed, scaled numbers and on one-hot words."""
    scale = make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
    )
    encode = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing", keep_empty_features=True),
        OneHotEncoder(handle_unknown="ignore", max_categories=30, sparse_output=False),
    )
    columns = make_column_transformer((scale, numbers), (encode, words))
    return make_pipeline(columns, LogisticRegression(max_iter=1000))


def make_splits(X, y, options):
    """Pool and test rows for each seed; a class of a single row is only in the pool."""
    labels, codes, counts = np.unique(y, return_inverse=True, return_counts=True)
    single = np.flatnonzero(counts[codes] == 1)
    several = np.flatnonzero(counts[codes] > 1)
    if len(single):
        names = ", ".join(map(str, y[single]))
        print(f"Note: no test row for {names}, of which there is a single row.")
    splitter = StratifiedShuffleSplit(options.seeds, test_size=options.test_size, random_state=0)
    splits = []
    for seed, (train, test) in enumerate(splitter.split(several, codes[several])):
        pool = np.sort(np.concatenate([several[train], single]))
        if options.ratio is not None:
            pool, _ = make_imbalanced(pool, codes[pool], ratio=options.ratio, random_state=seed)
        splits.append((pool, several[test]))
    return splits


def describe(y, splits, options):
    """Describe the pool and the test rows."""
    size = np.mean([len(pool) for pool, _ in splits])
    ratio = np.mean([imbalance_ratio(y[pool]) for pool, _ in splits])
    print(
        f"{options.csv or 'digits'}: {len(np.unique(y))} classes, a pool of {size:.0f} rows "
        f"with imbalance ratio {ratio:.2f}, {len(splits[0][1])} test rows"
    )
    print(f"{options.budget} labels in rounds of {options.batch_size}, {len(splits)} seeds")


def scorers():
    """Accuracy, and its mean over the classes that the test rows have."""
    return {FAIR: make_scorer(mean_class_accuracy), "accuracy": "accuracy"}


def mean_class_accuracy(y_true, y_pred):
    """balanced_accuracy_score, without a warning if a class has no test row."""
    labels = np.unique(y_true)
    return recall_score(y_true, y_pred, labels=labels, average="macro", zero_division=0)


def print_table(curves, y):
    """One line per strategy: mean and spread over seeds when the budget is spent."""
    header = ["accuracy", FAIR, "classes found", "imbalance ratio"]
    print(f"\n{'strategy':16}" + "".join(f"{name:>25}" for name in header))
    for name, curve in curves.items():
        ratios = [
            imbalance_ratio(y[labeled], classes=np.unique(y[pool]))
            for labeled, (pool, _) in zip(curve.labeled_indices, curve.splits)
        ]
        found = curve.n_classes_found[:, -1]
        values = [curve["accuracy"].final, curve[FAIR].final, found, ratios]
        print(f"{name:16}" + "".join(f"{spread(value):>25}" for value in values))


def spread(values):
    """Mean and standard deviation over the seeds."""
    return f"{np.mean(values):.3f} +/- {np.std(values, ddof=1):.3f}"


def print_comparison(curves):
    """Each strategy against random sampling, seed by seed."""
    print(f"\n{FAIR} minus that of random; p of the corrected resampled t-test")
    for name, curve in curves.items():
        if name == "random":
            continue
        for on, what in (("final", "budget spent"), ("area", "area under the curve")):
            print(f"{name:16}{what:22}{curve[FAIR].compare_with(curves['random'], on=on)}")


def draw(curves, path):
    """The learning curves as a picture."""
    try:
        import matplotlib
    except ImportError:
        print("No picture: pip install matplotlib")
        return
    matplotlib.use("Agg")
    display = ActiveLearningCurveDisplay.from_curves(curves, metric=FAIR)
    display.figure_.savefig(path, dpi=150, bbox_inches="tight")
    print(f"\nLearning curves in {path}")


if __name__ == "__main__":
    main()
