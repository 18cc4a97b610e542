"""Distinct pool rows for centres: everyone's best match first, then everyone's second.

Algorithm 1 of Gudovskiy et al. (2020), arXiv:2003.00393, where the text has
one argmax and the authors' program this walk.
"""

import numpy as np

from ..selection import TieOrder, slices, top_n

__all__ = ["level_walk", "match_rows"]

_CENTERS = 2048
_ROWS = 1 << 14


def match_rows(similarity, n_centers, n_rows, n, ties=None, *, n_neighbors=32):
    """Distinct rows, as the walk over the centres' sorted matches meets them.

    Only the best few matches of each centre are kept; their number doubles
    until the walk meets enough rows. The whole matrix never exists.

    Parameters
    ----------
    similarity : callable
        ``similarity(centers, rows) -> block`` for two slices, shape
        (n_centers_taken, n_rows_taken).
    n_centers, n_rows : int
        How many there are.
    n : int
        How many rows to return, at most n_rows.
    ties : skactive.selection.TieOrder, default=None
        Which of equal matches comes first. None: ``TieOrder()``.
    n_neighbors : int, default=32
        Matches of each centre that are kept at first. The result does not
        depend on it.

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
    """Distinct rows, level after level and by similarity inside a level.

    Parameters
    ----------
    matches : ndarray of int, shape (n_centers, n_levels)
        Best matches of each centre, the best one first.
    values : ndarray of float, shape (n_centers, n_levels)
        Their similarities.
    ties : skactive.selection.TieOrder, default=None
        Which of equal ones inside a level comes first. None: ``TieOrder()``.

    Returns
    -------
    positions : ndarray of int
        Each row the first time it is met.
    """
    n_centers, n_levels = matches.shape
    levels = np.repeat(np.arange(n_levels), n_centers)
    rows = matches.T.ravel()
    keys = (TieOrder() if ties is None else ties).keys(rows)
    sequence = rows[np.lexsort((keys, -values.T.ravel(), levels))]
    first = np.unique(sequence, return_index=True)[1]
    return sequence[np.sort(first)]


def _best_matches(similarity, n_centers, n_rows, k, ties):
    """The k best rows of each centre and their similarities, block by block."""
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
