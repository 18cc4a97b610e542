"""Base class of the strategies that score each row."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._parameters import FITTED_MODEL, check_parameters
from .._typing import Floats, Positions, Rows
from ..pool import as_pool
from ..predictions import check_model, chunk_rows
from ..selection import top_n
from ._base import QueryStrategy, as_it_predicts, named, random_stream, warn_if_equal


@dataclass(frozen=True)
class RowScores:
    """A function that scores rows, created once per query.

    Parameters
    ----------
    function : callable
        Takes rows and returns their scores, float64 of shape (n_taken,); higher = picked
        first. The score of a row must not depend on other rows.
    chunk_rows : int
        Maximum number of rows per call.
    owner : QueryStrategy, default=None
        The strategy, if its scores of a row are the same in every round; then the
        pool remembers them.
    """

    function: Callable[[Any], Floats]
    chunk_rows: int
    owner: object = None


class ScoringStrategy(QueryStrategy):
    """Base class of the strategies that score each row.

    A subclass implements :meth:`score_rows`; the rows with the highest scores are
    picked. This class scores rows in chunks and in ``n_jobs`` threads. It scores the
    blocks of a dask collection on their workers, and tensors on an accelerator if the
    model returns tensors. If the score is one of :mod:`skactive.scores`, possibly
    negated, shifted or scaled, rows that cannot be picked are found in single precision.

    Read more in the :ref:`user guide <own-score>`.

    Parameters
    ----------
    invert : bool, default=False
        True puts the rows with the lowest scores first.
    model : fitted classifier, default=None
        The model to read predictions from. None: the learner itself.
    """

    # True if row_scores fits models to the learner's labels with a copy of its random stream
    fits_models = False

    _parameter_constraints: dict = {"invert": ["boolean"], "model": FITTED_MODEL}

    def __init__(self, invert: bool = False, model: Any = None) -> None:
        self.invert = invert
        self.model = model

    def score_rows(self, model: Any, X: Rows) -> Any:
        """Score rows, before ``invert``.

        Parameters
        ----------
        model : fitted classifier
            The model to read predictions from.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Higher = picked first.

        Raises
        ------
        NotImplementedError
            If a subclass defines neither this method nor another one that replaces it.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must define score_rows(self, model, X), which returns one "
            "number for each row of X; the rows with the highest numbers are picked."
        )

    def scores(self, learner: Any, X: Rows) -> Floats:
        """Score rows; higher = picked first.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The model to read predictions from, unless ``model`` is set.
        X : container of n_rows rows
            The rows.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Finite numbers.

        Raises
        ------
        TypeError
            If X is a dask collection.
        """
        check_parameters(self)
        pool = as_pool(X)
        if not pool.is_in_memory:
            raise TypeError(
                "scores() returns one number per row, but X is a dask collection and its rows "
                "are not in memory. Ask for the best rows, strategy(learner, X, n_queries), or "
                "score block by block, X.map_blocks(...)."
            )
        return self.pool_scores(learner, pool)

    def pool_scores(self, learner: Any, pool: Any) -> Floats:
        """Score the free rows of a pool; -inf for the other rows.

        A subclass overrides this method if the score of a row depends on other rows.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The learner that asks for rows.
        pool : skactive.pool.Pool
            The rows, and which of them are free.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Higher = picked first.
        """
        rows = self.row_scores(learner)
        scores = pool.map_rows(rows.function, rows.chunk_rows, owner=rows.owner)
        _check_one_each(self, scores)
        return scores

    def select(self, learner: Any, pool: Any, n_queries: int) -> Positions:
        if type(self).pool_scores is not ScoringStrategy.pool_scores:
            scores = self.pool_scores(learner, pool)
            _check_one_each(self, scores)
            picks = top_n(scores, n_queries, pool.ties)
            _check_no_nan(self, picks, n_queries)
            warn_if_equal(scores, picks, pool.n_available)
            pool.memory.note(picks, score=scores[picks])
            return picks
        travels = not (pool.is_in_memory or self.fits_models)
        rows = self.row_scores(as_it_predicts(learner) if travels else learner)
        picks = pool.top_rows(rows.function, rows.chunk_rows, n_queries, owner=rows.owner)
        _check_one_each(self, picks)
        _check_no_nan(self, picks, n_queries)
        if self.fits_models:
            picked = as_pool(pool.gather(picks))
            pool.memory.note(picks, score=picked.map_rows(rows.function, rows.chunk_rows))
            # so that the next query fits other models
            random_stream(learner).random_sample()
        return picks

    def row_scores(self, learner: Any) -> Any:
        """The function that scores rows, created once per query.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The learner that asks for rows.

        Returns
        -------
        scores : RowScores
            The function, and how to call it.
        """
        model = check_model(self.model, learner)
        function = functools.partial(self.score_rows, model)
        if self.invert:
            function = functools.partial(_negated, function)
        return RowScores(function, chunk_rows(model), None if model is learner else self)

    def requires_fit(self, learner: Any) -> bool:
        return self.model is None


def _check_one_each(strategy, scores):
    """Raise an error for scores, or picks by them, of more than one dimension."""
    if scores.ndim > 1:
        raise ValueError(
            f"{named(strategy)} returned {scores.shape[1]} scores for each row; expected one, so "
            "an array of shape (n_rows,). Take one column, or .ravel() an array of one column."
        )


def _check_no_nan(strategy, picks, n_queries):
    """Raise an error if fewer rows than possible have a score that is a number."""
    if len(picks) < n_queries:
        raise ValueError(
            f"{named(strategy)} returned NaN as a score of some rows; expected a number for each "
            "row. Usual causes are a division by zero and the logarithm of a probability of 0."
        )


def _negated(function, rows):
    return -function(rows)
