"""Random draws of rows."""

import numpy as np
from sklearn.utils.random import sample_without_replacement

__all__ = ["draw_evenly", "draw_with_weights"]


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
    drawn = sample_without_replacement(len(positions), n, random_state=random_state)
    return positions[np.sort(drawn)]


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
