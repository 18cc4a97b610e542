"""Between the user's labels and the codes 0, 1, ... that the wrapped classifier is fitted on.

Nets and boosting libraries take only the codes 0 to K - 1, and a learner may
know of classes of which no label has been revealed. Both end here.
"""

import numpy as np
from sklearn import get_config
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ._validation import check_columns
from .tensors import as_host, ask_rows, beside, both_sides, filled, lives_elsewhere, lowest


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
    ask_rows(estimator.fit, X, codes, **fit_params)
    return estimator


def decode_predictions(estimator, codes, found, X):
    """Labels for predicted codes; a net's outputs without a class are passed over."""
    codes = np.array(as_host(codes)).astype(np.intp)
    unknown = (codes < 0) | (codes >= len(found))
    if unknown.any():
        values = as_host(ask_rows(estimator.predict_proba, X))
        values = columns_of_codes(estimator, values, len(found))
        codes[unknown] = values[unknown].argmax(axis=1)
    return found[codes]


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
    codes = np.asarray(as_host(getattr(estimator, "classes_", np.arange(values.shape[1]))))
    if values.shape[1] == n_found and np.array_equal(codes, np.arange(n_found)):
        return values
    if values.shape[1] != len(codes):
        codes = np.arange(values.shape[1])
    if values.shape[1] < n_found:
        raise ValueError(
            f"{type(estimator).__name__} gives {values.shape[1]} columns after being fitted on "
            f"{n_found} classes. A net needs at least as many outputs as there are classes."
        )
    return values[:, np.searchsorted(codes, np.arange(n_found))]


def scatter(values, found, classes, fill):
    """Columns of the classes found, put where they stand among all classes."""
    if len(found) == len(classes):
        return values
    out = filled((len(values), len(classes)), fill, values)
    out[:, np.searchsorted(classes, found)] = values
    return out


def _outputs(method, X):
    """What a method of an estimator gives: a tensor where it lives elsewhere, else an array."""
    values = ask_rows(method, X)
    return values.detach() if lives_elsewhere(values) else np.asarray(as_host(values))


def _estimator_has(method):
    """Check for ``available_if``: whether the wrapped estimator has a method."""

    def check(learner):
        return hasattr(getattr(learner, "estimator_", learner._base_estimator()), method)

    return check


class DecodedPredictionsMixin:
    """Predictions in the user's labels, from an estimator that was fitted on codes."""

    def predict(self, X):
        """Class labels of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Labels as they were taught.
        """
        self._check_predictable(X)
        codes = ask_rows(self.estimator_.predict, X)
        return decode_predictions(self.estimator_, codes, self._found, X)

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X):
        """Class probabilities of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            In the order of ``classes_``; 0 for a class not revealed yet.
        """
        self._check_predictable(X)
        values = _outputs(self.estimator_.predict_proba, X)
        columns = columns_of_codes(self.estimator_, values, len(self._found))
        has_surplus = columns.shape[1] < values.shape[1]
        if has_surplus and np.allclose(as_host(values.sum(axis=1)), 1, atol=1e-3):  # no logits
            columns = columns / columns.sum(axis=1, keepdims=True)
        return scatter(columns, self._found, self.classes_, 0)

    @available_if(_estimator_has("predict_proba"))
    def predict_log_proba(self, X):
        """Natural logarithm of :meth:`predict_proba`.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        log_probabilities : ndarray of float, shape (n_rows, n_classes)
            -inf for a class not revealed yet.
        """
        with np.errstate(divide="ignore"):
            return np.log(as_host(self.predict_proba(X)))

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X):
        """Decision values of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        values : ndarray of float, shape (n_rows, n_classes) or (n_rows,)
            One-dimensional for two classes. The lowest finite number stands
            for a class not revealed yet.
        """
        self._check_predictable(X)
        values = _outputs(self.estimator_.decision_function, X)
        if len(self._found) == len(self.classes_):
            return values
        if values.ndim == 1:
            values = both_sides(values)[:, -len(self._found) :]
        columns = columns_of_codes(self.estimator_, values, len(self._found))
        return scatter(columns, self._found, self.classes_, lowest(values))

    def _check_predictable(self, X):
        if self.n_labels_ and not hasattr(self, "estimator_"):
            raise NotFittedError(
                f"nothing is fitted yet: the {self.n_labels_} labels taught are all of one class, "
                "or the fit of the estimator raised."
            )
        check_is_fitted(self)
        check_columns(self, X)
