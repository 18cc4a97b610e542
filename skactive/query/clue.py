"""CLUE: the rows nearest to the centers of clusters weighted by uncertainty."""

from typing import Any

import numpy as np

from .._parameters import POSITIVE_INT, options, reals
from .._typing import Positions
from ._base import random_stream
from ._clusters import cluster_middles
from ._probabilities import UNCERTAINTIES, pool_probabilities, tempered
from ._vectors import VectorStrategy

# least weight of a row, relative to the most uncertain one
_LEAST = 1e-9


class CLUE(VectorStrategy):
    """Picks the row nearest to each center of a k-means weighted by uncertainty.

    Clustering uncertainty-weighted embeddings [1]_: a query for K rows divides the free
    rows into K clusters :math:`S_k` that minimize

    .. math:: \\sum_{k=1}^K \\sum_{x \\in S_k} u(x) \\, \\lVert x - \\mu_k \\rVert^2,
              \\qquad u(x) = -\\sum_c p_c(x) \\ln p_c(x),

    where :math:`\\mu_k` are the means weighted by the entropy u. From each cluster, the
    strategy picks the row nearest to :math:`\\mu_k`, from large clusters first.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    measure : {"entropy", "margin", "least_confidence"}, default="entropy"
        The uncertainty u: the entropy, 1 minus the gap between the two largest
        probabilities, or 1 minus the largest probability.
    temperature : float, default=1
        Logits are divided by this number, above 0, before u is computed. With a low
        temperature, only the most uncertain rows count. The paper uses 0.1 for a model
        from another domain.
    max_rows : int, default=10_000
        If there are more free rows, the centers are learned from this many rows, at least
        20 per cluster, drawn in proportion to u. All free rows can be picked.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    KMeansSampling : Clusters without weights and without a model.
    ClusteredUncertainty : Picks a share of the batch by uncertainty alone.

    Notes
    -----
    A query for n rows costs the predictions, a k-means on at most ``max_rows`` rows with n
    clusters, and one pass of O(N d n). It needs memory for one copy of the vectors. Labeled
    rows matter only through the model. If the model is certain about all rows, they all
    have the same weight.

    References
    ----------
    .. [1] V. Prabhu, A. Chandrasekaran, K. Saenko, J. Hoffman (2021). Active
       Domain Adaptation via Clustering Uncertainty-weighted Embeddings. ICCV,
       8505-8514. doi:10.48550/arXiv.2010.08666

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import CLUE, KMeansSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[-1.0], [0.0], [1.0], [2.0], [2.4]]
    >>> CLUE()(model, X, 1), KMeansSampling()(model, X, 1)
    (array([4]), array([2]))

    In a learner on the wine data set:

    >>> from sklearn.datasets import load_wine
    >>> from skactive import ActiveLearner
    >>> X, y = load_wine(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), CLUE(), budget=40, random_state=0)
    >>> learner.fit(X, y).n_labels_
    40
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "measure": [options(*UNCERTAINTIES)],
        "temperature": [reals(0, closed="neither")],
        "max_rows": POSITIVE_INT,
    }

    def __init__(
        self,
        measure: str = "entropy",
        *,
        temperature: float | None = 1.0,
        max_rows: int = 10_000,
        embed: Any = None,
    ) -> None:
        super().__init__(embed)
        self.measure = measure
        self.temperature = temperature
        self.max_rows = max_rows

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        free = pool.positions
        weights = self._weights(tempered(pool_probabilities(learner, pool), self.temperature))
        vectors = self.vectors(learner, pool)
        vectors = vectors if len(free) == pool.n_rows else vectors[free]
        stream, ties = random_stream(learner), pool.ties.of(free)
        return free[cluster_middles(vectors, n_queries, stream, ties, weights, self.max_rows)]

    def _weights(self, probabilities):
        """The weight u of each row, above 0."""
        weights = UNCERTAINTIES[self.measure](probabilities)
        most = weights.max()
        return np.maximum(weights, _LEAST * most) if most > 0 else np.ones(len(weights))

    def requires_fit(self, learner: Any) -> bool:
        return True
