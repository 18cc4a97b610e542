"""Aggarwal, Popescu and Hudelot (2020): Tables 2 to 5 and Fig. 1 on real data.

This is one-shot active learning under class imbalance: a source model picks all
rows, and a linear SVM is trained once on their labels. Each acquisition function
runs without and with the paper's balancing, label by label. For every function
and budget, the program prints mean per-class accuracy, classes found and
imbalance ratio, and G_AL over the budgets. It writes them as CSV and Markdown,
with two pictures.

    python benchmarks/aggarwal2020.py --dataset digits
    python benchmarks/aggarwal2020.py --dataset caltech101 --n-jobs 2
    python benchmarks/aggarwal2020.py --dataset banking77 --svm-c cv
"""

import argparse
import warnings

import numpy as np
from _pools import BUDGETS, load_pool, on
from _reports import RESULTS, markdown, mean_and_spread, run_tasks, write_csv
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.metrics import TransferabilityDisplay, gal_score, imbalance_ratio, n_classes_found
from skactive.model_selection import RareStratifiedKFold
from skactive.query import (
    BalancedQuery,
    CoreSet,
    Diversified,
    EntropySampling,
    LeastConfidenceSampling,
    MarginSampling,
    RandomSampling,
)

UNCERTAINTIES = {"ent": EntropySampling, "ms": MarginSampling, "lc": LeastConfidenceSampling}
DRAWN_AT_RANDOM = ("random", "core_set")
DATASETS = ("caltech101", "banking77", "digits")


def acquisitions(pool):
    """The rows of the paper's Tables 2 and 3, by name."""
    source = pool.source
    found = {"random": RandomSampling()}
    for name, uncertainty in UNCERTAINTIES.items():
        found[name] = uncertainty(model=source)
    for name, uncertainty in UNCERTAINTIES.items():
        inverted = uncertainty(invert=True, model=source)
        found[f"{name}_inv"] = inverted
        found[f"{name}_inv_div"] = Diversified(inverted, source)
    found["ent_div"] = Diversified(EntropySampling(model=source), source)
    found["core_set"] = CoreSet(embed=pool.embed)
    return found


def classifier(pool, svm_c):
    """A linear SVM on the features; ``cv`` chooses C as the paper does."""
    svm = on(pool.embed, LinearSVC(C=1.0 if svm_c == "cv" else float(svm_c)))
    if svm_c != "cv":
        return svm
    grid = {"linearsvc__C": 10.0 ** np.arange(-4, 3) / 100}  # features have norm 10, not 1
    return GridSearchCV(svm, grid, cv=RareStratifiedKFold(10))


def one_run(pool, name, balanced, budget, seed, svm_c):
    """Select with one acquisition function, train once, and test."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    strategy = acquisitions(pool)[name]
    learner = ActiveLearner(
        classifier(pool, svm_c),
        BalancedQuery(strategy, embed=pool.embed) if balanced else strategy,
        budget=budget,
        batch_size=1 if balanced else budget,
        random_state=seed,
    ).fit(pool.X, pool.y)
    labels = pool.y[learner.query_indices_]
    accuracy = balanced_accuracy_score(pool.y_test, learner.predict(pool.X_test))
    return {
        "dataset": pool.name,
        "acquisition": name,
        "balanced": balanced,
        "budget": budget,
        "seed": seed,
        "accuracy": 100 * accuracy,
        "classes_found": n_classes_found(labels),
        "ir": imbalance_ratio(labels, classes=np.unique(pool.y)),
    }


def full_accuracy(pool, svm_c):
    """Accuracy of the same classifier taught every row of the pool."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    model = classifier(pool, svm_c).fit(pool.X, pool.y)
    return 100 * balanced_accuracy_score(pool.y_test, model.predict(pool.X_test))


def cells(records, budgets, full):
    """One table line: the figures of each budget, then G_AL, over the seeds."""
    line, by_seed = [], {}
    for budget in budgets:
        here = [r for r in records if r["budget"] == budget]
        accuracy = mean_and_spread([r["accuracy"] for r in here])
        found = np.mean([r["classes_found"] for r in here])
        ratio = np.mean([r["ir"] for r in here])
        line.append(f"{accuracy} ({found:.0f}, {ratio:.2f})")
        for r in here:
            by_seed.setdefault(r["seed"], []).append(r["accuracy"])
    scores = [gal_score(accuracies, [full] * len(budgets)) for accuracies in by_seed.values()]
    return [*line, mean_and_spread(scores, 2)]


def table(records, names, budgets, full):
    """Markdown: each acquisition function before and after balancing."""
    header = ["acquisition", *(f"b = {b}" for b in budgets), "G_AL"]
    header += [f"balanced, b = {b}" for b in budgets] + ["balanced G_AL"]
    rows = []
    for name in names:
        row = [name]
        for balanced in (False, True):
            ours = [r for r in records if (r["acquisition"], r["balanced"]) == (name, balanced)]
            row += cells(ours, budgets, full)
        rows.append(row)
    return markdown(header, rows)


def draw(pool, records, names, budgets, path):
    """Accuracy per budget before and after balancing, and Fig. 1 of the pool."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(17, 5), layout="constrained")
    for axis, balanced in zip(axes, (False, True)):
        for i, name in enumerate(names):
            ours = [r for r in records if (r["acquisition"], r["balanced"]) == (name, balanced)]
            means = [np.mean([r["accuracy"] for r in ours if r["budget"] == b]) for b in budgets]
            axis.plot(budgets, means, marker="o", label=name, color=plt.cm.tab20(i))
        axis.set(
            title="with balancing" if balanced else "as they are",
            xlabel="labels",
            ylabel="mean per-class accuracy (%)",
        )
        axis.legend(fontsize="small")
    TransferabilityDisplay.from_estimator(pool.source, pool.X, ax=axes[2], name=pool.name)
    axes[2].set_title("predicted source classes (Fig. 1)")
    figure.savefig(path, dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", choices=DATASETS, default="digits")
    parser.add_argument("--budgets", type=int, nargs="+")
    parser.add_argument("--seeds", type=int, default=5, help="runs of random methods")
    parser.add_argument("--svm-c", default="0.01", help="C of the SVM, or 'cv' to choose it")
    parser.add_argument("--n-jobs", type=int, default=1)
    args = parser.parse_args()
    budgets = args.budgets or BUDGETS[args.dataset]
    pool = load_pool(args.dataset)
    names = list(acquisitions(pool))
    tasks = [
        (pool, name, balanced, budget, seed, args.svm_c)
        for name in names
        for balanced in (False, True)
        for budget in budgets
        for seed in range(args.seeds if name in DRAWN_AT_RANDOM else 1)
    ]
    full = full_accuracy(pool, args.svm_c)
    records = run_tasks(one_run, tasks, args.n_jobs)
    stem = RESULTS / f"aggarwal2020_{args.dataset}"
    write_csv(stem.with_suffix(".csv"), [{**r, "full_accuracy": full} for r in records])
    text = table(records, names, budgets, full)
    ratio = imbalance_ratio(pool.y)
    title = (
        f"{args.dataset}: {len(pool.y)} rows, {n_classes_found(pool.y)} classes, ir {ratio:.3f}; "
        f"the full pool gives {full:.2f} %. "
        "Cells: mean per-class accuracy in % (classes found, imbalance ratio)."
    )
    stem.with_suffix(".md").write_text(f"{title}\n\n{text}\n")
    draw(pool, records, names, budgets, stem.with_suffix(".png"))
    print(f"{title}\n\n{text}\n\nwritten to {stem}.csv, .md and .png")


if __name__ == "__main__":
    main()
