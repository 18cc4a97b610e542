"""A pool of rows in any container, and which of its rows are free to be picked.

Only this folder distinguishes arrays, sparse matrices, frames, lists and memory maps.
The rest of the package asks it for rows.
"""

import itertools
import sys

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from .._greedy.bounded import Bounded
from .._greedy.screening import Shortlist, screening
from .._progress import track
from .._sklearn import num_samples, safe_indexing
from .._tensors import filled, is_tensor, to_numpy
from .._warnings import warn_of_equal_scores
from ..selection import TieOrder, are_equal, random_rows, slices, top_n
from ._any_pool import AnyPool
from ._datasets import dataset_rows, is_dataset
from ._exclude import check_exclude
from ._memory import PoolMemory


def take_rows(X, positions):
    """Take rows of X.

    Parameters
    ----------
    X : array, tensor, sparse matrix, frame, series or list of length n_rows
        A container; its first axis counts rows.
    positions : slice or array of int, shape (n_taken,)
        The rows to take, in this order. A slice of an array is a view.

    Returns
    -------
    rows : same container as X
        These rows. For a torch Dataset this is a Subset, which loads nothing.
    """
    if type(X) is np.ndarray or is_tensor(X):
        return X[positions]
    return dataset_rows(X, positions) if is_dataset(X) else safe_indexing(X, positions)


def is_dask(X):
    """Whether X is a dask collection, so that its rows are not in memory.

    Parameters
    ----------
    X : object
        Any container.

    Returns
    -------
    answer : bool
        True for dask arrays and dataframes.
    """
    return "dask" in sys.modules and hasattr(X, "__dask_graph__") and hasattr(X, "to_delayed")


def as_pool(X, exclude=None, **settings):
    """Create a pool of rows in memory or in the blocks of a dask collection.

    Parameters
    ----------
    X : container of n_rows rows
        The whole pool.
    exclude : array of int or of bool, default=None
        Positions of rows that may not be picked, or a mask of length n_rows.
    **settings : dict
        ``memory``, ``n_jobs``, ``verbose`` and ``ties`` of :class:`skactive.pool.Pool`.

    Returns
    -------
    pool : Pool or BlockPool
        A BlockPool for a dask collection.
    """
    if not is_dask(X):
        return Pool(X, exclude, **settings)
    from ._blocks import BlockPool

    return BlockPool(X, exclude, **settings)


class Pool(AnyPool):
    """The rows of a pool, and which of them are free: neither labeled nor excluded.

    Parameters
    ----------
    X : array, sparse matrix, frame, series or list of length n_rows
        The whole pool. It is never copied.
    exclude : array of int or of bool, default=None
        Positions of rows that may not be picked, or a mask of length n_rows.
    memory : PoolMemory, default=None
        Results from earlier rounds. None: an empty memory.
    n_jobs : int, default=None
        Number of threads that process blocks of rows.
    verbose : int, default=0
        1 or more shows progress.
    ties : skactive.selection.TieOrder, default=None
        The order of rows with equal scores. None: ``TieOrder()``.

    Attributes
    ----------
    n_rows : int
        Number of rows of X.
    available : ndarray of bool, shape (n_rows,)
        True for rows that may be picked.
    """

    is_in_memory = True

    def __init__(self, X, exclude=None, *, memory=None, n_jobs=None, verbose=0, ties=None):
        self.X = X
        self.n_rows = num_samples(X)
        self.available = np.ones(self.n_rows, dtype=bool)
        self.available[check_exclude(exclude, self.n_rows)] = False
        self.memory = PoolMemory(X) if memory is None else memory
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.ties = TieOrder() if ties is None else ties

    @property
    def n_available(self):
        """Number of rows that may be picked."""
        return int(np.count_nonzero(self.available))

    @property
    def positions(self):
        """Positions of the rows that may be picked, ascending."""
        return np.flatnonzero(self.available)

    def are_free(self, positions):
        return self.available[positions]

    def nth_free(self, ranks):
        return self.positions[ranks]

    def whole(self):
        """The same pool with every row free.

        Returns
        -------
        pool : Pool
            It shares the memory of this pool.
        """
        return self._but(None)

    def without(self, positions):
        available = self.available.copy()
        available[positions] = False
        return self._but(~available)

    def free_rows(self):
        """The rows that may be picked; X itself if all rows may be picked.

        Returns
        -------
        rows : same container as X
            In the order of ``positions``.
        """
        return self.X if self.available.all() else take_rows(self.X, self.positions)

    def gather(self, positions):
        return take_rows(self.X, positions)

    def in_memory(self):
        return self

    def draw(self, n, random_state):
        return random_rows(self.available, n, random_state)

    def map_rows(self, function, chunk_rows, *, owner=None, keep_tensors=False):
        """Compute numbers for each free row, block by block.

        Parameters
        ----------
        function : callable
            Takes some rows of X and returns an array of shape (n_taken, ...).
        chunk_rows : int
            Maximum number of rows per call.
        owner : estimator, default=None
            A strategy with the same numbers for a row in every round. The numbers of
            all rows are then stored in ``memory``.
        keep_tensors : bool, default=False
            True leaves results on the accelerator if the function returns tensors with
            several numbers per row. The result is then a tensor.

        Returns
        -------
        values : ndarray of float, shape (n_rows, ...)
            -inf for rows that are not free. float64 if there is one number per row.

        Raises
        ------
        ValueError
            If the function does not return one result per row.
        """
        if owner is not None:
            known = self.memory.recall(
                owner, "scores", lambda: self.whole().map_rows(function, chunk_rows)
            )
            return np.where(self.available, known, -np.inf)
        values = np.full(self.n_rows, -np.inf)
        blocks = list(self._blocks(chunk_rows))
        for result, block in zip(self._apply_all(function, blocks, None), blocks):
            result = result if keep_tensors and result.ndim > 1 else to_numpy(result)
            if result.ndim > values.ndim:
                values = filled((self.n_rows, *result.shape[1:]), -np.inf, result)
            values[block] = result
        values[np.flatnonzero(~self.available)] = -np.inf
        return values

    def top_rows(self, function, chunk_rows, n, *, owner=None, for_merge=False):
        """Positions of the free rows with the highest numbers, highest first.

        Parameters
        ----------
        function : callable
            As for :meth:`map_rows`. It returns one number per row, or k numbers: shape
            (n_taken,) or (n_taken, k).
        chunk_rows : int
            Maximum number of rows per call.
        n : int
            Number of positions, at most ``n_available``.
        owner : estimator, default=None
            As for :meth:`map_rows`.
        for_merge : bool, default=False
            True if the rows are part of a larger pool. The result is then a tuple: the
            numbers, the positions, and whether the numbers of all free rows are equal.

        Returns
        -------
        positions : ndarray of int, shape (n,) or (n, k)
            ``ties`` determines the order of rows with equal numbers.

        Raises
        ------
        ValueError
            If the function does not return one result per row.

        Warns
        -----
        UserWarning
            If there is one number per row and all are equal.
        """
        if owner is not None:
            values = self.map_rows(function, chunk_rows, owner=owner)
        else:
            values = np.full(self.n_rows, -np.inf)
            blocks = list(self._blocks(chunk_rows))
            shortlist = Shortlist.among(self.n_rows, self.n_available, n)
            results = self._apply_all(function, blocks, shortlist)
            for result, block in zip(results, blocks):
                if result.ndim > values.ndim:
                    values = np.full((self.n_rows, *result.shape[1:]), -np.inf)
                values[block] = to_numpy(result)
            values[np.flatnonzero(~self.available)] = -np.inf
        top = top_n(values, n, self.ties)
        is_flat = values.ndim == 1 and are_equal(values, top, self.n_available)
        if for_merge:
            return np.take_along_axis(values, top, 0), top, is_flat
        if is_flat and n < self.n_available:
            warn_of_equal_scores(self.n_available)
        return top

    def map_parts(self, function, part_rows):
        parts = slices(self.n_rows, part_rows)
        # a generator, so that the memory of a part is freed after its turn
        calls = ((self._part(part), number) for number, part in enumerate(parts))
        return list(self._run(function, calls, len(parts), "parts"))

    def _part(self, rows):
        return Pool(take_rows(self.X, rows), ~self.available[rows], ties=self.ties.of(rows))

    def _but(self, exclude):
        """The same pool with other excluded rows."""
        settings = {"memory": self.memory, "n_jobs": self.n_jobs, "verbose": self.verbose}
        return Pool(self.X, exclude, ties=self.ties, **settings)

    def _apply_all(self, function, blocks, shortlist):
        calls = [(function, self.X, block, shortlist) for block in blocks]
        return self._run(_apply, calls, len(blocks), "blocks")

    def _run(self, function, calls, n_calls, unit):
        """Results of calls, computed one by one when needed, or in threads."""
        if self.n_jobs in (None, 1) or n_calls == 1:  # no need to set up workers
            results = itertools.starmap(function, calls)
        else:
            results = Parallel(self.n_jobs, prefer="threads", return_as="generator")(
                delayed(function)(*call) for call in calls
            )
        verbose = self.verbose if n_calls > 1 else 0
        return track(results, n_calls, verbose=verbose, description="query", unit=unit)

    def _blocks(self, chunk_rows):
        """Slices if most rows are free, else positions; blocks without free rows are skipped."""
        for block in slices(self.n_rows, chunk_rows):
            free = np.flatnonzero(self.available[block])
            if 2 * len(free) > block.stop - block.start:
                yield block
            elif len(free):
                yield free + block.start


def _apply(function, X, block, shortlist):
    """Apply a function to one block, or to X itself if the block is all of X.

    With a shortlist, the result is -inf for rows that cannot be on it.
    """
    is_all = isinstance(block, slice) and block.stop - block.start == num_samples(X)
    rows = X if is_all else take_rows(X, block)
    with screening(shortlist is not None):
        result = function(rows)
    check_one_each(len(result), rows, f"a model or function gave {len(result)} results")
    return shortlist.opened(result) if isinstance(result, Bounded) else result


def check_one_each(n_results, rows, what):
    """Raise unless there is one result for each row.

    Parameters
    ----------
    n_results : int
        Number of results.
    rows : container of n_rows rows
        The rows.
    what : str
        The beginning of the message.

    Raises
    ------
    ValueError
        If there are more or fewer results.
    """
    if n_results != num_samples(rows):
        raise ValueError(
            f"{what} for {num_samples(rows)} rows. A likely cause is a frame with one column of "
            "texts; give a list or a series of texts instead."
        )
