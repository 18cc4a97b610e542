"""The simulation inside fit: labels of y are revealed batch by batch."""

import numpy as np

from ._block_rows import rows_at
from ._labeled import Labeled


class PlayingMixin:
    """Rounds of a fit with more labels than the budget allows."""

    def _play_rounds(self, given, columns, every_round, initial):
        """Reveal labels of y, batch by batch, until the budget is spent."""
        classes = np.unique(given.y)
        streams = self._streams(cold=False) if len(initial) else {}
        self._start_over(**columns, **streams, classes_=classes, _declared=classes)
        taken = np.zeros(len(given.y), dtype=bool)
        while self.n_labels_ < self.budget:
            is_asked = self.n_labels_ or not len(initial)
            picks = self._ask(given.X, taken, None) if is_asked else initial
            taken[picks] = True
            self._reveal(given, picks)
            self._report()
            is_last = self.n_labels_ == self.budget
            if self._n_found() > 1:
                if every_round or is_last or self._next_pick_needs_fit():
                    self._refit()
            yield self
        if self._n_found() < 2:
            self._check_found()
            self._refit()

    def _reveal(self, given, picks):
        """Keep the labels of some rows together with their positions."""
        new = Labeled(rows_at(given.X, picks), given.y[picks], given.params.rows(picks))
        before = self._labeled()
        labeled = new if before is None else before.plus(new)
        positions = np.concatenate([self._positions(), picks])
        self._put(
            **self._state_of(labeled),
            query_indices_=positions,
            _query_places=np.arange(len(positions)),
            _is_stale=True,
        )

    def _check_found(self):
        """Raise an error if the budget is spent on one class, unless y holds only one."""
        if len(self.classes_) > 1:
            raise ValueError(
                f"the budget of {self.budget} labels is spent, but they show only 1 class of the "
                f"{len(self.classes_)} in y. Raise budget, or let a strategy that finds rare "
                "classes pick the first rows: cold_start=BalancedCoverage(). In a search, "
                "error_score= says how such a fold counts."
            )
