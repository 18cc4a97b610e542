"""Expected gradient length: rows whose label would change a linear layer most."""

import numpy as np

from ..selection import squared_norms
from ._base import QueryStrategy
from ._probabilities import pool_probabilities
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy


class ExpectedGradientLength(VectorStrategy, ScoringStrategy):
    """Longest gradient that a label of the row is expected to bring.

    The score of a row [1]_ [2]_ is

    .. math:: \\sum_y p_y(x) \\, \\lVert \\nabla \\ell(x, y) \\rVert,

    the model being at a minimum of its loss :math:`\\ell`, so that the gradient
    by a new label is that of the label alone. For the log loss of a linear last layer with
    intercepts it is the outer product of
    :math:`p - e_y` and :math:`(x, 1)`, so that

    .. math:: \\lVert \\nabla \\ell(x, y) \\rVert
              = \\sqrt{\\lVert p \\rVert^2 - 2 p_y + 1} \\, \\sqrt{\\lVert x \\rVert^2 + 1}.

    Parameters
    ----------
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    Badge : Gradients that are long and differ from each other.
    EntropySampling : The probabilities alone.

    Notes
    -----
    Rows with large numbers come first, so scale columns before. A query costs the predictions
    and O(N (C + d)); no gradient is formed. Wrapped models that are not linear are read as if
    they were.

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
    """

    _parameter_constraints: dict = VectorStrategy._parameter_constraints

    def __init__(self, embed=None):
        super().__init__(embed)

    def pool_scores(self, learner, pool):
        def lengths():
            return np.sqrt(squared_norms(self.vectors(learner, pool)) + 1)

        scores = np.full(pool.n_rows, -np.inf)
        scores[pool.available] = expected_error_length(pool_probabilities(learner, pool))
        return scores * self.recall(learner, pool, "lengths", lengths)

    def requires_fit(self, learner):
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
