"""Class labels, and the codes 0, 1, ... that the wrapped classifier is fitted on.

Nets and boosting libraries take only the codes 0 to K - 1, and a learner may
know of classes of which no label has been revealed. Both end here.
"""

import numpy as np
from sklearn import get_config
from sklearn.base import clone
from sklearn.utils import column_or_1d, get_tags

from ._interrupts import interrupts_come_through
from ._outputs import columns_of_codes
from ._tensors import ask_rows, beside, filled, to_numpy


def labels_and_classes(y, name="y"):
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


def encoded_clone(estimator, found, seed=None):
    """A clone to be fitted on codes, with class weights translated and seeds set.

    Parameters
    ----------
    estimator : classifier
        The user's estimator, left as it is.
    found : ndarray of shape (n_found,)
        Sorted classes of the labels so far; the code of a class is its place.
    seed : int, default=None
        Value for every ``random_state`` that is None.
    """
    estimator = clone(estimator)
    changes = {}
    for name, value in estimator.get_params().items():
        parameter = name.rpartition("__")[2]
        if parameter in ("class_weight", "priors") and isinstance(value, dict):
            pairs = enumerate(found.tolist())
            changes[name] = {code: value[label] for code, label in pairs if label in value}
        elif parameter == "random_state" and value is None and seed is not None:
            changes[name] = seed
    return estimator.set_params(**changes) if changes else estimator


def fit_on_codes(estimator, X, codes, **fit_params):
    """The estimator, fitted; tensors are handed over as far as it takes them."""
    if get_config()["array_api_dispatch"] and get_tags(estimator).array_api_support:
        codes = beside(codes, X)
    with interrupts_come_through(estimator):
        ask_rows(estimator.fit, X, codes, **fit_params)
    return estimator


def decode_predictions(estimator, codes, found, X):
    """Labels for predicted codes; a net's outputs without a class are passed over."""
    codes = column_or_1d(np.array(to_numpy(codes))).astype(np.intp)  # CatBoost gives a column
    unknown = (codes < 0) | (codes >= len(found))
    if unknown.any():
        values = to_numpy(ask_rows(estimator.predict_proba, X))
        values = columns_of_codes(estimator, values, len(found))
        codes[unknown] = values[unknown].argmax(axis=1)
    return found[codes]


def scatter(values, found, classes, fill):
    """Columns of the classes found, put where they stand among all classes."""
    if len(found) == len(classes):
        return values
    out = filled((len(values), len(classes)), fill, values)
    out[:, np.searchsorted(classes, found)] = values
    return out
