"""Warnings that point at the line of the user's program."""

import sys
import warnings

__all__ = ["warn_of_equal_scores", "warn_user"]


def warn_user(message, category=UserWarning):
    """Issue a warning that points at the nearest line outside this package.

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
    """Warn that the scores of all n_rows rows are equal."""
    warn_user(
        f"the scores of all {n_rows} free rows are equal, so this query picks among them at "
        "random. Usually the model cannot tell rows apart yet. HistGradientBoostingClassifier and "
        "LightGBM give every row the same probabilities while there are too few labels for two "
        "leaves (min_samples_leaf=20). GaussianNB on many features is certain of every row. "
        "Committee members with few labels agree on everything. Teach more labels first "
        "(n_initial=), reduce min_samples_leaf, or use a strategy that needs no model, such as "
        "CoreSet()."
    )
