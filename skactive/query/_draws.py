"""Some of many rows, where a strategy does not look at all of them."""

import numpy as np
from sklearn.utils.random import sample_without_replacement

__all__ = ["draw_evenly", "draw_free", "draw_with_weights"]


def draw_evenly(positions, n, random_state):
    """n of some positions, each as likely as the other; all of them where there are no more.

    Parameters
    ----------
    positions : ndarray of int, shape (n_rows,)
        Ascending.
    n : int
        How many.
    random_state : RandomState or int
        It moves on where there are more.

    Returns
    -------
    drawn : ndarray of int, shape (min(n, n_rows),)
        Ascending.
    """
    if len(positions) <= n:
        return positions
    return positions[_ranks(len(positions), n, random_state)]


def draw_free(pool, n, random_state):
    """n free rows of a pool, each as likely as the other; all of them where there are no more.

    Parameters
    ----------
    pool : Pool or BlockPool
        The rows.
    n : int
        How many.
    random_state : RandomState or int
        It moves on where there are more.

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
    """Rows that n draws with replacement hit, in proportion to weights, and how often.

    Parameters
    ----------
    weights : ndarray of float, shape (n_rows,)
        0 or more, not all 0.
    n : int
        How many draws.
    random_state : RandomState
        The stream.

    Returns
    -------
    rows : ndarray of int, shape (n_hit,)
        Ascending.
    counts : ndarray of float64, shape (n_hit,)
        Their sum is n.
    """
    total = np.cumsum(weights)
    points = np.minimum(random_state.random_sample(n) * total[-1], np.nextafter(total[-1], 0))
    rows, counts = np.unique(np.searchsorted(total, points, side="right"), return_counts=True)
    return rows, counts.astype(np.float64)
