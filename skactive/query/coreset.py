"""Core-set selection: rows that cover the pool (greedy k-center)."""

import numpy as np

from ..embedding import embed_rows, embedding_needs_fit
from ..pool import num_samples, take_rows
from ..selection import dense_row, farthest_first, squared_distances, squared_norms
from .base import QueryStrategy, random_stream


class CoreSet(QueryStrategy):
    """Again and again the row farthest from all rows chosen so far.

    The greedy form of k-center, Algorithm 1 of [1]_ and Eq. 7 of [2]_:
    :math:`\\arg\\max_u \\min_l \\lVert F_u - F_l \\rVert_2` over the free rows
    u and the labelled or just picked rows l. With no label so far the first
    row is drawn at random.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        What makes vectors of rows. None: the representation that the
        learner's estimator itself sees (a Pipeline's steps before the last;
        otherwise X, images flattened).

    See Also
    --------
    RandomSampling : Rows in proportion to their density.

    References
    ----------
    .. [1] O. Sener, S. Savarese (2018). Active Learning for Convolutional
       Neural Networks: A Core-Set Approach. ICLR. arXiv:1708.00489
    .. [2] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet
    >>> X = [[0.0, 0], [1, 0], [0, 2], [5, 5], [6, 5], [3, 0]]
    >>> learner = ActiveLearner(query_strategy=CoreSet()).teach([[0, 0], [1, 0]], [0, 1])
    >>> learner.query(X, 3, exclude=[0, 1])
    array([4, 2, 5])
    """

    def __init__(self, embed=None):
        self.embed = embed

    def select(self, learner, pool, n_queries):
        state = self._state(learner, pool)
        state.measure(learner, self.embed)
        return farthest_first(
            state.vectors,
            n_queries,
            distances=state.distances,
            norms=state.norms,
            available=pool.available,
            random_state=random_stream(learner),
        )

    def requires_fit(self, learner):
        return embedding_needs_fit(learner, self.embed)

    def _state(self, learner, pool):
        def compute():
            return _Coverage(embed_rows(learner, pool.X, self.embed))

        if self.requires_fit(learner):
            return compute()
        return pool.memory.recall(self, "coverage", compute)


class _Coverage:
    """Distance of every row to the nearest labelled one, for the labels measured so far."""

    def __init__(self, vectors):
        self.vectors = vectors
        self.norms = squared_norms(vectors)
        self.distances = np.full(len(self.norms), np.inf)
        self.n_measured = 0

    def measure(self, learner, embed):
        labeled = getattr(learner, "X_labeled_", None)
        if labeled is None or num_samples(labeled) == self.n_measured:
            return
        new_rows = take_rows(labeled, slice(self.n_measured, None))
        centers = embed_rows(learner, new_rows, embed)
        for i in range(centers.shape[0]):
            new = squared_distances(self.vectors, dense_row(centers, i), self.norms)
            np.minimum(self.distances, new, out=self.distances)
        self.n_measured += centers.shape[0]
