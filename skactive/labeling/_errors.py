"""Errors that a labeling job can meet."""


class LabelLogError(ValueError):
    """Raised when a file is not a label log that can be read: foreign, damaged or newer."""


class PoolChangedError(ValueError):
    """Raised when a pool is not the one that a label log is about."""
