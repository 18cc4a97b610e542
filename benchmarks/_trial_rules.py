"""What can be tried in place of the parts of BalancedCoverage, by name."""

import warnings
from functools import partial

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression


def logistic(pool, X, y, stream, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return LogisticRegression(max_iter=60, **options).fit(X, y).predict_proba(pool.X)


def trees(pool, X, y, stream, n=60, kind=ExtraTreesClassifier, **options):
    seed = stream.randint(2**31 - 1)
    return kind(n, random_state=seed, **options).fit(X, y).predict_proba(pool.X)


def both(pool, X, y, stream, **options):
    return (logistic(pool, X, y, stream) + trees(pool, X, y, stream, **options)) / 2


def doubt(p):
    second, first = np.partition(p, -2, axis=1)[:, -2:].T
    return 2 * second / (first + second)


def balance(p):
    return p @ (1 / p.sum(axis=0))


def need(p, y):
    """How rare the labels of a row's likely classes are so far, 1 where all are level."""
    counts = np.unique(y, return_counts=True)[1]
    return p @ (counts.mean() / counts)


def inverse_density(pool):
    return 1 / pool.kernel().mean(axis=1)


def greedy(kernel, weights, labeled, n, factors=(1.0,)):
    """Picks of the largest weighted growth of coverage times a factor, one factor a pick."""
    best = kernel[labeled].max(axis=0) if len(labeled) else np.zeros(len(kernel), np.float32)
    weights = np.asarray(weights, dtype=np.float32)
    free = np.ones(len(kernel), dtype=bool)
    free[labeled] = False
    picks = []
    for i in range(n):
        gains = np.maximum(kernel - best, 0) @ weights * factors[i % len(factors)]
        picks.append(int(np.where(free, gains, -1).argmax()))
        free[picks[-1]] = False
        best = np.maximum(best, kernel[picks[-1]])
    return picks


def issue(
    pool, labeled, y, n, stream, model=both, alternate=True, balanced=True, own=0.0, wants=0.0,
    every=1, doubts=1.0,
):
    """The best form known before: doubt times balance, batches by inverse density at first."""
    weights, factors = np.ones(len(pool.y)), (1.0,)
    if len(np.unique(y)) > 1:
        p = model(pool, pool.X[labeled], y, stream)
        b = balance(p) if balanced else 1.0
        weights = doubt(p) ** doubts * b
        factor = weights**own * need(p, y) ** wants
        factors = (factor,) + (1.0,) * (every - 1)
    elif alternate and len(y) >= 10 and (len(y) // n) % 2 == 1:
        weights = inverse_density(pool)
    return greedy(pool.kernel(), weights / max(weights.mean(), 1e-12), labeled, n, factors)


def oracle(pool, labeled, y, n, stream):
    """Rows drawn class by class in turn, as far as the classes reach."""
    if "turns" not in pool.notes:
        turns = np.empty(len(pool.y), dtype=int)
        for c in np.unique(pool.y):
            rows = np.flatnonzero(pool.y == c)
            turns[rows] = stream.permutation(len(rows))
        pool.notes["turns"] = np.lexsort((stream.rand(len(turns)), turns))
    return pool.notes["turns"][len(labeled) : len(labeled) + n].tolist()


VARIANTS = {
    "oracle": oracle,
    "old": partial(issue, model=logistic, alternate=False),
    "issue": issue,
    "issue, no balance": partial(issue, balanced=False),
    "issue, own 1": partial(issue, own=1.0),
    "issue, own 0.5": partial(issue, own=0.5),
    "issue, need 1": partial(issue, wants=1.0),
    "issue, need 0.5": partial(issue, wants=0.5),
    "issue, need 2": partial(issue, wants=2.0),
    "issue, need 1 every 2nd": partial(issue, wants=1.0, every=2),
    "issue, own 1 every 2nd": partial(issue, own=1.0, every=2),
    "issue, need 1, no doubt": partial(issue, wants=1.0, doubts=0.0),
}


def out_of_fold(fit, X, y, classes, n_folds=5):
    """Probabilities of the labels themselves, each from a model that did not see it."""
    found = np.zeros(len(y))
    code = np.searchsorted(classes, y)
    folds = np.arange(len(y)) % n_folds
    # classes spread over the folds
    fold_of = np.empty(len(y), dtype=int)
    fold_of[np.argsort(code, kind="stable")] = folds
    for k in range(n_folds):
        test = fold_of == k
        seen = np.unique(y[~test])
        if not test.any() or len(seen) < 2:
            continue
        p = fit(X[~test], y[~test], X[test])
        for j, c in enumerate(seen):
            at = y[test] == c
            found[np.flatnonzero(test)[at]] = p[at, j]
    return found


def em_weights(likelihoods, prior=1.0, n_steps=50):
    """Mixture weights of the highest likelihood, with pseudo counts."""
    w = np.full(likelihoods.shape[1], 1 / likelihoods.shape[1])
    rows = likelihoods[likelihoods.max(axis=1) > 0]
    for _ in range(n_steps):
        if not len(rows):
            break
        shares = rows * w + 1e-12
        shares /= shares.sum(axis=1, keepdims=True)
        w = shares.sum(axis=0) + prior
        w /= w.sum()
    return w


def stacked(pool, X, y, stream, prior=1.0, parts=("prior", "logistic", "trees")):
    """Class shares, logistic regression and trees, mixed as labels left out are foreseen best."""
    classes, counts = np.unique(y, return_counts=True)
    seed = stream.randint(2**31 - 1)
    linear = LogisticRegression(max_iter=60)
    forest = ExtraTreesClassifier(60, random_state=seed)
    smaller = ExtraTreesClassifier(20, random_state=seed)
    n = len(y)
    found, left_out = [], []
    if "prior" in parts:
        found.append(np.tile(counts / n, (len(pool.X), 1)))
        left_out.append((counts[np.searchsorted(classes, y)] - 1) / (n - 1))
    if "logistic" in parts:
        found.append(linear.fit(X, y).predict_proba(pool.X))
        left_out.append(out_of_fold(lambda A, b, C: linear.fit(A, b).predict_proba(C), X, y, classes))
    if "trees" in parts:
        found.append(forest.fit(X, y).predict_proba(pool.X))
        left_out.append(
            out_of_fold(lambda A, b, C: smaller.fit(A, b).predict_proba(C), X, y, classes)
        )
    w = em_weights(np.transpose(left_out), prior)
    pool.notes.setdefault("stack", []).append(w)
    return sum(wi * p for wi, p in zip(w, found))


VARIANTS |= {
    "stack": partial(issue, model=stacked),
    "stack, need 1": partial(issue, model=stacked, wants=1.0),
    "stack, own 1": partial(issue, model=stacked, own=1.0),
    "stack 2": partial(issue, model=partial(stacked, parts=("logistic", "trees"))),
    "stack 2, need 1": partial(issue, model=partial(stacked, parts=("logistic", "trees")), wants=1.0),
    "stack, need 2": partial(issue, model=stacked, wants=2.0),
}


def spread(
    pool, labeled, y, n, stream, model=both, wants=0.0, own=0.0, sparse=1.0, turns="pick",
    neighbors=20, shrink=None, until=np.inf,
):
    """Every second pick (or batch) divides the gain by the density of the candidate."""
    if shrink is not None:
        neighbors = int(np.clip(shrink * len(pool.y) / (len(y) + n), 5, len(pool.y) // 4))
        neighbors = max(5, int(2 ** np.round(np.log2(neighbors))))
    kernel = pool.kernel(neighbors)
    thin = (1 / kernel.mean(axis=1)) ** sparse
    weights, factors = np.ones(len(pool.y)), (1.0,)
    odd = (len(y) // n) % 2 == 1
    if len(np.unique(y)) > 1:
        p = model(pool, pool.X[labeled], y, stream)
        weights = doubt(p) * balance(p)
        factor = weights**own * need(p, y) ** wants
        few = np.unique(y, return_counts=True)[1].min() < until
        if turns == "pick":
            factors = (1.0, factor * thin) if few else (1.0,)
        elif turns == "weights" and odd and few:
            weights = weights * thin
        elif turns == "batch" and odd and few:
            factors = (factor * thin,)
    elif len(y) >= 10 and odd:
        weights = thin
    return greedy(kernel, weights / max(weights.mean(), 1e-12), labeled, n, factors)


VARIANTS |= {
    "spread": spread,
    "spread, need 1": partial(spread, wants=1.0),
    "spread, own 1": partial(spread, own=1.0),
    "spread 0.5": partial(spread, sparse=0.5),
    "spread, need 1, 0.5": partial(spread, wants=1.0, sparse=0.5),
    "spread weights": partial(spread, turns="weights"),
    "spread batch, need 1": partial(spread, turns="batch", wants=1.0),
    "shrink 1": partial(spread, turns=None, shrink=1.0),
    "shrink 2": partial(spread, turns=None, shrink=2.0),
    "spread need 1 until 10": partial(spread, wants=1.0, until=10),
}


def balanced_posterior(p, power=1.0):
    q = p / p.sum(axis=0) ** power
    return q / q.sum(axis=1, keepdims=True)


def aimed(
    pool, labeled, y, n, stream, model=both, wants=0.0, own=0.0, power=1.0, target=0.0, doubts=1.0,
    balanced=1.0, sample=0, temper=0.0,
):
    """Doubt of the balanced posterior; picks aimed at the class with the fewest labels."""
    kernel = pool.kernel()
    weights = np.ones(len(pool.y))
    known = len(np.unique(y)) > 1
    p = None
    if known:
        p = model(pool, pool.X[labeled], y, stream)
        weights = doubt(balanced_posterior(p, power)) ** doubts * balance(p) ** balanced
    elif len(y) >= 10 and (len(y) // n) % 2 == 1:
        weights = inverse_density(pool)
    weights = np.asarray(weights / max(weights.mean(), 1e-12), dtype=np.float32)
    best = kernel[labeled].max(axis=0) if len(labeled) else np.zeros(len(kernel), np.float32)
    free = np.ones(len(kernel), dtype=bool)
    free[labeled] = False
    if known:
        counts = np.unique(y, return_counts=True)[1].astype(float)
    picks = []
    for i in range(n):
        gains = np.maximum(kernel - best, 0) @ weights
        if known:
            gains = gains * (p @ (counts.mean() / counts)) ** wants * weights**own
            if target:
                gains = gains * p[:, counts.argmin()] ** target
        if sample and i % sample == sample - 1:
            gains = weights * stream.rand(len(weights)) ** 0 / np.maximum(stream.exponential(size=len(weights)), 1e-12)
        picks.append(int(np.where(free, gains, -1).argmax()))
        free[picks[-1]] = False
        best = np.maximum(best, kernel[picks[-1]])
        if known:
            counts += p[picks[-1]]
    return picks


VARIANTS |= {
    "qdoubt": aimed,
    "qdoubt 0.5": partial(aimed, power=0.5),
    "qdoubt, need 1": partial(aimed, wants=1.0),
    "need 2": partial(aimed, wants=2.0, power=0.0),
    "need 4": partial(aimed, wants=4.0, power=0.0),
    "qdoubt, need 2": partial(aimed, wants=2.0),
    "target 0.5": partial(aimed, target=0.5, power=0.0),
    "target 1": partial(aimed, target=1.0, power=0.0),
    "qdoubt, target 1": partial(aimed, target=1.0),
    "draw 5th": partial(aimed, power=0.0, sample=5),
}


def herd(
    pool, labeled, y, n, stream, model=both, shrink=1.0, floor=20, search=0.5, always=0.0,
    start=0.0, power=0.0, wants=0.0, own=0.0, doubts=1.0, balanced=True, wide=None, alternate=False,
):
    """A width that shrinks with the labels; sparse regions count more while one class is known."""
    if wide is None:
        neighbors = int(np.clip(shrink * len(pool.y) / (len(y) + n), floor, len(pool.y) // 4))
        neighbors = max(5, int(2 ** (np.round(2 * np.log2(neighbors)) / 2)))
        kernel = pool.kernel(neighbors)
    else:
        kernel = pool.kernel(20, float(max(1.0, np.round(wide * 8 / (len(y) + n)) / 2)))
    known = len(np.unique(y)) > 1
    thin = lambda a: pool.kernel().mean(axis=1) ** -a
    factors = (1.0,)
    if known:
        p = model(pool, pool.X[labeled], y, stream)
        q = balanced_posterior(p, power) if power else p
        weights = doubt(q) ** doubts * (balance(p) if balanced else 1.0) * thin(always)
        factors = (weights**own * need(p, y) ** wants,)
    elif len(y) >= 10:
        odd = (len(y) // n) % 2 == 1
        weights = thin(search if odd or not alternate else 0.0)
    else:
        weights = thin(start)
    return greedy(kernel, weights / max(weights.mean(), 1e-12), labeled, n, factors)


VARIANTS |= {
    "herd": herd,
    "herd, always 0.5": partial(herd, always=0.5),
    "herd, start 0.5": partial(herd, start=0.5),
    "herd 2": partial(herd, shrink=2.0),
    "herd 0": partial(herd, shrink=0.0),
    "herd wide 10": partial(herd, wide=10.0),
    "herd wide 20": partial(herd, wide=20.0),
    "herd floor 10": partial(herd, floor=10),
    "herd alt": partial(herd, alternate=True, search=1.0),
}

VARIANTS |= {
    "herd alt, need 1": partial(herd, alternate=True, search=1.0, wants=1.0),
    "herd alt, need 2": partial(herd, alternate=True, search=1.0, wants=2.0),
    "herd alt, own 0.5": partial(herd, alternate=True, search=1.0, own=0.5),
    "herd alt, need 1, always 0.25": partial(herd, alternate=True, search=1.0, wants=1.0, always=0.25),
    "herd, need 1": partial(herd, wants=1.0),
    "herd, own 0.5": partial(herd, own=0.5),
    "herd, always 0.25": partial(herd, always=0.25),
    "herd, search 1": partial(herd, search=1.0),
}


def shipped(make):
    """A strategy of the package around a logistic regression, as a rule."""

    def pick(pool, labeled, y, n, stream):
        from skactive import ActiveLearner

        if "picks" not in pool.notes:
            learner = ActiveLearner(
                LogisticRegression(max_iter=300),
                make(),
                budget=max(pool.budgets),
                batch_size=n,
                n_initial=10,
                random_state=pool.seed,
            )
            pool.notes["picks"] = learner.fit(pool.X, pool.y).query_indices_
        return pool.notes["picks"][len(labeled) : len(labeled) + n]

    return pick


def strategy(name):
    import skactive.query

    return shipped(getattr(skactive.query, name))


VARIANTS |= {
    name: strategy(name)
    for name in ("RandomSampling", "MarginSampling", "Badge", "TypiClust", "CoreSet", "BalancedCoverage")
}


def decay(pool, labeled, y, n, stream, **options):
    """Sparse regions count the more the fewer classes are known."""
    n_classes = len(np.unique(y))
    return herd(pool, labeled, y, n, stream, always=1 / (1 + n_classes), **options)


VARIANTS |= {
    "decay": decay,
    "decay, need 1": partial(decay, wants=1.0),
    "decay, need 2": partial(decay, wants=2.0),
    "decay, own 0.5": partial(decay, own=0.5),
}

VARIANTS |= {
    "herd, need 1, own 0.5": partial(herd, wants=1.0, own=0.5),
    "herd 2, need 1": partial(herd, shrink=2.0, wants=1.0),
    "herd, need 1, doubt 0.5": partial(herd, wants=1.0, doubts=0.5),
}
