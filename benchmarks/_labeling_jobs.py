"""Labeling jobs for all front ends: pools, labels, learners, and a plain loop."""

import os
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner
from skactive.labeling import LabelingSession
from skactive.pool import take_rows

DATA = Path(os.environ.get("SKACTIVE_DATA", Path(__file__).parents[2] / "shared" / "data"))
NAMES = ("digits", "texts", "table")
N_TOPICS = 12


def job(name):
    """Pool, labels, learner and what a person is shown, by the name of a job."""
    X, y, model, display = {"digits": _digits, "texts": _texts, "table": _table}[name]()
    return X, y, ActiveLearner(model, budget=60, random_state=0), display


def open_session(name, log):
    """A session of a job; every round waits for the fit, as in the plain loop."""
    X, y, learner, display = job(name)
    classes = np.unique(y).tolist()
    return LabelingSession(learner, X, log=log, classes=classes, display=display, lookahead=0)


def by_hand(name):
    """Positions, labels and learner of a loop of query and teach."""
    X, y, learner, _ = job(name)
    learner, taken = clone(learner), []
    while len(taken) < learner.budget:
        positions = learner.query(X, exclude=taken)
        learner.teach(take_rows(X, positions), y[positions])
        taken += positions.tolist()
    return taken, y[taken].tolist(), learner


def _digits():
    X, y = load_digits(return_X_y=True)
    return X / 16, y, LogisticRegression(max_iter=300), lambda row: row.reshape(8, 8)


def _texts():
    """Questions to a bank on twelve topics (BANKING77), or docstrings of numpy without it."""
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    path = DATA / "banking77_minilm.npz"
    if not path.is_file():
        return *_docstrings(), model, None
    with np.load(path) as file:
        texts, topics = file["text_train"], file["y_train"]
        names = file["classes"]
    kept = topics < N_TOPICS
    return texts[kept].tolist(), names[topics[kept]].astype(str), model, None


def _docstrings():
    """Docstrings of numpy; the class is the first letter of the name."""
    found = [(name, getattr(np, name).__doc__) for name in dir(np) if not name.startswith("_")]
    found = [(name, text) for name, text in found if isinstance(text, str) and len(text) > 200]
    labels = ["a-l" if name[0] < "m" else "m-z" for name, _ in found]
    return [text for _, text in found], np.array(labels)


def _table():
    table = load_breast_cancer(as_frame=True)
    frame = (table.data - table.data.mean()) / table.data.std()
    names = np.where(table.target == 1, "benign", "malignant")
    return frame, names, LogisticRegression(), None
