"""A loop with an oracle that can be interrupted; questions and answers are kept at once."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np

from .._typing import Labels, Positions, Rows
from ..pool import as_pool, take_rows
from ..stopping import PoolMonitor, StoppingCriterion
from ._arguments import check_parameters
from ._row_hashes import row_hashes
from ._validation import check_pool


class RunningMixin:
    """Query, ask and teach in a loop; positions are kept together with the labels."""

    # positions and rows of the current question to the oracle, and its answer once known
    _asked = None

    def run(
        self,
        X_pool: Rows,
        oracle: Callable[[Positions], Labels],
        *,
        exclude: Labels | None = None,
        stop: StoppingCriterion | Callable[[Any], bool] | None = None,
    ) -> Self:
        """Query, ask an oracle and teach, until the budget is spent or no row is free.

        After an interrupt, call the method again with the same pool. It asks
        again for the rows of the interrupted round.

        Parameters
        ----------
        X_pool : container of n_rows rows
            The pool.
        oracle : callable
            ``oracle(positions) -> labels`` returns one label per position.
        exclude : array of int or of bool, default=None
            Positions that must not be picked, or a mask of length n_rows that
            is True for them.
        stop : StoppingCriterion or callable, default=None
            Criterion of :mod:`skactive.stopping`, applied to a sample of the
            pool after each round; or ``stop(learner) -> bool``.

        Returns
        -------
        self : ActiveLearner
            The learner with the labels of the oracle.

        Raises
        ------
        TypeError
            If the oracle is not callable.
        ValueError
            If the oracle does not return one label per position.
        """
        check_parameters(self)
        if not callable(oracle):
            raise TypeError(f"oracle must be a callable, positions -> labels, got {oracle!r}.")
        monitor = None if stop is None else PoolMonitor(stop, check_pool(self, X_pool))
        for _ in self._run_rounds(X_pool, oracle, exclude):
            if monitor is not None and monitor.update(self):
                break
        return self

    def _run_rounds(self, X, oracle, exclude):
        """Yield the learner after each round of labels from an oracle."""
        X = check_pool(self, X)
        self._warn_of_refusal(X, exclude)
        pool = as_pool(X, exclude)
        if self._asked is not None and self._asked["labels"] is not None:
            self._take_answer()
        pool = pool.without(self._resume(pool))
        if self._is_stale and self._has_two_classes():
            self._refit()
        while pool.n_available and (self.budget is None or self.n_labels_ < self.budget):
            positions = self._open_round(X, pool)
            self._asked["labels"] = oracle(positions)
            self._take_answer()
            pool = pool.without(positions)
            self._report()
            yield self

    def _open_round(self, X, pool):
        """Return the rows to ask about: those of an interrupted round, or the next ones."""
        before = self._stream()
        try:
            if self._asked is None:
                taken = ~pool.available if pool.is_in_memory else pool.taken
                positions = self._ask(X, taken, None)
                rows = pool.gather(positions)
                self._asked = {"positions": positions, "rows": rows, "labels": None}
            self._keep_to_budget(pool)
        except BaseException:
            if self._asked is None:
                self._rewind(*before)
            raise
        return self._asked["positions"]

    def _keep_to_budget(self, pool):
        """Shorten an interrupted round if labels taught since then left too few for it."""
        positions = self._asked["positions"]
        if self.budget is not None and self.n_labels_ + len(positions) > self.budget:
            positions = positions[: self.budget - self.n_labels_]
            self._asked = {"positions": positions, "rows": pool.gather(positions), "labels": None}

    def _take_answer(self):
        """Teach the answer to a round, and discard it if it is invalid."""
        asked, labels = self._asked, self._asked["labels"]
        positions = asked["positions"]
        places = self.n_labels_ + np.arange(len(positions))
        try:
            if np.ndim(labels) != 1 or len(labels) != len(positions):
                raise ValueError(
                    f"oracle was asked for {len(positions)} labels and returned {labels!r}. It "
                    "must return one label for each position, as a list or a 1-d array."
                )
            self._teach(
                asked["rows"],
                labels,
                {},
                query_indices_=np.concatenate([self._positions(), positions]),
                _query_places=np.concatenate([self._places_of_positions(), places]),
                _asked=None,
            )
        except Exception:
            asked["labels"] = None
            raise

    def _report(self):
        if self.verbose:
            limit = "" if self.budget is None else f"/{self.budget}"
            print(f"[ActiveLearner] {self.n_labels_}{limit} labels, {self._n_found()} classes")

    def _positions(self):
        return getattr(self, "query_indices_", np.empty(0, dtype=np.intp))

    def _places_of_positions(self):
        return getattr(self, "_query_places", np.arange(len(self._positions())))

    def _resume(self, pool):
        """Return the positions in the pool that were already asked, if it is the same pool."""
        positions, places = self._positions(), self._places_of_positions()
        asked = self._asked
        if asked is not None:
            rows = asked["positions"]
            is_open = max(rows) < pool.n_rows and pool.are_free(rows).all()
            if not is_open or not _are_same(pool.gather(rows), asked["rows"]):
                asked = None
        if len(positions) and not self._were_asked(pool, positions, places):
            positions, places = positions[:0], places[:0]
        self._put(_asked=asked, query_indices_=positions, _query_places=places)
        return positions

    def _were_asked(self, pool, positions, places):
        """Return whether the rows at these positions were taught at these places."""
        if positions.max() >= pool.n_rows:
            return False
        return _are_same(pool.gather(positions), take_rows(self.X_labeled_, places))


def _are_same(rows, others):
    """Return whether rows equal others; True if that is unknown."""
    hashes = row_hashes(rows), row_hashes(others)
    if hashes[0] is None or hashes[1] is None:
        return rows == others if isinstance(rows, list) else True
    return np.array_equal(*hashes)
