"""k-means sampling: the row in the middle of each cluster."""

import numpy as np

from .._parameters import POSITIVE_INT
from ._base import random_stream
from ._clusters import center_distances, k_means, one_of_each_cluster
from ._cost import check_cost
from ._vectors import VectorStrategy, stack_vectors


class ClusterStrategy(VectorStrategy):
    """Base of the strategies that pick from clusters in which no row is labeled yet.

    A subclass has the parameters ``embed`` and ``max_clusters`` and says in
    :meth:`scores_within` which row of a cluster it prefers.
    """

    max_pool_rows = 2_000_000
    wrappers = ("Subsampled({}, n_rows=100_000)", "Partitioned({})")

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "max_clusters": POSITIVE_INT,
    }

    def __init__(self, embed=None, *, max_clusters=500):
        super().__init__(embed)
        self.max_clusters = max_clusters

    def select(self, learner, pool, n_queries):
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

    def scores_within(self, vectors, model):
        """Which row of a cluster comes first.

        Parameters
        ----------
        vectors : ndarray or csr matrix, shape (n_rows, n_features)
            The free rows, then the labeled ones.
        model : KMeans
            Fitted to them.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Higher is better within a cluster.
        """
        raise NotImplementedError


class KMeansSampling(ClusterStrategy):
    """The row nearest to the center of each cluster of the pool.

    The free and the labeled rows together are put into as many clusters as
    there are labels and rows to pick, by k-means. Clusters without a labeled
    row come first, then larger ones; of each, the row that minimizes
    :math:`\\lVert x_i - \\mu_{c(i)} \\rVert` is picked [1]_. Without labels that
    is one row for each of ``n_queries`` clusters. Preceded by a filter on
    uncertainty, ``Filtered(KMeansSampling(), EntropySampling())``, it is the
    diverse mini-batch of [2]_.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        What makes vectors of rows. None: the representation that the
        learner's estimator itself sees, or vectors of a table, see
        :func:`skactive.embedding.choose_embedding`.
    max_clusters : int, default=500
        Most clusters, which bounds the cost when there are many labels.

    See Also
    --------
    TypiClust : The row in the densest place of each cluster.
    Filtered : Narrows down what a strategy may pick from.

    Notes
    -----
    Cost: k-means over the free rows for every query. Of more than 100,000 rows
    it learns the centers from 100,000 drawn at random. The vectors are copied;
    a pool of more than 2 million rows is refused.

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
    """

    def scores_within(self, vectors, model):
        return -center_distances(vectors, model)
