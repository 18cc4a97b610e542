"""What every query strategy is: a callable with parameters, without a fit."""

import copy
import numbers

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from ..pool import AllRowsNeededError, Pool, as_pool
from ..predictions import check_model, chunk_rows
from ..selection import top_n


class QueryStrategy(BaseEstimator):
    """Base of the strategies: ``strategy(learner, X, n_queries) -> positions``.

    A subclass says in :meth:`select` which rows it picks. A plain function of
    the same signature is a strategy too; a subclass gains that it sees the
    whole pool without a copy and may keep what does not change from round to
    round in ``pool.memory``.
    """

    def __call__(self, learner, X, n_queries):
        """Pick rows.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who asks.
        X : container of n_rows rows
            The pool, every row of it free.
        n_queries : int
            How many rows to pick; no more than there are come back.

        Returns
        -------
        positions : ndarray of int, shape (min(n_queries, n_rows),)
            Distinct positions into X, in pick order.
        """
        pool = as_pool(X)
        return self.select(learner, pool, check_n_queries(n_queries, pool.n_rows))

    def select(self, learner, pool, n_queries):
        """Pick free rows of a pool.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who asks.
        pool : skactive.pool.Pool
            The rows, and which of them are free.
        n_queries : int
            How many, at most ``pool.n_available``.

        Returns
        -------
        positions : ndarray of int, shape (n_queries,)
            Distinct free positions into ``pool.X``, in pick order.
        """
        raise NotImplementedError

    def requires_fit(self, learner):
        """Whether picks depend on a fit of the learner to labels.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who will ask.

        Returns
        -------
        required : bool
            False: the strategy picks from the very first label on.
        """
        return True


class RankingStrategy(QueryStrategy):
    """Base of the strategies that have one number a row, which :meth:`pool_scores` gives."""

    def scores(self, learner, X):
        """One number a row, higher = picked first.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The model that is read, unless ``model`` is set.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Finite numbers.
        """
        pool = as_pool(X)
        if not pool.is_in_memory:
            raise TypeError(
                "scores are a number for each row, and the rows of a dask collection are "
                "elsewhere. Ask for the best ones, strategy(learner, X, n_queries), or score it "
                "block by block, X.map_blocks(...)."
            )
        return self.pool_scores(learner, pool)

    def pool_scores(self, learner, pool):
        """The scores of the free rows of a pool, -inf for the others.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who asks.
        pool : skactive.pool.Pool
            The rows, and which of them are free.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Higher = picked first.
        """
        raise NotImplementedError

    def select(self, learner, pool, n_queries):
        return top_n(self.pool_scores(learner, pool), n_queries)


class RowwiseStrategy(RankingStrategy):
    """Base of those whose number of a row does not depend on the other rows.

    They score a pool block by block, wherever its blocks are.
    """

    def pool_scores(self, learner, pool):
        """The scores of the free rows of a pool, -inf for the others."""
        function, chunk_rows, owner = self.row_scores(learner)
        return pool.map_rows(function, chunk_rows, owner=owner)

    def select(self, learner, pool, n_queries):
        if type(self).pool_scores is not RowwiseStrategy.pool_scores:
            # a subclass has scores of its own
            return super().select(learner, pool, n_queries)
        function, chunk_rows, owner = self.row_scores(learner)
        return pool.top_rows(function, chunk_rows, n_queries, owner=owner)

    def row_scores(self, learner):
        """What scores rows, made once a query.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who asks.

        Returns
        -------
        function : callable
            Rows to scores, (n_taken,) of float64.
        chunk_rows : int
            Most rows at a time.
        owner : QueryStrategy or None
            This strategy, if the scores are the same in every round.
        """
        raise NotImplementedError


class ScoringStrategy(RowwiseStrategy):
    """Base of the strategies that read a model and have one number a row.

    A subclass has the parameters ``invert`` and ``model`` and says in
    :meth:`score_rows` what its number is.
    """

    def __init__(self, invert=False, model=None):
        self.invert = invert
        self.model = model

    def row_scores(self, learner):
        model = check_model(self.model, learner)
        owner = None if model is learner else self
        sign = -1.0 if self.invert else 1.0

        def score(rows):
            return sign * self.score_rows(model, rows)

        return score, chunk_rows(model), owner

    def select(self, learner, pool, n_queries):
        asker = learner if pool.is_in_memory else as_it_predicts(learner)
        return super().select(asker, pool, n_queries)

    def score_rows(self, model, X):
        """The number of each row, before ``invert``.

        Parameters
        ----------
        model : fitted classifier
            The model that is read.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Higher = picked first.
        """
        raise NotImplementedError

    def requires_fit(self, learner):
        return self.model is None


def ask(strategy, learner, pool, n_queries):
    """Picks of a strategy or of a plain function among the free rows of a pool.

    Parameters
    ----------
    strategy : QueryStrategy or callable
        A callable is given the free rows alone, as it would be by hand.
    learner : ActiveLearner or fitted classifier
        Who asks.
    pool : Pool
        The rows.
    n_queries : int
        How many, at most ``pool.n_available``.

    Returns
    -------
    positions : ndarray of int, shape (n_queries,)
        Positions into ``pool.X``.

    Raises
    ------
    ValueError, TypeError
        If the strategy returns something else; it is named.
    """
    check_strategy("a wrapped strategy", strategy)
    if n_queries == 0:
        return np.empty(0, dtype=np.intp)
    if getattr(type(strategy), "__call__", None) is QueryStrategy.__call__:
        positions = _select(strategy, learner, pool, n_queries)
        return _check_positions(strategy, positions, n_queries, pool.n_rows, pool.are_free)
    if not pool.is_in_memory:
        raise AllRowsNeededError.by(_named(strategy))
    free = pool.positions
    positions = strategy(learner, pool.free_rows(), n_queries)
    return free[_check_positions(strategy, positions, n_queries, len(free))]


def _select(strategy, learner, pool, n_queries):
    try:
        return strategy.select(learner, pool, n_queries)
    except AllRowsNeededError as error:
        # of strategies within strategies the innermost one
        raise error if error.name else AllRowsNeededError.by(_named(strategy)) from None


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


def ask_scores(strategy, learner, pool):
    """The scores of the free rows of a pool, -inf for the others, from a strategy that has them.

    Raises
    ------
    TypeError
        If the strategy has none; it is named.
    """
    if isinstance(strategy, type):
        check_strategy("a wrapped strategy", strategy)
    if hasattr(strategy, "pool_scores"):
        return strategy.pool_scores(learner, pool)
    if not hasattr(strategy, "scores"):
        raise TypeError(
            "a strategy with one score a row is needed, such as MarginSampling(), got "
            f"{strategy!r}."
        )
    scores = np.full(pool.n_rows, -np.inf)
    scores[pool.available] = strategy.scores(learner, pool.free_rows())
    return scores


def requires_fit(strategy, learner):
    """Whether a strategy needs a fitted learner; a plain function is taken to need one."""
    if not hasattr(strategy, "scores") or isinstance(strategy, type):
        check_strategy("a wrapped strategy", strategy)
    answer = getattr(strategy, "requires_fit", None)
    return True if answer is None else bool(answer(learner))


def as_it_predicts(model):
    """A learner without the rows that it was taught, which need not travel to blocks."""
    if not hasattr(model, "X_labeled_"):
        return model
    twin = copy.copy(model)
    del twin.X_labeled_
    return twin


def random_stream(learner):
    """The learner's random stream; one of its own for a classifier that has none."""
    return check_random_state(getattr(learner, "random_state_", None))


def random_stream_as_it_is(learner):
    """A copy of the learner's stream: what it draws is the same until the stream moves."""
    copied = np.random.RandomState()
    copied.set_state(random_stream(learner).get_state())
    return copied


def check_strategy(name, strategy):
    """Raise unless a strategy is a callable, and not the class of one."""
    if isinstance(strategy, type):
        raise TypeError(
            f"{name} must be a callable strategy(learner, X, n_queries), got the class "
            f"{strategy!r}. Did you mean {strategy.__name__}()?"
        )
    if not callable(strategy):
        raise TypeError(
            f"{name} must be a callable strategy(learner, X, n_queries), got {strategy!r}."
        )


def check_n_queries(n_queries, n_available):
    """n_queries as an int between 0 and the number of free rows."""
    if not isinstance(n_queries, numbers.Integral) or isinstance(n_queries, bool):
        raise TypeError(f"n_queries must be an int, got {n_queries!r}.")
    if n_queries < 0:
        raise ValueError(f"n_queries must be 0 or more, got {n_queries}.")
    return min(int(n_queries), n_available)


def _check_positions(strategy, positions, n_queries, n_rows, are_free=None):
    """The answer of a strategy as an int array, or an error that names the strategy."""
    answer = np.asarray(positions)
    if answer.ndim != 1 or (answer.dtype.kind not in "iu" and answer.size):
        raise TypeError(
            f"{_named(strategy)} returned {positions!r}; expected a 1-d array of int "
            "positions into the rows that it was given."
        )
    answer = answer.astype(np.intp)
    if len(answer) != n_queries:
        raise ValueError(
            f"{_named(strategy)} returned {len(answer)} positions where {n_queries} were "
            "asked for."
        )
    outside = (answer < 0) | (answer >= n_rows)
    if outside.any():
        raise ValueError(
            f"{_named(strategy)} returned position {answer[outside][0]}, but the pool "
            f"that it was given has rows 0 to {n_rows - 1}."
        )
    if len(np.unique(answer)) != len(answer):
        raise ValueError(f"{_named(strategy)} returned a position twice: {answer}.")
    if are_free is not None and not are_free(answer).all():
        raise ValueError(
            f"{_named(strategy)} returned position {answer[~are_free(answer)][0]}, "
            "which is excluded."
        )
    return answer


def _named(strategy):
    return f"the query strategy {getattr(strategy, '__name__', None) or repr(strategy)}"
