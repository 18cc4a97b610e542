"""A program of a user with types: ``mypy --strict`` finds nothing, and it runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

from skactive import ActiveLearner
from skactive.calibration import PriorCorrectedClassifier
from skactive.datasets import make_imbalanced
from skactive.evaluation import ActiveLearningCurve, StrategyComparison, compare_strategies
from skactive.labeling import LabelingSession, Report
from skactive.metrics import imbalance_ratio
from skactive.model_selection import RareStratifiedKFold
from skactive.query import BalancedCoverage, MarginSampling, QueryStrategy, RandomSampling
from skactive.stopping import StabilizingPredictions, kappa

X, y = load_iris(return_X_y=True)
X, y = make_imbalanced(X, y, ratio=0.5, random_state=0)


class First(QueryStrategy):
    """The first free rows."""

    def select(self, learner: Any, pool: Any, n_queries: int) -> NDArray[np.intp]:
        positions: NDArray[np.intp] = pool.positions[:n_queries]
        return positions


def last(learner: Any, rows: Any, n_queries: int) -> NDArray[np.intp]:
    """A strategy that is a function."""
    return np.arange(len(rows))[-n_queries:]


def label() -> ActiveLearner:
    """A loop of query and teach."""
    learner = ActiveLearner(LogisticRegression(max_iter=1000), MarginSampling(), random_state=0)
    taken: list[int] = []
    while len(taken) < 30:
        positions = learner.query(X, 5, exclude=taken)
        learner = learner.teach(X[positions], y[positions])
        taken.extend(positions.tolist())
    reasons: list[dict[str, Any]] = list(learner.explain(X, [0]).rows())
    assert reasons and taken[0] + 1 > 0
    return learner


def run() -> list[int]:
    """The loop in one call, with strategies of all kinds."""
    strategies: list[Callable[[Any, Any, int], NDArray[np.intp]]]
    strategies = [First(), last, BalancedCoverage(n_components=8), RandomSampling()]
    n_labels = []
    for strategy in strategies:
        learner = ActiveLearner(query_strategy=strategy, budget=20, random_state=0)
        learner.run(X, lambda positions: y[positions], stop=StabilizingPredictions(rounds=9))
        n_labels.append(int(learner.n_labels_))
    return n_labels


def compare() -> float:
    """A comparison and a search."""
    learner = ActiveLearner(LogisticRegression(max_iter=1000), budget=20, random_state=0)
    curves: StrategyComparison = compare_strategies(
        learner, {"random": RandomSampling(), "margin": MarginSampling()}, X, y, cv=3
    )
    curve: ActiveLearningCurve = curves["margin"]
    search = GridSearchCV(learner, {"budget": [15, 20]}, cv=RareStratifiedKFold(3))
    search.fit(X, y)
    return curve.compare_with(curves["random"]).p_value + float(curve.area.mean())


def ask_people(path: Path) -> Report:
    """A labeling session."""
    model = PriorCorrectedClassifier(LogisticRegression(max_iter=1000))
    learner = ActiveLearner(model, MarginSampling(), budget=20, random_state=0)
    with LabelingSession(
        learner, X, log=path, classes=range(3), n_audit=10, lookahead=0
    ) as session:
        while picks := session.ask(5):
            for pick in picks:
                event: int = session.label(pick.key, y[pick.position], annotator="ana")
                assert event > 0
        session.undo()
        return session.report()


def measure() -> float:
    """Plain functions."""
    return imbalance_ratio(y) + kappa(y, y)
