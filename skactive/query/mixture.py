"""Several strategies, one drawn for each row of a batch."""

import numpy as np

from .._parameters import STRATEGIES
from ._base import random_stream
from ._several import SeveralStrategies


class Mixture(SeveralStrategies):
    """For each row of a batch, a strategy drawn by chance.

    With random sampling as one of them this is exploration with a fixed
    probability; it keeps a share of the labels an unbiased sample.

    Parameters
    ----------
    strategies : list of strategies or callables, default=None
        Who is drawn. None: ``[MarginSampling(), RandomSampling()]``.
    weights : list of float, default=None
        Chances in proportion. None: equal ones.

    See Also
    --------
    Alternation : In turn instead of by chance.

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

    def __init__(self, strategies=None, weights=None):
        self.strategies = strategies
        self.weights = weights

    def _turns(self, learner, n_queries, n_members):
        weights = np.ones(n_members) if self.weights is None else np.asarray(self.weights, float)
        if weights.shape != (n_members,) or not (weights >= 0).all() or not weights.sum() > 0:
            raise ValueError(
                f"weights must be {n_members} numbers of 0 or more with a sum above 0, one for "
                f"each strategy, got {self.weights!r}."
            )
        chances = weights / weights.sum()
        return random_stream(learner).choice(n_members, size=n_queries, p=chances)
