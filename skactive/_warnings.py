"""Warnings that point at the line of the user's program."""

import sys
import warnings

__all__ = ["warn_of_equal_scores", "warn_user"]


def warn_user(message, category=UserWarning):
    """Warn about the nearest line that is not one of this package.

    Parameters
    ----------
    message : str
        What is to be said.
    category : type, default=UserWarning
        Kind of warning.
    """
    level, frame = 1, sys._getframe(0)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("skactive."):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


def warn_of_equal_scores(n_rows):
    """Warn that the scores of so many rows are equal."""
    warn_user(
        f"the scores of all {n_rows} free rows are equal, so this query picks among them at "
        "random. As a rule the model cannot tell rows apart yet: HistGradientBoostingClassifier "
        "and LightGBM give every row the same probabilities while there are fewer labels than two "
        "leaves hold (min_samples_leaf=20), a GaussianNB on many features is sure of every row, "
        "and members of a committee that know little agree on everything. Teach more labels "
        "first (n_initial=), let leaves hold fewer, or take a strategy that reads no model, such "
        "as CoreSet()."
    )
