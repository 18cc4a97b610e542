"""A labeling session: people answer, the learner chooses, the log keeps everything."""

import threading

import numpy as np

from .._table import Table
from . import _consensus
from ._job import Job
from ._keys import simple_key
from ._pick import Pick
from ._progress import progress_of
from ._rounds import Rounds
from ._rows import shown


class LabelingSession:
    """A labeling job around a learner and a pool, kept in one file.

    It hands out the rows that the learner picks, takes labels, skips, flags
    and corrections, and teaches. Every answer is in the log before the call
    returns; the same file, pool and learner go on where the job was, with
    the same next row, also half-way through a round.

    A round is one query of the learner, so a session picks what a loop of
    ``query`` and ``teach`` picks. A row that was skipped or flagged is not
    asked again; the next round takes its place. Several threads may use one
    session, several processes one file.

    Parameters
    ----------
    learner : ActiveLearner
        It is cloned and stays as it is. Labels that it was taught are taken
        over. Without an int as ``random_state`` a seed is drawn and kept in
        the log.
    X : container of n_rows rows
        The pool: whatever the learner takes.
    log : path-like or LabelLog
        The file of the job; it is made where there is none.
    classes : sequence of str or int, default=None
        The classes. None: those of the log, or every label makes one. More
        classes come in by :meth:`add_class`.
    keys : sequence of str or int, length n_rows, default=None
        Names of the rows. None: the index of a pandas frame where it is
        unique, otherwise positions.
    display : callable, default=None
        ``display(row)`` is what the front ends show. None: the text, or a
        line for each column.
    n_audit : int, default=0
        Rows drawn at random when the job begins, mixed into the first rounds
        and never taught. The accuracy in :meth:`report` is measured on them.
        They do not belong to the learner's budget.
    lookahead : {0, 1}, default=1
        1: a thread teaches and chooses while a person works, so nobody
        waits. 0: every round waits for the fit and is reproducible to the row.

    Raises
    ------
    LabelLogError
        If the file is not a log that can be read.
    PoolChangedError
        If the pool is not the one that the log is about.

    See Also
    --------
    LabelLog : The file alone.
    skactive.stopping : When to stop.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import load_iris
    >>> from skactive import ActiveLearner
    >>> from skactive.labeling import LabelingSession
    >>> X, y = load_iris(return_X_y=True)
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "labels.db"
    >>> learner = ActiveLearner(budget=30, random_state=0)
    >>> with LabelingSession(learner, X, log=path, lookahead=0) as session:
    ...     for pick in session.ask(4):
    ...         event = session.label(pick.key, y[pick.position])

    The next day:

    >>> with LabelingSession(learner, X, log=path, lookahead=0) as session:
    ...     print(session.progress())
    ...     while picks := session.ask():
    ...         for pick in picks:
    ...             event = session.label(pick.key, y[pick.position])
    ...     fitted = session.learner
    4 of 30 labels, 6 waiting
    >>> fitted.n_labels_
    30
    """

    def __init__(
        self, learner, X, log, classes=None, keys=None, display=None, n_audit=0, lookahead=1
    ):
        if lookahead not in (0, 1):
            raise ValueError(f"lookahead must be 0 or 1, got {lookahead!r}.")
        if display is not None and not callable(display):
            raise TypeError(f"display must be a callable, row -> what is shown, got {display!r}.")
        self._display = shown if display is None else display
        self._lock = threading.RLock()
        self._job = Job(learner, X, log, classes, keys, n_audit)
        self._rounds = Rounds(self._job, lookahead, self._lock)

    def ask(self, n=None):
        """Rows that are waiting for an answer.

        Parameters
        ----------
        n : int, default=None
            At most so many. None: all that wait.

        Returns
        -------
        picks : list of Pick
            Rows that were asked before and not answered come first. When
            there is none the next round is chosen. Empty when the budget is
            spent or no row is free.

        Raises
        ------
        OSError
            If the round cannot be written.
        """
        if n is not None and (isinstance(n, bool) or not isinstance(n, (int, np.integer))):
            raise TypeError(f"n must be an int or None, got {n!r}.")
        if n is not None and n < 1:
            raise ValueError(f"n must be at least 1, got {n}.")
        self._rounds.ensure()
        with self._lock:
            self._job.sync()
            picks = [self._pick(key) for key in self._waiting()[:n]]
        self._rounds.tick()
        return picks

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

    @property
    def classes(self):
        """The classes so far, in the order given or found."""
        with self._lock:
            self._job.sync()
            return list(self._job.classes.known)

    @property
    def labels(self):
        """The labels for the learner: a table of key, position, label, annotator and round.

        They come in the order in which the learner is taught; audit rows are
        not among them.
        """
        with self._lock:
            self._job.sync()
            return self._labels_of(self._job.state.labeled())

    @property
    def audit_labels(self):
        """The labels of the audit rows, as :attr:`labels`."""
        with self._lock:
            self._job.sync()
            return self._labels_of(self._job.state.audited())

    @property
    def events(self):
        """Everything that happened, as :meth:`LabelLog.events` gives it."""
        return self._job.log.events()

    @property
    def log(self):
        """The LabelLog."""
        return self._job.log

    @property
    def learner(self):
        """A learner that is fitted on all labels so far, yours to keep.

        Half-way through a round it is fitted for the purpose. An error of the
        fit comes through.
        """
        return self._rounds.fitted()

    def progress(self):
        """Counts of the job.

        Returns
        -------
        progress : Progress
            Prints as one line.
        """
        with self._lock:
            self._job.sync()
            return progress_of(self._job, self._rounds.learning.error)

    def disagreements(self):
        """Rows that two people gave different labels.

        Returns
        -------
        table : Table
            Columns key, annotator and label; every opinion of such a row.
        """
        with self._lock:
            self._job.sync()
            return _consensus.disagreements_of(_consensus.opinions_of(self._job.state))

    def consensus(self, method="majority"):
        """One label for each row, from those of several people.

        Parameters
        ----------
        method : {"majority", "dawid_skene"}, default="majority"
            The most frequent label; or the most probable one when the error
            rates of each person are estimated along (Dawid and Skene 1979).

        Returns
        -------
        table : Table
            Columns key, label, probability (the share of votes, or that of
            the model) and n_opinions.
        """
        with self._lock:
            self._job.sync()
            return _consensus.consensus_of(_consensus.opinions_of(self._job.state), method)

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

    def wait(self):
        """Wait until the background has taught and chosen what it can."""
        self._rounds.wait()

    def close(self):
        """Finish what is under way and close the file. Not calling it loses nothing."""
        self._rounds.close()
        self._job.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()

    def _waiting(self):
        """Keys that wait for an answer; none once the budget is spent, but for audit rows."""
        state = self._job.state
        waiting = state.unanswered()
        if self._job.budget_left <= 0:
            return [key for key in waiting if state.is_audit(key)]
        return waiting

    def _pick(self, key):
        why = self._job.state.whys.get(key, {})
        return Pick(self._job.X, key, self._job.keys.position(key), why)

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

    def _answer(self, key, event, **fields):
        state = self._job.state
        number = state.round_of.get(key, state.last_round)
        number = self._job.log.append(key=key, event=event, round=number, **fields)
        self._job.sync()
        self._rounds.tick()
        return number

    def _labels_of(self, labels):
        state, keys = self._job.state, [key for key, _ in labels]
        values = [self._job.classes.check(label) for _, label in labels]
        statuses = [state.status(key) for key in keys]
        return Table(
            {
                "key": keys,
                "position": self._job.keys.positions(keys),
                "label": self._job.classes.array(values),
                "annotator": [status["annotator"] for status in statuses],
                "round": [status["round"] for status in statuses],
            }
        )
