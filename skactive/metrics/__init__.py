"""How fair a labeled set is, how good a strategy is, how well a source model spreads a pool.

The mean accuracy over the classes is scikit-learn's
:func:`sklearn.metrics.balanced_accuracy_score`.
"""

from ._fairness import imbalance_ratio, n_classes_found
from ._gal import gal_score
from ._transferability import Transferability, TransferabilityDisplay, transferability

__all__ = [
    "Transferability",
    "TransferabilityDisplay",
    "gal_score",
    "imbalance_ratio",
    "n_classes_found",
    "transferability",
]
