"""Base of the strategies that see rows as vectors."""

import numpy as np
from scipy import sparse

from .._parameters import EMBED
from .._table_vectors import ROWS_TO_FIT, TableVectors
from ..embedding import (
    AsSeen,
    are_finite_numbers,
    embed_rows,
    embedding_needs_fit,
    fit_table,
    is_taken_as_it_is,
    sees_vectors,
    spread_positions,
)
from ..pool import num_samples, take_rows
from ._base import QueryStrategy


class VectorStrategy(QueryStrategy):
    """Base of the strategies that see rows as vectors and may not need a model.

    A subclass has the parameter ``embed``, and sets ``keeps_tensors`` when it
    can do with vectors that live on an accelerator.
    """

    keeps_tensors = False

    _parameter_constraints: dict = {"embed": EMBED}

    def __init__(self, embed=None):
        self.embed = embed

    def vectors(self, learner, pool):
        """The rows of the whole pool as vectors, (n_rows, n_features)."""

        def compute():
            return pool_vectors(learner, pool, self.embed, keep_tensors=self.keeps_tensors)

        return self.recall(learner, pool, "vectors", compute)

    def vectors_by_position(self, learner, pool):
        """Vectors of rows by position, of which only those asked for are fetched.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who asks.
        pool : Pool or BlockPool
            The rows.

        Returns
        -------
        vectors : ndarray, csr matrix or VectorsInBlocks, shape (n_rows, n_features)
            ``vectors[positions]`` are those of some rows; all of them are at hand if the pool
            is in memory.
        """
        if pool.is_in_memory:
            return self.vectors(learner, pool)
        return VectorsInBlocks(learner, pool, pool_embedding(learner, pool, self.embed))

    def labeled_vectors(self, learner, pool, start=0):
        """The labeled rows from one on as vectors like those of the pool; None without any."""
        labeled = getattr(learner, "X_labeled_", None)
        if labeled is None or num_samples(labeled) <= start:
            return None
        rows = take_rows(labeled, slice(start, None)) if start else labeled
        embed = pool_embedding(learner, pool, self.embed)
        return embed_rows(learner, rows, embed, keep_tensors=self.keeps_tensors)

    def recall(self, learner, pool, name, compute):
        """compute(), remembered for the pool unless vectors come from steps fitted on labels."""
        if embedding_needs_fit(learner, self.embed):
            return compute()
        return pool.memory.recall(self, name, compute)

    def requires_fit(self, learner):
        return embedding_needs_fit(learner, self.embed)


class VectorsInBlocks:
    """Vectors of the rows of a pool in blocks, which are fetched as they are asked for.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        Who asks.
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


def pool_embedding(learner, pool, embed):
    """What makes vectors of the rows of a pool, and of labeled rows to be compared with them.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        Who asks.
    pool : Pool or BlockPool
        The rows. Of a table on a cluster 20,000 rows are fetched, once for a pool.
    embed : fitted transformer, callable or None
        The parameter of a strategy.

    Returns
    -------
    embed : object
        To be handed to :func:`skactive.embedding.embed_rows`.
    """
    if embed is not None:
        return embed
    if embedding_needs_fit(learner):
        is_seen = sees_vectors(learner, _looked_at(pool))
    else:
        is_seen = pool.memory.recall(None, "is seen", lambda: _is_seen(learner, pool))
    if is_seen:
        return AsSeen()
    # a table does not depend on labels
    return pool.memory.recall(None, "table", lambda: fit_table(_looked_at(pool)))


def pool_vectors(learner, pool, embed, *, keep_tensors=False):
    """The rows of the whole pool as vectors, those of a table made once for all strategies."""
    X = pool.X
    embed = pool_embedding(learner, pool, embed)

    def compute():
        return embed_rows(learner, X, embed, keep_tensors=keep_tensors)

    if isinstance(embed, TableVectors):
        return pool.memory.recall(None, "table vectors", compute)
    return compute()


def _is_seen(learner, pool):
    """Whether the rows of a pool, and the labeled ones where it is a part, are vectors."""
    labeled = getattr(learner, "X_labeled_", None)
    is_complete = labeled is None or are_finite_numbers(labeled)
    return is_complete and sees_vectors(learner, _looked_at(pool)) and _are_all_finite(pool)


def _are_all_finite(pool):
    """Whether no number is missing in the rows of a cluster, most of which were not looked at."""
    if pool.is_in_memory or is_taken_as_it_is(pool.gather([])):
        return True
    return all(pool.map_blocks(are_finite_numbers))


def _looked_at(pool):
    """The rows of a pool, or those of a cluster that a choice is made by."""
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
    """The rows of two dense or sparse matrices, one below the other, as the first is."""
    if sparse.issparse(first):
        return sparse.vstack([first, second], format="csr")
    second = second.toarray() if sparse.issparse(second) else second
    return np.concatenate([first, second.astype(first.dtype, copy=False)])
