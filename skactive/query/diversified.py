"""Diversification: take the predicted classes in turn."""

from typing import Any

import numpy as np

from .._parameters import FITTED_MODEL, Instance, options
from .._typing import Positions, Strategy
from .._warnings import warn_of_equal_scores
from ..predictions import check_model, chunk_rows, class_outputs
from ..selection import are_equal, round_robin
from ._base import QueryStrategy
from .margin_sampling import MarginSampling


class Diversified(QueryStrategy):
    """Picks the best row of each predicted class, then the second best, and so on.

    Within each predicted class, rows are ranked by their scores. Rows are picked by
    rank, and by score if ranks are equal. This is the ``div`` of [1]_ (Eqs. 4 to 6):
    go through the rows by descending score, skip rows with a predicted class that was
    already taken in this round, and start a new round when no class is left.

    All rows of the pool are ranked, including the labeled ones. A labeled row therefore
    uses the turn of its class, and the picks do not depend on the batch size.

    Read more in the :ref:`user guide <strategies-diversity>`.

    Parameters
    ----------
    strategy : strategy with ``scores``, default=None
        Ranks the rows within a class. None: margin sampling. With ``model``, it puts the
        most certain rows first, as in the paper; without, the least certain ones.
    model : fitted classifier, default=None
        The model that predicts the classes, usually a source model. None: the learner
        itself. Wrap it in ``sklearn.frozen.FrozenEstimator`` so that it stays fitted
        when a search clones the learner.
    round_order : {"score", "class"}, default="score"
        Order within a round: by score, as in the text of the paper, or by predicted
        class.

    See Also
    --------
    BalancedQuery : Balances the true classes of the labels so far.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import Diversified, MarginSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[1.5], [1.7], [1.9], [3.2]]
    >>> MarginSampling(invert=True)(model, X, 3)
    array([0, 1, 3])
    >>> Diversified(MarginSampling(invert=True))(model, X, 3)
    array([0, 3, 1])

    The predicted classes of six picks from the wine data set:

    >>> from sklearn.datasets import load_wine
    >>> X, y = load_wine(return_X_y=True)
    >>> model = GaussianNB().fit(X[::6], y[::6])
    >>> model.predict(X[Diversified()(model, X, 6)])
    array([1, 2, 0, 1, 2, 0])
    """

    _parameter_constraints: dict = {
        "strategy": [
            Instance("pool_scores", "a strategy with one score per row, such as MarginSampling()"),
            None,
        ],
        "model": FITTED_MODEL,
        "round_order": [options("score", "class")],
    }

    def __init__(
        self, strategy: Strategy | None = None, model: Any = None, *, round_order: str = "score"
    ) -> None:
        self.strategy = strategy
        self.model = model
        self.round_order = round_order

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        if self.requires_fit(learner):
            order, is_flat = self._order(learner, pool)
        else:
            order, is_flat = pool.memory.recall(
                self, "order", lambda: self._order(learner, pool)
            )
        if is_flat and n_queries < pool.n_available:
            warn_of_equal_scores(pool.n_available)
        return order[pool.available[order]][:n_queries]

    def requires_fit(self, learner: Any) -> bool:
        return self.model is None or self._base().requires_fit(learner)

    def _order(self, learner, pool):
        model = check_model(self.model, learner)
        everyone = pool.whole()
        groups = everyone.map_rows(lambda X: class_outputs(model, X).argmax(1), chunk_rows(model))
        scores = self._base().pool_scores(learner, everyone)
        by_class = self.round_order == "class"
        order = round_robin(groups.astype(np.intp), scores, by_group=by_class, ties=pool.ties)
        return order, are_equal(scores, order, len(order))

    def _base(self):
        if self.strategy is not None:
            return self.strategy
        return MarginSampling(invert=self.model is not None, model=self.model)
