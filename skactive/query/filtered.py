"""Two stages: one strategy keeps part of the pool, another one picks from that part."""

from typing import Any

import numpy as np

from .._parameters import STRATEGY, reals
from .._typing import Positions, Strategy
from ._base import QueryStrategy, ask, ask_among, requires_fit
from .k_means_sampling import KMeansSampling
from .margin_sampling import MarginSampling


class Filtered(QueryStrategy):
    """Two stages: one strategy keeps part of the pool, another one picks from that part.

    First ``by`` picks ``keep`` times as many rows as the query asks for. Then
    ``strategy`` picks the batch among these rows. By default, k-means picks among
    the most uncertain rows. This is diverse mini-batch active learning [1]_ without
    its weights.

    Read more in the :ref:`user guide <strategies-combined>`.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        The strategy that picks the batch. None: ``KMeansSampling()``.
    by : strategy or callable, default=None
        The strategy that picks the rows to keep. None: ``MarginSampling()``.
    keep : float, default=10
        Rows to keep per row asked for, 1 or more.

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
    >>> Filtered(MarginSampling(invert=True), MarginSampling(), keep=1.5)(model, X, 2)
    array([2, 1])

    Diverse rows among the 50 most uncertain ones:

    >>> from sklearn.datasets import load_wine
    >>> from skactive import ActiveLearner
    >>> from skactive.query import CoreSet
    >>> X, y = load_wine(return_X_y=True)
    >>> strategy = Filtered(CoreSet(), MarginSampling(), keep=10)
    >>> learner = ActiveLearner(GaussianNB(), strategy, random_state=0).teach(X[::9], y[::9])
    >>> learner.query(X, 5)
    array([ 59,  69, 152, 158, 130])
    """

    _parameter_constraints: dict = {
        "strategy": STRATEGY,
        "by": STRATEGY,
        "keep": [reals(1)],
    }

    def __init__(
        self, strategy: Strategy | None = None, by: Strategy | None = None, keep: Any = 10
    ) -> None:
        self.strategy = strategy
        self.by = by
        self.keep = keep

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        n_kept = min(int(np.ceil(self.keep * n_queries)), pool.n_available)
        kept = np.sort(ask(self._filter(), learner, pool, n_kept))
        return ask_among(kept, self._base(), learner, pool, n_queries)

    def requires_fit(self, learner: Any) -> bool:
        return any(requires_fit(each, learner) for each in (self._filter(), self._base()))

    def _base(self):
        return KMeansSampling() if self.strategy is None else self.strategy

    def _filter(self):
        return MarginSampling() if self.by is None else self.by
