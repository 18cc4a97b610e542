"""Query strategies: which rows of a pool to label next.

A strategy is any callable ``strategy(learner, X, n_queries) -> positions``.
Those of this package are estimators without a ``fit``: they clone, print,
pickle and are searched over. The ones with one number a row also offer
``scores(learner, X)``, higher = picked first.
"""

from ._base import QueryStrategy
from ._scoring import ScoringStrategy
from .alternation import Alternation
from .badge import Badge
from .balanced_coverage import BalancedCoverage
from .balanced_query import BalancedQuery
from .bald import BALD
from .batch_bald import BatchBALD
from .clustered_uncertainty import ClusteredUncertainty
from .core_set import CoreSet
from .diversified import Diversified
from .entropy_sampling import EntropySampling
from .expected_error_reduction import ExpectedErrorReduction
from .facility_location import FacilityLocation
from .filtered import Filtered
from .information_density import InformationDensity
from .k_means_sampling import KMeansSampling
from .least_confidence_sampling import LeastConfidenceSampling
from .margin_sampling import MarginSampling
from .mixture import Mixture
from .partitioned import Partitioned
from .prob_cover import ProbCover
from .query_by_committee import QueryByCommittee
from .random_sampling import RandomSampling
from .subsampled import Subsampled
from .typi_clust import TypiClust
from .variation_ratios import VariationRatios

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
    "ScoringStrategy",
    "Subsampled",
    "TypiClust",
    "VariationRatios",
]
