"""The peers of speed.py, run in separate environments."""

import time
from importlib import import_module

import numpy as np


def load(name):
    """Import what a peer needs, so that no measured call includes the import."""
    for module in MODULES[name]:
        import_module(module)


def unlabeled(n_rows, labeled=(), y=None):
    labels, labeled = np.full(n_rows, np.nan), np.array(labeled, dtype=int)
    labels[labeled] = 0 if y is None else y[labeled]
    return labels


def answering(P):
    """A classifier of scikit-activeml whose predictions are a given table."""
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


def ska_batchbald(samples, n, m):
    from skactiveml.pool import batch_bald

    if samples.shape[1] * samples.shape[2] * m > 1e9:
        raise MemoryError("forms three arrays of 16 GB")
    batch_bald(samples, batch_size=n, n_MC_samples=m, random_state=0)


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


class Table:
    """An object with predict_proba, as modAL needs it."""

    def __init__(self, P):
        self.P = P

    def predict_proba(self, X):
        return self.P


def modal_uncertainty(name):
    def call(P, n):
        from modAL import uncertainty

        return getattr(uncertainty, name)(Table(P), P, n_instances=n)[0]

    return call


def modal_votes(votes, C, n):
    from modAL.disagreement import vote_entropy

    class Committee:
        classes_ = np.arange(C)

        def __len__(self):
            return votes.shape[1]

        def vote(self, X):
            return votes

    scores = vote_entropy(Committee(), votes).round(9)
    return np.argsort(-scores, kind="stable")[:n]


def modal_loop(X, y, labeled, rounds, n):
    """Run modAL's loop; its fit uses an argument that scikit-learn dropped in version 1.8."""
    from modAL.models import ActiveLearner, base, learners
    from modAL.uncertainty import margin_sampling
    from sklearn.linear_model import LogisticRegression

    base.check_X_y = learners.check_X_y = lambda X, y, **options: (X, y)
    pool, seconds = np.setdiff1d(np.arange(len(X)), labeled), 0.0
    fits = 0.0

    class Timed(LogisticRegression):
        def fit(self, X, y):
            nonlocal fits
            started = time.process_time()
            super().fit(X, y)
            fits += time.process_time() - started
            return self

    learner = ActiveLearner(Timed(max_iter=200), margin_sampling, X[labeled], y[labeled])
    X, y = X[pool], y[pool]
    for _ in range(rounds):
        started, before = time.process_time(), fits
        rows, _ = learner.query(X, n_instances=n)
        learner.teach(X[rows], y[rows])
        X, y = np.delete(X, rows, axis=0), np.delete(y, rows)
        seconds += time.process_time() - started - (fits - before)
    return {"seconds": seconds}


def baal_uncertainty(name):
    def call(P, n):
        from baal.active import heuristics

        return getattr(heuristics, name)().get_ranks(P)[0][:n]

    return call


def baal_bald(samples, n):
    from baal.active.heuristics import BALD

    return BALD().get_ranks(samples.transpose(1, 2, 0))[0][:n]


def baal_batchbald(samples, n, m):
    from baal.active.heuristics import BatchBALD

    if samples.shape[1] * m > 1e8:
        raise MemoryError("forms every joint distribution")
    draws = max(1, m // len(samples))
    BatchBALD(num_samples=n, num_draw=draws).get_ranks(samples.transpose(1, 2, 0))


def redux_bald(samples, n):
    import torch
    from batchbald_redux.batchbald import get_bald_batch

    return get_bald_batch(torch.from_numpy(np.log(samples.transpose(1, 0, 2))), n).indices


def redux_batchbald(samples, n, m):
    import torch
    from batchbald_redux.batchbald import get_batchbald_batch

    logs = torch.from_numpy(np.log(samples.transpose(1, 0, 2)))
    get_batchbald_batch(logs, n, m, dtype=torch.double)


def apricot_facility_location(X, n):
    from apricot import FacilityLocationSelection

    FacilityLocationSelection(n, metric="euclidean", optimizer="lazy").fit(X)


MODULES = {
    "scikit-activeml": ["skactiveml.pool", "skactiveml.classifier", "sklearn.linear_model"],
    "apricot": ["apricot"],
    "modAL": ["modAL.models", "modAL.disagreement", "sklearn.linear_model"],
    "baal": ["baal.active.heuristics"],
    "batchbald_redux": ["batchbald_redux.batchbald"],
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
    "modAL": {
        "entropy": modal_uncertainty("entropy_sampling"),
        "margin": modal_uncertainty("margin_sampling"),
        "least": modal_uncertainty("uncertainty_sampling"),
        "votes": modal_votes,
        "loop": modal_loop,
    },
    "baal": {
        "entropy": baal_uncertainty("Entropy"),
        "margin": baal_uncertainty("Margin"),
        "least": baal_uncertainty("Certainty"),
        "bald": baal_bald,
        "batchbald": baal_batchbald,
    },
    "batchbald_redux": {"bald": redux_bald, "batchbald": redux_batchbald},
}
