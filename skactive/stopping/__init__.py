"""When to stop labeling: criteria that compare successive models."""

from ._agreement import ClassificationChange, StabilizingPredictions, f_change_bound, kappa
from ._base import StoppingCriterion
from ._monitor import PoolMonitor
from ._uncertainty import MaximumConfidence, OverallUncertainty

__all__ = [
    "ClassificationChange",
    "MaximumConfidence",
    "OverallUncertainty",
    "PoolMonitor",
    "StabilizingPredictions",
    "StoppingCriterion",
    "f_change_bound",
    "kappa",
]
