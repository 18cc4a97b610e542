"""skactive.metrics against numbers worked by hand and the published tables."""

import statistics
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.dummy import DummyClassifier
from sklearn.metrics import balanced_accuracy_score

from skactive.metrics import (
    TransferabilityDisplay,
    gal_score,
    imbalance_ratio,
    n_classes_found,
    transferability,
)

# Aggarwal et al. (2020): four sets x three budgets, then the printed score; Table 2, Table 3
GAL_ROWS = """
random 23.02 30.63 38.68 27.31 33.66 39.78 47.24 56.62 63.87 34.99 44.56 53.33 -0.792
ent 14.19 20.44 29.26 12.13 17.31 25.18 16.99 24.62 37.58 25.36 31.72 41.20 -1.308
ms 8.49 14.31 28.48 23.70 25.25 35.76 28.46 41.29 38.98 28.91 34.64 46.50 -1.159
lc 15.44 23.45 33.06 15.28 20.79 27.74 21.79 32.09 43.77 27.20 34.68 45.44 -1.191
ent_inv 8.84 15.55 26.69 24.19 30.29 34.78 27.83 41.44 38.71 28.87 37.99 42.12 -1.155
ent_div 13.93 20.24 30.34 23.96 29.35 35.97 24.25 42.99 55.45 27.07 39.01 44.35 -1.077
ent_inv_div 19.71 25.60 34.11 32.13 38.94 43.94 53.65 61.21 66.79 39.17 46.79 52.09 -0.739
ms_inv_div 16.05 24.26 32.62 24.61 31.46 39.13 39.47 51.68 61.02 31.46 40.99 49.13 -0.928
lc_inv_div 19.13 24.66 33.62 32.62 38.46 43.52 55.27 61.89 66.80 39.48 45.89 51.42 -0.742
core_set 20.07 26.35 34.17 30.04 36.34 42.18 49.84 56.42 63.87 37.10 46.08 52.31 -0.790
random+bal 23.53 30.52 37.95 28.86 37.29 44.32 53.79 62.59 68.31 42.36 54.14 60.16 -0.653
ent+bal 19.10 27.06 34.43 24.07 33.82 41.20 41.19 57.65 65.47 34.75 51.68 60.16 -0.792
ms+bal 17.98 29.61 35.40 25.44 35.18 41.71 45.57 51.56 65.73 40.52 48.62 57.17 -0.784
lc+bal 19.59 26.70 37.20 26.68 36.70 40.13 43.03 59.32 67.45 41.30 51.23 59.34 -0.744
ent_inv+bal 18.06 28.81 35.62 25.89 34.06 41.87 44.48 57.45 64.08 36.25 49.33 58.15 -0.785
ent_div+bal 20.08 26.82 33.57 24.43 34.26 43.20 42.25 55.53 63.33 38.99 51.83 60.01 -0.783
ent_inv_div+bal 23.20 27.43 38.00 34.32 40.78 45.34 56.98 64.12 68.21 47.80 53.74 60.39 -0.612
ms_inv_div+bal 20.51 27.91 37.50 27.40 37.32 45.70 50.48 60.75 66.12 44.67 52.42 59.12 -0.690
lc_inv_div+bal 21.77 28.71 36.16 32.21 39.92 45.13 55.55 64.05 68.86 45.34 51.79 61.06 -0.637
core_set+bal 20.84 28.21 37.44 32.68 39.70 44.43 54.57 62.14 67.97 46.42 54.34 60.46 -0.640
"""
GAL_FULL = [[65.85], [59.49], [70.20], [72.43]]
# four decimals, computed without the package
GAL_EXACT = {
    "random": -0.7917,
    "ent": -1.3081,
    "core_set": -0.7896,
    "ent_inv_div": -0.7393,
    "random+bal": -0.6532,
    "ent+bal": -0.7918,
    "core_set+bal": -0.6398,
    "ent_inv_div+bal": -0.6120,
}


def published_rows():
    rows = []
    for line in GAL_ROWS.strip().split("\n"):
        name, *numbers = line.split()
        *accuracies, printed = map(float, numbers)
        rows.append(pytest.param(name, np.reshape(accuracies, (4, 3)), printed, id=name))
    return rows


class TestImbalanceRatio:
    y = ["a"] * 6 + ["b"] * 3 + ["c"]

    def test_worked_example(self):
        assert_allclose(imbalance_ratio(self.y, classes=list("abcd")), 0.9165, atol=5e-5)
        assert_allclose(imbalance_ratio(self.y), 0.6164, atol=5e-5)

    def test_agrees_with_plain_implementation(self):
        y = np.random.RandomState(0).randint(7, size=50)
        counts = list(Counter(y.tolist()).values()) + [0, 0]
        plain = statistics.pstdev(counts) / statistics.mean(counts)
        assert_allclose(imbalance_ratio(y, classes=range(9)), plain)

    def test_range(self):
        assert imbalance_ratio([3, 1, 2, 2, 1, 3]) == 0
        assert_allclose(imbalance_ratio([0, 0], classes=range(10)), 3)

    def test_does_not_depend_on_order_scale_or_names(self):
        expected = imbalance_ratio(self.y)
        assert_allclose(imbalance_ratio(self.y[::-1] * 3), expected)
        assert_allclose(imbalance_ratio([ord(label) for label in self.y]), expected)

    def test_missing_class_raises_the_ratio(self):
        assert imbalance_ratio(self.y, classes="a b c d".split()) > imbalance_ratio(self.y)

    @pytest.mark.parametrize("library", ["pandas", "polars"])
    def test_series(self, library):
        series = pytest.importorskip(library).Series(self.y)
        assert imbalance_ratio(series) == imbalance_ratio(self.y)
        assert n_classes_found(series) == 3

    @pytest.mark.parametrize(
        "y, classes, message",
        [
            ([], None, "at least one label, got none"),
            ([0, 1], [1, 2], "has the label 0, which is not among the 2 classes"),
            ([0.0, np.nan], None, "got nan at position 1"),
            ([0, 0.5], None, "continuous"),
            ([[0, 1], [1, 0]], None, "1d array"),
        ],
    )
    def test_wrong_input(self, y, classes, message):
        with pytest.raises(ValueError, match=message):
            imbalance_ratio(y, classes)

    def test_mixed_labels(self):
        with pytest.raises(TypeError, match="labels of one type"):
            imbalance_ratio(np.array(["a", None, 3], dtype=object))


def test_n_classes_found():
    assert n_classes_found([6, 6, 3, 6, 1]) == 3
    assert n_classes_found(["cat"]) == 1
    assert n_classes_found([]) == 0


def test_mean_per_class_accuracy_is_balanced_accuracy():
    y, predicted = [0, 0, 0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 0, 0, 1]
    assert_allclose(balanced_accuracy_score(y, predicted), 0.4167, atol=5e-5)


class TestGalScore:
    def test_worked_example(self):
        assert_allclose(gal_score([50, 60], [80, 75]), -1.05)

    @pytest.mark.parametrize("name, accuracies, printed", published_rows())
    def test_published_rows(self, name, accuracies, printed):
        score = gal_score(accuracies, GAL_FULL)
        assert_allclose(score, printed, atol=6e-4)
        if name in GAL_EXACT:
            assert_allclose(score, GAL_EXACT[name], atol=5e-5)

    def test_there_are_twenty_published_rows(self):
        assert len(published_rows()) == 20

    def test_sign(self):
        assert gal_score([80, 75], [80, 75]) == 0
        assert gal_score(90, 80) == 0.5
        assert gal_score(70, 80) == -0.5

    def test_full_broadcasts(self):
        accuracies, full = np.array([[50, 60], [70, 72]]), np.array([[80], [75]])
        flat = gal_score(accuracies.ravel(), [80, 80, 75, 75])
        assert_allclose(gal_score(accuracies, full), flat)

    @pytest.mark.parametrize(
        "accuracies, full, message",
        [
            ([50], [100], "undefined for a model without errors"),
            ([0.5], [0.8], "Multiply both arguments by 100"),
            ([101], [80], "accuracies must be percentages from 0 to 100, got 101"),
            ([50], [-1], "full_accuracies must be percentages"),
            ([np.nan], [80], "got nan"),
            ([], [80], "at least one accuracy"),
            ([50, 60], [80, 75, 70], r"shape \(3,\) does not broadcast to the shape \(2,\)"),
            ([50], [[80], [75]], "does not broadcast"),
        ],
    )
    def test_wrong_input(self, accuracies, full, message):
        with pytest.raises(ValueError, match=message):
            gal_score(accuracies, full)


class TestTransferability:
    predicted = [2] * 5 + [0] * 2 + [1]

    def test_worked_example(self):
        result = transferability(self.predicted, n_classes=4)
        assert_allclose(result.curve, [0.625, 0.25, 0.125, 0])
        assert result.n_classes_hit == 3
        assert_allclose(result.entropy, 0.9003, atol=5e-5)
        assert_allclose(result.normalized_entropy, 0.6494, atol=5e-5)
        assert_allclose(result.effective_classes, 2.4602, atol=5e-5)

    def test_agrees_with_plain_implementation(self):
        predicted = np.random.RandomState(0).geometric(0.3, size=200)
        result = transferability(predicted, n_classes=50)
        shares = sorted((n / 200 for n in Counter(predicted.tolist()).values()), reverse=True)
        assert_allclose(result.curve[: len(shares)], shares)
        assert not result.curve[len(shares) :].any() and result.curve.shape == (50,)
        entropy = -sum(share * np.log(share) for share in shares)
        assert_allclose(result.normalized_entropy, entropy / np.log(50))

    def test_flat_and_single(self):
        flat = transferability([0, 1, 2, 3])
        assert_allclose([flat.normalized_entropy, flat.effective_classes], [1, 4])
        single = transferability([7, 7, 7], n_classes=10)
        assert (single.entropy, single.normalized_entropy, single.effective_classes) == (0, 0, 1)
        assert transferability([0, 0]).normalized_entropy == 0

    @pytest.mark.parametrize(
        "predicted, n_classes",
        [([5, 0, 0], 6), ([-1, 1, 1], 2), (["cat", "dog", "cat"], 2), (np.eye(3)[[0, 0, 1]], 3)],
    )
    def test_default_number_of_classes(self, predicted, n_classes):
        assert transferability(predicted).curve.shape == (n_classes,)

    def test_probabilities(self):
        proba = np.array([[0.2, 0.5, 0.3, 0], [0.4, 0.4, 0.1, 0.1], [0, 0, 1, 0]])
        expected = transferability([1, 0, 2], n_classes=4)
        assert_allclose(transferability(proba).curve, expected.curve)

    @pytest.mark.parametrize(
        "predicted, n_classes, message",
        [
            ([], None, "at least one row"),
            ([0, 1, 2], 2, "at least 3, the number of source classes that the predictions show"),
            ([0, 1], 2.5, "'n_classes' parameter .* Got 2.5"),
            (np.eye(3), 2, "at least 3"),
            ([[1], [0]], None, "row 1 sums to 0"),
            ([[0.5, 0.5], [2.0, -1.0]], None, "row 1 sums to 1.0"),
            ([[0.5, 0.5], [np.nan, 1.0]], None, "row 1 sums to nan"),
        ],
    )
    def test_wrong_input(self, predicted, n_classes, message):
        with pytest.raises(ValueError, match=message):
            transferability(predicted, n_classes)


class TestTransferabilityDisplay:
    @pytest.fixture(autouse=True)
    def pyplot(self):
        matplotlib = pytest.importorskip("matplotlib")
        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        yield plt
        plt.close("all")

    def test_from_predictions(self):
        display = TransferabilityDisplay.from_predictions([0, 0, 1], n_classes=4, name="pool")
        assert_allclose(display.line_.get_ydata(), [2 / 3, 1 / 3, 0, 0])
        assert_allclose(display.line_.get_xdata(), [1, 2, 3, 4])
        assert display.line_.get_label() == "pool (normalized entropy = 0.46)"
        assert display.figure_ is display.ax_.figure
        assert display.ax_.get_legend() is not None

    def test_from_estimator_knows_all_classes(self):
        X, y = np.zeros((4, 1)), ["ant", "bee", "bee", "cat"]
        model = DummyClassifier().fit(X, y)
        display = TransferabilityDisplay.from_estimator(model, X)
        assert_allclose(display.curve, [1, 0, 0])
        assert display.line_.get_label().startswith("DummyClassifier (")

    def test_draws_on_given_axes(self, pyplot):
        figure, ax = pyplot.subplots()
        display = TransferabilityDisplay(curve=np.array([0.5, 0.5]))
        assert display.plot(ax, color="red", label="mine") is display
        assert display.ax_ is ax and display.figure_ is figure
        assert (display.line_.get_color(), display.line_.get_label()) == ("red", "mine")

    def test_without_name_there_is_no_legend(self):
        display = TransferabilityDisplay(curve=np.array([1.0])).plot()
        assert display.ax_.get_legend() is None
        assert display.plot(name="late").line_.get_label() == "late"


def test_import_is_light():
    code = (
        "import sys, skactive.metrics, skactive.datasets;"
        "print({'matplotlib', 'torch', 'PIL'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout.strip() == "set()", answer.stderr
