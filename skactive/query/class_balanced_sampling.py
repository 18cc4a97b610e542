"""Class-balanced sampling: uncertain rows that are expected to balance the class counts."""

from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.spatial.distance import cdist

from .._parameters import SCORING_STRATEGY, options, reals
from .._typing import Positions, Strategy
from ._base import QueryStrategy, ask_scores
from ._cost_matrix import seen_classes
from ._pool_probabilities import AllProbabilities, pool_probabilities
from .entropy_sampling import EntropySampling

_MOST_ROWS = 20_000


class ClassBalancedSampling(AllProbabilities, QueryStrategy):
    """Highest scores, with a penalty for the expected imbalance of the class counts.

    With the scores u of a strategy, probabilities P of shape (n_rows, n_classes) and z = 1 for
    picked rows, [1]_ solves

    .. math:: \\min_z \\; -z^T u + \\lambda \\lVert \\Omega - P^T z \\rVert_1,
              \\quad \\sum_i z_i = n, \\quad
              \\Omega_c = \\max \\Bigl( 0, \\frac{l + n}{C} - l_c \\Bigr)

    for n new labels and l labels so far, :math:`l_c` of them of class c. The paper uses a mixed
    integer program; this is ``solver="exact"``. By default, rows are picked one by one: each
    pick minimizes the same sum for one row. This scales to large pools.

    Read more in the :ref:`user guide <strategies-imbalance>`.

    Parameters
    ----------
    strategy : strategy with ``scores``, default=None
        Computes the scores u. None: ``EntropySampling()``, as in the paper.
    weight : float, default=0.6
        The weight :math:`\\lambda`, 0 or more, on the scale of the scores. The paper
        uses 0.6 for 10 classes and 2 for 100.
    solver : {"greedy", "exact"}, default="greedy"
        How to minimize the sum. With "exact", the rows of a batch are in order of their
        scores.

    See Also
    --------
    BalancedQuery : Balances classes by distances to class means.
    BalancedCoverage : Balances classes by coverage.

    Notes
    -----
    Only classes with a label count. The greedy solver costs the predictions and O(n N C) for n
    rows. Class probabilities stay in memory, 8 bytes per row and class. If a pool in memory
    has more than 50 million of them, the query raises a ValueError. Of a large dask
    collection, each query draws a sample: see :doc:`/user_guide/large_pools`. The exact solver
    takes minutes for a few thousand rows. With more than 20,000 rows it raises a ValueError,
    also for a dask collection.

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

    In a learner on imbalanced iris classes:

    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> X, y = X[:110], y[:110]  # 50, 50 and 10 rows
    >>> learner = ActiveLearner(GaussianNB(), ClassBalancedSampling(), budget=40, random_state=0)
    >>> np.bincount(learner.fit(X, y).y_labeled_)
    array([14, 17,  9])
    """

    _parameter_constraints: dict = {
        "strategy": SCORING_STRATEGY,
        "weight": [reals(0)],
        "solver": [options("greedy", "exact")],
    }

    def __init__(
        self, strategy: Strategy | None = None, weight: float = 0.6, *, solver: str = "greedy"
    ) -> None:
        self.strategy = strategy
        self.weight = weight
        self.solver = solver

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        if self.solver == "exact" and pool.n_rows > _MOST_ROWS:
            raise ValueError(
                f"ClassBalancedSampling(solver='exact') accepts at most {_MOST_ROWS:,} rows; got "
                f"{pool.n_rows:,}. Use solver='greedy', or a sample of the rows: "
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

    def requires_fit(self, learner: Any) -> bool:
        return True

    def _base(self):
        return EntropySampling() if self.strategy is None else self.strategy


def needed_labels(learner, n):
    """How many labels each class lacks for an equal share after n more labels.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner. A plain classifier has no labels.
    n : int
        Number of new labels.

    Returns
    -------
    needed : ndarray of float64, shape (n_seen_classes,)
        0 for a class that has enough.
    """
    classes, labels = seen_classes(learner), np.asarray(getattr(learner, "y_labeled_", ()))
    counts = np.array([np.count_nonzero(labels == label) for label in classes])
    return np.maximum(0.0, (len(labels) + n) / len(classes) - counts)


def _one_by_one(costs, probabilities, needed, weight, n, ties):
    """Pick rows one by one, each minimizing the sum."""
    costs, needed = costs.copy(), needed.copy()
    picks = np.empty(n, dtype=np.intp)
    for i in range(n):
        missing = cdist(probabilities, needed[None], "cityblock")[:, 0]
        picks[i] = ties.argmax(-(costs + weight * missing if weight else costs))
        costs[picks[i]] = np.inf
        needed -= probabilities[picks[i]]
    return picks


def _all_at_once(costs, probabilities, needed, weight, n):
    """The rows that minimize the sum; the imbalance of each class is a variable too."""
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
            f"solver='exact' found no solution: {result.message} Use solver='greedy'."
        )
    return np.sort(np.argsort(-result.x[:n_rows], kind="stable")[:n])
