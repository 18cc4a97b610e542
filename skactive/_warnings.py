"""Warnings that point at the line of the user's program."""

import sys
import warnings

__all__ = ["warn_user"]


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
