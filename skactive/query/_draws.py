"""Some of many rows, where a strategy does not look at all of them."""

import numpy as np
from sklearn.utils.random import sample_without_replacement

__all__ = ["draw_evenly", "draw_with_weights"]


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
    drawn = sample_without_replacement(len(positions), n, random_state=random_state)
    return positions[np.sort(drawn)]


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
