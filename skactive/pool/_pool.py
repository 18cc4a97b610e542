"""Rows of any container: how many, some of them, block after block, which are free.

Everything that must know whether X is an array, a sparse matrix, a frame, a
list of strings or a memory map stands here; the rest of the package only asks
for rows.
"""

import sys

import numpy as np
from scipy import sparse
from sklearn.utils.parallel import Parallel, delayed

from .._progress import track
from .._sklearn import num_samples, safe_indexing
from .._tensors import as_host, filled, is_tensor, join
from .._warnings import warn_user
from ..selection import random_rows, top_n
from ._memory import PoolMemory

__all__ = [
    "Pool",
    "check_exclude",
    "check_one_each",
    "concatenate_rows",
    "num_samples",
    "take_rows",
]


def take_rows(X, positions):
    """Rows of X, in the container that X is.

    Parameters
    ----------
    X : array, tensor, sparse matrix, frame, series or list of length n_rows
        Anything whose first axis counts rows.
    positions : slice or array of int, shape (n_taken,)
        Which rows, in which order. A slice of an array is a view.

    Returns
    -------
    rows : same container as X
        The rows asked for.
    """
    return X[positions] if is_tensor(X) else safe_indexing(X, positions)


def concatenate_rows(*containers):
    """The rows of several containers of the same kind, one below the other.

    Parameters
    ----------
    *containers : array, sparse matrix, frame, series or list
        At least one; all of the same kind and the same columns.

    Returns
    -------
    rows : same container
        All rows, in the order of the arguments.
    """
    first = containers[0]
    if sparse.issparse(first):
        return type(first)(sparse.vstack(containers, format=first.format))
    if isinstance(first, list):
        return [row for rows in containers for row in rows]
    if is_tensor(first):
        return join(*containers)
    library = sys.modules.get(type(first).__module__.partition(".")[0])
    if hasattr(first, "iloc") or hasattr(library, "concat"):
        return library.concat(containers)
    return np.concatenate(containers)


def container_kind(X):
    """What kind of container X is: those of one kind can be joined."""
    if sparse.issparse(X):
        return "sparse matrix"
    library = type(X).__module__.partition(".")[0]
    is_array = isinstance(X, np.ndarray)
    return "array" if is_array else f"{library} {type(X).__name__}".removeprefix("builtins ")


class Pool:
    """The rows of a pool and which of them may be picked.

    Parameters
    ----------
    X : array, sparse matrix, frame, series or list of length n_rows
        The whole pool; it is never copied.
    exclude : array of int or of bool, default=None
        Positions that are taken, or a mask of length n_rows.
    memory : PoolMemory, default=None
        What is known of the pool from earlier rounds.
    n_jobs : int, default=None
        Threads that work on blocks of rows.
    verbose : int, default=0
        1 or more shows how many blocks are done.

    Attributes
    ----------
    n_rows : int
        Number of rows of X.
    available : ndarray of bool, shape (n_rows,)
        True where a row may be picked.
    """

    is_in_memory = True

    def __init__(self, X, exclude=None, *, memory=None, n_jobs=None, verbose=0):
        self.X = X
        self.n_rows = num_samples(X)
        self.available = np.ones(self.n_rows, dtype=bool)
        self.available[check_exclude(exclude, self.n_rows)] = False
        self.memory = PoolMemory(X) if memory is None else memory
        self.n_jobs = n_jobs
        self.verbose = verbose

    @property
    def n_available(self):
        """Number of rows that may be picked."""
        return int(np.count_nonzero(self.available))

    @property
    def positions(self):
        """Positions of the rows that may be picked, ascending."""
        return np.flatnonzero(self.available)

    def are_free(self, positions):
        """Which of some positions may be picked, as a mask."""
        return self.available[positions]

    def whole(self):
        """The same pool with every row free."""
        return self._but(None)

    def without(self, positions):
        """The same pool with some more rows taken."""
        available = self.available.copy()
        available[positions] = False
        return self._but(~available)

    def free_rows(self):
        """The rows that may be picked; X itself when that is all of them."""
        return self.X if self.available.all() else take_rows(self.X, self.positions)

    def gather(self, positions):
        """Some rows of X, in the order of the positions."""
        return take_rows(self.X, positions)

    def in_memory(self):
        """The same pool with its rows in memory."""
        return self

    def draw(self, n, random_state):
        """Positions of free rows drawn uniformly without replacement, in the order drawn."""
        return random_rows(self.available, n, random_state)

    def map_rows(self, function, chunk_rows, *, owner=None, keep_tensors=False):
        """Numbers for each free row, worked out block by block.

        Parameters
        ----------
        function : callable
            Takes some rows of X, returns an array of shape (n_taken, ...).
        chunk_rows : int
            Most rows that are given to one call.
        owner : estimator, default=None
            A strategy whose function says the same of a row in every round:
            the numbers of all rows are kept for it.
        keep_tensors : bool, default=False
            True leaves many numbers a row on the accelerator where the
            function has them; the result is a tensor then.

        Returns
        -------
        values : ndarray of float, shape (n_rows, ...)
            -inf where a row is not free; float64 where it is one number a row.
        """
        if owner is not None:
            known = self.memory.recall(
                owner, "scores", lambda: self.whole().map_rows(function, chunk_rows)
            )
            return np.where(self.available, known, -np.inf)
        values = np.full(self.n_rows, -np.inf)
        blocks = list(self._blocks(chunk_rows))
        for result, block in zip(self._apply_all(function, blocks), blocks):
            result = result if keep_tensors and result.ndim > 1 else as_host(result)
            if result.ndim > values.ndim:
                values = filled((self.n_rows, *result.shape[1:]), -np.inf, result)
            values[block] = result
        values[np.flatnonzero(~self.available)] = -np.inf
        return values

    def top_rows(self, function, chunk_rows, n, *, owner=None):
        """Positions of the free rows with the highest numbers, highest first.

        Parameters
        ----------
        function : callable
            As for :meth:`map_rows`; one number a row.
        chunk_rows : int
            Most rows that are given to one call.
        n : int
            How many, at most ``n_available``.
        owner : estimator, default=None
            As for :meth:`map_rows`.

        Returns
        -------
        positions : ndarray of int, shape (n,)
            Of equal numbers the lower position comes first.
        """
        return top_n(self.map_rows(function, chunk_rows, owner=owner), n)

    def map_parts(self, function, part_rows):
        """What a function makes of each part of the pool.

        Parameters
        ----------
        function : callable
            ``function(part, number)`` takes a :class:`Pool` of rows that lie
            one after the other, and the number of the part, from 0 on.
        part_rows : int
            Rows a part; the last one may hold fewer.

        Returns
        -------
        results : list
            One for each part.
        """
        parts = [slice(k, k + part_rows) for k in range(0, self.n_rows, part_rows)]
        # made one after the other, so that what is known of a part goes with it
        calls = ((self._part(part), number) for number, part in enumerate(parts))
        return list(self._run(function, calls, len(parts), "parts"))

    def _part(self, rows):
        return Pool(take_rows(self.X, rows), ~self.available[rows])

    def _but(self, exclude):
        """The same pool with other rows taken."""
        return Pool(
            self.X, exclude, memory=self.memory, n_jobs=self.n_jobs, verbose=self.verbose
        )

    def _apply_all(self, function, blocks):
        calls = ((function, self.X, block) for block in blocks)
        return self._run(_apply, calls, len(blocks), "blocks")

    def _run(self, function, calls, n_calls, unit):
        """Results of calls, one after the other as they are asked for, or in threads."""
        if self.n_jobs in (None, 1) or n_calls == 1:  # no need to set up workers
            results = (function(*call) for call in calls)
        else:
            results = Parallel(self.n_jobs, prefer="threads", return_as="generator")(
                delayed(function)(*call) for call in calls
            )
        verbose = self.verbose if n_calls > 1 else 0
        return track(results, n_calls, verbose=verbose, description="query", unit=unit)

    def _blocks(self, chunk_rows):
        """Slices where most rows are free, positions where few are, nothing where none is."""
        for start in range(0, self.n_rows, chunk_rows):
            block = slice(start, min(start + chunk_rows, self.n_rows))
            free = np.flatnonzero(self.available[block])
            if 2 * len(free) > block.stop - start:
                yield block
            elif len(free):
                yield free + start


def _apply(function, X, block):
    """One block of :meth:`Pool.map_rows`; X itself when the block is all of it."""
    is_all = isinstance(block, slice) and block.stop - block.start == num_samples(X)
    rows = X if is_all else take_rows(X, block)
    result = function(rows)
    check_one_each(len(result), rows, f"a model or function gave {len(result)} results")
    return result


def check_one_each(n_results, rows, what):
    """Raise unless there is one result for each row.

    Parameters
    ----------
    n_results : int
        How many there are.
    rows : container of n_rows rows
        What they are of.
    what : str
        The beginning of the message.

    Raises
    ------
    ValueError
        If there are more or fewer.
    """
    if n_results != num_samples(rows):
        raise ValueError(
            f"{what} for {num_samples(rows)} rows. A frame of one column of texts does that where "
            "a list or a series of texts is wanted."
        )


def check_exclude(exclude, n_rows):
    """``exclude`` as a mask or an array of positions, to be used as an index.

    Parameters
    ----------
    exclude : array of int or of bool, set or None
        What a user says is taken.
    n_rows : int
        Number of rows of the pool.

    Returns
    -------
    taken : ndarray of bool, shape (n_rows,), or of int
        As it was given; positions may come twice.

    Raises
    ------
    TypeError, ValueError
        If it is neither, of another length, or about rows that do not exist.
    """
    if exclude is None:
        return np.empty(0, dtype=np.intp)
    is_set = isinstance(exclude, (set, frozenset))
    exclude = np.asarray(sorted(exclude) if is_set else as_host(exclude))
    if exclude.size == 0 and exclude.dtype != bool:
        return np.empty(0, dtype=np.intp)
    if exclude.ndim != 1 or exclude.dtype.kind not in "biu":
        raise TypeError(
            "exclude must be a 1-d array of positions or a boolean mask, got "
            f"dtype {exclude.dtype} and shape {exclude.shape}."
        )
    if exclude.dtype == bool:
        if len(exclude) != n_rows:
            raise ValueError(
                f"exclude is a mask of length {len(exclude)}, but the pool has {n_rows} rows. "
                "The mask must be about the whole pool, which stays as it is from round to round."
            )
        return exclude
    if exclude.min() < 0 or exclude.max() >= n_rows:
        bad = exclude[(exclude < 0) | (exclude >= n_rows)][0]
        raise ValueError(
            f"exclude holds position {bad}, but the pool has rows 0 to {n_rows - 1}. "
            "Positions are those of the whole pool, which stays as it is from round to round."
        )
    if len(exclude) == n_rows > 2 and exclude.max() == 1 and len(np.unique(exclude)) == 2:
        warn_user(
            f"exclude holds {n_rows} integers that are all 0 or 1, as many as the pool has rows. "
            "They are read as the positions 0 and 1. If a mask was meant, give booleans: "
            "exclude.astype(bool)."
        )
    return exclude
