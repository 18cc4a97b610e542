"""Labeling with people: a session that loses nothing, and its front ends."""

from ._errors import LabelLogError, PoolChangedError
from ._log import LabelLog
from ._pick import Pick
from ._progress import Progress
from ._report import Estimate, Report
from ._session import LabelingSession

__all__ = [
    "Estimate",
    "LabelLog",
    "LabelLogError",
    "LabelingSession",
    "Pick",
    "PoolChangedError",
    "Progress",
    "Report",
]
