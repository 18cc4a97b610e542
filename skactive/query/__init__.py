"""Query strategies: which rows of a pool to label next.

A strategy is any callable ``strategy(learner, X, n_queries) -> positions``.
The strategies of this package are estimators without a ``fit``. You can clone,
print and pickle them, and search over their parameters. Strategies that give
each row a score also have ``scores(learner, X)``; they pick the highest scores.
"""

from ._base import QueryStrategy
from ._scoring import ScoringStrategy
from .alternation import Alternation
from .badge import Badge
from .balanced_coverage import BalancedCoverage
from .balanced_query import BalancedQuery
from .bald import BALD
from .batch_bald import BatchBALD
from .class_balanced_sampling import ClassBalancedSampling
from .clue import CLUE
from .clustered_uncertainty import ClusteredUncertainty
from .contrastive_al import ContrastiveAL
from .core_set import CoreSet
from .cost_embedding import CostEmbedding
from .cost_sensitive_sampling import CostSensitiveSampling
from .discriminative_al import DiscriminativeAL
from .diversified import Diversified
from .drop_query import DropQuery
from .entropy_sampling import EntropySampling
from .epistemic_uncertainty import EpistemicUncertainty
from .expected_error_reduction import ExpectedErrorReduction
from .expected_gradient_length import ExpectedGradientLength
from .facility_location import FacilityLocation
from .falcun import Falcun
from .filtered import Filtered
from .four_ds import FourDS
from .galaxy import GALAXY
from .information_density import InformationDensity
from .k_means_sampling import KMeansSampling
from .least_confidence_sampling import LeastConfidenceSampling
from .margin_sampling import MarginSampling
from .max_herding import MaxHerding
from .mixture import Mixture
from .partitioned import Partitioned
from .prob_cover import ProbCover
from .probabilistic_al import ProbabilisticAL
from .query_by_committee import QueryByCommittee
from .quire import QUIRE
from .random_sampling import RandomSampling
from .similar import Similar
from .subsampled import Subsampled
from .typi_clust import TypiClust
from .uncertainty_herding import UncertaintyHerding
from .value_of_information import ValueOfInformation
from .variation_ratios import VariationRatios

__all__ = [
    "Alternation",
    "BALD",
    "Badge",
    "BalancedCoverage",
    "BalancedQuery",
    "BatchBALD",
    "CLUE",
    "ClassBalancedSampling",
    "ClusteredUncertainty",
    "ContrastiveAL",
    "CoreSet",
    "DiscriminativeAL",
    "CostEmbedding",
    "CostSensitiveSampling",
    "Diversified",
    "DropQuery",
    "EntropySampling",
    "EpistemicUncertainty",
    "ExpectedErrorReduction",
    "ExpectedGradientLength",
    "FacilityLocation",
    "Falcun",
    "Filtered",
    "FourDS",
    "GALAXY",
    "InformationDensity",
    "KMeansSampling",
    "LeastConfidenceSampling",
    "MarginSampling",
    "MaxHerding",
    "Mixture",
    "Partitioned",
    "ProbCover",
    "ProbabilisticAL",
    "QUIRE",
    "QueryByCommittee",
    "QueryStrategy",
    "RandomSampling",
    "ScoringStrategy",
    "Similar",
    "Subsampled",
    "TypiClust",
    "UncertaintyHerding",
    "ValueOfInformation",
    "VariationRatios",
]
