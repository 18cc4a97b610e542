"""Checks of ``exclude``: positions or a mask of rows that may not be picked."""

from collections.abc import Set

import numpy as np

from .._tensors import to_numpy
from .._warnings import warn_user

__all__ = ["as_positions", "check_exclude"]


def as_positions(values):
    """Positions or a mask as an array; an array of objects if they are neither."""
    if isinstance(values, Set):
        values = list(values)
    try:
        return np.asarray(to_numpy(values))
    except ValueError:  # lists of several lengths
        return np.asarray(repr(values), dtype=object)


def check_exclude(exclude, n_rows):
    """Check ``exclude`` and return it as a mask or an array of positions.

    Parameters
    ----------
    exclude : array of int or of bool, set or None
        The rows that may not be picked, as given by a user.
    n_rows : int
        Number of rows of the pool.

    Returns
    -------
    taken : ndarray of bool, shape (n_rows,), or of int
        The mask or the positions. Positions may occur twice.

    Raises
    ------
    TypeError
        If it is neither positions nor a mask.
    ValueError
        If the mask has the wrong length, or a position does not exist.
    """
    if exclude is None:
        return np.empty(0, dtype=np.intp)
    exclude = as_positions(exclude)
    if exclude.size == 0 and exclude.dtype != bool:
        return np.empty(0, dtype=np.intp)
    if exclude.ndim != 1 or exclude.dtype.kind not in "biu":
        is_nested = exclude.ndim > 1 or exclude.ndim == 0 and str(exclude).startswith("[")
        hint = " Collect positions with extend instead of append." if is_nested else ""
        raise TypeError(
            "exclude must be a 1-d array of positions or a boolean mask; got "
            f"dtype {exclude.dtype} and shape {exclude.shape}.{hint}"
        )
    if exclude.dtype == bool:
        if len(exclude) != n_rows:
            raise ValueError(
                f"exclude is a mask of length {len(exclude)}, but the pool has {n_rows} rows. "
                "Give a mask for the whole pool, and the same pool in every round."
            )
        return exclude
    if exclude.min() < 0 or exclude.max() >= n_rows:
        bad = exclude[(exclude < 0) | (exclude >= n_rows)][0]
        raise ValueError(
            f"exclude holds position {bad}, but the pool has rows 0 to {n_rows - 1}. "
            "Give positions in the whole pool, and the same pool in every round."
        )
    if len(exclude) == n_rows > 2 and exclude.max() == 1 and len(np.unique(exclude)) == 2:
        warn_user(
            f"exclude holds {n_rows} integers that are all 0 or 1, one for each row of the pool. "
            "They are read as the positions 0 and 1. If you mean a mask, give booleans: "
            "exclude.astype(bool)."
        )
    return exclude
