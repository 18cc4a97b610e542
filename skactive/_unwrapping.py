"""What stands inside a Pipeline, a search, an ensemble or another estimator around one.

All who look inside go by the same order: the members of an ensemble, what a search chose, what
was fitted, and what was given.
"""

from functools import partial

import numpy as np

__all__ = [
    "fitted_inside",
    "inside",
    "last_step",
    "members_inside",
    "parts",
    "pipeline_inside",
    "split",
    "transform_before_last",
]

_FITTED = ("best_estimator_", "estimator_")
_MEMBERS = ("estimators_", "calibrated_classifiers_")


def members_inside(estimator):
    """The fitted members of an ensemble or of a calibration, a list; empty for anything else."""
    for name in _MEMBERS:
        members = getattr(estimator, name, None)
        if members is not None:
            members = members.ravel() if isinstance(members, np.ndarray) else members
            # a member of a calibration holds the classifier as its estimator
            return [member if hasattr(member, "fit") else inside(member) for member in members]
    return []


def fitted_inside(estimator):
    """The one fitted estimator that a search or another estimator wraps; None without one."""
    # the estimator_ of an ensemble is what its members are cloned from, and is not fitted
    return None if members_inside(estimator) else _first(estimator, _FITTED)


def inside(estimator):
    """What an estimator wraps: the fitted one, else the one that was given; None without one."""
    fitted = fitted_inside(estimator)
    return _first(estimator, ("estimator",)) if fitted is None else fitted


def pipeline_inside(estimator):
    """The Pipeline that an estimator is or wraps; None without one, and for an ensemble.

    Parameters
    ----------
    estimator : estimator
        Fitted or not. The members of an ensemble see rows each in its own way, so that none of
        them stands for all.

    Returns
    -------
    pipeline : Pipeline or None
        The outermost one.
    """
    while estimator is not None and not hasattr(estimator, "steps"):
        estimator = None if members_inside(estimator) else inside(estimator)
    return estimator


def split(pipeline):
    """A Pipeline's two parts.

    Parameters
    ----------
    pipeline : Pipeline
        Fitted, or to be fitted before ``before`` is called.

    Returns
    -------
    before : callable or None
        ``before(X)`` is what the last step sees of rows; None where there is but one step.
    last : estimator
        The last step.
    """
    before = partial(transform_before_last, pipeline) if len(pipeline.steps) > 1 else None
    return before, pipeline.steps[-1][1]


def last_step(learner):
    """What is done to rows before the classifier that a learner ends in, and that classifier.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        Who predicts.

    Returns
    -------
    before : callable or None
        What the classifier sees of rows; None where it sees them as they are.
    classifier : fitted classifier
        Its classes may be codes.
    """
    pipeline = pipeline_inside(learner)
    return (None, learner) if pipeline is None else split(pipeline)


def transform_before_last(pipeline, X):
    """What comes out of the steps of a fitted Pipeline before its last one.

    Parameters
    ----------
    pipeline : fitted Pipeline
        Of scikit-learn or of imbalanced-learn, of which samplers are skipped.
    X : container of n_rows rows
        The rows.

    Returns
    -------
    X : container of n_rows rows
        As the last step sees them.
    """
    for _, step in pipeline.steps[:-1]:
        if step not in (None, "passthrough") and not hasattr(step, "fit_resample"):
            X = step.transform(X)
    return X


def parts(estimator):
    """All that stands right inside an estimator, fitted or not: steps, members, what it wraps."""
    steps = [step for _, step in getattr(estimator, "steps", ())]
    wrapped = [_first(estimator, (name,)) for name in (*_FITTED, "estimator")]
    return steps + members_inside(estimator) + [part for part in wrapped if part is not None]


def _first(estimator, names):
    """The first attribute of these names that is an object; a class or a name is none."""
    for name in names:
        found = getattr(estimator, name, None)
        if found is not None and not isinstance(found, (type, str)):
            return found
    return None
