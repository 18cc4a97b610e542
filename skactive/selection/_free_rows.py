"""Free rows, and random draws among them."""

import numpy as np


def random_rows(free, n, random_state):
    """Draw free positions uniformly without replacement.

    Draws do not depend on the batch size: drawing 3 rows and then 7 gives the same rows
    as drawing 10.

    Parameters
    ----------
    free : ndarray of bool, shape (n_rows,), or FreeRows
        True for rows that may be drawn.
    n : int
        Number of rows, at most the number of free rows.
    random_state : numpy.random.RandomState
        The random stream, which is advanced.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        In the order drawn.
    """
    free = _FreeMask(free) if isinstance(free, np.ndarray) else free.copy()
    picks = np.empty(n, dtype=np.intp)
    for i in range(n):
        # rejection is fast while many rows are free; this choice must not depend on n,
        # so that draws do not depend on the batch size
        if 8 * free.n_free >= free.n_rows:
            row = random_state.randint(free.n_rows)
            while row not in free:
                row = random_state.randint(free.n_rows)
        else:
            row = free.nth(random_state.randint(free.n_free))
        free.take(row)
        picks[i] = row
    return picks


class _FreeMask:
    """Free rows as a mask of all rows."""

    def __init__(self, available):
        self._free = available.copy()
        self.n_rows, self.n_free = len(available), np.count_nonzero(available)

    def __contains__(self, row):
        return self._free[row]

    def nth(self, k):
        return np.flatnonzero(self._free)[k]

    def take(self, row):
        self._free[row] = False
        self.n_free -= 1


class FreeRows:
    """The free rows of a large pool, stored as the positions of the other rows.

    Parameters
    ----------
    n_rows : int
        Number of rows of the pool.
    taken : array of int
        Distinct positions that are not free.

    Attributes
    ----------
    n_free : int
        Number of free rows.
    """

    def __init__(self, n_rows, taken):
        self.n_rows, self.n_free = n_rows, n_rows - len(taken)
        self._taken = np.sort(taken)
        # taken since the sort
        self._new = set()

    def copy(self):
        """A copy that can be changed on its own."""
        return FreeRows(self.n_rows, self._all_taken())

    def __contains__(self, row):
        place = np.searchsorted(self._taken, row)
        is_old = place < len(self._taken) and self._taken[place] == row
        return not is_old and row not in self._new

    def nth(self, k):
        """The free row before which k others are free."""
        taken = np.sort(self._all_taken(), kind="stable")  # few are out of order
        # how many free rows lie before each taken one: ascending
        before = taken - np.arange(len(taken))
        return int(k + np.searchsorted(before, k, side="right"))

    def take(self, row):
        """Mark one row as taken."""
        self._new.add(int(row))
        self.n_free -= 1

    def _all_taken(self):
        return np.concatenate([self._taken, np.fromiter(self._new, dtype=np.intp)])
