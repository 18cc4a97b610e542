"""Value of information: rows with labels that are expected to lower the cost of mistakes most."""

from typing import Any

import numpy as np

from .._parameters import POSITIVE_INT_OR_NONE
from .._tensors import to_numpy
from ..predictions import class_probabilities
from ._cost_matrix import COST_PARAMETERS, seen_costs
from .expected_error_reduction import ExpectedErrorReduction


class ValueOfInformation(ExpectedErrorReduction):
    """Lowest expected cost of mistakes on all rows after the row is labeled.

    With costs :math:`C_{ij}` of predicting j if i is true, a model that predicts class j with
    its probability :math:`p_j` has the expected cost [1]_, for any number of classes [2]_,

    .. math:: J = \\sum_{l} \\sum_j C_{y_l j} \\, p_j(l)
              + \\sum_{u} \\sum_{i, j} p_i(u) \\, C_{ij} \\, p_j(u)

    on labeled rows l and free rows u. For a row x and each class c found so far, the
    learner's estimator is fitted to its labels and (x, c). This gives the cost
    :math:`J^{+(x, c)}`. The value of a label of x is

    .. math:: J - \\sum_c p_c(x) J^{+(x, c)}

    minus the cost of the label, which is assumed to be the same for all rows. J is the
    same for all rows too, so the rows with the lowest sum are picked. The strategy is
    :class:`ExpectedErrorReduction` with costs, and with the labeled rows in the loss.

    Read more in the :ref:`user guide <strategies-costs>`.

    Parameters
    ----------
    cost_matrix : array-like of shape (n_classes, n_classes), default=None
        Finite costs, 0 or more; one row per true class, one column per predicted
        class. None: every mistake costs 1.
    classes : array-like of shape (n_classes,), default=None
        The classes of the rows and columns of ``cost_matrix``. None: the learner's
        ``classes_``. Name them if the first labels may not contain all classes.
    n_candidates : int, default=50
        Number of free rows drawn as candidates, at least as many as the query asks
        for. None: all free rows.
    n_evaluated : int, default=1000
        Maximum number of free rows, drawn at random, in the sum over u. None: all.

    See Also
    --------
    CostSensitiveSampling : The expected cost of the row itself, without a fit.

    Notes
    -----
    A query costs one fit per candidate and class, each with predictions for
    ``n_evaluated`` free rows and all labeled ones. Parameters of ``fit``, such as sample
    weights, are not passed to these fits.

    References
    ----------
    .. [1] A. Kapoor, E. Horvitz, S. Basu (2007). Selective Supervision: Guiding
       Supervised Learning with Decision-Theoretic Active Learning. IJCAI,
       877-882.
    .. [2] A. Joshi, F. Porikli, N. Papanikolopoulos (2012). Scalable Active
       Learning for Multiclass Image Classification. TPAMI 34(11), 2259-2273.
       doi:10.1109/TPAMI.2012.21

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import ValueOfInformation
    >>> strategy = ValueOfInformation([[0, 1], [5, 0]], classes=["ham", "spam"])
    >>> learner = ActiveLearner(GaussianNB(), strategy, random_state=0)
    >>> learner = learner.teach([[0.0], [2.0], [6.0], [7.0]], ["ham", "ham", "spam", "spam"])
    >>> learner.query([[0.5], [3.4], [6.5], [20.0]], 1)
    array([0])

    On the iris data set, where class 2 must not be missed:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> strategy = ValueOfInformation([[0, 1, 1], [1, 0, 1], [9, 9, 0]], classes=[0, 1, 2])
    >>> learner = ActiveLearner(GaussianNB(), strategy, random_state=0)
    >>> learner = learner.teach(X[::15], y[::15])
    >>> learner.query(X, 3, exclude=range(0, 150, 15)).shape
    (3,)
    """

    _parameter_constraints: dict = {
        **COST_PARAMETERS,
        "n_candidates": POSITIVE_INT_OR_NONE,
        "n_evaluated": POSITIVE_INT_OR_NONE,
    }

    def __init__(
        self,
        cost_matrix: Any = None,
        classes: Any = None,
        *,
        n_candidates: int = 50,
        n_evaluated: int = 1000,
    ) -> None:
        self.cost_matrix = cost_matrix
        self.classes = classes
        self.n_candidates = n_candidates
        self.n_evaluated = n_evaluated

    def _loss(self, learner, model, X, codes, probabilities, weights):
        costs = seen_costs(self.cost_matrix, self.classes, learner)
        free = np.einsum("ui,ij,uj->u", probabilities, costs, probabilities, optimize=True)
        labeled = np.asarray(to_numpy(class_probabilities(model, X)))
        return weights @ free + (costs[codes] * labeled).sum()
