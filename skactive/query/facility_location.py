"""Facility location: rows that together represent every row of the pool."""

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

from .._greedy.coverage import Coverage, cosine
from .._greedy.lazy import LazyGreedy
from .._progress import track
from .._typing import Positions
from ._cost import AllPairs, check_cost
from ._vectors import VectorStrategy

# weight of the tie break: larger than rounding errors, smaller than gains
_TIE = 1e-6


class FacilityLocation(AllPairs, VectorStrategy):
    """Greedy maximization of the similarity of each row to its most similar picked row.

    The picks S maximize :math:`f(S) = \\sum_i \\max_{j \\in S} sim(x_i, x_j)` over all rows
    i of the pool, with :math:`sim = 1 + \\cos` [1]_. Labeled rows belong to S from the
    start. Since f is submodular, greedy picks reach at least :math:`1 - 1/e` of the best
    f(S) [2]_. Unlike core-set selection, the strategy represents dense regions and
    ignores outliers. If two rows have the same gain, the one less similar to S is picked.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    CoreSet : Picks the farthest row instead of the most representative one.
    Subsampled : For pools that are too large to compare all pairs of rows.

    Notes
    -----
    Each query compares all pairs of rows once or twice, block by block, and keeps no
    similarities. A pool in memory of more than 100,000 rows raises a ValueError. Of a large
    dask collection, each query draws a sample: see :doc:`/user_guide/large_pools`.

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

    The classes of the first ten picks from the digits data set:

    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> y[ActiveLearner(query_strategy=FacilityLocation()).query(X, 10)]
    array([8, 1, 0, 3, 7, 6, 4, 5, 2, 1])
    """

    def __init__(self, embed: Any = None) -> None:
        super().__init__(embed)

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        check_cost(self, pool)
        directions = self.recall(
            learner, pool, "directions", lambda: unit_rows(self.vectors(learner, pool))
        )
        coverage = Coverage(directions, cosine)
        labeled = self.labeled_vectors(learner, pool)
        if labeled is not None:
            coverage.cover_from(unit_rows(labeled))

        def gains(rows):
            rarely_served = _TIE * (2 - coverage.best[rows].astype(np.float64))
            return coverage.gains(directions[rows]) + rarely_served

        bounds = np.where(pool.available, highest_gains(directions), -np.inf)
        lazy = LazyGreedy(bounds, gains, ties=pool.ties)
        picks = np.empty(n_queries, dtype=np.intp)
        numbers = range(n_queries)
        name = type(self).__name__
        for i in track(
            numbers, n_queries, verbose=pool.verbose, description=name, unit="picks"
        ):
            picks[i] = lazy.take()
            # a similarity is at most 2
            pool.memory.note(picks[[i]], gain=[coverage.take(directions[[picks[i]]]) / 2])
        return picks


def unit_rows(vectors):
    """Divide rows by their norms, even if the squares of their numbers underflow or overflow.

    Parameters
    ----------
    vectors : ndarray or csr matrix of float, shape (n_rows, n_features)
        The rows.

    Returns
    -------
    directions : ndarray or csr matrix, shape (n_rows, n_features)
        Rows of norm 1 in the same precision; a row of zeros stays as it is.
    """
    if not vectors.shape[1]:
        return vectors
    largest = abs(vectors).max(axis=1)
    largest = largest.toarray() if sparse.issparse(largest) else largest
    # a power of two: nothing is rounded
    powers = -np.frexp(np.asarray(largest).ravel())[1]
    if not sparse.issparse(vectors):
        return normalize(np.ldexp(vectors, powers[:, None]), copy=False)
    scaled = vectors.copy()
    scaled.data = np.ldexp(vectors.data, np.repeat(powers, np.diff(vectors.indptr)))
    return normalize(scaled, copy=False)


def highest_gains(directions):
    """Upper bounds of all gains: the gains if nothing is chosen yet.

    Parameters
    ----------
    directions : ndarray or csr matrix, shape (n_rows, n_features)
        Rows of norm 1.

    Returns
    -------
    bounds : ndarray of float64, shape (n_rows,)
        From one product with the sum of all rows.
    """
    n_rows = directions.shape[0]
    total = np.asarray(directions.sum(axis=0, dtype=np.float64)).ravel()
    gains = n_rows + (directions @ total.astype(directions.dtype)).astype(np.float64)
    return gains + 1e-3 * n_rows + 2 * _TIE
