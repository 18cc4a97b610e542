"""Joins the rows of several containers."""

import sys

import numpy as np
from scipy import sparse

from .._tensors import is_tensor, join
from ._datasets import is_dataset, join_datasets

__all__ = ["concatenate_rows", "container_kind"]


def concatenate_rows(*containers):
    """Join the rows of several containers of the same kind.

    Parameters
    ----------
    *containers : array, sparse matrix, frame, series or list
        At least one; all of the same kind and with the same columns.

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
    if is_dataset(first):
        return join_datasets(*containers)
    library = sys.modules.get(type(first).__module__.partition(".")[0])
    if hasattr(first, "iloc") or hasattr(library, "concat"):
        return library.concat(containers)
    return np.concatenate(containers)


def container_kind(X):
    """The kind of a container. Containers of the same kind can be joined."""
    if sparse.issparse(X):
        return "sparse matrix"
    if is_dataset(X):
        return "torch Dataset"
    library = type(X).__module__.partition(".")[0]
    is_array = isinstance(X, np.ndarray)
    return "array" if is_array else f"{library} {type(X).__name__}".removeprefix("builtins ")
