"""Rows of a torch ``Dataset``, which are loaded one by one when needed.

This module never imports torch. If there is a Dataset, torch is already imported.
"""

import sys

import numpy as np

__all__ = ["dataset_rows", "is_dataset", "join_datasets"]


def is_dataset(X):
    """Whether X is a torch ``Dataset``, which loads its rows one by one.

    Parameters
    ----------
    X : object
        Any container.

    Returns
    -------
    answer : bool
        False as long as torch is not imported.
    """
    data = getattr(sys.modules.get("torch"), "utils", None)
    return isinstance(X, getattr(getattr(data, "data", None), "Dataset", ()))


def dataset_rows(X, positions):
    """Take rows of a Dataset as a ``Subset``; nothing is loaded.

    Parameters
    ----------
    X : torch Dataset of n_rows rows
        If it is a ``Subset``, rows are taken from the Dataset inside.
    positions : slice or array of int, shape (n_taken,)
        The rows to take, in this order.

    Returns
    -------
    rows : torch.utils.data.Subset
        A subset of the innermost Dataset.
    """
    data = sys.modules["torch"].utils.data
    is_slice = isinstance(positions, slice)
    rows = range(len(X))[positions] if is_slice else np.asarray(positions).tolist()
    if type(X) is data.Subset:
        X, rows = X.dataset, [X.indices[row] for row in rows]
    return data.Subset(X, list(rows))


def join_datasets(*datasets):
    """Join the rows of several Datasets; subsets of one Dataset become one Subset."""
    data = sys.modules["torch"].utils.data
    parts = [dataset_rows(part, slice(None)) for part in datasets]
    first = parts[0].dataset
    if all(part.dataset is first for part in parts):
        return data.Subset(first, [row for part in parts for row in part.indices])
    return data.ConcatDataset(datasets)
