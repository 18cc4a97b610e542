"""Find what is inside a Pipeline, a search, an ensemble or another meta-estimator.

All code that looks inside uses the same order: members of an ensemble, the choice of a search, the
fitted estimator, the given estimator.
"""

from functools import partial

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

__all__ = [
    "fitted_inside",
    "inside",
    "last_step",
    "members_inside",
    "parts",
    "pipeline_inside",
    "split",
    "steps_without_fit",
    "transform_before_last",
]

_FITTED = ("best_estimator_", "estimator_")
_MEMBERS = ("estimators_", "calibrated_classifiers_")


def members_inside(estimator):
    """Return the fitted members of an ensemble or calibration; empty for anything else."""
    for name in _MEMBERS:
        members = getattr(estimator, name, None)
        if members is not None:
            members = members.ravel() if isinstance(members, np.ndarray) else members
            # a member of a calibration holds the classifier as its estimator
            return [member if hasattr(member, "fit") else inside(member) for member in members]
    return []


def fitted_inside(estimator):
    """Return the fitted estimator that a search or another estimator wraps, or None."""
    # the estimator_ of an ensemble is not fitted; its members are clones of it
    return None if members_inside(estimator) else _first(estimator, _FITTED)


def inside(estimator):
    """Return the wrapped estimator: the fitted one, otherwise the given one, or None."""
    fitted = fitted_inside(estimator)
    return _first(estimator, ("estimator",)) if fitted is None else fitted


def pipeline_inside(estimator):
    """Return the Pipeline that an estimator is or wraps; None without one, and for an ensemble.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. Each member of an ensemble transforms rows in its own
        way, so none of them represents the others.

    Returns
    -------
    pipeline : Pipeline or None
        The outermost Pipeline.
    """
    while estimator is not None and not hasattr(estimator, "steps"):
        estimator = None if members_inside(estimator) else inside(estimator)
    return estimator


def split(pipeline):
    """Split a Pipeline into its last step and the steps before.

    Parameters
    ----------
    pipeline : Pipeline
        It must be fitted before ``before`` is called.

    Returns
    -------
    before : callable or None
        ``before(X)`` returns the input of the last step; None if there is only
        one step.
    last : estimator
        The last step.
    """
    before = partial(transform_before_last, pipeline) if len(pipeline.steps) > 1 else None
    return before, pipeline.steps[-1][1]


def last_step(learner):
    """The steps of a learner before its classifier, and that classifier.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner.

    Returns
    -------
    before : callable or None
        Transforms rows to the input of the classifier. None if there are no such steps.
    classifier : fitted classifier
        Its classes may be codes.
    """
    pipeline = pipeline_inside(learner)
    return (None, learner) if pipeline is None else split(pipeline)


def transform_before_last(pipeline, X):
    """Transform rows by the steps of a fitted Pipeline before its last one.

    Parameters
    ----------
    pipeline : fitted Pipeline
        Pipeline of scikit-learn or imbalanced-learn; samplers are skipped.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    X : container of n_rows rows
        Input of the last step.
    """
    for _, step in pipeline.steps[:-1]:
        if step not in (None, "passthrough") and not hasattr(step, "fit_resample"):
            X = step.transform(X)
    return X


def steps_without_fit(estimator):
    """The steps of a Pipeline before its last, if none of them has to be fitted.

    Parameters
    ----------
    estimator : estimator
        Fitted or not, with a Pipeline in it or not.

    Returns
    -------
    before : callable or None
        ``before(X)`` returns the input of the last step. None if a step would have to be
        fitted after ``clone``, or if there is no Pipeline with such steps.
    """
    pipeline = pipeline_inside(estimator)
    if pipeline is None or len(pipeline.steps) < 2:
        return None
    try:
        steps = [(name, _ready(step)) for name, step in pipeline.steps[:-1]]
    except (NotFittedError, TypeError):
        return None
    return partial(transform_before_last, Pipeline([*steps, ("last", "passthrough")]))


def _ready(step):
    """A clone of a step; raises an error if it has to be fitted."""
    if step in (None, "passthrough") or hasattr(step, "fit_resample"):
        return "passthrough"
    step = clone(step)
    check_is_fitted(step)
    return step


def parts(estimator):
    """Return all direct parts of an estimator: steps, members, wrapped estimators."""
    steps = [step for _, step in getattr(estimator, "steps", ())]
    wrapped = [_first(estimator, (name,)) for name in (*_FITTED, "estimator")]
    return steps + members_inside(estimator) + [part for part in wrapped if part is not None]


def _first(estimator, names):
    """Return the first attribute of these names that is an object, not a class or a str."""
    for name in names:
        found = getattr(estimator, name, None)
        if found is not None and not isinstance(found, (type, str)):
            return found
    return None
