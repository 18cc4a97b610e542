"""Looks inside a Pipeline, a search, an ensemble or another meta-estimator.

The order is always the same: first the members of an ensemble, then the estimator that
a search chose, then a fitted estimator, then the one that was given.
"""

from functools import partial

import numpy as np

__all__ = [
    "fitted_inside",
    "inside",
    "members_inside",
    "parts",
    "pipeline_inside",
    "split",
    "transform_before_last",
]

_FITTED = ("best_estimator_", "estimator_")
_MEMBERS = ("estimators_", "calibrated_classifiers_")


def members_inside(estimator):
    """The fitted members of an ensemble or a calibration; an empty list for other estimators."""
    for name in _MEMBERS:
        members = getattr(estimator, name, None)
        if members is not None:
            members = members.ravel() if isinstance(members, np.ndarray) else members
            # a member of a calibration holds the classifier as its estimator
            return [member if hasattr(member, "fit") else inside(member) for member in members]
    return []


def fitted_inside(estimator):
    """The one fitted estimator that a search or another meta-estimator wraps, or None."""
    # the estimator_ of an ensemble is not fitted: its members are clones of it
    return None if members_inside(estimator) else _first(estimator, _FITTED)


def inside(estimator):
    """The wrapped estimator, fitted if possible, or None."""
    fitted = fitted_inside(estimator)
    return _first(estimator, ("estimator",)) if fitted is None else fitted


def pipeline_inside(estimator):
    """The Pipeline that an estimator is or wraps; None if there is none, and for an ensemble.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. Each member of an ensemble may transform rows differently, so no
        member can represent all.

    Returns
    -------
    pipeline : Pipeline or None
        The outermost Pipeline.
    """
    while estimator is not None and not hasattr(estimator, "steps"):
        estimator = None if members_inside(estimator) else inside(estimator)
    return estimator


def split(pipeline):
    """Split a Pipeline into its steps before the last, and the last step.

    Parameters
    ----------
    pipeline : Pipeline
        It must be fitted before ``before`` is called.

    Returns
    -------
    before : callable or None
        ``before(X)`` is the input of the last step. None if there is only one step.
    last : estimator
        The last step.
    """
    before = partial(transform_before_last, pipeline) if len(pipeline.steps) > 1 else None
    return before, pipeline.steps[-1][1]


def transform_before_last(pipeline, X):
    """The output of the steps of a fitted Pipeline before its last step.

    Parameters
    ----------
    pipeline : fitted Pipeline
        From scikit-learn or imbalanced-learn; samplers are skipped.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    X : container of n_rows rows
        The input of the last step.
    """
    for _, step in pipeline.steps[:-1]:
        if step not in (None, "passthrough") and not hasattr(step, "fit_resample"):
            X = step.transform(X)
    return X


def parts(estimator):
    """All estimators directly inside an estimator, fitted or not: steps, members, wrapped ones."""
    steps = [step for _, step in getattr(estimator, "steps", ())]
    wrapped = [_first(estimator, (name,)) for name in (*_FITTED, "estimator")]
    return steps + members_inside(estimator) + [part for part in wrapped if part is not None]


def _first(estimator, names):
    """The first of some attributes that is an object, not a class or a string."""
    for name in names:
        found = getattr(estimator, name, None)
        if found is not None and not isinstance(found, (type, str)):
            return found
    return None
