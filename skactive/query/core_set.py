"""Core-set selection: rows that cover the pool (greedy k-center)."""

from typing import Any

from .._greedy.k_center import KCenter, TensorKCenter
from .._tensors import on_accelerator
from .._typing import Positions
from ._base import random_stream
from ._vectors import VectorStrategy


class CoreSet(VectorStrategy):
    """Repeatedly picks the row that is farthest from all labeled or picked rows.

    Greedy k-center (Algorithm 1 of [1]_, Eq. 7 of [2]_): each pick is
    :math:`\\arg\\max_u \\min_l \\lVert F_u - F_l \\rVert_2` over the free rows u, where l are
    the rows labeled or picked so far. Without labels, the first row is drawn at random.

    Read more in the :ref:`user guide <strategies-diversity>`.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    RandomSampling : Picks rows in proportion to their density.

    References
    ----------
    .. [1] O. Sener, S. Savarese (2018). Active Learning for Convolutional
       Neural Networks: A Core-Set Approach. ICLR. doi:10.48550/arXiv.1708.00489
    .. [2] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet
    >>> X = [[0.0, 0], [1, 0], [0, 3], [5, 5], [6, 5], [3, 0]]
    >>> learner = ActiveLearner(query_strategy=CoreSet()).teach([[0, 0], [1, 0]], [0, 1])
    >>> learner.query(X, 3, exclude=[0, 1])
    array([4, 2, 5])

    On the digits data set:

    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=CoreSet()).teach(X[:10], y[:10])
    >>> learner.query(X, 3, exclude=range(10))
    array([1277, 1572, 1419])
    """

    keeps_tensors = True

    def __init__(self, embed: Any = None) -> None:
        super().__init__(embed)

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        vectors = self.vectors(learner, pool)
        form = TensorKCenter if on_accelerator(vectors) else KCenter
        centers = self.recall(learner, pool, "centers", lambda: form(vectors))
        labeled = self.labeled_vectors(learner, pool, centers.n_labeled)
        return centers.extend(labeled).farthest_first(pool, n_queries, random_stream(learner))
