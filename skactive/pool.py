"""Rows of any container: how many, some of them, block after block, which are free.

Everything that must know whether X is an array, a sparse matrix, a frame, a
list of strings or a memory map stands here; the rest of the package only asks
for rows.
"""

import sys
import weakref

import numpy as np
from scipy import sparse
from sklearn.utils.parallel import Parallel, delayed

from ._sklearn import num_samples, safe_indexing
from .tensors import as_host, filled, is_tensor, join

__all__ = ["Pool", "PoolMemory", "concatenate_rows", "num_samples", "take_rows"]


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


def concatenate_rows(first, second):
    """The rows of one container below those of another of the same kind.

    Parameters
    ----------
    first, second : array, sparse matrix, frame, series or list
        Containers of the same kind and the same columns.

    Returns
    -------
    rows : same container
        All rows, ``first`` before ``second``.
    """
    if sparse.issparse(first):
        return type(first)(sparse.vstack([first, second], format=first.format))
    if isinstance(first, list):
        return first + list(second)
    if is_tensor(first):
        return join(first, second)
    library = sys.modules.get(type(first).__module__.partition(".")[0])
    if hasattr(first, "iloc") or hasattr(library, "concat"):
        return library.concat([first, second])
    return np.concatenate([first, second])


def container_kind(X):
    """What kind of container X is: those of one kind can be joined."""
    if sparse.issparse(X):
        return "sparse matrix"
    library = type(X).__module__.partition(".")[0]
    is_array = isinstance(X, np.ndarray)
    return "array" if is_array else f"{library} {type(X).__name__}".removeprefix("builtins ")


class PoolMemory:
    """What strategies know of one pool and need not work out again next round.

    A learner keeps one of these from query to query for as long as it is
    asked about the same pool object. Forgetting it never changes a pick,
    it only costs the work again; hence it is left out of pickles.

    Parameters
    ----------
    X : container
        The pool. Only a weak reference is held, and containers that allow
        none (lists) are never remembered.
    """

    def __init__(self, X):
        self._facts = {}
        try:
            self._pool = weakref.ref(X)
        except TypeError:
            self._pool = None

    def is_about(self, X):
        """Whether this is the memory of that very object."""
        return X is not None and self._pool is not None and self._pool() is X

    def recall(self, owner, name, compute):
        """The value stored for an owner under a name, computed the first time.

        Parameters
        ----------
        owner : estimator
            The strategy that asks. Its parameters belong to the key, so a
            changed strategy starts afresh.
        name : hashable
            What the value is.
        compute : callable
            Called without arguments when there is no such value.
        """
        values = [owner, *_parameter_values(owner)]
        key = (name, *map(id, values))
        if key not in self._facts:
            # the values are kept along, else an id could be given out again
            self._facts[key] = compute(), values
        return self._facts[key][0]


def _parameter_values(strategy):
    """The parameters of a strategy and of the strategies within it."""
    for _, value in sorted(strategy.get_params(deep=False).items()):
        yield value
        if hasattr(value, "requires_fit"):
            yield from _parameter_values(value)


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
        Threads used by :meth:`map_rows`.

    Attributes
    ----------
    n_rows : int
        Number of rows of X.
    available : ndarray of bool, shape (n_rows,)
        True where a row may be picked.
    """

    def __init__(self, X, exclude=None, *, memory=None, n_jobs=None):
        self.X = X
        self.n_rows = num_samples(X)
        self.available = _available_rows(exclude, self.n_rows)
        self.memory = PoolMemory(X) if memory is None else memory
        self.n_jobs = n_jobs

    @property
    def n_available(self):
        """Number of rows that may be picked."""
        return int(np.count_nonzero(self.available))

    @property
    def positions(self):
        """Positions of the rows that may be picked, ascending."""
        return np.flatnonzero(self.available)

    def whole(self):
        """The same pool with every row free."""
        return Pool(self.X, memory=self.memory, n_jobs=self.n_jobs)

    def free_rows(self):
        """The rows that may be picked; X itself when that is all of them."""
        return self.X if self.available.all() else take_rows(self.X, self.positions)

    def map_rows(self, function, chunk_rows, *, keep_tensors=False):
        """Numbers for each free row, worked out block by block.

        Parameters
        ----------
        function : callable
            Takes some rows of X, returns an array of shape (n_taken, ...).
        chunk_rows : int
            Most rows that are given to one call.
        keep_tensors : bool, default=False
            True leaves many numbers a row on the accelerator where the
            function has them; the result is a tensor then.

        Returns
        -------
        values : ndarray of float, shape (n_rows, ...)
            -inf where a row is not free; float64 where it is one number a row.
        """
        values = np.full(self.n_rows, -np.inf)
        blocks = list(self._blocks(chunk_rows))
        for block, result in zip(blocks, self._apply_all(function, blocks)):
            result = result if keep_tensors and result.ndim > 1 else as_host(result)
            if result.ndim > values.ndim:
                values = filled((self.n_rows, *result.shape[1:]), -np.inf, result)
            values[block] = result
        values[np.flatnonzero(~self.available)] = -np.inf
        return values

    def _apply_all(self, function, blocks):
        if self.n_jobs in (None, 1) or len(blocks) == 1:  # no need to set up workers
            return (_apply(function, self.X, block) for block in blocks)
        calls = (delayed(_apply)(function, self.X, block) for block in blocks)
        return Parallel(self.n_jobs, prefer="threads")(calls)

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
    return function(X if is_all else take_rows(X, block))


def _available_rows(exclude, n_rows):
    """Mask of the rows that ``exclude`` leaves, after checking it."""
    available = np.ones(n_rows, dtype=bool)
    if exclude is None:
        return available
    is_set = isinstance(exclude, (set, frozenset))
    exclude = np.asarray(sorted(exclude) if is_set else as_host(exclude))
    if exclude.size == 0 and exclude.dtype != bool:
        return available
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
        return ~exclude
    if exclude.min() < 0 or exclude.max() >= n_rows:
        bad = exclude[(exclude < 0) | (exclude >= n_rows)][0]
        raise ValueError(
            f"exclude holds position {bad}, but the pool has rows 0 to {n_rows - 1}. "
            "Positions are those of the whole pool, which stays as it is from round to round."
        )
    available[exclude] = False
    return available
