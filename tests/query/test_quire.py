"""QUIRE by worked numbers and against the formula with all pairs of rows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.query import QUIRE
from skactive.query._kernel_width import scale_gamma

RNG = np.random.RandomState(0)
X = RNG.normal(size=(40, 3))
LABELS = np.array(["a", "b", "c"])[RNG.randint(3, size=8)]


def plain(X_labeled, labels, X, regularization, gamma):
    """The loss of each row with the inverse of the whole matrix, minimized over the others."""
    losses = []
    everything = np.r_[X_labeled, X]
    gaps = ((everything[:, None] - everything[None]) ** 2).sum(axis=2)
    L = np.linalg.inv(np.exp(-gamma * gaps) + regularization * np.eye(len(everything)))
    n_labels, classes = len(labels), np.unique(labels)
    for s in range(n_labels, len(everything)):
        u = [i for i in range(n_labels, len(everything)) if i != s]
        known = [*range(n_labels), s]
        worst = []
        for guess in classes:
            loss = 0
            for c in classes:
                y = np.r_[np.where(labels == c, 1, -1), 1 if guess == c else -1]
                best = -np.linalg.solve(L[np.ix_(u, u)], L[np.ix_(u, known)] @ y)
                whole = np.empty(len(everything))
                whole[known], whole[u] = y, best
                loss += whole @ L @ whole / len(classes)
            worst.append(loss)
        losses.append(max(worst))
    return np.array(losses)


def taught(strategy, n_classes=3, X=X):
    labels = LABELS if n_classes == 3 else np.where(LABELS == "c", "a", LABELS)
    return ActiveLearner(LogisticRegression(), strategy, random_state=0).teach(X[:8], labels)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("regularization, gamma", [(1.0, 0.3), (0.1, 2.0)])
def test_equal_to_the_whole_matrix(n_classes, regularization, gamma):
    strategy = QUIRE(regularization, gamma=gamma)
    learner = taught(strategy, n_classes)
    expected = plain(X[:8], learner.y_labeled_, X[8:], regularization, gamma)
    assert_allclose(strategy.scores(learner, X[8:]), -expected, rtol=1e-9)
    assert learner.query(X[8:], 5).tolist() == expected.argsort()[:5].tolist()


def test_worked_numbers():
    # one label, lambda 1: A = 1/2, f = k/2, v = 2 - k^2/2; labels of one class are 1
    gamma = np.log(2)  # k = 1/2 at distance 1
    strategy = QUIRE(gamma=gamma)
    learner = ActiveLearner(query_strategy=strategy).teach([[0.0]], ["a"])
    # y A y = 1/2; (1 - 1/4)^2 / (2 - 1/8) = 0.3; (1 - 1/2)^2 / (2 - 1/2) = 1/6
    assert_allclose(strategy.scores(learner, [[1.0], [0.0]]), [-0.8, -0.5 - 1 / 6])


def test_between_the_classes_before_beside_a_label():
    strategy = QUIRE(gamma=0.1)
    learner = ActiveLearner(query_strategy=strategy).teach([[0.0], [8.0]], [0, 1])
    assert learner.query([[0.5], [4.0], [7.9]], 3).tolist() == [1, 0, 2]


def test_width_of_the_pool():
    assert_allclose(scale_gamma(X), 1 / (3 * X.var()))
    assert_allclose(scale_gamma(sparse.csr_matrix(X)), scale_gamma(X))
    assert scale_gamma(np.ones((3, 2))) == 1
    learner = taught(QUIRE())
    assert_allclose(
        QUIRE().scores(learner, X), QUIRE(gamma=1 / (3 * X.var())).scores(learner, X)
    )


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csr_array])
def test_sparse_rows(container):
    learner = taught(QUIRE())
    expected = QUIRE().scores(learner, X)
    assert_allclose(QUIRE().scores(taught(QUIRE(), X=container(X)), container(X)), expected)


def test_taken_rows_are_not_picked_and_do_not_count():
    learner = taught(QUIRE(gamma=0.3))
    free = np.arange(8, 40, 2)
    taken = np.setdiff1d(np.arange(40), free)
    picks = learner.query(X, 4, exclude=taken)
    assert picks.tolist() == free[learner.query(X[free], 4)].tolist()


def test_errors():
    with pytest.raises(TypeError, match="LogisticRegression has no labels"):
        QUIRE()(LogisticRegression().fit(X[:8], LABELS), X, 2)
