"""How good a strategy is: learning curves over labels, side by side, against random."""

from ._comparison import PairedComparison
from ._curve import ActiveLearningCurve
from ._display import ActiveLearningCurveDisplay
from ._games import active_learning_curve, compare_strategies, compare_with_random

__all__ = [
    "ActiveLearningCurve",
    "ActiveLearningCurveDisplay",
    "PairedComparison",
    "active_learning_curve",
    "compare_strategies",
    "compare_with_random",
]
