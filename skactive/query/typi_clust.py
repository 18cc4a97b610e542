"""TypiClust: the most typical row of each cluster."""

import math
from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from .._parameters import POSITIVE_INT
from ..selection import spread_positions
from .k_means_sampling import ClusterStrategy

# maximum number of rows to compare within a cluster, and of pairs in all clusters
_MOST_ROWS = 5000
_MOST_PAIRS = 1_000_000_000


class TypiClust(ClusterStrategy):
    """Picks the most typical row of each cluster without a label, for small budgets.

    k-means divides the free and the labeled rows into as many clusters as there are
    labels and rows to pick. Clusters without a labeled row come first, and large ones
    before small ones. From each cluster, the strategy picks the row with the highest
    typicality [1]_. This is the inverse of the mean distance to its K nearest neighbors
    within the cluster,

    .. math:: \\Bigl( \\frac1K \\sum_{j \\in NN_K(i)} \\lVert x_i - x_j \\rVert
              \\Bigr)^{-1},

    where K is ``n_neighbors``, but at most half of the rows of the cluster. The strategy
    is meant for vectors from a self-supervised or pre-trained net.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.
    n_neighbors : int, default=20
        Maximum number of neighbors K.
    max_clusters : int, default=500
        Maximum number of clusters. It bounds the cost if there are many labels.

    See Also
    --------
    KMeansSampling : Picks the row nearest to the center of each cluster.
    ProbCover : Picks rows with many others nearby, without clusters.

    Notes
    -----
    Each query runs k-means as in :class:`KMeansSampling`, and then computes the distances
    between all rows of a cluster. If a cluster has more than 5000 rows, only 5000 evenly
    spaced ones of them are compared and can be picked first; fewer, if there are so many
    clusters that more than a billion distances are needed. A pool in memory of more than 2
    million rows raises a ValueError. Of a large dask collection, each query draws a sample:
    see :doc:`/user_guide/large_pools`.

    References
    ----------
    .. [1] G. Hacohen, A. Dekel, D. Weinshall (2022). Active Learning on a
       Budget: Opposite Strategies Suit High and Low Budgets. ICML.
       doi:10.48550/arXiv.2202.02794

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import TypiClust
    >>> X = [[0.0], [2], [3], [3.5], [20], [21]]
    >>> learner = ActiveLearner(query_strategy=TypiClust(), random_state=0)
    >>> learner.query(X, 2)
    array([2, 4])

    The classes of the first three picks from the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=TypiClust(), random_state=0)
    >>> sorted(y[learner.query(X, 3)].tolist())
    [0, 1, 2]
    """

    _parameter_constraints: dict = {
        **ClusterStrategy._parameter_constraints,
        "n_neighbors": POSITIVE_INT,
    }

    def __init__(
        self, embed: Any = None, *, n_neighbors: int = 20, max_clusters: int = 500
    ) -> None:
        super().__init__(embed, max_clusters=max_clusters)
        self.n_neighbors = n_neighbors

    def scores_within(self, vectors: Any, model: Any) -> Any:
        scores = np.empty(vectors.shape[0])
        most = min(_MOST_ROWS, math.isqrt(_MOST_PAIRS // model.n_clusters))
        by_cluster = np.argsort(model.labels_, kind="stable")
        ends = np.cumsum(np.bincount(model.labels_, minlength=model.n_clusters))
        for rows in np.split(by_cluster, ends[:-1]):
            if len(rows):
                scores[rows] = 0  # less than any typicality
                rows = rows[spread_positions(len(rows), most)]
                scores[rows] = typicality(vectors[rows], self.n_neighbors)
        return scores


def typicality(vectors, n_neighbors=20):
    """Inverse mean distance of rows to their nearest neighbors.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows. Neighbors are rows of the same matrix.
    n_neighbors : int, default=20
        Number of neighbors, at most half of the rows.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        A large finite number for a row that equals its neighbors, 1 for a single row.
    """
    n_neighbors = min(n_neighbors, vectors.shape[0] // 2)
    if n_neighbors < 1:
        return np.ones(vectors.shape[0])
    search = NearestNeighbors(n_neighbors=n_neighbors).fit(vectors.astype(np.float64, copy=False))
    means = search.kneighbors()[0].mean(axis=1)
    return 1 / np.maximum(means, np.finfo(np.float64).tiny)
