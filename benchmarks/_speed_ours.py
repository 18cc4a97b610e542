"""The contender "skactive" of speed.py."""

import time
from types import SimpleNamespace

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive._greedy.class_means import MeanDistances
from skactive.pool import Pool
from skactive.query import (
    BALD,
    Badge,
    BatchBALD,
    CoreSet,
    EntropySampling,
    ExpectedErrorReduction,
    FacilityLocation,
    LeastConfidenceSampling,
    MarginSampling,
    ProbCover,
    TypiClust,
)
from skactive.query._class_counts import over_represented
from skactive.scores import vote_counts, vote_entropy
from skactive.selection import top_n


class Answers(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose predictions are the rows of the pool, or a given table."""

    def __init__(self, table):
        self.table = table
        self.classes_ = np.arange(table.shape[1])

    def predict_proba(self, X):
        return self.table[: len(X)] if X.shape[1] != self.table.shape[1] else X


class Stream(np.random.RandomState):
    """A stream that seeds generators as the plain form does."""

    def __init__(self, seed):
        super().__init__(seed)
        self.seed_of_all = seed

    def randint(self, *args, **kwargs):
        return self.seed_of_all


def holder(X, labeled):
    """An object with the attributes of a learner that strategies on vectors read."""
    return SimpleNamespace(estimator=None, X_labeled_=X[labeled], random_state_=0)


def uncertainty(strategy):
    return lambda P, n: strategy(Answers(P), P, n)


def on_vectors(make):
    def call(X, n, labeled=(), **params):
        learner = holder(X, list(labeled))
        if not len(labeled):
            learner = SimpleNamespace(estimator=None, random_state_=0)
        return make(**params).select(learner, Pool(X, list(labeled)), n)

    return call


def badge(X, P, n, seed):
    model = Answers(P)
    model.predict_proba = lambda rows: P[rows[:, 0]]
    positions = np.arange(len(X))[:, None]
    model.random_state_ = Stream(seed)
    return Badge(embed=lambda rows: X)(model, positions, n)


def samples_of(strategy):
    def call(samples, n):
        # the whole pool is one block or many: rows are asked for by position
        positions = np.arange(samples.shape[1])[:, None]
        return strategy(lambda rows: samples[:, rows[0, 0] : rows[-1, 0] + 1])(None, positions, n)

    return call


def batchbald(samples, n, m):
    return samples_of(lambda sample: BatchBALD(sample, n_configurations=m))(samples, n)


def votes(votes, C, n):
    return top_n(vote_entropy(vote_counts(votes, C)), n)


def error_reduction(X, y, labeled, n):
    strategy = ExpectedErrorReduction(n_candidates=None)
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    learner.fit(X[labeled], y[labeled])
    return learner.query(X, n, exclude=labeled)


def balance(X, y, labeled, n):
    counts = np.bincount(y[labeled])
    by_class = [X[labeled[y[labeled] == c]] for c in range(len(counts))]
    sums = np.stack([rows.sum(axis=0, dtype=float) for rows in by_class])
    free = np.ones(len(X), dtype=bool)
    free[labeled] = False
    state, picks = MeanDistances(X), []
    for _ in range(n):
        state.move(sums / counts[:, None])
        row = state.best(int(counts.argmin()), over_represented(counts), free, "max")
        picks.append(int(row))
        free[row] = False
        counts[y[row]] += 1
        sums[y[row]] += X[row]
    return picks


def loop(X, y, labeled, rounds, n):
    learner = ActiveLearner(LogisticRegression(max_iter=200), MarginSampling(), random_state=0)
    learner.teach(X[labeled], y[labeled])
    taken, seconds = labeled.tolist(), 0.0
    for i in range(rounds):
        started = time.process_time()
        picks = learner.query(X, n, exclude=taken)
        seconds += time.process_time() - started
        taken.extend(picks.tolist())
        if i + 1 < rounds:
            fitting = _Clock(learner)
            started = time.process_time()
            learner.teach(X[picks], y[picks])
            seconds += time.process_time() - started - fitting.seconds
    return {"seconds": seconds}


class _Clock:
    """Subtracts the time of the fits of a learner's estimator from that of teach."""

    def __init__(self, learner):
        self.seconds = 0.0
        inner = LogisticRegression.fit
        clock = self

        class Timed(LogisticRegression):
            def fit(self, X, y):
                started = time.process_time()
                inner(self, X, y)
                clock.seconds += time.process_time() - started
                return self

        learner.estimator = Timed(max_iter=200)


CONTENDERS = {
    "entropy": uncertainty(EntropySampling()),
    "margin": uncertainty(MarginSampling()),
    "least": uncertainty(LeastConfidenceSampling()),
    "k-center": on_vectors(CoreSet),
    "badge": badge,
    "probcover": on_vectors(ProbCover),
    "typiclust": on_vectors(lambda delta: TypiClust()),
    "bald": samples_of(BALD),
    "batchbald": batchbald,
    "votes": votes,
    "facility location": on_vectors(FacilityLocation),
    "error reduction": error_reduction,
    "balance": balance,
    "loop": loop,
}
