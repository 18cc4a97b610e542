"""Hashes of rows, to recognize rows that were already taught."""

import sys
from functools import lru_cache

import numpy as np
from scipy import sparse

from .._tensors import is_tensor, on_accelerator, to_numpy
from ..pool import num_samples, take_rows

_MIXER = np.uint64(0xD6E8FEB86659FD93)


class RowHashes:
    """Hashes of the rows taught so far; only those of new rows are computed."""

    def __init__(self):
        self._hashes = np.empty(0, dtype=np.uint64)

    def of(self, X):
        """Return the hashes of rows that start with the rows of the last call, or None."""
        known, n_rows = self._hashes, num_samples(X)
        if len(known) < n_rows:
            new = row_hashes(take_rows(X, slice(len(known), None)) if len(known) else X)
            if new is None:
                return None
            known = self._hashes = np.concatenate([known, new])
        return known[:n_rows]


def are_among(hashes, known):
    """Return a mask of the hashes that are in ``known``, which has at least one entry."""
    # numpy.isin is slower, because it removes repeated numbers first
    known = np.sort(known)
    places = np.searchsorted(known, hashes)
    return known[np.minimum(places, len(known) - 1)] == hashes


def row_hashes(rows):
    """Return one number per row; equal rows have equal numbers.

    Parameters
    ----------
    rows : container of n_rows rows
        Arrays, tensors, sparse matrices, frames and lists.

    Returns
    -------
    hashes : ndarray of uint64, shape (n_rows,), or None
        None for other containers, and for rows on an accelerator.
    """
    if on_accelerator(rows):
        return None
    rows = to_numpy(rows) if is_tensor(rows) else rows
    library = type(rows).__module__.partition(".")[0]
    try:
        if sparse.issparse(rows):
            return _of_sparse(rows.tocsr())
        if isinstance(rows, np.ndarray) and rows.dtype.kind in "biuf":
            return _of_numbers(rows.reshape(len(rows), -1))
        if library == "pandas":
            return sys.modules["pandas"].util.hash_pandas_object(rows, index=False).to_numpy()
        if library == "polars":
            hashes = rows.hash_rows(seed=0) if hasattr(rows, "columns") else rows.hash(seed=0)
            return hashes.to_numpy().astype(np.uint64)
        if isinstance(rows, (list, np.ndarray)):
            return np.array([hash(_hashable(row)) for row in rows], dtype=np.int64).view(np.uint64)
    except TypeError:  # a value cannot be hashed
        pass
    return None


def _hashable(row):
    if isinstance(row, np.ndarray):
        return tuple(row.ravel().tolist())
    if isinstance(row, list):
        return tuple(map(_hashable, row))
    if isinstance(row, dict):
        return frozenset((name, _hashable(value)) for name, value in row.items())
    return row


def _of_numbers(rows):
    terms = _mixed(rows)
    terms *= _weights(rows.shape[1])
    return terms.sum(axis=1, dtype=np.uint64)


def _of_sparse(rows):
    """Return the same numbers as for the dense rows, because a zero adds nothing."""
    terms = _mixed(rows.data) * _weights(rows.shape[1])[rows.indices]
    hashes = np.zeros(rows.shape[0], dtype=np.uint64)
    np.add.at(hashes, np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), terms)
    return hashes


def _mixed(numbers):
    """Mix the bits of numbers over all 64 places; 0 for 0.0 and -0.0."""
    numbers = numbers.astype(np.float64) + 0.0
    bits = np.ascontiguousarray(numbers).view(np.uint64)
    bits ^= bits >> np.uint64(32)
    bits *= _MIXER
    bits ^= bits >> np.uint64(29)
    return bits


@lru_cache(maxsize=8)
def _weights(n):
    """Return a fixed odd number for each column. Do not change the array."""
    state = (np.arange(1, n + 1, dtype=np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
    state ^= state >> np.uint64(30)
    state *= np.uint64(0xBF58476D1CE4E5B9)
    state ^= state >> np.uint64(27)
    return state | np.uint64(1)
