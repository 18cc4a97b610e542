"""The rounds of a job: the learner picks the next rows on demand or ahead."""

import threading
import warnings

from .._learner._explaining import reasons
from ._learning import Learning
from ._measures import Measures

_UNNOTICED_SECONDS = 0.05


class Rounds:
    """Rounds of a job, chosen on demand or in the background.

    A round is one query of the learner. With ``lookahead=0``, a round is
    chosen when all rows of the earlier rounds have an answer, by a learner
    that was taught all of them. With ``lookahead=1``, a thread teaches the
    learner and chooses the next round while a person works on this one. If the
    person is faster than the fit, the previous model chooses the round.

    Parameters
    ----------
    job : Job
        The job; only read and written while holding the lock.
    lookahead : {0, 1}
        Whether rounds are chosen ahead.
    lock : threading.RLock
        Guards the job. It is not held while a model is fitted.
    """

    def __init__(self, job, lookahead, lock):
        self.job, self.lookahead, self.lock = job, lookahead, lock
        measures = Measures(job.X, job.keys.positions(job.state.audit), job.keys.n_rows)
        self.learning = Learning(job.learner, job.X, job.keys, job.classes, measures)
        self.error = None
        self._choosing = threading.RLock()  # acquired before the lock
        self._must_verify = job.state.last_round > 0
        self._before_fit = None
        self._thread = None
        self._is_closed = False

    def ensure(self):
        """Make sure that a row waits for an answer, if any row may be asked."""
        while self._is_needed(0):
            self._wait_a_moment()
            with self._choosing:
                if not self.lookahead:
                    self._catch_up()
                learning = self._before_fit or self.learning
                is_ready = not self.lookahead or self._can_choose(learning)
                if is_ready and self._is_needed(0):
                    self._choose(learning)
            if not is_ready:
                self.tick()
                self.wait()
                self._raise_error()

    def tick(self):
        """Start the background thread if there is work."""
        if not self.lookahead or self._is_closed or not self._has_work():
            return
        with self.lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()

    def wait(self):
        """Wait until the background thread has nothing to do."""
        while (thread := self._thread) is not None:
            thread.join()

    def close(self):
        """Let the background thread finish its current step, and start no other."""
        self._is_closed = True
        self.wait()

    def fitted(self):
        """Return a separate learner that is fitted on all labels so far."""
        self.wait()
        with self._choosing:
            with self.lock:
                self.job.sync()
                is_round_done = not self.job.state.n_open_rounds()
                labels = self.job.state.labeled()
            if is_round_done:
                self._catch_up()
            return self.learning.fitted_on(labels)

    def fitted_or_last(self):
        """Return the same, or the learner of the last fit if the fit raises."""
        try:
            return self.fitted()
        except Exception as error:
            self.learning.error = error
            with self._choosing:
                return self.learning.snapshot().learner

    def _is_needed(self, n_ahead):
        """Return whether to choose a round, if n_ahead rounds may have open rows."""
        with self.lock:
            self.job.sync()
            state = self.job.state
            return (
                state.n_open_rounds() <= n_ahead
                and self._n_expected_left() > 0
                and len(state.taken()) < self.job.keys.n_rows
            )

    def _n_expected_left(self):
        """Return how much of the budget is left once all waiting rows are labeled."""
        state = self.job.state
        waiting = [key for key in state.unanswered() if not state.is_audit(key)]
        return self.job.budget_left - len(waiting)

    def _wait_a_moment(self):
        """Wait for a moment that a person does not notice, because the new model may be ready."""
        thread = self._thread
        if thread is not None:
            thread.join(_UNNOTICED_SECONDS)

    def _can_choose(self, learning):
        """Return whether a learner can choose now: its model may lag, its stream may not."""
        with self.lock:
            state = self.job.state
            is_cold = 0 < state.last_round and self._n_known() < self.job.learner.n_initial
            is_ready = learning.is_fitted or is_cold or not learning.is_behind(state)
            return learning.follows(state) and is_ready

    def _n_known(self):
        """Return the number of labels, including those from before the session."""
        return self.job.learner.n_labels_ + self.job.state.n_labeled

    def _catch_up(self):
        """Teach the missing labels without holding the lock."""
        self._verify()
        is_ahead = self._thread is threading.current_thread()
        with self.lock:
            plan = self.learning.plan(self.job.state)
            if is_ahead:
                self._before_fit = self.learning.snapshot()
        if not is_ahead:
            self.learning.carry_out(plan)
            return
        self._choosing.release()  # others may choose with the previous model
        try:
            self.learning.carry_out(plan)
        finally:
            self._choosing.acquire()
            self._before_fit = None

    def _verify(self):
        """When a job goes on, check that the learner still chooses the last round."""
        if not self._must_verify:
            return
        self._must_verify = False
        with self.lock:
            work = self.learning.verification(self.job.state)
        is_as_before = work is None or self.learning.verify(*work)
        # in a pool that has grown, a strategy may choose other rows
        if not is_as_before and not self.job.has_grown:
            warnings.warn(
                f"the learner no longer chooses the rows of round {work[0].number}. The rows and "
                "labels in the log are kept. Did the learner, its random_state or a library "
                "change?",
                UserWarning,
                stacklevel=2,
            )

    def _raise_error(self):
        error, self.error = self.error, None
        if error is not None:
            raise error

    def _choose(self, learning):
        """Choose a round and log it, unless another process was faster."""
        with self.lock:
            state = self.job.state
            number = state.last_round + 1
            exclude = self.job.positions(state.taken())
            n_queries = self._n_queries(learning)
            is_ahead = state.n_open_rounds() > 0
        try:
            positions, choice = learning.choose(exclude, n_queries)
            whys = _whys(learning.learner, self.job.X, positions)
        except BaseException:
            self.learning.chose(-1)  # the random stream must be restored
            raise
        choice["ahead"] = is_ahead
        with self.lock:
            events = self._events(number, positions, whys, choice)
            ids = self.job.log.append_all(events, only_if=lambda last: self._is_next(number))
            self.job.sync()
            for each in (learning, self.learning):
                each.chose(number if ids else -1)

    def _is_next(self, number):
        self.job.sync()
        return self.job.state.last_round == number - 1

    def _n_queries(self, learning):
        """Return the size of the next round; None leaves it to the learner."""
        state, learner = self.job.state, self.job.learner
        waiting = [key for key in state.unanswered() if not state.is_audit(key)]
        if not waiting and learning.n_taught == state.n_labeled:
            return None
        n_queries = learner.batch_size
        n_expected = self._n_known() + len(waiting)
        if not learning.is_fitted and n_expected < learner.n_initial:
            n_queries = min(n_queries, learner.n_initial - n_expected)
        return int(min(n_queries, self._n_expected_left()))

    def _events(self, number, positions, whys, choice):
        """Return one event per row of a round, with audit rows in between."""
        state = self.job.state
        waiting = (key for key in state.audit if key not in state.round_of)
        audit = [key for key in waiting if state.status(key) is None]
        n_left = self._n_picks_left(len(positions), len(audit))
        events = []
        for position, why in zip(positions.tolist(), whys):
            event = {"event": "ask", "key": self.job.keys.key(position), "round": number}
            names = {"strategy": why["strategy"], "score": why["score"]}
            events.append({**event, **names, "extra": {"why": {**why, "round": number}}})
            n_now = -(-len(audit) // n_left)
            for key in audit[:n_now]:
                why = {"strategy": "audit", "round": number}
                event = {"event": "ask", "key": key, "round": number}
                events.append({**event, "strategy": "audit", "extra": {"why": why}})
            audit, n_left = audit[n_now:], n_left - 1
        events[0]["extra"]["choice"] = choice
        return events

    def _n_picks_left(self, n_picks, n_audit):
        """Return the number of picks among which the remaining audit rows are spread."""
        state = self.job.state
        n_free = self.job.keys.n_rows - len(state.taken())
        n_left = min(self._n_expected_left(), n_free)
        return int(max(n_picks, min(n_left, n_audit), 1))

    def _has_work(self):
        with self.lock:
            state = self.job.state
            return self.learning.is_behind(state) or self._may_choose_ahead()

    def _may_choose_ahead(self):
        """Return whether the next round can be chosen before this one has answers.

        Without a model it would be another cold start, so it waits for the
        labels.
        """
        state, learner = self.job.state, self.job.learner
        n_expected = self._n_known() + len(state.unanswered())
        can_pick = self.learning.is_fitted or n_expected < learner.n_initial
        return can_pick and state.n_open_rounds() > 0 and self._is_needed(1)

    def _work(self):
        try:
            while not self._is_closed and self._has_work():
                with self._choosing:
                    if self.learning.is_behind(self.job.state):
                        self._catch_up()
                    if self._may_choose_ahead() and self.learning.follows(self.job.state):
                        self._choose(self.learning)
        except Exception as error:
            self.error = error  # ``ensure`` raises it
        finally:
            with self.lock:
                self._thread = None


def _whys(learner, X, positions):
    """Return why each row was picked, one dict per row."""
    columns = reasons(learner, X, positions)
    names = list(columns)
    return [dict(zip(names, values)) for values in zip(*columns.values())]
