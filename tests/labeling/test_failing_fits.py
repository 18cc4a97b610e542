"""If the estimator raises, the labels stay, the session goes on, the report names the error."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.query import RandomSampling

from .jobs import Job, answer_all


class Moody(LogisticRegression):
    """Raises while it is given between 11 and 20 labels."""

    def fit(self, X, y):
        if 10 < len(y) <= 20:
            raise RuntimeError("no fit today")
        return super().fit(X, y)


@pytest.fixture
def job(digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(Moody(), budget=30, batch_size=5, n_initial=5, random_state=0)
    return Job(learner, X, y, tmp_path / "labels.db", n_audit=2)


def test_the_session_goes_on_and_reports_the_error(job):
    with job.open() as session:
        asked = []
        while session.progress().n_labels < 18:
            pick = session.ask(1)[0]
            asked.append(pick.position)
            job.right(session, pick)
        assert session.progress().fit_error == "RuntimeError: no fit today"
        with pytest.raises(RuntimeError, match="no fit today"):
            session.learner
        text = str(session.report())
        assert "the last fit raised RuntimeError: no fit today; the labels are kept" in text
        asked += answer_all(session, job.y)
        assert session.progress().fit_error is None
        assert session.learner.n_labels_ == 30
    again = Job(job.learner, job.X, job.y, job.path.with_name("again.db"), n_audit=2)
    broken = []
    while True:
        with again.open() as session:
            picks = session.ask(1)
            for pick in picks:
                broken.append(pick.position)
                again.right(session, pick)
        if not picks:
            break
    assert broken == asked


def test_a_strategy_that_raises_comes_through_and_leaves_the_job_as_it_was(digits, tmp_path):
    X, y = digits
    is_down = []

    def strategy(learner, X, n_queries):
        learner.random_state_.rand()
        if is_down:
            raise ConnectionError("down")
        return RandomSampling()(learner, X, n_queries)

    learner = ActiveLearner(
        query_strategy=strategy, budget=20, batch_size=5, n_initial=5, random_state=0
    )
    orders = []
    for downs in ((), (5, 10, 11)):
        job = Job(learner, X, y, tmp_path / f"{len(downs)}.db")
        with job.open() as session:
            asked = []
            while True:
                if len(asked) in downs:
                    is_down.append(True)
                    if session.progress().n_waiting == 0:
                        with pytest.raises(ConnectionError):
                            session.ask()
                    is_down.clear()
                picks = session.ask(1)
                if not picks:
                    break
                asked.append(picks[0].position)
                job.right(session, picks[0])
        orders.append(asked)
    assert orders[0] == orders[1]


def test_a_learner_that_chooses_otherwise_is_noticed(digits, tmp_path):
    X, y = digits
    offset = [0]

    def strategy(learner, X, n_queries):
        return np.arange(n_queries) + offset[0]

    learner = ActiveLearner(query_strategy=strategy, n_initial=5, batch_size=5, random_state=0)
    job = Job(learner, X, y, tmp_path / "labels.db")
    with job.open() as session:
        for _ in range(2):
            for pick in session.ask():
                job.right(session, pick)
    offset[0] = 7
    with job.open() as session, pytest.warns(UserWarning, match="no longer chooses the rows of"):
        assert session.ask()


@pytest.mark.parametrize("lookahead", [0, 1])
def test_the_first_fit_that_fails_warns(job, lookahead):
    job.options["lookahead"] = lookahead
    with job.open() as session, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        while session.progress().n_labels < 20:
            for pick in session.ask():
                job.right(session, pick)
            session.wait()
    said = [str(each.message) for each in caught]
    assert len(said) == 1
    assert "fit on 15 labels raised RuntimeError: no fit today... All labels are kept" in said[0]


def test_a_pool_that_the_classifier_refuses_is_named_before_people_label(digits, tmp_path):
    X, y = digits
    X = np.where(np.arange(len(X))[:, None] % 3 == 0, np.nan, X)
    learner = ActiveLearner(budget=20, batch_size=5, n_initial=5, random_state=0)
    job = Job(learner, X, y, tmp_path / "labels.db")
    with job.open() as session:
        with pytest.warns(UserWarning, match="row 0 of the pool .*NaN.*LogisticRegression"):
            picks = session.ask()
        with pytest.warns(UserWarning, match="(?s)fit on 5 labels raised .*LogisticRegression"):
            for pick in picks:
                job.right(session, pick)
            session.ask()
