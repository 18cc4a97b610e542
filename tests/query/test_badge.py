"""BADGE against its plain form on formed gradients, and the law of its draws."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive._greedy.nearest import SquaredDistances
from skactive.pool import Pool
from skactive.query import Badge
from skactive.query.badge import _draw, gradient_factor

badge_module = sys.modules["skactive.query.badge"]


@pytest.fixture(scope="module")
def fitted():
    X, y = load_digits(return_X_y=True)
    learner = ActiveLearner(GaussianNB(var_smoothing=1.0), Badge(), random_state=3)
    return learner.fit(X[:100], y[:100]), X[100:700]


def plain(P, X, n, seed, free=None):
    """Gradients formed, every distance in every step, the same race."""
    generator = np.random.default_rng(seed)
    errors = P.copy()
    errors[np.arange(len(P)), P.argmax(axis=1)] -= 1
    G = np.einsum("ij,ik->ijk", errors, X.astype(float)).reshape(len(P), -1)
    lengths = (G**2).sum(axis=1)
    free = np.ones(len(X), dtype=bool) if free is None else free
    picks = [int(np.where(free, lengths, -1).argmax())]
    nearest = np.full(len(X), np.inf)
    while len(picks) < n:
        nearest = np.minimum(nearest, ((G - G[picks[-1]]) ** 2).sum(axis=1))
        keys = nearest / generator.standard_exponential(len(X))
        keys[picks] = keys[~free] = -1
        picks.append(int(keys.argmax()))
    return picks


@pytest.mark.parametrize("few", [0, 1 << 18], ids=["bounds", "full passes"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_equal_to_formed_gradients(fitted, dtype, few, monkeypatch):
    monkeypatch.setattr(badge_module, "_FEW_NUMBERS", few)
    learner, X = fitted
    P, X = learner.predict_proba(X), X.astype(dtype)
    distances = SquaredDistances(gradient_factor(P), X)
    picks = _draw(distances, Pool(X), 60, np.random.default_rng(5))
    assert picks.tolist() == plain(P, X, 60, 5)


def test_through_a_learner_with_excluded_rows(fitted):
    learner, X = fitted
    seed = np.random.RandomState()
    seed.set_state(learner.random_state_.get_state())
    seed = seed.randint(np.iinfo(np.int32).max)
    free = np.arange(600) % 3 > 0
    picks = learner.query(X, 25, exclude=~free)
    assert picks.tolist() == plain(learner.predict_proba(X), X, 25, seed, free)


def test_worked_factor():
    factor = gradient_factor(np.array([[0.7, 0.3], [0.2, 0.8]]))
    np.testing.assert_allclose(factor, [[-0.3, 0.3], [0.2, -0.2]])


def test_draws_follow_the_squared_distance():
    # after the first row, at 9, squared distances go as 81, 64 and 49
    X = np.array([[0.0], [1.0], [2.0], [9.0]])
    errors = np.tile([[-0.5, 0.5]], (4, 1))
    second = [
        _draw(SquaredDistances(errors, X), Pool(X), 2, np.random.default_rng(seed))[1]
        for seed in range(4000)
    ]
    share = np.bincount(second, minlength=4) / 4000
    np.testing.assert_allclose(share, np.array([81, 64, 49, 0]) / 194, atol=0.03)


def test_longest_gradient_first_not_the_shortest():
    model = GaussianNB().fit([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    X = [[0.1], [2.4], [2.45], [9.0]]
    assert Badge()(model, X, 1).tolist() == [2]
    assert sorted(Badge()(model, X, 4)) == [0, 1, 2, 3]


def test_duplicates_come_last(fitted):
    learner, X = fitted
    rows = np.repeat(X[:6], 4, axis=0)
    picks = learner.query(rows, 24)
    assert sorted(picks) == list(range(24))
    assert sorted(picks[:6] // 4) == list(range(6))


def test_model_without_probabilities_or_decisions():
    with pytest.raises(TypeError, match="neither predict_proba nor decision_function"):
        Badge()(object(), [[1.0]], 1)


def test_sparse_rows(fitted):
    from scipy import sparse

    learner, X = fitted
    model = learner.estimator_
    dense = ActiveLearner(random_state=0).fit(X[:60], np.arange(60) % 3)
    rows = ActiveLearner(random_state=0).fit(sparse.csr_array(X[:60]), np.arange(60) % 3)
    assert model is learner.estimator_
    for each in (dense, rows):
        each.set_params(query_strategy=Badge())
    assert_array_equal(dense.query(X, 15), rows.query(sparse.csr_array(X), 15))
