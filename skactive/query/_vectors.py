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

        if embedding_needs_fit(learner, self.embed):
            return compute()
        return pool.memory.recall(self, "vectors", compute)

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


def pool_embedding(learner, pool, embed):
    """What makes vectors of the rows of a pool, and of labeled rows to be compared with them.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        Who asks.
    pool : Pool or BlockPool
        The rows. Of a dask dataframe with other columns than numbers 20,000 rows
        are fetched, once for a pool.
    embed : fitted transformer, callable or None
        The parameter of a strategy.

    Returns
    -------
    embed : object
        To be handed to :func:`skactive.embedding.embed_rows`.
    """

    def are_vectors():
        labeled = getattr(learner, "X_labeled_", None)
        # the labeled rows may have gaps where the pool has none
        is_complete = labeled is None or are_finite_numbers(labeled)
        return is_complete and sees_vectors(learner, _looked_at(pool))

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
    """The rows of the whole pool as vectors, those of a table made once for all strategies."""
    X = pool.X
    embed = pool_embedding(learner, pool, embed)

    def compute():
        return embed_rows(learner, X, embed, keep_tensors=keep_tensors)

    if isinstance(embed, TableVectors):
        return pool.memory.recall(None, "table vectors", compute)
    return compute()


def _looked_at(pool):
    """The rows of a pool, or those of a cluster that a choice is made by."""
    if pool.is_in_memory:
        return pool.X
    none = pool.gather([])
    if are_finite_numbers(none):  # numbers are taken as they are, and stay where they are
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
