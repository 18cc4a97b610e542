"""Picks of a learner: which strategy picks, how many rows, and with which random stream."""

import weakref
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from .._warnings import warn_user
from ..pool import PoolMemory, as_pool, take_rows
from ..query._base import ask, check_n_queries, requires_fit, tie_order
from ._cold_start import cold_start_of
from ._default import default_strategy
from ._refusals import refusal
from ._row_hashes import are_among, row_hashes


class Picked(NamedTuple):
    """Notes on the picks of the last query, with the numbers of rows and labels at that time."""

    n_rows: int
    n_labels: int
    notes: dict


class PickingMixin:
    """Picks of a learner, given what it was taught so far.

    A cold start begins with a query to a learner without labels. It ends when
    there are ``n_initial`` labels of at least two classes. It has its own
    random stream.
    """

    # before the first query
    _cold = False
    _memory = None
    _picked = None
    # weak reference to the last pool that was checked for rows that the estimator refuses
    _checked_pool = None

    def _ask(self, X, exclude, n_queries):
        """Return the picks of a query.

        During the query, the learner does not hold its memory of the pool. So
        a second thread makes its own, and a memory that an error or an
        interrupt left incomplete is never used again.
        """
        memory = vars(self).pop("_memory", None)
        if memory is None or not memory.open(X):
            memory = PoolMemory(X)
        verbose = max((self.verbose or 0) - 1, 0)
        pool = as_pool(X, exclude, memory=memory, n_jobs=self.n_jobs, verbose=verbose)
        strategy, n_queries = self._turn(pool, n_queries, self._resolved_strategy(X))
        picks = ask(strategy, self, pool, n_queries)
        memory.close(X)
        self._memory = memory
        self._picked = Picked(pool.n_rows, self.n_labels_, memory.notes)
        return picks

    def _turn(self, pool, n_queries, strategy):
        """Return the strategy of this query, cold start or not, and its number of rows."""
        if not pool.n_available:
            why = "and all are excluded" if pool.n_rows else "so it is empty"
            raise ValueError(f"no row is free: the pool has {pool.n_rows} rows, {why}.")
        if strategy is not getattr(self, "strategy_", None):
            self.strategy_ = strategy
        if not hasattr(self, "random_state_"):
            self._start(cold=requires_fit(strategy, self))
        if self._is_stale and not self._has_failed and self._has_two_classes():
            if self._next_pick_needs_fit():  # repeat a fit that was interrupted
                self._refit()
        pool.ties = tie_order(self)
        if self._is_cold(strategy):
            strategy = cold_start_of(self, strategy, pool)
        elif self._cold:
            self._start_queries()
        n_queries = self._batch() if n_queries is None else n_queries
        return strategy, check_n_queries(n_queries, pool.n_available)

    def _batch(self):
        """Return the number of rows of a query without ``n_queries``."""
        n_rows = self.batch_size
        if self._cold and self.n_labels_ < self.n_initial:
            n_rows = min(n_rows, self.n_initial - self.n_labels_)
        if self.budget is None:
            return n_rows
        if self.n_labels_ >= self.budget:
            raise ValueError(
                f"the budget of {self.budget} labels is spent. Raise it with "
                "set_params(budget=...), or pass n_queries."
            )
        return min(n_rows, self.budget - self.n_labels_)

    def _is_cold(self, strategy):
        """Return whether the cold start still picks."""
        if not requires_fit(strategy, self):
            return False
        is_short = self._cold and self.n_labels_ < self.n_initial
        return is_short or not hasattr(self, "estimator_") or not self._has_two_classes()

    def _next_pick_needs_fit(self):
        return requires_fit(self.strategy_, self) and not (
            self._cold and self.n_labels_ < self.n_initial
        )

    def _resolved_strategy(self, X):
        """Return the strategy in use: the user's, or the default for such rows."""
        if self.query_strategy is not None:
            return self.query_strategy
        default = default_strategy(self, X)
        known = getattr(self, "strategy_", None)
        return known if type(known) is type(default) else default

    def _streams(self, cold):
        """Make random streams from one seed; draws of a cold start do not shift later draws."""
        seeds = check_random_state(self.random_state).randint(np.iinfo(np.int32).max, size=3)
        cold_seed, query_seed, estimator_seed = seeds.tolist()
        return {
            "_cold_seed": cold_seed,
            "_query_seed": query_seed,
            "_estimator_seed": estimator_seed,
            # one more number, derived from these seeds without another draw
            "_tie_seed": int(np.random.SeedSequence(seeds).generate_state(1)[0]),
            "_cold": cold,
            "random_state_": np.random.RandomState(cold_seed if cold else query_seed),
        }

    def _start(self, cold):
        # two threads that start at once share the streams of the first one
        self._put(**vars(self).setdefault("_first_streams", self._streams(cold)))

    def _start_queries(self):
        stream = np.random.RandomState(self._query_seed)
        stream = vars(self).setdefault("_query_stream", stream)
        self._put(_cold=False, random_state_=stream)

    def _stream(self):
        """Return the random stream and its state, which :meth:`_rewind` restores."""
        stream = getattr(self, "random_state_", None)
        return stream, None if stream is None else stream.get_state(legacy=False)

    def _rewind(self, stream, state):
        """Restore the random stream after a query that failed."""
        now = getattr(self, "random_state_", None)
        if now is not None and now is stream:
            now.set_state(state)
        elif now is not None:
            now.seed(self._cold_seed if self._cold else self._query_seed)

    def _warn_of_refusal(self, X, exclude):
        """Warn once per pool if the estimator will refuse free rows of it."""
        known = self._checked_pool
        if known is not None and known() is X:
            return
        why = refusal(self._base_estimator(), X, exclude)
        if why is not None:
            warn_user(f"{why} Otherwise teach raises an error once the rows have labels.")
        try:
            self._checked_pool = weakref.ref(X)
        except TypeError:  # a list
            pass

    def _warn_of_taught(self, X, picks, exclude):
        """Warn if picked rows equal rows that were already taught."""
        if not self.n_labels_ or not len(picks):
            return
        known, asked = self._hashes_of_labeled(), row_hashes(take_rows(X, picks))
        if known is None or asked is None:
            return
        again = np.flatnonzero(are_among(asked, known))
        if len(again):
            place = int(np.flatnonzero(known == asked[again[0]])[0])
            warn_user(
                f"{len(again)} of the {len(picks)} picked rows equal rows that were already taught"
                f": row {picks[again[0]]} of the pool equals that at place {place} of y_labeled_. "
                f"{_why_again(as_pool(X, exclude), known)}"
            )


def _why_again(pool, known):
    """Return the likely reason why taught rows were picked, and what to do."""
    excluded = np.flatnonzero(~pool.available)
    if not len(excluded):
        return "Pass the labeled rows as exclude=, or drop duplicates from the pool."
    hashes = row_hashes(pool.gather(excluded))
    n_open = np.count_nonzero(~are_among(known, hashes))
    if not n_open:
        return "All labeled rows are excluded, so the pool holds duplicates: drop them."
    lacks = f"exclude lacks {n_open} of the {len(known)} labeled rows"
    n_strange = np.count_nonzero(~are_among(hashes, known))
    if not n_strange:
        return f"{lacks}; add their positions, for example with labeled.extend(positions)."
    return (
        f"{lacks} and holds {n_strange} rows that were never taught. Probably the pool is in "
        "another order than when they were picked (sorted, shuffled or filtered). Pass it in the "
        "same order in every round."
    )
