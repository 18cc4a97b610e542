"""A pool whose rows are in the blocks of a dask array or dataframe.

Computations run where the blocks are. Each block returns only a small summary: its
best rows with their numbers, or the picks of a part. If a worker is lost, dask runs
its tasks again on another one.
"""

import sys
from contextlib import nullcontext

import numpy as np

from .._progress import DELAY, is_watched
from .._warnings import warn_of_equal_scores
from ..selection import FreeRows, TieOrder, random_rows, slices
from ._any_pool import AnyPool
from ._exclude import check_exclude
from ._joining import concatenate_rows
from ._memory import PoolMemory
from ._pool import Pool, is_dask, num_samples, take_rows

__all__ = [
    "AllRowsNeededError",
    "BlockPool",
    "computed",
    "without_rows",
]

# number of summaries to merge at a time
_FAN_IN = 16


def computed(X):
    """The rows of a dask collection in memory; any other container as it is."""
    return X.compute() if is_dask(X) else X


def without_rows(X):
    """The columns of X: an empty frame for a dask dataframe, otherwise X itself."""
    return X._meta if is_dask(X) and hasattr(X, "columns") else X


class AllRowsNeededError(TypeError, AttributeError):
    """Raised if a strategy needs rows that are not in memory.

    It is an AttributeError too, so that ``hasattr`` works on a pool.
    """

    # the name of the strategy, once it is known
    strategy_name = None

    @classmethod
    def by(cls, name):
        """The error of a strategy with this name, or of an unknown strategy."""
        error = cls(
            f"{name or 'this strategy'} needs all rows of its pool in memory, but the pool is a "
            "dask collection. Wrap the strategy so that it sees fewer rows: Subsampled(strategy), "
            "Filtered(strategy, by=...) or Partitioned(strategy); or pass X.compute()."
        )
        error.strategy_name = name
        return error


class BlockPool(AnyPool):
    """The rows of a dask collection, and which of them are free to be picked.

    It has those methods of :class:`skactive.pool.Pool` that return little. A strategy that
    needs all rows gets a TypeError with advice on how to narrow the pool down.

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
        self._blocks, self._lengths = self.memory.recall(None, "blocks", lambda: _blocks_of(X))
        self._starts = np.cumsum([0, *self._lengths])
        self.n_rows = int(self._starts[-1])
        taken = check_exclude(exclude, self.n_rows)
        is_mask = taken.dtype == bool
        self.taken = np.flatnonzero(taken) if is_mask else np.unique(taken).astype(np.intp)
        self.n_available = self.n_rows - len(self.taken)

    def _refused(self, *args, **kwargs):
        """An attribute of :class:`skactive.pool.Pool` that would need all rows."""
        raise AllRowsNeededError.by(None)

    X = available = positions = property(_refused)
    free_rows = whole = map_rows = _refused

    def are_free(self, positions):
        return ~np.isin(positions, self.taken)

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
        order = np.argsort(positions, kind="stable")
        rows = positions[order]
        block_of = np.searchsorted(self._starts, rows, side="right") - 1
        tasks = [
            self._rows(k, rows[block_of == k] - self._starts[k])
            for k in np.unique(block_of)
        ]
        back = np.empty(len(order), dtype=np.intp)
        back[order] = np.arange(len(order))
        return take_rows(concatenate_rows(*self._compute(tasks)), back)

    def in_memory(self):
        return Pool(self.gather(np.arange(self.n_rows)), self.taken, ties=self.ties)

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
        function = _later(function)
        tops = [
            _later(_top_of_block)(
                function, chunk_rows, n, block, length, taken, self.ties.of(slice(start, None))
            )
            for block, start, length, taken in self._open_blocks()
        ]
        if not tops:
            return np.empty(0, dtype=np.intp)
        while len(tops) > 1:
            groups = [tops[group] for group in slices(len(tops), _FAN_IN)]
            tops = [_later(_merged)(group, n, self.ties) for group in groups]
        _, positions, is_flat = self._compute(tops)[0]
        if is_flat and n < self.n_available:
            warn_of_equal_scores(self.n_available)
        return positions

    def map_parts(self, function, part_rows):
        function = _later(function)
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
            tasks.append(_later(_of_part)(function, pieces, taken, number, ties))
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
        return _later(_rows_of_block)(self._blocks[k], self._lengths[k], positions)

    def _compute(self, tasks):
        from dask import compute
        from dask.diagnostics import ProgressBar

        shown = nullcontext()
        if self.verbose:
            shown = ProgressBar()
        elif is_watched():
            shown = ProgressBar(minimum=DELAY, out=sys.stderr)
        with shown:
            return list(compute(*tasks))


def _later(function):
    """A function, or any other object, as a node of dask's graph."""
    from dask import delayed

    return delayed(function, pure=False, traverse=False)


def _blocks_of(X):
    """Delayed blocks of rows of a collection, and the number of rows in each."""
    from dask import compute

    if getattr(X, "ndim", 2) > 1 and hasattr(X, "rechunk") and not hasattr(X, "columns"):
        X = X.rechunk({axis: -1 for axis in range(1, X.ndim)})
    blocks = list(np.ravel(X.to_delayed()))
    is_array = hasattr(X, "chunks") and not hasattr(X, "columns")
    lengths = X.chunks[0] if is_array else [np.nan]
    if np.isnan(lengths).any():
        lengths = compute(*(_later(num_samples)(block) for block in blocks))
    # blocks without rows are left out
    kept = [(block, int(n)) for block, n in zip(blocks, lengths) if n] or [(blocks[0], 0)]
    return [block for block, _ in kept], [n for _, n in kept]


def _top_of_block(function, chunk_rows, n, rows, length, taken, ties):
    """The highest numbers of a block, their positions in the pool, and whether all are equal."""
    pool = Pool(_rows_of_block(rows, length), taken, ties=ties)
    n = min(n, pool.n_available)
    values, top, is_flat = pool.top_rows(function, chunk_rows, n, for_merge=True)
    return values, top + ties.positions, is_flat


def _rows_of_block(rows, length, positions=None):
    """Some or all rows of a block, after a check of its length."""
    if num_samples(rows) != length:
        raise ValueError(
            f"a block of the pool has {num_samples(rows)} rows, but had {length} before. The rows "
            "of a pool must not change; persist or store the collection if its rows depend on "
            "chance or on files that change."
        )
    return rows if positions is None else take_rows(rows, positions)


def _merged(tops, n, ties):
    """The highest numbers of several summaries, and whether all their numbers are equal."""
    values, positions = (np.concatenate(each) for each in list(zip(*tops))[:2])
    is_flat = all(each for _, _, each in tops) and values.min() == values.max()
    order = np.lexsort((ties.keys(positions), -values), axis=0)[:n]
    take = np.take_along_axis
    return take(values, order, 0), take(positions, order, 0), is_flat


def _of_part(function, pieces, taken, number, ties):
    return function(Pool(concatenate_rows(*pieces), taken, ties=ties), number)
