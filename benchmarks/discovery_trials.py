"""How many classes and rare labels selections find without a model, on 21 tables.

    python benchmarks/discovery_trials.py --labels 40

The output has one line per table and their sums: labels of classes below 7 % of
the pool, and classes found, as means over splits.
"""

import argparse

import numpy as np
from _reports import markdown
from _trial_rules import density, greedy, width_for
from _trial_tables import BATCH, TABLES, pools


def random(pool, n):
    return np.random.RandomState(pool.seed).permutation(len(pool.y))[:n]


def k_center(pool, n):
    picks = [int(density(pool).argmax())]
    nearest = pool.squared[picks[0]]
    while len(picks) < n:
        picks.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, pool.squared[picks[-1]])
    return picks


def covering(power=0.0, in_turn=False, shrinks=False):
    """Coverage in batches; from the second batch on, a weight is density to the power -power."""

    def pick(pool, n):
        picks = []
        for batch in range(n // BATCH):
            is_plain = batch == 0 or (in_turn and batch % 2 == 0)
            weights = np.ones(len(pool.y)) if is_plain else density(pool) ** -power
            rank = width_for(pool, BATCH * (batch + 1), 20) if shrinks else 20
            picks += greedy(pool.kernel(rank), weights, np.array(picks, dtype=int), BATCH)
        return picks

    return pick


SELECTIONS = {
    "random": random,
    "coverage": covering(),
    "in turn by 1 / density": covering(1.0, in_turn=True),
    "by 1 / density": covering(1.0),
    "power 1/2": covering(0.5),
    "k-center": k_center,
    "shrinking": covering(shrinks=True),
    "shrinking, power 1/2": covering(0.5, shrinks=True),
    "shrinking, power 3/4": covering(0.75, shrinks=True),
}


def found(pool, picks):
    """Labels of rare classes, and classes."""
    classes, counts = np.unique(pool.y, return_counts=True)
    labels = pool.y[picks]
    is_rare = np.isin(labels, classes[counts < 0.07 * len(pool.y)])
    return is_rare.sum(), len(np.unique(labels))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labels", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=4)
    args = parser.parse_args()
    rows, total = [], 0
    for table in TABLES:
        splits = list(pools(table, range(args.seeds)))
        means = np.array(
            [
                np.mean([found(pool, pick(pool, args.labels)) for pool in splits], axis=0)
                for pick in SELECTIONS.values()
            ]
        )
        total = total + means
        rows.append([table, *(f"{rare:.1f} / {classes:.1f}" for rare, classes in means)])
    rows.append(["sum", *(f"{rare:.1f} / {classes:.1f}" for rare, classes in total)])
    print(markdown(["table", *SELECTIONS], rows))


if __name__ == "__main__":
    main()
