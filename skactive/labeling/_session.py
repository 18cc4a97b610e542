"""A labeling session: people answer, the learner chooses, the log keeps everything."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np

from .._parameters import Instance, ints, validated
from .._typing import Rows
from ._answers import AnswersMixin
from ._front_ends import FrontEndsMixin
from ._job import Job
from ._log import PATH, LabelLog
from ._pick import Pick
from ._rounds import Rounds
from ._rows import shown
from ._views import ViewsMixin


class LabelingSession(AnswersMixin, ViewsMixin, FrontEndsMixin):
    """Labeling job with a learner and a pool, kept in one file.

    The session asks for the rows that the learner picks, takes labels, skips,
    flags and corrections, and teaches the learner. Every answer is in the log
    before the call returns. To go on later, open a session with the same file,
    pool and learner: it continues with the same next row, even in the middle
    of a round.

    A round is one query of the learner, so a session picks the same rows as a
    loop of ``query`` and ``teach``. The session does not ask again for a row
    that was skipped or flagged; the next round takes another row instead.
    Several threads may use one session, and several processes one file. Read
    more in :doc:`/user_guide/labeling`.

    Parameters
    ----------
    learner : ActiveLearner
        It is cloned and does not change. The session starts with the labels
        that the learner already has. Unless ``random_state`` is an int, a seed
        is drawn and kept in the log.
    X : container of n_rows rows
        The pool, in any container that the learner takes.
    log : path-like or LabelLog
        File of the job; it is created if it does not exist.
    classes : sequence of str or int, default=None
        The classes. None: those of the log, or every new label adds a class.
        :meth:`add_class` adds further classes.
    keys : sequence of str or int, length n_rows, default=None
        Keys of the rows. None: the index of a pandas frame if it is unique,
        otherwise positions.
    display : callable, default=None
        ``display(row)`` returns what the front ends show. None: the row as
        text, with one line per column.
    n_audit : int, default=0
        Number of rows drawn at random when the job begins. They are mixed into
        the first rounds and never taught; :meth:`report` measures the accuracy
        on them. They do not count toward the learner's budget.
    lookahead : {0, 1}, default=1
        1: a thread fits the model and picks the next round while a person
        works, so nobody waits. 0: every round waits for the fit, and the same
        answers give the same rows.

    Raises
    ------
    LabelLogError
        If the file is not a readable label log.
    PoolChangedError
        If the pool is not the one that the log was started with.
    ValueError, TypeError
        If an argument is invalid or contradicts the log.

    See Also
    --------
    LabelLog : The file of a session.
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

    Go on the next day:

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
        self,
        learner: Any,
        X: Rows,
        log: str | os.PathLike[str] | LabelLog,
        classes: Sequence[Any] | None = None,
        keys: Sequence[Any] | None = None,
        display: Callable[[Any], Any] | None = None,
        n_audit: int = 0,
        lookahead: int = 1,
    ) -> None:
        self._display = shown if display is None else display
        self._lock = threading.RLock()
        self._job = Job(learner, X, log, classes, keys, n_audit)
        self._rounds = Rounds(self._job, lookahead, self._lock)

    def ask(self, n: int | None = None) -> list[Pick]:
        """Return the rows that wait for an answer.

        Parameters
        ----------
        n : int, default=None
            Maximum number of rows. None: all waiting rows.

        Returns
        -------
        picks : list of Pick
            Rows that were asked before and have no answer come first. If there
            are none, the next round is chosen. The list is empty if the budget
            is spent or no row is free.

        Raises
        ------
        ValueError, TypeError
            If ``n`` is not None or an int of at least 1.
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
    def learner(self) -> Any:
        """Copy of the learner, fitted on all labels so far.

        In the middle of a round it is fitted when you read this attribute. An
        exception of the fit is raised.
        """
        return self._rounds.fitted()

    def wait(self) -> None:
        """Wait until the background thread has taught and chosen what it can."""
        self._rounds.wait()

    def close(self) -> None:
        """Finish running work and close the file. Without this call, nothing is lost."""
        self._rounds.close()
        self._job.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def _waiting(self):
        """Return the keys that wait for an answer; once the budget is spent, only audit rows."""
        state = self._job.state
        waiting = state.unanswered()
        if self._job.budget_left <= 0:
            return [key for key in waiting if state.is_audit(key)]
        return waiting

    def _pick(self, key):
        why = self._job.state.whys.get(key, {})
        return Pick(self._job.X, key, self._job.keys.position(key), why)
