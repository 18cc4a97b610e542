"""Diversification: the predicted classes in turn (the ``div`` of Aggarwal et al.)."""

import numpy as np

from .._parameters import FITTED_MODEL, Instance, options
from .._warnings import warn_of_equal_scores
from ..predictions import check_model, chunk_rows, class_outputs
from ..selection import are_equal, round_robin
from ._base import QueryStrategy
from .margin_sampling import MarginSampling


class Diversified(QueryStrategy):
    """A scoring strategy that goes round the classes a model predicts.

    Each row has a rank by score among the rows of the same predicted class;
    rows are picked by rank, then by score. That is Eqs. 4 to 6 of [1]_: walk
    down the sorted rows, take one unless its predicted class was taken
    already in this round, and start a new round when no class is left.

    Ranks are those among all rows of the pool, also the labeled ones, so
    that batches concatenate to the order of the whole and a labeled row has
    used up the turn of its class.

    Parameters
    ----------
    strategy : strategy with ``scores``, default=None
        The order inside a class. None: margin sampling, of a source model
        with the most certain rows first, as the paper has it, of the learner
        itself with the least certain ones.
    model : fitted classifier, default=None
        Whose predicted classes go round, as a rule a source model. None: the
        learner itself. Wrap it in ``sklearn.frozen.FrozenEstimator`` so that
        it survives clone.
    round_order : {"score", "class"}, default="score"
        Order inside a round: by score, as the paper's text has it, or by
        predicted class.

    See Also
    --------
    BalancedQuery : Goes round the true classes, as far as labels tell.

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
    """

    _parameter_constraints: dict = {
        "strategy": [
            Instance("pool_scores", "a strategy with one score per row, such as MarginSampling()"),
            None,
        ],
        "model": FITTED_MODEL,
        "round_order": [options("score", "class")],
    }

    def __init__(self, strategy=None, model=None, *, round_order="score"):
        self.strategy = strategy
        self.model = model
        self.round_order = round_order

    def select(self, learner, pool, n_queries):
        if self.requires_fit(learner):
            order, is_flat = self._order(learner, pool)
        else:
            order, is_flat = pool.memory.recall(
                self, "order", lambda: self._order(learner, pool)
            )
        if is_flat and n_queries < pool.n_available:
            warn_of_equal_scores(pool.n_available)
        return order[pool.available[order]][:n_queries]

    def requires_fit(self, learner):
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
