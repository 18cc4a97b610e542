"""Metrics: imbalance of labels, overall score of a method, transferability of a source model.

For the mean accuracy over the classes, use scikit-learn's
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
