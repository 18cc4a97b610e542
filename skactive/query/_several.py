"""Base class of the strategies that divide a batch among other strategies."""

from typing import Any

import numpy as np

from .._typing import Positions
from ._base import QueryStrategy, ask, requires_fit
from .margin_sampling import MarginSampling
from .random_sampling import RandomSampling


class SeveralStrategies(QueryStrategy):
    """Base class of the strategies that divide a batch among other strategies."""

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        members = self._members()
        turns = self._turns(learner, n_queries, len(members))
        picks = np.empty(n_queries, dtype=np.intp)
        for k, member in enumerate(members):
            chosen = ask(member, learner, pool, int(np.count_nonzero(turns == k)))
            picks[turns == k] = chosen
            pool = pool.without(chosen)
        return picks

    def requires_fit(self, learner: Any) -> bool:
        return any(requires_fit(member, learner) for member in self._members())

    def _members(self):
        if self.strategies is None:
            return [MarginSampling(), RandomSampling()]
        return list(self.strategies)

    def _turns(self, learner, n_queries, n_members):
        """The number of the strategy that picks each row of a batch, shape (n_queries,)."""
        raise NotImplementedError
