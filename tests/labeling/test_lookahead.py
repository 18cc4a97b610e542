"""Rounds that are chosen ahead: nobody waits for a fit, and nothing is asked twice."""

import threading

import pytest
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.query import MarginSampling

from .jobs import Job, answer_all, labels_of


class Gated(LogisticRegression):
    """Waits in its fit until the test allows it."""

    gate = threading.Event()

    def fit(self, X, y):
        assert self.gate.wait(60)
        return super().fit(X, y)


@pytest.fixture
def job(digits, tmp_path):
    X, y = digits
    Gated.gate.set()
    learner = ActiveLearner(
        Gated(), MarginSampling(), budget=40, batch_size=5, n_initial=5, random_state=0
    )
    yield Job(learner, X, y, tmp_path / "labels.db", lookahead=1)
    Gated.gate.set()


def answer_round(job, session):
    for pick in session.ask(5):
        job.right(session, pick)


def test_rows_are_there_while_the_model_is_fitted(job):
    with job.open() as session:
        answer_round(job, session)
        session.wait()
        Gated.gate.clear()
        asked = set()
        for _ in range(15):  # three rounds, while no fit ends
            pick = session.ask(1)[0]
            assert pick.key not in asked
            asked.add(pick.key)
            job.right(session, pick)
        Gated.gate.set()
        answer_all(session, job.y)
        assert session.progress().n_labels == 40
        assert session.learner.n_labels_ == 40
        keys = [key for key, _ in labels_of(session)]
        assert len(set(keys)) == 40


def test_the_next_round_is_chosen_while_this_one_waits(job):
    with job.open() as session:
        answer_round(job, session)
        session.ask()
        session.wait()
        assert session.progress().n_waiting == 10
        assert len(session.ask(8)) == 8
    with job.open() as session:
        assert session.progress().n_waiting == 10


def test_no_second_cold_start_before_there_is_a_model(job):
    with job.open() as session:
        session.ask()
        session.wait()
        assert session.progress().n_waiting == 5


def test_the_first_model_is_waited_for(job):
    with job.open() as session:
        Gated.gate.clear()
        answer_round(job, session)
        timer = threading.Timer(0.3, Gated.gate.set)
        timer.start()
        assert session.ask(1)[0].why["strategy"] == "MarginSampling"
        timer.join()


def test_it_goes_on_where_it_was(job):
    with job.open() as session:
        answer_round(job, session)
        first = session.ask()
        session.wait()
        waiting = session.ask()
    with job.open() as session:
        assert session.ask()[: len(first)] == first
        assert session.ask() == waiting
        assert len(set(answer_all(session, job.y))) == 35


def test_corrections_while_it_is_fitted(job):
    with job.open() as session:
        answer_round(job, session)
        answer_round(job, session)
        key = session.labels["key"][0]
        session.label(key, 3)
        answer_round(job, session)
        session.undo(key)
        answer_all(session, job.y)
        assert session.learner.y_labeled_.tolist() == [job.y[k] for k in session.labels["key"]]


def test_an_error_in_the_background_is_raised_where_a_row_is_asked_for(digits, tmp_path):
    X, y = digits

    def strategy(learner, X, n_queries):
        raise ConnectionError("down")

    learner = ActiveLearner(query_strategy=strategy, n_initial=5, batch_size=5, random_state=0)
    job = Job(learner, X, y, tmp_path / "labels.db", lookahead=1)
    with job.open() as session:
        answer_round(job, session)
        with pytest.raises(ConnectionError, match="down"):
            session.ask()
        assert session.progress().n_labels == 5


def test_many_threads_use_one_session(job):
    with job.open() as session:

        def person(name):
            while picks := session.ask(3):
                for pick in picks:
                    try:
                        session.label(pick.key, int(job.y[pick.position]), annotator=name)
                    except ValueError as error:
                        assert "budget" in str(error)

        threads = [threading.Thread(target=person, args=(name,)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert session.progress().n_labels == 40
        assert session.disagreements().n_rows == 0
