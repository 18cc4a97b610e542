"""Base class of the query strategies, and functions that ask a strategy for rows."""

import copy
import numbers
import reprlib
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from .._parameters import DeclaredParameters, check_parameters
from .._typing import Positions, Rows
from .._warnings import warn_of_equal_scores
from ..pool import AllRowsNeededError, Pool, as_pool, take_rows
from ..selection import TieOrder, are_equal
from ._cost import rows_to_draw, rows_to_fetch, tell_of_sample
from ._draws import draw_free


class QueryStrategy(DeclaredParameters, BaseEstimator):
    """Base class of the query strategies: ``strategy(learner, X, n_queries) -> positions``.

    A subclass implements :meth:`select`, which returns the rows that it picks. A
    plain function with this signature is a strategy too. A subclass can do more: it
    has parameters, sees the whole pool without a copy, and can store results in
    ``pool.memory`` and reuse them in later rounds.

    Read more in the :ref:`user guide <own-strategy>`.
    """

    def __call__(self, learner: Any, X: Rows, n_queries: int) -> Positions:
        """Pick rows.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The learner that asks for rows.
        X : container of n_rows rows
            The pool. All its rows may be picked.
        n_queries : int
            Number of rows to pick. If it exceeds n_rows, all rows are returned.

        Returns
        -------
        positions : ndarray of int, shape (min(n_queries, n_rows),)
            Distinct positions into X, in pick order.

        Raises
        ------
        TypeError
            If n_queries is not an int.
        ValueError
            If n_queries is negative.
        """
        check_parameters(self)
        pool = as_pool(X, ties=tie_order(learner))
        return self.select(learner, pool, check_n_queries(n_queries, pool.n_rows))

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        """Pick free rows of a pool.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The learner that asks for rows.
        pool : skactive.pool.Pool
            The rows, and which of them are free: neither labeled nor excluded.
        n_queries : int
            Number of rows to pick, at most ``pool.n_available``.

        Returns
        -------
        positions : ndarray of int, shape (n_queries,)
            Distinct free positions into ``pool.X``, in pick order.

        Raises
        ------
        NotImplementedError
            If a subclass does not define this method.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define select(self, learner, pool, n_queries), which "
            "returns the positions of the rows that it picks. To score each row instead, take "
            "ScoringStrategy as the base class."
        )

    def requires_fit(self, learner: Any) -> bool:
        """Whether the strategy needs a learner that is fitted to labels.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The learner that will ask for rows.

        Returns
        -------
        required : bool
            False if the strategy can pick rows before the first label.
        """
        return True


def ask(strategy, learner, pool, n_queries):
    """Ask a strategy or a plain function for free rows of a pool.

    Parameters
    ----------
    strategy : QueryStrategy or callable
        The strategy. A plain function receives only the free rows.
    learner : ActiveLearner or fitted classifier
        The learner that asks for rows.
    pool : Pool
        The rows.
    n_queries : int
        Number of rows to pick, at most ``pool.n_available``.

    Returns
    -------
    positions : ndarray of int, shape (n_queries,)
        Positions into ``pool.X``.

    Raises
    ------
    ValueError, TypeError
        If the strategy does not return n_queries distinct free positions. The
        message names the strategy.
    """
    if n_queries == 0:
        return np.empty(0, dtype=np.intp)
    is_ours = getattr(type(strategy), "__call__", None) is QueryStrategy.__call__
    if not pool.is_in_memory:
        positions = _ask_blocks(strategy, learner, pool, n_queries, is_ours)
    elif is_ours:
        positions = strategy.select(learner, pool, n_queries)
    if is_ours or not pool.is_in_memory:
        return _check_positions(strategy, positions, n_queries, pool.n_rows, pool.are_free)
    free = pool.positions
    positions = strategy(learner, pool.free_rows(), n_queries)
    return free[_check_positions(strategy, positions, n_queries, len(free))]


def _ask_blocks(strategy, learner, pool, n_queries, is_ours):
    """Ask about rows in blocks; a strategy that needs all rows sees them or a sample of them."""
    if is_ours:
        stream = random_stream(learner)
        before = stream.get_state()
        try:
            return strategy.select(learner, pool, n_queries)
        except AllRowsNeededError:
            stream.set_state(before)
    n_classes = len(getattr(learner, "classes_", ()))
    if pool.n_rows <= rows_to_fetch(strategy, pool, n_classes):
        return ask(strategy, learner, pool.in_memory(), n_queries)
    n_rows = rows_to_draw(strategy, pool, n_classes)
    n_rows = min(max(n_rows, n_queries), pool.n_available)
    tell_of_sample(strategy, pool, n_rows)
    rows = draw_free(pool, n_rows, random_stream(learner))
    return ask_among(rows, strategy, learner, pool, n_queries)


def ask_among(rows, strategy, learner, pool, n_queries):
    """Ask a strategy to pick among some free rows, as if they were the whole pool.

    Parameters
    ----------
    rows : ndarray of int
        Positions of these rows, ascending.
    strategy : QueryStrategy or callable
        The strategy that picks.
    learner : ActiveLearner or fitted classifier
        The learner that asks for rows.
    pool : Pool or BlockPool
        The pool that holds the rows.
    n_queries : int
        Number of rows to pick.

    Returns
    -------
    positions : ndarray of int, shape (n_queries,)
        Positions into the pool.
    """
    part = Pool(pool.gather(rows), n_jobs=pool.n_jobs, ties=pool.ties.of(rows))
    return rows[ask(strategy, learner, part, n_queries)]


def ask_scores(strategy, learner, pool):
    """A strategy's scores of the free rows of a pool, -inf for the other rows.

    Raises
    ------
    TypeError
        If the strategy has no scores. The message names it.
    """
    if hasattr(strategy, "pool_scores"):
        return strategy.pool_scores(learner, pool)
    if not hasattr(strategy, "scores"):
        raise TypeError(
            "a strategy with one score per row is needed, such as MarginSampling(); got "
            f"{strategy!r}, which has no scores."
        )
    scores = np.full(pool.n_rows, -np.inf)
    scores[pool.available] = strategy.scores(learner, pool.free_rows())
    return scores


def requires_fit(strategy, learner):
    """Whether a strategy needs a fitted learner. A plain function always does."""
    answer = getattr(strategy, "requires_fit", None)
    return True if answer is None else bool(answer(learner))


def as_it_predicts(model):
    """A copy of a learner without its labeled rows, to send to the workers of a cluster."""
    if not hasattr(model, "X_labeled_"):
        return model
    twin = copy.copy(model)
    twin.X_labeled_ = take_rows(model.X_labeled_, slice(0, 0))
    return twin


def warn_if_equal(scores, top, n_free):
    """Warn if all scores that a query can choose among are equal, see :func:`are_equal`."""
    if len(top) < n_free and are_equal(scores, top, n_free):
        warn_of_equal_scores(n_free)


def tie_order(learner):
    """The order of rows with equal scores: the learner's own, or a fixed one for a classifier."""
    return TieOrder(getattr(learner, "_tie_seed", 0))


def random_stream(learner):
    """The learner's random stream, or a new one if the classifier has none."""
    return check_random_state(getattr(learner, "random_state_", None))


def random_stream_as_it_is(learner):
    """A copy of the learner's random stream: two copies draw the same numbers."""
    copied = np.random.RandomState()
    copied.set_state(random_stream(learner).get_state())
    return copied


def check_n_queries(n_queries, n_available):
    """n_queries as an int between 0 and the number of free rows."""
    if not isinstance(n_queries, numbers.Integral) or isinstance(n_queries, bool):
        raise TypeError(f"n_queries must be an int, got {n_queries!r}.")
    if n_queries < 0:
        raise ValueError(f"n_queries must be 0 or more, got {n_queries}.")
    return min(int(n_queries), n_available)


def _check_positions(strategy, positions, n_queries, n_rows, are_free=None):
    """The positions that a strategy returned, as an int array, after checks."""
    answer = np.asarray(positions)
    if answer.ndim != 1 or (answer.dtype.kind not in "iu" and answer.size):
        raise TypeError(
            f"{named(strategy)} returned {_cut(positions)}; expected a 1-d array of int "
            "positions into the rows that it received."
        )
    answer = answer.astype(np.intp)
    if len(answer) != n_queries:
        raise ValueError(
            f"{named(strategy)} returned {len(answer)} positions; expected {n_queries}."
        )
    outside = (answer < 0) | (answer >= n_rows)
    if outside.any():
        raise ValueError(
            f"{named(strategy)} returned position {answer[outside][0]}, but the pool "
            f"that it received has rows 0 to {n_rows - 1}."
        )
    if len(np.unique(answer)) != len(answer):
        found, counts = np.unique(answer, return_counts=True)
        raise ValueError(f"{named(strategy)} returned a position twice: {found[counts > 1][0]}.")
    if are_free is not None and not are_free(answer).all():
        raise ValueError(
            f"{named(strategy)} returned position {answer[~are_free(answer)][0]}, "
            "which is excluded."
        )
    return answer


def _cut(answer):
    """Describe an answer in one line."""
    if isinstance(answer, np.ndarray):
        return f"a {answer.dtype} array of shape {answer.shape}"
    return reprlib.repr(answer)


def named(strategy):
    """The words by which a message names a strategy."""
    return f"the query strategy {getattr(strategy, '__name__', None) or repr(strategy)}"
