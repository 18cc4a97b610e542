"""Positions from scores and groups."""

import numpy as np

from ._ties import TieOrder


def are_equal(scores, top, n_free):
    """Whether all scores that a query can choose among are equal.

    Parameters
    ----------
    scores : ndarray of float, shape (n_rows,)
        -inf for rows that are not free or cannot be among the best.
    top : ndarray of int, shape (n,)
        The picked rows, the best one first.
    n_free : int
        Number of free rows.

    Returns
    -------
    are_equal : bool
        False if no row was picked.
    """
    if not len(top) or scores[top[0]] != scores[top[-1]]:
        return False
    return np.count_nonzero(scores == scores[top[0]]) == n_free


def top_n(scores, n, ties=None):
    """Positions of the n highest scores, highest first.

    Parameters
    ----------
    scores : ndarray of float, shape (n_rows,) or (n_rows, k)
        Higher is better; -inf is never picked before a finite score.
    n : int
        Number of positions, at most n_rows.
    ties : TieOrder, default=None
        The order of rows with equal scores, usually ``pool.ties``. None: ``TieOrder()``.

    Returns
    -------
    positions : ndarray of int, shape (n,) or (n, k)
        The positions; for several columns, those of each column.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import top_n
    >>> top_n(np.array([.1, .7, .8, .9]), 3)
    array([3, 2, 1])
    """
    if scores.ndim > 1:
        return np.stack([top_n(column, n, ties) for column in scores.T], axis=1)
    ties = TieOrder() if ties is None else ties
    if n < len(scores):
        threshold = np.partition(scores, len(scores) - n)[len(scores) - n] if n else np.inf
        above = np.flatnonzero(scores > threshold)
        equal = np.flatnonzero(scores == threshold)
        candidates = np.concatenate([above, _first_ones(equal, n - len(above), ties)])
    else:
        candidates = np.arange(len(scores))
    return ties.ranked(candidates, scores[candidates])


def _first_ones(rows, n, ties):
    """The first n of some rows in the tie order; the result is not sorted."""
    if n >= len(rows):
        return rows
    return rows[np.argpartition(ties.keys(rows), n)[:n]]


def round_robin(groups, scores, *, by_group=False, ties=None):
    """All positions, one of each group in turn.

    The best row of each group comes in the first round, the second best row in the
    second round, and so on. Within a round, rows are sorted by score.

    Parameters
    ----------
    groups : ndarray of int, shape (n_rows,)
        Group of each row.
    scores : ndarray of float, shape (n_rows,)
        Higher is better.
    by_group : bool, default=False
        True sorts the rows of a round by group number instead of score.
    ties : TieOrder, default=None
        The order of rows with equal scores. None: ``TieOrder()``.

    Returns
    -------
    order : ndarray of int, shape (n_rows,)
        Every position once.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import round_robin
    >>> round_robin(np.array([0, 0, 0, 1]), np.array([.9, .8, .7, .1]))
    array([0, 3, 1, 2])
    """
    ties = TieOrder() if ties is None else ties
    by_score = ties.ranked(np.arange(len(scores)), scores)
    grouped = by_score[np.argsort(groups[by_score], kind="stable")]
    sorted_groups = groups[grouped]
    starts = np.searchsorted(sorted_groups, sorted_groups)
    turn = np.empty(len(scores), dtype=np.intp)
    turn[grouped] = np.arange(len(scores)) - starts
    rank = np.empty(len(scores), dtype=np.intp)
    rank[by_score] = np.arange(len(scores))
    return np.lexsort((groups if by_group else rank, turn))
