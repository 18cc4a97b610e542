"""The ways by which people see rows: files for a spreadsheet, a terminal, a widget."""

import copy

import numpy as np

from ._rows import shown
from ._spreadsheet import read_sheet, write_sheet
from ._terminal import Terminal


class FrontEndsMixin:
    """Front ends of a session."""

    def to_csv(self, path, n=None):
        """Write rows that wait for an answer to a CSV file, for a spreadsheet.

        Parameters
        ----------
        path : path-like
            The file; it must not exist, since it may hold labels.
        n : int, default=None
            At most so many, as :meth:`ask` gives them: a round is
            ``batch_size`` rows.

        Returns
        -------
        n_written : int
            Number of rows.
        """
        picks = self.ask(n)
        write_sheet(path, picks, self._for_sheet, self.classes)
        return len(picks)

    def from_csv(self, path, annotator=None):
        """Take the labels from a file that :meth:`to_csv` wrote and a person filled in.

        Half-filled files, rows in any order and files read before are fine;
        "?" in the label column is a skip.

        Parameters
        ----------
        path : path-like
            The file.
        annotator : str, default=None
            Who filled it in, where the annotator column is empty.

        Returns
        -------
        n_new : int
            Answers that were not there before.

        Raises
        ------
        ValueError
            With every line that has an unknown key or class; no label was used then.
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
                    f"of the budget of {self._job.learner.budget}. No label was used."
                )
            self._take([self._event(*answer) for answer in new])
        return len(new)

    def terminal(self, annotator=None):
        """Ask a person at the terminal, until they quit or nothing is left to ask.

        Parameters
        ----------
        annotator : str, default=None
            Who sits there.

        Returns
        -------
        n_answers : int
            Answers given.
        """
        return Terminal(self, annotator).run()

    def widget(self, **options):
        """A widget for notebooks; needs anywidget.

        Parameters
        ----------
        **options : dict
            For :class:`LabelingWidget`.

        Returns
        -------
        widget : LabelingWidget
            To be shown in a cell.
        """
        from ._widget import LabelingWidget

        return LabelingWidget(self, **options)

    def show(self, pick):
        """What the front ends show of a row: the answer of ``display``.

        Parameters
        ----------
        pick : Pick
            The row.

        Returns
        -------
        shown : str or object
            A text unless ``display`` gives something else.
        """
        return self._display(pick.row)

    def _for_person(self, pick):
        """The row itself where nobody said how to display it."""
        return pick.row if self._display is shown else self.show(pick)

    def _read_key(self, text):
        key = self._job.keys.read(text)
        self._job.keys.position(key)
        return key

    def _is_known(self, key, label, annotator):
        """Whether a person's last answer to a row is this one already."""
        last = self._job.state.opinions(key).get(annotator)
        if last is None:
            return False
        return last["event"] == "skip" if label is None else last["label"] == label

    def _event(self, key, label, annotator):
        kind = "skip" if label is None else "label"
        return {"key": key, "event": kind, "label": label, "annotator": annotator}

    def _take(self, events):
        """Append events that a front end puts together, all of them or none."""
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
        """The answers to a row that stand, oldest first."""
        with self._lock:
            self._job.sync()
            return self._job.state.answers(key)

    def _answered_keys(self):
        with self._lock:
            self._job.sync()
            return self._job.state.answered()

    def _read_label(self, text):
        """The class that a text stands for; a new one where any label makes a class."""
        with self._lock:
            return copy.deepcopy(self._job.classes).read(text)

    def _for_sheet(self, pick):
        """A row in columns where it has names, otherwise as it is displayed."""
        if self._display is not shown:
            return self.show(pick)
        if isinstance(pick.row, np.ndarray) and pick.row.ndim == 1:
            return dict(enumerate(pick.row))
        return pick.row if hasattr(pick.row, "items") else self.show(pick)
