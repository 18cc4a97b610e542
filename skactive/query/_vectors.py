"""Base class of the strategies that see rows as vectors."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone

from .._parameters import EMBED
from .._table_vectors import ROWS_TO_FIT, TableVectors
from .._unwrapping import steps_without_fit
from ..embedding import (
    AsSeen,
    are_finite_numbers,
    can_embed,
    embed_rows,
    embedding_needs_fit,
    fit_table,
    is_taken_as_it_is,
    sees_vectors,
)
from ..pool import num_samples, take_rows
from ..selection import spread_positions
from ._base import QueryStrategy


class VectorStrategy(QueryStrategy):
    """Base class of the strategies that see rows as vectors and may not need a model.

    A subclass has the parameter ``embed``. It sets ``keeps_tensors`` to True if it
    can work with vectors on an accelerator.
    """

    keeps_tensors = False

    _parameter_constraints: dict = {"embed": EMBED}

    def __init__(self, embed: Any = None) -> None:
        self.embed = embed

    def vectors(self, learner: Any, pool: Any) -> Any:
        """The vectors of all rows of the pool, shape (n_rows, n_features)."""

        def compute():
            return pool_vectors(learner, pool, self.embed, keep_tensors=self.keeps_tensors)

        if embedding_needs_fit(learner, self.embed):
            return compute()
        return pool.memory.recall(self, "vectors", compute)

    def vectors_by_position(self, learner, pool):
        """Vectors that are indexed by positions; of rows in blocks, only these are fetched.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The learner that asks for rows.
        pool : Pool or BlockPool
            The rows.

        Returns
        -------
        vectors : ndarray, csr matrix or VectorsInBlocks, shape (n_rows, n_features)
            ``vectors[positions]`` are the vectors of some rows.
        """
        if pool.is_in_memory:
            return self.vectors(learner, pool)
        return VectorsInBlocks(learner, pool, pool_embedding(learner, pool, self.embed))

    def labeled_vectors(self, learner, pool, start=0):
        """The vectors of the labeled rows from ``start`` on, or None if there are none."""
        labeled = getattr(learner, "X_labeled_", None)
        if labeled is None or num_samples(labeled) <= start:
            return None
        rows = take_rows(labeled, slice(start, None)) if start else labeled
        embed = pool_embedding(learner, pool, self.embed)
        return embed_rows(learner, rows, embed, keep_tensors=self.keeps_tensors)

    def recall(self, learner: Any, pool: Any, name: str, compute: Any) -> Any:
        """Compute a value once per pool, unless the vectors depend on labels."""
        if embedding_needs_fit(learner, self.embed):
            return compute()
        return pool.memory.recall(self, name, compute)

    def requires_fit(self, learner: Any) -> bool:
        return embedding_needs_fit(learner, self.embed)


class VectorsInBlocks:
    """Vectors of a pool in blocks; indexing fetches rows.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner that asks for rows.
    pool : BlockPool
        The rows.
    embed : object
        As from :func:`pool_embedding`.

    Attributes
    ----------
    shape : tuple of int
        ``(n_rows, n_features)``.
    """

    def __init__(self, learner, pool, embed):
        self._learner, self._pool, self._embed = learner, pool, embed
        self.shape = pool.n_rows, self[np.arange(min(1, pool.n_rows))].shape[1]

    def __getitem__(self, positions):
        return embed_rows(self._learner, self._pool.gather(positions), self._embed)


def needs_only_vectors(strategy):
    """Whether a strategy needs a fitted learner for nothing but the vectors of a Pipeline."""
    reads_no_model = (
        isinstance(strategy, VectorStrategy)
        and type(strategy).requires_fit is VectorStrategy.requires_fit
    )
    return reads_no_model and strategy.embed is None


def starting_form(strategy, learner, pool):
    """The form of a strategy that picks before the Pipeline of a learner is fitted.

    Parameters
    ----------
    strategy : strategy
        The strategy in use.
    learner : ActiveLearner
        The learner that asks for rows.
    pool : Pool or BlockPool
        The rows.

    Returns
    -------
    strategy : VectorStrategy or None
        A copy that sees the output of steps that need no fit, or the rows themselves, or
        vectors of a table. None if the strategy reads a model, or if the rows are images
        or cannot be converted to vectors.
    """
    if not needs_only_vectors(strategy):
        return None
    before = steps_without_fit(learner)
    if before is not None and sees_vectors(learner, _looked_at(pool)):
        return clone(strategy).set_params(embed=before)
    rows = _looked_at(pool)
    if getattr(rows, "ndim", 2) > 2 or not can_embed(rows):
        return None
    # without the learner's estimator, and so without its Pipeline
    taught = SimpleNamespace(X_labeled_=getattr(learner, "X_labeled_", None))
    embed = pool_embedding(taught, pool, None)
    embed = as_they_are if isinstance(embed, AsSeen) else embed
    return pool.memory.recall(strategy, "start", lambda: clone(strategy).set_params(embed=embed))


def as_they_are(X):
    """An ``embed`` that takes rows as they are."""
    return X


def pool_embedding(learner, pool, embed):
    """The object that maps the rows of a pool, and labeled rows, to vectors.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner that asks for rows.
    pool : Pool or BlockPool
        The rows. If they are a table on a cluster, 20,000 rows are fetched once per pool.
    embed : fitted transformer, callable or None
        The parameter of a strategy.

    Returns
    -------
    embed : object
        Pass it to :func:`skactive.embedding.embed_rows`.
    """

    def are_vectors():
        labeled = getattr(learner, "X_labeled_", None)
        # labeled rows may have missing values that the pool does not have
        is_complete = labeled is None or are_finite_numbers(labeled)
        return is_complete and sees_vectors(learner, _looked_at(pool)) and _are_all_finite(pool)

    if embed is not None:
        return embed
    if embedding_needs_fit(learner):
        is_seen = sees_vectors(learner, _looked_at(pool))
    else:
        is_seen = pool.memory.recall(None, "is seen", are_vectors)
    if is_seen:
        return AsSeen()
    # a table does not depend on labels
    return pool.memory.recall(None, "table", lambda: fit_table(_looked_at(pool)))


def pool_vectors(learner, pool, embed, *, keep_tensors=False):
    """The vectors of all rows of a pool; all strategies share those of a table."""
    X = pool.X
    embed = pool_embedding(learner, pool, embed)

    def compute():
        return embed_rows(learner, X, embed, keep_tensors=keep_tensors)

    if isinstance(embed, TableVectors):
        return pool.memory.recall(None, "table vectors", compute)
    return compute()


def _are_all_finite(pool):
    """Whether no number is missing in any block; True for a pool in memory, checked before."""
    if pool.is_in_memory or is_taken_as_it_is(pool.gather([])):
        return True
    return all(pool.map_blocks(are_finite_numbers))


def _looked_at(pool):
    """The rows that decide how to embed a pool: all rows, or a sample from a cluster."""
    if pool.is_in_memory:
        return pool.X
    none = pool.gather([])
    if is_taken_as_it_is(none):
        return none
    return pool.memory.recall(
        None,
        "spread rows",
        lambda: pool.gather(spread_positions(pool.n_rows, ROWS_TO_FIT)),
    )


def stack_vectors(first, second):
    """Stack two dense or sparse matrices; the result has the type of the first."""
    if sparse.issparse(first):
        return sparse.vstack([first, second], format="csr")
    second = second.toarray() if sparse.issparse(second) else second
    return np.concatenate([first, second.astype(first.dtype, copy=False)])
