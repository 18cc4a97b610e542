"""Warnings that point at the line of the user's program."""

import sys
import warnings

__all__ = ["warn_of_equal_scores", "warn_user"]


def warn_user(message, category=UserWarning):
    """Warn at the nearest line outside of this package.

    Parameters
    ----------
    message : str
        The message.
    category : type, default=UserWarning
        The kind of warning.
    """
    level, frame = 1, sys._getframe(0)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("skactive."):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def warn_of_equal_scores(n_rows):
    """Warn that the scores of all free rows are equal."""
    warn_user(
        f"the scores of all {n_rows} free rows are equal, so this query picks at random. Usually "
        "the model cannot distinguish rows yet: HistGradientBoostingClassifier and LightGBM "
        "predict the same for all rows while there are too few labels for two leaves "
        "(min_samples_leaf=20), GaussianNB with many features is certain about every row, and "
        "committee members with few labels all agree. Teach more labels first (n_initial=), "
        "lower min_samples_leaf, or use a strategy that reads no model, such as CoreSet()."
    )
