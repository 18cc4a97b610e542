"""Subsampling: a strategy sees only a random sample of the pool."""

from typing import Any

from .._parameters import SHARE, STRATEGY, ints
from .._typing import Positions, Strategy
from ._base import QueryStrategy, ask, ask_among, random_stream, requires_fit
from ._cost import check_stage, number_of_rows
from ._draws import draw_free
from .margin_sampling import MarginSampling


class Subsampled(QueryStrategy):
    """Gives a strategy a random sample of the free rows, drawn anew for each query.

    On a large pool, a strategy then costs no more than on ``n_rows`` rows. This makes
    strategies feasible that compare all pairs of rows.

    Read more in the :ref:`user guide <strategies-combined>`.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        The strategy that picks among the drawn rows. None: ``MarginSampling()``.
    n_rows : int or float, default=10_000
        Number of free rows to draw, or their share if it is a float between 0 and 1.
        At least as many rows are drawn as the query asks for.

    See Also
    --------
    Filtered : Another strategy, not chance, chooses the rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet, Subsampled
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(query_strategy=Subsampled(CoreSet(), 50), random_state=0)
    >>> learner.query(X, 5).shape
    (5,)
    """

    _parameter_constraints: dict = {
        "strategy": STRATEGY,
        "n_rows": [ints(1), SHARE],
    }

    def __init__(self, strategy: Strategy | None = None, n_rows: float = 10_000) -> None:
        self.strategy = strategy
        self.n_rows = n_rows

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        n_rows = number_of_rows(self.n_rows, pool.n_available)
        n_rows = min(max(n_rows, n_queries), pool.n_available)
        if n_rows == pool.n_available:
            return ask(self._base(), learner, pool, n_queries)
        check_stage(self._base(), pool, n_rows)
        rows = draw_free(pool, n_rows, random_stream(learner))
        return ask_among(rows, self._base(), learner, pool, n_queries)

    def requires_fit(self, learner: Any) -> bool:
        return requires_fit(self._base(), learner)

    def _base(self):
        return MarginSampling() if self.strategy is None else self.strategy
