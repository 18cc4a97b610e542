"""Checks of scikit-learn estimators that strategies use."""

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

__all__ = ["check_fitted"]


def check_fitted(parameter, estimator, kind):
    """Raise an error unless an estimator passed to a strategy is fitted.

    Parameters
    ----------
    parameter : str
        Name of the strategy's parameter.
    estimator : object
        The estimator. An object without ``get_params`` is not checked.
    kind : str
        Its role, "model" or "transformer".

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
                f"{parameter}={estimator!r} is not fitted. Searches and cross-validation clone a "
                f"strategy, and a clone loses its fitted {kind}. Pass "
                f"sklearn.frozen.FrozenEstimator({kind}), which survives clone."
            ) from error
    return estimator
