"""MaxHerding: the rows that most increase a smooth coverage of the pool."""

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize

from .._greedy.coverage import Coverage, gaussian
from .._greedy.lazy import LazyGreedy
from .._parameters import POSITIVE_INT, reals
from .._typing import Positions
from ._base import random_stream
from ._draws import draw_free
from ._vectors import VectorStrategy

_CANDIDATES_A_BLOCK = 256
# relative rounding error of a gain
_SLACK = 1e-5
# squared distance of the mean from 0, in variances, above which rounding errors matter
_FAR = 16


class MaxHerding(VectorStrategy):
    """Repeatedly picks the row that adds most to a generalized coverage of the pool.

    With labeled and picked rows L, the generalized coverage [1]_ of N rows is
    :math:`\\frac1N \\sum_x \\max_{l \\in L} k(x, l)`, a smooth form of what
    :class:`ProbCover` counts. The next pick u maximizes what it adds (Algorithm 1 of
    [1]_),

    .. math:: \\frac1N \\sum_x \\max\\Bigl(0, \\; k(x, u) - \\max_{l \\in L} k(x, l)\\Bigr),
              \\qquad k(x, x') = \\exp\\Bigl(-\\frac{\\lVert x - x' \\rVert^2}{\\sigma^2}\\Bigr).

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    sigma : float, default=1
        Width :math:`\\sigma` of the similarity, above 0.
    unit_norm : bool, default=True
        Whether to divide vectors by their norm first, as in the paper. Set it to False
        if lengths matter, as in a table with scaled columns, and ``sigma`` to their
        scale.
    max_rows : int, default=8192
        In a larger pool, each query draws this many free rows. These are the
        candidates and the rows to cover.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    UncertaintyHerding : Weights rows by their uncertainty.
    ProbCover : Covers the rows within a radius.
    FacilityLocation : Covers rows by cosine similarity.
    BalancedCoverage : Weights rows by class and uncertainty.

    Notes
    -----
    With M, the smaller of N and ``max_rows``, the first pick costs O(M\\ :sup:`2` d). The
    others cost a fraction of this, because the coverage is submodular: gains only fall,
    so old gains are upper bounds of new ones. Similarities are computed in blocks and
    not stored.

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

    The classes of the first three picks from the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=MaxHerding(unit_norm=False), random_state=0)
    >>> y[learner.query(X, 3)]
    array([2, 0, 1])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "sigma": [reals(0, closed="neither")],
        "unit_norm": ["boolean"],
        "max_rows": POSITIVE_INT,
    }

    def __init__(
        self,
        sigma: float | None = 1.0,
        *,
        unit_norm: bool = True,
        max_rows: int = 8192,
        embed: Any = None,
    ) -> None:
        super().__init__(embed)
        self.sigma = sigma
        self.unit_norm = unit_norm
        self.max_rows = max_rows

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        n_rows = max(self.max_rows, n_queries)
        rows = draw_free(pool, n_rows, random_stream(learner))
        vectors = self._scaled(self.vectors_by_position(learner, pool)[rows])
        labeled = self.labeled_vectors(learner, pool)
        labeled = None if labeled is None else self._scaled(labeled)
        width = self._sigma(labeled) ** 2
        vectors, labeled = _near_zero(vectors, labeled)
        coverage = Coverage(vectors, gaussian(width), self._weights(learner, pool, rows))
        if labeled is not None:
            coverage.cover_from(labeled)
        picks, gained = herd(coverage, n_queries, pool.ties.of(rows))
        pool.memory.note(rows[picks], gain=gained)
        return rows[picks]

    def _scaled(self, vectors):
        return normalize(vectors) if self.unit_norm else vectors

    def _sigma(self, labeled):
        """The width of the similarity, given the labeled vectors or None."""
        return self.sigma

    def _weights(self, learner, pool, rows):
        """Weights of some rows; None if all are equal."""
        return None


def _near_zero(vectors, labeled):
    """Vectors and labeled vectors, both shifted if they are dense and far from 0.

    Distances come from inner products, which are imprecise far from 0. A shift changes
    no distance.
    """
    if sparse.issparse(vectors):
        return vectors, labeled
    mean = vectors.mean(axis=0, dtype=np.float64)
    if mean @ mean <= _FAR * vectors.var(axis=0, dtype=np.float64).sum():
        return vectors, labeled
    shifted = (vectors - mean).astype(vectors.dtype)
    return shifted, None if labeled is None else (labeled - mean).astype(labeled.dtype)


def herd(coverage, n, ties):
    """Pick rows by what they add to a coverage.

    Parameters
    ----------
    coverage : Coverage
        What is covered so far. It is updated with the picks.
    n : int
        Number of rows.
    ties : skactive.selection.TieOrder
        The order of rows with equal gains.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Positions among the rows of the coverage.
    gained : ndarray of float64, shape (n,)
        Share of the total weight that each pick added to the coverage.
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
