"""A pool whose rows are in the blocks of a dask array or dataframe.

Computations run where the blocks are. Each block returns only a small summary: its
best rows with their numbers, or the picks of a part. If a worker is lost, dask runs
its tasks again on another one.
"""

import pickle

import numpy as np

from .._warnings import warn_of_equal_scores
from ..selection import FreeRows, TieOrder, random_rows, slices
from ._any_pool import AnyPool
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

# number of summaries to merge at a time
_FAN_IN = 16
# number of rows from which the size of a row is estimated
_ROWS_TO_MEASURE = 64


def without_rows(X):
    """The columns of X: an empty frame for a dask dataframe, otherwise X itself."""
    return X._meta if is_dask(X) and hasattr(X, "columns") else X


class AllRowsNeededError(TypeError, AttributeError):
    """Raised if a strategy needs rows that are not in memory.

    It is an AttributeError too, so that ``hasattr`` works on a pool.
    """

    def __init__(self):
        super().__init__(
            "all rows of a pool are needed in memory, but the pool is a dask collection. Take "
            "some of them, pool.gather(positions), or pass X.compute()."
        )


class BlockPool(AnyPool):
    """The rows of a dask collection, and which of them are free to be picked.

    It has those methods of :class:`skactive.pool.Pool` that return little. Methods that need all
    rows raise an error; a strategy then sees a sample, or all rows in memory if they are few.

    Parameters
    ----------
    X : dask array or dataframe of n_rows rows
        If the lengths of its blocks are unknown, they are counted first.
    exclude : array of int or of bool, default=None
        Positions of rows that may not be picked, or a mask of length n_rows.
    memory : PoolMemory, default=None
        Results from earlier rounds. None: an empty memory.
    n_jobs : int, default=None
        Ignored, because dask's scheduler distributes the work.
    verbose : int, default=0
        1 or more shows dask's progress bar. On a cluster, see its dashboard instead.
    ties : skactive.selection.TieOrder, default=None
        The order of rows with equal scores. None: ``TieOrder()``.

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
        """An attribute of :class:`skactive.pool.Pool` that would need all rows."""
        raise AllRowsNeededError()

    X = available = positions = property(_refused)
    free_rows = whole = map_rows = _refused

    def are_free(self, positions):
        return ~np.isin(positions, self.taken)

    def nth_free(self, ranks):
        before = self.taken - np.arange(len(self.taken))
        return ranks + np.searchsorted(before, ranks, side="right")

    def without(self, positions):
        twin = object.__new__(BlockPool)
        twin.__dict__.update(self.__dict__)
        twin.taken = np.union1d(self.taken, positions)
        twin.n_available = self.n_rows - len(twin.taken)
        return twin

    def gather(self, positions):
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
        """Delayed blocks of rows, and their lengths.

        Returns
        -------
        blocks : list of Delayed
            Blocks with at least one row.
        lengths : list of int
            The number of rows in each.
        """
        return self._blocks, self._lengths

    def row_bytes(self):
        """Size of a pickled row, measured on some rows of the first block.

        Returns
        -------
        n_bytes : float
            Mean number of bytes per row.
        """

        def measure():
            rows = self._compute([self._rows(0, slice(0, _ROWS_TO_MEASURE))])[0]
            return len(pickle.dumps(rows)) / max(1, num_samples(rows))

        return self.memory.recall(None, "row bytes", measure)

    def in_memory(self):
        def fetch():
            return FetchedRows(self.gather(np.arange(self.n_rows)))

        # the rows stay in memory for later queries
        fetched = self.memory.recall(None, "rows", fetch)
        settings = {"n_jobs": self.n_jobs, "verbose": self.verbose, "ties": self.ties}
        return Pool(fetched.X, self.taken, memory=fetched.opened(), **settings)

    def map_blocks(self, function):
        """Call a function on the rows of each block, on the workers.

        Parameters
        ----------
        function : callable
            It maps the rows of a block to a small object.

        Returns
        -------
        results : list
            One result per block.
        """
        function = later(function)
        blocks = range(len(self._blocks))
        return self._compute([function(self._rows(k, None)) for k in blocks])

    def draw(self, n, random_state):
        return random_rows(FreeRows(self.n_rows, self.taken), n, random_state)

    def top_rows(self, function, chunk_rows, n, *, owner=None):
        """Positions of the free rows with the highest numbers, highest first.

        Parameters
        ----------
        function : callable
            Takes some rows and returns one number per row, or k numbers: shape
            (n_taken,) or (n_taken, k). It is sent to the blocks.
        chunk_rows : int
            Maximum number of rows per call.
        n : int
            Number of positions, at most ``n_available``.
        owner : estimator, default=None
            Ignored, because numbers of all rows are not stored.

        Returns
        -------
        positions : ndarray of int, shape (n,) or (n, k)
            ``ties`` determines the order of rows with equal numbers.

        Warns
        -----
        UserWarning
            If there is one number per row and all are equal.
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
        """Blocks with a free row: block, first position, length, taken rows in it."""
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
