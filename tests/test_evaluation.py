"""skactive.evaluation against numbers worked by hand and scikit-learn's cross_validate."""

import builtins
import importlib.util
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import (
    GroupKFold,
    RepeatedStratifiedKFold,
    StratifiedKFold,
    StratifiedShuffleSplit,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

from skactive import ActiveLearner
from skactive.evaluation import (
    ActiveLearningCurve,
    ActiveLearningCurveDisplay,
    active_learning_curve,
    compare_strategies,
    compare_with_random,
)
from skactive.evaluation._comparison import paired_comparison
from skactive.query import BalancedQuery, CoreSet, MarginSampling, RandomSampling

X, y = load_iris(return_X_y=True)
FAST = LogisticRegression(max_iter=300)


def make_learner(strategy=None, **parameters):
    strategy = MarginSampling() if strategy is None else strategy
    return ActiveLearner(
        FAST, strategy, **{"budget": 30, "batch_size": 10, "random_state": 0, **parameters}
    )


@pytest.fixture
def axes():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield plt.subplots()[1]
    plt.close("all")


class TestCurveByHand:
    curve = ActiveLearningCurve([10, 20, 40], [[0.2, 0.6, 0.8], [0.4, 0.6, 1.0]])

    def test_area_is_trapezoids_over_the_range(self):
        # (0.4 * 10 + 0.7 * 20) / 30 and (0.5 * 10 + 0.8 * 20) / 30
        assert_allclose(self.curve.area, [0.6, 0.7])

    def test_area_of_a_constant_is_the_constant(self):
        assert_allclose(ActiveLearningCurve([3, 4, 11], [[0.7] * 3]).area, [0.7])

    def test_area_of_one_point(self):
        assert_allclose(ActiveLearningCurve([10], [[0.3], [0.5]]).area, [0.3, 0.5])

    def test_mean_and_spread(self):
        assert_allclose(self.curve.mean_, [0.3, 0.6, 0.9])
        assert_allclose(self.curve.std_, [0.1, 0.0, 0.1])
        assert_allclose(self.curve.final, [0.8, 1.0])

    @pytest.mark.parametrize(
        "score, expected",
        [
            (0.1, [10, 10]),
            (0.4, [20, 10]),
            (0.6, [20, 20]),
            (0.81, [np.nan, 40]),
            (1.1, [np.nan, np.nan]),
        ],
    )
    def test_labels_to_reach(self, score, expected):
        assert_array_equal(self.curve.labels_to_reach(score), expected)

    def test_labels_to_reach_is_the_first_time(self):
        assert_array_equal(ActiveLearningCurve([1, 2, 3], [[0, 1, 0]]).labels_to_reach(1), [2])

    def test_repr_names_metric_and_range(self):
        assert "'score', 2 folds, 10 to 40 labels, area 0.6500" in repr(self.curve)

    def test_several_metrics(self):
        curve = ActiveLearningCurve([1, 2], {"a": [[0, 1]], "b": [[1, 2]]})
        assert curve.metrics == ["a", "b"] and curve.metric == "a"
        assert_array_equal(curve["b"].scores, [[1, 2]])
        assert curve.metric == "a"
        with pytest.raises(KeyError, match="there are \\['a', 'b'\\]"):
            curve["c"]

    @pytest.mark.parametrize(
        "n_labels, scores, error",
        [
            ([], [[]], "1-d and ascending"),
            ([2, 1], [[0, 1]], "1-d and ascending"),
            ([1, 2], [0, 1], "shape"),
            ([1, 2], [[0, 1, 2]], "shape"),
            ([1], np.empty((0, 1)), "shape"),
        ],
    )
    def test_wrong_shapes(self, n_labels, scores, error):
        with pytest.raises(ValueError, match=error):
            ActiveLearningCurve(n_labels, scores)

    def test_metric_without_a_name(self):
        with pytest.raises(TypeError, match="name of a metric must be a str"):
            ActiveLearningCurve([1], {0: [[1]]})


class TestComparison:
    splits = [(np.arange(3), np.arange(1))] * 4
    other = ActiveLearningCurve([1, 2], [[0.0, 0.0]] * 4, splits=splits)

    def curve(self, differences):
        scores = [[difference, difference] for difference in differences]
        return ActiveLearningCurve([1, 2], scores, splits=self.splits)

    @staticmethod
    def p_of_three_degrees(t):
        """Two-sided p-value of Student's t with 3 degrees of freedom, in closed form."""
        x = t / math.sqrt(3)
        return 1 - 2 / math.pi * (x / (1 + x * x) + math.atan(x))

    def test_corrected_t(self):
        # mean 1/4, variance 1/60, 4 folds, 1 test row for 3 training rows:
        # t = (1/4) / sqrt((1/4 + 1/3) / 60)
        comparison = self.curve([0.1, 0.2, 0.3, 0.4]).compare_with(self.other)
        t = 0.25 / math.sqrt(7 / 720)
        assert_allclose(comparison.t_statistic, t)
        assert_allclose(comparison.t_statistic, 2.535463, rtol=1e-6)
        assert_allclose(comparison.p_value, self.p_of_three_degrees(t))

    def test_plain_t(self):
        comparison = self.curve([0.1, 0.2, 0.3, 0.4]).compare_with(self.other, correction=False)
        t = 0.25 / math.sqrt(1 / 240)
        assert_allclose(comparison.t_statistic, t)
        assert_allclose(comparison.p_value, self.p_of_three_degrees(t))

    def test_mean_spread_wins_and_wilcoxon(self):
        comparison = self.curve([0.1, 0.2, 0.3, 0.4]).compare_with(self.other)
        assert_allclose(comparison.differences, [0.1, 0.2, 0.3, 0.4])
        assert_allclose([comparison.mean, comparison.std], [0.25, math.sqrt(1 / 60)])
        assert (comparison.n_wins, comparison.n_losses) == (4, 0)
        assert_allclose(comparison.wilcoxon_p_value, 2 / 2**4)
        assert str(comparison) == "+0.2500 +/- 0.1291, 4 of 4 won, p = 0.085 (Wilcoxon 0.125)"

    def test_sign(self):
        comparison = self.other.compare_with(self.curve([0.1, 0.2, -0.3, 0.4]))
        assert comparison.mean < 0 and comparison.t_statistic < 0
        assert (comparison.n_wins, comparison.n_losses) == (1, 3)

    def test_ties_are_neither_wins_nor_losses(self):
        comparison = paired_comparison([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
        assert (comparison.n_wins, comparison.n_losses) == (5, 0)
        assert_allclose(comparison.wilcoxon_p_value, 2 / 2**5)
        assert_allclose(comparison.mean, 2.5)

    def test_ties_are_left_out_of_wilcoxon(self):
        comparison = self.curve([0.0, 0.2, 0.3, 0.4]).compare_with(self.other)
        assert_allclose(comparison.wilcoxon_p_value, 2 / 2**3)
        assert comparison.n_wins == 3

    def test_no_difference(self):
        comparison = self.other.compare_with(self.other)
        assert (comparison.t_statistic, comparison.p_value) == (0, 1)
        assert comparison.wilcoxon_p_value == 1

    def test_same_difference_everywhere(self):
        comparison = self.curve([0.5] * 4).compare_with(self.other)
        assert (comparison.t_statistic, comparison.p_value) == (np.inf, 0)

    def test_a_nan_is_no_result(self):
        comparison = self.curve([0.1, 0.2, np.nan, 0.4]).compare_with(self.other)
        assert np.isnan([comparison.p_value, comparison.wilcoxon_p_value]).all()

    def test_one_fold(self):
        one, other = ([[0.5, 0.7]], [[0.5, 0.5]])
        comparison = ActiveLearningCurve([1, 2], one).compare_with(
            ActiveLearningCurve([1, 2], other), correction=False
        )
        assert_allclose(comparison.mean, 0.1)
        assert np.isnan([comparison.std, comparison.t_statistic, comparison.p_value]).all()

    def test_final(self):
        one = ActiveLearningCurve([1, 2], [[0.9, 0.7]] * 4)
        comparison = one.compare_with(self.other, on="final", correction=False)
        assert_allclose(comparison.differences, [0.7] * 4)

    def test_errors(self):
        bare = ActiveLearningCurve([1, 2], [[0.0, 0.0]] * 4)
        swapped = [(train, test + 1) for train, test in self.splits]
        moved = ActiveLearningCurve([1, 2], [[0.0, 0.0]] * 4, splits=swapped)
        longer = ActiveLearningCurve([1, 3], [[0.0, 0.0]] * 4, splits=self.splits)
        named = ActiveLearningCurve([1, 2], {"f1": [[0.0, 0.0]] * 4}, splits=self.splits)
        fewer = ActiveLearningCurve([1, 2], [[0.0, 0.0]] * 3, splits=self.splits[:3])
        for baseline, error in (
            (moved, "same folds"),
            (fewer, "same folds"),
            (longer, "1 to 2 labels and over 1 to 3"),
            (named, "'score' and 'f1'"),
        ):
            with pytest.raises(ValueError, match=error):
                self.other.compare_with(baseline)
        with pytest.raises(ValueError, match="needs the splits"):
            bare.compare_with(bare)
        with pytest.raises(ValueError, match="'on' parameter .* Got 'mean'"):
            self.other.compare_with(self.other, on="mean")
        assert self.other.compare_with(longer, on="final").mean == 0


def in_order(learner, X, n_queries):
    return np.arange(n_queries)


class TestPlayFromInitialRows:
    @pytest.mark.parametrize("strategy", [MarginSampling(), BalancedQuery(tie="random")])
    @pytest.mark.parametrize("batch_size", [1, 4, 10])
    def test_later_picks_are_those_after_the_cold_start(self, strategy, batch_size):
        simulated = make_learner(strategy, batch_size=batch_size).fit(X, y)
        start = simulated.query_indices_[:10]
        again = make_learner(strategy, batch_size=batch_size)
        for _ in again.play(X, y, initial=start):
            pass
        assert_array_equal(again.query_indices_, simulated.query_indices_)

    def test_one_class_is_followed_by_the_cold_start(self):
        learner = make_learner()
        rounds = [learner.n_labels_ for _ in learner.play(X, y, initial=[3, 1])]
        assert rounds == [2, 12, 22, 30]
        assert_array_equal(learner.query_indices_[:2], [3, 1])

    @pytest.mark.parametrize(
        "initial, error, message",
        [
            ([0, 150], ValueError, "position 150, but X has 150 rows"),
            ([-1], ValueError, "position -1"),
            ([2, 2], ValueError, "twice"),
            (np.arange(31), ValueError, "31 positions, more than the budget of 30"),
            ([0.5], TypeError, "int positions"),
            ([[1]], TypeError, "1-d"),
        ],
    )
    def test_wrong_rows_lose_nothing(self, initial, error, message):
        learner = make_learner().fit(X, y)
        with pytest.raises(error, match=message):
            next(learner.play(X, y, initial=initial))
        assert learner.n_labels_ == 30

    def test_none_and_empty_give_the_plain_simulation(self):
        learner = make_learner()
        for _ in learner.play(X, y, initial=[]):
            pass
        assert_array_equal(learner.query_indices_, make_learner().fit(X, y).query_indices_)


class TestActiveLearningCurve:
    def test_shapes(self):
        curve = active_learning_curve(make_learner(), X, y, cv=3)
        assert_array_equal(curve.n_labels, [10, 20, 30])
        assert curve.scores.shape == curve.round_times.shape == (3, 3)
        assert curve.n_classes_found.shape == (3, 3)
        assert curve.labeled_indices.shape == (3, 30)
        assert (curve.round_times > 0).all()
        assert curve.metrics == ["score"]

    def test_default_folds_are_those_of_sklearn(self):
        curve = active_learning_curve(make_learner(budget=11), X, y)
        for mine, theirs in zip(curve.splits, StratifiedKFold(5).split(X, y)):
            assert_array_equal(mine[0], theirs[0])
            assert_array_equal(mine[1], theirs[1])

    @pytest.mark.parametrize("strategy", [None, RandomSampling(), CoreSet()])
    def test_last_point_is_cross_validate(self, strategy):
        learner = make_learner(strategy)
        scoring = ["accuracy", "balanced_accuracy", "roc_auc_ovr"]
        curve = active_learning_curve(
            learner, X, y, cv=3, scoring=scoring, same_start=False, seed_per_fold=False
        )
        expected = cross_validate(learner, X, y, cv=3, scoring=scoring)
        assert curve.metrics == scoring
        for metric in scoring:
            assert_array_equal(curve[metric].final, expected[f"test_{metric}"])

    def test_each_point_is_a_smaller_budget(self):
        curve = active_learning_curve(
            make_learner(), X, y, cv=3, same_start=False, seed_per_fold=False
        )
        for point, budget in enumerate(curve.n_labels):
            smaller = cross_validate(make_learner(budget=budget), X, y, cv=3)
            assert_array_equal(curve.scores[:, point], smaller["test_score"])

    def test_a_fold_can_be_repeated_from_its_seed(self):
        curve = active_learning_curve(make_learner(), X, y, cv=3)
        for fold, (train, _) in enumerate(curve.splits):
            learner = make_learner(random_state=curve.seeds[fold]).fit(X[train], y[train])
            assert_array_equal(train[learner.query_indices_], curve.labeled_indices[fold])

    def test_folds_have_seeds_of_their_own(self):
        curve = active_learning_curve(make_learner(RandomSampling()), X, y, cv=3)
        assert len(set(curve.seeds)) == 3

    def test_same_start_is_a_cold_start(self):
        margin = active_learning_curve(make_learner(), X, y, cv=3)
        random = active_learning_curve(make_learner(RandomSampling()), X, y, cv=3)
        own = active_learning_curve(
            make_learner(RandomSampling()), X, y, cv=3, same_start=False
        )
        assert_array_equal(random.labeled_indices[:, :10], margin.labeled_indices[:, :10])
        assert (random.labeled_indices[:, :10] != own.labeled_indices[:, :10]).any()

    def test_deterministic(self):
        cv = RepeatedStratifiedKFold(n_splits=2, n_repeats=2, random_state=0)
        learner = make_learner(RandomSampling())
        one, two = (active_learning_curve(learner, X, y, cv=cv) for _ in range(2))
        assert_array_equal(one.scores, two.scores)
        assert_array_equal(one.labeled_indices, two.labeled_indices)

    @pytest.mark.parametrize("same_start", [True, False])
    def test_a_simulation_that_ends_on_one_class_counts_as_the_constant_model(self, same_start):
        rows = np.arange(60.0)[:, None]
        labels = np.where(np.arange(60) % 20 == 0, "b", "a")
        learners = {
            "in order": make_learner(in_order, budget=6, cold_start=in_order, n_initial=4),
            "random": make_learner(RandomSampling(), budget=6, n_initial=4),
        }
        splits = [(np.arange(1, 60, 2), np.arange(0, 60, 2)), (np.r_[1:40], np.r_[40:60])]
        curves = compare_strategies(learners, rows, labels, cv=splits, same_start=same_start)
        curve = curves["in order"]
        assert curve.n_classes_found[1, -1] == 1
        assert curve.scores[1, -1] == np.mean(labels[40:60] == "a")

    def test_jobs_change_nothing(self):
        learners = {"margin": make_learner(), "random": make_learner(RandomSampling())}
        one = compare_strategies(learners, X, y, cv=3)
        two = compare_strategies(learners, X, y, cv=3, n_jobs=2)
        for name in learners:
            assert_array_equal(one[name].scores, two[name].scores)
            assert_array_equal(one[name].labeled_indices, two[name].labeled_indices)

    def test_learner_is_left_alone(self):
        learner = make_learner()
        active_learning_curve(learner, X, y, cv=2)
        assert not hasattr(learner, "estimator_") and learner.random_state == 0

    def test_string_labels_and_a_model_without_probabilities(self):
        words = np.array(["setosa", "versicolor", "virginica"], dtype=object)[y]
        learner = make_learner().set_params(estimator=LinearSVC())
        curve = active_learning_curve(learner, X, words, cv=2, scoring="f1_macro")
        assert curve.metric == "f1_macro"
        assert curve.mean_[-1] > 0.6

    def test_frame_with_columns_by_name(self):
        pd = pytest.importorskip("pandas")
        frame = pd.DataFrame({"size": X[:, 2], "color": np.where(X[:, 3] > 1, "red", "blue")})
        columns = make_column_transformer(
            (StandardScaler(), ["size"]), (OneHotEncoder(handle_unknown="ignore"), ["color"])
        )
        learner = make_learner().set_params(estimator=make_pipeline(columns, FAST))
        curve = active_learning_curve(learner, frame, pd.Series(y), cv=2)
        assert curve.mean_[-1] > 0.6

    def test_texts(self):
        from sklearn.feature_extraction.text import TfidfVectorizer

        texts = [f"{'cat' if label else 'dog'} number{i % 7}" for i, label in enumerate(y > 0)]
        learner = make_learner().set_params(estimator=make_pipeline(TfidfVectorizer(), FAST))
        assert active_learning_curve(learner, texts, y > 0, cv=2).mean_[-1] == 1

    def test_skorch_net_on_images(self):
        torch = pytest.importorskip("torch")
        skorch = pytest.importorskip("skorch")
        net = skorch.NeuralNetClassifier(
            _Net, train_split=None, max_epochs=2, verbose=0, criterion=torch.nn.CrossEntropyLoss
        )
        images = X.astype(np.float32).reshape(-1, 1, 2, 2)
        learner = make_learner(batch_size=20).set_params(estimator=net)
        curve = active_learning_curve(learner, images, y.astype(str), cv=2)
        assert curve.scores.shape == (2, 2)

    def test_callable_scoring(self):
        def both(model, X_test, y_test):
            predicted = model.predict(X_test)
            return {"fair": balanced_accuracy_score(y_test, predicted), "n": len(predicted)}

        curve = active_learning_curve(make_learner(), X, y, cv=3, scoring=both)
        assert curve.metrics == ["fair", "n"]
        assert (curve["n"].scores == 50).all()
        single = active_learning_curve(make_learner(), X, y, cv=3, scoring=lambda *_: 0.5)
        assert single.metrics == ["score"] and (single.scores == 0.5).all()

    def test_one_class_is_scored_as_its_constant_prediction(self):
        learner = make_learner(cold_start=_first_rows, n_initial=4, batch_size=20, budget=60)
        splits = [(np.arange(90), np.r_[0:5, 90:100])]
        labels = np.where(y == 0, "a", "b")
        curve = active_learning_curve(learner, X, labels, cv=splits)
        assert curve.n_labels.tolist() == [4, 24, 44, 60]
        assert curve.n_classes_found[0].tolist() == [1, 1, 1, 2]
        # five of the fifteen test rows are of the class found
        assert_allclose(curve.scores[0], [1 / 3, 1 / 3, 1 / 3, 1])

    def test_roc_auc_of_one_class(self):
        learner = make_learner(cold_start=_first_rows, n_initial=4, batch_size=50, budget=60)
        splits = [(np.arange(90), np.r_[10:20, 90:100])]
        curve = active_learning_curve(learner, X, y > 0, cv=splits, scoring="roc_auc")
        assert curve.scores[0].tolist() == [0.5, 1.0, 1.0]
        assert curve.n_classes_found[0].tolist() == [1, 2, 2]

    def test_fit_params_follow_their_rows(self):
        weights = np.linspace(0.1, 5, len(y))
        plain = active_learning_curve(make_learner(), X, y, cv=2, scoring="neg_log_loss")
        curve = active_learning_curve(
            make_learner(),
            X,
            y,
            cv=2,
            scoring="neg_log_loss",
            fit_params={"sample_weight": weights},
        )
        train = curve.splits[0][0]
        learner = make_learner(random_state=curve.seeds[0])
        learner.fit(X[train], y[train], sample_weight=weights[train])
        assert_array_equal(train[learner.query_indices_], curve.labeled_indices[0])
        assert (curve.scores != plain.scores).any()

    def test_groups_and_masks(self):
        groups = np.arange(len(y)) % 5
        curve = active_learning_curve(
            make_learner(), X, y, cv=GroupKFold(2), groups=groups, scoring="accuracy"
        )
        for train, test in curve.splits:
            assert not set(groups[train]) & set(groups[test])
        rows = np.arange(len(y))
        masks = [tuple(np.isin(rows, part) for part in split) for split in curve.splits]
        masked = active_learning_curve(make_learner(), X, y, cv=masks, scoring="accuracy")
        assert_array_equal(masked.scores, curve.scores)
        assert_array_equal(masked.labeled_indices, curve.labeled_indices)

    @pytest.mark.parametrize(
        "learner, error, message",
        [
            (make_learner(budget=None), ValueError, "budget is None"),
            (make_learner(budget=100), ValueError, "budget of 100 .* which has 100 rows"),
            (make_learner(budget="many"), TypeError, "'budget' parameter of ActiveLearner"),
            (FAST, TypeError, "must be an ActiveLearner, got LogisticRegression"),
        ],
    )
    def test_errors(self, learner, error, message):
        with pytest.raises(error, match=message):
            active_learning_curve(learner, X, y, cv=3)

    def test_unknown_metric_raises_before_anything_is_simulated(self):
        learner = make_learner(cold_start=_raises)
        with pytest.raises(ValueError, match="'speed'"):
            active_learning_curve(learner, X, y, cv=3, scoring="speed")

    def test_error_of_the_estimator_comes_through(self):
        learner = make_learner().set_params(estimator=LogisticRegression(C=-1))
        with pytest.raises(ValueError, match="'C' parameter"):
            active_learning_curve(learner, X, y, cv=2)


class TestCompareStrategies:
    learners = {
        "random": make_learner(RandomSampling()),
        "core set": make_learner(CoreSet()),
        "margin": make_learner(n_initial=5),
    }

    def test_same_folds_and_same_first_rows(self):
        cv = StratifiedShuffleSplit(3, random_state=None)
        curves = compare_strategies(self.learners, X, y, cv=cv)
        first = curves["random"]
        assert list(curves) == list(self.learners)
        for curve in curves.values():
            assert_array_equal(curve.labeled_indices[:, :10], first.labeled_indices[:, :10])
            assert_array_equal(curve.scores[:, 0], first.scores[:, 0])
            for mine, theirs in zip(curve.splits, first.splits):
                assert_array_equal(mine[0], theirs[0])

    def test_starts_of_their_own(self):
        curves = compare_strategies(self.learners, X, y, cv=2, same_start=False)
        starts = [curve.labeled_indices[0, :5].tolist() for curve in curves.values()]
        assert len(set(map(tuple, starts))) == 3

    def test_alone_as_among_others(self):
        curves = compare_strategies(self.learners, X, y, cv=2)
        alone = active_learning_curve(self.learners["random"], X, y, cv=2)
        assert_array_equal(curves["random"].scores, alone.scores)

    def test_compare_with_random(self):
        learner = make_learner()
        curves = compare_strategies(
            {"margin": learner, "random": make_learner(RandomSampling())}, X, y, cv=3
        )
        comparison = compare_with_random(learner, X, y, cv=3)
        by_hand = curves["margin"].area - curves["random"].area
        assert_array_equal(comparison.differences, by_hand)
        assert_allclose(
            comparison.t_statistic,
            by_hand.mean() / math.sqrt((1 / 3 + 50 / 100) * by_hand.var(ddof=1)),
        )
        final = compare_with_random(learner, X, y, cv=3, on="final", correction=False)
        assert_array_equal(final.differences, curves["margin"].final - curves["random"].final)

    @pytest.mark.parametrize(
        "learners, message",
        [
            ({}, "the dict of strategies is empty"),
            ([make_learner()], "must be an ActiveLearner, got \\[ActiveLearner"),
            (make_learner(), "strategies must be a dict of names"),
            ({"a": LogisticRegression()}, "must be an ActiveLearner, got LogisticReg"),
        ],
    )
    def test_not_a_dict_of_learners(self, learners, message):
        with pytest.raises(TypeError, match=message):
            compare_strategies(learners, X, y)

    def test_any_learner_may_be_wrong(self):
        learners = {"good": make_learner(), "bad": make_learner(budget=None)}
        with pytest.raises(ValueError, match="budget is None"):
            compare_strategies(learners, X, y)


class TestProgress:
    def test_silent(self, capsys):
        active_learning_curve(make_learner(budget=11), X, y, cv=2)
        assert capsys.readouterr() == ("", "")

    def test_bar(self, capsys):
        pytest.importorskip("tqdm")
        compare_strategies({"a": make_learner(), "b": make_learner()}, X, y, cv=2, verbose=1)
        assert "4/4" in capsys.readouterr().err

    def test_lines_without_tqdm(self, capsys, monkeypatch):
        real = builtins.__import__

        def without(name, *args, **kwargs):
            if name.startswith("tqdm"):
                raise ImportError(name)
            return real(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", without)
        compare_strategies({"a": make_learner(), "b": make_learner()}, X, y, cv=2, verbose=1)
        lines = capsys.readouterr().out.splitlines()
        assert lines == [f"[a, b] {done}/4 folds" for done in range(1, 5)]


class TestDisplay:
    curves = {
        "one": ActiveLearningCurve([10, 20], {"f1": [[0.2, 0.4], [0.4, 0.8]], "n": [[1, 2]] * 2}),
        "two": ActiveLearningCurve([10, 15], {"f1": [[0.1, 0.4], [0.4, 0.8]], "n": [[1, 2]] * 2}),
    }

    def test_lines_and_bands(self, axes):
        display = ActiveLearningCurveDisplay.from_curves(self.curves, ax=axes)
        assert display.ax_ is axes and display.figure_ is axes.figure
        assert_array_equal(display.lines_[0].get_xdata(), [10, 20])
        assert_allclose(display.lines_[0].get_ydata(), [0.3, 0.6])
        assert len(display.lines_) == len(display.fill_between_) == 2
        corners = display.fill_between_[0].get_paths()[0].vertices
        assert_allclose([corners[:, 1].min(), corners[:, 1].max()], [0.2, 0.8])
        assert display.errorbar_ is None
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("Number of labels", "f1")

    def test_error_bars(self, axes):
        display = ActiveLearningCurveDisplay.from_curves(
            self.curves, ax=axes, std_display_style="errorbar", errorbar_kw={"capsize": 4}
        )
        assert len(display.errorbar_) == 2
        assert display.lines_ is None and display.fill_between_ is None

    def test_no_spread_other_metric_and_sign(self, axes):
        display = ActiveLearningCurveDisplay.from_curves(
            self.curves,
            metric="n",
            ax=axes,
            std_display_style=None,
            negate_score=True,
            score_name="rows",
            line_kw={"linewidth": 3},
        )
        assert_allclose(display.lines_[0].get_ydata(), [-1, -2])
        assert display.fill_between_ is None
        assert axes.get_ylabel() == "rows" and display.lines_[0].get_linewidth() == 3

    def test_single_curve_has_no_legend(self, axes):
        display = ActiveLearningCurveDisplay.from_curves(self.curves["one"])
        assert display.ax_ is not axes and display.ax_.get_legend() is None

    def test_from_estimator(self, axes):
        display = ActiveLearningCurveDisplay.from_estimator(
            make_learner(), X, y, cv=2, scoring="accuracy", name="margin", ax=axes
        )
        curve = active_learning_curve(make_learner(), X, y, cv=2, scoring="accuracy")
        assert_allclose(display.lines_[0].get_ydata(), curve.mean_)
        assert display.lines_[0].get_label() == "margin"

    def test_from_estimators(self, axes):
        display = ActiveLearningCurveDisplay.from_estimators(
            {"a": make_learner(), "b": make_learner(RandomSampling())},
            X,
            y,
            cv=2,
            scoring=["accuracy", "f1_macro"],
            metric="f1_macro",
            ax=axes,
            plot_kw={"std_display_style": None},
        )
        assert list(display.scores) == ["a", "b"] and display.score_name == "f1_macro"
        assert display.fill_between_ is None

    def test_errors(self, axes):
        with pytest.raises(ValueError, match="one metric, got none"):
            ActiveLearningCurveDisplay.from_curves({})
        mixed = {"one": self.curves["one"], "two": self.curves["two"]["n"]}
        with pytest.raises(ValueError, match="one metric, got \\['f1', 'n'\\]"):
            ActiveLearningCurveDisplay.from_curves(mixed)
        with pytest.raises(ValueError, match="Got 'band'"):
            ActiveLearningCurveDisplay.from_curves(
                self.curves, ax=axes, std_display_style="band"
            )


def test_a_curve_needs_a_metric():
    with pytest.raises(ValueError, match="scores is an empty dict"):
        ActiveLearningCurve([1, 2], {})


def test_import_is_light():
    heavy = "{'matplotlib', 'torch', 'tqdm'}"
    code = f"import sys, skactive.evaluation; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


class TestQuickstart:
    path = Path(__file__).parents[1] / "benchmarks" / "quickstart.py"

    @pytest.fixture
    def quickstart(self):
        if not self.path.exists():
            pytest.skip("no benchmarks beside the tests")
        spec = importlib.util.spec_from_file_location("quickstart", self.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def test_digits(self, quickstart, tmp_path, capsys):
        pytest.importorskip("matplotlib")
        picture = tmp_path / "curves.png"
        quickstart.main(
            ["--seeds", "2", "--budget", "20", "--n-jobs", "1", "--out", str(picture)]
        )
        printed = capsys.readouterr().out
        assert "imbalance ratio 0.75" in printed and "balanced margin" in printed
        assert picture.stat().st_size > 1000

    def test_table_of_mixed_types(self, quickstart, tmp_path, capsys):
        pd = pytest.importorskip("pandas")
        frame = pd.DataFrame({"size": X[:, 2], "width": X[:, 3] > 1, "kind": y.astype(str)})
        frame["color"] = np.where(X[:, 0] > 5.5, "red", "blue")
        frame.loc[::7, "size"] = np.nan
        frame.loc[::5, "color"] = None
        frame.loc[3, "kind"] = "alone"
        frame.to_csv(tmp_path / "table.csv.gz", index=False)
        table = ["--csv", str(tmp_path / "table.csv.gz"), "--target"]
        small = ["--seeds", "2", "--budget", "20", "--n-jobs", "1", "--max-rows", "140"]
        quickstart.main([*table, "kind", *small, "--out", str(tmp_path / "curves.png")])
        printed = capsys.readouterr().out
        assert "140 rows drawn of 150" in printed
        with pytest.raises(SystemExit, match="no column 'sort', but size, width, kind, color"):
            quickstart.main([*table, "sort", *small])


def _first_rows(learner, rows, n_queries):
    return np.arange(n_queries)


def _raises(learner, rows, n_queries):
    raise RuntimeError("asked")


def _Net():
    import torch

    return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 3))
