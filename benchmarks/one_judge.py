"""Which rows to label under class imbalance: every selection with the same classifier.

The benchmark compares only the choice of rows. Each selection labels rows of a
pool within a budget. The same classifier (logistic regression on 128 principal
components of the features) is trained on these rows and tested by mean per-class
accuracy. G_AL compares it with the classifier trained on the whole pool. The
selections are random sampling, margin sampling with a refit between batches, the
acquisition functions of Aggarwal et al. (2020) with their balancing,
scikit-activeml in a separate environment, a perfectly balanced set drawn at
random (oracle), and ours.

    python benchmarks/one_judge.py --datasets digits all_digits
    python benchmarks/one_judge.py --datasets caltech101 banking77 --peers PYTHON --n-jobs 2

PYTHON is the interpreter of an environment with scikit-activeml.
"""

import argparse
import subprocess
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
from _ablations import ABLATIONS
from _pools import BUDGETS, load_pool
from _reports import RESULTS, markdown, mean_and_spread, read_csv, run_tasks, write_csv
from aggarwal2020 import acquisitions
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import balanced_accuracy_score

from skactive import ActiveLearner
from skactive.metrics import gal_score, n_classes_found
from skactive.query import (
    BalancedCoverage,
    BalancedQuery,
    CoreSet,
    MarginSampling,
    RandomSampling,
)

OURS = "ours: BalancedCoverage"
EQUAL = "ours in batches as large as the others'"
# the default of a learner
OUR_BATCH = 10
PEERS = ("TypiClust", "CoreSet", "Badge")


def batch_size(budgets):
    """Labels between two fits of the classifier: 50, or 10 if budgets are small."""
    return 50 if max(budgets) >= 500 else 10


def play(pool, strategy, budget, seed, batch):
    """Positions that a learner with the evaluation classifier picks, in order."""
    learner = ActiveLearner(
        pool.classifier(),
        strategy,
        budget=budget,
        batch_size=batch,
        n_initial=batch,
        random_state=seed,
    )
    try:
        learner.fit(pool.X, pool.y)
    except ValueError:
        if learner.n_labels_ < budget:
            raise
        # all labels went to one class: nothing to fit, but a selection all the same
    return learner.query_indices_


def papers_rows(pool):
    """The paper's acquisition functions with its balancing, on principal components."""
    source_free = {"random": RandomSampling(), "core_set": None}
    found = acquisitions(pool) if pool.source is not None else source_free
    found["core_set"] = CoreSet(embed=pool.components)
    return {
        f"{name} + balancing": BalancedQuery(strategy, embed=pool.components)
        for name, strategy in found.items()
    }


def oracle(y, budget, seed):
    """Rows drawn class by class in turn, as far as the classes reach."""
    rng = np.random.RandomState(seed)
    turns, classes = np.empty(len(y), dtype=int), np.unique(y)
    for c in classes:
        rows = np.flatnonzero(y == c)
        turns[rows] = rng.permutation(len(rows))
    return np.lexsort((rng.rand(len(y)), turns))[:budget]


def peer(pool, name, budget, seed, batch, python):
    """What scikit-activeml picks, in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        given, picked = Path(folder) / "pool.npz", Path(folder) / "picks.npy"
        codes = np.unique(pool.y, return_inverse=True)[1]
        np.savez(given, X=pool.components(pool.X), y=codes)
        script = Path(__file__).with_name("_peer_picks.py")
        numbers = [str(number) for number in (budget, batch, seed)]
        subprocess.run([python, script, given, picked, name, *numbers], check=True)
        return np.load(picked)


def selections(pool, budgets, seed, python):
    """Name to a function of a budget that gives picks; all but the balanced ones are prefixes."""
    largest, batch = max(budgets), batch_size(budgets)

    def prefixes(pick):
        picks = lru_cache(None)(pick)
        return lambda budget: picks()[:budget]

    found = {
        "random": prefixes(lambda: play(pool, RandomSampling(), largest, seed, batch)),
        "margin": prefixes(lambda: play(pool, MarginSampling(), largest, seed, batch)),
        "balanced oracle": prefixes(lambda: oracle(pool.y, largest, seed)),
    }
    for name, cls in {OURS: BalancedCoverage, **ABLATIONS}.items():
        strategy = cls(embed=pool.embed)
        found[name] = prefixes(lambda s=strategy: play(pool, s, largest, seed, OUR_BATCH))
    equal = BalancedCoverage(embed=pool.embed)
    found[EQUAL] = prefixes(lambda: play(pool, equal, largest, seed, batch))
    for name, strategy in papers_rows(pool).items():
        found[name] = lambda budget, strategy=strategy: play(pool, strategy, budget, seed, 1)
    for name in PEERS if python else ():
        found[f"scikit-activeml {name}"] = prefixes(
            lambda name=name: peer(pool, name, largest, seed, batch, python)
        )
    return found


@lru_cache(1)
def pool_and_full_accuracy(dataset, seed):
    """A pool, and the accuracy of the evaluation classifier taught all of it."""
    pool = load_pool(dataset, seed)
    return pool, accuracy(pool, np.arange(len(pool.y)))


def accuracy(pool, rows):
    """Mean per-class accuracy, in percent, of the evaluation classifier trained on some rows."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    one_class = n_classes_found(pool.y[rows]) == 1
    classifier = DummyClassifier() if one_class else pool.classifier()
    classifier.fit(pool.X[rows], pool.y[rows])
    return 100 * balanced_accuracy_score(pool.y_test, classifier.predict(pool.X_test))


def one_run(dataset, seed, name, python):
    """Records of one selection on one pool, a dict for each budget."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    pool, full = pool_and_full_accuracy(dataset, seed)
    budgets = BUDGETS[dataset]
    pick = selections(pool, budgets, seed, python)[name]
    records = []
    for budget in budgets:
        rows = pick(budget)
        records.append(
            {
                "dataset": dataset,
                "selection": name,
                "seed": seed,
                "budget": budget,
                "accuracy": accuracy(pool, rows),
                "classes_found": n_classes_found(pool.y[rows]),
                "full_accuracy": full,
            }
        )
    return records


def summary(records):
    """Accuracies by budget and G_AL by seed of one selection on one data set."""
    by_budget, by_seed = {}, {}
    for r in records:
        by_budget.setdefault(r["budget"], []).append(r["accuracy"])
        by_seed.setdefault(r["seed"], []).append((r["accuracy"], r["full_accuracy"]))
    scores = [gal_score(*np.transpose(pairs)) for pairs in by_seed.values()]
    return by_budget, scores


def table(dataset, records):
    """Markdown of one data set, best G_AL first, and the share of the gap that ours closes."""
    names = dict.fromkeys(r["selection"] for r in records)
    lines, means = [], {}
    for name in names:
        by_budget, scores = summary([r for r in records if r["selection"] == name])
        means[name] = np.mean(scores)
        cells = [mean_and_spread(values) for values in by_budget.values()]
        lines.append([name, *cells, mean_and_spread(scores, 2)])
    lines.sort(key=lambda line: -means[line[0]])
    header = ["selection", *(f"b = {b}" for b in BUDGETS[dataset]), "G_AL"]
    return f"## {dataset}\n\n{markdown(header, lines)}\n\n{gap_closed(means)}\n"


def gap_closed(means):
    """How far each of ours gets from the best known selection to the balanced oracle."""
    left_out = (OURS, EQUAL, *ABLATIONS, "balanced oracle")
    known = {name: score for name, score in means.items() if name not in left_out}
    if not known or not {OURS, "balanced oracle"} <= set(means):
        return "The share of the gap needs a known selection, the oracle and ours."
    best = max(known, key=known.get)
    gap = means["balanced oracle"] - known[best]
    shares = {name: (means[name] - known[best]) / gap for name in (OURS, EQUAL) if name in means}
    closed = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items())
    bounds = f"{best} ({known[best]:.2f}); oracle {means['balanced oracle']:.2f}"
    return f"Best known: {bounds}. Gap closed: {closed}."


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--datasets", nargs="+", choices=list(BUDGETS), default=["digits"])
    parser.add_argument(
        "--selections", nargs="+", help="run only these; others in the CSV file are kept"
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with scikit-activeml")
    parser.add_argument("--n-jobs", type=int, default=1)
    args = parser.parse_args()
    for dataset in args.datasets:
        names = selections(load_pool(dataset), BUDGETS[dataset], 0, args.peers)
        chosen = [n for n in names if not args.selections or n in args.selections]
        tasks = [(dataset, s, n, args.peers) for s in range(args.seeds) for n in chosen]
        records = [r for run in run_tasks(one_run, tasks, args.n_jobs) for r in run]
        stem = RESULTS / f"one_judge_{dataset}"
        kept = [r for r in read_csv(stem.with_suffix(".csv")) if r["selection"] not in chosen]
        records = kept + records
        write_csv(stem.with_suffix(".csv"), records)
        text = table(dataset, records)
        stem.with_suffix(".md").write_text(text)
        print(f"{text}\nwritten to {stem}.csv and .md", flush=True)


if __name__ == "__main__":
    main()
