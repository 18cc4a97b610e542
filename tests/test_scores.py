"""Scores of probabilities against plain forms, for any number of classes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import entropy as scipy_entropy

from skactive.scores import (
    entropy,
    largest,
    margin,
    modal_share,
    mutual_information,
    vote_counts,
    vote_entropy,
)

CLASSES = pytest.mark.parametrize("n_classes", [1, 2, 3, 10, 32, 33, 700])


def some_probabilities(n_classes, n_rows=400):
    P = np.random.RandomState(n_classes).dirichlet(np.full(n_classes, 0.3), n_rows)
    P[:5] = np.eye(n_classes)[0]
    P[5:9] = 1 / n_classes
    return P


@CLASSES
def test_equal_to_plain_forms(n_classes):
    P = some_probabilities(n_classes)
    assert_allclose(entropy(P), scipy_entropy(P, axis=1), atol=1e-12)
    assert_array_equal(largest(P), P.max(axis=1))
    if n_classes > 1:
        two = np.sort(P, axis=1)[:, -2:]
        assert_array_equal(margin(P), two[:, 1] - two[:, 0])
    else:
        assert_array_equal(margin(P), P[:, 0])


@CLASSES
def test_equal_rows_tie_wherever_they_stand(n_classes):
    P = np.tile(some_probabilities(n_classes, 7), (1001, 1))
    for score in (entropy, margin, largest):
        values = score(P).reshape(1001, 7)
        assert (values == values[0]).all()


@CLASSES
def test_nothing_is_changed(n_classes):
    P = some_probabilities(n_classes)
    P.setflags(write=False)
    for score in (entropy, margin, largest):
        score(P)
    mutual_information(P[None])


def test_worked_numbers_of_gudovskiy_et_al():
    row0 = [[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.75, 0.15, 0.1], [0.8, 0.1, 0.1]]
    row1 = [[0.4, 0.35, 0.25], [0.35, 0.4, 0.25], [0.4, 0.3, 0.3], [0.3, 0.4, 0.3]]
    row2 = [[0.9, 0.05, 0.05], [0.05, 0.9, 0.05]] * 2
    samples = np.array([row0, row1, row2]).transpose(1, 0, 2)
    assert_allclose(entropy(samples.mean(axis=0)), [0.7098, 1.0907, 0.8570], atol=1e-4)
    assert_allclose(mutual_information(samples), [0.0072, 0.0060, 0.4626], atol=1e-4)
    counts = vote_counts(samples.argmax(axis=2).T, 3)
    assert_allclose(1 - modal_share(counts), [0, 0.5, 0.5])
    assert_allclose(vote_entropy(counts), [0, np.log(2), np.log(2)], atol=1e-12)


def test_mutual_information_is_between_zero_and_the_entropy_of_the_mean():
    samples = np.random.RandomState(0).dirichlet(np.ones(4), (20, 3000))
    values = mutual_information(samples)
    assert (values >= -1e-12).all() and (values <= entropy(samples.mean(axis=0))).all()
    assert_allclose(mutual_information(samples[:1]), 0, atol=1e-12)


def test_votes():
    votes = np.random.RandomState(0).randint(4, size=(500, 9))
    counts = vote_counts(votes, 4)
    assert_array_equal(counts, [np.bincount(row, minlength=4) for row in votes])
    assert_allclose(vote_entropy(counts), scipy_entropy(counts, axis=1), atol=1e-11)
    # the order of classes makes no difference, not even in the last bit
    assert_array_equal(vote_entropy(counts), vote_entropy(counts[:, ::-1]))
    assert vote_entropy(counts[:0]).shape == (0,)
