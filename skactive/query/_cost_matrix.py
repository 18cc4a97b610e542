"""The user's cost matrix, for the classes that a model has seen."""

import numpy as np

__all__ = ["COST_PARAMETERS", "seen_classes", "seen_costs"]

COST_PARAMETERS = {"cost_matrix": ["array-like", None], "classes": ["array-like", None]}


def seen_classes(model):
    """The classes of the columns of a model's probabilities.

    Parameters
    ----------
    model : ActiveLearner or fitted classifier
        A learner has columns only for classes with a label.

    Returns
    -------
    classes : ndarray of shape (n_seen_classes,)
        The classes, sorted.
    """
    classes = np.asarray(model.classes_)
    labels = getattr(model, "y_labeled_", None)
    return classes if labels is None else classes[np.isin(classes, labels)]


def seen_costs(cost_matrix, classes, model):
    """The costs of mistakes among the classes that a model has seen.

    Parameters
    ----------
    cost_matrix : array-like of shape (n_classes, n_classes) or None
        One row per true class, one column per predicted class. None: every mistake
        costs 1.
    classes : array-like of shape (n_classes,) or None
        The classes of its rows and columns. None: ``model.classes_``.
    model : ActiveLearner or fitted classifier
        The model.

    Returns
    -------
    costs : ndarray of float64, shape (n_seen_classes, n_seen_classes)
        In the order of :func:`seen_classes`.

    Raises
    ------
    ValueError
        If the matrix is not a square matrix of finite numbers, 0 or more, or if it
        lacks a class.
    """
    seen = seen_classes(model)
    if cost_matrix is None:
        return 1 - np.eye(len(seen))
    costs = _checked(cost_matrix)
    named = np.asarray(model.classes_ if classes is None else classes).tolist()
    if len(named) != len(costs):
        hint = "Set classes=[...]; the labels so far may lack some." * (classes is None)
        raise ValueError(
            f"cost_matrix has {len(costs)} rows, but there are {len(named)} classes: "
            f"{named}. {hint}".rstrip()
        )
    unknown = [label for label in seen.tolist() if label not in named]
    if unknown:
        raise ValueError(
            f"cost_matrix has no row for the class {unknown[0]!r}; its classes are {named}."
        )
    places = [named.index(label) for label in seen.tolist()]
    return costs[np.ix_(places, places)]


def _checked(cost_matrix):
    costs = np.asarray(cost_matrix)
    is_square = costs.ndim == 2 and costs.shape[0] == costs.shape[1]
    if not is_square or costs.dtype.kind not in "biuf":
        raise ValueError(
            "cost_matrix must be a square matrix of numbers, one row per true class and one "
            f"column per predicted class; got shape {costs.shape} and dtype {costs.dtype}."
        )
    costs = costs.astype(np.float64)
    if not (np.isfinite(costs).all() and costs.min(initial=0) >= 0):
        raise ValueError(f"cost_matrix must hold finite costs, 0 or more; got {costs.tolist()}.")
    return costs
