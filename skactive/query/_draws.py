"""Random draws of rows."""

import numpy as np
from sklearn.utils.random import sample_without_replacement

__all__ = ["draw_evenly", "draw_free", "draw_with_weights"]


def draw_evenly(positions, n, random_state):
    """Draw n positions uniformly without replacement; return all if there are no more.

    Parameters
    ----------
    positions : ndarray of int, shape (n_rows,)
        Ascending.
    n : int
        Number of positions.
    random_state : RandomState or int
        Used only if there are more than n positions.

    Returns
    -------
    drawn : ndarray of int, shape (min(n, n_rows),)
        Ascending.
    """
    if len(positions) <= n:
        return positions
    return positions[_ranks(len(positions), n, random_state)]


def draw_free(pool, n, random_state):
    """Draw n free rows of a pool with equal probability, or all of them if there are no more.

    Parameters
    ----------
    pool : Pool or BlockPool
        The pool.
    n : int
        Number of rows.
    random_state : RandomState or int
        The random stream; it advances if there are more rows.

    Returns
    -------
    positions : ndarray of int, shape (min(n, n_available),)
        Ascending.
    """
    n_free = pool.n_available
    return pool.nth_free(_ranks(n_free, n, random_state) if n < n_free else np.arange(n_free))


def _ranks(n_rows, n, random_state):
    return np.sort(sample_without_replacement(n_rows, n, random_state=random_state))


def draw_with_weights(weights, n, random_state):
    """Draw n rows with replacement, in proportion to weights, and count them.

    Parameters
    ----------
    weights : ndarray of float, shape (n_rows,)
        0 or more, not all 0.
    n : int
        Number of draws.
    random_state : RandomState
        The random stream.

    Returns
    -------
    rows : ndarray of int, shape (n_hit,)
        The rows drawn at least once, ascending.
    counts : ndarray of float64, shape (n_hit,)
        How often each was drawn; the sum is n.
    """
    total = np.cumsum(weights)
    points = np.minimum(random_state.random_sample(n) * total[-1], np.nextafter(total[-1], 0))
    rows, counts = np.unique(np.searchsorted(total, points, side="right"), return_counts=True)
    return rows, counts.astype(np.float64)
