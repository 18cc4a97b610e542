"""Errors of labeling jobs."""


from typing import Any


class LabelLogError(ValueError):
    """Raised when a file is not a readable label log: damaged, too new, or of another kind."""


class PoolChangedError(ValueError):
    """Raised when the pool is not the one that the label log was started with."""


class LabelStudioError(OSError):
    """Raised when Label Studio cannot be reached or answers with an error.

    Parameters
    ----------
    message : str
        What happened.
    status : int, default=None
        HTTP status; None if there was no answer.

    Attributes
    ----------
    status : int or None
        HTTP status; None if there was no answer.
    """

    def __init__(self, message: Any, status: Any = None) -> None:
        super().__init__(message)
        self.status = status
