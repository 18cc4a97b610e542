"""ProbCover: the rows with the most uncovered rows nearby."""

from typing import Any

import numpy as np

from .._greedy.nearest import nearest_squared
from .._greedy.radius import RadiusNeighbors
from .._parameters import POSITIVE_INT, ints, reals
from .._typing import Positions
from ..selection import random_rows
from ._base import random_stream
from ._clusters import k_means
from ._cost import AllPairs, check_cost
from ._vectors import VectorStrategy

_ROWS_FOR_RADIUS = 1000


class ProbCover(AllPairs, VectorStrategy):
    """Repeatedly picks the row that covers the most uncovered rows.

    A row covers all rows within the distance ``delta``, including itself. Each pick
    covers the largest number of rows that no labeled or picked row covers (the greedy
    algorithm of [1]_). When all rows are covered, the rest is drawn at random.

    Read more in the :ref:`user guide <strategies-clusters>`.

    Parameters
    ----------
    delta : float, default=None
        The radius. None: the largest radius at which a share ``purity`` of the rows
        covers only rows of its own k-means cluster, as in [1]_. It is found on at
        most 1000 rows.
    purity : float, default=0.95
        This share, above 0 and at most 1.
    n_clusters : int, default=10
        Number of these clusters, ideally the number of classes.
    embed : fitted transformer or callable, default=None
        Maps rows to vectors. None: rows as the learner's estimator sees them, or
        vectors of a table; see :func:`skactive.embedding.choose_embedding`.
    max_pairs : int, default=50_000_000
        Maximum number of pairs within ``delta`` to keep in memory, 8 bytes each. If
        there are more, neighbors are computed whenever they are needed.

    See Also
    --------
    TypiClust : Picks from dense regions by clusters.
    CoreSet : Covers all rows with the smallest radius.

    Notes
    -----
    The strategy compares all pairs of rows once per pool, and keeps up to ``max_pairs`` of
    them in memory. A pool in memory of more than 100,000 rows raises a ValueError. Of a large
    dask collection, each query draws a sample: see :doc:`/user_guide/large_pools`.

    References
    ----------
    .. [1] O. Yehuda, A. Dekel, G. Hacohen, D. Weinshall (2022). Active
       Learning Through a Covering Lens. NeurIPS. doi:10.48550/arXiv.2205.11320

    Examples
    --------
    >>> from skactive import ActiveLearner
    >>> from skactive.query import ProbCover
    >>> X = [[0.0], [1], [2], [10], [10.5], [50]]
    >>> ActiveLearner(query_strategy=ProbCover(delta=1), random_state=0).query(X, 1)
    array([1])

    On the iris data set:

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=ProbCover(delta=1), random_state=0)
    >>> y[learner.query(X, 3)]
    array([2, 0, 1])
    """

    _parameter_constraints: dict = {
        **VectorStrategy._parameter_constraints,
        "delta": [reals(0), None],
        "purity": [reals(0, 1, closed="right")],
        "n_clusters": POSITIVE_INT,
        "max_pairs": [ints(0)],
    }

    def __init__(
        self,
        delta: float | None = None,
        *,
        purity: float = 0.95,
        n_clusters: int | None = 10,
        embed: Any = None,
        max_pairs: int = 50_000_000,
    ) -> None:
        super().__init__(embed)
        self.delta = delta
        self.purity = purity
        self.n_clusters = n_clusters
        self.max_pairs = max_pairs

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        check_cost(self, pool)

        def compute():
            vectors = self.vectors(learner, pool)
            delta = self._radius(vectors) if self.delta is None else self.delta
            return RadiusNeighbors(vectors, delta, self.max_pairs)

        neighbors = self.recall(learner, pool, "neighbors", compute)
        covered = np.zeros(pool.n_rows, dtype=bool)
        labeled = self.labeled_vectors(learner, pool)
        if labeled is not None:
            covered = nearest_squared(neighbors.vectors, labeled) <= neighbors.radius**2
        picks, n_covered = _cover(neighbors, covered, pool, n_queries)
        pool.memory.note(picks, gain=n_covered / pool.n_rows)
        rest = pool.available.copy()
        rest[picks] = False
        # drawn in any case, so that each query moves the stream by one draw
        stream = np.random.RandomState(random_stream(learner).randint(np.iinfo(np.int32).max))
        random = random_rows(rest, n_queries - len(picks), stream)
        return np.concatenate([picks, random]).astype(np.intp)

    def _radius(self, vectors):
        """The largest radius at which a share ``purity`` of rows covers only its own cluster."""
        # a fixed seed, so that the radius is the same if it is computed again
        stream = np.random.RandomState(0)
        n_rows = vectors.shape[0]
        rows = np.sort(stream.permutation(n_rows)[:_ROWS_FOR_RADIUS])
        clusters = k_means(vectors, self.n_clusters, stream).labels_
        gaps = np.full(len(rows), np.inf)
        for cluster in np.unique(clusters[rows]):
            inside, others = clusters[rows] == cluster, np.flatnonzero(clusters != cluster)
            if len(others):
                gaps[inside] = nearest_squared(vectors[rows[inside]], vectors[others])
        gaps = np.sqrt(np.sort(gaps[np.isfinite(gaps)]))
        return gaps[int((1 - self.purity) * len(gaps))] * (1 - 1e-9) if len(gaps) else 0.0


def _cover(neighbors, covered, pool, n):
    """Greedy cover, and the rows that each pick covers; fewer than n picks if all are covered."""
    covered = covered.copy()
    gains = neighbors.counts.astype(np.intp)
    np.subtract(gains, neighbors.count_around(np.flatnonzero(covered)), out=gains)
    gains[~pool.available] = -1
    picks, n_covered = [], []
    while len(picks) < n:
        row = pool.ties.argmax(gains)
        if gains[row] <= 0:
            break
        picks.append(row)
        n_covered.append(gains[row])
        around = neighbors.around(row)
        new = around[~covered[around]]
        covered[new] = True
        gains -= neighbors.count_around(new)
        gains[row] = -1
        gains[~pool.available] = -1
    return np.array(picks, dtype=np.intp), np.array(n_covered)
