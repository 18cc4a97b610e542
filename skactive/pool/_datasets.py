"""Rows of a torch ``Dataset``, which are loaded when they are asked for one by one.

torch itself is never imported; where there is a Dataset, it has been.
"""

import sys

import numpy as np

__all__ = ["dataset_rows", "is_dataset", "join_datasets"]


def is_dataset(X):
    """Whether X is a torch ``Dataset``: rows by number, each loaded when it is asked for."""
    data = getattr(sys.modules.get("torch"), "utils", None)
    return isinstance(X, getattr(getattr(data, "data", None), "Dataset", ()))


def dataset_rows(X, positions):
    """Some rows of a Dataset as a ``Subset``; nothing is loaded.

    Parameters
    ----------
    X : torch Dataset of n_rows rows
        A ``Subset`` is looked through.
    positions : slice or array of int, shape (n_taken,)
        Which rows, in which order.

    Returns
    -------
    rows : torch.utils.data.Subset
        Of the innermost Dataset.
    """
    data = sys.modules["torch"].utils.data
    is_slice = isinstance(positions, slice)
    rows = range(len(X))[positions] if is_slice else np.asarray(positions).tolist()
    if type(X) is data.Subset:
        X, rows = X.dataset, [X.indices[row] for row in rows]
    return data.Subset(X, list(rows))


def join_datasets(*datasets):
    """The rows of several Datasets; those of one and the same are numbered in one Subset."""
    data = sys.modules["torch"].utils.data
    parts = [dataset_rows(part, slice(None)) for part in datasets]
    first = parts[0].dataset
    if all(part.dataset is first for part in parts):
        return data.Subset(first, [row for part in parts for row in part.indices])
    return data.ConcatDataset(datasets)
