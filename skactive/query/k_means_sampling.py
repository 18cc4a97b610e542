"""k-means sampling: the row nearest to the center of each cluster."""

from typing import Any

import numpy as np

from .._parameters import POSITIVE_INT
from .._typing import Positions
from ._base import random_stream
from ._clusters import center_distances, k_means, one_of_each_cluster
from ._cost import check_cost
from ._vectors import VectorStrategy, stack_vectors


class ClusterStrategy(VectorStrategy):
    """Base class of the strategies that pick from clusters without a label.

    A subclass has the parameters ``embed`` and ``max_clusters``. Its method
    :meth:`scores_within` says which row of a cluster comes first.
    """

    max_pool_rows = 2_000_000
    sample_rows = 100_000
    wrappers = ("Subsampled({}, n_rows=100_000)", "Partitioned({})")

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "max_clusters": POSITIVE_INT,
    }

    def __init__(self, embed: Any = None, *, max_clusters: int = 500) -> None:
        super().__init__(embed)
        self.max_clusters = max_clusters

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        check_cost(self, pool)
        vectors = self.vectors(learner, pool)
        free = pool.positions
        vectors = vectors if len(free) == pool.n_rows else vectors[free]
        labeled = self.labeled_vectors(learner, pool)
        together = vectors if labeled is None else stack_vectors(vectors, labeled)
        n_clusters = min(together.shape[0] - len(free) + n_queries, self.max_clusters)
        model = k_means(together, n_clusters, random_stream(learner))
        n_labeled = np.bincount(model.labels_[len(free) :], minlength=model.n_clusters)
        scores = self.scores_within(together, model)[: len(free)]
        clusters, ties = model.labels_[: len(free)], pool.ties.of(free)
        picks = one_of_each_cluster(clusters, scores, n_labeled, n_queries, ties)
        pool.memory.note(free[picks], score=scores[picks])
        return free[picks]

    def scores_within(self, vectors: Any, model: Any) -> Any:
        """Score each row within its cluster.

        Parameters
        ----------
        vectors : ndarray or csr matrix, shape (n_rows, n_features)
            The free rows, then the labeled ones.
        model : KMeans
            Fitted to these vectors.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            The row with the highest score of a cluster is picked first.
        """
        raise NotImplementedError


class KMeansSampling(ClusterStrategy):
    """Picks the row nearest to the center of each cluster of the pool.

    k-means divides the free and the labeled rows into as many clusters as there are
    labels and rows to pick. Clusters without a labeled row come first, and large ones
    before small ones. From each cluster, the strategy picks the row with the smallest
    :math:`\\lVert x_i - \\mu_{c(i)} \\rVert` [1]_, where :math:`\\mu_{c(i)}` is the center of
    the cluster. After a filter by uncertainty, as in
    ``Filtered(KMeansSampling(), EntropySampling())``, it is the diverse mini-batch of [2]_.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.
    max_clusters : int, default=500
        Maximum number of clusters. It bounds the cost if there are many labels.

    See Also
    --------
    TypiClust : Picks the row in the densest region of each cluster.
    Filtered : Another strategy chooses the rows to pick from.

    Notes
    -----
    Each query runs k-means on the free and labeled rows. If these are more than 100,000, the
    centers are learned from 100,000 rows drawn at random. A pool in memory of more than 2
    million rows raises a ValueError. Of a large dask collection, each query draws a sample:
    see :doc:`/user_guide/large_pools`.

    References
    ----------
    .. [1] Z. Bodó, Z. Minier, L. Csató (2011). Active Learning with
       Clustering. JMLR Workshop and Conference Proceedings 16, 127-139.
    .. [2] F. Zhdanov (2019). Diverse mini-batch Active Learning.
       doi:10.48550/arXiv.1901.05954

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import KMeansSampling
    >>> X = [[0.0, 0], [1, 0], [2, 0], [9, 9], [8, 9]]
    >>> learner = ActiveLearner(query_strategy=KMeansSampling(), random_state=0)
    >>> learner.query(X, 1, exclude=[3])
    array([2])
    >>> learner = learner.teach([[9, 9], [8, 8]], [0, 1])
    >>> learner.query(X, 1, exclude=[3])
    array([1])

    The classes of the first three picks from the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=KMeansSampling(), random_state=0)
    >>> sorted(y[learner.query(X, 3)].tolist())
    [0, 1, 2]
    """

    def scores_within(self, vectors: Any, model: Any) -> Any:
        return -center_distances(vectors, model)
