"""Jobs that several tests run: pools, a person who knows the labels, the plain loop."""

import numpy as np
from sklearn.base import clone

from skactive.labeling import LabelingSession


def plain_loop(learner, X, y, take=None):
    """Positions and learner of a loop of query and teach by hand."""
    learner, taken = clone(learner), []
    take = (lambda positions: X[positions]) if take is None else take
    while len(taken) < learner.budget:
        positions = learner.query(X, exclude=taken)
        learner.teach(take(positions), y[positions])
        taken += positions.tolist()
    return taken, learner


def answer_all(session, y, n=None):
    """Label whatever a session asks, n rows at a time; the positions asked."""
    asked = []
    while picks := session.ask(n):
        for pick in picks:
            asked.append(pick.position)
            session.label(pick.key, y[pick.position])
    return asked


class Job:
    """A job whose session can be opened again at any time."""

    def __init__(self, learner, X, y, path, **options):
        self.learner, self.X, self.y, self.path = learner, X, y, path
        self.options = {"lookahead": 0, **options}

    def open(self):
        return LabelingSession(self.learner, self.X, log=self.path, **self.options)

    def right(self, session, pick):
        return session.label(pick.key, self.y[pick.position])


def labels_of(session):
    """Key and label of each row, in the order taught."""
    table = session.labels
    return list(zip(table["key"].tolist(), table["label"].tolist()))


def assert_plain_loop(session, learner, X, y):
    """A session ended with the rows, the labels and the model of the plain loop."""
    taken, by_hand = plain_loop(learner, X, y)
    assert session.labels["position"].tolist() == taken
    assert session.labels["label"].tolist() == y[taken].tolist()
    assert same_model(session.learner, by_hand, X)


def same_model(one, other, X):
    return np.allclose(one.predict_proba(X), other.predict_proba(X))
