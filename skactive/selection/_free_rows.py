"""Which rows are free, and draws among them."""

import numpy as np


def random_rows(free, n, random_state):
    """Free positions drawn uniformly without replacement.

    The stream is used one draw after the other, so that drawing 3 and then 7
    gives the same rows as drawing 10 at once.

    Parameters
    ----------
    free : ndarray of bool, shape (n_rows,), or FreeRows
        True where a row may be drawn; or the same said by what is taken.
    n : int
        How many, at most the number of free rows.
    random_state : numpy.random.RandomState
        The stream; it moves on.

    Returns
    -------
    positions : ndarray of int, shape (n,)
        In the order drawn.
    """
    free = _FreeMask(free) if isinstance(free, np.ndarray) else free.copy()
    picks = np.empty(n, dtype=np.intp)
    for i in range(n):
        # rejection is quick while many rows are free; the choice between the
        # two depends on the rows alone, never on how many are drawn together
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
    """Which rows are free, as a mask of all rows."""

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
    """Which of so many rows are free, said by those that are not: memory for those alone.

    Parameters
    ----------
    n_rows : int
        How many rows there are.
    taken : array of int
        Positions that are not free, each once.

    Attributes
    ----------
    n_free : int
        How many are free.
    """

    def __init__(self, n_rows, taken):
        self.n_rows, self.n_free = n_rows, n_rows - len(taken)
        self._taken = np.sort(taken)
        # taken since then
        self._new = set()

    def copy(self):
        """The same, to be changed on its own."""
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
        """Let one row be free no more."""
        self._new.add(int(row))
        self.n_free -= 1

    def _all_taken(self):
        return np.concatenate([self._taken, np.fromiter(self._new, dtype=np.intp)])
