"""Map the outputs of a fitted classifier to classes.

A net may have more outputs than there are classes with a label. The other outputs are left out,
and the probabilities are normalized to sum to 1 again.
"""

import numpy as np

from ._tensors import to_numpy

__all__ = [
    "class_columns",
    "class_proba",
    "columns_of_classes",
    "columns_of_codes",
    "is_net",
    "of_columns",
    "without_surplus",
]


def class_columns(estimator, n_outputs):
    """Return the outputs for the classes of a fitted classifier, in their order.

    Parameters
    ----------
    estimator : fitted classifier
        A ``SeededNet`` uses its first outputs for its classes. For any other
        net, the labels are output numbers.
    n_outputs : int
        Number of outputs.

    Returns
    -------
    columns : ndarray of int, shape (n_classes,)
        Output of each class; all outputs if the labels are not output numbers.
    """
    classes = np.asarray(to_numpy(getattr(estimator, "classes_", np.arange(n_outputs))))
    if hasattr(estimator, "label_classes_") or len(classes) == n_outputs:
        return np.arange(min(len(classes), n_outputs))
    is_code = classes.dtype.kind in "iu" and classes.min() >= 0 and classes.max() < n_outputs
    return classes.astype(np.intp) if is_code else np.arange(n_outputs)


def columns_of_codes(estimator, values, n_found):
    """Return one column for each code, in order.

    Parameters
    ----------
    estimator : fitted classifier
        Fitted to codes 0 to n_found - 1.
    values : ndarray of shape (n_rows, n_outputs)
        Its probabilities or decision values.
    n_found : int
        Number of codes.

    Returns
    -------
    values : ndarray of shape (n_rows, n_found)
        Columns of the codes. If a net has more outputs, these are the first n_found.

    Raises
    ------
    ValueError
        If there are fewer columns than codes.
    """
    if values.shape[1] < n_found:
        raise ValueError(
            f"{type(estimator).__name__} returns {values.shape[1]} columns, but was fitted on "
            f"{n_found} classes. A net needs at least as many outputs as there are classes."
        )
    return columns_of_classes(estimator, values, np.arange(n_found))


def columns_of_classes(estimator, values, wanted):
    """Return the columns of some classes, in their order.

    Parameters
    ----------
    estimator : fitted classifier
        Its ``classes_`` name the columns. If it has none, or another number of
        them, the columns are 0, 1, ...
    values : ndarray of shape (n_rows, n_outputs)
        Its probabilities or decision values.
    wanted : ndarray of shape (n_wanted,)
        Some of its classes.

    Returns
    -------
    values : ndarray of shape (n_rows, n_wanted)
        The same array if the columns are already in this order.
    """
    classes = np.asarray(to_numpy(getattr(estimator, "classes_", np.arange(values.shape[1]))))
    if len(classes) == values.shape[1] == len(wanted) and np.array_equal(classes, wanted):
        return values
    if len(classes) != values.shape[1] or is_net(estimator):
        classes = np.arange(values.shape[1])
    order = np.argsort(classes, kind="stable")
    return values[:, order[np.searchsorted(classes, wanted, sorter=order)]]


def is_net(estimator):
    """Return whether an estimator is a skorch net, which predicts numbers of its outputs."""
    estimator = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    return hasattr(estimator, "module_")


def of_columns(values, columns):
    """Return some columns of class probabilities, as in :func:`without_surplus`."""
    if values.shape[-1] == len(columns):
        return values
    return without_surplus(values[..., columns], values)


def without_surplus(columns, values):
    """Normalize some columns of class probabilities to sum to 1 along the last axis.

    Parameters
    ----------
    columns : ndarray or tensor, shape (..., n_columns)
        Some or all of the columns.
    values : ndarray or tensor, shape (..., n_outputs)
        All columns. If rows do not sum to 1, they are not probabilities, and
        the columns do not change.

    Returns
    -------
    columns : ndarray or tensor, shape (..., n_columns)
        Normalized columns. If a row has all its probability in other columns,
        its entries are equal.
    """
    if columns.shape[-1] == values.shape[-1]:
        return columns
    if not np.allclose(to_numpy(values.sum(axis=-1)), 1, atol=1e-3):
        return columns
    # avoids 0 / 0 in rows with all probability in other columns
    columns = columns + np.finfo(np.float32).tiny
    return columns / columns.sum(axis=-1, keepdims=True)


def class_proba(estimator, X):
    """Return ``predict_proba`` with one column per class, without surplus outputs."""
    values = np.asarray(estimator.predict_proba(X))
    return of_columns(values, class_columns(estimator, values.shape[1]))
