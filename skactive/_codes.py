"""Class labels, and the codes 0, 1, ... on which the wrapped classifier is fitted.

Nets and boosting libraries take only the codes 0 to K - 1. The codes stand for the classes
found so far; a learner may also know classes without a label.
"""

from typing import NamedTuple

import numpy as np
from sklearn import get_config
from sklearn.base import clone
from sklearn.utils import column_or_1d, get_tags

from ._interrupts import interrupts_come_through
from ._outputs import columns_of_classes, columns_of_codes, is_net
from ._prefitted import keeps_classes, with_coded_members
from ._tensors import ask_rows, beside, filled, to_numpy


def labels_and_classes(y, name="y"):
    """Return labels as a 1-d array, and the sorted classes among them.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Class labels: integers, strings or whole floats.
    name : str, default="y"
        Name of the argument, for the messages.

    Returns
    -------
    labels : ndarray of shape (n_rows,)
        The same labels.
    classes : ndarray of shape (n_classes,)
        The distinct labels, sorted.

    Raises
    ------
    ValueError
        If y is not 1-d, or has a missing or fractional number.
    TypeError
        If the labels cannot be sorted, such as strings mixed with None.
    """
    labels = column_or_1d(y)
    if labels.dtype.kind == "f":
        wrong = np.flatnonzero(~np.isfinite(labels) | (labels != np.rint(labels)))
        if wrong.size:
            raise ValueError(
                f"{name} must hold class labels; got {labels[wrong[0]]} at position {wrong[0]}. "
                "Is a label missing, or is the target continuous?"
            )
    try:
        return labels, np.unique(labels)
    except TypeError as error:
        raise TypeError(
            f"{name} must hold labels of one type, all numbers or all strings; these cannot be "
            f"sorted ({error}). Is a label missing?"
        ) from error


def encoded_clone(estimator, found, seed=None):
    """Return a clone to fit on codes, with class weights translated and seeds set.

    A clone that is already fitted and keeps its own classes does not change.
    Prefitted classifiers inside another one are wrapped to predict codes.

    Parameters
    ----------
    estimator : classifier
        The user's estimator; it does not change.
    found : ndarray of shape (n_found,)
        Sorted classes of the labels so far; the code of a class is its
        position.
    seed : int, default=None
        Value for each ``random_state`` that is None.

    Returns
    -------
    clone : classifier
        The clone.
    """
    estimator = clone(estimator)
    if keeps_classes(estimator):
        return estimator
    estimator = with_coded_members(estimator, found)
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
    """Fit the estimator and return it; it gets tensors if it takes them."""
    if get_config()["array_api_dispatch"] and get_tags(estimator).array_api_support:
        codes = beside(codes, X)
    with interrupts_come_through(estimator):
        ask_rows(estimator.fit, X, codes, **fit_params)
    return estimator


class Fitted(NamedTuple):
    """A fitted estimator, and the meaning of its predictions and columns.

    Attributes
    ----------
    estimator : fitted classifier
        Fitted on codes, or already fitted by the user.
    found : ndarray of shape (n_found,)
        Sorted labels: those of the fit, or all that a prefitted estimator
        knows.
    has_own_classes : bool
        True if the user had fitted it, so that its ``classes_`` are labels.
    """

    estimator: object
    found: np.ndarray
    has_own_classes: bool

    def labels(self, predicted, X):
        """Return labels for the result of ``predict``, shape (n_rows,)."""
        predicted = np.asarray(to_numpy(predicted))
        if predicted.ndim == 2 and predicted.shape[1] == 1:
            predicted = predicted[:, 0]
        if self.has_own_classes:
            return predicted
        return decode_predictions(self.estimator, predicted, self.found, X)

    def columns(self, values):
        """Return one column for each label found, in order."""
        if self.has_own_classes:
            return columns_of_classes(self.estimator, values, self.found)
        return columns_of_codes(self.estimator, values, len(self.found))

    def decisions(self, values):
        """Return decision values in the order of the labels found; 1-d values stay 1-d."""
        if values.ndim == 2:
            return self.columns(values)
        classes = np.asarray(to_numpy(getattr(self.estimator, "classes_", (0, 1))))
        is_turned = len(classes) == 2 and classes[0] > classes[1]
        return -values if is_turned else values


def fitted_on_labels(estimator, X, labels, *, seed=None, **fit_params):
    """Return a clone of an estimator, fitted on labels.

    Parameters
    ----------
    estimator : classifier
        The user's estimator; it does not change.
    X : container of n_rows rows
        Labeled rows.
    labels : ndarray of shape (n_rows,)
        Their labels.
    seed : int, default=None
        As for :func:`encoded_clone`.
    **fit_params : dict
        Passed to its ``fit``.

    Returns
    -------
    fitted : Fitted
        The clone and its classes.

    Raises
    ------
    TypeError
        If the estimator was already fitted on labels of another type.
    ValueError
        If the estimator has other classes than the codes after its fit.
    """
    found, codes = np.unique(labels, return_inverse=True)
    estimator = encoded_clone(estimator, found, seed)
    if keeps_classes(estimator):
        ask_rows(estimator.fit, X, labels, **fit_params)
        return Fitted(estimator, _own_classes(estimator, found), True)
    fit_on_codes(estimator, X, codes, **fit_params)
    _check_codes(estimator, len(found))
    return Fitted(estimator, found, False)


def _own_classes(estimator, found):
    """Return the sorted classes of a prefitted classifier; raise if their type differs."""
    classes = np.unique(np.asarray(to_numpy(estimator.classes_)))
    if (classes.dtype.kind in "biuf") != (found.dtype.kind in "biuf"):
        raise TypeError(
            f"the prefitted {type(estimator).__name__} knows the classes {classes[:5].tolist()}, "
            f"but the labels taught are like {found[:5].tolist()}. Teach labels of the type on "
            "which it was fitted."
        )
    return classes


def _check_codes(estimator, n_found):
    """Raise an error unless the estimator's classes are the codes on which it was fitted."""
    classes = getattr(estimator, "classes_", None)
    if classes is None or is_net(estimator):
        return
    classes = np.asarray(to_numpy(classes))
    if classes.dtype.kind in "biuf" and set(range(n_found)).issubset(classes.tolist()):
        return
    raise ValueError(
        f"{type(estimator).__name__} was fitted on the codes 0 to {n_found - 1} of the "
        f"classes, but then has the classes {classes[:5].tolist()}, so its predictions cannot "
        "be interpreted. If it is a fitted classifier that must not change, pass "
        "sklearn.frozen.FrozenEstimator(classifier)."
    )


def decode_predictions(estimator, codes, found, X):
    """Return labels for predicted codes; outputs of a net without a class are ignored."""
    codes = np.array(codes).astype(np.intp)
    unknown = (codes < 0) | (codes >= len(found))
    if unknown.any():
        values = to_numpy(ask_rows(estimator.predict_proba, X))
        values = columns_of_codes(estimator, values, len(found))
        codes[unknown] = values[unknown].argmax(axis=1)
    return found[codes]


def scatter(values, found, classes, fill):
    """Put the columns of the classes found at their places among all classes."""
    if len(found) == len(classes):
        return values
    out = filled((len(values), len(classes)), fill, values)
    out[:, np.searchsorted(classes, found)] = values
    return out
