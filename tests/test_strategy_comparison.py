"""Strategies by name around one learner: the table, the frame and the picture."""

import pickle
import re
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import DataConversionWarning
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.evaluation import (
    ActiveLearningCurve,
    ActiveLearningCurveDisplay,
    StrategyComparison,
    compare_strategies,
)
from skactive.query import CoreSet, MarginSampling, RandomSampling

STRATEGIES = {"by chance": RandomSampling(), "margin": MarginSampling(), "core": CoreSet()}
PNG = b"\x89PNG\r\n"


@pytest.fixture
def learner():
    return ActiveLearner(LogisticRegression(max_iter=300), budget=30, random_state=0)


@pytest.fixture
def by_hand():
    """Margin is ahead of random by 0.2 and 0.4 in area, behind in none."""
    random = ActiveLearningCurve([10, 20, 40], {"f1": [[0.2, 0.2, 0.2], [0.4, 0.4, 0.4]]})
    margin = ActiveLearningCurve([10, 20, 40], {"f1": [[0.4, 0.4, 0.4], [0.8, 0.8, 0.8]]})
    return StrategyComparison({"random": random, "<margin>": margin}, baseline="random")


class TestStrategiesAroundOneLearner:
    def test_is_what_learners_give(self, learner, iris):
        X, y = iris
        learners = {
            name: clone(learner).set_params(query_strategy=strategy)
            for name, strategy in STRATEGIES.items()
        }
        comparison = compare_strategies(learner, STRATEGIES, X, y, cv=2)
        expected = compare_strategies(learners, X, y, cv=2)
        assert list(comparison) == list(STRATEGIES)
        for name in STRATEGIES:
            assert_array_equal(comparison[name].scores, expected[name].scores)
            assert_array_equal(comparison[name].labeled_indices, expected[name].labeled_indices)
        assert len({comparison[name].labeled_indices.tobytes() for name in STRATEGIES}) == 3
        assert learner.query_strategy is None

    def test_learners_with_data_by_keyword(self, learner, iris):
        X, y = iris
        learners = {"a": learner}
        expected = compare_strategies(learners, X, y, cv=2)["a"].scores
        assert_array_equal(compare_strategies(learners, X=X, y=y, cv=2)["a"].scores, expected)
        assert_array_equal(compare_strategies(learners, X, y=y, cv=2)["a"].scores, expected)

    def test_baseline_is_the_one_that_samples_at_random(self, learner, iris):
        assert compare_strategies(learner, STRATEGIES, *iris, cv=2).baseline == "by chance"
        assert compare_strategies(learner, {"a": None}, *iris, cv=2).baseline is None

    @pytest.mark.parametrize(
        "first, strategies, error, message",
        [
            ("learner", {}, TypeError, "is empty"),
            ("learner", [MarginSampling()], TypeError, "strategies must be a dict of names"),
            ("learner", {"a": "margin"}, TypeError, "query_strategy"),
            ("learners", {"a": MarginSampling()}, TypeError, "pass only X and y"),
            ("classifier", {"a": MarginSampling()}, TypeError, "must be an ActiveLearner"),
            ("no budget", {"a": MarginSampling()}, ValueError, "budget is None"),
        ],
    )
    def test_refused(self, learner, iris, first, strategies, error, message):
        given = {
            "learner": learner,
            "learners": {"a": learner},
            "classifier": LogisticRegression(),
            "no budget": ActiveLearner(),
        }
        with pytest.raises(error, match=message):
            compare_strategies(given[first], strategies, *iris)

    def test_learners_without_y(self, learner, iris):
        with pytest.raises(TypeError, match="Got 1 of strategies, X and y"):
            compare_strategies({"a": learner}, iris[0])


class TestWhatIsNotSupported:
    several = [
        np.ones((150, 2), dtype=int),
        [["cat"], ["cat", "dog"]] * 75,
        [{"cat", "dog"}] * 150,
    ]

    @pytest.mark.parametrize("y", several, ids=["indicators", "lists", "sets"])
    def test_several_labels_per_row(self, learner, iris, y):
        X, _ = iris
        for call in (learner.fit, learner.teach):
            with pytest.raises(ValueError, match="not supported.*MultiOutputClassifier"):
                call(X, y)
        with pytest.raises(ValueError, match="not supported.*MultiOutputClassifier"):
            compare_strategies(learner, STRATEGIES, X, y, cv=2)
        assert learner.n_labels_ == 0

    def test_a_continuous_target(self, learner, iris):
        X, _ = iris
        for call in (learner.fit, learner.teach):
            with pytest.raises(ValueError, match="Regression is not supported.*KBinsDiscretizer"):
                call(X, X[:, 0])
        with pytest.raises(ValueError, match="Regression is not supported"):
            compare_strategies(learner, STRATEGIES, X, X[:, 0])

    def test_a_regressor(self, iris):
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline

        for estimator in (Ridge(), make_pipeline(Ridge())):
            with pytest.raises(TypeError, match="Regression is not supported"):
                ActiveLearner(estimator, budget=30).fit(*iris)

    def test_a_classifier_for_several_columns_inside(self, iris):
        from sklearn.multioutput import MultiOutputClassifier

        inside = MultiOutputClassifier(LogisticRegression())
        with pytest.raises(TypeError, match="not supported.*MultiOutputClassifier\\(learner\\)"):
            ActiveLearner(inside, budget=30).fit(*iris)

    def test_one_column_is_one_label(self, learner, iris):
        X, y = iris
        with pytest.warns(DataConversionWarning):
            assert learner.fit(X, [[label] for label in y]).n_labels_ == 30


class TestTable:
    def test_by_hand(self, by_hand):
        assert repr(by_hand).splitlines() == [
            "f1 over 10 to 40 labels, 2 folds",
            "strategy             area            final    area minus that of random",
            "random    0.300 +/- 0.100  0.300 +/- 0.100",
            # mean 0.3 and deviation 0.1414: t = 0.3 / 0.1 = 3 with one degree of freedom
            "<margin>  0.600 +/- 0.200  0.600 +/- 0.200  +0.300, 2 of 2 won, p = 0.2",
        ]
        assert str(by_hand) == repr(by_hand)

    def test_classes_and_seconds(self, learner, iris):
        comparison = compare_strategies(learner, STRATEGIES, *iris, cv=2)
        header, *lines = str(comparison).splitlines()[1:]
        assert "classes found  seconds per round" in header
        assert [line.split("  ")[0] for line in lines] == list(STRATEGIES)
        assert all(re.search(r" 3\.0 ", line) for line in lines)

    def test_other_labels_are_not_compared(self, by_hand):
        by_hand["short"] = ActiveLearningCurve([10, 20], {"f1": [[1.0, 1.0]] * 2})
        assert repr(by_hand).splitlines()[-1].endswith("not comparable")

    def test_other_metric(self, learner, iris):
        names = ["accuracy", "f1_macro"]
        comparison = compare_strategies(learner, STRATEGIES, *iris, cv=2, scoring=names)
        twin = comparison.by_metric("f1_macro")
        assert (comparison.metric, twin.metric) == ("accuracy", "f1_macro")
        assert twin.baseline == comparison.baseline
        assert_array_equal(twin["core"].final, comparison["core"]["f1_macro"].final)
        with pytest.raises(KeyError, match="there are"):
            comparison.by_metric("speed")

    def test_emptied(self, by_hand):
        by_hand.clear()
        assert repr(by_hand) == "StrategyComparison({})"
        assert by_hand._repr_html_() is None

    def test_pickled(self, by_hand):
        assert repr(pickle.loads(pickle.dumps(by_hand))) == repr(by_hand)

    @pytest.mark.parametrize(
        "curves, baseline, error, message",
        [
            ([1], None, TypeError, "Got \\[1\\]"),
            ({"a": 1}, None, TypeError, "got 1 as 'a'"),
            ({None: "one"}, None, TypeError, "as None"),
            ({}, None, ValueError, "got no curve"),
            ({"a": "one", "b": "two"}, None, ValueError, "got \\['one', 'two'\\]"),
            ({"a": "one"}, "b", ValueError, "baseline must be one of \\['a'\\]"),
        ],
    )
    def test_refused(self, curves, baseline, error, message):
        if isinstance(curves, dict):
            curves = {
                name: ActiveLearningCurve([1], {metric: [[1]]}) if metric != 1 else metric
                for name, metric in curves.items()
            }
        with pytest.raises(error, match=message):
            StrategyComparison(curves, baseline=baseline)


class TestFrame:
    def test_of_a_curve(self):
        pytest.importorskip("pandas")
        curve = ActiveLearningCurve(
            [10, 20],
            {"f1": [[0.1, 0.2], [0.3, 0.4]], "accuracy": [[1, 2], [3, 4]]},
            n_classes_found=np.array([[2, 3], [1, 2]]),
        )
        frame = curve["accuracy"].to_frame()
        assert frame.to_dict("list") == {
            "fold": [0, 0, 1, 1],
            "n_labels": [10, 20, 10, 20],
            "f1": [0.1, 0.2, 0.3, 0.4],
            "accuracy": [1, 2, 3, 4],
            "n_classes_found": [2, 3, 1, 2],
        }

    def test_of_several(self, learner, iris):
        pytest.importorskip("pandas")
        comparison = compare_strategies(learner, STRATEGIES, *iris, cv=2, scoring="accuracy")
        frame = comparison.to_frame()
        columns = ["strategy", "fold", "n_labels", "accuracy", "n_classes_found", "round_time"]
        assert list(frame.columns) == columns
        assert frame.index.tolist() == list(range(3 * 2 * 3))
        means = frame.groupby(["strategy", "n_labels"])["accuracy"].mean()
        for name, curve in comparison.items():
            assert means[name].tolist() == pytest.approx(curve.mean_.tolist())

    def test_pandas_is_imported_only_then(self, by_hand, monkeypatch):
        monkeypatch.setitem(sys.modules, "pandas", None)
        assert "f1" in repr(by_hand)
        with pytest.raises(ImportError):
            by_hand.to_frame()


class TestPicture:
    def test_table_and_picture_in_a_notebook(self, by_hand):
        plt = pytest.importorskip("matplotlib.pyplot")
        before = plt.get_fignums()
        html = by_hand._repr_html_()
        assert "<td>&lt;margin&gt;</td><td>0.600 +/- 0.200</td>" in html
        assert '<img alt="learning curves" src="data:image/png;base64,iVBOR' in html
        assert plt.get_fignums() == before

    def test_of_a_curve(self, by_hand):
        plt = pytest.importorskip("matplotlib.pyplot")
        before = plt.get_fignums()
        assert by_hand["random"]._repr_png_().startswith(PNG)
        assert plt.get_fignums() == before

    def test_without_matplotlib(self, by_hand, monkeypatch):
        monkeypatch.setattr("skactive.evaluation._notebook.find_spec", lambda name: None)
        html = by_hand._repr_html_()
        assert "<table>" in html and "<img" not in html
        assert by_hand["random"]._repr_png_() is None

    def test_plot(self, by_hand):
        figure = pytest.importorskip("matplotlib.figure")
        axes = figure.Figure().subplots()
        display = by_hand.plot(ax=axes, std_display_style=None)
        assert isinstance(display, ActiveLearningCurveDisplay) and display.ax_ is axes
        assert_array_equal(display.lines_[1].get_ydata(), by_hand["<margin>"].mean_)
