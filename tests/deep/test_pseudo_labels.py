"""Pseudo-labels: worked numbers, and the sign that picks the likely class."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax

from skactive.deep._descriptors import Batch, describe, standardize
from skactive.deep._pseudo_labels import (
    NearestLabels,
    SampledLabels,
    mutual_information,
    perturb,
    trace_scores,
)
from skactive.deep._view import view_of

from .test_kernels import LENGTHS, ZV, Z

W = np.array([[1.0, 0], [0, 1], [-1, -1]])
DRAWS = np.array([[1, 0.5], [1.2, 0.4], [0.9, 0.7]])


def loss_gradients():
    """Gradient of the cross-entropy at z for each class, shape (draws, classes, 2)."""
    p = softmax(DRAWS @ W.T, axis=1)
    return (p[:, None, :] - np.eye(3)) @ W


def test_phat_takes_the_label_of_the_nearest_validation_row():
    label = NearestLabels(standardize(ZV, LENGTHS), np.array([7, 3]), np.ones(6))
    batch = Batch(None, standardize(Z, LENGTHS), None, 10, slice(0, 4))
    assert_array_equal(label(batch), [7, 3, 7, 3])


def test_phat_gives_a_tie_to_the_first_validation_row():
    Z_val = standardize([[1, 2, 3], [1, 2, 3]], [3])
    batch = Batch(None, Z_val, None, 10, slice(0, 2))
    assert_array_equal(NearestLabels(Z_val, np.array([4, 5]), np.ones(3))(batch), [4, 4])


def test_trace_is_negated_and_uncentered():
    scores = trace_scores(DRAWS, loss_gradients())
    assert_allclose(-scores, [-0.2820, 0.2180, 2.3180], atol=1e-4)
    assert scores.argmax() == 0


def test_the_centered_trace_would_not_depend_on_the_class():
    gradients = loss_gradients()
    z, g = DRAWS - DRAWS.mean(axis=0), gradients - gradients.mean(axis=0)
    assert_allclose(-trace_scores(z, g), [0.0137] * 3, atol=1e-4)


def test_mutual_information():
    z, g = np.array([-1.0, 0, 1, 2, -2])[:, None], np.array([-1.0, 1, 0, 2, -2])[:, None]
    assert_allclose(mutual_information(z, g), 0.8304, atol=1e-4)
    assert_allclose(mutual_information(z, -3 * g), 0.8304, atol=1e-4)


def test_mutual_information_of_a_dead_unit_is_finite():
    z = np.column_stack([np.zeros(5), np.arange(5.0)])
    assert np.isfinite(mutual_information(z, z, shrink=1e-3))


def test_perturbed_copies_are_close_and_repeatable(digits):
    images = torch.from_numpy(digits[0][:20])
    first, second = (perturb(images, torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(first, second)
    assert first.shape == images.shape and not torch.equal(first, images)
    assert (first - images).abs().mean() < 0.1
    still = perturb(images, torch.Generator().manual_seed(3), degrees=0.0, noise=0.0)
    assert_allclose(still, images, atol=1e-5)
    with pytest.raises(ValueError, match="need images"):
        perturb(torch.zeros(3, 5), torch.Generator())


@pytest.mark.parametrize(
    "statistic, layer, n_draws, agreement", [("trace", "fc1", 8, 0.9), ("mi", "conv2", 128, 0.5)]
)
def test_sampled_labels_are_the_likely_ones(fitted, digits, statistic, layer, n_draws, agreement):
    view = view_of(fitted, "test")
    rows = digits[0][200:230]
    label = SampledLabels(view, [layer], statistic, n_draws, 0)
    taken = []
    describe(view, rows, [layer], lambda batch: taken.append(label(batch)) or taken[-1])
    assert np.mean(np.concatenate(taken) == fitted.predict(rows)) >= agreement
