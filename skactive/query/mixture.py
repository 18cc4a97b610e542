"""A mixture of strategies: each row of a batch comes from a randomly drawn one."""

from typing import Any

import numpy as np

from .._parameters import STRATEGIES
from ._base import random_stream
from ._several import SeveralStrategies


class Mixture(SeveralStrategies):
    """Draws a strategy at random for each row of a batch.

    With random sampling as one of the strategies, this is exploration with a fixed
    probability. The rows that random sampling picks are then an unbiased sample of the
    free rows.

    Read more in the :ref:`user guide <strategies-combined>`.

    Parameters
    ----------
    strategies : list of strategies or callables, default=None
        The strategies. None: ``[MarginSampling(), RandomSampling()]``.
    weights : list of float, default=None
        Probabilities of the strategies, up to a factor. None: equal probabilities.

    See Also
    --------
    Alternation : Takes turns instead of drawing.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.query import MarginSampling, Mixture, RandomSampling
    >>> X, y = load_iris(return_X_y=True)
    >>> mixture = Mixture([MarginSampling(), RandomSampling()], weights=[0.9, 0.1])
    >>> ActiveLearner(query_strategy=mixture, budget=30, random_state=0).fit(X, y).n_labels_
    30
    """

    _parameter_constraints: dict = {"strategies": STRATEGIES, "weights": ["array-like", None]}

    def __init__(self, strategies: Any = None, weights: Any = None) -> None:
        self.strategies = strategies
        self.weights = weights

    def _turns(self, learner, n_queries, n_members):
        weights = np.ones(n_members) if self.weights is None else np.asarray(self.weights, float)
        if weights.shape != (n_members,) or not (weights >= 0).all() or not weights.sum() > 0:
            raise ValueError(
                f"weights must be {n_members} numbers, one per strategy, 0 or more and not all 0; "
                f"got {self.weights!r}."
            )
        chances = weights / weights.sum()
        return random_stream(learner).choice(n_members, size=n_queries, p=chances)
