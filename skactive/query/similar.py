"""SIMILAR: rows that resemble the labeled rows of rare classes."""

from typing import Any

import numpy as np
from sklearn.preprocessing import normalize

from .._greedy.coverage import Coverage
from .._greedy.lazy import LazyGreedy
from .._parameters import options, reals
from .._typing import Positions
from ._class_counts import over_represented
from ._cost import AllPairs, check_cost
from ._vectors import VectorStrategy
from .facility_location import highest_gains

_NUMBERS_A_BLOCK = 1 << 21
# weight of the tie break: larger than rounding errors, smaller than gains
_TIE = 1e-6


class Similar(AllPairs, VectorStrategy):
    """Greedy maximization of the mutual information between a batch and rows of rare classes.

    Q are labeled rows of rare classes, A the picked rows and V the pool, with similarities
    :math:`s_{ij} = \\max(0, \\cos)`. The batch maximizes one of two facility-location forms
    [1]_:

    =============  ==================================================================
    ``form``       mutual information
    =============  ==================================================================
    ``"flqmi"``    :math:`\\sum_{i \\in Q} \\max_{j \\in A} s_{ij}
                   + \\eta \\sum_{j \\in A} \\max_{i \\in Q} s_{ij}`
    ``"flvmi"``    :math:`\\sum_{i \\in V} \\min \\bigl( \\max_{j \\in A} s_{ij},
                   \\eta \\max_{j \\in Q} s_{ij} \\bigr)`
    =============  ==================================================================

    The first form is large if each row of Q has a similar row in the batch, and each row of
    the batch resembles a row of Q. The second form is large if the batch represents those
    rows of the pool that resemble a row of Q. If rows have equal gains, the one most similar
    to a row of Q is picked.

    Read more in the :ref:`user guide <strategies-imbalance>`.

    Parameters
    ----------
    form : {"flqmi", "flvmi"}, default="flqmi"
        The form of the mutual information.
    eta : float, default=1
        The weight :math:`\\eta` of the similarity to Q, 0 or more.
    rare_classes : array-like of classes, default=None
        The classes of Q. None: all classes with fewer labels than the mean, or all
        classes if they have equally many labels.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`. The paper
        uses gradients of the last layer of a net, as
        ``skactive.deep.HeadGradients`` does.

    See Also
    --------
    BalancedQuery : Distances to the mean of the rarest class.
    FacilityLocation : Rows that represent the whole pool.

    Notes
    -----
    If there are no labels of ``rare_classes``, Q are all labeled rows. As in the paper, A does
    not contain labeled rows. The first form costs O(N q d) with q rows in Q. The second form
    compares all pairs of rows once or twice, in blocks. A pool in memory of more than 100,000
    rows then raises a ValueError. Of a large dask collection, each query draws a sample, with
    either form: see :doc:`/user_guide/large_pools`.

    References
    ----------
    .. [1] S. Kothawade, N. Beck, K. Killamsetty, R. Iyer (2021). SIMILAR:
       Submodular Information Measures Based Active Learning In Realistic
       Scenarios. NeurIPS 34, 18685-18697. doi:10.48550/arXiv.2107.00717

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import Similar
    >>> learner = ActiveLearner(query_strategy=Similar())
    >>> learner = learner.teach([[1.0, 0], [1, 0.1], [0, 1]], ["often", "often", "rare"])
    >>> learner.query([[1.0, 0.1], [0.2, 1], [1, 1], [-1, 0]], 2)
    array([1, 2])

    Digits that resemble the few labeled nines:

    >>> from sklearn.datasets import load_digits
    >>> X, y = load_digits(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=Similar(rare_classes=[9]))
    >>> learner = learner.teach(X[:30], y[:30])
    >>> y[learner.query(X, 10, exclude=range(30))]
    array([9, 9, 9, 9, 9, 9, 3, 9, 9, 9])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "form": [options("flqmi", "flvmi")],
        "eta": [reals(0)],
        "rare_classes": ["array-like", None],
    }

    def __init__(
        self, form: str = "flqmi", *, eta: float = 1.0, rare_classes: Any = None, embed: Any = None
    ) -> None:
        super().__init__(embed)
        self.form = form
        self.eta = eta
        self.rare_classes = rare_classes

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        if self.form == "flvmi":
            check_cost(self, pool)
        labeled = self.labeled_vectors(learner, pool)
        if labeled is None:
            raise TypeError(
                "SIMILAR compares rows with labeled rows of rare classes, but "
                f"{type(learner).__name__} has no labels. Query through an ActiveLearner that "
                "was taught some."
            )
        is_wanted = rare_labels(np.asarray(learner.y_labeled_), self.rare_classes)
        wanted = normalize(labeled[np.flatnonzero(is_wanted)])
        directions = self.recall(
            learner, pool, "directions", lambda: normalize(self.vectors(learner, pool))
        )
        nearest = _nearest(directions, wanted)
        if self.form == "flqmi":
            coverage, own = Coverage(wanted, positive_cosine), self.eta * nearest
            bounds = _first_gains(coverage, directions) + own
        else:
            coverage = CappedCoverage(directions, positive_cosine, self.eta * nearest)
            own, bounds = 0, highest_gains(directions)
        return _greedy(coverage, directions, pool, n_queries, own + _TIE * nearest, bounds)

    def requires_fit(self, learner: Any) -> bool:
        # it needs labels
        return True


def positive_cosine(products, norms, center_norms):
    """Cosines between rows of norm 1, at least 0; like ``_greedy.coverage.cosine``."""
    return np.maximum(products, 0, out=products)


class CappedCoverage(Coverage):
    """A coverage with an upper bound for each row.

    Parameters
    ----------
    vectors, similarity
        As in :class:`Coverage`.
    most : ndarray of float64, shape (n_rows,)
        The largest value that the coverage of each row may have.
    """

    def __init__(self, vectors, similarity, most):
        super().__init__(vectors, similarity)
        self.most = most.astype(vectors.dtype)

    def _similarities(self, chosen):
        for block, similarities in super()._similarities(chosen):
            np.minimum(similarities, self.most[block, None], out=similarities)
            yield block, similarities


def rare_labels(labels, rare_classes=None):
    """Which labels are of rare classes; all if none is.

    Parameters
    ----------
    labels : ndarray of shape (n_labels,)
        The labels so far.
    rare_classes : array-like, default=None
        The rare classes. None: those with fewer labels than the mean.

    Returns
    -------
    mask : ndarray of bool, shape (n_labels,)
        At least one is True.
    """
    if rare_classes is None:
        found, counts = np.unique(labels, return_counts=True)
        rare_classes = found[~over_represented(counts)]
    mask = np.isin(labels, rare_classes)
    return mask if mask.any() else ~mask


def _greedy(coverage, directions, pool, n, own, bounds):
    """Pick rows by what they add to a coverage plus a value of their own."""

    def gains(rows):
        return coverage.gains(directions[rows]) + own[rows]

    bounds = np.where(pool.available, bounds, -np.inf)
    lazy = LazyGreedy(bounds, gains, ties=pool.ties)
    picks = np.empty(n, dtype=np.intp)
    for i in range(n):
        picks[i] = lazy.take()
        coverage.cover_from(directions[[picks[i]]])
    return picks


def _first_gains(coverage, directions):
    """Upper bounds of what each row adds to a coverage by rows of norm 1."""
    step = max(1, _NUMBERS_A_BLOCK // max(1, coverage.vectors.shape[0]))
    starts = range(0, directions.shape[0], step)
    gains = [coverage.gains(directions[start : start + step]) for start in starts]
    # blocks of other sizes may be rounded differently
    return np.concatenate(gains) + 2 * _TIE + 1e-5 * coverage.vectors.shape[0]


def _nearest(directions, wanted):
    """Similarity of each row to the most similar wanted row, in float64."""
    coverage = Coverage(directions, positive_cosine)
    step = max(1, _NUMBERS_A_BLOCK // max(1, wanted.shape[1]))
    for start in range(0, wanted.shape[0], step):
        coverage.cover_from(wanted[start : start + step])
    return coverage.best.astype(np.float64)
