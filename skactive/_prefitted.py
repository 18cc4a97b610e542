"""Classifiers that the user has already fitted; they keep their own classes."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ._tensors import both_sides, lowest, to_numpy

__all__ = ["CodedClassifier", "keeps_classes", "with_coded_members"]

# parameters in which meta-estimators keep their classifiers
_INNER = ("estimator", "base_estimator", "final_estimator")


def keeps_classes(estimator):
    """Return whether a classifier is fitted although its ``fit`` was not called yet.

    A clone of an ordinary classifier is not fitted. A ``FrozenEstimator`` is,
    and so are a Pipeline that ends in one and any classifier with a ``fit``
    that does nothing.

    Parameters
    ----------
    estimator : classifier
        A fresh clone.

    Returns
    -------
    keeps : bool
        True if its predictions are its own labels.
    """
    if hasattr(estimator, "steps"):
        return bool(estimator.steps) and keeps_classes(estimator.steps[-1][1])
    if getattr(estimator, "classes_", None) is None:
        return False
    try:
        check_is_fitted(estimator)
    except (NotFittedError, TypeError):
        return False
    return not (hasattr(estimator, "module") and not hasattr(estimator, "module_"))


def with_coded_members(estimator, found):
    """Return a clone with prefitted members that predict codes, as the other members do.

    Parameters
    ----------
    estimator : classifier
        A fresh clone of a voting, stacking or calibrated classifier or of a
        search. It is changed.
    found : ndarray of shape (n_found,)
        Sorted labels; the code of a label is its position.

    Returns
    -------
    estimator : classifier
        The same object.
    """
    members = dict(_prefitted_members(estimator))
    coded = {
        path: FrozenEstimator(CodedClassifier(member, found)) for path, member in members.items()
    }
    return estimator.set_params(**coded) if coded else estimator


def _prefitted_members(estimator, prefix=""):
    """Yield paths and objects of the prefitted classifiers in an estimator."""
    if not hasattr(estimator, "get_params"):
        return
    params = vars(estimator)  # get_params takes ten times as long, once in every fit
    pairs = [(name, params.get(name)) for name in _INNER]
    if hasattr(estimator, "steps"):
        pairs += list(estimator.steps[-1:])
    elif isinstance(params.get("estimators"), list):
        pairs += [pair[:2] for pair in params["estimators"]]
    for name, member in pairs:
        if member is None or isinstance(member, (str, type)):
            continue
        if keeps_classes(member):
            yield prefix + name, member
        else:
            yield from _prefitted_members(member, f"{prefix}{name}__")


def _has(method):
    return available_if(lambda self: hasattr(self.model, method))


class CodedClassifier(ClassifierMixin, BaseEstimator):
    """Wrap a fitted classifier to predict the codes 0, 1, ... of the labels found so far.

    Parameters
    ----------
    model : fitted classifier
        A classifier of labels, in any order.
    found : ndarray of shape (n_found,)
        Sorted labels. A label that the model does not know has probability 0.
        Probabilities of other labels are left out.

    Attributes
    ----------
    classes_ : ndarray of int, shape (n_found,)
        The codes.
    """

    def __init__(self, model, found):
        self.model = model
        self.found = found

    def __getattr__(self, name):
        if name.startswith("_") or name in ("model", "found", "estimators_", "steps"):
            raise AttributeError(name)
        return getattr(self.model, name)

    @property
    def classes_(self):
        return np.arange(len(self.found))

    def __sklearn_is_fitted__(self):
        return True

    def fit(self, X, y, **fit_params):
        """Do nothing: the model is already fitted."""
        return self

    def predict(self, X):
        """Return the code of the most likely label among those found."""
        if hasattr(self.model, "predict_proba"):
            return self.predict_proba(X).argmax(axis=1)
        if hasattr(self.model, "decision_function"):
            values = self.decision_function(X)
            return values.argmax(axis=1) if values.ndim > 1 else (values > 0).astype(int)
        labels = np.asarray(self.model.predict(X))
        unknown = ~np.isin(labels, self.found)
        if unknown.any():
            raise ValueError(
                f"the prefitted {type(self.model).__name__} predicts the class "
                f"{labels[unknown][0]!r}, which has no label so far, and it has no probabilities "
                "to choose another class. Teach a label of this class first."
            )
        return np.searchsorted(self.found, labels)

    @_has("predict_proba")
    def predict_proba(self, X):
        """Return probabilities of the codes; equal ones if the model knows none of them."""
        columns = self._columns(np.asarray(to_numpy(self.model.predict_proba(X))), 0)
        totals = columns.sum(axis=1, keepdims=True)
        even = np.full_like(columns, 1 / len(self.found))
        return np.divide(columns, totals, out=even, where=totals > 0)

    @_has("decision_function")
    def decision_function(self, X):
        """Return decision values of the codes, one-dimensional for two codes."""
        values = np.asarray(to_numpy(self.model.decision_function(X)))
        is_binary = values.ndim == 1
        columns = self._columns(both_sides(values) if is_binary else values, lowest(values))
        if len(self.found) > 2:
            return columns
        return columns[:, -1] if is_binary else columns[:, -1] - columns[:, 0]

    def _columns(self, values, fill):
        classes = np.asarray(self.model.classes_)
        columns = np.full((len(values), len(self.found)), fill, dtype=values.dtype)
        for place, label in enumerate(classes.tolist()):
            code = np.flatnonzero(self.found == label)
            if len(code):
                columns[:, code[0]] = values[:, place]
        return columns
