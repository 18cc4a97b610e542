"""Two stages: one strategy keeps part of the pool, another one picks from that part."""

from typing import Any

import numpy as np

from .._parameters import SHARE, STRATEGY, ints
from .._typing import Positions, Strategy
from ._base import QueryStrategy, ask, ask_among, requires_fit
from ._cost import check_stage, number_of_rows
from .k_means_sampling import KMeansSampling
from .margin_sampling import MarginSampling

# rows to keep per row asked for, as in the paper
_KEPT_EACH = 10


class Filtered(QueryStrategy):
    """Two stages: one strategy keeps part of the pool, another one picks from that part.

    First ``by`` picks ``keep`` rows. Then ``strategy`` picks the batch among these
    rows. By default, k-means picks among the most uncertain rows. This is diverse
    mini-batch active learning [1]_ without its weights.

    Read more in the :ref:`user guide <strategies-combined>`.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        The strategy that picks the batch. None: ``KMeansSampling()``.
    by : strategy or callable, default=None
        The strategy that picks the rows to keep. None: ``MarginSampling()``.
    keep : int or float, default=None
        Number of rows to keep, at least as many as the query asks for. A float
        between 0 and 1 is a share of the free rows. None: ten per row asked for.

    See Also
    --------
    Subsampled : Keeps a random part of the pool.

    References
    ----------
    .. [1] F. Zhdanov (2019). Diverse mini-batch Active Learning.
       doi:10.48550/arXiv.1901.05954

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import Filtered, MarginSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[2.5], [2.49], [2.0], [9.0]]
    >>> Filtered(MarginSampling(invert=True), MarginSampling(), keep=3)(model, X, 2)
    array([2, 1])

    Diverse rows among the 50 most uncertain ones:

    >>> from sklearn.datasets import load_wine
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet
    >>> X, y = load_wine(return_X_y=True)
    >>> strategy = Filtered(CoreSet(), MarginSampling(), keep=50)
    >>> learner = ActiveLearner(GaussianNB(), strategy, random_state=0).teach(X[::9], y[::9])
    >>> learner.query(X, 5)
    array([ 59,  69, 152, 158, 130])
    """

    _parameter_constraints: dict = {
        "strategy": STRATEGY,
        "by": STRATEGY,
        "keep": [ints(1), SHARE, None],
    }

    def __init__(
        self,
        strategy: Strategy | None = None,
        by: Strategy | None = None,
        keep: float | None = None,
    ) -> None:
        self.strategy = strategy
        self.by = by
        self.keep = keep

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        keep = _KEPT_EACH * n_queries if self.keep is None else self.keep
        n_kept = number_of_rows(keep, pool.n_available)
        n_kept = min(max(n_kept, n_queries), pool.n_available)
        check_stage(self._base(), pool, n_kept)
        kept = np.sort(ask(self._filter(), learner, pool, n_kept))
        return ask_among(kept, self._base(), learner, pool, n_queries)

    def requires_fit(self, learner: Any) -> bool:
        return any(requires_fit(each, learner) for each in (self._filter(), self._base()))

    def _base(self):
        return KMeansSampling() if self.strategy is None else self.strategy

    def _filter(self):
        return MarginSampling() if self.by is None else self.by
