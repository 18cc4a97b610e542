"""Strategies made of strategies: two stages, shares of a batch, turns."""

import numpy as np

from ..pool import Pool
from .base import QueryStrategy, ask, random_stream, requires_fit
from .kmeans import KMeansSampling
from .random import RandomSampling
from .uncertainty import MarginSampling


class Subsampled(QueryStrategy):
    """A strategy that sees some rows of the pool only, drawn anew for every query.

    The cost of a strategy on a large pool is then that on ``n_rows`` rows; a
    strategy that looks at all pairs of rows becomes feasible.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        Who picks among the drawn rows. None: ``MarginSampling()``.
    n_rows : int or float, default=10_000
        How many free rows are drawn; more when more are asked for. A float
        between 0 and 1 is a share of the free rows.

    See Also
    --------
    Filtered : Narrows down by a strategy instead of by chance.

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

    def __init__(self, strategy=None, n_rows=10_000):
        self.strategy = strategy
        self.n_rows = n_rows

    def select(self, learner, pool, n_queries):
        n_rows = _number_of_rows("n_rows", self.n_rows, pool.n_available)
        n_rows = min(max(n_rows, n_queries), pool.n_available)
        if n_rows == pool.n_available:
            return ask(self._base(), learner, pool.in_memory(), n_queries)
        rows = np.sort(pool.draw(n_rows, random_stream(learner)))
        return ask_among(rows, self._base(), learner, pool, n_queries)

    def requires_fit(self, learner):
        return requires_fit(self._base(), learner)

    def _base(self):
        return MarginSampling() if self.strategy is None else self.strategy


class Filtered(QueryStrategy):
    """Two stages: one strategy narrows the pool down, another picks from what is left.

    The default, k-means among the most uncertain rows, is the diverse
    mini-batch active learning of [1]_ without its weights.

    Parameters
    ----------
    strategy : strategy or callable, default=None
        Who picks. None: ``KMeansSampling()``.
    by : strategy or callable, default=None
        Whose first picks are kept. None: ``MarginSampling()``.
    keep : float, default=10
        Rows kept for each row asked for, 1 or more.

    See Also
    --------
    Subsampled : Narrows down by chance.

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
    """

    def __init__(self, strategy=None, by=None, keep=10):
        self.strategy = strategy
        self.by = by
        self.keep = keep

    def select(self, learner, pool, n_queries):
        if not self.keep >= 1:
            raise ValueError(f"keep must be 1 or more, got {self.keep!r}.")
        n_kept = min(int(np.ceil(self.keep * n_queries)), pool.n_available)
        kept = np.sort(ask(self._filter(), learner, pool, n_kept))
        return ask_among(kept, self._base(), learner, pool, n_queries)

    def requires_fit(self, learner):
        return any(requires_fit(each, learner) for each in (self._filter(), self._base()))

    def _base(self):
        return KMeansSampling() if self.strategy is None else self.strategy

    def _filter(self):
        return MarginSampling() if self.by is None else self.by


class _Several(QueryStrategy):
    """Base of the strategies that let several others pick parts of a batch."""

    def select(self, learner, pool, n_queries):
        members = self._members()
        turns = self._turns(learner, n_queries, len(members))
        picks = np.empty(n_queries, dtype=np.intp)
        for k, member in enumerate(members):
            chosen = ask(member, learner, pool, int(np.count_nonzero(turns == k)))
            picks[turns == k] = chosen
            pool = pool.without(chosen)
        return picks

    def requires_fit(self, learner):
        return any(requires_fit(member, learner) for member in self._members())

    def _members(self):
        if self.strategies is None:
            return [MarginSampling(), RandomSampling()]
        if not len(self.strategies):
            raise ValueError("strategies must be a list of at least one strategy, got none.")
        return list(self.strategies)

    def _turns(self, learner, n_queries, n_members):
        """Which strategy picks each row of a batch, (n_queries,)."""
        raise NotImplementedError


class Alternation(_Several):
    """Strategies in turn, label after label.

    Label number i goes to strategy ``i // every`` modulo their number; a
    batch is divided accordingly and no row is picked twice. With ``every``
    the batch size, whole batches alternate.

    Parameters
    ----------
    strategies : list of strategies or callables, default=None
        Who takes turns. None: ``[MarginSampling(), RandomSampling()]``.
    every : int, default=1
        Labels a turn.

    See Also
    --------
    Mixture : The strategy of each row is drawn.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skactive.query import Alternation, MarginSampling
    >>> model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    >>> X = [[9.0], [2.5], [2.0], [2.4], [7.0]]
    >>> Alternation([MarginSampling(), MarginSampling(invert=True)])(model, X, 4)
    array([1, 0, 3, 4])
    """

    def __init__(self, strategies=None, every=1):
        self.strategies = strategies
        self.every = every

    def _turns(self, learner, n_queries, n_members):
        if self.every < 1:
            raise ValueError(f"every must be at least 1, got {self.every!r}.")
        first = getattr(learner, "n_labels_", 0)
        return (first + np.arange(n_queries)) // self.every % n_members


class Mixture(_Several):
    """For each row of a batch, a strategy drawn by chance.

    With random sampling as one of them this is exploration with a fixed
    probability; it keeps a share of the labels an unbiased sample.

    Parameters
    ----------
    strategies : list of strategies or callables, default=None
        Who is drawn. None: ``[MarginSampling(), RandomSampling()]``.
    weights : list of float, default=None
        Chances in proportion. None: equal ones.

    See Also
    --------
    Alternation : In turn instead of by chance.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.query import MarginSampling, Mixture, RandomSampling
    >>> X, y = load_iris(return_X_y=True)
    >>> mixture = Mixture([MarginSampling(), RandomSampling()], weights=[0.9, 0.1])
    >>> ActiveLearner(query_strategy=mixture, budget=30, random_state=0).fit(X, y).n_labels_
    30
    """

    def __init__(self, strategies=None, weights=None):
        self.strategies = strategies
        self.weights = weights

    def _turns(self, learner, n_queries, n_members):
        weights = np.ones(n_members) if self.weights is None else np.asarray(self.weights, float)
        if weights.shape != (n_members,) or not (weights >= 0).all() or not weights.sum() > 0:
            raise ValueError(
                f"weights must be {n_members} numbers of 0 or more with a sum above 0, one for "
                f"each strategy, got {self.weights!r}."
            )
        chances = weights / weights.sum()
        return random_stream(learner).choice(n_members, size=n_queries, p=chances)


def ask_among(rows, strategy, learner, pool, n_queries):
    """Picks of a strategy that sees some free rows of a pool as its whole pool.

    Parameters
    ----------
    rows : ndarray of int
        Positions of those rows, ascending.
    strategy : QueryStrategy or callable
        Who picks.
    learner : ActiveLearner or fitted classifier
        Who asks.
    pool : Pool or BlockPool
        The pool that holds them.
    n_queries : int
        How many rows to pick.

    Returns
    -------
    positions : ndarray of int, shape (n_queries,)
        Positions into the pool.
    """
    part = Pool(pool.gather(rows), n_jobs=pool.n_jobs)
    return rows[ask(strategy, learner, part, n_queries)]


def _number_of_rows(name, value, n_rows):
    """A number of rows that is given as such or as a share."""
    is_share = isinstance(value, float)
    if not (0 < value <= 1 if is_share else value >= 1):
        raise ValueError(
            f"{name} must be an int of at least 1 or a float above 0 and at most 1, got {value!r}."
        )
    return int(np.ceil(value * n_rows)) if is_share else value
