"""Class probabilities corrected for the class frequencies of the labeled rows."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from scipy.special import log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from ._codes import labels_and_classes
from ._outputs import class_columns
from ._parameters import CLASSIFIER, DeclaredParameters, check_parameters
from ._typing import Labels, Rows
from ._wrapping import WrappingMixin, estimator_has

__all__ = ["PriorCorrectedClassifier"]


class PriorCorrectedClassifier(
    WrappingMixin, DeclaredParameters, MetaEstimatorMixin, ClassifierMixin, BaseEstimator
):
    """Classifier that divides the probabilities of another one by the class priors.

    A classifier trained on few rows of a class rarely predicts that class. If
    all classes matter equally, divide each probability by the share of its
    class in the training rows, and normalize again. The prediction is then the
    class with the largest corrected probability. With equally frequent
    classes, nothing changes. This method is known as thresholding, Sec. 2.2 of
    [1]_. Read more in :doc:`/user_guide/imbalance`.

    Parameters
    ----------
    estimator : classifier, default=None
        Classifier with ``predict_proba``; it is cloned. None takes
        :class:`~sklearn.linear_model.LogisticRegression`. Do not pass a
        classifier that balances the classes itself
        (``class_weight="balanced"``): its probabilities need no correction.
    priors : dict or array-like of shape (n_classes,), default=None
        Positive numbers to divide by; only their ratios matter. None takes the
        class frequencies in the y given to ``fit``, weighted by
        ``sample_weight`` if the estimator gets one. A dict maps class labels
        to numbers and may have more classes than y. An array follows the
        sorted classes in y.

    Attributes
    ----------
    estimator_ : classifier
        The fitted clone.
    priors_ : ndarray of shape (n_classes,)
        Divisors of the probabilities; they sum to 1.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of ``predict_proba``.
    n_features_in_ : int
        Number of features seen in ``fit``, if the estimator has it.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen in ``fit``, if the estimator has them.

    See Also
    --------
    sklearn.calibration.CalibratedClassifierCV : Adds probabilities to a
        classifier that has only decision values.
    sklearn.model_selection.TunedThresholdClassifierCV : Tunes the threshold of
        a binary classifier.

    Notes
    -----
    The computation is ``log p - log prior``, normalized by a softmax. X is
    passed to the estimator unchanged. A neural net may have more outputs than
    y has classes; then y must hold output numbers, and outputs without a class
    are ignored.

    References
    ----------
    .. [1] M. Buda, A. Maki, M. Mazurowski (2018). "A Systematic Study of the
       Class
       Imbalance Problem in Convolutional Neural Networks". Neural Networks
       106,
       249-259, Sec. 2.2. doi:10.1016/j.neunet.2018.07.011
    .. [2] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426.
       doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from skactive.calibration import PriorCorrectedClassifier
    >>> X, y = np.zeros((4, 1)), ["common", "common", "common", "rare"]
    >>> dummy = DummyClassifier(strategy="prior").fit(X, y)
    >>> dummy.predict_proba(X[:1])
    array([[0.75, 0.25]])
    >>> corrected = PriorCorrectedClassifier(dummy).fit(X, y)
    >>> corrected.predict_proba(X[:1])
    array([[0.5, 0.5]])
    """

    _parameter_constraints: dict = {
        "estimator": CLASSIFIER,
        "priors": [Mapping, "array-like", None],
    }

    def __init__(self, estimator: Any = None, *, priors: Any = None) -> None:
        self.estimator = estimator
        self.priors = priors

    def fit(self, X: Rows, y: Labels, **fit_params: Any) -> Self:
        """Fit the classifier, and learn the class priors from y.

        Parameters
        ----------
        X : container of length n_rows
            Labeled rows, in any container that the estimator takes.
        y : array-like of shape (n_rows,)
            Their labels.
        **fit_params : dict
            Parameters of the estimator's ``fit``, such as ``sample_weight``.
            With metadata routing enabled, they are routed as the estimator
            requests.

        Returns
        -------
        self : PriorCorrectedClassifier
            The fitted classifier.

        Raises
        ------
        TypeError
            If the estimator has no ``predict_proba``.
        ValueError
            If the priors are not positive or lack a class.
        """
        check_parameters(self)
        estimator = self._base_estimator()
        _check_predicts_proba(estimator)
        labels, _ = labels_and_classes(y)
        params = self._routed_fit_params(fit_params)
        priors = self._find_priors(labels, params.get("sample_weight"))
        fitted = clone(estimator).fit(X, y, **params)
        self.priors_ = _align_priors(priors, fitted.classes_)
        self.estimator_, self.classes_ = fitted, fitted.classes_
        return self

    @available_if(estimator_has("predict_proba"))
    def predict_proba(self, X: Rows) -> Any:
        """Return the corrected class probabilities.

        Parameters
        ----------
        X : container of length n_rows
            Rows, in any container that the estimator takes.

        Returns
        -------
        proba : ndarray of shape (n_rows, n_classes)
            Probabilities; each row sums to 1. The columns follow ``classes_``.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        """
        return np.exp(self.predict_log_proba(X))

    @available_if(estimator_has("predict_proba"))
    def predict_log_proba(self, X: Rows) -> Any:
        """Return the logarithms of the corrected class probabilities.

        Parameters
        ----------
        X : container of length n_rows
            Rows, in any container that the estimator takes.

        Returns
        -------
        log_proba : ndarray of shape (n_rows, n_classes)
            Natural logarithms of ``predict_proba``.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        """
        check_is_fitted(self)
        proba = np.asarray(self.estimator_.predict_proba(X), dtype=np.float64)
        columns = class_columns(self.estimator_, proba.shape[1])
        _check_columns(columns, self.classes_)
        with np.errstate(divide="ignore"):
            return log_softmax(np.log(proba[:, columns]) - np.log(self.priors_), axis=1)

    @available_if(estimator_has("predict_proba"))
    def predict(self, X: Rows) -> Any:
        """Return the class with the largest corrected probability.

        Parameters
        ----------
        X : container of length n_rows
            Rows, in any container that the estimator takes.

        Returns
        -------
        labels : ndarray of shape (n_rows,)
            Predicted classes; the first one on ties.

        Raises
        ------
        NotFittedError
            If the classifier is not fitted.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    @property
    def n_features_in_(self) -> Any:
        """Number of features seen in ``fit``, if the estimator has it."""
        return self.estimator_.n_features_in_

    @property
    def feature_names_in_(self) -> Any:
        """Names of the features seen in ``fit``, if the estimator has them."""
        return self.estimator_.feature_names_in_

    def _find_priors(self, labels, sample_weight):
        """Return the priors by class label, positive and finite."""
        classes, codes = np.unique(labels, return_inverse=True)
        known = classes.tolist()
        if self.priors is None:
            weight = np.bincount(codes, sample_weight, len(known))
            priors = dict(zip(known, weight / weight.sum()))
        elif isinstance(self.priors, Mapping):
            priors = dict(self.priors)
        else:
            priors = self._pair_priors(known)
        for label, prior in priors.items():
            if not 0 < prior < np.inf:
                raise ValueError(
                    f"The prior of class {label!r} is {prior}; priors must be positive and "
                    "finite. Is sample_weight 0 for all its rows?"
                )
        _align_priors(priors, classes)
        return priors

    def _pair_priors(self, known):
        """Return the priors by class label, from an array in the order of the sorted classes."""
        values = np.asarray(self.priors, dtype=np.float64)
        if values.shape != (len(known),):
            raise ValueError(
                f"priors has the shape {values.shape}, but y has {len(known)} classes. A dict by "
                "class label may hold any number of classes."
            )
        return dict(zip(known, values.tolist()))


def _check_predicts_proba(estimator):
    """Raise an error unless the estimator predicts probabilities."""
    if not hasattr(estimator, "predict_proba"):
        raise TypeError(
            f"PriorCorrectedClassifier needs an estimator with predict_proba, got {estimator!r}. "
            "Wrap it in sklearn.calibration.CalibratedClassifierCV."
        )


def _check_columns(columns, classes):
    """Raise an error unless each class has its own column."""
    if len(columns) != len(classes):
        raise ValueError(
            f"predict_proba returned {len(columns)} columns for the {len(classes)} classes "
            f"{classes}. If a net has more outputs than classes, y must hold output numbers."
        )


def _align_priors(priors, classes):
    """Return the priors in the order of the classes, summing to 1."""
    labels = np.asarray(classes).tolist()
    missing = [label for label in labels if label not in priors]
    if missing:
        raise ValueError(
            f"There is no prior for class {missing[0]!r}, only for {list(priors)}. If the "
            "estimator was already fitted on more classes than y has, pass priors= as a dict of "
            "all its classes."
        )
    aligned = np.array([priors[label] for label in labels], dtype=np.float64)
    return aligned / aligned.sum()
