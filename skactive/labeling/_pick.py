"""A row that waits for an answer."""

from typing import Any

from .._typing import Rows
from ._rows import one_row


class Pick:
    """A row that a person is asked to label.

    Attributes
    ----------
    key : str or int
        Key of the row in the log.
    position : int
        Its position in the pool.
    row : object
        The row itself: an array, a series, a text.
    why : dict
        Why the row was picked, recorded at that time: ``strategy``, ``round``,
        and what :meth:`skactive.ActiveLearner.explain` returns. It may hold the model's
        prediction, which can bias a person, so show it only on request.
    """

    def __init__(self, X: Rows, key: Any, position: int, why: Any) -> None:
        self._X = X
        self.key, self.position, self.why = key, position, why
        self._row = None

    @property
    def row(self) -> Any:
        """The row itself."""
        if self._row is None:
            self._row = one_row(self._X, self.position)
        return self._row

    def __repr__(self):
        return f"Pick(key={self.key!r}, position={self.position})"

    def __eq__(self, other):
        return isinstance(other, Pick) and (self.key, self.position) == (other.key, other.position)

    def __hash__(self):
        return hash((self.key, self.position))
