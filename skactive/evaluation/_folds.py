"""Cross-validation of learners: splits, seeds, first rows, and a simulation in each fold."""

from time import perf_counter
from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import check_random_state, indexable
from sklearn.utils.parallel import Parallel, delayed

from .._learner._arguments import check_parameters
from .._learner._fit_params import FitParams
from .._learner._labels import check_labels
from .._progress import track
from ..pool import num_samples, take_rows
from ..query import MarginSampling
from ._curve import ActiveLearningCurve


class _Data(NamedTuple):
    """The data of a cross-validation."""

    X: object
    y: np.ndarray
    fit_params: FitParams

    def part(self, rows):
        return take_rows(self.X, rows), self.y[rows], self.fit_params.rows(rows).values


class _FoldResult(NamedTuple):
    """Result of one fold, with one entry per round; an entry of scores is a dict by metric."""

    n_labels: list
    n_classes_found: list
    round_times: list
    scores: list
    labeled_indices: np.ndarray


def simulate_all(
    learners,
    X,
    y,
    *,
    cv=None,
    groups=None,
    scoring=None,
    fit_params=None,
    seed_per_fold=True,
    **how,
):
    """Return the curves of all learners by name."""
    if not learners:
        raise TypeError("there is nothing to compare: the dict of strategies is empty.")
    for learner in learners.values():
        check_learner(learner)
        check_scoring(learner, scoring=scoring)
    X, y, groups = indexable(X, y, groups)
    y = check_labels(X, y, "a learning curve")
    splits = check_cv(cv, y, classifier=True).split(X, y, groups)
    splits = [(_positions(train), _positions(test)) for train, test in splits]
    seeds = {}
    for name, learner in learners.items():
        _check_budget(learner, splits)
        seeds[name] = _fold_seeds(learner, len(splits), seed_per_fold)
    data = _Data(X, y, FitParams(dict(fit_params or {}), num_samples(X)))
    results = _simulate_folds(learners, data, splits, seeds, scoring, **how)
    return {
        name: _curve(results[i * len(splits) : (i + 1) * len(splits)], splits, seeds[name])
        for i, name in enumerate(learners)
    }


def _simulate_folds(
    learners, data, splits, seeds, scoring, *, same_start=True, n_jobs=None, verbose=0
):
    """Simulate every learner in every fold, one learner after the other."""
    starts = [None] * len(splits)
    if same_start:
        name, first = next(iter(learners.items()))
        starts = Parallel(n_jobs)(
            delayed(_draw_start)(first, data, train, seed)
            for (train, _), seed in zip(splits, seeds[name])
        )
    calls = (
        delayed(_simulate_fold)(learner, data, split, seed, start, scoring)
        for name, learner in learners.items()
        for split, seed, start in zip(splits, seeds[name], starts)
    )
    results = Parallel(n_jobs, return_as="generator")(calls)
    description = ", ".join(learners)
    total = len(learners) * len(splits)
    return list(track(results, total, verbose=verbose, description=description, unit="folds"))


def _draw_start(learner, data, train, seed):
    """Return the positions, in the training rows, of the rows that a cold start labels first."""
    X, y, fit_params = data.part(train)
    # any strategy that needs a fitted model makes the learner use its cold start
    cold = clone(learner).set_params(
        query_strategy=MarginSampling(), random_state=seed, verbose=0
    )
    for _ in cold.play(X, y, fit_params=fit_params):
        if cold.n_labels_ >= min(cold.n_initial, cold.budget):
            break
    return cold.query_indices_


def _simulate_fold(learner, data, split, seed, start, scoring):
    """Simulate labeling in one fold, and score the model after every round."""
    train, test = split
    X, y, fit_params = data.part(train)
    X_test, y_test, _ = data.part(test)
    learner = clone(learner).set_params(random_state=seed)
    scorer = check_scoring(learner, scoring=scoring)
    rounds = learner.play(X, y, every_round=True, initial=start, fit_params=fit_params)
    result = _FoldResult([], [], [], [], None)
    began = perf_counter()
    for _ in rounds:
        result.round_times.append(perf_counter() - began)
        found = np.unique(learner.y_labeled_)
        model = learner if len(found) > 1 else _constant(found[0], X, y)
        result.scores.append(_named(scorer(model, X_test, y_test), scoring))
        result.n_labels.append(learner.n_labels_)
        result.n_classes_found.append(len(found))
        if learner.n_labels_ == learner.budget:
            break  # with one class only, the next step would raise
        began = perf_counter()
    return result._replace(labeled_indices=train[learner.query_indices_])


def _constant(label, X, y):
    """Return a model that always predicts one of the classes."""
    return DummyClassifier(strategy="constant", constant=[label]).fit(X, y)


def _named(scores, scoring):
    """Return scores by metric, also if there is one metric."""
    if isinstance(scores, dict):
        return scores
    return {scoring if isinstance(scoring, str) else "score": scores}


def _curve(results, splits, seeds):
    """Combine the folds of one learner into a curve."""
    metrics = results[0].scores[0]
    scores = {
        name: np.array([[point[name] for point in result.scores] for result in results])
        for name in metrics
    }
    return ActiveLearningCurve(
        results[0].n_labels,
        scores,
        n_classes_found=np.array([result.n_classes_found for result in results]),
        round_times=np.array([result.round_times for result in results]),
        labeled_indices=np.stack([result.labeled_indices for result in results]),
        splits=splits,
        seeds=seeds,
    )


def _positions(rows):
    """Return the rows of a fold as positions; a user's splitter may yield a mask."""
    rows = np.asarray(rows)
    return np.flatnonzero(rows) if rows.dtype == bool else rows


def _fold_seeds(learner, n_folds, seed_per_fold):
    """Return the random_state of each fold."""
    if not seed_per_fold:
        return [learner.random_state] * n_folds
    stream = check_random_state(learner.random_state)
    return stream.randint(np.iinfo(np.int32).max, size=n_folds).tolist()


def check_learner(learner):
    """Raise an error unless the learner has a budget and can simulate labeling."""
    if not hasattr(learner, "play"):
        raise TypeError(
            f"learner must be an ActiveLearner, got {learner!r}. Wrap a classifier in "
            "ActiveLearner(classifier, budget=...)."
        )
    check_parameters(learner)
    if learner.budget is None:
        raise ValueError(
            "the learner's budget is None, but a learning curve ends when the budget is spent. "
            "Set it with set_params(budget=...)."
        )


def _check_budget(learner, splits):
    """Raise an error if the budget covers a whole training fold, so that nothing is picked."""
    n_rows = min(len(train) for train, _ in splits)
    if learner.budget >= n_rows:
        raise ValueError(
            f"the budget of {learner.budget} labels is not smaller than the smallest training "
            f"fold, which has {n_rows} rows. Lower the budget, or raise the number of folds."
        )
