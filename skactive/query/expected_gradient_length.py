"""Expected gradient length: rows that are expected to change a linear layer most."""

from typing import Any

import numpy as np

from .._typing import Floats
from ..selection import squared_norms
from ._base import QueryStrategy
from ._probabilities import pool_probabilities
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy


class ExpectedGradientLength(VectorStrategy, ScoringStrategy):
    """Largest expected gradient of the loss after the row is labeled.

    The score of a row [1]_ [2]_ is

    .. math:: \\sum_y p_y(x) \\, \\lVert \\nabla \\ell(x, y) \\rVert.

    The model is assumed to be at a minimum of its loss :math:`\\ell`, so only the new label
    contributes to the gradient. For the log loss of a linear last layer with intercepts, the
    gradient is the outer product of :math:`p - e_y` and :math:`(x, 1)`, so that

    .. math:: \\lVert \\nabla \\ell(x, y) \\rVert
              = \\sqrt{\\lVert p \\rVert^2 - 2 p_y + 1} \\, \\sqrt{\\lVert x \\rVert^2 + 1}.

    Read more in the :ref:`user guide <strategies-disagreement>`.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors x; for a net, the input of its last layer. None: rows as
        the learner's estimator sees them, or vectors of a table; see
        :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    Badge : Picks rows with large gradients that differ from each other.
    EntropySampling : Reads only the probabilities.

    Notes
    -----
    Rows with large numbers come first, so scale the columns. A query costs the predictions
    and O(N (C + d)); gradients are not formed. The formula is also used for models that are
    not linear.

    References
    ----------
    .. [1] B. Settles, M. Craven, S. Ray (2007). Multiple-Instance Active
       Learning. NIPS 20, 1289-1296.
    .. [2] B. Settles, M. Craven (2008). An Analysis of Active Learning
       Strategies for Sequence Labeling Tasks. EMNLP, 1070-1079.
       doi:10.3115/1613715.1613855

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import ExpectedGradientLength
    >>> model = GaussianNB().fit([[0.0, 0], [1, 1], [4, 0], [5, 1]], [0, 0, 1, 1])
    >>> X = [[2.5, 0.0], [2.5, 3.0], [0.0, 3.0]]
    >>> ExpectedGradientLength()(model, X, 3)
    array([1, 0, 2])

    On the iris data set, with scaled columns:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.preprocessing import scale
    >>> X, y = load_iris(return_X_y=True)
    >>> X = scale(X)
    >>> model = LogisticRegression().fit(X[::5], y[::5])
    >>> ExpectedGradientLength()(model, X, 3)
    array([ 41, 108, 129])
    """

    _parameter_constraints: dict = VectorStrategy._parameter_constraints

    def __init__(self, embed: Any = None) -> None:
        super().__init__(embed)

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        def lengths():
            return np.sqrt(squared_norms(self.vectors(learner, pool)) + 1)

        scores = np.full(pool.n_rows, -np.inf)
        scores[pool.available] = expected_error_length(pool_probabilities(learner, pool))
        return scores * self.recall(learner, pool, "lengths", lengths)

    def requires_fit(self, learner: Any) -> bool:
        return QueryStrategy.requires_fit(self, learner)


def expected_error_length(probabilities):
    """Mean length of p - e_y over the classes y, weighted by p.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.

    Returns
    -------
    lengths : ndarray of float64, shape (n_rows,)
        0 where the model is certain.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query.expected_gradient_length import expected_error_length
    >>> expected_error_length(np.array([[0.5, 0.5], [1.0, 0.0]])).round(4)
    array([0.7071, 0.    ])
    """
    columns = np.ascontiguousarray(probabilities.T, dtype=np.float64)
    squares = 1 + sum(column * column for column in columns)
    total = np.zeros(len(squares))
    for column in columns:
        total += column * np.sqrt(np.maximum(squares - 2 * column, 0))
    return total
