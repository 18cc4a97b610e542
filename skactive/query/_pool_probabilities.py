"""Class probabilities of a whole pool, kept in memory if they fit."""

import numpy as np

from .._tensors import to_numpy
from ..predictions import chunk_rows, class_probabilities

__all__ = ["AllProbabilities", "pool_probabilities"]


class AllProbabilities:
    """Mixin for strategies that keep the class probabilities of all rows in memory."""

    # 400 MB in float64
    max_probabilities = 50_000_000


def pool_probabilities(strategy, model, pool):
    """Class probabilities of the free rows of a pool, -inf for the other rows.

    Parameters
    ----------
    strategy : AllProbabilities
        The strategy that needs them.
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
        If there are more numbers than ``max_probabilities`` of the strategy. A dask
        collection of which this is true is sampled before it comes here.
    """
    n_numbers = pool.n_rows * len(model.classes_)
    if pool.is_in_memory and n_numbers > strategy.max_probabilities:
        name = type(strategy).__name__
        raise ValueError(
            f"{name} keeps the class probabilities of all rows in memory, at most "
            f"{strategy.max_probabilities:,} numbers; got {n_numbers:,} ({pool.n_rows:,} rows, "
            f"{len(model.classes_)} classes). Wrap it so that it sees fewer rows at a time: "
            f"Subsampled({name}(), n_rows=20_000) or Partitioned({name}(), part_rows=20_000)."
        )

    def function(rows):
        return np.asarray(to_numpy(class_probabilities(model, rows)))

    return pool.map_rows(function, chunk_rows(model))
