"""Balanced coverage: cover the pool as it would be with all classes equally common."""

import warnings

import numpy as np
from scipy import sparse
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from .._greedy.coverage import Coverage, gaussian, greedy_coverage
from .._parameters import POSITIVE_INT
from ..predictions import chunk_rows
from ._base import random_stream
from ._vectors import VectorStrategy

# rows that stand for the pool where a figure of all of it is not needed
_SAMPLE = 2048
_CANDIDATES_A_BLOCK = 128


class BalancedCoverage(VectorStrategy):
    """Rows that cover what is uncertain in a pool whose classes count alike.

    With k(u, x) the Gaussian similarity of two rows and L the rows labelled
    or picked so far, the next pick maximises the gain

    .. math:: \\sum_x w(x) \\max\\Bigl(0,\\; k(u, x) - \\max_{l \\in L} k(l, x)\\Bigr).

    That is greedy maximisation of generalised coverage [1]_, here with

    .. math:: w(x) = \\frac{2 \\, p_{(2)}(x)}{p_{(1)}(x) + p_{(2)}(x)} \\sum_c \\frac{p(c|x)}{N_c},
              \\qquad N_c = \\sum_x p(c|x),

    where :math:`p_{(1)} \\ge p_{(2)}` are the two largest of p(c|x). The sum
    gives every class the same mass, however many rows of it there are: it
    turns the pool into one in which all classes are equally common, on which
    the mean per-class accuracy is the plain one. The first factor counts a
    row by how close the runner-up is, from 0 to 1: it is twice the chance
    that it is the runner-up if it is one of the two. p is a logistic
    regression on the labels so far, fitted anew for each query; until two
    classes are found all rows count alike, so that no label is needed to
    begin with. Unlike :class:`BalancedQuery` there is no second phase:
    discovery of classes, balance and the boundary are weighed in one number,
    and classes found or not get rows by their mass.

    Rows are seen by their leading principal components; the width of k is the
    median, over the pool, of the squared distance to the ``n_neighbors``-th
    neighbor.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        What makes vectors of rows. None: the representation that the
        learner's estimator itself sees, or vectors of a table, see
        :func:`skactive.embedding.choose_embedding`.
    n_components : int, default=128
        Principal components, where vectors are longer.
    n_neighbors : int, default=20
        Neighbor whose distance is the width of the similarity.
    max_rows : int, default=8192
        In a larger pool, so many rows that are to be covered and so many
        candidates are drawn for each query, in proportion to w.

    See Also
    --------
    BalancedQuery : Discovers classes with any strategy, then labels for the rarest.
    FacilityLocation : Covers all rows alike, by cosine.
    TypiClust : Typical rows of clusters without a label.

    References
    ----------
    .. [1] W. Bae, J. Noh, D. J. Sutherland (2024). Generalized Coverage for
       More Robust Low-Budget Active Learning. ECCV. arXiv:2407.12212

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
    [ 7 15  8]
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "n_components": POSITIVE_INT,
        "n_neighbors": POSITIVE_INT,
        "max_rows": POSITIVE_INT,
    }

    def __init__(self, embed=None, *, n_components=128, n_neighbors=20, max_rows=8192):
        self.embed = embed
        self.n_components = n_components
        self.n_neighbors = n_neighbors
        self.max_rows = max_rows

    def select(self, learner, pool, n_queries):
        state = self.recall(learner, pool, "components", lambda: self._components(learner, pool))
        labeled = self.labeled_vectors(learner, pool)
        labeled = None if labeled is None else state.of(labeled)
        labels = getattr(learner, "y_labeled_", ())
        weights = balanced_weights(state.rows, labeled, labels, self.weigh)
        covered, candidates = np.arange(pool.n_rows), pool.positions
        if pool.n_rows > self.max_rows:
            stream = random_stream(learner)
            n_candidates = max(self.max_rows, n_queries)
            candidates = np.sort(_draw(candidates, weights, n_candidates, stream))
            covered, weights = _systematic_sample(weights, self.max_rows, stream)
        coverage = Coverage(state.rows[covered], gaussian(state.width), weights)
        if labeled is not None:
            coverage.cover_from(labeled)
        rows = state.rows[candidates]
        return candidates[greedy_coverage(coverage, rows, n_queries, _first_gains(coverage, rows))]

    @staticmethod
    def weigh(probabilities, mass):
        """Weight of rows from their class probabilities.

        Parameters
        ----------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            Of each row, p(c|x).
        mass : ndarray of float, shape (n_classes,)
            Of each class N_c, the sum of p(c|x) over the pool.

        Returns
        -------
        weights : ndarray of float, shape (n_rows,)
            w(x), up to a factor.
        """
        second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
        return 2 * second / (first + second) * (probabilities @ (1 / mass))

    def _components(self, learner, pool):
        return _Components(self.vectors(learner, pool), self.n_components, self.n_neighbors)


class _Components:
    """A pool by its leading principal components, and the width of its neighborhoods."""

    def __init__(self, vectors, n_components, n_neighbors):
        self._reduce = None
        if vectors.shape[1] > n_components:
            self._reduce = _fit_reduction(vectors, n_components)
        self.rows = self.of(vectors)
        self.width = neighborhood_width(self.rows, n_neighbors)

    def of(self, vectors):
        """Components of some vectors, in single precision."""
        if self._reduce is not None:
            vectors = self._reduce.transform(vectors)
        vectors = vectors.toarray() if sparse.issparse(vectors) else vectors
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _fit_reduction(vectors, n_components):
    """PCA; of a sparse matrix a truncated SVD, which does not fill it in."""
    n_components = min(n_components, *vectors.shape)
    if sparse.issparse(vectors):
        return TruncatedSVD(n_components, random_state=0).fit(vectors)
    return PCA(n_components, svd_solver="covariance_eigh").fit(vectors)


def neighborhood_width(rows, n_neighbors):
    """Median squared distance to the n-th neighbor, over evenly spaced rows of a pool.

    Parameters
    ----------
    rows : ndarray of float, shape (n_rows, n_features)
        The pool.
    n_neighbors : int
        Which neighbor, a row itself not counted; fewer where there are fewer.

    Returns
    -------
    width : float
        Positive; the mean where the median is 0, 1 where all rows are equal.
    """
    spaced = np.linspace(0, len(rows) - 1, min(len(rows), _SAMPLE)).astype(np.intp)
    norms = np.einsum("ij,ij->i", rows, rows)
    rank = min(n_neighbors, len(rows) - 1)
    distances = []
    for start in range(0, len(spaced), 256):
        block = spaced[start : start + 256]
        squared = norms[block, None] + norms - 2 * rows[block] @ rows.T
        distances.append(np.partition(squared, rank, axis=1)[:, rank])
    distances = np.maximum(np.concatenate(distances), 0)
    return float(np.median(distances)) or float(distances.mean()) or 1.0


def balanced_weights(rows, labeled, labels, weigh):
    """How much each row counts, from a logistic regression on the labels.

    Parameters
    ----------
    rows : ndarray of float, shape (n_rows, n_features)
        The pool.
    labeled : ndarray of float, shape (n_labels, n_features) or None
        Labelled rows.
    labels : array of shape (n_labels,)
        Their labels.
    weigh : callable
        ``weigh(probabilities, mass) -> weights`` of some rows.

    Returns
    -------
    weights : ndarray of float64, shape (n_rows,)
        With mean 1; all 1 while fewer than two classes are found.
    """
    if len(np.unique(labels)) < 2:
        return np.ones(len(rows))
    model = LogisticRegression(max_iter=60)
    with warnings.catch_warnings():
        # an early stop makes p a little flatter, which does no harm here
        warnings.simplefilter("ignore", ConvergenceWarning)
        # nor do labels most of which are the first of their class
        warnings.filterwarnings("ignore", message="The number of unique classes")
        model.fit(labeled, labels)
    step = chunk_rows(model)
    blocks = [slice(start, start + step) for start in range(0, len(rows), step)]
    mass = sum(model.predict_proba(rows[block]).sum(axis=0) for block in blocks)
    weights = np.concatenate([weigh(model.predict_proba(rows[block]), mass) for block in blocks])
    mean = weights.mean()
    return weights / mean if mean > 0 else np.ones(len(rows))


def _systematic_sample(weights, n, random_state):
    """n points spread evenly over the cumulated weights: which rows are hit, and how often."""
    total = np.cumsum(weights)
    points = (np.arange(n) + random_state.random_sample()) * (total[-1] / n)
    hits = np.minimum(np.searchsorted(total, points, side="right"), len(weights) - 1)
    rows, counts = np.unique(hits, return_counts=True)
    return rows, counts.astype(np.float64)


def _draw(positions, weights, n, random_state):
    """n of the positions, without replacement, in proportion to their weights."""
    if len(positions) <= n:
        return positions
    # the largest sums of log w and Gumbel noise are such a draw (Kool et al., 2019)
    keys = np.log(np.maximum(weights[positions], np.finfo(float).tiny))
    keys += random_state.gumbel(size=len(positions))
    return positions[np.argpartition(-keys, n)[:n]]


def _first_gains(coverage, candidates):
    """Gains of all candidates, block by block, as bounds for what follows."""
    blocks = range(0, len(candidates), _CANDIDATES_A_BLOCK)
    gains = [coverage.gains(candidates[i : i + _CANDIDATES_A_BLOCK]) for i in blocks]
    return np.concatenate(gains) * (1 + 1e-4) + 1e-12
