"""Base of the strategies whose scores single precision can screen."""

import numpy as np

from .._greedy.screening import Shortlist, defined_together, screen
from .._tensors import lives_elsewhere
from ..predictions import check_model, check_sums, chunk_rows, unchecked_probabilities
from ..scores import FEW_CLASSES
from ._base import ScoringStrategy


class ScreenedStrategy(ScoringStrategy):
    """Base of those that single precision can screen: with many classes few rows need more.

    A subclass says in ``_sign`` and ``_number`` what :meth:`score_rows` is,
    and in ``_about`` what single precision says of it.
    """

    def select(self, learner, pool, n_queries):
        sign = -self._sign if self.invert else self._sign
        shortlist = Shortlist.of_pool(pool, n_queries, sign)
        if shortlist is None or not self._is_screened(learner):
            return super().select(learner, pool, n_queries)

        def score(X):
            probabilities = unchecked_probabilities(learner, X)

            def exact(rows):
                return sign * self._number(np.asarray(rows, dtype=np.float64))

            def check(rows):
                check_sums(learner, rows)

            if lives_elsewhere(probabilities):
                check(probabilities)
                return sign * self._number(probabilities)
            return screen(probabilities, self._about, shortlist, exact, check)

        return pool.top_rows(score, chunk_rows(learner), n_queries)

    def _is_screened(self, learner):
        """Whether the learner itself is read, has many classes, and no subclass scores anew."""
        if check_model(self.model, learner) is not learner:
            return False
        if not defined_together(self, "_about", "score_rows", "row_scores", "pool_scores"):
            return False
        has_many = len(getattr(learner, "classes_", ())) > FEW_CLASSES
        return has_many and hasattr(learner, "predict_proba")
