"""Core-set selection: rows that cover the pool (greedy k-center)."""

import numpy as np
from scipy import sparse

from .._greedy.lazy import LazyMax
from .._greedy.nearest import NearestCenters, SquaredGaps
from .._greedy.tensors import TensorCoverage
from .._tensors import as_host, lives_elsewhere
from ..selection import random_rows
from ._base import random_stream
from ._vectors import VectorStrategy

# with so few, reading every row costs less than finding out which to read
_FEW_FEATURES = 8


class CoreSet(VectorStrategy):
    """Again and again the row farthest from all rows chosen so far.

    The greedy form of k-center, Algorithm 1 of [1]_ and Eq. 7 of [2]_:
    :math:`\\arg\\max_u \\min_l \\lVert F_u - F_l \\rVert_2` over the free rows
    u and the labelled or just picked rows l. With no label so far the first
    row is drawn at random.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        What makes vectors of rows. None: the representation that the
        learner's estimator itself sees (a Pipeline's steps before the last;
        otherwise X, images flattened).

    See Also
    --------
    RandomSampling : Rows in proportion to their density.

    References
    ----------
    .. [1] O. Sener, S. Savarese (2018). Active Learning for Convolutional
       Neural Networks: A Core-Set Approach. ICLR. arXiv:1708.00489
    .. [2] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet
    >>> X = [[0.0, 0], [1, 0], [0, 2], [5, 5], [6, 5], [3, 0]]
    >>> learner = ActiveLearner(query_strategy=CoreSet()).teach([[0, 0], [1, 0]], [0, 1])
    >>> learner.query(X, 3, exclude=[0, 1])
    array([4, 2, 5])
    """

    keeps_tensors = True

    def __init__(self, embed=None):
        super().__init__(embed)

    def select(self, learner, pool, n_queries):
        def compute():
            vectors = self.vectors(learner, pool)
            return (TensorCoverage if lives_elsewhere(vectors) else _Coverage)(vectors)

        coverage = self.recall(learner, pool, "coverage", compute)
        labeled = self.labeled_vectors(learner, coverage.n_labeled)
        return coverage.extend(labeled).farthest_first(pool, n_queries, random_stream(learner))


class _Coverage:
    """How far the rows are from the labelled ones, as far as that had to be worked out."""

    def __init__(self, vectors):
        self.nearest = NearestCenters(SquaredGaps(vectors))
        self.n_labeled = 0
        # what was known after the last picks, good if just those are labelled next
        self._after = None

    def extend(self, labeled):
        """Take in the rows that were labelled since the last time."""
        gaps = self.nearest.gaps
        if self._after is not None and _same_rows(gaps.centers_from(self.n_labeled), labeled):
            self.nearest = self._after
        else:
            gaps.truncate(self.n_labeled)
            if labeled is not None:
                gaps.add(as_host(labeled))
        self._after = None
        self.n_labeled = gaps.n_centers
        return self

    def farthest_first(self, pool, n, random_state):
        """Again and again the free row farthest from all labelled and picked ones."""
        nearest = self.nearest.copy()
        gaps = nearest.gaps
        picks = []
        if not gaps.n_centers and n:
            picks.append(random_rows(pool.available, 1, random_state)[0])
            gaps.add_row(picks[0])
        if 0 < gaps.n_features < _FEW_FEATURES and not sparse.issparse(gaps.factors[0]):
            picks = _all_measured(nearest, picks, pool.available, n)
        else:
            picks = _lazily(nearest, picks, pool.available, n)
        self._after = nearest
        return np.array(picks, dtype=np.intp)


def _lazily(nearest, picks, available, n):
    """The next picks, of which only rows that may be the farthest are measured."""
    known = nearest.bounds
    nearest.bounds = np.where(available, known, -np.inf)
    nearest.bounds[picks] = -np.inf
    lazy = LazyMax(nearest.bounds, nearest.measure, lower_all=nearest.screen)
    while len(picks) < n:
        picks.append(lazy.take())
        nearest.gaps.add_row(picks[-1])
    nearest.bounds = np.where(np.isneginf(nearest.bounds), known, nearest.bounds)
    return picks


def _all_measured(nearest, picks, available, n):
    """The same with all rows measured in every step."""
    is_taken = ~available
    is_taken[picks] = True
    keys = np.empty(len(available))
    while len(picks) < n:
        nearest.settle()
        np.copyto(keys, nearest.bounds)
        np.copyto(keys, -np.inf, where=is_taken)
        picks.append(int(keys.argmax()))
        is_taken[picks[-1]] = True
        nearest.gaps.add_row(picks[-1])
    return picks


def _same_rows(rows, others):
    if others is None or rows.shape != others.shape:
        return False
    if sparse.issparse(rows) or sparse.issparse(others):
        return abs(sparse.csr_array(rows) - sparse.csr_array(others)).sum() == 0
    return np.array_equal(rows, others)
