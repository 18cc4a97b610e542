"""Epistemic uncertainty: rows for which the labels nearby do not rule out either class."""

from typing import Any

import numpy as np
from scipy.special import xlogy

from .._parameters import reals
from .._typing import Floats
from ._base import QueryStrategy
from ._label_kernel import by_similarity, mean_gamma
from ._labels import labeled_rows
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy

_ROWS_A_BLOCK = 1 << 13
# bisection steps in the interval from 0 to 1
_HALVINGS = 52


class EpistemicUncertainty(VectorStrategy, ScoringStrategy):
    """Picks rows for which the labels nearby support either class.

    Epistemic uncertainty sampling [1]_ [2]_, for a Parzen window classifier. A label at x'
    has the weight :math:`\\exp(-\\gamma \\lVert x - x' \\rVert^2)` for a row x. Let a and b, with
    :math:`a \\ge b`, be the total weights of the labels of two classes. A probability
    :math:`\\theta` of the second class is as plausible as its normalized likelihood. The class
    is therefore supported to the degree [1]_

    .. math:: \\pi = \\sup_\\theta \\min\\Bigl( \\frac{\\theta^b (1 - \\theta)^a}
              {\\hat\\theta^b (1 - \\hat\\theta)^a}, \\; 2 \\theta - 1 \\Bigr),
              \\qquad \\hat\\theta = \\frac{b}{a + b}.

    The score is the smaller degree of the two classes, that of the class with less weight. It
    is 1 if there are no labels nearby. It is near 0 if there are many labels nearby, whether
    they favor one class or are evenly divided. With more than two classes, the two classes
    with the largest weights are compared, as [3]_ compares classes in pairs.

    Read more in the :ref:`user guide <strategies-disagreement>`.

    Parameters
    ----------
    gamma : float, default=None
        Factor :math:`\\gamma` of the squared distance, above 0. None: by the mean
        criterion for kernel widths [4]_, from the pool.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    BALD : Total uncertainty minus that within each of several models.
    EntropySampling : Does not separate the two kinds of uncertainty.

    Notes
    -----
    The strategy does not read the learner's predictions. The likelihood falls above its
    maximum, while :math:`2 \\theta - 1` rises, so they cross once. Bisection in 52 steps finds
    this point for all rows at once. A query costs O(N d L) with L labels, in chunks.

    References
    ----------
    .. [1] V.-L. Nguyen, S. Destercke, E. Hüllermeier (2019). Epistemic
       Uncertainty Sampling. Discovery Science, 72-86.
       doi:10.1007/978-3-030-33778-0_7
    .. [2] V.-L. Nguyen, M. Shaker, E. Hüllermeier (2022). How to measure
       uncertainty in uncertainty sampling for active learning. Machine
       Learning 111, 89-122. doi:10.1007/s10994-021-06003-9
    .. [3] V.-L. Nguyen, S. Destercke, M.-H. Masson, E. Hüllermeier (2018).
       Reliable Multi-class Classification based on Pairwise Epistemic and
       Aleatoric Uncertainty. IJCAI, 5089-5095. doi:10.24963/ijcai.2018/706
    .. [4] A. Chaudhuri, D. Kakde, C. Sadek, L. Gonzalez, S. Kong (2017). The
       Mean and Median Criteria for Kernel Bandwidth Selection for Support
       Vector Data Description. ICDM Workshops. doi:10.1109/ICDMW.2017.116

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import EpistemicUncertainty
    >>> learner = ActiveLearner(query_strategy=EpistemicUncertainty(1.0), random_state=0)
    >>> learner = learner.teach([[0.0], [0.1], [2.0], [2.1]], [0, 0, 1, 1])
    >>> learner.query([[0.1], [1.0], [9.0], [3.0]], 3)
    array([2, 1, 3])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=EpistemicUncertainty(), random_state=0)
    >>> learner = learner.teach(X[::5], y[::5])
    >>> learner.query(X, 3, exclude=range(0, 150, 5))
    array([134, 146, 114])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "gamma": [reals(0, closed="neither"), None],
    }

    def __init__(self, gamma: float | None = None, *, embed: Any = None) -> None:
        super().__init__(embed)
        self.gamma = gamma

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        _, codes, classes = labeled_rows(learner, self)
        vectors, labeled = self.vectors(learner, pool), self.labeled_vectors(learner, pool)
        gamma = self.gamma
        if gamma is None:
            gamma = self.recall(learner, pool, "gamma", lambda: mean_gamma(vectors))
        of_class = np.eye(max(2, len(classes)))[codes]
        scores, free = np.full(pool.n_rows, -np.inf), pool.positions
        rows = vectors if len(free) == pool.n_rows else vectors[free]
        scores[free] = by_similarity(
            rows, labeled, gamma, lambda similarities: _leading_pair(similarities @ of_class)
        )
        return scores

    def requires_fit(self, learner: Any) -> bool:
        return QueryStrategy.requires_fit(self, learner)


def _leading_pair(weights):
    """The score of rows from the weights of all classes."""
    second, first = np.partition(weights, -2, axis=1)[:, -2:].T
    return degree_of_support(second, first)


def degree_of_support(least, most):
    """Degree to which labels support the class with less weight of two.

    Parameters
    ----------
    least, most : ndarray of float, shape (n_rows,)
        Total weights of the labels of the two classes, 0 or more.

    Returns
    -------
    degrees : ndarray of float64, shape (n_rows,)
        Between 0 and 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query.epistemic_uncertainty import degree_of_support
    >>> degree_of_support(np.array([0.0, 0, 1]), np.array([1.0, 2, 1])).round(4)
    array([0.3333, 0.1716, 0.618 ])
    """
    degrees = np.empty(len(least))
    for start in range(0, len(least), _ROWS_A_BLOCK):
        block = slice(start, start + _ROWS_A_BLOCK)
        degrees[block] = _crossing(least[block], most[block])
    return degrees


def _crossing(least, most):
    """The t at which the normalized likelihood of theta = (1 + t) / 2 equals t."""
    total = least + most
    highest = xlogy(least, least) + xlogy(most, most) - xlogy(total, total)
    constant = total * np.log(2) + highest
    t, step = np.full(len(least), 0.5), 0.25
    for _ in range(_HALVINGS):
        above = least * np.log1p(t) + most * np.log1p(-t) - np.log(t) > constant
        t += np.where(above, step, -step)
        step /= 2
    return t
