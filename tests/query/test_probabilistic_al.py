"""Multi-class probabilistic active learning by worked numbers and by drawn labels."""

from itertools import product
from math import exp, lgamma

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.naive_bayes import GaussianNB

from skactive import ActiveLearner
from skactive.query import ProbabilisticAL
from skactive.query.probabilistic_al import _density, _ways, expected_gain


def beta(a):
    return exp(sum(map(lgamma, a)) - lgamma(sum(a)))


def plain(alpha, m_max):
    """The closed form with Euler's beta functions, label after label, as two accuracies."""
    alpha, best = np.asarray(alpha, dtype=float), 0
    unit = np.eye(len(alpha))
    now = beta(alpha + unit[alpha.argmax()]) / beta(alpha)
    for m in range(1, m_max + 1):
        later = 0
        for labels in product(range(len(alpha)), repeat=m):
            counts = alpha + sum(unit[c] for c in labels)
            later += beta(counts + unit[counts.argmax()]) / beta(alpha)
        best = max(best, (later - now) / m)
    return best


def test_worked_gains():
    # one label for (1, 1): 1/2 now, E max after it is 2/3
    assert_allclose(expected_gain(np.array([[1.0, 1.0]]), 1), 1 / 6)
    # (2, 1): only class 1 (chance 1/3) draws level, (2, 2): nothing gained by one label;
    # by two of class 1, chance 1/3 * 2/4, it is 3 against 2 of 5: 1/6 * 1/5, by label 1/60
    assert_allclose(expected_gain(np.array([[2.0, 1.0]]), 1), 0, atol=0)
    assert_allclose(expected_gain(np.array([[2.0, 1.0]]), 2), 1 / 60)
    # (1, 1, 1): 1/3 now, a label makes it 2/4
    assert_allclose(expected_gain(np.ones((1, 3)), 1), 1 / 6)
    assert expected_gain(np.array([[9.0, 1.0]]), 3)[0] == 0


def test_ways_to_label():
    assert list(_ways(2, 2)) == [[(0, 1), (1, 1)], [(0, 2)], [(1, 2)]]
    assert [len(list(_ways(4, m))) for m in (1, 2, 3)] == [4, 10, 20]


@pytest.mark.parametrize("n_classes, m_max", [(2, 1), (2, 4), (3, 3), (5, 2)])
def test_equal_to_the_plain_form(n_classes, m_max):
    alpha = np.random.RandomState(0).gamma(2.0, 1.0, (40, n_classes)) + 0.1
    expected = [plain(row, m_max) for row in alpha]
    assert_allclose(expected_gain(alpha, m_max), expected, atol=1e-12)
    assert max(expected) > 0.02


def test_little_is_known_first_not_last(digits):
    assert expected_gain(np.array([[1.0, 1.0], [2.0, 2.0], [6.0, 6.0]]), 1).argsort().tolist() == [
        2, 1, 0,
    ]  # fmt: skip
    learner = ActiveLearner(GaussianNB(), ProbabilisticAL(gamma=1.0), random_state=0)
    learner.teach([[0.0], [1.0], [4.0], [5.0]], [0, 0, 1, 1])
    # a row as uncertain as another one, in a denser place
    assert learner.query([[0.5], [2.5], [2.6], [30.0]], 2).tolist() == [1, 2]


def test_scores_of_a_learner(digits):
    X, y = digits[0][:60], digits[1][:60] % 3
    learner = ActiveLearner(GaussianNB(var_smoothing=1.0), random_state=0)
    learner.teach(X[:20], y[:20])
    P, expected = learner.predict_proba(X), []
    for row, p in zip(X, P):
        near = np.exp(-0.2 * ((X[:20] - row) ** 2).sum(axis=1)).sum()
        density = np.exp(-0.2 * ((X - row) ** 2).sum(axis=1)).mean()
        expected.append(plain(near * p + 0.5, 2) * density)
    strategy = ProbabilisticAL(2, prior=0.5, gamma=0.2)
    assert_allclose(strategy.scores(learner, X), expected, atol=1e-10)


def test_density_by_some_rows(digits):
    X, _ = digits
    full, part = _density(X, 0.1, 300), _density(X, 0.1, 150)
    assert_allclose(full, np.exp(-0.1 * ((X[:, None] - X) ** 2).sum(axis=2)).mean(axis=1))
    assert np.corrcoef(full, part)[0, 1] > 0.9
    assert_array_equal(part, _density(X, 0.1, 150))


def test_rows_in_another_order_and_excluded_rows(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(var_smoothing=1.0), ProbabilisticAL(), random_state=0)
    learner.teach(X[:60], y[:60])
    order = np.random.RandomState(0).permutation(len(X))
    assert_array_equal(order[learner.query(X[order], 9)], learner.query(X, 9))
    best = learner.query(X, 9)
    assert not set(learner.query(X, 9, exclude=best)) & set(best)


def test_errors(digits):
    X, y = digits
    learner = ActiveLearner(GaussianNB(), ProbabilisticAL(9), random_state=0)
    with pytest.raises(ValueError, match="m_max=9 is too large for 10 classes.* m_max lower"):
        learner.teach(X[:150], y[:150]).query(X)
    with pytest.raises(TypeError, match="ProbabilisticAL reads .* has no labels"):
        ProbabilisticAL()(GaussianNB().fit(X, y), X, 1)
