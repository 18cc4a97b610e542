"""How positions come out of scores, groups and distances. Ties go to the lower position."""

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import row_norms

__all__ = [
    "FreeRows",
    "by_blocks",
    "random_rows",
    "round_robin",
    "row_products",
    "squared_norms",
    "top_n",
]

# rows of a float32 embedding are turned to float64 this many numbers at a time
_BLOCK = 1 << 18


def top_n(scores, n):
    """Positions of the n highest scores, highest first.

    Parameters
    ----------
    scores : ndarray of float, shape (n_rows,) or (n_rows, k)
        Higher is better; -inf is never picked before a finite score.
    n : int
        How many, at most n_rows.

    Returns
    -------
    positions : ndarray of int, shape (n,) or (n, k)
        Those of each column, where there are columns. Of equal scores the lower
        position comes first.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import top_n
    >>> top_n(np.array([.1, .7, .7, .9]), 3)
    array([3, 1, 2])
    """
    if scores.ndim > 1:
        return np.stack([top_n(column, n) for column in scores.T], axis=1)
    if n < len(scores):
        threshold = np.partition(scores, len(scores) - n)[len(scores) - n] if n else np.inf
        above = np.flatnonzero(scores > threshold)
        equal = np.flatnonzero(scores == threshold)[: n - len(above)]
        candidates = np.sort(np.concatenate([above, equal]))
    else:
        candidates = np.arange(len(scores))
    return candidates[np.argsort(-scores[candidates], kind="stable")]


def round_robin(groups, scores, *, by_group=False):
    """All positions, one of each group in turn.

    A row's turn is its rank by score within its group; turns come one after
    the other, and inside a turn the higher score comes first.

    Parameters
    ----------
    groups : ndarray of int, shape (n_rows,)
        Group of each row.
    scores : ndarray of float, shape (n_rows,)
        Higher is better.
    by_group : bool, default=False
        Inside a turn, go by group number instead of by score.

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
    by_score = np.argsort(-scores, kind="stable")
    grouped = by_score[np.argsort(groups[by_score], kind="stable")]
    sorted_groups = groups[grouped]
    starts = np.searchsorted(sorted_groups, sorted_groups)
    turn = np.empty(len(scores), dtype=np.intp)
    turn[grouped] = np.arange(len(scores)) - starts
    inside = groups if by_group else -scores
    return np.lexsort((np.arange(len(scores)), inside, turn))


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
        taken = np.sort(self._all_taken())
        # how many free rows lie before each taken one: ascending
        before = taken - np.arange(len(taken))
        return int(k + np.searchsorted(before, k, side="right"))

    def take(self, row):
        """Let one row be free no more."""
        self._new.add(int(row))
        self.n_free -= 1

    def _all_taken(self):
        return np.concatenate([self._taken, np.fromiter(self._new, dtype=np.intp)])


def squared_norms(vectors):
    """Squared Euclidean norm of every row, in float64."""
    return by_blocks(vectors, lambda rows: row_norms(rows, squared=True))


def row_products(rows, vector):
    """Product of each row with one vector, in which equal rows tie whatever stands beside them."""
    return rows @ vector if sparse.issparse(rows) else np.einsum("ij,j->i", rows, vector)


def by_blocks(vectors, function):
    """``function`` of float64 blocks of rows, joined: (n_rows,)."""
    return np.concatenate([function(rows) for _, rows in wide_blocks(vectors)])


def wide_blocks(vectors):
    """Blocks of rows in float64, each with the position of its first row.

    Parameters
    ----------
    vectors : ndarray or csr matrix, shape (n_rows, n_features)
        The rows; float32 is never turned to float64 as a whole.

    Yields
    ------
    start : int
        Position of the first row.
    rows : ndarray or csr matrix of float64, shape (n_block, n_features)
        The block.
    """
    n_rows = vectors.shape[0]
    is_whole = sparse.issparse(vectors) or vectors.dtype == np.float64
    step = n_rows if is_whole else _BLOCK // max(1, vectors.shape[1])
    for start in range(0, n_rows, max(1, step)):
        yield start, vectors[start : start + max(1, step)].astype(np.float64, copy=False)
