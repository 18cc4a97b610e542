"""Predictions of a learner in the user's labels, from an estimator fitted on codes."""

from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._codes import scatter
from .._outputs import without_surplus
from .._tensors import asked, both_sides, lowest, on_accelerator, to_numpy
from .._typing import Labels, Rows
from .._wrapping import estimator_has
from ..pool import is_dask
from ..predictions import check_one_column_each, gives_pairs
from ._block_rows import predict_blocks, score_blocks
from ._validation import check_columns

_NOT_FITTED = (
    "This %(name)s instance is not fitted yet. Call 'fit' with labeled rows first, or 'query' to "
    "pick rows of a pool and 'teach' with their labels."
)


def _numbers(answer):
    """Return the result of an estimator as an array, or as a tensor if it is on an accelerator."""
    return answer.detach() if on_accelerator(answer) else np.asarray(to_numpy(answer))


class DecodedPredictionsMixin:
    """Predictions in the user's labels, from an estimator that was fitted on codes."""

    def predict(self, X: Rows) -> Any:
        """Predict class labels of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Labels of the type taught. For a dask collection, this method and the
            others return a lazy dask array.

        Raises
        ------
        NotFittedError
            If nothing is fitted yet.
        """
        self._check_fitted()
        check_columns(self, X)
        if is_dask(X):
            return predict_blocks(self, "predict", X)
        return self._fitted.labels(asked(self.estimator_.predict, X)(X), X)

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X: Rows) -> Any:
        """Predict class probabilities of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        probabilities : ndarray of float, shape (n_rows, n_classes)
            Probabilities, with columns in the order of ``classes_``; 0 for a
            class without a label so far.

        Raises
        ------
        NotFittedError
            If nothing is fitted yet.
        """
        self._check_fitted()
        check_columns(self, X)
        if is_dask(X):
            return predict_blocks(self, "predict_proba", X)
        values = _numbers(asked(self.estimator_.predict_proba, X)(X))
        columns = without_surplus(self._fitted.columns(values), values)
        return scatter(columns, self._fitted.found, self.classes_, 0)

    @available_if(estimator_has("predict_proba"))
    def predict_log_proba(self, X: Rows) -> Any:
        """Return the natural logarithm of :meth:`predict_proba`.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        log_probabilities : ndarray of float, shape (n_rows, n_classes)
            Logarithms; -inf for a class without a label so far.

        Raises
        ------
        NotFittedError
            If nothing is fitted yet.
        """
        if is_dask(X):
            return predict_blocks(self, "predict_log_proba", X)
        with np.errstate(divide="ignore"):
            return np.log(to_numpy(self.predict_proba(X)))

    @available_if(estimator_has("decision_function"))
    def decision_function(self, X: Rows) -> Any:
        """Return decision values of rows.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        values : ndarray of float, shape (n_rows, n_classes) or (n_rows,)
            Decision values, one-dimensional for two classes. A class without a
            label so far has the lowest finite number.

        Raises
        ------
        NotFittedError
            If nothing is fitted yet.
        """
        self._check_fitted()
        check_columns(self, X)
        if is_dask(X):
            return predict_blocks(self, "decision_function", X)
        values = _numbers(asked(self.estimator_.decision_function, X)(X))
        found = self._fitted.found
        if len(found) == len(self.classes_):
            return values if gives_pairs(self.estimator_) else self._fitted.decisions(values)
        check_one_column_each(self.estimator_)
        values = self._fitted.decisions(values)
        if values.ndim == 1:
            values = both_sides(values)[:, -len(found) :]
        return scatter(values, found, self.classes_, lowest(values))

    def score(self, X: Rows, y: Labels, sample_weight: Any = None) -> Any:
        """Mean accuracy on rows with labels.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.
        y : array of shape (n_rows,)
            Their labels.
        sample_weight : array of shape (n_rows,), default=None
            Weight of each row. None: all rows have the same weight.

        Returns
        -------
        accuracy : float
            The share of rows whose label is predicted correctly.
        """
        if not is_dask(X):
            return super().score(X, y, sample_weight)
        self._check_fitted()
        check_columns(self, X)
        return score_blocks(self, X, y, sample_weight)

    def _check_fitted(self):
        if hasattr(self, "estimator_"):
            return
        if self.n_labels_:
            raise NotFittedError(f"nothing is fitted yet: {self._why_not_fitted()}")
        check_is_fitted(self, msg=_NOT_FITTED)

    def _why_not_fitted(self):
        if self._n_found() == 1:
            return (
                f"the {self.n_labels_} labels taught are all of one class, "
                f"{self.y_labeled_[:1].tolist()[0]!r}, but a classifier needs two. Teach a row of "
                "another class."
            )
        return (
            f"the fit of {type(self._base_estimator()).__name__} on the {self.n_labels_} labels "
            "raised an error or was interrupted. The labels are kept: fix the cause, and teach "
            "the same or more rows."
        )
