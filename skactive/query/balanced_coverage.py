"""Balanced coverage: cover the pool as it would be with all classes equally common."""

import numpy as np
from sklearn.utils.random import sample_without_replacement

from .._greedy.kernel import KernelCoverage, gaussian_kernel
from .._parameters import POSITIVE_INT
from ..pool import take_rows
from ._base import random_stream
from ._components import Components
from ._foreseen import foreseen_probabilities
from ._vectors import VectorStrategy

# of a large pool so many times max_rows are drawn and weighed
_WEIGHED = 8
# labels after which one class alone is a sign that others are rare
_ONE_CLASS_LABELS = 10


class BalancedCoverage(VectorStrategy):
    """Rows that cover what is uncertain in a pool whose classes count alike.

    With k(u, x) the Gaussian similarity of two rows and L the rows labeled
    or picked so far, the next pick u maximizes the gain

    .. math:: v(u) \\sum_x w(x) \\max\\Bigl(0,\\; k(u, x) - \\max_{l \\in L} k(l, x)\\Bigr).

    The sum is what u adds to a generalized coverage [1]_, here with

    .. math:: w(x) = \\frac{2 \\, p_{(2)}(x)}{p_{(1)}(x) + p_{(2)}(x)} \\sum_c \\frac{p(c|x)}{N_c},
              \\qquad N_c = \\sum_x p(c|x),

    where :math:`p_{(1)} \\ge p_{(2)}` are the two largest of p(c|x). The sum
    gives every class the same mass, however many rows of it there are: it
    turns the pool into one in which all classes are equally common, on which
    the mean per-class accuracy is the plain one. The first factor counts a
    row by how close the runner-up is, from 0 to 1: it is twice the chance
    that it is the runner-up if it is one of the two. p is the mean of a
    logistic regression and of extremely randomized trees [2]_ on the labels
    so far, fitted anew for each query.

    The factor is what the label of u itself is worth. To :math:`\\sum_c \\log n_c`,
    which is largest where the numbers of labels :math:`n_c` are level, one
    more label of a class adds :math:`1 / n_c`:

    .. math:: v(u) = \\sum_c \\frac{p(c|u)}{n_c}.

    Unlike :class:`BalancedQuery` there is no second phase: discovery of
    classes, balance and the boundary are weighed in one number, and classes
    found or not get rows by their mass.

    While one class alone is known nothing can be foreseen. At first all rows
    count alike, so that no label is needed to begin with. From the tenth
    label on a second class must be rare, and the rows of a rare class lie
    where few others are:

    .. math:: w(x) = \\Bigl( \\frac1N \\sum_{x'} k(x, x') \\Bigr)^{-1/2},

    half-way, in the geometric mean, between a count of rows and a count of
    the space that they fill.

    Rows are seen by their leading principal components. The width of k is the
    median squared distance to the r-th neighbor, r about N / n with n labels
    after the query (rounded down to ``n_neighbors`` times a power of
    :math:`\\sqrt 2`, at most N / 4): n neighborhoods of r rows cover the pool
    once, so that the first labels speak for large parts of it and later ones
    for details, as the radius does in uncertainty herding [3]_.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        What makes vectors of rows. None: the representation that the
        learner's estimator itself sees, or vectors of a table, see
        :func:`skactive.embedding.choose_embedding`.
    balance : bool, default=True
        Whether classes count alike. False leaves out v(u) and the sum over
        classes, so that rows count alike: take it where plain accuracy is what
        matters and there are some hundred labels.
    n_components : int, default=128
        Principal components, where vectors are longer.
    n_neighbors : int, default=20
        Nearest neighbor whose distance may be the width of the similarity.
    max_rows : int, default=8192
        In a larger pool, so many rows that are to be covered and so many
        candidates are drawn for each query, in proportion to w, out of eight
        times as many that are drawn evenly. A query takes some
        ``4 * max_rows**2`` bytes.

    See Also
    --------
    BalancedQuery : Discovers classes with any strategy, then labels for the rarest.
    FacilityLocation : Covers all rows alike, by cosine.
    TypiClust : Typical rows of clusters without a label.

    References
    ----------
    .. [1] W. Bae, J. Noh, D. J. Sutherland (2024). Generalized Coverage for
       More Robust Low-Budget Active Learning. ECCV. arXiv:2407.12212
    .. [2] P. Geurts, D. Ernst, L. Wehenkel (2006). Extremely randomized trees.
       Machine Learning 63, 3-42. doi:10.1007/s10994-006-6226-1
    .. [3] W. Bae, D. J. Sutherland, G. L. Oliveira (2025). Uncertainty Herding:
       One Active Learning Method for All Label Budgets. ICLR. arXiv:2412.20644

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
    [ 8 12 10]
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "balance": ["boolean"],
        "n_components": POSITIVE_INT,
        "n_neighbors": POSITIVE_INT,
        "max_rows": POSITIVE_INT,
    }

    def __init__(
        self, embed=None, *, balance=True, n_components=128, n_neighbors=20, max_rows=8192
    ):
        self.embed = embed
        self.balance = balance
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.max_rows = max_rows

    def select(self, learner, pool, n_queries):
        known = self.recall(learner, pool, "components", lambda: self._components(learner, pool))
        labels = getattr(learner, "y_labeled_", ())
        labeled = self.labeled_vectors(learner, pool)
        labeled = None if labeled is None else known.of(labeled)
        width = known.width(len(labels) + n_queries)
        stream = random_stream(learner)
        if pool.n_rows <= self.max_rows:
            positions, covered = np.arange(pool.n_rows), known.sample
            weights, values = self._weigh_rows(known, covered, labeled, labels, stream)
            kernel = known.kernel(width)
        else:
            drawn = _draw_evenly(pool.positions, max(_WEIGHED * self.max_rows, n_queries), stream)
            rows = known.of(take_rows(self.vectors(learner, pool), drawn))
            weights, values = self._weigh_rows(known, rows, labeled, labels, stream)
            candidates = _draw(weights * values, max(self.max_rows, n_queries), stream)
            hit, weights = _systematic_sample(weights, self.max_rows, stream)
            positions, covered, values = drawn[candidates], rows[hit], values[candidates]
            kernel = gaussian_kernel(rows[candidates], covered, width)
        coverage = KernelCoverage(kernel, _similarity(covered, labeled, width), weights)
        ties = pool.ties.of(positions)
        picks = coverage.pick(pool.are_free(positions), n_queries, values, ties)
        pool.memory.note(positions[picks], gain=coverage.gained)
        return positions[picks]

    @staticmethod
    def weigh(probabilities, mass):
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
    def value(probabilities, counts):
        """What the label of a row is worth.

        Parameters
        ----------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            Of each row, p(c|u).
        counts : ndarray of int, shape (n_classes,)
            Of each class the labels so far.

        Returns
        -------
        values : ndarray of float, shape (n_rows,)
            v(u), up to a factor.
        """
        return probabilities @ (counts.mean() / counts)

    def _weigh_rows(self, known, rows, labeled, labels, stream):
        """w and v of some rows, w with mean 1."""
        classes, counts = np.unique(labels, return_counts=True)
        weights = values = np.ones(len(rows))
        if len(classes) > 1:
            p = foreseen_probabilities(rows, labeled, labels, stream.randint(2**31 - 1))
            weights = self.weigh(p, p.sum(axis=0) if self.balance else np.ones(len(classes)))
            values = self.value(p, counts) if self.balance else values
        elif len(labels) >= _ONE_CLASS_LABELS:
            weights = known.density(rows) ** -0.5
        mean = weights.mean()
        return weights / mean if mean > 0 else np.ones(len(rows)), values

    def _components(self, learner, pool):
        vectors = self.vectors(learner, pool)
        return Components(vectors, self.n_components, self.n_neighbors, self.max_rows)


def _similarity(rows, labeled, width):
    """Similarity of each row to the most similar labeled one, 0 where there is none."""
    if labeled is None:
        return np.zeros(len(rows), dtype=np.float32)
    return gaussian_kernel(rows, labeled, width).max(axis=1)


def _draw_evenly(positions, n, random_state):
    """n of the positions, ascending, each as likely as the other."""
    if len(positions) <= n:
        return positions
    drawn = sample_without_replacement(len(positions), n, random_state=random_state)
    return positions[np.sort(drawn)]


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
