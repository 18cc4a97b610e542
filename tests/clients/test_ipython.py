"""What a notebook shows of a comparison."""

import pytest

from skactive import ActiveLearner
from skactive.evaluation import compare_strategies
from skactive.query import MarginSampling, RandomSampling

pytest.importorskip("matplotlib")
interactive = pytest.importorskip("IPython.core.interactiveshell")


def test_table_and_picture(iris):
    strategies = {"random": RandomSampling(), "margin": MarginSampling()}
    learner = ActiveLearner(budget=20, random_state=0)
    comparison = compare_strategies(learner, strategies, *iris, cv=2)
    formatter = interactive.InteractiveShell().display_formatter
    data, _ = formatter.format(comparison)
    assert data["text/plain"] == str(comparison)
    assert "<td>margin</td>" in data["text/html"] and "data:image/png" in data["text/html"]
    data, _ = formatter.format(comparison["margin"])
    assert data["text/plain"].startswith("ActiveLearningCurve('score', 2 folds")
    assert data["image/png"].startswith(b"\x89PNG")
