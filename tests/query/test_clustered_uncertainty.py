"""Uncertainty plus clustering: the worked example of the two sides."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import ClusteredUncertainty, EntropySampling, MarginSampling

from ..plain import tie_key

F = np.array([[0, 0], [1, 0], [0, 1], [10, 10], [9, 10], [5, 5], [2, 2], [8, 8]], dtype=float)


class Uncertainty:
    """The u of the worked example; for fewer rows, of the first column's numbers."""

    def scores(self, learner, X):
        return np.array([0.9, 0.2, 0.3, 0.8, 0.1, 0.4, 0.5, 0.6])


@pytest.mark.parametrize(
    "n_clusters, side, expected",
    [
        (2, "nearest", [[0], [3], [1, 2, 4]]),
        (2, "farthest", [[0], [3], [5], [6, 7]]),
        (1, "nearest", [[0], [3], [5], [6, 7]]),
        (1, "farthest", [[0], [3], [1, 2, 4]]),
    ],
)
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_worked_example(n_clusters, side, expected, container):
    # rows in one bracket are equally far
    strategy = ClusteredUncertainty(0.5, n_clusters, side, strategy=Uncertainty())
    order = [row for rows in expected for row in sorted(rows, key=tie_key)]
    assert strategy(ActiveLearner(), container(F), 4).tolist() == order[:4]


@pytest.fixture(scope="module")
def taught():
    X, y = load_digits(return_X_y=True)
    return ActiveLearner(GaussianNB(var_smoothing=1.0), random_state=0).fit(X[:80], y[:80]), X


@pytest.mark.parametrize("base", [EntropySampling(), MarginSampling()])
def test_alpha_one_is_the_strategy_alone(base, taught):
    learner, X = taught
    picks = ClusteredUncertainty(1.0, strategy=base)(learner, X, 20)
    assert picks.tolist() == base(learner, X, 20).tolist()


@pytest.mark.parametrize("alpha, n, n_uncertain", [(0.7, 4, 2), (0.7, 10, 7), (0.01, 5, 1)])
def test_share_is_rounded_down(alpha, n, n_uncertain, taught):
    learner, X = taught
    entropy = EntropySampling()(learner, X, n).tolist()
    picks = ClusteredUncertainty(alpha)(learner, X, n).tolist()
    assert len(picks) == n and picks[:n_uncertain] == entropy[:n_uncertain]


def test_too_many_clusters_warn(taught):
    learner, X = taught
    with pytest.warns(UserWarning, match="n_clusters=9 is more than the 2 uncertain rows"):
        ClusteredUncertainty(0.5, 9)(learner, X, 4)


def test_strategy_without_scores_is_named(taught):
    learner, X = taught
    with pytest.raises(TypeError, match="one score per row"):
        ClusteredUncertainty(strategy=lambda *_: [0])(learner, X, 4)


def test_the_share_of_uncertain_rows_is_rounded_down():
    # of five rows, two: rows 0 and 3; the next ones in uncertainty are 7, 6 and 5
    strategy = ClusteredUncertainty(0.5, 2, strategy=Uncertainty())
    picks = strategy(ActiveLearner(), F, 5).tolist()
    assert picks[:2] == [0, 3]
    assert sorted(picks[2:4] + picks[4:]) == [1, 2, 4]
