"""Checks of scikit-learn estimators."""

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

__all__ = ["check_fitted"]


def check_fitted(parameter, estimator, kind):
    """Raise unless an estimator given to a strategy is fitted.

    Parameters
    ----------
    parameter : str
        The name of the parameter.
    estimator : object
        Objects without ``get_params`` are not checked.
    kind : str
        "model" or "transformer", for the message.

    Returns
    -------
    estimator : object
        The same object.

    Raises
    ------
    NotFittedError
        If it is not fitted; the likely cause is clone.
    """
    if hasattr(estimator, "fit") and hasattr(estimator, "get_params"):
        try:
            check_is_fitted(estimator)
        except NotFittedError as error:
            raise NotFittedError(
                f"{parameter}={estimator!r} is not fitted. A likely cause is that a search or "
                "cross-validation cloned the strategy, which discards the fit. Use "
                f"sklearn.frozen.FrozenEstimator({kind}), which stays fitted when cloned."
            ) from error
    return estimator
