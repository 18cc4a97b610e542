"""A widget that shows a session in notebooks such as JupyterLab and marimo."""

import json
import math
from pathlib import Path
from typing import Any

from .._parameters import Instance, validated
from ._pictures import seen

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError(
        'the widget needs anywidget: pip install "skactive[notebook]". Or use session.terminal().'
    ) from error

_FOLDER = Path(__file__).parent
_NOTHING_LEFT = "Nothing is left to ask."


class LabelingWidget(anywidget.AnyWidget):
    """Notebook widget to label the rows of a session with keys or buttons.

    The keys 1 to 9 stand for the classes (two digits if there are more). The
    key s skips, u takes the last answer back, f flags, n adds a class, and w
    shows why the row was picked. The keys work while the widget has the focus.

    The widget stores nothing. If you close the notebook and open the session
    again, it shows the same row. Each answer carries the key of its row; an
    answer that arrives when another row is shown is ignored. Read more in
    :doc:`/user_guide/labeling`.

    Parameters
    ----------
    session : LabelingSession
        Session to label. If it has no ``display``, arrays with the shape of a
        picture, Pillow images and paths of image files are shown as pictures,
        and rows of a frame as tables.
    annotator : str, default=None
        Name of the person.

    See Also
    --------
    LabelingSession.widget : Create the widget of a session.
    LabelStudio : Label with several people in a browser.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_digits
    >>> from skactive import ActiveLearner
    >>> from skactive.labeling import LabelingSession, LabelingWidget
    >>> digits = load_digits()
    >>> folder = tempfile.TemporaryDirectory()
    >>> session = LabelingSession(
    ...     ActiveLearner(budget=100, random_state=0),
    ...     digits.data,
    ...     log=Path(folder.name) / "labels.db",
    ...     classes=range(10),
    ...     display=lambda row: row.reshape(8, 8),
    ... )
    >>> widget = LabelingWidget(session, annotator="ana")  # in a notebook: its last line
    >>> widget.view["kind"], widget.view["classes"][:3]
    ('image', ['0', '1', '2'])
    """

    _esm = _FOLDER / "_widget.js"
    _css = _FOLDER / "_widget.css"
    view = traitlets.Dict().tag(sync=True)

    _parameter_constraints: dict = {
        "session": [Instance(["ask", "label", "progress"], "a LabelingSession")],
        "annotator": [str, None],
    }

    @validated(_parameter_constraints)
    def __init__(self, session: Any, annotator: str | None = None) -> None:
        super().__init__()
        self._labeling, self._annotator = session, annotator
        self._pick, self._serial = None, 0
        self.on_msg(self._answered)
        self.refresh()

    def refresh(self, message: str = "") -> Any:
        """Show the next row to ask, for example after labels were stored elsewhere.

        Parameters
        ----------
        message : str, default=""
            A line shown below the row.
        """
        try:
            picks = self._labeling.ask(1)
            self._pick = picks[0] if picks else None
            row = self._row_view()
        except Exception as error:  # the widget must survive an error of the learner
            self._pick, message = None, _said(error)
            row = {"key": None, "name": "", "kind": "text", "content": ""}
        self._put(row, message)

    def _row_view(self):
        if self._pick is None:
            return {"key": None, "name": "", "kind": "text", "content": _NOTHING_LEFT}
        kind, content = seen(self._labeling._for_person(self._pick))
        name = str(self._pick.key)
        return {"key": json.dumps(self._pick.key), "name": name, "kind": kind, "content": content}

    def _put(self, row, message, why=None):
        """Put a view together; its serial number makes each view new."""
        self._serial += 1
        progress = self._labeling.progress()
        total = progress.n_rows if progress.budget is None else progress.budget
        self.view = {
            **row,
            "serial": self._serial,
            "classes": [str(name) for name in self._labeling.classes],
            "done": progress.n_labels + progress.n_audited,
            "total": total + progress.n_audit if progress.budget is not None else total,
            "progress": str(progress),
            "message": message,
            "why": why,
        }

    def _answered(self, _, content, buffers):
        """Take an answer from the browser, and always send a view back."""
        shown = None if self._pick is None else json.dumps(self._pick.key)
        action = content.get("action")
        if action not in ("undo", "class") and (shown is None or content.get("key") != shown):
            self.refresh()
            return
        try:
            message = self._act(action, content)
        except Exception as error:  # nothing was stored; the row is asked again
            message = _said(error)
        if action == "why" and self._pick is not None:
            self._put(self._row_view(), message, why=_as_table(self._pick.why))
        else:
            self.refresh(message)

    def _act(self, action, content):
        """Carry out an action, and return a line for the person."""
        session, who = self._labeling, {"annotator": self._annotator}
        if action == "undo":
            undone = session.undo(**who)
            return "nothing to undo" if undone is None else f"undone: {undone}"
        if action == "class":
            known, text = session.classes, str(content.get("text", "")).strip()
            is_number = bool(known) and not isinstance(known[0], str)
            session.add_class(int(text) if is_number else text, **who)
            return f"new class: {text}"
        if action == "why":
            return ""
        return self._set(action, content, {**who, "seconds": _seconds(content)})

    def _set(self, action, content, how):
        session, key = self._labeling, self._pick.key
        if action == "label":
            label = session.classes[content["label"]]
            session.label(key, label, **how)
            return f"{key}: {label}"
        if action == "skip":
            session.skip(key, **how)
            return f"{key}: skipped"
        if action == "flag":
            session.flag(key, content.get("text") or None, **how)
            return f"{key}: flagged"
        raise ValueError(f"the widget does not know the action {action!r}.")


def _seconds(content):
    seconds = content.get("seconds")
    is_number = isinstance(seconds, (int, float)) and math.isfinite(seconds) and seconds >= 0
    return float(seconds) if is_number else None


def _said(error):
    return f"{type(error).__name__}: {error}"


def _as_table(why):
    return [[name, str(value)] for name, value in why.items() if value not in (None, [], {})]
