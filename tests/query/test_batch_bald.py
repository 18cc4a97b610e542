"""BatchBALD against joint entropies summed over all labelings."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from skactive.query import BALD, BatchBALD
from skactive.query.batch_bald import JointInformation


def some_samples(n_rows=40, n_samples=12, n_classes=3, seed=0):
    rng = np.random.RandomState(seed)
    return rng.dirichlet(np.full(n_classes, 0.5), (n_samples, n_rows))


def joint_information(samples, rows):
    """H(y_1..y_b) - E_k H(y_1..y_b | k), labeling by labeling."""
    n_samples, _, n_classes = samples.shape
    total = 0.0
    for labels in product(range(n_classes), repeat=len(rows)):
        p = np.mean([np.prod(sample[rows, labels]) for sample in samples])
        total -= p * np.log(p)
    own = -(samples[:, rows] * np.log(samples[:, rows])).sum(axis=(1, 2)).mean()
    return total - own


def plain(samples, n):
    picks = []
    for _ in range(n):
        gains = [
            -np.inf if i in picks else joint_information(samples, [*picks, i])
            for i in range(samples.shape[1])
        ]
        picks.append(int(np.argmax(gains)))
    return picks


@pytest.mark.parametrize("seed", range(4))
def test_equal_to_joint_entropies(seed):
    samples = some_samples(seed=seed)
    X = np.arange(40)[:, None]
    strategy = BatchBALD(lambda X: samples[:, X[:, 0]])
    assert strategy(None, X, 5).tolist() == plain(samples, 5)


def test_gains_are_differences_of_joint_information():
    samples = some_samples()
    batch = JointInformation(samples.transpose(1, 0, 2), 1000, None)
    batch.condition_on(7)
    batch.condition_on(3)
    expected = [
        joint_information(samples, [7, 3, i]) - joint_information(samples, [7, 3])
        for i in range(40)
    ]
    assert_allclose(batch.gains(np.arange(40)), expected, atol=1e-12)


def test_drawn_labelings_come_close_to_all_of_them():
    samples = some_samples(n_rows=200).transpose(1, 0, 2)
    exact = JointInformation(samples, 3**7, None)
    drawn = JointInformation(samples, 2000, np.random.RandomState(0))
    for row in range(7):
        exact.condition_on(row)
        drawn.condition_on(row)
    assert exact.is_exact and not drawn.is_exact
    assert_allclose(drawn.gains(np.arange(200)), exact.gains(np.arange(200)), atol=0.03)


def test_equal_to_full_passes_with_less_work():
    samples = some_samples(n_rows=500).transpose(1, 0, 2)
    lazy = JointInformation(samples, 1000, np.random.RandomState(0))
    full = JointInformation(samples, 1000, np.random.RandomState(0))
    expected = []
    for _ in range(7):
        gains = full.gains(np.arange(500))
        gains[expected] = -np.inf
        expected.append(int(gains.argmax()))
        full.condition_on(expected[-1])
    assert lazy.greedy(7).tolist() == expected
    assert lazy.lazy._n_measured < 0.5 * 7 * 500


def test_first_row_is_that_of_bald():
    samples = some_samples()
    X = np.arange(40)[:, None]
    assert BatchBALD(lambda X: samples[:, X[:, 0]])(None, X, 1) == BALD(
        lambda X: samples[:, X[:, 0]]
    )(None, X, 1)


def test_repetition_gains_nothing():
    samples = np.repeat(some_samples(n_rows=6), 5, axis=1)
    X = np.arange(30)[:, None]
    picks = BatchBALD(lambda X: samples[:, X[:, 0]])(None, X, 4)
    assert len(set(picks // 5)) == 4


def test_certain_labels_are_no_trouble():
    samples = np.zeros((4, 10, 3))
    samples[:, :, 1] = 1
    samples[:2, 4] = [1, 0, 0]
    picks = BatchBALD(lambda X: samples[:, X[:, 0]])(None, np.arange(10)[:, None], 10)
    assert picks[0] == 4 and sorted(picks) == list(range(10))


def test_samples_are_not_changed():
    samples = some_samples()
    samples.setflags(write=False)
    BatchBALD(lambda X: samples[:, X[:, 0]], n_configurations=5)(None, np.arange(40)[:, None], 6)


def test_has_no_scores():
    assert not hasattr(BatchBALD(), "scores")
