"""Alternatives that were tried for the parts of BalancedCoverage, by name.

A rule is called with a pool, the picks so far, their labels, the number of
picks and a random stream.
"""

from functools import partial

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression


def logistic(pool, X, y, stream):
    return LogisticRegression(max_iter=60).fit(X, y).predict_proba(pool.X)


def trees(pool, X, y, stream):
    model = ExtraTreesClassifier(60, random_state=stream.randint(2**31 - 1))
    return model.fit(X, y).predict_proba(pool.X)


def both(pool, X, y, stream):
    return (logistic(pool, X, y, stream) + trees(pool, X, y, stream)) / 2


def doubt(p):
    """Twice the probability of the second class among the two most probable ones."""
    second, first = np.partition(p, -2, axis=1)[:, -2:].T
    return 2 * second / (first + second)


def balance(p):
    """The weight of a row in a pool whose classes are equally common."""
    return p @ (1 / p.sum(axis=0))


def balanced_posterior(p):
    q = p / p.sum(axis=0)
    return q / q.sum(axis=1, keepdims=True)


def need(p, y):
    """Return how few labels the likely classes of a row have; 1 if all have equally many."""
    counts = np.unique(y, return_counts=True)[1]
    return p @ (counts.mean() / counts)


def density(pool):
    return pool.kernel().mean(axis=1)


def is_odd(y, n):
    """Whether a batch is the second, the fourth and so on."""
    return (len(y) // n) % 2 == 1


def greedy(kernel, weights, labeled, n, factors=(1.0,)):
    """Picks of the largest weighted growth of coverage times a factor, one factor per pick."""
    best = kernel[labeled].max(axis=0) if len(labeled) else np.zeros(len(kernel), np.float32)
    weights = np.asarray(weights / max(weights.mean(), 1e-12), dtype=np.float32)
    free = np.ones(len(kernel), dtype=bool)
    free[labeled] = False
    picks, growth = [], np.empty_like(kernel)
    for i in range(n):
        np.maximum(np.subtract(kernel, best, out=growth), 0, out=growth)
        gains = growth @ weights * factors[i % len(factors)]
        picks.append(int(np.where(free, gains, -1).argmax()))
        free[picks[-1]] = False
        best = np.maximum(best, kernel[picks[-1]])
    return picks


def issue(
    pool, labeled, y, n, stream, *, model=both, alternate=True, own=0.0, wants=0.0, every=1,
    doubts=1.0, posterior=None,
):
    """One width; every second batch by inverse density while one class is known.

    ``own`` and ``wants`` are powers of a candidate's own weight and of
    :func:`need` as factors of the gain, of each ``every``-th pick.
    """
    weights, factors = np.ones(len(pool.y)), (1.0,)
    if len(np.unique(y)) > 1:
        p = model(pool, pool.X[labeled], y, stream)
        weights = doubt(posterior(p) if posterior else p) ** doubts * balance(p)
        factors = (weights**own * need(p, y) ** wants,) + (1.0,) * (every - 1)
    elif alternate and len(y) >= 10 and is_odd(y, n):
        weights = 1 / density(pool)
    return greedy(pool.kernel(), weights, labeled, n, factors)


def spread(pool, labeled, y, n, stream, *, wants=0.0, sparse=1.0, turns="pick"):
    """Search of sparse regions goes on when more classes are known.

    Every second pick divides its gain by the density of the candidate, or
    every second batch divides the weights by the density of the rows.
    """
    thin, factors = density(pool) ** -sparse, (1.0,)
    if len(np.unique(y)) > 1:
        p = both(pool, pool.X[labeled], y, stream)
        weights = doubt(p) * balance(p)
        if turns == "pick":
            factors = (1.0, need(p, y) ** wants * thin)
        elif is_odd(y, n):
            weights = weights * thin
    else:
        weights = thin if len(y) >= 10 and is_odd(y, n) else np.ones(len(pool.y))
    return greedy(pool.kernel(), weights, labeled, n, factors)


def width_for(pool, n_labels, floor):
    """The neighbor whose distance is the width: N / n, by steps of sqrt(2)."""
    rank = int(np.clip(len(pool.y) / n_labels, floor, len(pool.y) // 4))
    return max(5, int(2 ** (np.round(2 * np.log2(rank)) / 2)))


def herd(
    pool, labeled, y, n, stream, *, floor=20, search=0.5, alternate=False, always=0.0, decay=False,
    own=0.0, wants=0.0,
):
    """Widths that shrink with the labels; weights by density to the power ``-search`` at first.

    ``always`` is the power once two classes are known; with ``decay`` it is
    one by one more than the number of classes.
    """
    classes, factors = np.unique(y), (1.0,)
    if len(classes) > 1:
        p = both(pool, pool.X[labeled], y, stream)
        power = 1 / (1 + len(classes)) if decay else always
        weights = doubt(p) * balance(p) * density(pool) ** -power
        factors = (weights**own * need(p, y) ** wants,)
    elif len(y) >= 10 and (is_odd(y, n) or not alternate):
        weights = density(pool) ** -search
    else:
        weights = np.ones(len(pool.y))
    kernel = pool.kernel(width_for(pool, len(y) + n, floor))
    return greedy(kernel, weights, labeled, n, factors)


def oracle(pool, labeled, y, n, stream):
    """Rows drawn class by class in turn, as far as the classes reach."""
    if "order" not in pool.notes:
        turns = np.empty(len(pool.y), dtype=int)
        for c in np.unique(pool.y):
            rows = np.flatnonzero(pool.y == c)
            turns[rows] = stream.permutation(len(rows))
        pool.notes["order"] = np.lexsort((stream.rand(len(turns)), turns))
    return pool.notes["order"][len(labeled) : len(labeled) + n]


def shipped(name):
    """A strategy of the package around a logistic regression, as a rule."""

    def pick(pool, labeled, y, n, stream):
        if "picks" not in pool.notes:
            pool.notes["picks"] = played(name, pool, n)
        return pool.notes["picks"][len(labeled) : len(labeled) + n]

    return pick


def played(name, pool, batch):
    """Picks of a learner with a strategy of the package."""
    import skactive.query
    from skactive import ActiveLearner

    learner = ActiveLearner(
        LogisticRegression(max_iter=300),
        getattr(skactive.query, name)(),
        budget=max(pool.budgets),
        batch_size=batch,
        random_state=pool.seed,
    )
    return learner.fit(pool.X, pool.y).query_indices_


VARIANTS = {
    "oracle": oracle,
    "old": partial(issue, model=logistic, alternate=False),
    "issue": issue,
    "issue, own 1": partial(issue, own=1.0),
    "issue, own 0.5": partial(issue, own=0.5),
    "issue, need 1": partial(issue, wants=1.0),
    "issue, need 0.5": partial(issue, wants=0.5),
    "issue, need 1 every 2nd": partial(issue, wants=1.0, every=2),
    "issue, need 1, no doubt": partial(issue, wants=1.0, doubts=0.0),
    "qdoubt": partial(issue, posterior=balanced_posterior),
    "spread": spread,
    "spread, need 1": partial(spread, wants=1.0),
    "spread, need 1, 0.5": partial(spread, wants=1.0, sparse=0.5),
    "spread weights": partial(spread, turns="weights"),
    "shrink 1": partial(herd, floor=5, search=1.0, alternate=True),
    "herd": herd,
    "herd, always 0.5": partial(herd, always=0.5),
    "herd alt, need 1": partial(herd, alternate=True, search=1.0, wants=1.0),
    "herd alt, need 2": partial(herd, alternate=True, search=1.0, wants=2.0),
    "herd, need 1": partial(herd, wants=1.0),
    "herd, need 1, own 0.5": partial(herd, wants=1.0, own=0.5),
    "decay, need 1": partial(herd, decay=True, wants=1.0),
    **{
        name: shipped(name)
        for name in ("BalancedCoverage", "MarginSampling", "Badge", "TypiClust", "CoreSet")
    },
}
