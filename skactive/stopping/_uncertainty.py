"""Criteria that measure how certain the model is of the pool."""

from typing import Any

import numpy as np

from .._parameters import check_parameters, reals
from .._typing import Floats
from ..scores import entropy
from ._base import StoppingCriterion, check_history


class _EntropyCriterion(StoppingCriterion):
    """Base class: fires when a summary of the rows' entropies is small enough."""

    reads = "predict_proba"

    _parameter_constraints: dict = {"threshold": [reals(0)]}

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold

    def values(self, history: Any) -> Floats:
        rounds = check_history(history, 2)
        return np.array([self._summary(entropy(rows.astype(np.float64))) for rows in rounds])

    def fires(self, values: Floats) -> bool:
        check_parameters(self)
        return bool(len(values) and values[-1] <= self.threshold)


class OverallUncertainty(_EntropyCriterion):
    """Stop when the model is certain of the pool on average.

    The value of a round is the mean entropy of the class probabilities in
    nats, Section 3.4 of [1]_. The criterion needs probabilities near 0 and 1.
    Those of regularized models often are not: it never fired in
    ``benchmarks/stopping.py``. Read more in :doc:`/user_guide/stopping`.

    Parameters
    ----------
    threshold : float, default=0.01
        Largest mean entropy at which to stop, in nats.

    See Also
    --------
    MaximumConfidence : Uses the least certain row.

    References
    ----------
    .. [1] J. Zhu, H. Wang, E. Hovy (2008). Multi-criteria-based strategy to
       stop active learning for data annotation. COLING, 1129-1136.

    Examples
    --------
    >>> from skactive.stopping import OverallUncertainty
    >>> criterion = OverallUncertainty(threshold=0.4)
    >>> history = [[[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [1.0, 0.0]]]
    >>> criterion.values(history).round(4)
    array([0.6931, 0.3466])
    >>> criterion.should_stop(history)
    True
    """

    def __init__(self, threshold: float = 0.01) -> None:
        super().__init__(threshold)

    @staticmethod
    def _summary(entropies):
        return entropies.mean()


class MaximumConfidence(_EntropyCriterion):
    """Stop when the model is certain of every row.

    The value of a round is the largest entropy in nats, Section 4.1 of [1]_;
    the paper takes it over the rows selected next. A single unusual row can
    keep the criterion from firing. Read more in :doc:`/user_guide/stopping`.

    Parameters
    ----------
    threshold : float, default=0.001
        Largest entropy at which to stop, in nats.

    See Also
    --------
    OverallUncertainty : Uses the mean over all rows.

    References
    ----------
    .. [1] J. Zhu, E. Hovy (2007). Active learning for word sense
       disambiguation with methods for addressing the class imbalance problem.
       EMNLP-CoNLL, 783-790.

    Examples
    --------
    >>> from skactive.stopping import MaximumConfidence
    >>> criterion = MaximumConfidence()
    >>> history = [[[0.5, 0.5], [1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]]
    >>> criterion.values(history).round(4)
    array([0.6931, 0.    ])
    >>> criterion.stops_at(history)
    1
    """

    def __init__(self, threshold: float = 0.001) -> None:
        super().__init__(threshold)

    @staticmethod
    def _summary(entropies):
        return entropies.max()
