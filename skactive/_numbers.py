"""Containers of rows as arrays of finite floating-point numbers, with clear errors."""

import numpy as np
from scipy import sparse

from ._tensors import to_numpy

__all__ = ["as_numbers", "as_tensor_vectors", "as_vectors", "has_nan"]


def as_tensor_vectors(vectors):
    """Flatten the rows of a tensor to finite floating-point vectors, on its device."""
    vectors = vectors.reshape(len(vectors), -1)
    vectors = vectors if vectors.is_floating_point() else vectors.double()
    if vectors.numel() and not np.isfinite([float(end) for end in vectors.aminmax()]).all():
        raise _not_finite(np.flatnonzero(~to_numpy(vectors.isfinite().all(1)))[0])
    return vectors


def as_vectors(vectors):
    """Flatten rows to finite floating-point vectors; sparse rows become a csr matrix."""
    if sparse.issparse(vectors):
        vectors = vectors.tocsr()
        ends = vectors.indptr[1:]
        _check_finite(vectors.data[:, None], lambda i: np.searchsorted(ends, i, "right"))
        return vectors
    try:
        vectors = as_numbers(vectors)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"this strategy needs rows that are vectors of numbers; got {error}. Give it embed= "
            "(a fitted transformer or a callable), or put the transformer before the classifier "
            "in a Pipeline."
        ) from error
    vectors = vectors.reshape(len(vectors), -1)
    _check_finite(vectors, int)
    return vectors


def as_numbers(X):
    """Rows as an array of floats; raises a TypeError or ValueError if they are not numbers."""
    types = getattr(X, "dtypes", None)
    types = types if hasattr(types, "__iter__") else [types]
    if not all(getattr(each, "kind", "f") in "fiub" for each in types):
        raise TypeError("a frame with columns that are not numbers")
    array = np.asarray(X)
    if array.dtype.kind not in "fiubO":
        raise TypeError(f"values of type {array.dtype}")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def has_nan(numbers):
    """Whether one of the numbers of an array is missing."""
    return bool(np.isnan(_total(numbers)) and np.isnan(numbers).any())


@np.errstate(over="ignore", invalid="ignore")
def _total(numbers):
    """Sum of all numbers: not finite if one of them is not; takes a tenth of testing each."""
    # not in float64: conversion takes longer than addition. After an overflow, each is tested
    return numbers.sum(dtype=np.promote_types(numbers.dtype, np.float32))


def _check_finite(numbers, row_of):
    """Raise a ValueError that names the first row with NaN or infinity."""
    if np.isfinite(_total(numbers)):
        return
    bad = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(bad):
        raise _not_finite(row_of(bad[0]))


def _not_finite(row):
    return ValueError(
        f"the vector of row {row} holds NaN or infinity, so it has no distance to other rows. Set "
        "embed= to a transformer that fills in such values."
    )
