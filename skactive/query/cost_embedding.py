"""Cost embedding: rows far from every class in a space where distances are costs."""

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.kernel_ridge import KernelRidge
from sklearn.multioutput import MultiOutputRegressor

from .._parameters import POSITIVE_INT_OR_NONE, Instance
from .._typing import Floats
from ..pool import num_samples
from ._cost_matrix import COST_PARAMETERS, seen_costs
from ._kernel_width import scale_gamma
from ._mirrored_scaling import mirrored_scaling
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy

_NUMBERS_A_BLOCK = 1 << 21


class CostEmbedding(VectorStrategy, ScoringStrategy):
    """Distance to the nearest class in a space where distances represent costs (ALCE).

    Each class found so far has two points in a hidden space: :math:`z_i` as the true class
    and :math:`z'_j` as the predicted one. The distances :math:`\\lVert z_i - z'_j \\rVert`
    increase with the costs :math:`C_{ij}` of predicting j if i is true. Non-metric
    multidimensional scaling finds the points, with the mirroring trick of [1]_ for
    asymmetric costs. Regressors learn :math:`z_y` from the labeled rows and predict
    :math:`\\hat z(x)` for a row. Its score, the expected cost of the best prediction, is

    .. math:: \\min_j \\lVert \\hat z(x) - z'_j \\rVert.

    Read more in the :ref:`user guide <strategies-costs>`.

    Parameters
    ----------
    cost_matrix : array-like of shape (n_classes, n_classes), default=None
        Finite costs, 0 or more; one row per true class, one column per predicted
        class. None: every mistake costs 1.
    classes : array-like of shape (n_classes,), default=None
        The classes of the rows and columns of ``cost_matrix``. None: the learner's
        ``classes_``. Name them if the first labels may not contain all classes.
    regressor : regressor, default=None
        It is cloned for each coordinate and fitted to the vectors of the labeled
        rows. None: ridge regression with a Gaussian kernel with gamma =
        1 / (number of features * variance of the pool).
    n_components : int, default=None
        Number of coordinates of the hidden space. None: the number of classes found.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    CostSensitiveSampling : Expected costs from class probabilities.

    Notes
    -----
    The strategy does not read the learner's model. A query costs one regression per
    coordinate and its predictions in blocks; with the default regressor this is O(N l d)
    for l labels. The hidden space is computed once for each set of classes found.

    References
    ----------
    .. [1] K.-H. Huang, H.-T. Lin (2016). A Novel Uncertainty Sampling Algorithm
       for Cost-Sensitive Multiclass Active Learning. ICDM, 925-930.
       doi:10.1109/ICDM.2016.131

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CostEmbedding
    >>> costs = [[0, 1, 9], [1, 0, 9], [9, 9, 0]]
    >>> learner = ActiveLearner(query_strategy=CostEmbedding(costs, ["a", "b", "c"]))
    >>> learner = learner.teach([[0.0], [4.0], [8.0]], ["a", "b", "c"])
    >>> learner.query([[2.0], [6.0]], 1)
    array([1])

    Iris classes 1 and 2 are expensive to confuse:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> costs = [[0, 1, 1], [1, 0, 9], [1, 9, 0]]
    >>> learner = ActiveLearner(query_strategy=CostEmbedding(costs, [0, 1, 2]))
    >>> learner = learner.teach(X[::5], y[::5])
    >>> y[learner.query(X, 6, exclude=range(0, 150, 5))]
    array([1, 1, 1, 1, 2, 1])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        **COST_PARAMETERS,
        "regressor": [Instance(["fit", "predict", "get_params"], "a regressor"), None],
        "n_components": POSITIVE_INT_OR_NONE,
    }

    def __init__(
        self,
        cost_matrix: Any = None,
        classes: Any = None,
        regressor: Any = None,
        *,
        n_components: int | None = None,
        embed: Any = None,
    ) -> None:
        super().__init__(embed)
        self.cost_matrix = cost_matrix
        self.classes = classes
        self.regressor = regressor
        self.n_components = n_components

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        labeled = self.labeled_vectors(learner, pool)
        if labeled is None:
            raise TypeError(
                "CostEmbedding fits regressors to labeled rows, but "
                f"{type(learner).__name__} has no labels. Query through an ActiveLearner that "
                "was taught some."
            )
        vectors = self.vectors(learner, pool)
        found, codes = np.unique(learner.y_labeled_, return_inverse=True)
        costs = seen_costs(self.cost_matrix, self.classes, learner)
        true, predicted = pool.memory.recall(
            self,
            ("hidden space", *found.tolist()),
            lambda: mirrored_scaling(costs, self.n_components or len(found)),
        )
        regressor = self._regressor(learner, pool, vectors).fit(labeled, true[codes])
        scores = np.full(pool.n_rows, -np.inf)
        step = max(1, _NUMBERS_A_BLOCK // max(num_samples(codes), vectors.shape[1]))
        for start in range(0, pool.n_available, step):
            rows = pool.positions[start : start + step]
            hidden = np.reshape(regressor.predict(vectors[rows]), (len(rows), -1))
            scores[rows] = cdist(hidden, predicted).min(axis=1)
        return scores

    def requires_fit(self, learner: Any) -> bool:
        # it needs labels
        return True

    def _regressor(self, learner, pool, vectors):
        if self.regressor is not None:
            return MultiOutputRegressor(clone(self.regressor))
        gamma = self.recall(learner, pool, "gamma", lambda: scale_gamma(vectors))
        return KernelRidge(kernel="rbf", gamma=gamma)
