"""The contender "plain" of speed.py: each rule in ten lines of numpy, over all rows in every step.

Distances, sums and products are in float64; ties go to the lower position.
"""

import time

import numpy as np
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression


def best(scores, n):
    return np.argsort(-scores, kind="stable")[:n]


def entropy(P, n):
    return best(-(P * np.log(P)).sum(axis=1), n)


def margin(P, n):
    two = np.partition(P, -2, axis=1)[:, -2:]
    return best(two[:, 0] - two[:, 1], n)


def least(P, n):
    return best(-P.max(axis=1), n)


def k_center(X, labeled, n):
    X = X.astype(np.float64)
    norms = np.einsum("ij,ij->i", X, X)

    def to(row):
        return np.maximum(norms + norms[row] - 2 * (X @ X[row]), 0)

    nearest, picks = np.full(len(X), np.inf), []
    for row in labeled:
        nearest = np.minimum(nearest, to(row))
    nearest[labeled] = -1
    for _ in range(n):
        picks.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, to(picks[-1]))
        nearest[picks[-1]] = -1
    return picks


def badge(X, P, n, seed):
    # the product of norms and products instead of the gradients themselves
    X = X.astype(np.float64)
    errors = P.copy()
    errors[np.arange(len(P)), P.argmax(axis=1)] -= 1
    lengths = (errors**2).sum(axis=1) * (X**2).sum(axis=1)
    generator = np.random.default_rng(seed)
    picks, nearest = [int(lengths.argmax())], np.full(len(X), np.inf)
    while len(picks) < n:
        c = picks[-1]
        gaps = lengths + lengths[c] - 2 * (errors @ errors[c]) * (X @ X[c])
        nearest = np.minimum(nearest, np.maximum(gaps, 0))
        nearest[c] = 0
        picks.append(int((nearest / generator.standard_exponential(len(X))).argmax()))
    return picks


def probcover(X, labeled, n, delta):
    X = X.astype(np.float64)
    norms = (X**2).sum(axis=1)
    near = np.empty((len(X), len(X)), dtype=bool)
    for start in range(0, len(X), 1000):
        rows = slice(start, start + 1000)
        near[rows] = norms[rows, None] + norms - 2 * X[rows] @ X.T <= delta**2
    covered, picks = near[labeled].any(axis=0), []
    for _ in range(n):
        gains = near[:, ~covered].sum(axis=1)
        gains[labeled] = -1
        gains[picks] = -1
        picks.append(int(gains.argmax()))
        covered |= near[picks[-1]]
    return picks


def typiclust(X, labeled, n, delta):
    """k-means alone: the floor of any exact form."""
    KMeans(n + len(labeled), n_init=1, random_state=0).fit(X)


def bald(samples, n):
    mean = samples.mean(axis=0)
    own = -(samples * np.log(samples)).sum(axis=2).mean(axis=0)
    return best(-(mean * np.log(mean)).sum(axis=1) - own, n)


def votes(votes, C, n):
    counts = np.stack([(votes == c).sum(axis=1) for c in range(C)], axis=1)
    shares = counts / votes.shape[1]
    terms = np.where(counts > 0, -shares * np.log(np.maximum(shares, 1e-300)), 0)
    return best(terms.sum(axis=1).round(9), n)


def facility_location(X, n):
    X = X / np.linalg.norm(X, axis=1)[:, None]
    similarity = 1 + X @ X.T
    nearest, picks = np.zeros(len(X)), []
    for _ in range(n):
        gains = np.zeros(len(X))
        for start in range(0, len(X), 500):
            rows = slice(start, start + 500)
            more = similarity[rows] - nearest[rows, None]
            gains += np.maximum(more, 0).sum(axis=0, dtype=np.float64)
        gains[picks] = -1
        picks.append(int(gains.argmax()))
        nearest = np.maximum(nearest, similarity[:, picks[-1]])
    return picks


def error_reduction(X, y, labeled, n):
    pool = np.setdiff1d(np.arange(len(X)), labeled)
    present = LogisticRegression().fit(X[labeled], y[labeled]).predict_proba(X[pool])
    losses = np.zeros(len(pool))
    for i, row in enumerate(pool):
        for c in range(present.shape[1]):
            model = LogisticRegression().fit(X[[*labeled, row]], [*y[labeled], c])
            P = model.predict_proba(X[pool])
            losses[i] -= present[i, c] * (P * np.log(P)).sum()
    return pool[best(-losses, n)]


def balance(X, y, labeled, n):
    """Eq. 9 label by label, all distances each time; long simulations are cut and scaled up."""
    counts = np.bincount(y[labeled])
    by_class = [X[labeled[y[labeled] == c]] for c in range(len(counts))]
    sums = np.stack([rows.sum(axis=0, dtype=float) for rows in by_class])
    free = np.ones(len(X), dtype=bool)
    free[labeled] = False
    picks, steps = [], min(n, max(5, 100_000 // len(X)))
    started = time.process_time()
    for _ in range(steps):
        means = sums / counts[:, None]
        target, over = counts.argmin(), counts * len(counts) >= counts.sum()
        over[target] = False
        distances = [np.linalg.norm(X - mean, axis=1) for mean in means]
        scores = distances[target] / np.max([distances[c] for c in np.flatnonzero(over)], axis=0)
        picks.append(int(np.where(free, scores, np.inf).argmin()))
        free[picks[-1]] = False
        counts[y[picks[-1]]] += 1
        sums[y[picks[-1]]] += X[picks[-1]]
    return {"seconds": (time.process_time() - started) * n / steps, "picks": picks}


def loop(X, y, labeled, rounds, n):
    """Margin sampling with logistic regression; only the time outside its fit counts."""
    free, seconds = np.ones(len(X), dtype=bool), 0.0
    free[labeled] = False
    for _ in range(rounds):
        model = LogisticRegression(max_iter=200).fit(X[~free], y[~free])
        started = time.process_time()
        P = np.partition(model.predict_proba(X), -2, axis=1)
        scores = np.where(free, P[:, -2] - P[:, -1], -np.inf)
        free[np.argpartition(-scores, n)[:n]] = False
        seconds += time.process_time() - started
    return {"seconds": seconds}


CONTENDERS = {
    "entropy": entropy,
    "margin": margin,
    "least": least,
    "k-center": k_center,
    "badge": badge,
    "probcover": probcover,
    "typiclust": typiclust,
    "bald": bald,
    "votes": votes,
    "facility location": facility_location,
    "error reduction": error_reduction,
    "balance": balance,
    "loop": loop,
}
