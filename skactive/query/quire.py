"""QUIRE: rows that are uncertain for a kernel machine, for any class they may have."""

from typing import Any

import numpy as np
from scipy.linalg import cholesky, solve_triangular
from sklearn.metrics.pairwise import rbf_kernel

from .._parameters import reals
from .._typing import Floats
from ._kernel_width import scale_gamma
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy

_NUMBERS_A_BLOCK = 1 << 21


class QUIRE(VectorStrategy, ScoringStrategy):
    """Lowest regularized loss of kernel least squares in the worst case for the row.

    With a Gaussian kernel K, :math:`L = (K + \\lambda I)^{-1}`, and labels of one class
    against the rest as 1 and -1, the loss of a row s is [1]_

    .. math:: \\max_{y_s} \\min_{y_u}
              \\begin{pmatrix} y_l \\\\ y_s \\\\ y_u \\end{pmatrix}^{\\!T} L
              \\begin{pmatrix} y_l \\\\ y_s \\\\ y_u \\end{pmatrix}.

    The labels :math:`y_u` of the other rows may be any real numbers, as in the relaxation of
    the paper. The score is the negative loss. With more than two classes, the loss is averaged
    over the classes before the maximum over the class of s. For two classes, this gives the
    formula above.

    Read more in the :ref:`user guide <strategies-disagreement>`.

    Parameters
    ----------
    regularization : float, default=1
        The regularization :math:`\\lambda`, above 0.
    gamma : float, default=None
        Factor of the squared distance in :math:`\\exp(-\\gamma \\lVert x - x' \\rVert^2)`.
        None: 1 / (number of features * variance of the pool).
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    InformationDensity : Uncertainty weighted by density.

    Notes
    -----
    The minimum over :math:`y_u` is the quadratic form of a Schur complement, which is the
    inverse of the block of :math:`K + \\lambda I` for the other rows. It remains to compute

    .. math:: y_l^T A y_l + \\max_{y_s} \\frac{(y_s - f_s)^2}{v_s}, \\quad
              A = (K_{ll} + \\lambda I)^{-1}, \\quad f_s = k_s^T A y_l, \\quad
              v_s = 1 + \\lambda - k_s^T A k_s.

    The other unlabeled rows cancel out, so no matrix of all pairs is needed. The score is low
    if the machine is certain about the row, or if there are labels nearby. A query costs
    O(N l d + N l\\ :sup:`2`) with l labels, in blocks.

    References
    ----------
    .. [1] S.-J. Huang, R. Jin, Z.-H. Zhou (2010). Active Learning by Querying
       Informative and Representative Examples. NeurIPS 23, 892-900. Extended
       in TPAMI 36(10), 2014, doi:10.1109/TPAMI.2014.2307881

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import QUIRE
    >>> learner = ActiveLearner(query_strategy=QUIRE(gamma=0.1)).teach([[0.0], [8.0]], [0, 1])
    >>> learner.query([[0.5], [4.0], [7.0], [7.5]], 2)
    array([1, 2])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=QUIRE()).teach(X[::5], y[::5])
    >>> learner.query(X, 3, exclude=range(0, 150, 5))
    array([71, 61, 88])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "regularization": [reals(0, closed="neither")],
        "gamma": [reals(0, closed="neither"), None],
    }

    def __init__(
        self, regularization: float = 1.0, *, gamma: float | None = None, embed: Any = None
    ) -> None:
        super().__init__(embed)
        self.regularization = regularization
        self.gamma = gamma

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        labeled = self.labeled_vectors(learner, pool)
        if labeled is None:
            raise TypeError(
                "QUIRE compares rows with labeled ones, but "
                f"{type(learner).__name__} has no labels. Query through an ActiveLearner that "
                "was taught some."
            )
        vectors = self.vectors(learner, pool)
        gamma = self.gamma
        if gamma is None:
            gamma = self.recall(learner, pool, "gamma", lambda: scale_gamma(vectors))
        losses = WorstLoss(labeled, learner.y_labeled_, self.regularization, gamma)
        scores = np.full(pool.n_rows, -np.inf)
        free, step = pool.positions, max(1, _NUMBERS_A_BLOCK // labeled.shape[0])
        for start in range(0, len(free), step):
            rows = free[start : start + step]
            scores[rows] = -losses.of(vectors[rows])
        return scores

    def requires_fit(self, learner: Any) -> bool:
        return True


class WorstLoss:
    """The worst-case loss of rows for kernel least squares on some labels.

    Parameters
    ----------
    labeled : ndarray or csr matrix, shape (n_labels, n_features)
        The labeled rows.
    labels : ndarray of shape (n_labels,)
        Their classes.
    regularization, gamma : float
        As in :class:`QUIRE`.
    """

    def __init__(self, labeled, labels, regularization, gamma):
        self.labeled, self.gamma = labeled, gamma
        self._widest = 1 + regularization
        kernel = rbf_kernel(labeled, gamma=gamma).astype(np.float64)
        kernel[np.diag_indices_from(kernel)] = self._widest
        root = cholesky(kernel, lower=True)
        # A is the product of this with its transpose
        self._root = solve_triangular(root, np.eye(len(root)), lower=True).T
        signs = np.where(labels[:, None] == np.unique(labels), 1.0, -1.0)
        projected = self._root.T @ signs
        self._weights = self._root @ projected
        self._fitted_loss = (projected**2).sum() / signs.shape[1]

    def of(self, rows):
        """The losses of some rows, shape (n_taken,)."""
        kernel = rbf_kernel(rows, self.labeled, gamma=self.gamma).astype(np.float64)
        values = kernel @ self._weights
        known = kernel @ self._root
        variances = self._widest - np.einsum("ij,ij->i", known, known)
        # (y - f)^2 with y = 1 for the class of the row and -1 for the others
        worst = ((1 + values) ** 2).sum(axis=1) - 4 * values.min(axis=1)
        return self._fitted_loss + worst / (values.shape[1] * variances)
