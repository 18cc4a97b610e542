"""A labeling session: people answer, the learner chooses, the log keeps everything."""

import threading

import numpy as np

from .._parameters import Instance, ints, validated
from ._answers import AnswersMixin
from ._front_ends import FrontEndsMixin
from ._job import Job
from ._log import PATH, LabelLog
from ._pick import Pick
from ._rounds import Rounds
from ._rows import shown
from ._views import ViewsMixin


class LabelingSession(AnswersMixin, ViewsMixin, FrontEndsMixin):
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

    _parameter_constraints: dict = {
        "learner": [Instance(["query", "teach", "get_params"], "an ActiveLearner")],
        "log": [LabelLog, *PATH],
        "classes": ["array-like", None],
        "keys": ["array-like", None],
        "display": [callable, None],
        "n_audit": [ints(0)],
        "lookahead": [ints(0, 1)],
    }

    @validated(_parameter_constraints)
    def __init__(
        self, learner, X, log, classes=None, keys=None, display=None, n_audit=0, lookahead=1
    ):
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

    @property
    def learner(self):
        """A learner that is fitted on all labels so far, yours to keep.

        Half-way through a round it is fitted for the purpose. An error of the
        fit comes through.
        """
        return self._rounds.fitted()

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
