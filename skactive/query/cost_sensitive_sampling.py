"""Cost-sensitive sampling: rows with a high expected cost of mistakes."""

from typing import Any

import numpy as np

from .._parameters import options
from .._tensors import to_numpy
from .._typing import Rows
from ..predictions import class_probabilities
from ._cost_matrix import COST_PARAMETERS, seen_costs
from ._scoring import ScoringStrategy


class CostSensitiveSampling(ScoringStrategy):
    """Highest expected cost first, or smallest difference to the second best prediction.

    With costs :math:`C_{ij}` of predicting j if i is true, the expected cost of predicting
    j is :math:`R_j(x) = \\sum_i p_i(x) C_{ij}`. With :math:`R_{(1)} \\le R_{(2)} \\le \\dots`,
    the score of a row is one of

    =============  ===========================  ======================================
    ``measure``    score                        name in [1]_
    =============  ===========================  ======================================
    ``"cost"``     :math:`R_{(1)}`              maximum expected cost
    ``"margin"``   :math:`-(R_{(2)}-R_{(1)})`   cost-weighted minimum margin
    =============  ===========================  ======================================

    If every mistake costs 1, these are, up to a constant, the scores of
    :class:`LeastConfidenceSampling` and :class:`MarginSampling`.

    Read more in the :ref:`user guide <strategies-costs>`.

    Parameters
    ----------
    cost_matrix : array-like of shape (n_classes, n_classes), default=None
        Finite costs, 0 or more; one row per true class, one column per predicted
        class. None: every mistake costs 1.
    classes : array-like of shape (n_classes,), default=None
        The classes of the rows and columns of ``cost_matrix``. None: the model's
        ``classes_``. Name them if the first labels may not contain all classes.
    measure : {"cost", "margin"}, default="cost"
        The score.
    invert : bool, default=False
        True puts the rows with the lowest scores first.
    model : fitted classifier, default=None
        The model to read predictions from. None: the learner itself.

    See Also
    --------
    CostEmbedding : Costs as distances, without class probabilities.
    ValueOfInformation : The expected cost on the whole pool after one more label.

    References
    ----------
    .. [1] P.-L. Chen, H.-T. Lin (2013). Active Learning for Multiclass
       Cost-Sensitive Classification Using Probabilistic Models. TAAI, 13-18.
       doi:10.1109/TAAI.2013.17

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

    A missed malignant tumor (class 0) costs 20 times as much as a false alarm:

    >>> from sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = GaussianNB().fit(X[::5], y[::5])
    >>> strategy = CostSensitiveSampling([[0, 20], [1, 0]], classes=[0, 1])
    >>> strategy(model, X, 3)
    array([414,  99,  86])
    """

    _parameter_constraints: dict = {
        **ScoringStrategy._parameter_constraints,
        **COST_PARAMETERS,
        "measure": [options("cost", "margin")],
    }

    def __init__(
        self,
        cost_matrix: Any = None,
        classes: Any = None,
        measure: str = "cost",
        *,
        invert: bool = False,
        model: Any = None,
    ) -> None:
        super().__init__(invert, model)
        self.cost_matrix = cost_matrix
        self.classes = classes
        self.measure = measure

    def score_rows(self, model: Any, X: Rows) -> Any:
        probabilities = np.asarray(to_numpy(class_probabilities(model, X)))
        costs = seen_costs(self.cost_matrix, self.classes, model)
        # row by row, so that equal rows get equal scores in any chunk
        expected = np.einsum("ij,jk->ik", probabilities, costs)
        if self.measure == "cost" or len(costs) == 1:
            return expected.min(axis=1)
        lowest = np.partition(expected, 1, axis=1)
        return lowest[:, 0] - lowest[:, 1]
