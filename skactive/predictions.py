"""Predictions of a fitted classifier, from the methods that it has."""

import numpy as np
from scipy import special

from ._estimators import check_fitted
from ._greedy.bounded import Unchecked
from ._greedy.screening import is_screening
from ._tensors import (
    asked,
    beside,
    both_sides,
    logistic,
    on_accelerator,
    on_tensors,
    softmax,
    to_numpy,
    wide,
)
from ._unwrapping import pipeline_inside, split
from .scores import FEW_CLASSES

__all__ = ["check_model", "chunk_rows", "class_decisions", "class_outputs", "class_probabilities"]

_ROWS_TO_LOAD = 256
_NUMBERS_A_CHUNK = 1 << 22


def chunk_rows(model):
    """Number of rows to score at a time: about 4 million outputs, 1024 to 65536 rows.

    A Pipeline that ends in a net gets 256 rows, because its steps may load images.

    Parameters
    ----------
    model : fitted classifier
        The model.

    Returns
    -------
    n_rows : int
        Number of rows.
    """
    if _is_loading(model):
        return _ROWS_TO_LOAD
    n_classes = len(getattr(model, "classes_", (0, 1)))
    return int(np.clip(_NUMBERS_A_CHUNK // max(n_classes, 1), 1 << 10, 1 << 16))


def _is_loading(model):
    """Whether a model is, or wraps, a Pipeline of steps that ends in a net."""
    pipeline = pipeline_inside(model)
    if pipeline is None:
        return False
    before, last = split(pipeline)
    return before is not None and hasattr(last, "module_")


def check_model(model, learner):
    """The fitted classifier that a strategy reads: ``model``, or the learner if it is None.

    Parameters
    ----------
    model : classifier or None
        The parameter of a strategy.
    learner : ActiveLearner or fitted classifier
        The learner that asks for rows.

    Returns
    -------
    model : fitted classifier
        ``model`` or the learner.

    Raises
    ------
    NotFittedError
        If ``model`` is not fitted; the likely cause is clone.
    """
    return learner if model is None else check_fitted("model", model, "model")


def class_probabilities(model, X):
    """Class probabilities of rows, one column for each class that the model has seen.

    Parameters
    ----------
    model : fitted classifier
        A classifier with ``predict_proba``, or with ``decision_function``. Decision
        values are converted by the logistic function (two classes) or softmax.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_rows, n_seen_classes)
        Rows sum to 1 within 1e-3. A tensor if the model returns one on an accelerator.

    Raises
    ------
    TypeError
        If the model has neither method.
    ValueError
        If a row holds NaN or infinity or does not sum to 1.
    """
    if hasattr(model, "predict_proba"):
        return _probabilities(model, asked(model.predict_proba, X)(X))
    decisions = class_decisions(model, X)
    if decisions.shape[1] == 2:
        # the columns are -d and d; their softmax would be the logistic function of 2 d
        return _logistic(decisions)
    return _softmax(decisions)


def check_sums(model, probabilities):
    """Raise unless every row of class probabilities sums to 1 within 1e-3.

    Raises
    ------
    ValueError
        If a row holds NaN or infinity or does not sum to 1.
    """
    total = probabilities @ beside(np.ones(probabilities.shape[1]), probabilities)
    is_one = abs(total - 1) <= 1e-3
    if not is_one.all():
        row = int(np.flatnonzero(~to_numpy(is_one))[0])
        raise ValueError(
            f"predict_proba of {type(model).__name__} gives {to_numpy(probabilities[row])} for "
            f"row {row} of a block, which sums to {float(total[row])}, not to 1. Likely causes "
            "are a net that returns logits, or NaN in the model."
        )


def class_decisions(model, X):
    """Decision values of rows, one column for each class that the model has seen.

    Parameters
    ----------
    model : fitted classifier
        A classifier with ``decision_function``.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    decisions : ndarray of float64, shape (n_rows, n_seen_classes)
        For two classes, the columns are -d and d. A tensor if the model returns one on
        an accelerator.

    Raises
    ------
    TypeError
        If the model has no ``decision_function``.
    ValueError
        If a row holds NaN or infinity, or if the columns stand for pairs of classes.
    """
    if not hasattr(model, "decision_function"):
        raise TypeError(
            f"{type(model).__name__} has neither predict_proba nor decision_function; this "
            "strategy needs a model with one of them."
        )
    check_one_column_each(model)
    decisions = wide(asked(model.decision_function, X)(X))
    is_finite = abs(decisions) < np.inf
    if not is_finite.all():
        row = int(np.argwhere(~to_numpy(is_finite))[0][0])
        raise ValueError(
            f"decision_function of {type(model).__name__} gives {to_numpy(decisions[row])} for "
            f"row {row}; expected finite numbers."
        )
    if decisions.ndim == 1:
        return both_sides(decisions)
    return _seen_columns(model, decisions)


def gives_pairs(model):
    """Whether decision values are for pairs of classes (``decision_function_shape="ovo"``)."""
    if len(getattr(model, "classes_", ())) < 3 or not hasattr(model, "get_params"):
        return False
    params = model.get_params()
    return any(
        name.rpartition("__")[2] == "decision_function_shape" and value == "ovo"
        for name, value in params.items()
    )


def check_one_column_each(model):
    """Raise if decision values are those of pairs of classes.

    Raises
    ------
    ValueError
        If they are. The message says what to set.
    """
    if gives_pairs(model):
        raise ValueError(
            f"decision_function of {type(model).__name__} has a column for each pair of classes "
            "(decision_function_shape='ovo'); expected one column per class. Set "
            "decision_function_shape='ovr', which does not change predictions."
        )


def class_outputs(model, X):
    """Class probabilities if the model has them, otherwise decision values.

    Parameters
    ----------
    model : fitted classifier
        A classifier with ``predict_proba`` or ``decision_function``.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    outputs : ndarray of float64, shape (n_rows, n_seen_classes)
        See :func:`class_probabilities` and :func:`class_decisions`.

    Raises
    ------
    TypeError
        If the model has neither method.
    ValueError
        If a row holds NaN or infinity, if probabilities do not sum to 1, or if decision
        values are those of pairs of classes.
    """
    if hasattr(model, "predict_proba"):
        return _probabilities(model, asked(model.predict_proba, X)(X))
    return class_decisions(model, X)


def _probabilities(model, given):
    """The output of predict_proba, checked and in float64; both later if rows are screened."""
    if not is_screening() or on_accelerator(given) or np.shape(given)[1] <= FEW_CLASSES:
        probabilities = wide(given)
        check_sums(model, probabilities)
        return _seen_columns(model, probabilities)
    given = np.asarray(to_numpy(given))
    given = given if given.dtype in (np.float32, np.float64) else given.astype(np.float64)
    return Unchecked(_seen_columns(model, given), lambda rows: check_sums(model, rows))


@on_tensors(logistic)
def _logistic(values):
    return special.expit(values)


@on_tensors(softmax)
def _softmax(values):
    return special.softmax(values, axis=1)


def _seen_columns(model, outputs):
    """Leave out the columns of classes that have no label yet."""
    labels = getattr(model, "y_labeled_", None)
    if labels is None or outputs.shape[1] != len(model.classes_):
        return outputs
    fitted = getattr(model, "_fitted", None)
    if fitted is not None and np.array_equal(fitted.found, model.classes_):
        return outputs  # as below, in a tenth of the time
    seen = np.isin(model.classes_, labels if fitted is None else fitted.found)
    return outputs if seen.all() else outputs[:, np.flatnonzero(seen)]
