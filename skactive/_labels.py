"""Reading class labels once, with one set of error messages."""

import numpy as np
from sklearn.utils import column_or_1d

__all__ = ["check_labels"]


def check_labels(y, name="y"):
    """Labels as a 1-d array and the sorted classes among them.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Class labels: integers, strings or whole floats.
    name : str, default="y"
        What the caller's user calls them, for the messages.

    Returns
    -------
    labels : ndarray of shape (n_rows,)
        The same labels.
    classes : ndarray of shape (n_classes,)
        The distinct ones, sorted.

    Raises
    ------
    ValueError
        If y is not 1-d, or holds a number that is missing or no class label.
    TypeError
        If the labels cannot be sorted, as strings mixed with None.
    """
    labels = column_or_1d(y)
    if labels.dtype.kind == "f":
        wrong = np.flatnonzero(~np.isfinite(labels) | (labels != np.rint(labels)))
        if wrong.size:
            raise ValueError(
                f"{name} must hold class labels, got {labels[wrong[0]]} at position {wrong[0]}: "
                "a missing label, or a continuous target?"
            )
    try:
        return labels, np.unique(labels)
    except TypeError as error:
        raise TypeError(
            f"{name} must hold labels of one type, all numbers or all strings; they cannot be "
            f"sorted ({error}). Is a label missing?"
        ) from error
