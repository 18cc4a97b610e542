"""Balanced coverage: cover the pool as it would be with all classes equally common."""

from typing import Any

import numpy as np

from .._greedy.kernel import KernelCoverage, gaussian_kernel
from .._parameters import POSITIVE_INT
from .._typing import Positions
from ._base import random_stream
from ._components import Components
from ._draws import draw_free
from ._foreseen import foreseen_probabilities
from ._vectors import VectorStrategy

# of a large pool so many times max_rows are drawn and weighed
_WEIGHED = 8
# labels after which one class alone is a sign that others are rare
_ONE_CLASS_LABELS = 10


class BalancedCoverage(VectorStrategy):
    """Covers the pool as if all its classes were equally common.

    Each pick u is the row with the largest gain

    .. math:: v(u) \\sum_x w(x) \\max\\Bigl(0,\\; k(u, x) - \\max_{l \\in L} k(l, x)\\Bigr),

    where k is a Gaussian similarity and L are the rows labeled or picked so far. The
    sum is what u adds to a generalized coverage [1]_. A row x counts in it by

    .. math:: w(x) = \\frac{2 \\, p_{(2)}(x)}{p_{(1)}(x) + p_{(2)}(x)} \\sum_c \\frac{p(c|x)}{N_c},
              \\qquad N_c = \\sum_x p(c|x),

    where :math:`p_{(1)} \\ge p_{(2)}` are its two largest class probabilities. The
    first factor goes from 0 to 1 and is large if the second class is almost as
    probable as the first. The sum gives every class the same total weight, however
    many rows the class has. For each query, the strategy fits a logistic regression
    and extremely randomized trees [2]_ to the labels so far; p is the mean of both.

    The factor v(u) is large if u probably belongs to a class c with few labels.
    :math:`n_c` counts the labels of c so far. The rows B picked before u in the same
    batch have no labels yet, so their expected labels are added:

    .. math:: v(u) = \\sum_c \\frac{p(c|u)}{1 + n_c + \\sum_{b \\in B} p(c|b)}.

    This is how much :math:`\\sum_c \\log(1 + n_c)`, which is largest for equal counts,
    is expected to grow by the label of u, to first order.

    While only one class is known, the model cannot predict classes. At first all
    rows have the same weight, so the strategy needs no label to start. From the tenth
    label on, the other classes must be rare. Rows in sparse regions then count more,
    by the similarity k with the smallest r:

    .. math:: w(x) = \\Bigl( \\frac1N \\sum_{x'} k(x, x') \\Bigr)^{-1/2}.

    Rows are compared by their leading principal components,
    :math:`k(u, x) = \\exp(-\\lVert u - x \\rVert^2 / s)`, where s is the median squared
    distance from a row to its r-th neighbor. With n labels after the query, r is
    about N / n. So the first labels stand for large parts of the pool and later
    ones for details, as in uncertainty herding [3]_. The components are scaled to a
    mean variance of 1, so that the logistic regression also learns from rows of
    another scale, such as embeddings of norm 1.

    Read more in the :ref:`user guide <strategies-imbalance>`.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.
    balance : bool, default=True
        Whether all classes have the same weight. False leaves out v(u) and the sum
        over classes, so that all rows have the same weight. Use it to maximize plain
        accuracy with a few hundred labels.
    n_components : int, default=128
        Maximum number of principal components.
    n_neighbors : int, default=20
        Smallest r. The others are ``n_neighbors`` times a power of :math:`\\sqrt 2`,
        at most N / 4; the largest one up to N / n is used.
    max_rows : int, default=8192
        In a larger pool, each query first draws eight times this many rows
        uniformly. Among these it draws ``max_rows`` rows to cover, in proportion
        to w, and as many candidates, in proportion to v w. A query needs about
        ``8 * max_rows**2`` bytes.

    See Also
    --------
    BalancedQuery : Discovers classes with any strategy, then labels for the rarest one.
    FacilityLocation : Gives all rows the same weight, and covers by cosine similarity.
    TypiClust : Typical rows of clusters without a label.

    References
    ----------
    .. [1] W. Bae, J. Noh, D. J. Sutherland (2024). Generalized Coverage for
       More Robust Low-Budget Active Learning. ECCV. doi:10.48550/arXiv.2407.12212
    .. [2] P. Geurts, D. Ernst, L. Wehenkel (2006). Extremely randomized trees.
       Machine Learning 63, 3-42. doi:10.1007/s10994-006-6226-1
    .. [3] W. Bae, G. L. Oliveira, D. J. Sutherland (2025). Uncertainty Herding:
       One Active Learning Method for All Label Budgets. ICLR.
       doi:10.48550/arXiv.2412.20644

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.query import BalancedCoverage, RandomSampling
    >>> X, y = load_iris(return_X_y=True)
    >>> X, y = X[:110], y[:110]  # 50, 50 and 10 rows
    >>> for strategy in (RandomSampling(), BalancedCoverage()):
    ...     learner = ActiveLearner(query_strategy=strategy, budget=30, random_state=0)
    ...     print(np.bincount(learner.fit(X, y).y_labeled_))
    [15 12  3]
    [ 7 14  9]
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "balance": ["boolean"],
        "n_components": POSITIVE_INT,
        "n_neighbors": POSITIVE_INT,
        "max_rows": POSITIVE_INT,
    }

    def __init__(
        self,
        embed: Any = None,
        *,
        balance: bool = True,
        n_components: int | None = 128,
        n_neighbors: int = 20,
        max_rows: int = 8192,
    ) -> None:
        self.embed = embed
        self.balance = balance
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.max_rows = max_rows

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        known = self.recall(learner, pool, "components", lambda: self._components(learner, pool))
        labels = getattr(learner, "y_labeled_", ())
        labeled = self.labeled_vectors(learner, pool)
        labeled = None if labeled is None else known.of(labeled)
        width = known.width(len(labels) + n_queries)
        stream = random_stream(learner)
        if pool.n_rows <= self.max_rows:
            positions, covered = np.arange(pool.n_rows), known.sample
            weights, p, counts = self._weigh_rows(known, covered, labeled, labels, stream)
            kernel = known.kernel(width)
        else:
            drawn = draw_free(pool, max(_WEIGHED * self.max_rows, n_queries), stream)
            rows = known.of(self.vectors_by_position(learner, pool)[drawn])
            weights, p, counts = self._weigh_rows(known, rows, labeled, labels, stream)
            worth = weights * self.value(p, counts)
            candidates = _draw(worth, max(self.max_rows, n_queries), stream)
            hit, weights = _systematic_sample(weights, self.max_rows, stream)
            positions, covered, p = drawn[candidates], rows[hit], p[candidates]
            kernel = gaussian_kernel(rows[candidates], covered, width)
        coverage = KernelCoverage(kernel, _similarity(covered, labeled, width), weights)

        def values(picks):
            return self.value(p, counts + p[picks].sum(axis=0))

        ties = pool.ties.of(positions)
        picks = coverage.pick(pool.are_free(positions), n_queries, values, ties)
        pool.memory.note(positions[picks], gain=coverage.gained)
        return positions[picks]

    @staticmethod
    def weigh(probabilities: Any, mass: Any) -> Any:
        """Weight of rows from their class probabilities.

        Parameters
        ----------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            Of each row, p(c|x).
        mass : ndarray of float, shape (n_classes,)
            Of each class N_c, the sum of p(c|x) over the pool; all 1 without
            balance.

        Returns
        -------
        weights : ndarray of float, shape (n_rows,)
            w(x), up to a factor.
        """
        second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
        return 2 * second / (first + second) * (probabilities @ (1 / mass))

    @staticmethod
    def value(probabilities: Any, counts: Any) -> Any:
        """What the label of a row is worth.

        Parameters
        ----------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            Of each row, p(c|u).
        counts : ndarray of float, shape (n_classes,)
            Of each class the labels so far, with those expected of the batch.

        Returns
        -------
        values : ndarray of float, shape (n_rows,)
            v(u).
        """
        return probabilities @ (1 / (1 + counts))

    def _weigh_rows(self, known, rows, labeled, labels, stream):
        """w of some rows with mean 1, and p and n_c for v: one class for all where it is 1."""
        weights, p, counts = np.ones(len(rows)), np.ones((len(rows), 1)), np.zeros(1)
        classes, n_labels = np.unique(labels, return_counts=True)
        if len(classes) > 1:
            foreseen = foreseen_probabilities(rows, labeled, labels, stream.randint(2**31 - 1))
            mass = foreseen.sum(axis=0) if self.balance else np.ones(len(classes))
            weights = self.weigh(foreseen, mass)
            p, counts = (foreseen, n_labels) if self.balance else (p, counts)
        elif len(labels) >= _ONE_CLASS_LABELS:
            weights = known.density(rows) ** -0.5
        mean = weights.mean()
        return weights / mean if mean > 0 else np.ones(len(rows)), p, counts

    def _components(self, learner, pool):
        vectors = self.vectors_by_position(learner, pool)
        return Components(vectors, self.n_components, self.n_neighbors, self.max_rows)


def _similarity(rows, labeled, width):
    """Similarity of each row to the most similar labeled one, 0 where there is none."""
    if labeled is None:
        return np.zeros(len(rows), dtype=np.float32)
    return gaussian_kernel(rows, labeled, width).max(axis=1)


def _draw(weights, n, random_state):
    """n positions, ascending, without replacement, in proportion to their weights."""
    if len(weights) <= n:
        return np.arange(len(weights))
    # the largest sums of log w and Gumbel noise are such a draw (Kool et al., 2019)
    keys = np.log(np.maximum(weights, np.finfo(float).tiny))
    keys += random_state.gumbel(size=len(weights))
    return np.sort(np.argpartition(-keys, n)[:n])


def _systematic_sample(weights, n, random_state):
    """n points spread evenly over the cumulated weights: which rows are hit, and how often."""
    total = np.cumsum(weights)
    points = (np.arange(n) + random_state.random_sample()) * (total[-1] / n)
    hits = np.minimum(np.searchsorted(total, points, side="right"), len(weights) - 1)
    rows, counts = np.unique(hits, return_counts=True)
    return rows, counts.astype(np.float64)
