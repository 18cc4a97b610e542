"""Information density: uncertain rows that are similar to many others."""

from typing import Any

import numpy as np

from .._parameters import SCORING_STRATEGY, reals
from .._typing import Floats, Strategy
from ..selection import by_blocks, row_products, squared_norms, wide_blocks
from ._base import ask_scores, requires_fit
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy
from .entropy_sampling import EntropySampling


class InformationDensity(VectorStrategy, ScoringStrategy):
    """Uncertainty weighted by the mean similarity to the pool.

    The score of a row is (Eq. 14 of [1]_)

    .. math:: u_i \\Bigl( \\frac1N \\sum_{j=1}^N sim(x_i, x_j) \\Bigr)^\\beta

    over all N rows of the pool, with :math:`sim = (1 + \\cos) / 2`, between 0 and 1. The
    mean cosine is one product with the mean direction, so the cost grows linearly with N.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    strategy : strategy with ``scores``, default=None
        The uncertainty :math:`u_i`. None: ``EntropySampling()``. If scores are
        negative, such as those of margin and least confidence, 1 is added to all.
    beta : float, default=1
        Weight of the density, 0 or more. With 0 only the uncertainty counts.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    EntropySampling : Uncertainty without the density; outliers may come first.

    References
    ----------
    .. [1] B. Settles, M. Craven (2008). An Analysis of Active Learning
       Strategies for Sequence Labeling Tasks. EMNLP, 1070-1079.
       doi:10.3115/1613715.1613855

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import EntropySampling, InformationDensity
    >>> model = GaussianNB().fit([[0.0, 0], [1, 1], [4, 0], [5, 1]], [0, 0, 1, 1])
    >>> X = [[2.5, -9.0], [2.45, 1.0], [2.0, 1.0], [1.0, 1.0], [4.0, 1.0]]
    >>> EntropySampling()(model, X, 1), InformationDensity()(model, X, 1)
    (array([0]), array([1]))

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> model = GaussianNB().fit(X[::5], y[::5])
    >>> InformationDensity(beta=2)(model, X, 3)
    array([149,  77, 127])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "strategy": SCORING_STRATEGY,
        "beta": [reals(0)],
    }

    def __init__(
        self, strategy: Strategy | None = None, beta: float = 1.0, *, embed: Any = None
    ) -> None:
        super().__init__(embed)
        self.strategy = strategy
        self.beta = beta

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        scores = ask_scores(self._base(), learner, pool)
        free = pool.available
        if scores[free].min(initial=0) < 0:
            scores = 1 + scores
        if scores[free].min(initial=0) < 0:
            raise ValueError(
                f"{self._base()!r} returns scores below -1. InformationDensity multiplies scores "
                "by densities, so they must be -1 or more. Use a strategy that reads "
                "probabilities, such as EntropySampling()."
            )
        density = self.recall(
            learner, pool, "density", lambda: mean_similarity(self.vectors(learner, pool))
        )
        return np.where(free, scores, -np.inf) * np.where(free, density**self.beta, 1)

    def requires_fit(self, learner: Any) -> bool:
        return requires_fit(self._base(), learner) or super().requires_fit(learner)

    def _base(self):
        return EntropySampling() if self.strategy is None else self.strategy


def mean_similarity(vectors):
    """Mean of (1 + cosine) / 2 between each row and all rows.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows. A row of zeros has cosine 0 to all rows.

    Returns
    -------
    similarity : ndarray of float64, shape (n_rows,)
        Between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query.information_density import mean_similarity
    >>> mean_similarity(np.array([[2.0, 0], [3, 0], [0, 1], [-5, 0]]))
    array([0.625, 0.625, 0.625, 0.375])
    """
    lengths = np.sqrt(squared_norms(vectors))
    inverse = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    mean = np.zeros(vectors.shape[1])
    for start, rows in wide_blocks(vectors):
        mean += inverse[start : start + rows.shape[0]] @ rows / len(lengths)
    cosines = inverse * by_blocks(vectors, lambda rows: row_products(rows, mean))
    return np.clip((1 + cosines) / 2, 0, 1)
