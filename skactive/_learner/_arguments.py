"""Checks of the parameters of a learner, and of positions that ``play`` takes."""

import numpy as np
from sklearn.utils import get_tags

from .. import _parameters
from .._sklearn import InvalidParameterError
from ..pool import as_positions
from ..query._base import QueryStrategy
from ..query._vectors import needs_only_vectors
from ._labels import NO_REGRESSION, NO_SEVERAL

__all__ = ["check_initial", "check_parameters"]


def check_parameters(learner):
    """Raise an error if a parameter of a learner is invalid."""
    if learner.estimator is not None:
        _check_target_of(learner.estimator)
    _parameters.check_parameters(learner)
    cold_start = learner.cold_start
    needs_fit = hasattr(cold_start, "requires_fit") and cold_start.requires_fit(learner)
    if needs_fit and not needs_only_vectors(cold_start):
        raise ValueError(
            f"cold_start must pick without a fitted model, but {cold_start!r} needs one."
        )


def _check_target_of(estimator):
    """Raise an error for an estimator that does not learn one class per row."""
    is_strategy = isinstance(estimator, QueryStrategy)
    if not is_strategy and (not hasattr(estimator, "fit") or isinstance(estimator, type)):
        return  # the check of all parameters reports it
    tags = get_tags(estimator)
    if is_strategy:
        why = "It is a query strategy: pass it as query_strategy=."
    elif tags.estimator_type == "regressor":
        why = NO_REGRESSION
    elif tags.estimator_type in ("clusterer", "outlier_detector", "density_estimator"):
        why = f"A {tags.estimator_type} does not learn labels."
    elif not tags.target_tags.single_output:
        why = NO_SEVERAL
    else:
        return
    raise InvalidParameterError(
        "The 'estimator' parameter of ActiveLearner must be a classifier of one label for each "
        f"row. Got {estimator!r} instead. {why}"
    )


def check_initial(initial, n_rows, budget):
    """Return the positions of the first rows as an int array, empty for None."""
    positions = np.empty(0, dtype=np.intp) if initial is None else as_positions(initial)
    if positions.ndim != 1 or (positions.dtype.kind not in "iu" and positions.size):
        raise TypeError(f"initial must be a 1-d array of int positions, got {initial!r}.")
    outside = positions[(positions < 0) | (positions >= n_rows)]
    if len(outside):
        raise ValueError(f"initial contains position {outside[0]}, but X has {n_rows} rows.")
    if len(np.unique(positions)) != len(positions):
        raise ValueError(f"initial contains a position twice: {initial!r}.")
    if budget is not None and len(positions) > budget:
        raise ValueError(
            f"initial has {len(positions)} positions, more than the budget of {budget}."
        )
    return positions.astype(np.intp)
