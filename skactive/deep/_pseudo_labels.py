"""Pseudo-labels: the class for which the loss of an unlabeled row is computed.

Section 3.2 of Gudovskiy et al. (2020), arXiv:2003.00393. Each object here is
called with a batch of :func:`skactive.deep._descriptors.describe`.
"""

import numpy as np
import torch
from torch.nn import functional

from ._descriptors import loss_gradients, to_numpy
from ._torch import capturing, pooled

__all__ = [
    "KnownLabels",
    "NearestLabels",
    "PredictedLabels",
    "SampledLabels",
    "mutual_information",
    "perturb",
    "trace_scores",
]


class KnownLabels:
    """Known class codes.

    Parameters
    ----------
    codes : ndarray of int, shape (n_rows,)
        Code of each row.
    """

    def __init__(self, codes):
        self.codes = codes

    def __call__(self, batch):
        return self.codes[batch.positions]


class PredictedLabels:
    """The class that the net predicts: ``yhat``."""

    def __call__(self, batch):
        return batch.predicted


class NearestLabels:
    """The class of the validation row with the most similar features: ``phat``.

    Parameters
    ----------
    Z : ndarray of shape (n_val, L)
        Standardized features of all validation rows.
    codes : ndarray of int, shape (n_val,)
        Their class codes.
    weights : ndarray of shape (L,)
        Weight of each entry.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.deep._descriptors import Batch, standardize
    >>> from skactive.deep._pseudo_labels import NearestLabels
    >>> Z = standardize([[1, 2, 3], [3, 1, 2]], [3])
    >>> label = NearestLabels(Z, np.array([7, 3]), np.ones(3))
    >>> label(Batch(None, standardize([[1, 2, 4], [3, 2, 1]], [3]), None, 10, None))
    array([7, 3])
    """

    def __init__(self, Z, codes, weights):
        self.weighted = (Z * weights).T
        self.codes = codes

    def __call__(self, batch):
        return self.codes[(batch.Z @ self.weighted).argmax(axis=1)]


class SampledLabels:
    """The class with the gradients that best match the features over perturbed copies.

    Experimental: it takes K forward and K times n_classes backward passes per
    row.

    Parameters
    ----------
    view : NetView
        The net.
    layers : list of str
        One layer per scale.
    statistic : {"trace", "mi"}
        Trace of the uncentered cross-moment, or mutual information under a
        normal distribution.
    n_draws : int
        K, the number of perturbed copies of each row.
    seed : int
        Seed of the perturbations.
    """

    def __init__(self, view, layers, statistic, n_draws, seed):
        self.view = view
        self.layers = layers
        self.score = trace_scores if statistic == "trace" else _information_scores
        self.n_draws = n_draws
        self.generator = torch.Generator().manual_seed(seed)

    def __call__(self, batch):
        n_classes = self.view.n_codes(batch.n_outputs)
        draws = [self._draw(batch.inputs, n_classes) for _ in range(self.n_draws)]
        features, gradients = (np.stack(parts) for parts in zip(*draws))
        return self.score(features, gradients).argmax(axis=-1)

    def _draw(self, inputs, n_classes):
        """Return features (n_rows, L) and loss gradients (n_classes, n_rows, L) of one copy."""
        copy = perturb(inputs, self.generator)
        with capturing(self.view.module, self.layers, gradients=True) as maps:
            with torch.enable_grad():
                outputs = self.view.forward(copy)
            tensors = [maps[name] for name in self.layers]
            features = to_numpy([pooled(tensor.detach()) for tensor in tensors])
            gradients = [
                loss_gradients(
                    self.view, outputs, tensors, np.full(len(inputs), code), retain_graph=True
                )
                for code in range(n_classes)
            ]
        return features, np.stack(gradients)


def perturb(images, generator, degrees=5.0, noise=0.01):
    """Rotate each image by a small random angle, and add noise to every pixel.

    Parameters
    ----------
    images : tensor of shape (n_rows, channels, height, width)
        The images.
    generator : torch.Generator
        Random stream, on the CPU.
    degrees : float, default=5.0
        Largest angle in either direction. Interpolation is bilinear, with
        zeros outside.
    noise : float, default=0.01
        Standard deviation of the noise.

    Returns
    -------
    images : tensor of the same shape
        The changed copies.

    Raises
    ------
    ValueError
        If the rows are not images.
    """
    if images.ndim != 4:
        raise ValueError(
            f"pseudo-labels from perturbed copies need images of shape (n_rows, channels, height, "
            f"width), got rows of shape {tuple(images.shape[1:])}."
        )
    images = images.float()
    angles = torch.deg2rad((2 * torch.rand(len(images), generator=generator) - 1) * degrees)
    cos, sin, zero = angles.cos(), angles.sin(), torch.zeros_like(angles)
    matrices = torch.stack([cos, -sin, zero, sin, cos, zero], dim=1).view(-1, 2, 3)
    grid = functional.affine_grid(matrices, list(images.shape), align_corners=False)
    turned = functional.grid_sample(images, grid.to(images.device), align_corners=False)
    return turned + noise * torch.randn(images.shape, generator=generator).to(images.device)


def trace_scores(features, gradients):
    """Compute the mean over draws of the product of features and log-likelihood gradients.

    Parameters
    ----------
    features : ndarray of shape (n_draws, ..., L)
        Features of each copy.
    gradients : ndarray of shape (n_draws, n_classes, ..., L)
        Gradients of the loss for each class. Their negatives are the gradients
        of the log-likelihood.

    Returns
    -------
    scores : ndarray of shape (..., n_classes)
        The class with the highest score is the label.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.deep._pseudo_labels import trace_scores
    >>> trace_scores(np.array([[1.0, 2.0]]), np.array([[[1.0, 0.0], [0.0, -1.0]]]))
    array([-1.,  2.])
    """
    products = (features[:, None] * gradients).sum(axis=-1)
    return -np.moveaxis(products.mean(axis=0), 0, -1)


def _information_scores(features, gradients, shrink=1e-3):
    """Return the mutual information of features and gradients, shape (n_rows, n_classes)."""
    by_row = np.moveaxis(features, 0, -2)
    return np.stack(
        [
            mutual_information(by_row, np.moveaxis(gradients[:, code], 0, -2), shrink)
            for code in range(gradients.shape[1])
        ],
        axis=-1,
    )


def mutual_information(first, second, shrink=0.0):
    """Estimate the mutual information of two normal vectors from draws of both.

    It is half the log of a ratio of determinants: those of the two correlation
    matrices, multiplied, to that of the joint correlation matrix.

    Parameters
    ----------
    first, second : ndarray of shape (..., n_draws, L)
        Draws.
    shrink : float, default=0.0
        Added to the diagonals. With 0, more draws than entries are needed.

    Returns
    -------
    information : ndarray of shape (...)
        Mutual information in nats.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.deep._pseudo_labels import mutual_information
    >>> first = np.array([[-1.0], [0.0], [1.0], [2.0], [-2.0]])
    >>> second = np.array([[-1.0], [1.0], [0.0], [2.0], [-2.0]])
    >>> float(mutual_information(first, second).round(4))
    0.8304
    """
    joint = np.concatenate([first, second], axis=-1)
    return 0.5 * sum(
        sign * _log_determinant(draws, shrink)
        for sign, draws in ((1, first), (1, second), (-1, joint))
    )


def _log_determinant(draws, shrink):
    deviation = draws - draws.mean(axis=-2, keepdims=True)
    scale = np.sqrt((deviation**2).mean(axis=-2, keepdims=True))
    standard = deviation / np.where(scale > 0, scale, 1)
    correlation = np.swapaxes(standard, -1, -2) @ standard / draws.shape[-2]
    return np.linalg.slogdet(correlation + shrink * np.eye(draws.shape[-1]))[1]
