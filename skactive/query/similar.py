"""SIMILAR: rows that resemble the labeled rows of rare classes."""

import numpy as np
from sklearn.preprocessing import normalize

from .._greedy.coverage import Coverage
from .._greedy.lazy import LazyGreedy
from .._parameters import options, reals
from ._class_counts import over_represented
from ._cost import AllPairs, check_cost
from ._vectors import VectorStrategy
from .facility_location import highest_gains

_NUMBERS_A_BLOCK = 1 << 21
# rows that serve the same rows gain the same but for rounding
_TIE = 1e-6


class Similar(AllPairs, VectorStrategy):
    """Greedy maximization of the mutual information between a batch and rows of rare classes.

    Q are labeled rows of rare classes, A the rows picked and V the pool, with
    similarities :math:`s_{ij} = \\max(0, \\cos)`. The batch maximizes one of the
    facility-location forms of Table 1 of [1]_:

    =============  ==================================================================
    ``form``       mutual information
    =============  ==================================================================
    ``"flqmi"``    :math:`\\sum_{i \\in Q} \\max_{j \\in A} s_{ij}
                   + \\eta \\sum_{j \\in A} \\max_{i \\in Q} s_{ij}`
    ``"flvmi"``    :math:`\\sum_{i \\in V} \\min \\bigl( \\max_{j \\in A} s_{ij},
                   \\eta \\max_{j \\in Q} s_{ij} \\bigr)`
    =============  ==================================================================

    The first one asks that each row of Q have a similar one in the batch, and
    that each row of the batch resemble one of Q. The second one asks that the
    batch represent those rows of the pool that resemble one of Q. Both are
    submodular: gains only fall, old ones bound new ones. Of equal gains the row
    most similar to Q is picked.

    Parameters
    ----------
    form : {"flqmi", "flvmi"}, default="flqmi"
        Which mutual information.
    eta : float, default=1
        :math:`\\eta`, 0 or more: how much resemblance to Q counts.
    rare_classes : array-like of classes, default=None
        The classes of Q. None: those with fewer labels than the mean over the
        classes found, or all of them where there are equally many of each.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.

    See Also
    --------
    BalancedQuery : Distances to the mean of the rarest class.
    FacilityLocation : Rows that represent the whole pool.

    Notes
    -----
    Where no label is of the ``rare_classes``, Q are all labeled rows. Rows
    already labeled are not in A, as in the paper. Cost: O(N q d) for the first
    form, q rows in Q; for the second one all pairs of rows once or twice, a
    block at a time, and pools of more than 100,000 rows are refused.

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
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "form": [options("flqmi", "flvmi")],
        "eta": [reals(0)],
        "rare_classes": ["array-like", None],
    }

    def __init__(self, form="flqmi", *, eta=1.0, rare_classes=None, embed=None):
        super().__init__(embed)
        self.form = form
        self.eta = eta
        self.rare_classes = rare_classes

    def select(self, learner, pool, n_queries):
        if self.form == "flvmi":
            check_cost(self, pool)
        labeled = self.labeled_vectors(learner, pool)
        if labeled is None:
            raise TypeError(
                "SIMILAR looks for rows like the labeled ones of rare classes, and "
                f"{type(learner).__name__} holds no labels. Ask through an ActiveLearner."
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

    def requires_fit(self, learner):
        # there must be labels first
        return True


def positive_cosine(products, norms, center_norms):
    """The cosine of rows of norm 1, or 0 where it is negative; as ``_greedy.coverage.cosine``."""
    return np.maximum(products, 0, out=products)


class CappedCoverage(Coverage):
    """A coverage in which no row is covered by more than a number of its own.

    Parameters
    ----------
    vectors, similarity
        As of :class:`Coverage`.
    most : ndarray of float64, shape (n_rows,)
        These numbers.
    """

    def __init__(self, vectors, similarity, most):
        super().__init__(vectors, similarity)
        self.most = most.astype(vectors.dtype)

    def _similarities(self, chosen):
        for block, similarities in super()._similarities(chosen):
            np.minimum(similarities, self.most[block, None], out=similarities)
            yield block, similarities


def rare_labels(labels, rare_classes=None):
    """Which labels are of rare classes; all of them where none is.

    Parameters
    ----------
    labels : ndarray of shape (n_labels,)
        The labels so far.
    rare_classes : array-like, default=None
        The classes. None: those with fewer labels than the mean.

    Returns
    -------
    mask : ndarray of bool, shape (n_labels,)
        Never all False.
    """
    if rare_classes is None:
        found, counts = np.unique(labels, return_counts=True)
        rare_classes = found[~over_represented(counts)]
    mask = np.isin(labels, rare_classes)
    return mask if mask.any() else ~mask


def _greedy(coverage, directions, pool, n, own, bounds):
    """Rows in the order of what they add to a coverage and have of their own."""

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
    # another block may round otherwise
    return np.concatenate(gains) + 2 * _TIE + 1e-5 * coverage.vectors.shape[0]


def _nearest(directions, wanted):
    """Similarity of each row to the most similar of the wanted ones, in float64."""
    coverage = Coverage(directions, positive_cosine)
    step = max(1, _NUMBERS_A_BLOCK // max(1, wanted.shape[1]))
    for start in range(0, wanted.shape[0], step):
        coverage.cover_from(wanted[start : start + step])
    return coverage.best.astype(np.float64)
