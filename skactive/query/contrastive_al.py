"""Contrastive active learning: rows predicted differently from their labeled neighbors."""

from typing import Any

import numpy as np
from sklearn.neighbors import NearestNeighbors

from .._parameters import POSITIVE_INT
from .._tensors import to_numpy
from .._typing import Floats
from ..predictions import class_probabilities
from ._base import QueryStrategy
from ._labels import labeled_rows
from ._probabilities import pool_probabilities
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy

_ROWS_A_BLOCK = 1 << 14
# smaller probabilities are raised to this one before taking the logarithm
_LEAST = 1e-7


class ContrastiveAL(VectorStrategy, ScoringStrategy):
    """Picks rows that the model predicts differently from their labeled neighbors.

    Contrastive active learning (Algorithm 1 of [1]_). With the k nearest labeled rows
    :math:`l_1, \\dots, l_k` of a row x, the score is the mean Kullback-Leibler divergence

    .. math:: \\frac1k \\sum_{i=1}^k \\sum_c p_c(l_i) \\ln \\frac{p_c(l_i)}{p_c(x)}.

    Probabilities below 1e-7 count as 1e-7.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    n_neighbors : int, default=10
        Number k of labeled neighbors, or all labeled rows if there are fewer.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    DiscriminativeAL : Picks rows that differ from the labeled ones.

    Notes
    -----
    The strategy reads the predictions for labeled rows, not their labels. A query costs the
    predictions and O(N d L) with L labels, in chunks. Divergences of single pairs are never
    stored: the score is the mean negative entropy of the neighbors minus the product of
    their mean probabilities and :math:`\\ln p(x)`.

    References
    ----------
    .. [1] K. Margatina, G. Vernikos, L. Barrault, N. Aletras (2021). Active
       Learning by Acquiring Contrastive Examples. EMNLP, 650-663.
       doi:10.18653/v1/2021.emnlp-main.51

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import ContrastiveAL
    >>> learner = ActiveLearner(GaussianNB(), ContrastiveAL(n_neighbors=1), random_state=0)
    >>> learner = learner.teach([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> learner.query([[0.5], [2.6], [2.4], [4.5]], 2)
    array([1, 2])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), ContrastiveAL(), random_state=0)
    >>> learner = learner.teach(X[::5], y[::5])
    >>> learner.query(X, 3, exclude=range(0, 150, 5))
    array([ 57,  98, 134])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "n_neighbors": POSITIVE_INT,
    }

    def __init__(self, n_neighbors: int = 10, *, embed: Any = None) -> None:
        super().__init__(embed)
        self.n_neighbors = n_neighbors

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        labeled, codes, _ = labeled_rows(learner, self)
        known = _safe(to_numpy(class_probabilities(learner, labeled)))
        neighbors = NearestNeighbors(
            n_neighbors=min(self.n_neighbors, len(codes)), algorithm="brute"
        ).fit(self.labeled_vectors(learner, pool))
        vectors = self.vectors(learner, pool)
        probabilities = pool_probabilities(learner, pool)
        scores, free = np.full(pool.n_rows, -np.inf), pool.positions
        for start in range(0, len(free), _ROWS_A_BLOCK):
            block = slice(start, start + _ROWS_A_BLOCK)
            nearest = neighbors.kneighbors(vectors[free[block]], return_distance=False)
            scores[free[block]] = divergence(known, nearest, _safe(probabilities[block]))
        return scores

    def requires_fit(self, learner: Any) -> bool:
        return QueryStrategy.requires_fit(self, learner)


def divergence(known, nearest, probabilities):
    """Mean divergence of rows from their neighbors.

    Parameters
    ----------
    known : ndarray of float64, shape (n_labels, n_classes)
        Probabilities of the labeled rows, above 0.
    nearest : ndarray of int, shape (n_rows, k)
        Positions of the neighbors of each row among the labeled rows.
    probabilities : ndarray of float64, shape (n_rows, n_classes)
        Probabilities of the rows, above 0.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        0 or more, up to rounding.
    """
    negative_entropies = np.einsum("ij,ij->i", known, np.log(known))
    means = sum(known[column] for column in nearest.T) / nearest.shape[1]
    cross = np.einsum("ij,ij->i", means, np.log(probabilities))
    return negative_entropies[nearest].mean(axis=1) - cross


def _safe(probabilities):
    """Probabilities raised to at least 1e-7, so that their logarithms are finite."""
    above = np.maximum(probabilities, _LEAST)
    above /= above.sum(axis=1, keepdims=True)
    return above
