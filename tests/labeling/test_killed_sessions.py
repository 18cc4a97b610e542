"""A session that ends between any two of its steps goes on with the same next row."""

import pytest
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.labeling import _log
from skactive.query import BalancedQuery, RandomSampling

from .jobs import Job, labels_of


class Killed(BaseException):
    """The process ends here."""


class StepCounter:
    """Ends the process at a chosen step: right before or right after a write to the log."""

    def __init__(self, monkeypatch):
        self.n_steps, self.at = 0, None
        append_all = _log.LabelLog.append_all

        def counted(log, events, **options):
            self.step()
            ids = append_all(log, events, **options)
            self.step()
            return ids

        monkeypatch.setattr(_log.LabelLog, "append_all", counted)

    def step(self):
        self.n_steps += 1
        if self.n_steps == self.at:
            raise Killed


def script(session, job):
    """A person who labels, skips, flags, corrects and undoes; the log holds all answers.

    Each answer depends on the row and on how many events there are, so that a
    job that goes on does what an unbroken one does.
    """
    while picks := session.ask(1):
        key, events = picks[0].key, list(session.events.rows())
        n_answers = sum(event["event"] not in ("ask", "audit") for event in events)
        if n_answers in (2, 11):
            session.skip(key)
        elif n_answers == 6:
            session.undo()
        elif n_answers == 8:
            session.flag(key, "odd")
        elif n_answers == 10:
            session.label(session.labels["key"][1], 2)
        elif n_answers == 13:
            met = {event["key"] for event in events}
            session.label(next(k for k in range(150) if k not in met), 1)
        else:
            job.right(session, picks[0])
    return labels_of(session), session.learner.predict(job.X).tolist()


def what_happened(session):
    return [(event["event"], event["key"], event["label"]) for event in session.events.rows()]


@pytest.mark.parametrize("strategy", [None, BalancedQuery(RandomSampling(), tie="random")])
def test_killed_at_every_step(strategy, iris, tmp_path, monkeypatch):
    learner = ActiveLearner(
        LogisticRegression(C=0.1),
        strategy,
        budget=12,
        batch_size=4,
        n_initial=6,
        random_state=0,
    )

    def job(name):
        return Job(learner, *iris, tmp_path / name, n_audit=2)

    steps = StepCounter(monkeypatch)
    with job("unbroken.db").open() as session:
        expected = script(session, job("unbroken.db"))
        history = what_happened(session)
    n_steps = steps.n_steps
    assert n_steps > 40
    for at in range(1, n_steps + 1):
        broken = job(f"{at}.db")
        steps.n_steps, steps.at = 0, at
        with pytest.raises(Killed):
            script(broken.open(), broken)
        steps.at = None
        with broken.open() as session:
            assert script(session, broken) == expected, at
            assert what_happened(session) == history, at
