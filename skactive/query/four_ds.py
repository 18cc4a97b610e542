"""4DS: distance, density, distribution and diversity, from a mixture of Gaussians."""

import warnings
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture

from .._parameters import Instance, reals
from .._tensors import to_numpy
from .._typing import Positions
from ..predictions import chunk_rows, class_probabilities
from ..selection import wide_blocks
from ._vectors import VectorStrategy

_SMALL = 1e-5
_ROWS_TO_FIT = 20_000
_NUMBERS_A_BLOCK = 1 << 18


class FourDS(VectorStrategy):
    """Largest weighted sum of four criteria, with weights that depend on the labels.

    A mixture of Gaussians with weights :math:`\\pi` is fitted to the pool. It gives the density
    of each row and its responsibilities r. With the two largest class probabilities from the
    learner, the criteria are (Eqs. 9 to 12 of [1]_)

    ============  ===================================================================
    criterion     value for a row x, with labeled rows L and picked rows S
    ============  ===================================================================
    distance      :math:`\\ln(p_{(1)} / p_{(2)})`, scaled to 0..1 over the free rows
    density       log-likelihood of x, scaled to 0..1
    distribution  :math:`1 - \\sum_k \\max(0, \\pi_k - \\bar r_k)`, with the mean
                  :math:`\\bar r` over L, S and x
    diversity     :math:`-\\ln(\\text{density of x} + \\text{densities of S})
                  / (|S| + 1)`, scaled to 0..1
    ============  ===================================================================

    Each pick has the largest sum :math:`\\alpha (1 - \\text{distance}) + \\beta \\,
    \\text{density} + \\rho \\, \\text{distribution} + \\lambda \\, \\text{diversity}`. The weight
    :math:`\\rho` is the difference between the distribution of the labeled rows and the
    mixture (Eq. 15). The rest is divided between :math:`\\alpha` and :math:`\\beta` by how
    uncertain the rows are (Eqs. 13 and 14). For the first row of a batch, this
    uncertainty is weighted by density, and there is no diversity.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    mixture : mixture model, default=None
        It is cloned and fitted. It must have ``weights_``, ``score_samples`` and
        ``predict_proba``, such as ``GaussianMixture(20)``. None:
        ``BayesianGaussianMixture(n_components=10, covariance_type="diag")``.
    diversity : float, default=None
        The weight :math:`\\lambda`, 0 to 1. None: 0.05 for each row of a batch after
        the first, at most 0.5.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    InformationDensity : Combines only uncertainty and density.

    Notes
    -----
    In the paper, the classifier is made of the mixture itself. Here class probabilities come
    from the learner. The mixture is fitted once per pool, to at most 20,000 rows. A query for
    n rows costs the predictions and O(n N K) with K components. The responsibilities of
    all rows stay in memory.

    References
    ----------
    .. [1] T. Reitmaier, B. Sick (2013). Let us know your decision: Pool-based
       active training of a generative classifier with the selection strategy
       4DS. Information Sciences 230, 106-131. doi:10.1016/j.ins.2012.11.015

    Examples
    --------
    >>> from sklearn.mixture import GaussianMixture
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import FourDS
    >>> X = [[0.0], [0.2], [0.1], [4.0], [8.0], [8.1], [7.9]]
    >>> learner = ActiveLearner(GaussianNB(), FourDS(GaussianMixture(2)))
    >>> learner = learner.teach([[-1.0], [0.5], [1.0]], [0, 1, 1])
    >>> learner.query(X, 1)
    array([4])

    In a learner on the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(GaussianNB(), FourDS(), budget=30, random_state=0)
    >>> learner.fit(X, y).n_labels_
    30
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "mixture": [
            Instance(["score_samples", "get_params"], "a mixture such as GaussianMixture()"),
            None,
        ],
        "diversity": [reals(0, 1, closed="both"), None],
    }

    def __init__(self, mixture: Any = None, diversity: Any = None, *, embed: Any = None) -> None:
        super().__init__(embed)
        self.mixture = mixture
        self.diversity = diversity

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        if pool.n_rows < 2:
            return pool.positions[:n_queries]
        mixture, density, shares = self.recall(
            learner, pool, "mixture", lambda: self._fitted(self.vectors(learner, pool))
        )
        labeled = self.labeled_vectors(learner, pool)
        known = np.zeros((0, shares.shape[1]))
        if labeled is not None:
            known = _by_blocks(labeled, mixture.predict_proba)
        free = pool.positions
        ratios = pool.map_rows(lambda X: _certainty(learner, X), chunk_rows(learner))[free]
        criteria = FourCriteria(ratios, density[free], shares[free], mixture.weights_, known)
        diversity = self.diversity
        if diversity is None:
            diversity = min(0.05 * (n_queries - 1), 0.5)
        return free[criteria.greedy(n_queries, diversity, pool.ties.of(free))]

    def requires_fit(self, learner: Any) -> bool:
        return True

    def _fitted(self, vectors):
        """The mixture, and the log-likelihoods and responsibilities of all rows."""
        mixture = self.mixture
        if mixture is None:
            mixture = BayesianGaussianMixture(n_components=10, covariance_type="diag")
        mixture = clone(mixture)
        params = mixture.get_params()
        if params.get("random_state", 0) is None:
            mixture.set_params(random_state=0)
        rows = _spread_rows(vectors)
        if params.get("n_components", 0) > len(rows):
            mixture.set_params(n_components=len(rows))
        with warnings.catch_warnings():
            # duplicate rows are no error, and the mixture need not be exact
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(rows)
        density = _by_blocks(vectors, mixture.score_samples)
        return mixture, density, _by_blocks(vectors, mixture.predict_proba)


class FourCriteria:
    """The four criteria of the free rows, and their weighted sum.

    Parameters
    ----------
    certainty : ndarray of float64, shape (n_rows, 2)
        ln(p1 / p2) and p1 of the two largest class probabilities.
    density : ndarray of float64, shape (n_rows,)
        Log-likelihoods.
    shares : ndarray of float64, shape (n_rows, n_components)
        Responsibilities.
    weights : ndarray of float64, shape (n_components,)
        Weights of the mixture.
    known : ndarray of float64, shape (n_labels, n_components)
        Responsibilities of the labeled rows.
    """

    def __init__(self, certainty, density, shares, weights, known):
        self.closeness = 1 - _scaled(certainty[:, 0], _SMALL)
        self.density = _scaled(density, _SMALL)
        self.shares, self.weights = shares, weights
        self.n_known, self.known = len(known), known.sum(axis=0)
        mean = self.known / max(1, self.n_known)
        self.rho = min(1.0, np.abs(weights - mean).sum())
        doubt = 1 - certainty[:, 1]
        self.doubt, self.dense_doubt = doubt.mean(), (doubt * self.density).mean()

    def greedy(self, n, diversity, ties):
        """Pick n rows; return them in pick order."""
        picks = np.empty(n, dtype=np.intp)
        is_free = np.ones(len(self.density), dtype=bool)
        for i in range(n):
            sums = self.sums(picks[:i], diversity)
            picks[i] = ties.argmax(np.where(is_free, sums, -np.inf))
            is_free[picks[i]] = False
        return picks

    def sums(self, picked, diversity):
        """The weighted sum of each row, given the picks so far."""
        if not len(picked):
            rho, diversity = self.rho, 0.0
            alpha = (1 - rho) * self.dense_doubt
        else:
            rho = min(self.rho, 1 - diversity)
            alpha = (1 - rho - diversity) * (1 - self.doubt)
        beta = 1 - rho - diversity - alpha
        sums = alpha * self.closeness + beta * self.density
        if rho:
            sums += rho * self._distribution(picked)
        if diversity:
            others = -np.log(self.density + self.density[picked].sum()) / (len(picked) + 1)
            sums += diversity * _scaled(others, 0.0)
        return sums

    def _distribution(self, picked):
        n_others = self.n_known + len(picked)
        others = self.known + self.shares[picked].sum(axis=0)
        lacking = np.empty(len(self.shares))
        step = max(1, _NUMBERS_A_BLOCK // len(self.weights))
        for start in range(0, len(self.shares), step):
            means = (self.shares[start : start + step] + others) / (n_others + 1)
            lacking[start : start + step] = np.maximum(self.weights - means, 0).sum(axis=1)
        return 1 - lacking


def _scaled(values, small):
    """Values scaled to 0..1. If all are equal: 1, or 0 if ``small`` is 0."""
    span = values.max() - values.min()
    return (values - values.min() + small) / (span + small) if span + small else 0 * values


def _certainty(learner, X):
    """ln(p1 / p2) and p1 of each row."""
    probabilities = np.asarray(to_numpy(class_probabilities(learner, X)))
    if probabilities.shape[1] == 1:
        probabilities = np.column_stack([probabilities, np.zeros(len(probabilities))])
    second, first = np.partition(probabilities, -2, axis=1)[:, -2:].T
    return np.column_stack([np.log((first + _SMALL) / (second + _SMALL)), first])


def _by_blocks(vectors, function):
    """Apply ``function`` to dense blocks of rows and join the results."""
    step = max(1, _NUMBERS_A_BLOCK // max(1, vectors.shape[1]))
    starts = range(0, vectors.shape[0], step)
    return np.concatenate([function(_dense(vectors[start : start + step])) for start in starts])


def _dense(rows):
    return (rows.toarray() if sparse.issparse(rows) else rows).astype(np.float64, copy=False)


def _spread_rows(vectors):
    """Rows to fit a mixture to, in an order that does not depend on the order of the pool."""
    direction = np.random.RandomState(0).normal(size=vectors.shape[1])
    heights = np.concatenate([rows @ direction for _, rows in wide_blocks(vectors)])
    order = np.argsort(heights, kind="stable")
    places = np.linspace(0, len(order) - 1, min(len(order), _ROWS_TO_FIT)).round().astype(int)
    return _dense(vectors[order[places]])
