"""Query strategies: which rows of a pool to label next.

A strategy is any callable ``strategy(learner, X, n_queries) -> positions``.
Those of this package are estimators without a ``fit``: they clone, print,
pickle and are searched over. The ones with one number a row also offer
``scores(learner, X)``, higher = picked first.
"""

from .balanced import BalancedQuery
from .base import QueryStrategy
from .coreset import CoreSet
from .diversified import Diversified
from .random import RandomSampling
from .uncertainty import EntropySampling, LeastConfidenceSampling, MarginSampling

__all__ = [
    "BalancedQuery",
    "CoreSet",
    "Diversified",
    "EntropySampling",
    "LeastConfidenceSampling",
    "MarginSampling",
    "QueryStrategy",
    "RandomSampling",
]
