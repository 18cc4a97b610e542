"""Match centers with distinct pool rows: first the best match of each, then the second.

Algorithm 1 of Gudovskiy et al. (2020), arXiv:2003.00393. The text takes a single
argmax; the authors' program does this walk.
"""

import numpy as np

from ..selection import TieOrder, slices, top_n

__all__ = ["level_walk", "match_rows"]

_CENTERS = 2048
_ROWS = 1 << 14


def match_rows(similarity, n_centers, n_rows, n, ties=None, *, n_neighbors=32):
    """Return distinct rows in the order in which a walk over the centers' matches meets them.

    Only the best matches of each center are kept. Their number doubles until
    the walk meets enough rows. The whole similarity matrix is never in memory.

    Parameters
    ----------
    similarity : callable
        ``similarity(centers, rows) -> block`` for two slices, of shape
        (n_centers_taken, n_rows_taken).
    n_centers, n_rows : int
        Number of centers and of rows.
    n : int
        Number of rows to return, at most n_rows.
    ties : skactive.selection.TieOrder, default=None
        Order of equal matches. None: ``TieOrder()``.
    n_neighbors : int, default=32
        Number of matches per center to begin with. It does not change the
        result.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        Rows in the order met.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.deep._matching import match_rows
    >>> R = np.array([[.9, .8, .1], [.95, .2, .7]])
    >>> match_rows(lambda centers, rows: R[centers, rows], 2, 3, 3)
    array([0, 1, 2])
    """
    ties = TieOrder() if ties is None else ties
    while True:
        n_neighbors = min(n_neighbors, n_rows)
        best = _best_matches(similarity, n_centers, n_rows, n_neighbors, ties)
        positions = level_walk(*best, ties)
        if len(positions) >= n or n_neighbors == n_rows:
            return positions[:n]
        n_neighbors *= 2


def level_walk(matches, values, ties=None):
    """Return distinct rows, level by level, and by similarity within a level.

    Parameters
    ----------
    matches : ndarray of int, shape (n_centers, n_levels)
        Best matches of each center, the best one first.
    values : ndarray of float, shape (n_centers, n_levels)
        Their similarities.
    ties : skactive.selection.TieOrder, default=None
        Order of equal values within a level. None: ``TieOrder()``.

    Returns
    -------
    positions : ndarray of int
        Each row once, where it is first met.
    """
    n_centers, n_levels = matches.shape
    levels = np.repeat(np.arange(n_levels), n_centers)
    rows = matches.T.ravel()
    keys = (TieOrder() if ties is None else ties).keys(rows)
    sequence = rows[np.lexsort((keys, -values.T.ravel(), levels))]
    first = np.unique(sequence, return_index=True)[1]
    return sequence[np.sort(first)]


def _best_matches(similarity, n_centers, n_rows, k, ties):
    """Return the k best rows of each center and their similarities, block by block."""
    parts = [
        _best_of_block(similarity, block, n_rows, k, ties) for block in slices(n_centers, _CENTERS)
    ]
    return tuple(np.concatenate(part) for part in zip(*parts))


def _best_of_block(similarity, centers, n_rows, k, ties):
    n_centers = centers.stop - centers.start
    matches = np.empty((n_centers, 0), dtype=np.intp)
    values = np.empty((n_centers, 0))
    for rows in slices(n_rows, _ROWS):
        positions = np.tile(np.arange(rows.start, rows.stop), (n_centers, 1))
        matches = np.hstack([matches, positions])
        values = np.hstack([values, similarity(centers, rows)])
        n_kept = min(k, values.shape[1])
        each = zip(values, matches)
        best = np.array([top_n(row, n_kept, ties.of(found)) for row, found in each])
        matches, values = (np.take_along_axis(part, best, axis=1) for part in (matches, values))
    return matches, values
