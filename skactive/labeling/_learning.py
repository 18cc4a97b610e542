"""The learner of a session: it follows the log and picks the next round."""

import base64
import copy
import hashlib
import json
from typing import NamedTuple

import numpy as np
from sklearn.base import clone

from .._warnings import warn_user
from ._rows import gather


class _Plan(NamedTuple):
    """Labels to teach, before and after the last round was chosen."""

    anew: bool
    choice: dict | None
    earlier: list
    later: list
    number: int
    through: int


class Learning:
    """A learner that follows a log.

    It is taught round by round. After a correction, an undo, a round that
    another process chose, or a restart, the log no longer matches what the
    learner was taught. Then a fresh clone is taught all labels at once, and
    its random stream is restored from the log.

    Parameters
    ----------
    learner : ActiveLearner
        It is cloned; the clone is first taught the labels that the learner
        has.
    X : container of n_rows rows
        The pool.
    keys : Keys
        Keys of its rows.
    classes : Classes
        Converts labels to arrays.
    measures : Measures
        Measures each new model.

    Attributes
    ----------
    learner : ActiveLearner
        The learner, taught so far.
    error : Exception or None
        What the last fit raised.
    """

    def __init__(self, learner, X, keys, classes, measures):
        self._template, self._measures = learner, measures
        self._X, self._keys, self._classes = X, keys, classes
        self.learner = self._fresh()
        self.error = None
        self.n_fitted = 0
        self._taught = []
        self._through = self._at_round = 0
        self._began_cold = self._has_warned = False

    @property
    def n_base(self):
        """Number of labels that the learner had before the session."""
        return self._template.n_labels_

    @property
    def is_fitted(self):
        """Whether the learner has a model."""
        return hasattr(self.learner, "estimator_")

    @property
    def n_taught(self):
        """Number of labels from the log that the learner was taught."""
        return len(self._taught)

    def is_behind(self, state):
        """Return whether rounds or corrections are still to be taught."""
        return not self.follows(state) or self._taught != state.labeled(state.n_closed)

    def follows(self, state):
        """Return whether the random stream is where the last round left it."""
        return self._at_round == state.last_round

    def plan(self, state):
        """Plan how to catch up with the log; later changes of the state do not change the plan.

        The labels go up to the last round that was answered in full. If they
        only extend the labels already taught, the learner is taught the new
        ones. Otherwise it starts anew.
        """
        target = state.labeled(state.n_closed)
        n = len(self._taught)
        if self.follows(state) and target[:n] == self._taught:
            return _Plan(False, None, [], target[n:], state.last_round, state.n_closed)
        choice = state.choices.get(state.last_round)
        earlier = [] if choice is None else state.labeled(choice["taught"])
        later = target[len(earlier) :]
        return _Plan(True, choice, earlier, later, state.last_round, state.n_closed)

    def carry_out(self, plan):
        """Carry out a plan."""
        if plan.anew:
            self._start_anew(plan.choice, plan.earlier, plan.number)
        self.teach(plan.later)
        self._through = plan.through

    def teach(self, batch):
        """Teach labels; an exception of the fit is kept as :attr:`error`."""
        if not batch:
            return
        self._taught = self._taught + batch
        try:
            self.learner.teach(*self._arrays(batch))
        except Exception as error:
            # the labels are in the log, so the job goes on; the report shows the error
            self.error = error
            self._warn_of_failure()
        else:
            self.error, self.n_fitted = None, len(self._taught)

    def _warn_of_failure(self):
        if self._has_warned:
            return
        self._has_warned = True
        raised = f"{type(self.error).__name__}: {str(self.error)[:200]}"
        warn_user(
            f"the fit on {len(self._taught)} labels raised {raised}... All labels are kept in the "
            "log and the job goes on, but without a new model. The usual cause is a classifier "
            "that does not take such rows. Close the session and open it again with a learner "
            "that does, such as a Pipeline; it is fitted on all labels."
        )

    def choose(self, exclude, n_queries=None):
        """Choose the next round.

        Parameters
        ----------
        exclude : ndarray of int
            Positions that must not be picked.
        n_queries : int, default=None
            Number of rows. None: as many as the learner picks by default.

        Returns
        -------
        positions : ndarray of int
            Positions in pick order.
        choice : dict
            How the rows were chosen, for the log: the labels that the learner
            had, and its random stream before and after.
        """
        learner = self.learner
        if not hasattr(learner, "random_state_"):
            self._began_cold = not learner.n_labels_
        learner.query(self._X, 0)  # ends a cold start that has enough labels
        before = stream_as_text(learner.random_state_)
        positions = learner.query(self._X, n_queries, exclude=exclude)
        after = stream_as_text(learner.random_state_)
        choice = {
            "taught": self._through,
            "cold": self._began_cold,
            "labels": digest_of(self._taught),
            "fitted": self.n_fitted,
            "before": before,
            "after": None if after == before else after,
            "measures": self._measures.take(self),
        }
        return positions, choice

    def chose(self, number):
        """Record which round the last choice became; -1 if it was discarded."""
        self._at_round = number

    def verification(self, state):
        """Return the arguments of :meth:`verify`, or None if there is nothing to compare.

        There is nothing to compare before the first round, or if the last
        round was chosen ahead or its labels were corrected later.
        """
        choice = state.choices.get(state.last_round)
        if choice is None or choice["ahead"]:
            return None
        labels = state.labeled(choice["taught"])
        if digest_of(labels) != choice["labels"]:
            return None
        asked = [key for key in state.rounds[state.last_round] if not state.is_audit(key)]
        plan = _Plan(True, choice, labels, [], state.last_round, choice["taught"])
        return plan, self._keys.positions(asked), self._keys.positions(state.taken_before)

    def verify(self, plan, asked, taken):
        """Choose the last round again, and return whether it has the same rows."""
        self._start_anew(plan.choice, plan.earlier, plan.number, at="before")
        self._through = plan.through
        positions = self.learner.query(self._X, len(asked), exclude=taken)
        self._move_stream(plan.choice)
        return np.array_equal(positions, asked)

    def fitted_on(self, labels):
        """Return a separate learner fitted on some labels; it raises what the fit raises."""
        if labels == self._taught and self.error is None:
            return copy.deepcopy(self.learner)
        learner = self._fresh()
        if labels:
            if self._began_cold:
                learner.query(self._X, 0)
            learner.teach(*self._arrays(labels))
        return learner

    def snapshot(self):
        """Return a copy that can choose a round while this object is taught."""
        twin = copy.copy(self)
        twin.learner = copy.copy(self.learner)
        return twin

    def _fresh(self):
        learner = clone(self._template)
        if self._template.n_labels_:
            learner.teach(self._template.X_labeled_, self._template.y_labeled_)
        return learner

    def _start_anew(self, choice, labels, number, at="after"):
        """Start a fresh learner with the labels and the random stream of a chosen round."""
        self.learner, self.error, self.n_fitted = self._fresh(), None, 0
        self._taught, self._at_round = [], number
        self._began_cold = choice is not None and choice["cold"]
        if self._began_cold:
            self.learner.query(self._X, 0)
        # if the last fit raised, the labels were taught in two steps
        n_fitted = 0 if choice is None else choice["fitted"]
        self.teach(labels[:n_fitted])
        self.teach(labels[n_fitted:])
        if choice is not None:
            self.learner.query(self._X, 0)
            self._move_stream(choice, at)
        self._measures.start(self)

    def _move_stream(self, choice, at="after"):
        text = choice[at] if choice[at] is not None else choice["before"]
        self.learner.random_state_.set_state(stream_from_text(text))

    def _arrays(self, labels):
        positions = self._keys.positions([key for key, _ in labels])
        values = [self._classes.check(label) for _, label in labels]
        return gather(self._X, positions), self._classes.array(values)


def digest_of(labels):
    """Return a short digest of a list of keys and labels."""
    return hashlib.blake2b(json.dumps(labels).encode(), digest_size=8).hexdigest()


def stream_as_text(random_state):
    """Return the state of a random stream as text."""
    _, words, position, has_gauss, gauss = random_state.get_state()
    encoded = base64.b64encode(np.asarray(words, dtype="<u4").tobytes()).decode("ascii")
    return f"{position} {has_gauss} {float(gauss).hex()} {encoded}"


def stream_from_text(text):
    """Return what ``RandomState.set_state`` takes."""
    position, has_gauss, gauss, encoded = text.split()
    words = np.frombuffer(base64.b64decode(encoded), dtype="<u4").astype(np.uint32)
    return "MT19937", words, int(position), int(has_gauss), float.fromhex(gauss)
