"""Class-balanced sampling: uncertain rows that together are expected to even out the classes."""

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.spatial.distance import cdist

from .._parameters import SCORING_STRATEGY, options, reals
from ._base import QueryStrategy, ask_scores
from ._cost_matrix import seen_classes
from ._pool_probabilities import pool_probabilities
from .entropy_sampling import EntropySampling

_MOST_ROWS = 20_000


class ClassBalancedSampling(QueryStrategy):
    """Scores, less a penalty for what is expected to be missing to equal class counts.

    With the scores u of a strategy, probabilities P of shape (n_rows,
    n_classes) and z = 1 for a row that is picked, the problem of [1]_ is

    .. math:: \\min_z \\; -z^T u + \\lambda \\lVert \\Omega - P^T z \\rVert_1,
              \\quad \\sum_i z_i = n, \\quad
              \\Omega_c = \\max \\Bigl( 0, \\frac{l + n}{C} - l_c \\Bigr)

    for n new labels, l labels so far and :math:`l_c` of the class c. The paper
    solves it as a mixed integer program. The default picks row after row the
    one that lowers the same sum most, each being the exact solution for one
    row, and scales to large pools; ``solver="exact"`` is the paper's.

    Parameters
    ----------
    strategy : strategy with ``scores``, default=None
        The scores u. None: ``EntropySampling()``, as in the paper.
    weight : float, default=0.6
        :math:`\\lambda`, 0 or more, on the scale of the scores. The paper has
        0.6 for 10 classes and 2 for 100.
    solver : {"greedy", "exact"}, default="greedy"
        How the sum is minimized. The rows of an exact batch come in the order
        of their scores.

    See Also
    --------
    BalancedQuery : Rare classes by distances to class means.
    BalancedCoverage : Rare classes by coverage.

    Notes
    -----
    Classes are those of which there is a label. Cost: predictions, then for
    the greedy form O(n N C). Class probabilities are kept in memory, 8 bytes a
    row and class; with more than 50 million of them the query is refused. The
    exact form takes minutes for some thousand rows, and is refused above
    20,000.

    References
    ----------
    .. [1] J. Z. Bengar, J. van de Weijer, L. L. Fuentes, B. Raducanu (2022).
       Class-Balanced Active Learning for Image Classification. WACV,
       3707-3716. doi:10.1109/WACV51458.2022.00376, arXiv:2110.04543

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive import ActiveLearner
    >>> from skactive.query import ClassBalancedSampling, EntropySampling
    >>> learner = ActiveLearner(GaussianNB(), ClassBalancedSampling())
    >>> learner = learner.teach([[0.0], [2.0], [1.0], [5.0], [7.0]], [0, 0, 0, 1, 1])
    >>> X = [[2.5], [3.2], [4.0], [6.5]]
    >>> EntropySampling()(learner, X, 1), learner.query(X, 1)
    (array([1]), array([2]))
    """

    _parameter_constraints: dict = {
        "strategy": SCORING_STRATEGY,
        "weight": [reals(0)],
        "solver": [options("greedy", "exact")],
    }

    def __init__(self, strategy=None, weight=0.6, *, solver="greedy"):
        self.strategy = strategy
        self.weight = weight
        self.solver = solver

    def select(self, learner, pool, n_queries):
        if self.solver == "exact" and pool.n_rows > _MOST_ROWS:
            raise ValueError(
                f"the exact form of ClassBalancedSampling takes on up to {_MOST_ROWS:,} rows, got "
                f"{pool.n_rows:,}. Use solver='greedy', or let it see fewer rows at a time: "
                "Subsampled(ClassBalancedSampling(solver='exact'), n_rows=2_000)."
            )
        probabilities = pool_probabilities(self, learner, pool)
        costs = -ask_scores(self._base(), learner, pool)
        needed = needed_labels(learner, n_queries)
        if self.solver == "greedy":
            return _one_by_one(costs, probabilities, needed, self.weight, n_queries, pool.ties)
        rows = pool.positions
        taken = _all_at_once(costs[rows], probabilities[rows], needed, self.weight, n_queries)
        return pool.ties.ranked(rows[taken], -costs[rows[taken]])

    def requires_fit(self, learner):
        return True

    def _base(self):
        return EntropySampling() if self.strategy is None else self.strategy


def needed_labels(learner, n):
    """How many labels each class lacks to its equal share once n more are there.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        A classifier holds no labels.
    n : int
        Labels to come.

    Returns
    -------
    needed : ndarray of float64, shape (n_seen_classes,)
        0 for a class that has them already.
    """
    classes, labels = seen_classes(learner), np.asarray(getattr(learner, "y_labeled_", ()))
    counts = np.array([np.count_nonzero(labels == label) for label in classes])
    return np.maximum(0.0, (len(labels) + n) / len(classes) - counts)


def _one_by_one(costs, probabilities, needed, weight, n, ties):
    """Rows that lower the sum most, one after the other."""
    costs, needed = costs.copy(), needed.copy()
    picks = np.empty(n, dtype=np.intp)
    for i in range(n):
        missing = cdist(probabilities, needed[None], "cityblock")[:, 0]
        picks[i] = ties.argmax(-(costs + weight * missing if weight else costs))
        costs[picks[i]] = np.inf
        needed -= probabilities[picks[i]]
    return picks


def _all_at_once(costs, probabilities, needed, weight, n):
    """The rows of the lowest sum; what is missing or too much of a class are variables too."""
    n_rows, n_classes = probabilities.shape
    unit, nothing = sparse.identity(n_classes), np.zeros(n_classes)
    shares = sparse.csr_matrix(probabilities.T)
    count = sparse.csr_matrix(np.append(np.ones(n_rows), nothing))
    result = milp(
        np.append(costs, np.full(n_classes, weight)),
        integrality=np.append(np.ones(n_rows), nothing),
        bounds=Bounds(0, np.append(np.ones(n_rows), np.full(n_classes, np.inf))),
        constraints=[
            LinearConstraint(count, n, n),
            LinearConstraint(sparse.hstack([shares, unit]), needed, np.inf),
            LinearConstraint(sparse.hstack([shares, -unit]), -np.inf, needed),
        ],
    )
    if result.x is None:
        raise ValueError(
            f"no rows were found by solver='exact': {result.message} Use solver='greedy'."
        )
    return np.sort(np.argsort(-result.x[:n_rows], kind="stable")[:n])
