"""Partitioning: a strategy sees the pool part by part, and then its picks from all parts."""

import copy
from typing import Any

import numpy as np

from .._parameters import POSITIVE_INT, STRATEGY
from .._typing import Positions, Strategy
from ._base import QueryStrategy, ask, ask_among, random_stream, requires_fit
from ._cost import check_stage, warn_of_minutes
from .core_set import CoreSet


class Partitioned(QueryStrategy):
    """Lets a strategy pick in each part of the pool, and then among these picks.

    The parts are ``part_rows`` consecutive rows each. In each part, the strategy picks
    as many rows as the query asks for. Then it picks the batch among these rows. Each
    part must fit into memory, but the whole pool need not. Parts are processed in
    parallel. On a cluster, they are processed where their rows are, and only the picks
    are sent to the client.

    The loss in quality depends on the strategy:

    - Strategies that score each row on its own and draw no random numbers pick the same
      rows as without parts.
    - With :class:`CoreSet`, the largest distance of a row to its nearest labeled or
      picked row is at most 4 times the smallest possible one. Without parts the
      factor is 2 [1]_.
    - Other strategies have no guarantee. Those that maximize a submodular function, such
      as :class:`FacilityLocation`, lose least if the rows are in random order [2]_.

    Read more in the :ref:`user guide <strategies-combined>`.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        The strategy that picks. None: ``CoreSet()``.
    part_rows : int, default=100_000
        Number of rows per part.

    See Also
    --------
    Subsampled : Uses a random sample of the rows.
    Filtered : Another strategy chooses the rows.

    Notes
    -----
    Parts and picks are the same for a pool in memory and for a dask collection with
    any block sizes. Strategies that compare a row with all others, for example by a
    density, compare it only with the rows of its part. Each part has its own random
    stream.

    References
    ----------
    .. [1] G. Malkomes, M. J. Kusner, W. Chen, K. Q. Weinberger, B. Moseley
       (2015). Fast Distributed k-Center Clustering with Outliers on Massive
       Data. NeurIPS 28, 1063-1071.
    .. [2] R. Barbosa, A. Ene, H. L. Nguyen, J. Ward (2015). The Power of
       Randomization: Distributed Submodular Maximization on Massive Datasets.
       ICML, PMLR 37, 1236-1244.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet, Partitioned
    >>> X, y = load_digits(return_X_y=True)
    >>> strategy = Partitioned(CoreSet(), part_rows=500)
    >>> learner = ActiveLearner(query_strategy=strategy).teach(X[:10], y[:10])
    >>> learner.query(X, 3, exclude=range(10))
    array([1277, 1572, 1419])
    """

    _parameter_constraints: dict = {"strategy": STRATEGY, "part_rows": POSITIVE_INT}

    def __init__(self, strategy: Strategy | None = None, part_rows: int = 100_000) -> None:
        self.strategy = strategy
        self.part_rows = part_rows

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        strategy = self._base()
        if pool.n_rows <= self.part_rows:
            return ask(strategy, learner, pool.in_memory(), n_queries)
        n_parts = -(-pool.n_rows // self.part_rows)
        check_stage(strategy, pool, max(self.part_rows, n_parts * n_queries))
        warn_of_minutes(strategy, self.part_rows, n_parts)
        seeds = random_stream(learner).randint(np.iinfo(np.int32).max, size=n_parts)

        def pick(part, number):
            asker = _with_stream(learner, seeds[number])
            return ask(strategy, asker, part, min(n_queries, part.n_available))

        picks = pool.map_parts(pick, self.part_rows)
        kept = np.concatenate([k * self.part_rows + rows for k, rows in enumerate(picks)])
        return ask_among(np.sort(kept), strategy, learner, pool, n_queries)

    def requires_fit(self, learner: Any) -> bool:
        return requires_fit(self._base(), learner)

    def _base(self):
        return CoreSet() if self.strategy is None else self.strategy


def _with_stream(learner, seed):
    """A copy of the learner with its own random stream, if the learner has a stream."""
    if not hasattr(learner, "random_state_"):
        return learner
    twin = copy.copy(learner)
    twin.random_state_ = np.random.RandomState(seed)
    return twin
