"""CLUE: the middles of clusters in which rows count by their uncertainty."""

import numpy as np

from .._parameters import POSITIVE_INT, options, reals
from ._base import random_stream
from ._clusters import cluster_middles
from ._probabilities import UNCERTAINTIES, pool_probabilities, tempered
from ._vectors import VectorStrategy

# a row of which the model is certain counts by this part of the most uncertain one
_LEAST = 1e-9


class CLUE(VectorStrategy):
    """The row nearest to each center of a k-means weighted by uncertainty.

    Clustering uncertainty-weighted embeddings [1]_: the free rows are put into
    K clusters :math:`S_k`, K the number of rows asked for, that minimize

    .. math:: \\sum_{k=1}^K \\sum_{x \\in S_k} u(x) \\, \\lVert x - \\mu_k \\rVert^2,
              \\qquad u(x) = -\\sum_c p_c(x) \\ln p_c(x)

    (the objective of Section 3.2), where :math:`\\mu_k` are the means weighted by the entropy
    u. Of each cluster the row nearest to :math:`\\mu_k` is picked, of the largest
    cluster first.

    Parameters
    ----------
    measure : {"entropy", "margin", "least_confidence"}, default="entropy"
        The uncertainty u: the entropy, one less the gap between the two
        largest probabilities, or one less the largest.
    temperature : float, default=1
        What logits are divided by before u is worked out, above 0. The lower,
        the more the uncertain rows alone count; the paper takes 0.1 with a
        model that is new to the domain.
    max_rows : int, default=10_000
        Where there are more free rows, so many of them, drawn in proportion to u, make the
        centers, and at least 20 for each; the rows nearest to these are found among all.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    KMeansSampling : The same without a model.
    ClusteredUncertainty : A share of the batch by uncertainty alone.

    Notes
    -----
    A query costs the predictions, a k-means on at most ``max_rows`` rows with as many clusters
    as rows are asked for, and one pass of O(N d n); memory is that of one copy of the vectors.
    Labeled rows enter through the model. Where the model is certain of all rows, all count alike.

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
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "measure": [options(*UNCERTAINTIES)],
        "temperature": [reals(0, closed="neither")],
        "max_rows": POSITIVE_INT,
    }

    def __init__(self, measure="entropy", *, temperature=1.0, max_rows=10_000, embed=None):
        super().__init__(embed)
        self.measure = measure
        self.temperature = temperature
        self.max_rows = max_rows

    def select(self, learner, pool, n_queries):
        free = pool.positions
        weights = self._weights(tempered(pool_probabilities(learner, pool), self.temperature))
        vectors = self.vectors(learner, pool)
        vectors = vectors if len(free) == pool.n_rows else vectors[free]
        stream, ties = random_stream(learner), pool.ties.of(free)
        return free[cluster_middles(vectors, n_queries, stream, ties, weights, self.max_rows)]

    def _weights(self, probabilities):
        """u of each row, none of them 0."""
        weights = UNCERTAINTIES[self.measure](probabilities)
        most = weights.max()
        return np.maximum(weights, _LEAST * most) if most > 0 else np.ones(len(weights))

    def requires_fit(self, learner):
        return True
