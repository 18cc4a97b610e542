"""Value of information: the row whose label is expected to lower the costs of mistakes most."""

import numpy as np

from .._parameters import POSITIVE_INT_OR_NONE
from .._tensors import to_numpy
from ..predictions import class_probabilities
from ._cost_matrix import COST_PARAMETERS, seen_costs
from .expected_error_reduction import ExpectedErrorReduction


class ValueOfInformation(ExpectedErrorReduction):
    """Lowest expected cost of mistakes on all rows once a row is labeled.

    With costs :math:`C_{ij}` of predicting j where i is true, a model that
    predicts at random by its probabilities p is expected to cost, Eqs. 5 and 6
    of [1]_ for any number of classes as in [2]_,

    .. math:: J = \\sum_{l} \\sum_j C_{y_l j} \\, p_j(l)
              + \\sum_{u} \\sum_{i, j} p_i(u) \\, C_{ij} \\, p_j(u)

    on labeled rows l and free rows u. For a row x and each class c found so
    far, the learner's estimator is fitted on its labels and on (x, c), which
    gives :math:`J^{+(x, c)}`. The value of a label of x is

    .. math:: J - \\sum_c p_c(x) J^{+(x, c)},

    less what the label itself costs, which is taken to be the same for all
    rows. J is the same too, so that the rows of the lowest sum are picked. It
    is :class:`ExpectedErrorReduction` with costs, and with the labeled rows,
    whose labels a model may come to contradict.

    Parameters
    ----------
    cost_matrix : array-like of shape (n_classes, n_classes), default=None
        Row: the true class, column: the predicted one; finite, 0 or more.
        None: every mistake costs 1.
    classes : array-like of shape (n_classes,), default=None
        The classes that its rows and columns stand for. None: the ``classes_``
        of the learner; one that goes on without knowing all classes at first
        needs them named.
    n_candidates : int, default=50
        Free rows drawn as candidates, more when more are asked for. None: all.
    n_evaluated : int, default=1000
        Free rows drawn to stand for all free ones, where there are more. None:
        all.

    See Also
    --------
    CostSensitiveSampling : The expected cost of the row itself, without a fit.

    Notes
    -----
    Cost: one fit for each candidate and class, and predictions of
    ``n_evaluated`` rows and of the labeled ones after each. ``fit`` parameters
    such as sample weights do not reach these fits.

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
    """

    _parameter_constraints: dict = {
        **COST_PARAMETERS,
        "n_candidates": POSITIVE_INT_OR_NONE,
        "n_evaluated": POSITIVE_INT_OR_NONE,
    }

    def __init__(self, cost_matrix=None, classes=None, *, n_candidates=50, n_evaluated=1000):
        self.cost_matrix = cost_matrix
        self.classes = classes
        self.n_candidates = n_candidates
        self.n_evaluated = n_evaluated

    def _loss(self, learner, model, X, codes, probabilities, weights):
        costs = seen_costs(self.cost_matrix, self.classes, learner)
        free = np.einsum("ui,ij,uj->u", probabilities, costs, probabilities, optimize=True)
        labeled = np.asarray(to_numpy(class_probabilities(model, X)))
        return weights @ free + (costs[codes] * labeled).sum()
