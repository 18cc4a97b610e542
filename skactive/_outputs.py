"""Which outputs of a fitted classifier stand for which classes.

A net may have more outputs than there are classes with a label. The others are left out, and
probabilities are made to sum to 1 again.
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
    """Outputs that stand for the classes of a fitted classifier, in their order.

    Parameters
    ----------
    estimator : fitted classifier
        A ``SeededNet`` counts its classes from the first output on. Any other
        net has the labels themselves as numbers of outputs.
    n_outputs : int
        How many outputs there are.

    Returns
    -------
    columns : ndarray of int, shape (n_classes,)
        All outputs where no labels say more.
    """
    classes = np.asarray(to_numpy(getattr(estimator, "classes_", np.arange(n_outputs))))
    if hasattr(estimator, "label_classes_") or len(classes) == n_outputs:
        return np.arange(min(len(classes), n_outputs))
    is_code = classes.dtype.kind in "iu" and classes.min() >= 0 and classes.max() < n_outputs
    return classes.astype(np.intp) if is_code else np.arange(n_outputs)


def columns_of_codes(estimator, values, n_found):
    """One column for each code, in order.

    Parameters
    ----------
    estimator : fitted classifier
        Fitted on codes 0 to n_found - 1.
    values : ndarray of shape (n_rows, n_outputs)
        Its probabilities or decision values.
    n_found : int
        Number of codes.

    Returns
    -------
    values : ndarray of shape (n_rows, n_found)
        A net with more outputs than classes so far gives the first n_found.
    """
    if values.shape[1] < n_found:
        raise ValueError(
            f"{type(estimator).__name__} gives {values.shape[1]} columns after being fitted on "
            f"{n_found} classes. A net needs at least as many outputs as there are classes."
        )
    return columns_of_classes(estimator, values, np.arange(n_found))


def columns_of_classes(estimator, values, wanted):
    """The columns of some classes, in their order, whatever the order of the estimator's.

    Parameters
    ----------
    estimator : fitted classifier
        Its ``classes_`` name the columns; without any, or with another number
        of them than there are columns, these are 0, 1, ...
    values : ndarray of shape (n_rows, n_outputs)
        Its probabilities or decision values.
    wanted : ndarray of shape (n_wanted,)
        Some of its classes.

    Returns
    -------
    values : ndarray of shape (n_rows, n_wanted)
        The same array where nothing has to move.
    """
    classes = np.asarray(to_numpy(getattr(estimator, "classes_", np.arange(values.shape[1]))))
    if len(classes) == values.shape[1] == len(wanted) and np.array_equal(classes, wanted):
        return values
    if len(classes) != values.shape[1] or is_net(estimator):
        classes = np.arange(values.shape[1])
    order = np.argsort(classes, kind="stable")
    return values[:, order[np.searchsorted(classes, wanted, sorter=order)]]


def is_net(estimator):
    """Whether it is a skorch net, which predicts numbers of its outputs, whatever their names."""
    estimator = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    return hasattr(estimator, "module_")


def of_columns(values, columns):
    """Some columns of class probabilities, as in :func:`without_surplus`."""
    if values.shape[-1] == len(columns):
        return values
    return without_surplus(values[..., columns], values)


def without_surplus(columns, values):
    """Columns taken out of class probabilities, made to sum to 1 again along the last axis.

    Parameters
    ----------
    columns : ndarray or tensor, shape (..., n_columns)
        Some of the columns, or all.
    values : ndarray or tensor, shape (..., n_outputs)
        Where they come from. Rows that do not sum to 1 are no probabilities,
        and their columns stay as they are.

    Returns
    -------
    columns : ndarray or tensor, shape (..., n_columns)
        Equal numbers for a row whose mass is all in columns left out.
    """
    if columns.shape[-1] == values.shape[-1]:
        return columns
    if not np.allclose(to_numpy(values.sum(axis=-1)), 1, atol=1e-3):
        return columns
    # the addend keeps a row whose mass is all elsewhere from dividing 0 by 0
    columns = columns + np.finfo(np.float32).tiny
    return columns / columns.sum(axis=-1, keepdims=True)


def class_proba(estimator, X):
    """``predict_proba`` with one column for each class; surplus outputs are left out."""
    values = np.asarray(estimator.predict_proba(X))
    return of_columns(values, class_columns(estimator, values.shape[1]))
