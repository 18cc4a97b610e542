"""Several strategies in turn, label after label."""

import numpy as np

from .._parameters import POSITIVE_INT, STRATEGIES
from ._several import SeveralStrategies


class Alternation(SeveralStrategies):
    """Strategies in turn, label after label.

    Label number i goes to strategy ``i // every`` modulo their number; a
    batch is divided accordingly and no row is picked twice. With ``every``
    the batch size, whole batches alternate.

    Parameters
    ----------
    strategies : list of strategies or callables, default=None
        Who takes turns. None: ``[MarginSampling(), RandomSampling()]``.
    every : int, default=1
        Labels a turn.

    See Also
    --------
    Mixture : The strategy of each row is drawn.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import Alternation, MarginSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[4.0], [2.5], [2.0], [2.4], [3.3]]
    >>> Alternation([MarginSampling(), MarginSampling(invert=True)])(model, X, 4)
    array([1, 0, 3, 4])
    """

    _parameter_constraints: dict = {"strategies": STRATEGIES, "every": POSITIVE_INT}

    def __init__(self, strategies=None, every=1):
        self.strategies = strategies
        self.every = every

    def _turns(self, learner, n_queries, n_members):
        first = getattr(learner, "n_labels_", 0)
        return (first + np.arange(n_queries)) // self.every % n_members
