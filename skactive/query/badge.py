"""BADGE: rows with large gradients that differ from each other."""

from typing import Any

import numpy as np

from .._greedy import tensors as greedy_tensors
from .._greedy.lazy import LazyGreedy
from .._greedy.nearest import NearestCenters, SquaredDistances
from .._tensors import on_accelerator, to_numpy
from .._typing import Positions
from ..predictions import chunk_rows, class_probabilities
from ._base import random_stream
from ._vectors import VectorStrategy

# with at most this many numbers, a full pass per draw takes less time than bounds
_FEW_NUMBERS = 1 << 18


class Badge(VectorStrategy):
    """Draws rows with large and different gradients, by k-means++.

    Batch active learning by diverse gradient embeddings [1]_. Assume that a row :math:`x_i` has
    the label :math:`\\hat y_i` that the model predicts. The gradient of the log loss with respect
    to the weights of a linear last layer is then the outer product
    :math:`g_i = (p_i - e_{\\hat y_i}) x_i^T`. The first pick has the longest gradient. Each
    further row is drawn with a probability proportional to
    :math:`\\min_j \\lVert g_i - g_j \\rVert^2` over the rows j picked so far. Labeled rows
    matter only through the model.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors :math:`x_i`; for a net, the input of its last layer. None:
        rows as the learner's estimator sees them, or vectors of a table; see
        :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    CoreSet : Picks rows far from each other, without a model.

    Notes
    -----
    The outer products are never formed. Each draw is an exponential race:
    :math:`\\arg\\max_i D_i^2 / E_i`, with the distance :math:`D_i` to the nearest picked
    gradient and standard exponential :math:`E_i`, has the required probabilities. Upper
    bounds of :math:`D_i` are enough for most rows.

    References
    ----------
    .. [1] J. Ash, C. Zhang, A. Krishnamurthy, J. Langford, A. Agarwal (2020).
       Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds.
       ICLR. doi:10.48550/arXiv.1906.03671

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import Badge
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> Badge()(model, [[1.0], [2.4], [2.6], [9.0]], 1)
    array([2])

    In a learner on the digits data set:

    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skactive import ActiveLearner
    >>> X, y = load_digits(return_X_y=True)
    >>> estimator = LogisticRegression(max_iter=1000)
    >>> learner = ActiveLearner(
    ...     estimator, Badge(), budget=60, batch_size=20, n_initial=20, random_state=0
    ... )
    >>> learner.fit(X / 16, y).n_labels_
    60
    """

    keeps_tensors = True

    def __init__(self, embed: Any = None) -> None:
        super().__init__(embed)

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        probabilities = pool.map_rows(
            lambda X: class_probabilities(learner, X), chunk_rows(learner), keep_tensors=True
        )
        probabilities[np.flatnonzero(~pool.available)] = 0
        vectors = self.vectors(learner, pool)
        seed = random_stream(learner).randint(np.iinfo(np.int32).max)
        generator = np.random.default_rng(seed)
        if on_accelerator(vectors):
            factor = greedy_tensors.gradient_factor(probabilities, vectors)
            on_device = greedy_tensors.TensorDistances(factor, vectors)
            return greedy_tensors.draw_by_distance(on_device, pool, n_queries, generator)
        factor = gradient_factor(to_numpy(probabilities), vectors.dtype)
        distances = SquaredDistances(factor, vectors)
        return _draw(distances, pool, n_queries, generator)

    def requires_fit(self, learner: Any) -> bool:
        return True


def gradient_factor(probabilities, dtype=np.float64):
    """Class probabilities minus one at the predicted class: the first factor of the gradients.

    Parameters
    ----------
    probabilities : ndarray of float64, shape (n_rows, n_classes)
        Class probabilities.
    dtype : dtype, default=float64
        The dtype of the result.

    Returns
    -------
    factor : ndarray, shape (n_rows, n_classes)
        Rows sum to 0.
    """
    factor = probabilities.astype(dtype)
    factor[np.arange(len(factor)), probabilities.argmax(axis=1)] -= 1
    return factor


def _draw(distances, pool, n, generator):
    """Pick the longest gradient, then draw by squared distance to the nearest picked one."""
    picks = []
    nearest = NearestCenters(distances)
    nearest.bounds[~pool.available] = -np.inf
    lazy = LazyGreedy(
        nearest.bounds, nearest.measure, lower_all=nearest.screen, ties=pool.ties
    )
    is_small = distances.n_rows * distances.n_features <= _FEW_NUMBERS
    while len(picks) < n:
        if picks:
            race = np.maximum(generator.standard_exponential(distances.n_rows), 1e-300)
            picks.append(lazy.take(1 / race))
        else:
            picks.append(pool.ties.argmax(np.where(pool.available, distances.norms, -1)))
            nearest.bounds[picks] = -np.inf
        distances.add_row(picks[-1])
        if is_small or len(picks) == 1:
            nearest.screen()
    return np.array(picks, dtype=np.intp)
