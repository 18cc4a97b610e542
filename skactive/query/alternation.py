"""Alternation: strategies take turns, label after label."""

from typing import Any

import numpy as np

from .._parameters import POSITIVE_INT, STRATEGIES
from ._several import SeveralStrategies


class Alternation(SeveralStrategies):
    """Strategies take turns, label after label.

    Label number i comes from strategy ``i // every`` modulo the number of strategies.
    If ``every`` is the batch size, whole batches alternate.

    Read more in the :ref:`user guide <strategies-combined>`.

    Parameters
    ----------
    strategies : list of strategies or callables, default=None
        The strategies. None: ``[MarginSampling(), RandomSampling()]``.
    every : int, default=1
        Number of labels per turn.

    See Also
    --------
    Mixture : Draws a strategy at random for each row.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import Alternation, MarginSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[4.0], [2.5], [2.0], [2.4], [3.3]]
    >>> Alternation([MarginSampling(), MarginSampling(invert=True)])(model, X, 4)
    array([1, 0, 3, 4])

    Coverage and uncertainty in turn, ten labels each:

    >>> from sklearn.datasets import load_wine
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet
    >>> X, y = load_wine(return_X_y=True)
    >>> strategy = Alternation([CoreSet(), MarginSampling()], every=10)
    >>> learner = ActiveLearner(GaussianNB(), strategy, budget=40, random_state=0)
    >>> learner.fit(X, y).n_labels_
    40
    """

    _parameter_constraints: dict = {"strategies": STRATEGIES, "every": POSITIVE_INT}

    def __init__(self, strategies: Any = None, every: int = 1) -> None:
        self.strategies = strategies
        self.every = every

    def _turns(self, learner, n_queries, n_members):
        first = getattr(learner, "n_labels_", 0)
        return (first + np.arange(n_queries)) // self.every % n_members
