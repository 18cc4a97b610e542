"""Query strategies: which rows of a pool to label next.

A strategy is any callable ``strategy(learner, X, n_queries) -> positions``.
Those of this package are estimators without a ``fit``: they clone, print,
pickle and are searched over. The ones with one number a row also offer
``scores(learner, X)``, higher = picked first.
"""

from .badge import Badge
from .balanced import BalancedQuery
from .balanced_coverage import BalancedCoverage
from .bald import BALD, VariationRatios
from .base import QueryStrategy
from .batch_bald import BatchBALD
from .clustered import ClusteredUncertainty
from .combined import Alternation, Filtered, Mixture, Subsampled
from .committee import QueryByCommittee
from .coreset import CoreSet
from .density import InformationDensity
from .diversified import Diversified
from .error_reduction import ExpectedErrorReduction
from .facility_location import FacilityLocation
from .kmeans import KMeansSampling
from .partitioned import Partitioned
from .probcover import ProbCover
from .random import RandomSampling
from .typiclust import TypiClust
from .uncertainty import EntropySampling, LeastConfidenceSampling, MarginSampling

__all__ = [
    "Alternation",
    "BALD",
    "Badge",
    "BalancedCoverage",
    "BalancedQuery",
    "BatchBALD",
    "ClusteredUncertainty",
    "CoreSet",
    "Diversified",
    "EntropySampling",
    "ExpectedErrorReduction",
    "FacilityLocation",
    "Filtered",
    "InformationDensity",
    "KMeansSampling",
    "LeastConfidenceSampling",
    "MarginSampling",
    "Mixture",
    "Partitioned",
    "ProbCover",
    "QueryByCommittee",
    "QueryStrategy",
    "RandomSampling",
    "Subsampled",
    "TypiClust",
    "VariationRatios",
]
