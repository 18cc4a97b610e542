"""Whom a learner asks for rows: the cold start or the strategy, with which stream, how many."""

import numpy as np
from sklearn.utils import check_random_state

from ..pool import PoolMemory, as_pool
from ..query import MarginSampling, RandomSampling
from ..query._base import ask, check_n_queries, requires_fit, tie_order


class PickingMixin:
    """Picks of a learner, from what it was taught so far.

    A cold start lasts from a query to a learner that was taught nothing until
    there are ``n_initial`` labels of at least two classes. It has a random
    stream of its own.
    """

    # a learner that was asked nothing yet
    _cold = False
    _memory = None

    def _pick(self, pool, n_queries):
        if not pool.n_available:
            why = "all of which are excluded" if pool.n_rows else "it is empty"
            raise ValueError(f"no row is free: the pool has {pool.n_rows} rows, {why}.")
        strategy = self._strategy()
        if self._is_stale:  # a fit that was interrupted is made up for
            self._refit()
        if not hasattr(self, "random_state_"):
            self._start(cold=requires_fit(strategy, self))
        pool.ties = tie_order(self)
        if self._is_cold(strategy):
            strategy = RandomSampling() if self.cold_start is None else self.cold_start
        elif self._cold:
            self._start_queries()
        n_queries = self._batch() if n_queries is None else n_queries
        return ask(strategy, self, pool, check_n_queries(n_queries, pool.n_available))

    def _batch(self):
        """Rows of a query that names no number."""
        n_rows = self.batch_size
        if self._cold and self.n_labels_ < self.n_initial:
            n_rows = min(n_rows, self.n_initial - self.n_labels_)
        if self.budget is None:
            return n_rows
        if self.n_labels_ >= self.budget:
            raise ValueError(
                f"the budget of {self.budget} labels is spent. Raise it by "
                "set_params(budget=...), or name n_queries."
            )
        return min(n_rows, self.budget - self.n_labels_)

    def _is_cold(self, strategy):
        """Whether labels are still to come from the cold start."""
        if not requires_fit(strategy, self):
            return False
        is_short = self._cold and self.n_labels_ < self.n_initial
        return is_short or self._n_found() < 2 or not hasattr(self, "estimator_")

    def _next_pick_needs_fit(self):
        return requires_fit(self._strategy(), self) and not (
            self._cold and self.n_labels_ < self.n_initial
        )

    def _pool(self, X, exclude):
        """The pool with what is known of it from the last query, if it is the same object."""
        if self._memory is None or not self._memory.is_about(X):
            self._memory = PoolMemory(X)
        verbose = max((self.verbose or 0) - 1, 0)
        return as_pool(X, exclude, memory=self._memory, n_jobs=self.n_jobs, verbose=verbose)

    def _strategy(self):
        return MarginSampling() if self.query_strategy is None else self.query_strategy

    def _start(self, cold):
        """Streams from one seed: what a cold start draws does not shift later draws."""
        seeds = check_random_state(self.random_state).randint(np.iinfo(np.int32).max, size=3)
        cold_seed, self._query_seed, self._estimator_seed = seeds.tolist()
        # one more number from what was drawn, which leaves the stream where it was
        self._tie_seed = int(np.random.SeedSequence(seeds).generate_state(1)[0])
        self._cold = cold
        self.random_state_ = np.random.RandomState(cold_seed if cold else self._query_seed)

    def _start_queries(self):
        self._cold = False
        self.random_state_ = np.random.RandomState(self._query_seed)
