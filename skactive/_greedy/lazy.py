"""The maximum of values that only fall, without computing all of them.

Each row has an upper bound: its value when it was last computed. Only rows with a
bound above the best value so far are computed again, usually a few per pick. This
applies to k-center, to k-means++ seeding, and to greedy maximization of any submodular
function.
"""

import numpy as np

from ..selection import TieOrder

__all__ = ["LazyGreedy"]


class LazyGreedy:
    """Rows in the order of greedy maximization.

    Parameters
    ----------
    bounds : ndarray of float64, shape (n_rows,)
        Upper bounds of the values; -inf for rows that must not be taken. Changed in
        place.
    measure : callable
        ``measure(rows) -> values`` computes the present values of some rows. No value
        may exceed the bound of its row.
    lower_all : callable, default=None
        ``lower_all()`` lowers all ``bounds`` in place. It is called instead of measuring
        more than a quarter of the rows.
    block : int, default=256
        Maximum number of rows per call of ``measure``.
    ties : skactive.selection.TieOrder, default=None
        The order of rows with equal values. None: ``TieOrder()``.

    Notes
    -----
    The rows taken are the same as if all values were computed in every step, as long as
    the values from ``measure`` do not depend on the other rows of a call.

    References
    ----------
    .. [1] M. Minoux (1978). Accelerated greedy algorithms for maximizing
       submodular set functions. Optimization Techniques, 234-243.
       doi:10.1007/BFb0006528

    Examples
    --------
    >>> import numpy as np
    >>> from skactive._greedy.lazy import LazyGreedy
    >>> values = np.array([3.0, 9.0, 7.0, 1.0])
    >>> lazy = LazyGreedy(np.array([8.0, 9.0, 9.0, 2.0]), lambda rows: values[rows])
    >>> lazy.take(), lazy.take(), lazy._n_measured
    (1, 2, 3)
    """

    def __init__(self, bounds, measure, *, lower_all=None, block=256, ties=None):
        self.bounds = bounds
        # counter for tests
        self._n_measured = 0
        self._measure = measure
        self._lower_all = lower_all
        self._block = block
        self._ties = TieOrder() if ties is None else ties
        # the row to start the next search at; None: the row with the highest bound
        self._next = None
        self._is_present = np.zeros(len(bounds), dtype=bool)

    def take(self, weights=None):
        """Take the row with the highest value; it cannot be taken again.

        Parameters
        ----------
        weights : ndarray of float64, shape (n_rows,), default=None
            Positive factors of the values, for this call only.

        Returns
        -------
        row : int
            The row. Its bound becomes -inf, and all measured values become upper bounds.
        """
        keys = self._keys(weights)
        best, size = -1, 1
        row = int(keys.argmax()) if self._next is None else self._next
        while not self._is_present[row] and (best < 0 or keys[row] > keys[best]):
            rows = np.array([row]) if size == 1 else self._contenders(best, keys)
            if size >= self._block and self._lower_all and 4 * len(rows) > len(keys):
                self._lower_all()
                keys, size = self._keys(weights), 1
            else:
                rows = _highest(rows, keys, size)
                self._update(rows, keys, weights)
                challenger = rows[keys[rows].argmax()]
                if best < 0 or keys[challenger] > keys[best]:
                    best = challenger
                size = min(16 * size, self._block)
            row = int(keys.argmax())
        row = self._first_of_equals(row if self._is_present[row] else best, keys, weights)
        self.bounds[row] = -np.inf
        self._is_present[:] = False
        return row

    def _keys(self, weights):
        return self.bounds if weights is None else self.bounds * weights

    def _contenders(self, best, keys):
        """Rows that are not measured yet and may exceed the best measured one."""
        rows = np.flatnonzero(keys > keys[best])
        return rows[~self._is_present[rows]]

    def _first_of_equals(self, row, keys, weights):
        """The row to take among those with the highest value, given one of them."""
        highest = keys[row]
        keys[row] = -np.inf
        second = int(keys.argmax())
        keys[row] = highest
        self._next = None
        if keys[second] < highest:
            if weights is None and keys[second] > -np.inf:
                self._next = second
            return row
        equal = np.flatnonzero(keys == highest)
        equal = equal[np.argsort(self._ties.keys(equal))]
        start, size = 0, 1
        while True:
            # some of these keys are only bounds, so the values may be lower
            rows = equal[start : start + size]
            unknown = rows[~self._is_present[rows]]
            if len(unknown):
                self._update(unknown, keys, weights)
            rows = rows[keys[rows] == highest]
            if len(rows):
                return int(rows[0])
            start, size = start + size, min(16 * size, self._block)

    def _update(self, rows, keys, weights):
        values = self._measure(rows)
        self._n_measured += len(rows)
        self._is_present[rows] = True
        self.bounds[rows] = values
        if weights is not None:
            keys[rows] = values * weights[rows]


def _highest(rows, keys, n):
    """The n rows with the highest keys, or all rows."""
    return rows if len(rows) <= n else rows[np.argpartition(-keys[rows], n)[:n]]
