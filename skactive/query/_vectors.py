"""Base of the strategies that see rows as vectors."""

import numpy as np
from scipy import sparse

from .._parameters import EMBED
from ..embedding import embed_rows, embedding_needs_fit
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
        return self.recall(
            learner, pool, "vectors", lambda: self._embedded(learner, pool.X)
        )

    def labeled_vectors(self, learner, start=0):
        """The labelled rows from one on, as vectors; None where there is none."""
        labeled = getattr(learner, "X_labeled_", None)
        if labeled is None or num_samples(labeled) <= start:
            return None
        rows = take_rows(labeled, slice(start, None)) if start else labeled
        return self._embedded(learner, rows)

    def _embedded(self, learner, X):
        return embed_rows(learner, X, self.embed, keep_tensors=self.keeps_tensors)

    def recall(self, learner, pool, name, compute):
        """compute(), remembered for the pool unless vectors come from steps fitted on labels."""
        if embedding_needs_fit(learner, self.embed):
            return compute()
        return pool.memory.recall(self, name, compute)

    def requires_fit(self, learner):
        return embedding_needs_fit(learner, self.embed)


def stack_vectors(first, second):
    """The rows of two dense or sparse matrices, one below the other, as the first is."""
    if sparse.issparse(first):
        return sparse.vstack([first, second], format="csr")
    second = second.toarray() if sparse.issparse(second) else second
    return np.concatenate([first, second.astype(first.dtype, copy=False)])
