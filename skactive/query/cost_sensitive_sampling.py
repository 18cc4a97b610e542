"""Cost-sensitive sampling: rows on which a mistake is expected to cost much."""

import numpy as np

from .._parameters import options
from .._tensors import to_numpy
from ..predictions import class_probabilities
from ._cost_matrix import COST_PARAMETERS, seen_costs
from ._scoring import ScoringStrategy


class CostSensitiveSampling(ScoringStrategy):
    """Rows whose best prediction is expected to cost most, or is hardly better than another.

    With costs :math:`C_{ij}` of predicting j where i is true, the expected
    cost of a prediction is :math:`R_j(x) = \\sum_i p_i(x) C_{ij}`. With
    :math:`R_{(1)} \\le R_{(2)} \\le \\dots` the score of a row is one of

    =============  ===========================  ======================================
    ``measure``    score                        name in [1]_
    =============  ===========================  ======================================
    ``"cost"``     :math:`R_{(1)}`              maximum expected cost
    ``"margin"``   :math:`-(R_{(2)}-R_{(1)})`   cost-weighted minimum margin
    =============  ===========================  ======================================

    Where every mistake costs 1 these are the scores of
    :class:`LeastConfidenceSampling`, but for a constant, and of
    :class:`MarginSampling`.

    Parameters
    ----------
    cost_matrix : array-like of shape (n_classes, n_classes), default=None
        Row: the true class, column: the predicted one; finite, 0 or more.
        None: every mistake costs 1.
    classes : array-like of shape (n_classes,), default=None
        The classes that its rows and columns stand for. None: the ``classes_``
        of the model; a learner that goes on without knowing all classes at
        first needs them named.
    measure : {"cost", "margin"}, default="cost"
        The score.
    invert : bool, default=False
        True puts the rows of the lowest numbers first.
    model : fitted classifier, default=None
        Whose predictions are read. None: those of the learner itself.

    See Also
    --------
    CostEmbedding : Costs as distances, without class probabilities.
    ValueOfInformation : What the costs of the pool would be with one more label.

    Notes
    -----
    Cost: predictions + O(N C^2), chunk by chunk. Costs of predicting a class
    of which there is no label yet do not count.

    References
    ----------
    .. [1] P.-L. Chen, H.-T. Lin (2013). Active Learning for Multiclass
       Cost-Sensitive Classification Using Probabilistic Models. TAAI, 13-18,
       Section III. doi:10.1109/TAAI.2013.17

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import CostSensitiveSampling
    >>> model = GaussianNB().fit([[0.0], [1], [4], [5]], ["ill", "ill", "well", "well"])
    >>> X = [[2.4], [2.5], [2.65]]
    >>> CostSensitiveSampling()(model, X, 1)
    array([1])
    >>> CostSensitiveSampling([[0, 9], [1, 0]], ["ill", "well"])(model, X, 1)
    array([2])
    """

    _parameter_constraints: dict = {
        **ScoringStrategy._parameter_constraints,
        **COST_PARAMETERS,
        "measure": [options("cost", "margin")],
    }

    def __init__(
        self, cost_matrix=None, classes=None, measure="cost", *, invert=False, model=None
    ):
        super().__init__(invert, model)
        self.cost_matrix = cost_matrix
        self.classes = classes
        self.measure = measure

    def score_rows(self, model, X):
        probabilities = np.asarray(to_numpy(class_probabilities(model, X)))
        costs = seen_costs(self.cost_matrix, self.classes, model)
        # row by row, so that equal rows tie whatever stands beside them
        expected = np.einsum("ij,jk->ik", probabilities, costs)
        if self.measure == "cost" or len(costs) == 1:
            return expected.min(axis=1)
        lowest = np.partition(expected, 1, axis=1)
        return lowest[:, 0] - lowest[:, 1]
