"""Class probabilities of a whole pool, kept in memory for a query, as far as they fit."""

import numpy as np

from .._tensors import to_numpy
from ..predictions import chunk_rows, class_probabilities

__all__ = ["pool_probabilities"]

# 400 MB in float64
_MOST_NUMBERS = 50_000_000


def pool_probabilities(strategy, model, pool):
    """Class probabilities of the free rows of a pool, -inf for the others.

    Parameters
    ----------
    strategy : QueryStrategy
        Who needs them all at once; the error names it.
    model : ActiveLearner or fitted classifier
        Whose they are.
    pool : Pool
        The rows.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_rows, n_seen_classes)
        One column for each class that the model has seen.

    Raises
    ------
    ValueError
        At once, if these are more than 50 million numbers.
    """
    n_numbers = pool.n_rows * len(model.classes_)
    if pool.is_in_memory and n_numbers > _MOST_NUMBERS:
        name = type(strategy).__name__
        raise ValueError(
            f"{name} keeps the class probabilities of all rows in memory, up to "
            f"{_MOST_NUMBERS:,} numbers, and here are {n_numbers:,} ({pool.n_rows:,} rows, "
            f"{len(model.classes_)} classes). Let it see fewer rows at a time: "
            f"Subsampled({name}(), n_rows=20_000) or Partitioned({name}(), part_rows=20_000)."
        )

    def function(rows):
        return np.asarray(to_numpy(class_probabilities(model, rows)))

    return pool.map_rows(function, chunk_rows(model))
