"""How positions come out of scores, groups and distances; :class:`TieOrder` decides ties."""


import numpy as np
from scipy import sparse
from sklearn.utils.extmath import row_norms

__all__ = [
    "FreeRows",
    "TieOrder",
    "by_blocks",
    "random_rows",
    "round_robin",
    "row_products",
    "squared_norms",
    "top_n",
]

# rows of a float32 embedding are turned to float64 this many numbers at a time
_BLOCK = 1 << 18
_MASK = (1 << 63) - 1
# 2**64 divided by the golden ratio, as a signed number
_GOLDEN = 0x9E3779B97F4A7C15 - (1 << 64)


class TieOrder:
    """A pseudo-random order of rows, which decides among equal scores.

    The place of a row in it is a hash of its position in the whole pool (SplitMix64
    [1]_). So it is the same for a batch and for its parts, for chunks of a pool and for
    blocks of it on other machines, and it has nothing to do with the order of a file.

    Parameters
    ----------
    seed : int, default=0
        Which of these orders.
    positions : int or ndarray of int, shape (n_rows,), default=0
        Positions of the rows in the whole pool; an int is the position of the first
        of rows that lie one after the other.

    References
    ----------
    .. [1] G. Steele, D. Lea, C. Flood (2014). Fast Splittable Pseudorandom Number
       Generators. OOPSLA, 453-472. doi:10.1145/2660193.2660195

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import TieOrder
    >>> ties = TieOrder(seed=5)
    >>> ties.ranked(np.arange(6), np.array([1, 0, 1, 1, 0, 2]))
    array([5, 2, 3, 0, 4, 1])
    """

    def __init__(self, seed=0, positions=0):
        self.seed = seed
        self.positions = positions

    def keys(self, rows):
        """The hashes of some rows, distinct int64 numbers; the lowest comes first.

        ``rows`` may be a tensor if the positions are an int or a tensor beside it.
        """
        # odd factors and shifts are one to one: distinct positions stay distinct
        start = int(_mixed(np.array([self.seed & _MASK])).item())
        return _mixed(self._in_the_pool(rows) * _GOLDEN + start)

    def of(self, rows):
        """The same order for a part of the rows.

        Parameters
        ----------
        rows : slice or ndarray of int
            Which rows; a slice without a step.

        Returns
        -------
        ties : TieOrder
            For them, numbered anew from 0 on.
        """
        if isinstance(rows, slice) and np.ndim(self.positions) == 0:
            return TieOrder(self.seed, self.positions + (rows.start or 0))
        rows = self.positions[rows] if isinstance(rows, slice) else self._in_the_pool(rows)
        return TieOrder(self.seed, rows)

    def first(self, rows):
        """The one of some rows that comes first."""
        return int(rows[self.keys(rows).argmin()] if len(rows) > 1 else rows[0])

    def argmax(self, values):
        """The row of the highest of some values, one for each row."""
        row = int(values.argmax())
        equal = np.flatnonzero(values == values[row])
        return self.first(equal) if len(equal) > 1 else row

    def ranked(self, rows, scores):
        """Some rows by descending score.

        Parameters
        ----------
        rows : ndarray of int, shape (n_taken,)
            The rows.
        scores : ndarray of float, shape (n_taken,)
            Their scores.

        Returns
        -------
        rows : ndarray of int, shape (n_taken,)
            In that order.
        """
        order = np.argsort(-scores, kind="stable")
        falling = scores[order]
        equal = falling[1:] == falling[:-1]
        if equal.any():
            # equal ones lie beside each other and change places among themselves
            places = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
            tied = order[places]
            order[places] = tied[np.lexsort((self.keys(rows[tied]), -scores[tied]))]
        return rows[order]

    def _in_the_pool(self, rows):
        if isinstance(rows, np.ndarray):
            rows = rows.astype(np.int64, copy=False)
        return rows + self.positions if np.ndim(self.positions) == 0 else self.positions[rows]


def _mixed(numbers):
    """SplitMix64's mixing of 64-bit numbers, of an array or a tensor of int64."""
    for shift, factor in ((30, -0x40A7B892E31B1A47), (27, -0x6B2FB644ECCEEE15)):
        # what comes in from the left at a shift is the sign
        numbers = (numbers ^ (numbers >> shift & (1 << 64 - shift) - 1)) * factor
    return numbers ^ (numbers >> 31 & (1 << 33) - 1)


def are_equal(scores, top, n_free):
    """Whether all scores that a query could choose among are equal.

    Parameters
    ----------
    scores : ndarray of float, shape (n_rows,)
        -inf where a row is not free or is known to be none of the best.
    top : ndarray of int, shape (n,)
        The rows picked, the best first.
    n_free : int
        How many rows were free.

    Returns
    -------
    are_equal : bool
        False where no row was picked.
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
        How many, at most n_rows.
    ties : TieOrder, default=None
        Which of equal scores comes first, as a rule ``pool.ties``. None: ``TieOrder()``.

    Returns
    -------
    positions : ndarray of int, shape (n,) or (n, k)
        Those of each column, where there are columns.

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
    """The n of some rows that come first, in any order."""
    if n >= len(rows):
        return rows
    return rows[np.argpartition(ties.keys(rows), n)[:n]]


def round_robin(groups, scores, *, by_group=False, ties=None):
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
    ties : TieOrder, default=None
        Which of equal scores comes first. None: ``TieOrder()``.

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
    is_whole = sparse.issparse(vectors) or vectors.dtype == np.float64
    size = vectors.shape[0] if is_whole else _BLOCK // max(1, vectors.shape[1])
    for block in slices(vectors.shape[0], size):
        yield block.start, vectors[block].astype(np.float64, copy=False)


def slices(n_rows, size):
    """Slices of at most ``size`` rows, and of one at least, that cover n_rows rows.

    Unlike :func:`sklearn.utils.gen_batches` it takes 0 rows, and checks nothing, which
    would take longer than many a loop over blocks.
    """
    size = max(1, size)
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]
