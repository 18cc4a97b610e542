"""MaxHerding: rows that raise a smooth coverage of the pool most."""

import numpy as np
from sklearn.preprocessing import normalize

from .._greedy.coverage import Coverage, gaussian
from .._greedy.lazy import LazyGreedy
from .._parameters import POSITIVE_INT, reals
from ._base import random_stream
from ._draws import draw_evenly
from ._vectors import VectorStrategy

_CANDIDATES_A_BLOCK = 256
# what rounding may add to a gain, as a part of it
_SLACK = 1e-5


class MaxHerding(VectorStrategy):
    """Again and again the row that adds most to a generalized coverage of the pool.

    With k(x, x') the Gaussian similarity of two rows and L the rows labeled
    or picked so far, the next pick u maximizes, Algorithm 1 of [1]_,

    .. math:: \\frac1N \\sum_x \\max\\Bigl(0, \\; k(x, u) - \\max_{l \\in L} k(x, l)\\Bigr),
              \\qquad k(x, x') = \\exp\\Bigl(-\\frac{\\lVert x - x' \\rVert^2}{\\sigma^2}\\Bigr),

    which is what u adds to the coverage :math:`\\frac1N \\sum_x \\max_{l \\in L} k(x, l)`, a
    smooth form of what :class:`ProbCover` counts. It is submodular, so that old gains
    bound new ones.

    Parameters
    ----------
    sigma : float, default=1
        Width of the similarity, above 0.
    unit_norm : bool, default=True
        Whether vectors are divided by their length first, as in the paper. False for
        vectors in which places matter, such as scaled columns of a table; then set
        ``sigma`` to their scale.
    max_rows : int, default=8192
        In a larger pool so many free rows are drawn for each query, which
        are the candidates and what is to be covered.
    embed : fitted transformer or callable, default=None
        What makes vectors of rows. None: the representation that the
        learner's estimator itself sees.

    See Also
    --------
    UncertaintyHerding : Rows count by their uncertainty.
    ProbCover : Rows within a radius, all alike.
    FacilityLocation : The same by cosine.
    BalancedCoverage : Rows count by class and uncertainty.

    Notes
    -----
    With M the smaller of N and ``max_rows`` a query costs O(M\\ :sup:`2` d) for the
    first pick and a part of it for the others. Similarities are worked out in blocks and never
    kept.

    References
    ----------
    .. [1] W. Bae, J. Noh, D. J. Sutherland (2024). Generalized Coverage for
       More Robust Low-Budget Active Learning. ECCV. doi:10.48550/arXiv.2407.12212

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import MaxHerding
    >>> X = [[0.0], [0.4], [0.8], [5.0], [5.5], [5.9], [50.0]]
    >>> learner = ActiveLearner(query_strategy=MaxHerding(unit_norm=False), random_state=0)
    >>> learner.query(X, 3)
    array([1, 4, 6])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "sigma": [reals(0, closed="neither")],
        "unit_norm": ["boolean"],
        "max_rows": POSITIVE_INT,
    }

    def __init__(self, sigma=1.0, *, unit_norm=True, max_rows=8192, embed=None):
        super().__init__(embed)
        self.sigma = sigma
        self.unit_norm = unit_norm
        self.max_rows = max_rows

    def select(self, learner, pool, n_queries):
        n_rows = max(self.max_rows, n_queries)
        rows = draw_evenly(pool.positions, n_rows, random_stream(learner))
        vectors = self._scaled(self.vectors(learner, pool)[rows])
        labeled = self.labeled_vectors(learner, pool)
        labeled = None if labeled is None else self._scaled(labeled)
        coverage = Coverage(
            vectors, gaussian(self._sigma(labeled) ** 2), self._weights(learner, pool, rows)
        )
        if labeled is not None:
            coverage.cover_from(labeled)
        picks, gained = herd(coverage, n_queries, pool.ties.of(rows))
        pool.memory.note(rows[picks], gain=gained)
        return rows[picks]

    def _scaled(self, vectors):
        return normalize(vectors) if self.unit_norm else vectors

    def _sigma(self, labeled):
        """The width, given the labeled rows as vectors or None."""
        return self.sigma

    def _weights(self, learner, pool, rows):
        """How much each of some rows counts; None: all alike."""
        return None


def herd(coverage, n, ties):
    """Rows of a coverage in the order of what they add to it.

    Parameters
    ----------
    coverage : Coverage
        What is covered so far; it takes in what is picked.
    n : int
        How many rows.
    ties : skactive.selection.TieOrder
        Which of equal gains comes first.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Positions among the rows.
    gained : ndarray of float64, shape (n,)
        By which share of all weight the coverage grew with each.
    """
    vectors = coverage.vectors
    bounds = np.empty(vectors.shape[0])
    for start in range(0, len(bounds), _CANDIDATES_A_BLOCK):
        block = slice(start, start + _CANDIDATES_A_BLOCK)
        bounds[block] = coverage.gains(vectors[block])
    bounds += _SLACK * bounds
    lazy = LazyGreedy(bounds, lambda rows: coverage.gains(vectors[rows]), ties=ties)
    picks, gained = np.empty(n, dtype=np.intp), np.empty(n)
    for i in range(n):
        picks[i] = lazy.take()
        gained[i] = coverage.take(vectors[[picks[i]]])
    return picks, gained
