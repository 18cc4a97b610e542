"""The peers of speed.py, run in an environment of their own."""

import time
from importlib import import_module

import numpy as np


def load(name):
    """Import what a peer needs, so that no call is charged with it."""
    for module in MODULES[name]:
        import_module(module)


def unlabeled(n_rows, labeled=(), y=None):
    labels, labeled = np.full(n_rows, np.nan), np.array(labeled, dtype=int)
    labels[labeled] = 0 if y is None else y[labeled]
    return labels


def answering(P):
    """A classifier of scikit-activeml that answers with a table."""
    from skactiveml.base import SkactivemlClassifier

    class Answers(SkactivemlClassifier):
        def __init__(self, missing_label=np.nan):
            super().__init__(missing_label=missing_label)

        def fit(self, X, y, sample_weight=None):
            return self

        def predict_proba(self, X):
            return P

    return Answers()


def ska_uncertainty(method):
    def call(P, n):
        from skactiveml.pool import UncertaintySampling

        X = np.zeros((len(P), 1))
        strategy = UncertaintySampling(method=method, random_state=0)
        return strategy.query(
            X, unlabeled(len(P)), clf=answering(P), fit_clf=False, batch_size=n
        )

    return call


def ska_k_center(X, labeled, n):
    from skactiveml.pool import CoreSet

    return CoreSet(random_state=0).query(X, unlabeled(len(X), labeled), batch_size=n)


def ska_badge(X, P, n, seed):
    from skactiveml.pool import Badge

    if P.size * X.shape[1] > 2e8:
        raise MemoryError("forms every gradient: 16 GB")
    y = unlabeled(len(X))
    Badge(random_state=seed).query(X, y, clf=answering(P), fit_clf=False, batch_size=n)


def ska_probcover(X, labeled, n, delta):
    from skactiveml.pool import ProbCover

    strategy = ProbCover(deltas=[delta], n_classes=10, random_state=0)
    return strategy.query(X, unlabeled(len(X), labeled), batch_size=n)


def ska_typiclust(X, labeled, n, delta):
    from skactiveml.pool import TypiClust

    TypiClust(random_state=0, k=20).query(X, unlabeled(len(X), labeled), batch_size=n)


def ska_bald(samples, n):
    from skactiveml.pool import batch_bald

    scores = batch_bald(samples, batch_size=1, n_MC_samples=len(samples))[0]
    return np.argsort(-scores, kind="stable")[:n]


def ska_batchbald(samples, n):
    from skactiveml.pool import batch_bald

    batch_bald(samples, batch_size=n, n_MC_samples=1000, random_state=0)


def ska_votes(votes, C, n):
    from skactiveml.pool import vote_entropy

    scores = vote_entropy(votes, np.arange(C)).round(9)
    return np.argsort(-scores, kind="stable")[:n]


def ska_error_reduction(X, y, labeled, n):
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import MonteCarloEER
    from sklearn.linear_model import LogisticRegression

    model = SklearnClassifier(LogisticRegression(), classes=np.unique(y))
    strategy = MonteCarloEER(method="log_loss", random_state=0)
    return strategy.query(X, unlabeled(len(X), labeled, y), clf=model, batch_size=n)


def ska_loop(X, y, labeled, rounds, n):
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import UncertaintySampling
    from sklearn.linear_model import LogisticRegression

    known, seconds = unlabeled(len(X), labeled, y), 0.0
    model = SklearnClassifier(LogisticRegression(max_iter=200), classes=np.unique(y))
    strategy = UncertaintySampling(method="margin_sampling", random_state=0)
    for _ in range(rounds):
        model.fit(X, known)
        started = time.process_time()
        rows = strategy.query(X, known, clf=model, fit_clf=False, batch_size=n)
        seconds += time.process_time() - started
        known[rows] = y[rows]
    return {"seconds": seconds}


def apricot_facility_location(X, n):
    from apricot import FacilityLocationSelection

    FacilityLocationSelection(n, metric="euclidean", optimizer="lazy").fit(X)


MODULES = {
    "scikit-activeml": ["skactiveml.pool", "skactiveml.classifier", "sklearn.linear_model"],
    "apricot": ["apricot"],
}

CONTENDERS = {
    "scikit-activeml": {
        "entropy": ska_uncertainty("entropy"),
        "margin": ska_uncertainty("margin_sampling"),
        "least": ska_uncertainty("least_confident"),
        "k-center": ska_k_center,
        "badge": ska_badge,
        "probcover": ska_probcover,
        "typiclust": ska_typiclust,
        "bald": ska_bald,
        "batchbald": ska_batchbald,
        "votes": ska_votes,
        "error reduction": ska_error_reduction,
        "loop": ska_loop,
    },
    "apricot": {"facility location": apricot_facility_location},
}
