"""Front ends of a session: spreadsheet files, a terminal, a widget."""

import copy
import os
from typing import Any

import numpy as np

from ._pick import Pick
from ._rows import shown
from ._spreadsheet import read_sheet, write_sheet
from ._terminal import Terminal


class FrontEndsMixin:
    """Front ends of a session."""

    def to_csv(self, path: str | os.PathLike[str], n: int | None = None) -> int:
        """Write the waiting rows to a CSV file, for a spreadsheet.

        Parameters
        ----------
        path : path-like
            The file. It must not exist, because an existing file may hold
            labels.
        n : int, default=None
            Maximum number of rows, as in :meth:`ask`. None: all waiting rows,
            up to ``batch_size`` in a new round.

        Returns
        -------
        n_written : int
            Number of rows written.

        Raises
        ------
        FileExistsError
            If the file exists.
        """
        picks = self.ask(n)
        write_sheet(path, picks, self._for_sheet, self.classes)
        return len(picks)

    def from_csv(self, path: str | os.PathLike[str], annotator: str | None = None) -> int:
        """Read the labels from a file that :meth:`to_csv` wrote and a person filled in.

        The file may be half filled, in any order, or read before. "?" in the
        label column skips the row.

        Parameters
        ----------
        path : path-like
            The file.
        annotator : str, default=None
            Name of the person, used where the annotator column is empty.

        Returns
        -------
        n_new : int
            Number of new answers.

        Raises
        ------
        ValueError
            If lines have an unknown key or class (the message lists them), or
            if there are more new labels than the budget allows. No label is
            stored then.
        """
        with self._lock:
            self._job.sync()
            classes = copy.deepcopy(self._job.classes)

            def read_label(text):
                label = classes.read(text)
                classes.add(label)
                return label

            answers = read_sheet(path, self._read_key, read_label)
            named = [(key, label, who or annotator) for key, label, who in answers]
            new = [answer for answer in named if not self._is_known(*answer)]
            state = self._job.state
            fresh = {key for key, label, _ in new if label is not None and not state.is_audit(key)}
            n_fresh = sum(state.label_of(key) is None for key in fresh)
            if n_fresh > self._job.budget_left:
                raise ValueError(
                    f"{path} has {n_fresh} new labels, but only {self._job.budget_left} are left "
                    f"of the budget of {self._job.learner.budget}. No label was stored."
                )
            self._take([self._event(*answer) for answer in new])
        return len(new)

    def terminal(self, annotator: str | None = None) -> int:
        """Label rows in the terminal until the person quits or no row is left to ask.

        Parameters
        ----------
        annotator : str, default=None
            Name of the person.

        Returns
        -------
        n_answers : int
            Number of answers, without those taken back.
        """
        return Terminal(self, annotator).run()

    def widget(self, **options: Any) -> Any:
        """Create a widget for notebooks; needs anywidget.

        Parameters
        ----------
        **options : dict
            Passed to :class:`LabelingWidget`.

        Returns
        -------
        widget : LabelingWidget
            The widget; make it the last line of a cell.

        Raises
        ------
        ImportError
            If anywidget is not installed.
        """
        from ._widget import LabelingWidget

        return LabelingWidget(self, **options)

    def show(self, pick: Pick) -> Any:
        """Return what the front ends show of a row.

        Parameters
        ----------
        pick : Pick
            The row.

        Returns
        -------
        shown : str or object
            The result of ``display``; without ``display``, a text.
        """
        return self._display(pick.row)

    def _for_person(self, pick):
        """Return the row itself if the user gave no display function."""
        return pick.row if self._display is shown else self.show(pick)

    def _read_key(self, text):
        key = self._job.keys.read(text)
        self._job.keys.position(key)
        return key

    def _is_known(self, key, label, annotator):
        """Return whether this is already the person's last answer to the row."""
        last = self._job.state.opinions(key).get(annotator)
        if last is None:
            return False
        return last["event"] == "skip" if label is None else last["label"] == label

    def _event(self, key, label, annotator):
        kind = "skip" if label is None else "label"
        return {"key": key, "event": kind, "label": label, "annotator": annotator}

    def _take(self, events):
        """Append the events of a front end, all of them or none."""
        with self._lock:
            self._job.sync()
            state = self._job.state
            self._job.log.append_all(
                [
                    {**event, "round": state.round_of.get(event["key"], state.last_round)}
                    for event in events
                ]
            )
            self._job.sync()
        self._rounds.tick()

    def _standing(self, key):
        """Return the answers to a row that were not taken back, oldest first."""
        with self._lock:
            self._job.sync()
            return self._job.state.answers(key)

    def _answered_keys(self):
        with self._lock:
            self._job.sync()
            return self._job.state.answered()

    def _read_label(self, text):
        """Return the class that a text stands for; without fixed classes it may be a new one."""
        with self._lock:
            return copy.deepcopy(self._job.classes).read(text)

    def _for_sheet(self, pick):
        """Return a row as columns if it has any, otherwise as it is displayed."""
        if self._display is not shown:
            return self.show(pick)
        if isinstance(pick.row, np.ndarray) and pick.row.ndim == 1:
            return dict(enumerate(pick.row))
        return pick.row if hasattr(pick.row, "items") else self.show(pick)
