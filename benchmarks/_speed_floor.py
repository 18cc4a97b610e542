"""The contender "floor" of speed.py: a lower bound of what such a method must compute.

For scores, this is one pass over the probabilities with one logarithm each (in double precision).
For distances, it is one product with all centers. For BADGE and the balancing, it is one full pass
over the rows per pick; lazy forms can be faster than that.
"""

import time

import numpy as np

_BLOCK = 1 << 17


def logarithms(P, n):
    flat = P.reshape(-1)
    for start in range(0, len(flat), _BLOCK):
        np.log(flat[start : start + _BLOCK])


def one_pass(P, n):
    P.sum()


def bald(samples, n):
    logarithms(samples, n)


def votes(votes, C, n):
    votes.sum()


def all_centers(X, labeled, n):
    centers = X[: len(labeled) + n].T.copy()
    for start in range(0, len(X), 2000):
        (X[start : start + 2000] @ centers).min(axis=1)


def a_pass_a_pick(X, P, n, seed):
    for row in range(n):
        X @ X[row]


def half_the_pairs(X, labeled, n, delta):
    for start in range(0, len(X), 1000):
        X[start : start + 1000] @ X[start:].T


def all_pairs(X, n):
    for start in range(0, len(X), 1000):
        X[start : start + 1000] @ X.T


def a_pass_a_label(X, y, labeled, n):
    steps = min(n, 20)
    started = time.process_time()
    for row in range(steps):
        X @ X[row]
    return {"seconds": (time.process_time() - started) * n / steps}


CONTENDERS = {
    "entropy": logarithms,
    "margin": one_pass,
    "least": one_pass,
    "k-center": all_centers,
    "badge": a_pass_a_pick,
    "probcover": half_the_pairs,
    "bald": bald,
    "votes": votes,
    "facility location": all_pairs,
    "balance": a_pass_a_label,
}
