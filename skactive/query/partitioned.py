"""A strategy that sees the pool part by part, and then what it picked in each."""

import copy

import numpy as np

from .._parameters import POSITIVE_INT, STRATEGY
from ._base import QueryStrategy, ask, ask_among, random_stream, requires_fit
from ._cost import check_stage
from .core_set import CoreSet


class Partitioned(QueryStrategy):
    """A strategy that picks in parts of the pool, and then among those picks.

    Each part of ``part_rows`` rows that lie one after the other is a pool of
    its own, of which the strategy picks as many rows as are asked for. Of all
    these picks together it picks again. No more than one part has to be in a
    memory at a time, parts are worked on side by side, and but for the picks
    of the parts no row leaves its place.

    What it costs in quality depends on the strategy. Strategies that score
    each row on its own and draw nothing pick the same rows as without parts. With
    :class:`CoreSet` the farthest row of the pool is at most 4 times as far
    from the nearest labeled or picked one as with the best rows there are;
    without parts that factor is 2 [1]_. Other strategies come without a
    guarantee; for those that maximize a submodular function, such as
    :class:`FacilityLocation`, rows in random order are the favourable case
    [2]_.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        Who picks. None: ``CoreSet()``.
    part_rows : int, default=100_000
        Rows a part.

    See Also
    --------
    Subsampled : Sees some rows only, drawn by chance.
    Filtered : Narrows down by another strategy.

    Notes
    -----
    Parts are the same whether the pool is in memory or a dask collection of
    any block sizes, and so are the picks. A part is a pool of its own also for
    strategies that weigh rows by the others, such as densities. Strategies
    that draw get a stream for each part from the learner's stream.

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

    def __init__(self, strategy=None, part_rows=100_000):
        self.strategy = strategy
        self.part_rows = part_rows

    def select(self, learner, pool, n_queries):
        strategy = self._base()
        if pool.n_rows <= self.part_rows:
            return ask(strategy, learner, pool.in_memory(), n_queries)
        n_parts = -(-pool.n_rows // self.part_rows)
        check_stage(strategy, pool, max(self.part_rows, n_parts * n_queries))
        seeds = random_stream(learner).randint(np.iinfo(np.int32).max, size=n_parts)

        def pick(part, number):
            asker = _with_stream(learner, seeds[number])
            return ask(strategy, asker, part, min(n_queries, part.n_available))

        picks = pool.map_parts(pick, self.part_rows)
        kept = np.concatenate([k * self.part_rows + rows for k, rows in enumerate(picks)])
        return ask_among(np.sort(kept), strategy, learner, pool, n_queries)

    def requires_fit(self, learner):
        return requires_fit(self._base(), learner)

    def _base(self):
        return CoreSet() if self.strategy is None else self.strategy


def _with_stream(learner, seed):
    """The same learner with a random stream of its own, if it has one."""
    if not hasattr(learner, "random_state_"):
        return learner
    twin = copy.copy(learner)
    twin.random_state_ = np.random.RandomState(seed)
    return twin
