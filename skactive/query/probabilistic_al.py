"""Probabilistic active learning: rows with labels that are expected to raise accuracy nearby."""

from math import comb, factorial
from typing import Any

import numpy as np

from .._parameters import POSITIVE_INT, ints, reals
from .._typing import Floats
from ._base import QueryStrategy
from ._draws import draw_evenly
from ._label_kernel import by_similarity, mean_gamma
from ._labels import labeled_rows
from ._probabilities import pool_probabilities
from ._scoring import ScoringStrategy
from ._vectors import VectorStrategy

_NUMBERS_A_BLOCK = 1 << 16
# with more ways to distribute m labels, the closed form costs too much
_MOST_WAYS = 20_000


class ProbabilisticAL(VectorStrategy, ScoringStrategy):
    """Highest expected gain in accuracy near a row, times the density there.

    Multi-class probabilistic active learning, McPAL [1]_. The class probabilities near a row
    have a Dirichlet distribution with :math:`\\alpha_c = k_c + \\text{prior}`. Here
    :math:`k_c = n \\, p_c`, with the total weight n of the labels nearby and the model's
    probabilities p. Let :math:`\\hat y = \\arg\\max_c \\alpha_c` and
    :math:`A = \\sum_c \\alpha_c`. If m more labels came from there, :math:`l_c` of them of class
    c, the predicted class could change. The expected accuracy would rise by

    .. math:: g_m = \\sum_{|l| = m} P(l \\mid \\alpha) \\,
              \\frac{\\max_c (\\alpha_c + l_c) - (\\alpha_{\\hat y} + l_{\\hat y})}{A + m},
              \\qquad P(l \\mid \\alpha) = \\frac{m!}{\\prod_c l_c!}
              \\frac{\\prod_c \\alpha_c (\\alpha_c + 1) \\cdots (\\alpha_c + l_c - 1)}
              {A (A + 1) \\cdots (A + m - 1)}.

    The score is :math:`\\max_{m \\le M} g_m / m`, the gain per label, times the mean similarity
    of the row to the pool. This is the closed form of [1]_, written as a sum of terms that are
    0 or more instead of a difference of two accuracies.

    Read more in the :ref:`user guide <strategies-disagreement>`.

    Parameters
    ----------
    m_max : int, default=2
        Maximum number M of further labels.
    prior : float, default=1
        Added to the weight of each class, above 0.
    gamma : float, default=None
        A label at x' has the weight :math:`\\exp(-\\gamma \\lVert x - x' \\rVert^2)`; above 0.
        None: by the mean criterion for kernel widths [2]_, from the pool.
    density_rows : int, default=2000
        Maximum number of rows of the pool, drawn once, to compute the density from.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    EpistemicUncertainty : Reads only the labels nearby, not the predictions.
    ExpectedErrorReduction : Fits a model for each possible label.

    Notes
    -----
    A query costs the predictions, O(N d L) with L labels, and O(N C) for each of the
    :math:`\\binom{C + M - 1}{M}` ways to distribute M labels. The density costs O(N d D) with
    D = ``density_rows``, once per pool. All is computed in chunks.

    References
    ----------
    .. [1] D. Kottke, G. Krempl, D. Lang, J. Teschner, M. Spiliopoulou (2016).
       Multi-Class Probabilistic Active Learning. ECAI, 586-594.
       doi:10.3233/978-1-61499-672-9-586
    .. [2] A. Chaudhuri, D. Kakde, C. Sadek, L. Gonzalez, S. Kong (2017). The
       Mean and Median Criteria for Kernel Bandwidth Selection for Support
       Vector Data Description. ICDM Workshops. doi:10.1109/ICDMW.2017.116

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import ProbabilisticAL
    >>> learner = ActiveLearner(GaussianNB(), ProbabilisticAL(gamma=1.0), random_state=0)
    >>> learner = learner.teach([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> learner.query([[0.5], [2.5], [2.6], [30.0]], 2)
    array([1, 2])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), ProbabilisticAL(), random_state=0)
    >>> learner = learner.teach(X[::5], y[::5])
    >>> learner.query(X, 3, exclude=range(0, 150, 5))
    array([149, 134,  77])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "m_max": [ints(1)],
        "prior": [reals(0, closed="neither")],
        "gamma": [reals(0, closed="neither"), None],
        "density_rows": POSITIVE_INT,
    }

    def __init__(
        self,
        m_max: Any = 2,
        *,
        prior: float = 1.0,
        gamma: float | None = None,
        density_rows: int = 2000,
        embed: Any = None,
    ) -> None:
        super().__init__(embed)
        self.m_max = m_max
        self.prior = prior
        self.gamma = gamma
        self.density_rows = density_rows

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        labeled_rows(learner, self)
        vectors, labeled = self.vectors(learner, pool), self.labeled_vectors(learner, pool)
        gamma = self.gamma
        if gamma is None:
            gamma = self.recall(learner, pool, "gamma", lambda: mean_gamma(vectors))
        density = self.recall(
            learner, pool, "density", lambda: _density(vectors, gamma, self.density_rows)
        )
        free = pool.positions
        rows = vectors if len(free) == pool.n_rows else vectors[free]
        weights = by_similarity(rows, labeled, gamma, lambda near: near.sum(axis=1))
        alpha = weights[:, None] * pool_probabilities(learner, pool) + self.prior
        scores = np.full(pool.n_rows, -np.inf)
        scores[free] = expected_gain(alpha, self.m_max) * density[free]
        return scores

    def requires_fit(self, learner: Any) -> bool:
        return QueryStrategy.requires_fit(self, learner)


def expected_gain(alpha, m_max):
    """The highest gain per label, for 1 to ``m_max`` labels.

    Parameters
    ----------
    alpha : ndarray of float64, shape (n_rows, n_classes)
        Parameters of the Dirichlet distributions, above 0.
    m_max : int
        Maximum number of labels.

    Returns
    -------
    gains : ndarray of float64, shape (n_rows,)
        0 or more.

    Raises
    ------
    ValueError
        If there are too many ways to distribute ``m_max`` labels.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query.probabilistic_al import expected_gain
    >>> expected_gain(np.array([[1.0, 1.0], [3.0, 1.0]]), 1).round(4)
    array([0.1667, 0.    ])
    """
    n_classes = alpha.shape[1]
    if comb(n_classes + m_max - 1, m_max) > _MOST_WAYS:
        raise ValueError(
            f"m_max={m_max} is too large for {n_classes} classes: there are "
            f"{comb(n_classes + m_max - 1, m_max)} ways to distribute the labels, and at most "
            f"{_MOST_WAYS} are allowed. Set m_max lower."
        )
    gains = np.zeros(len(alpha))
    step = max(1, _NUMBERS_A_BLOCK // n_classes)
    for start in range(0, len(alpha), step):
        block = slice(start, start + step)
        columns = np.ascontiguousarray(alpha[block].T)
        for m in range(1, m_max + 1):
            np.maximum(gains[block], _gain(columns, m) / m, out=gains[block])
    return gains


def _gain(columns, m):
    """g_m of some rows from the columns of alpha."""
    leader, rows = columns.argmax(axis=0), np.arange(columns.shape[1])
    highest, total = columns[leader, rows], columns.sum(axis=0)
    gain = np.zeros(len(rows))
    for labels in _ways(len(columns), m):
        # only classes that get a label can overtake
        likely, overtaken = np.full(len(rows), float(factorial(m))), highest.copy()
        own = highest.copy()
        for c, n in labels:
            for k in range(n):
                likely *= (columns[c] + k) / (k + 1)
            np.maximum(overtaken, columns[c] + n, out=overtaken)
            own[leader == c] += n
        gain += likely * (overtaken - own)
    for k in range(m):
        gain /= total + k
    return gain / (total + m)


def _ways(n_classes, m, first=0):
    """Every way to distribute m labels over classes: lists of a class and its number of labels."""
    if m == 0:
        yield []
        return
    for c in range(first, n_classes):
        for n in range(1, m + 1):
            for rest in _ways(n_classes, m - n, c + 1):
                yield [(c, n), *rest]


def _density(vectors, gamma, n_rows):
    """Mean similarity of every row to a fixed sample of rows."""
    rows = draw_evenly(np.arange(vectors.shape[0]), n_rows, 0)
    return by_similarity(vectors, vectors[rows], gamma, lambda near: near.mean(axis=1))
