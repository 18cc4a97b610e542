"""Later trials: other probabilities, kernels and objectives in place of those of ``herd, need 1``.

Rules are called as those of ``_trial_rules``. ``swapped`` is that rule with parts exchanged.
"""

from functools import partial

import numpy as np
from _trial_rules import balance, both, density, doubt, greedy, logistic, trees, width_for
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold


def swapped(
    pool, labeled, y, n, stream, *, model=both, doubts=doubt, power=1, more=0.0, kernel=None,
    choose=None,
):
    """The rule with parts exchanged.

    ``more`` is added to each count of labels, ``power`` is that of the value of a label,
    ``kernel`` gives similarities and ``choose`` the picks.
    """
    pool.notes["labeled"] = labeled
    similar = pool.kernel(width_for(pool, len(y) + n, 20))
    if len(np.unique(y)) == 1 or len(y) == 0:
        weights = density(pool) ** -0.5 if len(y) >= 10 else np.ones(len(pool.y))
        return greedy(similar, weights, labeled, n)
    p = model(pool, pool.X[labeled], y, stream)
    similar = kernel(pool, labeled, y, n, stream) if kernel else similar
    weights = doubts(p) * balance(p)
    if choose:
        return choose(similar, weights / weights.mean(), p, labeled, y, n, more)
    value = p @ (1 / (more + np.unique(y, return_counts=True)[1]))
    return greedy(similar, weights, labeled, n, (value**power,))


def expected_counts(kernel, weights, p, labeled, y, n, more):
    """Rows picked before in the batch count as labels of their likely classes."""
    counts = np.unique(y, return_counts=True)[1] + more
    best, weights, picks = kernel[labeled].max(axis=0), weights.astype(np.float32), []
    growth = np.empty_like(kernel)
    for _ in range(n):
        np.maximum(np.subtract(kernel, best, out=growth), 0, out=growth)
        gains = (growth @ weights) * (p @ (1 / counts))
        gains[[*labeled, *picks]] = -1
        picks.append(int(gains.argmax()))
        best, counts = np.maximum(best, kernel[picks[-1]]), counts + p[picks[-1]]
    return picks


def variance(kernel, weights, p, labeled, y, n, more, noise=0.1):
    """The largest fall of the weighted variance of a Gaussian process (Cohn's criterion)."""
    inner = kernel[np.ix_(labeled, labeled)].astype(float) + noise * np.eye(len(labeled))
    half = np.linalg.solve(np.linalg.cholesky(inner), kernel[labeled].astype(float))
    left = kernel - (half.T @ half).astype(np.float32)
    value = p @ (1 / (more + np.unique(y, return_counts=True)[1]))
    weights, picks = weights.astype(np.float32), []
    for _ in range(n):
        spread = np.maximum(left.diagonal(), 0) + noise
        gains = (left * left) @ weights / spread * value
        gains[[*labeled, *picks]] = -1
        picks.append(int(gains.argmax()))
        row = left[picks[-1]].copy()
        left -= np.outer(row, row / np.float32(spread[picks[-1]]))
    return picks


def class_by_class(kernel, weights, p, labeled, y, n, more):
    """A row of a class is covered only by labels of that class."""
    classes = np.unique(y)
    mass = (doubt(p)[:, None] * p / p.sum(axis=0)).T.astype(np.float32)
    best, picks = [kernel[labeled[y == c]].max(axis=0) for c in classes], []
    for _ in range(n):
        parts = [np.maximum(kernel - best[c], 0) @ mass[c] for c in range(len(classes))]
        gains = (p * np.transpose(parts)).sum(axis=1)
        gains[[*labeled, *picks]] = -1
        picks.append(int(gains.argmax()))
        row, share = kernel[picks[-1]], p[picks[-1]]
        best = [b + share[c] * np.maximum(row - b, 0) for c, b in enumerate(best)]
    return picks


def by_importance(pool, labeled, y, n, stream):
    """Half of the variance of the columns as it is, half as trees on the labels use them."""
    seed = stream.randint(2**31 - 1)
    model = ExtraTreesClassifier(60, random_state=seed).fit(pool.X[labeled], y)
    share = pool.X.var(axis=0) / pool.X.var(axis=0).sum()
    scale = np.sqrt((share + model.feature_importances_) / 2 / np.maximum(share, 1e-12))
    rows = (pool.X * np.where(share > 0, scale, 0)).astype(np.float32)
    norms = (rows * rows).sum(axis=1)
    squared = np.maximum(norms[:, None] + norms - 2 * rows @ rows.T, 0)
    rank = min(width_for(pool, len(y) + n, 20), len(rows) - 1)
    width = np.median(np.partition(squared, rank, axis=1)[:, rank]) or squared.mean()
    return np.exp(-squared / width).astype(np.float32)


def some_trees(pool, X, y, stream, columns):
    model = ExtraTreesClassifier(60, max_features=columns, random_state=stream.randint(2**31 - 1))
    return model.fit(X, y).predict_proba(pool.X)


def third(pool, X, y, stream):
    """Trees that look at a third of the columns for each split."""
    return (logistic(pool, X, y, stream) + some_trees(pool, X, y, stream, 1 / 3)) / 2


def three(pool, X, y, stream):
    """Trees that look at all columns as a third model."""
    return (2 * both(pool, X, y, stream) + some_trees(pool, X, y, stream, None)) / 3


def neighbors(pool, X, y, stream):
    """A mean of labels by similarity as a third model."""
    kernel = pool.kernel(5)[:, pool.notes["labeled"]]
    shares = (y[:, None] == np.unique(y)).astype(float)
    near = kernel @ shares + 0.05 * shares.mean(axis=0)
    near /= kernel.sum(axis=1, keepdims=True) + 0.05
    return (2 * third(pool, X, y, stream) + near) / 3


def four(pool, X, y, stream):
    """A random forest and a kernel logistic regression as third and fourth model."""
    if "map" not in pool.notes:
        far = np.median(np.partition(pool.squared, 20, axis=1)[:, 20])
        mapping = Nystroem(gamma=1 / (4 * far), n_components=min(200, len(pool.X)), random_state=0)
        pool.notes["map"] = 3 * mapping.fit_transform(pool.X)
    rows, seed = pool.notes["map"], stream.randint(2**31 - 1)
    curved = LogisticRegression(C=3.0, max_iter=60).fit(rows[pool.notes["labeled"]], y)
    forest = RandomForestClassifier(60, random_state=seed).fit(X, y).predict_proba(pool.X)
    return (logistic(pool, X, y, stream) + trees(pool, X, y, stream) + forest
            + curved.predict_proba(rows)) / 4


def known(pool, X, y, stream):
    """Probabilities that models of all labels of the pool give rows that were left out."""
    if "known" not in pool.notes:
        classes = np.unique(pool.y)
        p = np.zeros((len(pool.y), len(classes)))
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        for seen, left in folds.split(pool.X, pool.y):
            models = (
                ExtraTreesClassifier(100, min_samples_leaf=2, random_state=0),
                LogisticRegression(max_iter=200),
            )
            for model in models:
                model.fit(pool.X[seen], pool.y[seen])
                columns = np.searchsorted(classes, model.classes_)
                p[np.ix_(left, columns)] += model.predict_proba(pool.X[left]) / 2
        pool.notes["known"] = classes, p
    classes, p = pool.notes["known"]
    p = p[:, np.isin(classes, y)] + 1e-9
    return p / p.sum(axis=1, keepdims=True)


def none(p):
    return np.ones(len(p))


def half(p):
    return 0.5 + 0.5 * doubt(p)


IDEAS = {
    "need 2": partial(swapped, power=2),
    "half of the doubt": partial(swapped, doubts=half),
    "batch counts": partial(swapped, choose=expected_counts),
    "batch counts, 1 more": partial(swapped, choose=expected_counts, more=1.0),
    "third of columns": partial(swapped, model=third),
    "batch counts, 1 more, third": partial(
        swapped, model=third, choose=expected_counts, more=1.0
    ),
    "three models": partial(swapped, model=three),
    "four models": partial(swapped, model=four),
    "third, neighbors": partial(swapped, model=neighbors),
    "variance": partial(swapped, choose=variance),
    "class by class": partial(swapped, choose=class_by_class),
    "by importance": partial(swapped, kernel=by_importance),
    "known p": partial(swapped, model=known),
    "known p, half of the doubt": partial(swapped, model=known, doubts=half),
    "known p, no doubt": partial(swapped, model=known, doubts=none),
}
