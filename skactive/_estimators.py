"""What the package asks of a scikit-learn estimator before it reads it."""

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

__all__ = ["check_fitted"]


def check_fitted(parameter, estimator, kind):
    """Raise unless an estimator that a strategy was given is fitted.

    Parameters
    ----------
    parameter : str
        Name of the parameter that it was given as.
    estimator : object
        What has no ``get_params`` is taken as it is.
    kind : str
        What it is to be, "model" or "transformer".

    Returns
    -------
    estimator : object
        The same.

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
                f"{parameter}={estimator!r} is not fitted. A fitted {kind} is lost when a "
                "strategy is cloned, as every search and cross-validation does: hand over "
                f"sklearn.frozen.FrozenEstimator({kind}), which survives clone."
            ) from error
    return estimator
