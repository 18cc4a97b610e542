"""Rows that scikit-activeml picks from a pool; run it in a separate environment.

    python _peer_picks.py POOL.npz PICKS.npy STRATEGY BUDGET BATCH SEED

POOL.npz holds ``X`` (n, d) and ``y`` (n,) as codes. A label is used only after
its row was picked. STRATEGY is TypiClust, CoreSet or Badge.
"""

import sys
import warnings

import numpy as np
from skactiveml.classifier import SklearnClassifier
from skactiveml.pool import Badge, CoreSet, TypiClust
from sklearn.linear_model import LogisticRegression


def pick(X, y, name, budget, batch, seed):
    """Positions in the order picked, ``batch`` at a time, from no label on."""
    strategy = {"TypiClust": TypiClust, "CoreSet": CoreSet, "Badge": Badge}[name]
    strategy = strategy(random_state=seed)
    known, picks = np.full(len(y), np.nan), []
    while len(picks) < budget:
        more = {}
        if name == "Badge":
            model = LogisticRegression(max_iter=300)
            more["clf"] = SklearnClassifier(model, classes=np.unique(y), random_state=seed)
        rows = strategy.query(X, known, batch_size=min(batch, budget - len(picks)), **more)
        known[rows] = y[rows]
        picks.extend(int(row) for row in rows)
    return np.array(picks)


def main(pool, out, name, budget, batch, seed):
    warnings.simplefilter("ignore")
    arrays = np.load(pool)
    np.save(out, pick(arrays["X"], arrays["y"], name, int(budget), int(batch), int(seed)))


if __name__ == "__main__":
    main(*sys.argv[1:])
