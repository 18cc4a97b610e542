"""The overall score of an active learning method over several experiments."""

from typing import Any

import numpy as np

from .._parameters import reals, validated

_PERCENT = [reals(0, 100, closed="both"), "array-like"]


@validated({"accuracies": _PERCENT, "full_accuracies": _PERCENT})
def gal_score(accuracies: Any, full_accuracies: Any) -> float:
    """Compute the average loss of accuracy relative to the error of full labeling.

    For each configuration (a data set with a budget), the loss of accuracy
    compared with full labeling is divided by the error of the model trained on
    all labels. The score is the mean of these ratios, Eq. 10 of [1]_. It is
    usually negative; closer to 0 is better. Read more in
    :doc:`/user_guide/evaluation`.

    Parameters
    ----------
    accuracies : array-like of shape (n_configurations,) or any other shape
        Accuracies of the method in percent, for example of shape
        (n_datasets, n_budgets).
    full_accuracies : array-like that broadcasts to the shape of accuracies
        Accuracies in percent of the same model trained on every label, for
        example of shape (n_datasets, 1), below 100.

    Returns
    -------
    score : float
        Mean of ``(accuracy - full) / (100 - full)``.

    Raises
    ------
    ValueError
        If a value is not in [0, 100], if a full accuracy is 100 (then the
        score is undefined), if all values are fractions instead of percent, or
        if the shapes do not fit.

    See Also
    --------
    sklearn.metrics.balanced_accuracy_score : The accuracy that the paper
        averages, as a fraction.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426, Eq. 10.
       doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive.metrics import gal_score
    >>> round(gal_score([50, 60], [80, 75]), 4)
    -1.05
    >>> round(gal_score([[50, 60], [70, 72]], [[80], [75]]), 4)
    -0.705
    """
    accuracies = _check_percent(accuracies, "accuracies")
    full = _check_percent(full_accuracies, "full_accuracies")
    if (full == 100).any():
        raise ValueError(
            "full_accuracies contains 100: the score divides by 100 - full, so it is undefined "
            "for a model without errors. Leave this configuration out."
        )
    if full.max() <= 1:
        raise ValueError(
            f"full_accuracies must be in percent, but the largest is {full.max()}, like a "
            "fraction. Multiply both arguments by 100."
        )
    try:
        full = np.broadcast_to(full, accuracies.shape)
    except ValueError as error:
        raise ValueError(
            f"full_accuracies of shape {full.shape} does not broadcast to the shape "
            f"{accuracies.shape} of accuracies; one full accuracy per data set needs the shape "
            "(n_datasets, 1)."
        ) from error
    return float(np.mean((accuracies - full) / (100 - full)))


def _check_percent(values, name):
    """Return the values as floats; raise unless there is one and all are in [0, 100]."""
    try:
        values = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers, got {values!r}: {error}.") from error
    if not values.size:
        raise ValueError(f"{name} must hold at least one accuracy, got none.")
    wrong = values[~((values >= 0) & (values <= 100))]
    if wrong.size:
        raise ValueError(f"{name} must be percentages from 0 to 100, got {wrong[0]}.")
    return values
