"""Multi-scale descriptors of rows: outputs of layers, and gradients of the loss there.

Section 3 of Gudovskiy et al. (2020), arXiv:2003.00393.
"""

from typing import NamedTuple

import numpy as np
import torch

from ._torch import capturing, evaluating, layer_names, pooled, without_weight_gradients

__all__ = ["Descriptors", "describe", "layers_of", "standardize"]


class Descriptors(NamedTuple):
    """Standardized descriptors of some rows.

    Attributes
    ----------
    Z : ndarray of float32, shape (n_rows, L)
        Features, with the scales side by side.
    G : ndarray of float32, shape (n_rows, L) or None
        Gradients of the loss with respect to these features.
    predicted : ndarray of int64, shape (n_rows,)
        Output with the highest value, among the classes with a label.
    lengths : tuple of int
        Number of entries of each scale; they sum to L.
    """

    Z: np.ndarray
    G: np.ndarray | None
    predicted: np.ndarray
    lengths: tuple

    def rows(self, positions):
        """Return the descriptors of some of the rows."""
        gradients = None if self.G is None else self.G[positions]
        return Descriptors(self.Z[positions], gradients, self.predicted[positions], self.lengths)


class Batch(NamedTuple):
    """A batch with what a pseudo-label may depend on."""

    inputs: torch.Tensor
    Z: np.ndarray
    predicted: np.ndarray
    n_outputs: int
    positions: slice


def standardize(values, lengths):
    """Scale each row to mean 0 and standard deviation 1, scale by scale.

    The product of two such rows over a scale of length L is (L - 1) times
    their Pearson correlation. A constant row becomes zeros, so it resembles no
    other row.

    Parameters
    ----------
    values : ndarray of shape (n_rows, L)
        Descriptors.
    lengths : sequence of int
        Number of entries of each scale.

    Returns
    -------
    values : ndarray of float64, shape (n_rows, L)
        Values standardized with ddof = 1.

    Raises
    ------
    ValueError
        If a scale has a single entry, or if a row holds NaN or infinity.

    Examples
    --------
    >>> from skactive.deep._descriptors import standardize
    >>> standardize([[1, 2, 3, 0, 2, 1]], [3, 3])
    array([[-1.,  0.,  1., -1.,  1.,  0.]])
    """
    values = np.array(values, dtype=np.float64)
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise ValueError(f"the descriptor of row {row} of a block holds NaN or infinity.")
    if min(lengths) < 2:
        raise ValueError(
            f"the scales have {tuple(lengths)} entries per row, but a single entry carries no "
            "information after standardization. Name another layer."
        )
    for part in np.split(values, np.cumsum(lengths)[:-1], axis=1):
        constant = part.max(axis=1) == part.min(axis=1)
        part -= part.mean(axis=1, keepdims=True)
        part /= part.std(axis=1, ddof=1, keepdims=True) + 1e-10
        part[constant] = 0
    return values


def layers_of(view, layers):
    """Return the layers to read: those named, or the module's own ``feature_layers``."""
    if layers is None:
        layers = getattr(view.module, "feature_layers", None)
    if layers is None:
        raise ValueError(
            f"layers=None needs a module with the attribute feature_layers, but "
            f"{type(view.module).__name__} has none. Name some of {layer_names(view.module)}."
        )
    return [layers] if isinstance(layers, str) else list(layers)


def describe(view, X, layers, pseudo_label=None, positions=None):
    """Compute descriptors in eval mode, with one forward and at most one backward pass per row.

    Parameters
    ----------
    view : NetView
        The net.
    X : container of n_rows rows
        The rows.
    layers : list of str
        One layer per scale. Maps are averaged over space.
    pseudo_label : callable, default=None
        ``pseudo_label(batch) -> codes`` returns the class of each row for its
        loss. None computes no gradients.
    positions : ndarray of int, default=None
        Rows to describe. None: all rows.

    Returns
    -------
    descriptors : Descriptors
        Descriptors of these rows.
    """
    with_gradients = pseudo_label is not None
    # rows do not interact in eval mode: one backward of the sum gives every row's gradient
    with evaluating(view.module), without_weight_gradients(view.module):
        with capturing(view.module, layers, gradients=True) as maps:

            def look(start, batch):
                maps.clear()
                return _describe_batch(view, batch, start, maps, layers, pseudo_label)

            parts = list(view.each(look, X, positions, gradients=with_gradients))
    Z, G, predicted = ([part[i] for part in parts] for i in range(3))
    gradients = np.concatenate(G) if with_gradients else None
    return Descriptors(np.concatenate(Z), gradients, np.concatenate(predicted), parts[0][3])


def _describe_batch(view, inputs, start, maps, layers, pseudo_label):
    with torch.set_grad_enabled(pseudo_label is not None):
        outputs = view.forward(inputs)
    tensors = [maps[name] for name in layers]
    vectors = [pooled(tensor.detach()) for tensor in tensors]
    lengths = tuple(vector.shape[1] for vector in vectors)
    Z = standardize(to_numpy(vectors), lengths)
    n_outputs = outputs.shape[1]
    predicted = outputs[:, : view.n_codes(n_outputs)].argmax(dim=1).cpu().numpy()
    G = None
    if pseudo_label is not None:
        rows = slice(start, start + len(inputs))
        codes = pseudo_label(Batch(inputs, Z, predicted, n_outputs, rows))
        gradients = loss_gradients(view, outputs, tensors, codes)
        G = standardize(gradients, lengths).astype(np.float32)
    return Z.astype(np.float32), G, predicted, lengths


def loss_gradients(view, outputs, tensors, codes, retain_graph=False):
    """Return the gradients of each row's loss at some tensors, averaged over space."""
    target = torch.as_tensor(np.asarray(codes), device=outputs.device)
    loss = torch.nn.functional.nll_loss(
        view.log_probabilities(outputs), target.long(), reduction="sum"
    )
    gradients = torch.autograd.grad(loss, tensors, retain_graph=retain_graph)
    return to_numpy([pooled(gradient) for gradient in gradients])


def to_numpy(vectors):
    """Return tensors side by side as one float64 array."""
    return torch.cat(vectors, dim=1).double().cpu().numpy()
