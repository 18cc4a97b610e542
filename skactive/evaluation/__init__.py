"""Evaluate strategies: learning curves over labels, and comparisons with random sampling."""

from ._comparing import compare_strategies, compare_with_random
from ._comparison import PairedComparison
from ._curve import ActiveLearningCurve
from ._display import ActiveLearningCurveDisplay
from ._one_curve import active_learning_curve
from ._strategy_comparison import StrategyComparison

__all__ = [
    "ActiveLearningCurve",
    "ActiveLearningCurveDisplay",
    "PairedComparison",
    "StrategyComparison",
    "active_learning_curve",
    "compare_strategies",
    "compare_with_random",
]
