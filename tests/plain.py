"""Plain forms of the rules, written apart from the package, one line of the text at a time."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class TableModel(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose probabilities stand in a table; X holds row numbers."""

    def __init__(self, table):
        self.table = table
        self.classes_ = np.arange(np.shape(table)[1])

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        return np.asarray(self.table, dtype=float)[np.asarray(X)[:, 0].astype(int)]

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


def entropy(P):
    return np.array([-sum(p * np.log(p) for p in row if p > 0) for row in P])


def margin(P):
    return np.array([sorted(row)[-1] - sorted(row)[-2] for row in P])


def tie_key(position, seed=0):
    """The order of equal rows, the lowest number first: SplitMix64 as published."""

    def mix(z):
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % 2**64
        return z ^ (z >> 31)

    number = mix((mix(seed) + position * 0x9E3779B97F4A7C15) % 2**64)
    return number - 2**64 if number >= 2**63 else number


def tie_seed(random_state):
    """The seed of the ties of a learner that was given a random state."""
    seeds = np.random.RandomState(random_state).randint(2**31 - 1, size=3)
    return int(np.random.SeedSequence(seeds).generate_state(1)[0])


def by_key(keys, seed=0):
    """Positions by ascending key, ties by their hash."""
    return sorted(range(len(keys)), key=lambda i: (keys[i], tie_key(i, seed)))


def argmax(values, seed=0):
    """The position of the highest value, ties by their hash."""
    return by_key([-value for value in values], seed)[0]


def walk_classes(order, predicted):
    """The div of Aggarwal et al. as a walk with a memory that is cleared."""
    picks, left = [], list(order)
    while left:
        seen = set()
        for row in list(left):
            if predicted[row] not in seen:
                seen.add(predicted[row])
                picks.append(row)
                left.remove(row)
    return picks


def k_center(F, picks, n, seed=0):
    """Greedy k-center after some picks."""
    picks = list(picks)
    first = len(picks)
    while len(picks) < first + n:
        gaps = [min(np.linalg.norm(F[u] - F[c]) for c in picks) for u in range(len(F))]
        gaps = [-1 if u in picks else gap for u, gap in enumerate(gaps)]
        picks.append(argmax(gaps, seed))
    return picks[first:]


def balanced_acquisition(F, y, discovery, budget, seed=0):
    """Two-phase acquisition label by label, Eqs. 8 and 9, for a fixed discovery order."""
    discovery = list(discovery)
    picks, counts, switched_at = [], {}, None
    while len(picks) < budget:
        free = [i for i in range(len(F)) if i not in picks]
        if switched_at is None:
            row = next(i for i in discovery if i not in picks)
        else:
            means = {c: F[[i for i in picks if y[i] == c]].mean(axis=0) for c in counts}
            mu = len(picks) / len(counts)
            rarest = min(counts, key=lambda c: counts[c])  # dicts keep the order of discovery
            over = [c for c in counts if counts[c] >= mu and c != rarest]
            scores = []
            for i in free:
                up = np.linalg.norm(F[i] - means[rarest])
                down = max((np.linalg.norm(F[i] - means[c]) for c in over), default=1.0)
                scores.append(up / down)
            row = min(zip(scores, [tie_key(i, seed) for i in free], free))[2]
        picks.append(row)
        counts[y[row]] = counts.get(y[row], 0) + 1
        if switched_at is None:
            mu = len(picks) / len(counts)
            under = [n for n in counts.values() if n < mu]
            over = [n for n in counts.values() if n >= mu]
            gap = len(under) * (np.mean(over) - np.mean(under)) if under else 0
            if budget - len(picks) <= gap:
                switched_at = len(picks)
    return picks, switched_at
