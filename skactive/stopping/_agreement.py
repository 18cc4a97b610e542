"""Criteria that compare the predictions of successive models."""

from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from .._parameters import POSITIVE_INT, check_parameters, reals, validated
from .._typing import Floats
from ._base import StoppingCriterion, check_history


class StabilizingPredictions(StoppingCriterion):
    """Stop when successive models agree on a fixed sample of the pool.

    The value of a round is Cohen's kappa between the predictions of its model
    and of the previous model. The criterion fires when the mean over the last
    rounds reaches the threshold, Section 3 of [1]_. Then more labels of this
    kind change little; this does not mean that the model is good. Read more in
    :doc:`/user_guide/stopping`.

    Parameters
    ----------
    threshold : float, default=0.99
        Smallest mean kappa at which to stop.
    rounds : int, default=3
        Number of last rounds in the mean.

    See Also
    --------
    ClassificationChange : Agreement without a correction for chance.
    f_change_bound : How much F can differ between two models that agree.

    References
    ----------
    .. [1] M. Bloodgood, K. Vijay-Shanker (2009). A method for stopping active
       learning based on stabilizing predictions and the need for
       user-adjustable stopping. CoNLL, 39-47. arXiv:1409.5165

    Examples
    --------
    The predictions of two rows change once, then none changes:

    >>> from skactive.stopping import StabilizingPredictions
    >>> criterion = StabilizingPredictions(rounds=2)
    >>> history = [[0, 0, 1, 1], [0, 1, 1, 0], [0, 1, 1, 0], [0, 1, 1, 0]]
    >>> criterion.values(history)
    array([nan,  0.,  1.,  1.])
    >>> criterion.should_stop(history), criterion.stops_at(history)
    (True, 3)
    """

    _parameter_constraints: dict = {
        "threshold": [reals(-1, 1, closed="both")],
        "rounds": POSITIVE_INT,
    }

    def __init__(self, threshold: float = 0.99, rounds: int = 3) -> None:
        self.threshold = threshold
        self.rounds = rounds

    def values(self, history: Any) -> Floats:
        return _between(check_history(history, 1), kappa)

    def fires(self, values: Floats) -> bool:
        check_parameters(self)
        last = values[-self.rounds :]
        is_full = len(last) == self.rounds and not np.isnan(last).any()
        # rounding may make a mean of ones a little smaller than 1
        return bool(is_full and last.mean() >= self.threshold - 1e-12)


class ClassificationChange(StoppingCriterion):
    """Stop when few enough predictions changed since the previous model.

    The value of a round is the share of rows whose predicted class differs
    from that of the previous round, Section 3.3 of [1]_. Read more in
    :doc:`/user_guide/stopping`.

    Parameters
    ----------
    threshold : float, default=0.0
        Largest share of changed predictions at which to stop.
    rounds : int, default=1
        Number of last rounds that must all stay within the threshold.

    See Also
    --------
    StabilizingPredictions : Agreement with a correction for chance.

    References
    ----------
    .. [1] J. Zhu, H. Wang, E. Hovy (2008). Multi-criteria-based strategy to
       stop active learning for data annotation. COLING, 1129-1136.

    Examples
    --------
    >>> from skactive.stopping import ClassificationChange
    >>> criterion = ClassificationChange()
    >>> history = [[0, 0, 1, 1], [0, 1, 1, 0], [0, 1, 1, 0]]
    >>> criterion.values(history)
    array([nan, 0.5, 0. ])
    >>> criterion.stops_at(history)
    2
    """

    _parameter_constraints: dict = {
        "threshold": [reals(0, 1, closed="both")],
        "rounds": POSITIVE_INT,
    }

    def __init__(self, threshold: float = 0.0, rounds: int = 1) -> None:
        self.threshold = threshold
        self.rounds = rounds

    def values(self, history: Any) -> Floats:
        return _between(check_history(history, 1), _share_changed)

    def fires(self, values: Floats) -> bool:
        check_parameters(self)
        last = values[-self.rounds :]
        # NaN is not small
        return bool(len(last) == self.rounds and (last <= self.threshold).all())


@validated({"first": ["array-like"], "second": ["array-like"]})
def kappa(first: Any, second: Any) -> float:
    """Compute Cohen's kappa between two lists of classes; 1 if they are equal.

    Parameters
    ----------
    first, second : array of shape (n_rows,)
        Predictions of two models for the same rows.

    Returns
    -------
    kappa : float
        1 for equal predictions, 0 for agreement by chance.

    Raises
    ------
    ValueError
        If the lists are empty, differ in length or hold a missing label.

    See Also
    --------
    StabilizingPredictions : Criterion that uses it.

    Examples
    --------
    Three of four predictions agree, and chance gives one half: (0.75 - 0.5) /
    (1 - 0.5).

    >>> from skactive.stopping import kappa
    >>> kappa([0, 0, 1, 1], [0, 1, 1, 1])
    0.5
    """
    first, second = _checked_predictions(first), _checked_predictions(second)
    if len(first) != len(second):
        raise ValueError(
            f"kappa compares predictions for the same rows, but got {len(first)} and "
            f"{len(second)} of them."
        )
    if np.array_equal(first, second):
        return 1.0  # scikit-learn returns nan for a single class
    return float(cohen_kappa_score(first, second))


def _checked_predictions(predictions):
    predictions = np.asarray(predictions)
    if predictions.ndim != 1 or not len(predictions):
        raise ValueError(
            "kappa compares two lists of classes, one class for each of at least one row; got an "
            f"array of shape {predictions.shape}."
        )
    labels = enumerate(predictions.tolist())
    missing = [row for row, label in labels if label is None or label != label]
    if missing:
        raise ValueError(
            f"kappa compares classes, but row {missing[0]} has {predictions[missing[0]]!r}. Leave "
            "out the rows without a prediction, in both lists."
        )
    return predictions


@validated({"agreement": [reals(-1, 1, closed="both")]})
def f_change_bound(agreement: Any) -> float:
    """Bound how much F can differ between two models that agree.

    For a kappa of T, the bound is 4 (1 - T) / T, the theorem of [1]_. It holds
    for two classes and the kappa on the rows on which F is measured. Read more in
    :doc:`/user_guide/stopping`.

    Parameters
    ----------
    agreement : float
        Cohen's kappa, from -1 to 1.

    Returns
    -------
    bound : float
        Largest possible difference of F; at most 1, and 1 for a kappa of 0 or
        less.

    See Also
    --------
    StabilizingPredictions : Stops when the agreement is high.

    References
    ----------
    .. [1] M. Bloodgood, J. Grothendieck (2013). Analysis of stopping active
       learning based on stabilizing predictions. CoNLL, 10-19.
       arXiv:1504.06329

    Examples
    --------
    >>> from skactive.stopping import f_change_bound
    >>> round(f_change_bound(0.99), 4)
    0.0404
    """
    return 1.0 if agreement <= 0 else min(1.0, 4 * (1 - agreement) / agreement)


def _between(history, compare):
    """Compare each pair of successive entries; NaN for the first entry."""
    values = [compare(a, b) for a, b in zip(history[:-1], history[1:])]
    return np.array([np.nan, *values][: len(history)], dtype=np.float64)


def _share_changed(first, second):
    return float(np.mean(first != second))
