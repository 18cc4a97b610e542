"""FALCUN: a random draw by uncertainty and by diversity of the class probabilities."""

from typing import Any

import numpy as np

from .._parameters import reals
from .._typing import Positions
from ..scores import margin
from ._base import QueryStrategy, random_stream
from ._probabilities import pool_probabilities

_ROWS_A_BLOCK = 1 << 14
# integer powers up to this one are computed by repeated squaring
_SQUARES = 64


class Falcun(QueryStrategy):
    """Draws rows that are uncertain and differ in their probabilities from the batch.

    Fast active learning by contrastive uncertainty [1]_. The margin uncertainty of a row is
    :math:`u(x) = 1 - (p_{(1)}(x) - p_{(2)}(x))` (Eq. 1). Its diversity starts at
    :math:`d(x) = u(x)` (Eq. 3). After each pick q it becomes

    .. math:: d(x) \\leftarrow \\min\\Bigl(d(x), \\sum_c |p_c(x) - p_c(q)|\\Bigr)

    (Eqs. 2 and 4) and is scaled to go from 0 to 1 over the free rows. Each row is drawn
    with a probability proportional to :math:`(u(x) + d(x))^\\gamma` (Eqs. 5 and 6).

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    gamma : float, default=10
        The exponent :math:`\\gamma`, 0 or more. With 0, rows are drawn uniformly; the
        larger, the more often the row with the largest u + d is drawn.

    See Also
    --------
    Badge : Draws rows with different gradients, which also depend on the row itself.
    MarginSampling : Picks by the uncertainty u alone.

    Notes
    -----
    The strategy needs no vectors. A query for n rows costs the predictions and O(N C n).

    References
    ----------
    .. [1] S. Gilhuber, A. Beer, Y. Ma, T. Seidl (2024). FALCUN: A Simple and
       Efficient Deep Active Learning Strategy. ECML PKDD, 421-439.
       doi:10.1007/978-3-031-70352-2_25

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import Falcun
    >>> learner = ActiveLearner(GaussianNB(), Falcun(), random_state=0)
    >>> learner = learner.teach([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> learner.query([[0.0], [2.45], [0.5], [9.0]], 1)
    array([1])

    On the wine data set:

    >>> from sklearn.datasets import load_wine
    >>> X, y = load_wine(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), Falcun(), budget=40, random_state=0)
    >>> learner.fit(X, y).n_labels_
    40
    """

    _parameter_constraints: dict = {"gamma": [reals(0)]}

    def __init__(self, gamma: float | None = 10.0) -> None:
        self.gamma = gamma

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        seed = random_stream(learner).randint(np.iinfo(np.int32).max)
        probabilities = pool_probabilities(learner, pool)
        draw = _draw(probabilities, n_queries, self.gamma, np.random.default_rng(seed))
        return pool.positions[draw]


def uncertainty(probabilities):
    """Eq. 1: 1 minus the gap between the two largest probabilities of each row."""
    return 1 - margin(probabilities)


def approach(diversity, columns, row):
    """Update the diversity of all rows after a pick, in place.

    Parameters
    ----------
    diversity : ndarray of float64, shape (n_rows,)
        The diversity d so far. It is scaled to go from 0 to 1, unless all are equal.
    columns : ndarray of float, shape (n_classes, n_rows)
        Class probabilities.
    row : int
        The row that was picked.
    """
    for start in range(0, len(diversity), _ROWS_A_BLOCK):
        block = slice(start, start + _ROWS_A_BLOCK)
        distance, part = np.zeros_like(columns[0, block]), None
        for column in columns:
            part = np.subtract(column[block], column[row], out=part)
            distance += np.abs(part, out=part)
        np.minimum(diversity[block], distance, out=diversity[block])
    least = diversity.min()
    if least > 0:
        diversity -= least
    most = diversity.max()
    if most > 0:
        diversity /= most


def _draw(probabilities, n, gamma, generator):
    """Draw n rows, one after the other."""
    # single precision is enough for a draw
    columns = np.ascontiguousarray(probabilities.T, dtype=np.float32)
    uncertain = uncertainty(probabilities)
    diversity = uncertain.copy()
    picks = np.empty(n, dtype=np.intp)
    for i in range(n):
        if i:
            approach(diversity, columns, picks[i - 1])
        picks[i] = _draw_one(uncertain + diversity, picks[:i], gamma, generator)
    return picks


def _draw_one(relevance, taken, gamma, generator):
    """Draw a row that is not taken yet, in proportion to a power of its relevance."""
    relevance[taken] = 0
    most = relevance.max()
    # divided by the largest, so that no power overflows
    weights = _power(relevance / most, gamma) if most > 0 else np.ones(len(relevance))
    weights[taken] = 0
    total = np.cumsum(weights)
    point = min(generator.random() * total[-1], np.nextafter(total[-1], 0))
    return int(np.searchsorted(total, point, side="right"))


def _power(values, exponent):
    """Raise each value to a power that is 0 or more."""
    if exponent != int(exponent) or exponent > _SQUARES:
        return values**exponent
    result, square, rest = np.ones(len(values)), values.copy(), int(exponent)
    while rest:
        if rest % 2:
            result *= square
        square *= square
        rest //= 2
    return result
