"""Results about a pool that are kept from query to query."""

import math
import weakref
import zlib

import numpy as np
from scipy import sparse

from .._sklearn import num_samples, safe_indexing
from .._tensors import is_tensor
from ..selection import spread_positions
from ._borrowed import borrow, give_back
from ._fingerprint import fingerprint

__all__ = ["FetchedRows", "PoolMemory", "sketch"]

# a pool is read in full up to this size; of a larger one, this many evenly spaced rows are
_WHOLE_POOL, _POOL_ROWS = 1 << 18, 128


class PoolMemory:
    """Results about one pool that strategies reuse in later rounds.

    A learner keeps one memory as long as it is asked about the same pool object. If the
    memory is lost, the results are computed again and the picks stay the same. Pickles
    therefore do not contain it.

    Parameters
    ----------
    X : container
        The pool. Between queries, the memory holds only a weak reference to it.
        Containers without weak references, such as lists, are not remembered.

    Attributes
    ----------
    notes : dict of int to dict
        Numbers that strategies noted about the picks of this query, by position.
    """

    def __init__(self, X):
        self._facts = {}
        self._sketch = None
        self._n_queries = 0
        self.notes = {}
        try:
            self._pool = weakref.ref(X)
        except TypeError:
            self._pool = None

    def is_about(self, X):
        """Whether this is the memory of X, the same object."""
        return X is not None and self._pool is not None and self._pool() is X

    def open(self, X):
        """Prepare the memory for a query.

        Parameters
        ----------
        X : container of n_rows rows
            The pool of the query.

        Returns
        -------
        holds : bool
            False if X is another pool, or if a change in place was detected: by its
            shape, or by a checksum over a small array or over evenly spaced rows of a
            larger one.
        """
        if not self.is_about(X) or (self._facts and self._sketch != sketch(X)):
            return False
        for fact in self._facts.values():
            fact.value = borrow(fact.value, X)
        self._n_queries += 1
        self.notes = {}
        return True

    def close(self, X):
        """Drop results that no strategy uses any more, and release the pool."""
        self._facts = {key: fact for key, fact in self._facts.items() if self._is_of_use(fact)}
        if self._pool is None:
            self._facts.clear()
        for fact in self._facts.values():
            fact.value = give_back(fact.value, X)
        self._sketch = sketch(X) if self._facts else None

    def recall(self, owner, name, compute):
        """Return a stored result; compute it the first time.

        Parameters
        ----------
        owner : estimator or None
            The strategy that asks. Results belong to its class and the state of its
            parameters: equal strategies share them, and they are computed again if a
            parameter changes or a model in it is fitted again. None: the result belongs
            to the pool itself.
        name : hashable
            The name of the result.
        compute : callable
            Called without arguments if there is no stored result.

        Returns
        -------
        value : object
            The result of ``compute``.
        """
        state, kept = _state(owner)
        key = (name, type(owner), state)
        if key not in self._facts:
            self._drop_older(owner, name)
            self._facts[key] = _Fact(compute(), kept)
        fact = self._facts[key]
        fact.owner = None if owner is None else weakref.ref(owner)
        fact.last_used = self._n_queries
        return fact.value

    def note(self, positions, **columns):
        """Note numbers about picked rows, for ``ActiveLearner.explain``.

        Parameters
        ----------
        positions : array of int, shape (n_picks,)
            The picked rows.
        **columns : dict of str to array of float, shape (n_picks,)
            Named numbers, one per row.
        """
        for name, values in columns.items():
            for position, value in zip(positions, values):
                self.notes.setdefault(int(position), {})[name] = float(value)

    def _drop_older(self, owner, name):
        """Drop results of the owner from before a parameter changed."""
        for key, fact in list(self._facts.items()):
            if key[0] == name and fact.owner is not None and fact.owner() is owner:
                del self._facts[key]

    def _is_of_use(self, fact):
        is_used = fact.last_used == self._n_queries
        return is_used or fact.owner is None or fact.owner() is not None


class FetchedRows:
    """Rows of a collection in memory, and what is known of them."""

    def __init__(self, X):
        self.X, self._memory = X, PoolMemory(X)

    def opened(self):
        """What is known of the rows, ready for another query."""
        self._memory.close(self.X)
        if not self._memory.open(self.X):
            self._memory = PoolMemory(self.X)
        return self._memory


class _Fact:
    """A stored result, its last user, and the objects that its key depends on."""

    def __init__(self, value, kept):
        self.value, self.kept = value, kept
        self.owner, self.last_used = None, 0


def _state(owner):
    """The state of an owner's parameters, and objects identified by their id, to keep alive."""
    if owner is None:
        return None, None
    values = sorted(owner.get_params(deep=False).items())
    state = fingerprint(values)
    if state is not None:
        return state, None
    digests = [fingerprint(value) or id(value) for _, value in values]
    return tuple(digests), [value for _, value in values]


def sketch(X):
    """A fast check whether a pool was changed in place or has grown.

    Parameters
    ----------
    X : container of n_rows rows
        The pool.

    Returns
    -------
    marks : tuple or None
        The shape and a checksum: over all numbers of a small pool, or over evenly
        spaced rows of a larger one. None for other containers.
    """
    if is_tensor(X):
        return (tuple(X.shape), X.data_ptr(), X._version) if not X.is_inference() else None
    if isinstance(X, np.ndarray):
        return _checksum(X)
    if sparse.issparse(X):
        X = X if hasattr(X, "indices") else _spread(X).tocsr()
        return (X.shape, *map(_checksum, (X.data, X.indices, X.indptr)))
    if type(X).__module__.partition(".")[0] in ("pandas", "polars"):
        return (X.shape, list(getattr(X, "columns", ())), fingerprint(_spread(X)))
    return None


def _spread(X):
    """Evenly spaced rows of a sparse matrix, frame or series; a small one itself."""
    is_small = 8 * math.prod(X.shape) <= _WHOLE_POOL
    return X if is_small else safe_indexing(X, spread_positions(X.shape[0], _POOL_ROWS))


def _checksum(array):
    is_small = array.nbytes <= _WHOLE_POOL
    rows = array if is_small else array[spread_positions(num_samples(array), _POOL_ROWS)]
    if rows.dtype.hasobject:
        return (array.shape, array.dtype.str, fingerprint(rows))
    # as bytes, because crc32 does not read dates
    return (array.shape, array.dtype.str, zlib.crc32(np.ascontiguousarray(rows).view(np.uint8)))
