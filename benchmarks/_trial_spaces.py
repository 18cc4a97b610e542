"""More trials: other spaces for distances and models, and other readings of the labels.

Each starts from the present rule (``batch counts, 1 more, third`` of ``_trial_ideas``)
and exchanges one part.
"""

import copy
from functools import partial

import numpy as np
from _trial_ideas import expected_counts, swapped, third
from _trial_rules import density, doubt, greedy, width_for
from scipy.stats import norm, rankdata
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics.pairwise import euclidean_distances

present = partial(swapped, model=third, choose=expected_counts, more=1.0)


def is_number(X):
    """Columns of more than two values."""
    return np.array([len(np.unique(column)) > 2 for column in X.T])


def arcsinh(X):
    """Numbers far from the mean of their column move closer: arcsinh, then variance 1."""
    Z = np.where(is_number(X), np.arcsinh(X), X)
    return np.where(is_number(X), (Z - Z.mean(axis=0)) / np.maximum(Z.std(axis=0), 1e-9), Z)


def ranked(X):
    """Normal scores of the ranks of numbers."""
    Z = [norm.ppf((rankdata(x) - 0.5) / len(x)) if n else x for x, n in zip(X.T, is_number(X))]
    return np.transpose(Z)


def whitened(X):
    """Principal components divided by the fourth root of their variance."""
    Z = X - X.mean(axis=0)
    variance, axes = np.linalg.eigh(Z.T @ Z / len(Z))
    kept = variance > 1e-6 * variance.max()
    return (Z @ axes[:, kept]) * variance[kept] ** -0.25


def in_space(pool, labeled, y, n, stream, *, change, distances=True, model=True):
    """The rule in changed vectors: for its distances, for its models or for both."""
    key = change, distances, model
    if key not in pool.notes:
        twin, rows = copy.copy(pool), change(pool.X)
        twin.notes, twin.widths = {}, {}
        if model:
            twin.X = rows
        if distances:
            twin.squared = euclidean_distances(rows, squared=True).astype(np.float32)
        pool.notes[key] = twin
    return present(pool.notes[key], labeled, y, n, stream)


def weighted_third(pool, X, y, stream, shares):
    """The two models with weights of the labels, mean 1."""
    shares, seed = shares / shares.mean(), stream.randint(2**31 - 1)
    linear = LogisticRegression(max_iter=60).fit(X, y, sample_weight=shares)
    forest = ExtraTreesClassifier(60, max_features=1 / 3, random_state=seed)
    forest.fit(X, y, sample_weight=shares)
    return (linear.predict_proba(pool.X) + forest.predict_proba(pool.X)) / 2


def by_mass(pool, X, y, stream):
    """A label counts as the rows of the pool that are most similar to it."""
    nearest = pool.squared[pool.notes["labeled"]].argmin(axis=0)
    return weighted_third(pool, X, y, stream, np.bincount(nearest, minlength=len(y)))


def by_class(pool, X, y, stream):
    """Labels of rare classes count more, as much as ``class_weight="balanced"`` has it."""
    codes = np.unique(y, return_inverse=True)[1]
    return weighted_third(pool, X, y, stream, 1 / np.bincount(codes)[codes])


def taught_itself(pool, X, y, stream):
    """The models again, with predicted labels of the rows that they are most certain of."""
    p = third(pool, X, y, stream)
    classes = np.unique(y)
    margin = 1 - doubt(p)
    sure = np.flatnonzero(margin >= np.median(margin))
    rows = np.concatenate([X, pool.X[sure]])
    labels = np.concatenate([y, classes[p[sure].argmax(axis=1)]])
    shares = np.concatenate([np.ones(len(y)), margin[sure] * len(y) / len(sure)])
    return (p + weighted_third(pool, rows, labels, stream, shares)) / 2


def spread_labels(pool, X, y, stream):
    """Label spreading over the similarities as a third model."""
    kernel = pool.kernel(5).astype(float)
    if "spread" not in pool.notes:
        np.fill_diagonal(kernel, 0)
        root = np.sqrt(np.maximum(kernel.sum(axis=1), 1e-12))
        inner = np.eye(len(kernel)) - 0.95 * kernel / root / root[:, None]
        pool.notes["spread"] = np.linalg.inv(inner).astype(np.float32)
    shares = (y[:, None] == np.unique(y)).astype(float)
    near = pool.notes["spread"][:, pool.notes["labeled"]] @ shares
    near += 1e-3 * near.mean() * shares.mean(axis=0) + 1e-12
    near /= near.sum(axis=1, keepdims=True)
    return (2 * third(pool, X, y, stream) + near) / 3


def unseen(pool, labeled, y, n, stream, *, sparse=0.0, plus=0.0, early=False):
    """The label of a class that nobody has seen is worth as much as a class without labels.

    The chance of such a class is the share of labels whose class was seen once
    (Good and Turing), spread over the rows in proportion to 1 - their coverage,
    and to their density to the power ``-sparse``. ``plus`` is added to the number
    of classes that were seen once. With ``early``, the term also replaces the
    weights by density.
    """

    def choose(kernel, weights, p, labeled, y, n, more):
        counts = np.unique(y, return_counts=True)[1] + more
        best, picks, growth = kernel[labeled].max(axis=0), [], np.empty_like(kernel)
        chance = (np.sum(counts == 1 + more) + plus) / (len(y) + plus)
        new = (1 - best) * density(pool) ** -sparse
        new = np.minimum(1, chance * new / max(new.mean(), 1e-12))
        weights = weights.astype(np.float32)
        for _ in range(n):
            np.maximum(np.subtract(kernel, best, out=growth), 0, out=growth)
            gains = (growth @ weights) * ((1 - new) * (p @ (1 / counts)) + new / more)
            gains[[*labeled, *picks]] = -1
            picks.append(int(gains.argmax()))
            best, counts = np.maximum(best, kernel[picks[-1]]), counts + p[picks[-1]]
        return picks

    if early and len(y) and len(np.unique(y)) == 1:
        one = np.ones(len(pool.y))
        kernel = pool.kernel(width_for(pool, len(y) + n, 20))
        return choose(kernel, one, one[:, None], labeled, y, n, 1.0)
    return swapped(pool, labeled, y, n, stream, model=third, choose=choose, more=1.0)


def wider(pool, labeled, y, n, stream, *, factor):
    """The neighbor of the width is N / n times a factor."""

    def kernel(pool, labeled, y, n, stream):
        return pool.kernel(width_for(pool, (len(y) + n) / factor, 20))

    if len(y) == 0 or len(np.unique(y)) == 1:
        twin = copy.copy(pool)
        twin.kernel = lambda n_neighbors=20, factor=1.0: (
            kernel(pool, labeled, y, n, stream) if n_neighbors != 20 else pool.kernel()
        )
        return present(twin, labeled, y, n, stream)
    return present(pool, labeled, y, n, stream, kernel=kernel)


def sparse_first(pool, labeled, y, n, stream, *, plain=0):
    """Weights by density to the power -1/2 in the first batch, after some plain picks."""
    if len(y):
        return present(pool, labeled, y, n, stream)
    kernel, weights = pool.kernel(width_for(pool, n, 20)), density(pool) ** -0.5
    picks = greedy(kernel, np.ones(len(weights)), labeled, plain)
    return picks + greedy(kernel, weights, np.array(picks, dtype=int), n - plain)


def leaves(pool, labeled, y, n, stream):
    """The mean of the Gaussian kernel and the share of trees with one leaf for both rows."""
    trees = RandomForestClassifier(
        60, max_features=1 / 3, min_samples_leaf=1, random_state=stream.randint(2**31 - 1)
    )
    found = trees.fit(pool.X[labeled], y).apply(pool.X)
    starts = np.concatenate([[0], np.cumsum([t.tree_.node_count for t in trees.estimators_])[:-1]])
    total = starts[-1] + trees.estimators_[-1].tree_.node_count
    member = np.zeros((len(found), total), np.float32)
    member[np.arange(len(found))[:, None], found + starts] = 1
    same = member @ member.T / len(starts)
    return (pool.kernel(width_for(pool, len(y) + n, 20)) + same) / 2


def near_in_p(pool, labeled, y, n, stream):
    """The Gaussian kernel times one of the class probabilities."""
    root = np.sqrt(third(pool, pool.X[labeled], y, stream)).astype(np.float32)
    alike = np.clip(root @ root.T, 0, 1)
    return pool.kernel(width_for(pool, len(y) + n, 20)) * alike


SPACES = {
    "present": present,
    "arcsinh": partial(in_space, change=arcsinh),
    "arcsinh distances": partial(in_space, change=arcsinh, model=False),
    "arcsinh models": partial(in_space, change=arcsinh, distances=False),
    "ranked": partial(in_space, change=ranked),
    "whitened distances": partial(in_space, change=whitened, model=False),
    "labels by mass": partial(present, model=by_mass),
    "labels by class": partial(present, model=by_class),
    "taught itself": partial(present, model=taught_itself),
    "label spreading": partial(present, model=spread_labels),
    "unseen": unseen,
    "unseen, sparse": partial(unseen, sparse=0.5),
    "unseen from the first": partial(unseen, sparse=0.5, plus=1.0, early=True),
    "twice as wide": partial(wider, factor=2.0),
    "half as wide": partial(wider, factor=0.5),
    "sparse first": sparse_first,
    "half sparse first": partial(sparse_first, plain=5),
    "leaves": partial(present, kernel=leaves),
    "near in p": partial(present, kernel=near_in_p),
}
