"""Errors that a labeling job can meet."""


class LabelLogError(ValueError):
    """Raised when a file is not a label log that can be read: foreign, damaged or newer."""


class PoolChangedError(ValueError):
    """Raised when a pool is not the one that a label log is about."""


class LabelStudioError(OSError):
    """Label Studio cannot be reached, or answers a call with an error.

    Parameters
    ----------
    message : str
        What happened.
    status : int, default=None
        Of HTTP; None where there was no answer.

    Attributes
    ----------
    status : int or None
        Of HTTP; None where there was no answer.
    """

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status
