"""The messages in docs/faq.rst are those that the package gives."""

import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OutputCodeClassifier
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.labeling import LabelingSession
from skactive.query import Diversified, FacilityLocation, MarginSampling, RandomSampling

FAQ = Path(__file__).parent.parent / "docs" / "faq.rst"
X, y = load_iris(return_X_y=True)
IRIS = load_iris(as_frame=True).data
HOLES = np.where(X > 6, np.nan, X)
TEXTS = ["a text"] * 150
SOME = slice(None, None, 10)
pytestmark = pytest.mark.skipif(not FAQ.exists(), reason="the pages are not there")


def taught(estimator=None, strategy=None, X=X, y=y, **params):
    """A learner that was taught every tenth row."""
    learner = ActiveLearner(estimator, strategy, random_state=0, **params)
    return learner.teach(X[SOME], y[SOME])


def session(folder, X=X, **options):
    return LabelingSession(
        ActiveLearner(budget=20, random_state=0), X, log=folder / "a.db", lookahead=0, **options
    )


def shuffled_pool(folder):
    with session(folder) as first:
        first.ask()
    session(folder, X[::-1])


def other_file(folder):
    (folder / "a.db").write_text("a,b\n" * 1000)
    session(folder)


def refused_pool(folder):
    with session(folder, HOLES) as first:
        for pick in first.ask():
            first.label(pick.key, int(y[pick.position]))
        first.ask()


def large_pool(folder):
    pool = np.arange(200_000.0)[:, None]
    taught(strategy=FacilityLocation(), X=pool[:200], y=np.arange(200) // 100).query(pool, 5)


PROGRAMS = {
    "no row is free: the pool has ... rows": lambda _: taught().query(X, exclude=range(150)),
    "exclude holds position ..., but the pool has rows 0 to ...": lambda _: taught().query(
        X, exclude=[150]
    ),
    "exclude is a mask of length ...": lambda _: taught().query(X, exclude=np.ones(149, bool)),
    "integers that are all 0 or 1": lambda _: taught().query(X, exclude=np.arange(150) % 2),
    "exclude must be a 1-d array of positions": lambda _: taught().query(X, exclude=[[1], [2]]),
    "only integer scalar arrays can be converted to a scalar index": lambda _: TEXTS[
        taught().query(X)
    ],
    "picked rows equal rows that were already taught": lambda _: taught().query(X[SOME], 3),
    "X has ... features, but ActiveLearner is expecting ...": lambda _: taught().query(X[:, :2]),
    "feature names should match": lambda _: taught(X=IRIS).query(IRIS.iloc[:, ::-1]),
    "Subsampled(..., n_rows=20_000) or Partitioned(...)": large_pool,
    "the budget of ... labels is spent": lambda _: taught(budget=15).query(X),
    "would exceed the budget of ...": lambda _: taught(budget=5),
    "y holds a missing label": lambda _: taught(y=np.where(y == 2, np.nan, y)),
    "nothing is fitted yet: the ... labels taught are all of one class": lambda _: taught(
        X=X[:50], y=y[:50]
    ).predict(X),
    "labels so far are of one class": lambda _: ActiveLearner().teach(X[:30], y[:30]),
    "labels is spent, but they show only 1 class of the ... in y": lambda _: ActiveLearner(
        query_strategy=RandomSampling(), budget=5, random_state=0
    ).fit(X, np.arange(150) == 149),
    "labels of dtype ... cannot join those of dtype ...": lambda _: taught().teach(X[:1], ["a"]),
    "Unknown label type: y is continuous": lambda _: taught(y=y + 0.5),
    "y should be a 1d array": lambda _: taught(y=np.eye(150)),
    "neither predict_proba nor decision_function": lambda _: taught(
        OutputCodeClassifier(LinearSVC()), MarginSampling()
    ).query(X, 3),
    "is not fitted. Searches and cross-validation clone a strategy": lambda _: taught(
        strategy=Diversified(model=LogisticRegression())
    ).query(X, 3),
    "Input X contains NaN": lambda _: taught(X=HOLES),
    "holds a missing value (NaN), but ... takes none": lambda _: ActiveLearner().query(HOLES),
    "could not convert string to float": lambda _: taught(X=TEXTS),
    "arrays of bytes/strings": lambda _: taught(X=np.full((150, 2), "a")),
    "holds values such as ..., but ... takes numbers": lambda _: ActiveLearner().query(["a b"]),
    "the scores of all ... free rows are equal": lambda _: taught(
        strategy=MarginSampling()
    ).query(np.tile(X[1], (30, 1)), 3),
    "returned a position twice": lambda _: taught(strategy=lambda *_: [0, 0]).query(X, 2),
    "returned ... positions": lambda _: taught(strategy=lambda *_: [0]).query(X, 2),
    "the fit on ... labels raised ...": refused_pool,
    "the pool is not the one that this log was started with": shuffled_pool,
    "is not one of the classes": lambda folder: session(folder, classes=["a"]).label(0, "b"),
    "is not a label log": other_file,
}


def titles():
    """The messages that the page explains."""
    text = FAQ.read_text("utf-8").partition("Errors and warnings\n---")[2]
    lines = re.findall(r"^(``.*)\n    ", text, flags=re.MULTILINE)
    return [title for line in lines for title in re.findall(r"``(.+?)``", line)]


def messages(program, folder):
    """The messages of a program: its warnings and its error."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            program(folder)
        except Exception as error:
            return [*(str(each.message) for each in caught), str(error)]
    return [str(each.message) for each in caught]


def test_every_message_of_the_page_has_a_program():
    assert titles() == list(PROGRAMS)


@pytest.mark.parametrize("title", PROGRAMS)
def test_the_program_gives_the_message(title, tmp_path):
    parts = [re.escape(part.strip()) for part in title.split("...")]
    said = messages(PROGRAMS[title], tmp_path)
    assert any(re.search(".*".join(parts), message, re.DOTALL) for message in said), said
