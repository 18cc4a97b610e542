"""A pool whose rows are somewhere else, in blocks: a dask array or dataframe.

What is asked of such a pool is worked out block by block where the blocks are.
Only a summary of each comes back, as large as the query and not as the block:
the best rows with their numbers, or the picks of a part. A task that is lost
with its machine is run again by dask, elsewhere.
"""

import pickle

import numpy as np

from .._warnings import warn_of_equal_scores
from ..selection import FreeRows, TieOrder, random_rows, slices
from ._block_tasks import blocks_of, later, merged, of_part, rows_of_block, top_of_block
from ._computing import compute_tasks
from ._exclude import check_exclude
from ._joining import concatenate_rows
from ._memory import FetchedRows, PoolMemory
from ._pool import Pool, is_dask, num_samples, take_rows

__all__ = [
    "AllRowsNeededError",
    "BlockPool",
    "without_rows",
]

# summaries that are merged into one at a time
_FAN_IN = 16
# rows by which it is told how large a row is
_ROWS_TO_MEASURE = 64


def without_rows(X):
    """What tells the columns of X: an empty frame for a dask dataframe, otherwise X itself."""
    return X._meta if is_dask(X) and hasattr(X, "columns") else X


class AllRowsNeededError(TypeError, AttributeError):
    """Raised when a strategy looks at rows that are not here.

    It is an AttributeError too, so that ``hasattr`` says what a pool has.
    """

    def __init__(self):
        super().__init__(
            "the rows of a dask collection are elsewhere, and all of them are asked for in one "
            "memory. Take some, pool.gather(positions), or hand over X.compute()."
        )


class BlockPool:
    """The rows of a dask collection and which of them may be picked.

    It answers those questions of :class:`skactive.pool.Pool` whose answer is
    small. Who asks for all rows gets a TypeError; a strategy that does is then
    given some rows, or the whole pool in memory if it is small.

    Parameters
    ----------
    X : dask array or dataframe of n_rows rows
        Where the lengths of blocks are not known, they are counted first.
    exclude : array of int or of bool, default=None
        Positions that are taken, or a mask of length n_rows.
    memory : PoolMemory, default=None
        What is known of the pool from earlier rounds.
    n_jobs : int, default=None
        Ignored: dask's scheduler says what runs where.
    verbose : int, default=0
        1 or more shows dask's progress bar; on a cluster its dashboard tells.
    ties : skactive.selection.TieOrder, default=None
        Which of rows with equal scores comes first. None: ``TieOrder()``.

    Attributes
    ----------
    n_rows, n_available : int
        Number of rows, and of those that may be picked.
    taken : ndarray of int
        Positions that may not be picked, ascending.

    Examples
    --------
    >>> import dask.array as da
    >>> import numpy as np
    >>> from skactive.pool import BlockPool
    >>> pool = BlockPool(da.arange(10, chunks=4).reshape(10, 1), exclude=[9])
    >>> pool.top_rows(lambda rows: rows[:, 0] % 7, chunk_rows=100, n=3)
    array([6, 5, 4])
    """

    is_in_memory = False

    def __init__(self, X, exclude=None, *, memory=None, n_jobs=None, verbose=0, ties=None):
        self.memory = PoolMemory(X) if memory is None else memory
        self.n_jobs, self.verbose = n_jobs, verbose
        self.ties = TieOrder() if ties is None else ties
        self._blocks, self._lengths = self.memory.recall(None, "blocks", lambda: blocks_of(X))
        self._starts = np.cumsum([0, *self._lengths])
        self.n_rows = int(self._starts[-1])
        taken = check_exclude(exclude, self.n_rows)
        is_mask = taken.dtype == bool
        self.taken = np.flatnonzero(taken) if is_mask else np.unique(taken).astype(np.intp)
        self.n_available = self.n_rows - len(self.taken)

    def _refused(self, *args, **kwargs):
        """What a :class:`skactive.pool.Pool` has, and rows in blocks have not."""
        raise AllRowsNeededError()

    X = available = positions = property(_refused)
    free_rows = whole = map_rows = _refused

    def are_free(self, positions):
        """Which of some positions may be picked, as a mask."""
        return ~np.isin(positions, self.taken)

    def nth_free(self, ranks):
        """Positions of the free rows with some ranks among these, ascending from 0."""
        before = self.taken - np.arange(len(self.taken))
        return ranks + np.searchsorted(before, ranks, side="right")

    def without(self, positions):
        """The same pool with some more rows taken."""
        twin = object.__new__(BlockPool)
        twin.__dict__.update(self.__dict__)
        twin.taken = np.union1d(self.taken, positions)
        twin.n_available = self.n_rows - len(twin.taken)
        return twin

    def gather(self, positions):
        """Some rows of X in memory, in the order of the positions."""
        positions = np.asarray(positions, dtype=np.intp)
        if not len(positions):
            return self._compute([self._rows(0, slice(0, 0))])[0]
        is_sorted = bool((np.diff(positions) >= 0).all())
        order = slice(None) if is_sorted else np.argsort(positions, kind="stable")
        rows = positions[order]
        block_of = np.searchsorted(self._starts, rows, side="right") - 1
        tasks = [
            self._rows(k, rows[block_of == k] - self._starts[k])
            for k in np.unique(block_of)
        ]
        gathered = concatenate_rows(*self._compute(tasks))
        if is_sorted:
            return gathered
        back = np.empty(len(order), dtype=np.intp)
        back[order] = np.arange(len(order))
        return take_rows(gathered, back)

    def blocks_and_lengths(self):
        """Delayed blocks of rows, and how many rows each holds."""
        return self._blocks, self._lengths

    def row_bytes(self):
        """About how many bytes a row takes on its way, by some rows of the first block."""

        def measure():
            rows = self._compute([self._rows(0, slice(0, _ROWS_TO_MEASURE))])[0]
            return len(pickle.dumps(rows)) / max(1, num_samples(rows))

        return self.memory.recall(None, "row bytes", measure)

    def in_memory(self):
        """The same pool with its rows in memory, where they stay for the next query."""

        def fetch():
            return FetchedRows(self.gather(np.arange(self.n_rows)))

        fetched = self.memory.recall(None, "rows", fetch)
        settings = {"n_jobs": self.n_jobs, "verbose": self.verbose, "ties": self.ties}
        return Pool(fetched.X, self.taken, memory=fetched.opened(), **settings)

    def map_blocks(self, function):
        """What a function makes of the rows of each block, a list; it travels to them."""
        function = later(function)
        blocks = range(len(self._blocks))
        return self._compute([function(self._rows(k, None)) for k in blocks])

    def draw(self, n, random_state):
        """Positions of free rows drawn uniformly without replacement, in the order drawn."""
        return random_rows(FreeRows(self.n_rows, self.taken), n, random_state)

    def top_rows(self, function, chunk_rows, n, *, owner=None):
        """Positions of the free rows with the highest numbers, highest first.

        Parameters
        ----------
        function : callable
            Takes some rows, returns one number a row, or k numbers: shape
            (n_taken,) or (n_taken, k). It travels to the blocks.
        chunk_rows : int
            Most rows that are given to one call.
        n : int
            How many, at most ``n_available``.
        owner : estimator, default=None
            Ignored: numbers of all rows are not kept.

        Returns
        -------
        positions : ndarray of int, shape (n,) or (n, k)
            Of equal numbers ``ties`` says which comes first.

        Warns
        -----
        UserWarning
            If there is one number a row and they are all equal.
        """
        function = later(function)
        tops = [
            later(top_of_block)(
                function, chunk_rows, n, block, length, taken, self.ties.of(slice(start, None))
            )
            for block, start, length, taken in self._open_blocks()
        ]
        if not tops:
            return np.empty(0, dtype=np.intp)
        while len(tops) > 1:
            groups = [tops[group] for group in slices(len(tops), _FAN_IN)]
            tops = [later(merged)(group, n, self.ties) for group in groups]
        _, positions, is_flat = self._compute(tops)[0]
        if is_flat and n < self.n_available:
            warn_of_equal_scores(self.n_available)
        return positions

    def map_parts(self, function, part_rows):
        """What a function makes of each part of the pool.

        Parameters
        ----------
        function : callable
            ``function(part, number)`` takes a :class:`skactive.pool.Pool` of
            rows that lie one after the other, and the number of the part.
        part_rows : int
            Rows a part; the last one may hold fewer. Parts need not be blocks.

        Returns
        -------
        results : list
            One for each part.
        """
        function = later(function)
        tasks = []
        for number, part in enumerate(slices(self.n_rows, part_rows)):
            start, stop = part.start, part.stop
            first, last = np.searchsorted(self._starts, [start, stop - 1], side="right") - 1
            pieces = [
                self._rows(k, slice(max(start - at, 0), min(stop - at, self._lengths[k])))
                for k, at in zip(range(first, last + 1), self._starts[first : last + 1].tolist())
            ]
            taken = self._taken_within(start, stop)
            ties = self.ties.of(slice(start, stop))
            tasks.append(later(of_part)(function, pieces, taken, number, ties))
        return self._compute(tasks)

    def _open_blocks(self):
        """Blocks in which a row is free: block, first position, length, taken rows in it."""
        for block, length, start in zip(self._blocks, self._lengths, self._starts.tolist()):
            taken = self._taken_within(start, start + length)
            if len(taken) < length:
                yield block, start, length, taken

    def _taken_within(self, start, stop):
        first, last = np.searchsorted(self.taken, [start, stop])
        return self.taken[first:last] - start

    def _rows(self, k, positions):
        """Some rows of a block, as a task."""
        return later(rows_of_block)(self._blocks[k], self._lengths[k], positions)

    def _compute(self, tasks):
        most = max(self._lengths)
        blocks = f"one of {len(self._blocks)} blocks of the pool, the largest of {most:,} rows"
        return compute_tasks(tasks, verbose=self.verbose, blocks=blocks)
