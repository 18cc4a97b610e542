"""A labeling job: its log, pool, learner and current state."""

import inspect
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from ._classes import Classes
from ._fingerprint import check_fingerprint, fingerprint
from ._keys import Keys
from ._log import LabelLog
from ._state import JobState

# parameters of a learner that may change between sessions
_FREE = {"budget", "n_jobs", "verbose", "random_state"}


class Job:
    """A label log with its pool and its learner.

    Parameters
    ----------
    learner : ActiveLearner
        Not changed; :attr:`learner` is a clone unless ``random_state`` is an
        int.
    X : container of n_rows rows
        The pool.
    log : LabelLog or path-like
        A log, or the path of its file.
    classes : sequence or None
        Classes of the job. None: those of the log, or every new label adds
        one.
    keys : sequence or None
        Keys of the rows.
    n_audit : int
        Number of audit rows to draw when the job begins.

    Attributes
    ----------
    log, keys, classes, state : LabelLog, Keys, Classes, JobState
        Parts of the job.
    learner : ActiveLearner
        Learner with an int as ``random_state`` and the labels it had before.
    """

    # whether the pool has more rows than when the job began
    has_grown = False

    def __init__(self, learner, X, log, classes, keys, n_audit):
        self.X = X
        self.keys = Keys(X, keys)
        given = Classes(classes)
        _check_audit(n_audit, self.keys.n_rows)
        self._owns_log = not isinstance(log, LabelLog)
        self.log = LabelLog(log) if self._owns_log else log
        try:
            settings = self._begin(learner, classes, n_audit)
            check_fingerprint(X, self.keys, settings["pool"])
            self.has_grown = self.keys.n_rows > settings["pool"]["n_rows"]
            _check_settings(settings, learner, n_audit)
            self.classes = Classes(settings["classes"])
            self.state = JobState()
            self.sync()
            self._extend_classes(given)
        except BaseException:
            self.close()
            raise
        self.learner = learner
        if not _is_int(learner.random_state):
            self.learner = _with_seed(learner, settings["seed"])

    @property
    def budget_left(self):
        """Number of labels left in the budget; infinity without a budget."""
        if self.learner.budget is None:
            return np.inf
        return self.learner.budget - self.learner.n_labels_ - self.state.n_labeled

    def sync(self):
        """Read the events that any process has appended since the last call."""
        for event in self.log.rows(self.state.last_id):
            self.state.apply(event)
            if event["event"] in ("label", "class"):
                self.classes.add(event["label"])

    def positions(self, keys):
        """Return the positions of keys in ascending order."""
        return np.sort(self.keys.positions(keys))

    def close(self):
        """Close the log if this object opened it."""
        if self._owns_log:
            self.log.close()

    def _begin(self, learner, classes, n_audit):
        """Return the settings in the log; in a new log, write them and draw the audit rows."""
        settings = self.log.job()
        if settings:
            return settings
        seed = learner.random_state
        if not _is_int(seed):
            seed = check_random_state(clone(learner).random_state).randint(np.iinfo(np.int32).max)
        stream = np.random.RandomState([int(seed), n_audit])
        audit = stream.permutation(self.keys.n_rows)[:n_audit]
        settings = {
            "pool": fingerprint(self.X, self.keys),
            "learner": described(learner),
            "n_before": learner.n_labels_,
            "seed": int(seed),
            "classes": None if classes is None else Classes(classes).known,
            "n_audit": int(n_audit),
        }
        events = [{"event": "audit", "key": self.keys.key(position)} for position in audit]
        return self.log.begin_job(settings, events)

    def _extend_classes(self, given):
        """Add classes that the log does not have yet."""
        if not given.is_fixed:
            return
        missing = [label for label in self.classes.known if label not in given.known]
        if missing:
            raise ValueError(
                f"classes lacks {missing}, but the log has the classes {self.classes.known}. "
                "Classes can be added, but not removed."
            )
        new = [label for label in given.known if label not in self.classes.known]
        if new:
            self.log.append_all([{"event": "class", "label": label} for label in new])
        self.sync()


def described(learner):
    """Describe the parameters of a learner by texts that are equal in every process."""
    params = learner.get_params(deep=True)
    return {
        name: _named(value)
        for name, value in sorted(params.items())
        if name.rpartition("__")[2] not in _FREE
    }


def _named(value):
    if hasattr(value, "get_params") and not isinstance(value, type):
        return type(value).__name__
    if inspect.isroutine(value) or isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    if type(value).__repr__ is object.__repr__:
        return type(value).__qualname__
    return repr(value)


def _check_audit(n_audit, n_rows):
    if n_audit >= max(n_rows, 1):
        raise ValueError(
            f"n_audit must be less than the {n_rows} rows of the pool, got "
            f"{n_audit}."
        )


def _check_settings(settings, learner, n_audit):
    """Compare the arguments of the user with the settings in the log."""
    if n_audit not in (0, settings["n_audit"]):
        raise ValueError(
            f"n_audit is {n_audit}, but the job began with {settings['n_audit']} audit rows. They "
            "are drawn before all other rows, so their number cannot change."
        )
    if settings["n_before"] != learner.n_labels_:
        raise ValueError(
            f"the learner has {learner.n_labels_} labels, but it had {settings['n_before']} when "
            "the job began. Pass the learner that the job began with."
        )
    then, now = settings["learner"], described(learner)
    changed = [
        f"{name} was {then.get(name)} and is {now.get(name)}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    if changed:
        warnings.warn(
            f"the learner differs from the one that the job began with: {'; '.join(changed[:5])}. "
            "The labels are kept; this learner picks the next rounds.",
            UserWarning,
            stacklevel=5,
        )


def _with_seed(learner, seed):
    """Return a clone with an int as random_state, taught the same labels."""
    twin = clone(learner).set_params(random_state=seed)
    if learner.n_labels_:
        twin.teach(learner.X_labeled_, learner.y_labeled_)
    return twin


def _is_int(value):
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)
