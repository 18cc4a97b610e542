"""Cost embedding: rows that are far from every class where distances are costs."""

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.base import clone
from sklearn.kernel_ridge import KernelRidge
from sklearn.multioutput import MultiOutputRegressor

from .._parameters import POSITIVE_INT_OR_NONE, Instance
from ..pool import num_samples
from ._cost_matrix import COST_PARAMETERS, seen_costs
from ._kernel_width import scale_gamma
from ._mirrored_scaling import mirrored_scaling
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy

_NUMBERS_A_BLOCK = 1 << 21


class CostEmbedding(VectorStrategy, ScoringStrategy):
    """Distance to the nearest class in a space in which distances are costs (ALCE).

    Each class found so far has two points in a hidden space, :math:`z_i` as
    the true class and :math:`z'_j` as the predicted one, such that the
    distances :math:`\\lVert z_i - z'_j \\rVert` rise with the costs
    :math:`C_{ij}` of predicting j where i is true: non-metric
    multidimensional scaling with the mirroring trick of [1]_ for costs that
    are not symmetric. Regressors learn :math:`z_y` from the labeled rows,
    whose prediction for a row is :math:`\\hat z(x)`. The score, Eq. 3 there, is

    .. math:: \\min_j \\lVert \\hat z(x) - z'_j \\rVert,

    the cost that the best prediction is expected to have.

    Parameters
    ----------
    cost_matrix : array-like of shape (n_classes, n_classes), default=None
        Row: the true class, column: the predicted one; finite, 0 or more.
        None: every mistake costs 1.
    classes : array-like of shape (n_classes,), default=None
        The classes that its rows and columns stand for. None: the ``classes_``
        of the learner; one that goes on without knowing all classes at first
        needs them named.
    regressor : regressor, default=None
        Cloned for each coordinate and fitted to the vectors of the labeled
        rows. None: ridge regression with a Gaussian kernel,
        1 / (number of features * variance of the pool) wide.
    n_components : int, default=None
        Coordinates of the hidden space. None: as many as classes found.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    CostSensitiveSampling : Expected costs by class probabilities.

    Notes
    -----
    The model of the learner is not read. Cost: one regression for each
    coordinate, and its predictions, block by block; by default O(N l d) for l
    labels. The hidden space is found once for the classes found.

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
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        **COST_PARAMETERS,
        "regressor": [Instance(["fit", "predict", "get_params"], "a regressor"), None],
        "n_components": POSITIVE_INT_OR_NONE,
    }

    def __init__(
        self, cost_matrix=None, classes=None, regressor=None, *, n_components=None, embed=None
    ):
        super().__init__(embed)
        self.cost_matrix = cost_matrix
        self.classes = classes
        self.regressor = regressor
        self.n_components = n_components

    def pool_scores(self, learner, pool):
        labeled = self.labeled_vectors(learner, pool)
        if labeled is None:
            raise TypeError(
                "cost embedding learns from labeled rows, and "
                f"{type(learner).__name__} holds no labels. Ask through an ActiveLearner."
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

    def requires_fit(self, learner):
        # there must be labels first
        return True

    def _regressor(self, learner, pool, vectors):
        if self.regressor is not None:
            return MultiOutputRegressor(clone(self.regressor))
        gamma = self.recall(learner, pool, "gamma", lambda: scale_gamma(vectors))
        return KernelRidge(kernel="rbf", gamma=gamma)
