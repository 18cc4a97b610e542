"""Base of the strategies that have one number a row."""

import functools
from dataclasses import dataclass

from .._parameters import FITTED_MODEL, check_parameters
from ..pool import as_pool
from ..predictions import check_model, chunk_rows
from ..selection import top_n
from ._base import QueryStrategy, as_it_predicts, random_stream, warn_if_equal


@dataclass(frozen=True)
class RowScores:
    """What scores the rows of a pool, made once a query.

    Parameters
    ----------
    function : callable
        Rows to scores, (n_taken,) of float64, higher = picked first. The score of a row
        must not depend on the rows beside it.
    chunk_rows : int
        Most rows at a time.
    owner : QueryStrategy, default=None
        The strategy, if it gives a row the same score in every round.
    """

    function: callable
    chunk_rows: int
    owner: object = None


class ScoringStrategy(QueryStrategy):
    """Base of the strategies that have one number a row.

    A subclass says in :meth:`score_rows` what its number is. The rest comes from
    here: rows are scored chunk by chunk, in ``n_jobs`` threads, in the blocks of dask
    where the pool is one of its collections, and on the accelerator where the numbers
    of a model live on one. Where the number is one of :mod:`skactive.scores`, negated,
    shifted or scaled or not, single precision sorts out the rows that cannot be picked.

    Parameters
    ----------
    invert : bool, default=False
        True puts the rows of the lowest numbers first.
    model : fitted classifier, default=None
        Whose predictions are read. None: those of the learner itself.
    """

    # True: row_scores fits models to the labels of the learner, by draws from a copy of its
    # random stream
    fits_models = False

    _parameter_constraints: dict = {"invert": ["boolean"], "model": FITTED_MODEL}

    def __init__(self, invert=False, model=None):
        self.invert = invert
        self.model = model

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
        check_parameters(self)
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

        A subclass whose score of a row depends on the other rows says so here.

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
        rows = self.row_scores(learner)
        return pool.map_rows(rows.function, rows.chunk_rows, owner=rows.owner)

    def select(self, learner, pool, n_queries):
        if type(self).pool_scores is not ScoringStrategy.pool_scores:
            scores = self.pool_scores(learner, pool)
            picks = top_n(scores, n_queries, pool.ties)
            warn_if_equal(scores, picks, pool.n_available)
            pool.memory.note(picks, score=scores[picks])
            return picks
        travels = not (pool.is_in_memory or self.fits_models)
        rows = self.row_scores(as_it_predicts(learner) if travels else learner)
        picks = pool.top_rows(rows.function, rows.chunk_rows, n_queries, owner=rows.owner)
        if self.fits_models:
            picked = as_pool(pool.gather(picks))
            pool.memory.note(picks, score=picked.map_rows(rows.function, rows.chunk_rows))
            # the next query is to fit others
            random_stream(learner).random_sample()
        return picks

    def row_scores(self, learner):
        """What scores rows, made once a query.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who asks.

        Returns
        -------
        scores : RowScores
            The function and how it is to be called.
        """
        model = check_model(self.model, learner)
        function = functools.partial(self.score_rows, model)
        if self.invert:
            function = functools.partial(_negated, function)
        return RowScores(function, chunk_rows(model), None if model is learner else self)

    def requires_fit(self, learner):
        return self.model is None


def _negated(function, rows):
    return -function(rows)
