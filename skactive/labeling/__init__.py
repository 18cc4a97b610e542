"""Label with people: sessions that keep every answer, and their front ends."""

from importlib.util import find_spec

from ._errors import LabelLogError, LabelStudioError, PoolChangedError
from ._label_studio import LabelStudio
from ._log import LabelLog
from ._pick import Pick
from ._progress import Progress
from ._report import Estimate, Report
from ._session import LabelingSession

__all__ = [
    "Estimate",
    "LabelLog",
    "LabelLogError",
    "LabelStudio",
    "LabelStudioError",
    "LabelingSession",
    "Pick",
    "PoolChangedError",
    "Progress",
    "Report",
]
if find_spec("anywidget"):
    __all__.append("LabelingWidget")


def __getattr__(name):
    """Import the widget on first use, because it needs anywidget."""
    if name == "LabelingWidget":
        from ._widget import LabelingWidget

        return LabelingWidget
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
