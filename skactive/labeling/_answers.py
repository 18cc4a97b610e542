"""Answers about rows: labels, skips, flags and corrections."""

from typing import Any

from ._keys import simple_key


class AnswersMixin:
    """Answers that a session takes; each is in the log when its method returns."""

    def label(
        self, key: Any, label: Any, annotator: str | None = None, seconds: float | None = None
    ) -> int:
        """Store the label of a row; a second label by the same person corrects the first.

        You may also label rows that the session did not ask for. If several
        people label a row, the session teaches the learner their most frequent
        label, and the latest one if several are equally frequent.

        Parameters
        ----------
        key : str or int
            Key of the row.
        label : str or int
            One of the classes.
        annotator : str, default=None
            Name of the person.
        seconds : float, default=None
            Time that the person took, in seconds.

        Returns
        -------
        event_id : int
            Number of the event in the log.

        Raises
        ------
        ValueError, TypeError
            If no row has this key, if the label is missing or not one of the
            classes, or if the budget is spent.
        OSError
            If the log cannot be written. The label is not stored then, and the
            session asks for the row again.
        """
        with self._lock:
            self._job.sync()
            key = self._checked_key(key)
            label = self._job.classes.check(label)
            self._check_budget(key)
            return self._answer(key, "label", label=label, annotator=annotator, seconds=seconds)

    def skip(self, key: Any, annotator: str | None = None, seconds: float | None = None) -> int:
        """Set a row aside because the person cannot label it; it is not asked again.

        Parameters
        ----------
        key : str or int
            Key of the row.
        annotator : str, default=None
            Name of the person.
        seconds : float, default=None
            Time that the person took, in seconds.

        Returns
        -------
        event_id : int
            Number of the event in the log.

        Raises
        ------
        ValueError
            If no row has this key.
        OSError
            If the log cannot be written.
        """
        with self._lock:
            self._job.sync()
            key = self._checked_key(key)
            return self._answer(key, "skip", annotator=annotator, seconds=seconds)

    def flag(
        self,
        key: Any,
        note: str | None = None,
        annotator: str | None = None,
        seconds: float | None = None,
    ) -> int:
        """Set a row aside because something is wrong with it; it is not asked again.

        Parameters
        ----------
        key : str or int
            Key of the row.
        note : str, default=None
            What is wrong.
        annotator : str, default=None
            Name of the person.
        seconds : float, default=None
            Time that the person took, in seconds.

        Returns
        -------
        event_id : int
            Number of the event in the log.

        Raises
        ------
        ValueError
            If no row has this key.
        OSError
            If the log cannot be written.
        """
        with self._lock:
            self._job.sync()
            key = self._checked_key(key)
            extra = None if note is None else {"note": str(note)}
            return self._answer(key, "flag", annotator=annotator, seconds=seconds, extra=extra)

    def undo(self, key: Any = None, annotator: str | None = None) -> Any:
        """Take the last answer back.

        The previous answer to the row counts again. If there is none, the row
        is unanswered again.

        Parameters
        ----------
        key : str or int, default=None
            Take back the last answer to this row. None: the last answer to any
            row.
        annotator : str, default=None
            Take back the last answer of this person. None: of anybody.

        Returns
        -------
        key : str or int or None
            Key of the row; None if there was no answer to take back.

        Raises
        ------
        ValueError
            If no row has this key.
        OSError
            If the log cannot be written.
        """
        with self._lock:
            self._job.sync()
            key = None if key is None else self._checked_key(key)
            last = self._job.state.last_answer(key, annotator)
            if last is None:
                return None
            extra = {"undoes": last["id"]}
            self._answer(last["key"], "undo", annotator=annotator, extra=extra)
            return last["key"]

    def add_class(self, label: Any, annotator: str | None = None) -> None:
        """Add a class while labeling.

        Parameters
        ----------
        label : str or int
            The new class.
        annotator : str, default=None
            Name of the person.

        Raises
        ------
        ValueError, TypeError
            If the label is missing, is already a class, or has another type
            than the known classes.
        OSError
            If the log cannot be written.
        """
        with self._lock:
            self._job.sync()
            label = self._job.classes.check_new(label)
            self._job.log.append(event="class", label=label, annotator=annotator)
            self._job.sync()

    def _answer(self, key, event, **fields):
        state = self._job.state
        number = state.round_of.get(key, state.last_round)
        number = self._job.log.append(key=key, event=event, round=number, **fields)
        self._job.sync()
        self._rounds.tick()
        return number

    def _checked_key(self, key):
        self._job.keys.position(key)
        return simple_key(key)

    def _check_budget(self, key):
        state = self._job.state
        is_new = state.label_of(key) is None and not state.is_audit(key)
        if is_new and self._job.budget_left <= 0:
            raise ValueError(
                f"the budget of {self._job.learner.budget} labels is spent, so {key!r} was not "
                "labeled. Give the session a learner with a larger budget."
            )
