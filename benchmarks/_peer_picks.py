"""Rows that scikit-activeml picks from a pool; run it in a separate environment.

    python _peer_picks.py POOL.npz PICKS.npy STRATEGY BUDGET BATCH SEED [START]

POOL.npz holds ``X`` (n, d) and ``y`` (n,) as codes. A label is used only after
its row was picked. STRATEGY is a key of ``STRATEGIES``; those that read a model
start with ten random rows if START is "random".
"""

import sys
import warnings
from functools import partial

import numpy as np
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import Badge, CoreSet, DropQuery, Falcun, TypiClust, UncertaintySampling
from sklearn.linear_model import LogisticRegression

STRATEGIES = {
    "TypiClust": TypiClust,
    "CoreSet": CoreSet,
    "Badge": Badge,
    "Falcun": Falcun,
    "DropQuery": DropQuery,
    "MarginSampling": partial(UncertaintySampling, method="margin_sampling"),
}
WITHOUT_MODEL = {"TypiClust", "CoreSet"}


def pick(X, y, name, budget, batch, seed, start="none"):
    """Positions in the order picked, ``batch`` at a time."""
    strategy = STRATEGIES[name](random_state=seed)
    reads_model = name not in WITHOUT_MODEL
    known, picks = np.full(len(y), np.nan), []
    while len(picks) < budget:
        n = min(batch, budget - len(picks))
        if reads_model and start == "random" and not picks:
            rows = np.random.RandomState(seed).permutation(len(y))[:n]
        else:
            more = {}
            if reads_model:
                model = LogisticRegression(max_iter=300)
                more["clf"] = SklearnClassifier(model, classes=np.unique(y), random_state=seed)
            rows = strategy.query(X, known, batch_size=n, **more)
        known[rows] = y[rows]
        picks.extend(int(row) for row in rows)
    return np.array(picks)


def main(pool, out, name, budget, batch, seed, start="none"):
    warnings.simplefilter("ignore")
    arrays = np.load(pool)
    numbers = map(int, (budget, batch, seed))
    np.save(out, pick(arrays["X"], arrays["y"], name, *numbers, start))


if __name__ == "__main__":
    main(*sys.argv[1:])
