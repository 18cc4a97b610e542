"""A session picks what the plain loop picks, for any strategy, pool and way of asking."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skactive import ActiveLearner
from skactive.query import (
    BalancedCoverage,
    BalancedQuery,
    CoreSet,
    MarginSampling,
    QueryByCommittee,
    RandomSampling,
)

from .jobs import Job, answer_all, plain_loop, same_model

STRATEGIES = {
    "margin": MarginSampling(),
    "random": RandomSampling(),
    "core-set": CoreSet(),
    "balanced": BalancedQuery(),
    "drawing": BalancedQuery(RandomSampling(), tie="random"),
    "coverage": BalancedCoverage(max_rows=40),
    "committee": QueryByCommittee(),
}


def flat(X):
    return X.reshape(len(X), -1)


@pytest.fixture(params=["array", "frame", "strings", "dask", "memmap", "images", "sparse", "list"])
def pool(request, iris, tmp_path):
    """A pool of one kind, its labels, how rows are taken, and an estimator."""
    X, y = iris
    model = make_pipeline(StandardScaler(), LogisticRegression())
    if request.param == "frame":
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame(X, columns=list("abcd"), index=[f"row {k}" for k in range(150)])
        return frame, y, lambda p: frame.iloc[p], model
    if request.param == "strings":
        texts = [" ".join(f"w{int(v)}{k}" for k, v in enumerate(row)) for row in X]
        model = make_pipeline(TfidfVectorizer(), LogisticRegression())
        return texts, y, lambda p: [texts[k] for k in p], model
    if request.param == "dask":
        da = pytest.importorskip("dask.array")
        return da.from_array(X, chunks=(47, 4)), y, lambda p: X[p], model
    if request.param == "memmap":
        np.save(tmp_path / "pool.npy", X)
        mapped = np.load(tmp_path / "pool.npy", mmap_mode="r")
        return mapped, y, lambda p: mapped[p], model
    if request.param == "images":
        images = X.reshape(150, 2, 2)
        model = make_pipeline(FunctionTransformer(flat), LogisticRegression())
        return images, y, lambda p: images[p], model
    if request.param == "sparse":
        from scipy import sparse

        rows = sparse.csr_array(X)
        return rows, y, lambda p: rows[p], LogisticRegression(max_iter=500)
    if request.param == "list":
        return X.tolist(), y, lambda p: X[p], model
    return X, y, lambda p: X[p], model


@pytest.mark.parametrize("n", [1, None])
def test_every_kind_of_pool(pool, n, tmp_path):
    X, y, take, model = pool
    learner = ActiveLearner(model, MarginSampling(), budget=24, batch_size=7, random_state=0)
    expected, plain = plain_loop(learner, X, y, take)
    with Job(learner, X, y, tmp_path / "labels.db").open() as session:
        assert answer_all(session, y, n) == expected
        fitted = session.learner
    assert same_model(fitted, plain, take(np.arange(150)))
    assert fitted.y_labeled_.tolist() == y[expected].tolist()


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_in_a_session_that_is_opened_again_and_again(name, digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(
        query_strategy=STRATEGIES[name], budget=27, batch_size=4, n_initial=6, random_state=1
    )
    expected, plain = plain_loop(learner, X, y)
    job, asked = Job(learner, X, y, tmp_path / "labels.db"), []
    while True:
        with job.open() as session:
            picks = session.ask(3)
            for pick in picks[:2]:
                asked.append(pick.position)
                job.right(session, pick)
        if not picks:
            break
    assert asked == expected
    with job.open() as session:
        assert same_model(session.learner, plain, X)


def test_a_cold_start_that_finds_one_class_goes_on(tmp_path):
    X = np.arange(60.0)[:, None]
    y = (np.arange(60) > 52).astype(int)
    learner = ActiveLearner(budget=40, batch_size=3, n_initial=3, random_state=5)
    expected, _ = plain_loop(learner, X, y)
    assert len(set(y[expected[:3]])) == 1
    job, asked = Job(learner, X, y, tmp_path / "labels.db"), []
    while True:
        with job.open() as session:
            picks = session.ask(1)
            for pick in picks:
                asked.append(pick.position)
                job.right(session, pick)
        if not picks:
            break
    assert asked == expected


def test_a_seed_is_drawn_and_kept_when_there_is_none(digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(query_strategy=RandomSampling(), budget=12, batch_size=4)
    for number in range(2):
        job = Job(learner, X, y, tmp_path / f"{number}.db")
        with job.open() as session:
            first = session.ask(2)
            answer = [pick.position for pick in first]
            for pick in first:
                job.right(session, pick)
        with job.open() as session:
            answer += answer_all(session, y)
            seed = session.log.job()["seed"]
        expected, _ = plain_loop(learner.set_params(random_state=seed), X, y)
        assert answer == expected
        learner.set_params(random_state=None)


def test_labels_that_the_learner_had_are_taught_first(digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(budget=30, batch_size=5, random_state=0)
    first = np.arange(0, 20)
    plain = ActiveLearner(budget=30, batch_size=5, random_state=0).teach(X[first], y[first])
    learner.teach(X[first], y[first])
    expected = []
    pool, labels = X[20:], y[20:]
    while plain.n_labels_ < 30:
        positions = plain.query(pool, exclude=expected)
        plain.teach(pool[positions], labels[positions])
        expected += positions.tolist()
    job, asked = Job(learner, pool, labels, tmp_path / "labels.db"), []
    for n in (3, None, None):
        with job.open() as session:
            for pick in session.ask(n):
                asked.append(pick.position)
                job.right(session, pick)
    assert asked == expected
    with job.open() as session:
        assert session.progress().n_labels == 30
        assert session.ask() == []
        assert same_model(session.learner, plain, X)


def test_known_examples_are_taught_before_the_first_round(digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(budget=20, batch_size=5, random_state=0)
    known = [3, 50, 120]
    plain = ActiveLearner(budget=20, batch_size=5, random_state=0).teach(X[known], y[known])
    expected = list(known)
    while plain.n_labels_ < 20:
        positions = plain.query(X, exclude=expected)
        plain.teach(X[positions], y[positions])
        expected += positions.tolist()
    job = Job(learner, X, y, tmp_path / "labels.db")
    with job.open() as session:
        for key in known:
            session.label(key, y[key])
    asked = []
    for _ in range(4):
        with job.open() as session:
            for pick in session.ask():
                asked.append(pick.position)
                job.right(session, pick)
    assert known + asked == expected
