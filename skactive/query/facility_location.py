"""Facility location: rows of which every row of the pool has a similar one."""

import numpy as np
from sklearn.preprocessing import normalize

from ..lazy import LazyMax
from .vectors import VectorStrategy

_NUMBERS_A_BLOCK = 1 << 21
# two rows that serve but each other gain the same but for rounding
_TIE = 1e-6


class FacilityLocation(VectorStrategy):
    """Greedy maximisation of the similarity of every row to its nearest chosen one.

    The rows S to be labelled maximise :math:`f(S) = \\sum_i \\max_{j \\in S}
    sim(x_i, x_j)` over all rows i of the pool, with :math:`sim = 1 + \\cos`
    [1]_; labelled rows belong to S from the start. f is submodular, so that
    picking the row of the highest gain again and again comes within
    :math:`1 - 1/e` of the best S [2]_, and old gains bound new ones. Unlike
    core-set selection it represents dense places and ignores outliers. Of two
    rows that gain the same the one less similar to S is picked; two that
    serve but each other always do.

    Similarities are worked out a block at a time and never kept; the cost is
    that of all pairs of rows once or twice.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        What makes vectors of rows. None: the representation that the
        learner's estimator itself sees.

    See Also
    --------
    CoreSet : The farthest row instead of the most representative one.
    Subsampled : For pools of which all pairs are too many.

    References
    ----------
    .. [1] K. Wei, R. Iyer, J. Bilmes (2015). Submodularity in Data Subset
       Selection and Active Learning. ICML, PMLR 37, 1954-1963.
    .. [2] G. Nemhauser, L. Wolsey, M. Fisher (1978). An analysis of
       approximations for maximizing submodular set functions - I.
       Mathematical Programming 14, 265-294. doi:10.1007/BF01588971

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import FacilityLocation
    >>> X = [[1.0, 0], [0.9, 0.1], [1, 0.1], [0, 1], [0.1, 1], [-1, -1]]
    >>> ActiveLearner(query_strategy=FacilityLocation()).query(X, 3)
    array([1, 5, 3])
    """

    def __init__(self, embed=None):
        super().__init__(embed)

    def select(self, learner, pool, n_queries):
        directions = self.recall(
            learner, pool, "directions", lambda: normalize(self.vectors(learner, pool))
        )
        served = _Served(directions)
        labeled = self.labeled_vectors(learner)
        if labeled is not None:
            served.serve_from(normalize(labeled))
        bounds = np.full(pool.n_rows, -np.inf)
        bounds[pool.available] = served.highest_gains()[pool.available]
        lazy = LazyMax(bounds, served.gains)
        picks = np.empty(n_queries, dtype=np.intp)
        for i in range(n_queries):
            picks[i] = lazy.take()
            served.serve_from(directions[[picks[i]]])
        return picks


class _Served:
    """How similar each row is to the nearest chosen one, 0 where nothing is chosen."""

    def __init__(self, directions):
        self.directions = directions
        self.best = np.zeros(directions.shape[0], dtype=directions.dtype)

    def serve_from(self, chosen):
        """Take in chosen rows, given by their directions."""
        for start, similarity in self._similarities(chosen, self.directions.shape[0]):
            block = slice(start, start + len(similarity))
            nearest = similarity.max(axis=1)
            self.best[block] = np.maximum(self.best[block], nearest)

    def gains(self, rows):
        """By how much the sum of similarities grows with each of some rows."""
        taken = self.directions[rows]
        total = np.zeros(len(rows))
        for start, similarity in self._similarities(taken, self.directions.shape[0]):
            similarity -= self.best[start : start + len(similarity), None]
            np.maximum(similarity, 0, out=similarity)
            total += similarity.sum(axis=0, dtype=np.float64)
        return total + _TIE * (2 - self.best[rows].astype(np.float64))

    def highest_gains(self):
        """Upper bounds of all gains: those that rows would have with nothing chosen."""
        total = np.asarray(self.directions.sum(axis=0, dtype=np.float64)).ravel()
        gains = len(self.best) + self.directions @ total.astype(self.best.dtype)
        return gains + 1e-3 * len(self.best) + 2 * _TIE

    def _similarities(self, chosen, n_rows):
        """1 + cosine of blocks of all rows to the chosen ones: (start, (n_block, n_chosen))."""
        step = max(1, _NUMBERS_A_BLOCK // max(8, chosen.shape[0]))
        for start in range(0, n_rows, step):
            products = self.directions[start : start + step] @ chosen.T
            products = products if isinstance(products, np.ndarray) else products.toarray()
            products += 1
            yield start, products
