"""Clustered uncertainty: uncertain rows, then rows near or far from their clusters."""

import warnings
from typing import Any

import numpy as np

from .._greedy.nearest import nearest_squared
from .._parameters import POSITIVE_INT_OR_NONE, SCORING_STRATEGY, options, reals
from .._typing import Positions, Strategy
from ..selection import top_n
from ._base import ask_scores, random_stream, requires_fit, warn_if_equal
from ._clusters import k_means
from ._vectors import VectorStrategy
from .entropy_sampling import EntropySampling


class ClusteredUncertainty(VectorStrategy):
    """Picks uncertain rows, and other rows near or far from the clusters of these.

    Section 3 of [1]_. The first :math:`\\lfloor \\alpha K \\rfloor` of K rows (at least one)
    are the most uncertain ones. k-means divides these into ``n_clusters`` clusters with
    centers :math:`c_j`. The other rows are the free rows with the smallest
    :math:`\\min_j \\lVert f_i - c_j \\rVert^2`. The program published with the paper takes
    the largest instead; this is ``side="farthest"``.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    alpha : float, default=0.5
        Share of uncertain rows in the batch, above 0 and at most 1.
    n_clusters : int, default=None
        Number of clusters. If there are fewer uncertain rows, each of them is a
        cluster, with a warning. None: 3, or fewer if there are fewer uncertain rows.
    side : {"nearest", "farthest"}, default="nearest"
        Which of the other rows to pick.
    strategy : strategy with ``scores``, default=None
        The measure of uncertainty. None: ``EntropySampling()``.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    KMeansSampling : Picks one row of each cluster of the pool.

    References
    ----------
    .. [1] S. Ilizirov, M. Barsht, A. Steiner (2024). Active Learning for Image
       Classification.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import ClusteredUncertainty
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[0.0], [2.4], [2.2], [7.0]]
    >>> ClusteredUncertainty(n_clusters=1)(model, X, 2)
    array([1, 2])
    >>> ClusteredUncertainty(n_clusters=1, side="farthest")(model, X, 2)
    array([1, 3])

    In a learner on the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), ClusteredUncertainty(), budget=40, random_state=0)
    >>> learner.fit(X, y).n_labels_
    40
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "alpha": [reals(0, 1, closed="right")],
        "n_clusters": POSITIVE_INT_OR_NONE,
        "side": [options("nearest", "farthest")],
        "strategy": SCORING_STRATEGY,
    }

    def __init__(
        self,
        alpha: float = 0.5,
        n_clusters: int | None = None,
        side: str = "nearest",
        *,
        strategy: Strategy | None = None,
        embed: Any = None,
    ) -> None:
        super().__init__(embed)
        self.alpha = alpha
        self.n_clusters = n_clusters
        self.side = side
        self.strategy = strategy

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        # rounded first, because 0.7 * 10 may be slightly less than 7
        n_uncertain = max(1, int(np.floor(np.round(self.alpha * n_queries, 9))))
        scores = ask_scores(self._base(), learner, pool)
        uncertain = top_n(scores, min(n_uncertain, n_queries), pool.ties)
        warn_if_equal(scores, uncertain, pool.n_available)
        if len(uncertain) == n_queries:
            return uncertain
        vectors = self.vectors(learner, pool)
        model = k_means(
            vectors[uncertain], self._n_centers(len(uncertain)), random_stream(learner), n_init=10
        )
        others = np.setdiff1d(pool.positions, uncertain, assume_unique=True)
        rows = vectors[others]
        distances = nearest_squared(rows, model.cluster_centers_)
        sign = -1 if self.side == "nearest" else 1
        n_others = n_queries - len(uncertain)
        rest = top_n(sign * distances, n_others, pool.ties.of(others))
        return np.append(uncertain, others[rest])

    def requires_fit(self, learner: Any) -> bool:
        return requires_fit(self._base(), learner) or super().requires_fit(learner)

    def _n_centers(self, n_uncertain):
        if self.n_clusters is None:
            return min(3, n_uncertain)
        if self.n_clusters > n_uncertain:
            warnings.warn(
                f"n_clusters={self.n_clusters} is more than the {n_uncertain} uncertain rows of "
                f"a batch, so {n_uncertain} clusters are used. Query more rows or raise alpha.",
                stacklevel=6,
            )
        return min(self.n_clusters, n_uncertain)

    def _base(self):
        return EntropySampling() if self.strategy is None else self.strategy
