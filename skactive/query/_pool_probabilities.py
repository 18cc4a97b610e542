"""Class probabilities of a whole pool, kept in memory if they fit."""

import numpy as np

from .._tensors import to_numpy
from ..predictions import chunk_rows, class_probabilities

__all__ = ["pool_probabilities"]

# 400 MB in float64
_MOST_NUMBERS = 50_000_000


def pool_probabilities(strategy, model, pool):
    """Class probabilities of the free rows of a pool, -inf for the other rows.

    Parameters
    ----------
    strategy : QueryStrategy
        The strategy that needs them, for the message.
    model : ActiveLearner or fitted classifier
        The model to read predictions from.
    pool : Pool
        The rows.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_rows, n_seen_classes)
        One column for each class that the model has seen.

    Raises
    ------
    ValueError
        If there are more than 50 million numbers.
    """
    n_numbers = pool.n_rows * len(model.classes_)
    if pool.is_in_memory and n_numbers > _MOST_NUMBERS:
        name = type(strategy).__name__
        raise ValueError(
            f"{name} keeps the class probabilities of all rows in memory, at most "
            f"{_MOST_NUMBERS:,} numbers; got {n_numbers:,} ({pool.n_rows:,} rows, "
            f"{len(model.classes_)} classes). Wrap it so that it sees fewer rows at a time: "
            f"Subsampled({name}(), n_rows=20_000) or Partitioned({name}(), part_rows=20_000)."
        )

    def function(rows):
        return np.asarray(to_numpy(class_probabilities(model, rows)))

    return pool.map_rows(function, chunk_rows(model))
