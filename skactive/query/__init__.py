"""Query strategies: which rows of a pool to label next.

A strategy is any callable ``strategy(learner, X, n_queries) -> positions``.
Those of this package are estimators without a ``fit``: they clone, print,
pickle and are searched over. The ones with one number a row also offer
``scores(learner, X)``, higher = picked first.
"""

from .badge import Badge
from .balanced import BalancedQuery
from .base import QueryStrategy
from .clustered import ClusteredUncertainty
from .coreset import CoreSet
from .density import InformationDensity
from .diversified import Diversified
from .facility_location import FacilityLocation
from .kmeans import KMeansSampling
from .probcover import ProbCover
from .random import RandomSampling
from .typiclust import TypiClust
from .uncertainty import EntropySampling, LeastConfidenceSampling, MarginSampling

__all__ = [
    "Badge",
    "BalancedQuery",
    "ClusteredUncertainty",
    "CoreSet",
    "Diversified",
    "EntropySampling",
    "FacilityLocation",
    "InformationDensity",
    "KMeansSampling",
    "LeastConfidenceSampling",
    "MarginSampling",
    "ProbCover",
    "QueryStrategy",
    "RandomSampling",
    "TypiClust",
]
