"""What people say of rows: labels, skips, flags, corrections."""

from ._keys import simple_key


class AnswersMixin:
    """Answers of a session; each is in the log when its method returns."""

    def label(self, key, label, annotator=None, seconds=None):
        """Give a row its label; again for the same row is a correction.

        A row that was not asked may be labeled too: an example that is known.
        Of the labels of several people the most frequent counts, of equally
        frequent ones the latest.

        Parameters
        ----------
        key : str or int
            Which row.
        label : str or int
            One of the classes.
        annotator : str, default=None
            Who says so.
        seconds : float, default=None
            How long it took.

        Returns
        -------
        event_id : int
            Number of the event in the log.

        Raises
        ------
        ValueError, TypeError
            If no row has that key, if the label is missing or none of the
            classes, or if the budget is spent.
        OSError
            If it cannot be written: it was not kept, and the row is asked again.
        """
        with self._lock:
            self._job.sync()
            key = self._checked_key(key)
            label = self._job.classes.check(label)
            self._check_budget(key)
            return self._answer(key, "label", label=label, annotator=annotator, seconds=seconds)

    def skip(self, key, annotator=None, seconds=None):
        """Set a row aside because the person does not know; it is not asked again.

        Parameters
        ----------
        key : str or int
            Which row.
        annotator : str, default=None
            Who says so.
        seconds : float, default=None
            How long it took.

        Returns
        -------
        event_id : int
            Number of the event in the log.
        """
        with self._lock:
            self._job.sync()
            key = self._checked_key(key)
            return self._answer(key, "skip", annotator=annotator, seconds=seconds)

    def flag(self, key, note=None, annotator=None, seconds=None):
        """Set a row aside because something is wrong with it; it is not asked again.

        Parameters
        ----------
        key : str or int
            Which row.
        note : str, default=None
            What is wrong.
        annotator : str, default=None
            Who says so.
        seconds : float, default=None
            How long it took.

        Returns
        -------
        event_id : int
            Number of the event in the log.
        """
        with self._lock:
            self._job.sync()
            key = self._checked_key(key)
            extra = None if note is None else {"note": str(note)}
            return self._answer(key, "flag", annotator=annotator, seconds=seconds, extra=extra)

    def undo(self, key=None, annotator=None):
        """Take the last answer back; the one before it counts again, or the row is asked again.

        Parameters
        ----------
        key : str or int, default=None
            The last answer to this row. None: the last answer of all.
        annotator : str, default=None
            The last answer of this person.

        Returns
        -------
        key : str or int or None
            The row whose answer was taken back; None if there was none.
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

    def add_class(self, label, annotator=None):
        """Take a new class in while labeling.

        Parameters
        ----------
        label : str or int
            The class.
        annotator : str, default=None
            Who says so.
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
                f"the budget of {self._job.learner.budget} labels is spent, so {key!r} got none. "
                "Give the session a learner with a larger budget."
            )
