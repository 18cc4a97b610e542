"""Class probabilities of a net with dropout switched on."""

from contextlib import contextmanager

import numpy as np
import torch

from .._outputs import of_columns
from ._torch import _DROPOUT, evaluating, seeded
from ._view import view_of

__all__ = ["dropout_proba"]


def dropout_proba(model, X, n_samples=10, random_state=None, *, rates=None):
    """Sample class probabilities of rows with dropout switched on.

    Only dropout layers draw at random; BatchNorm uses its statistics and keeps
    them. No gradients are computed, and all modules are restored to their
    mode.

    Parameters
    ----------
    model : skorch net, or an estimator with one inside
        A fitted model.
    X : container of n_rows rows
        The rows.
    n_samples : int, default=10
        Number of passes.
    random_state : int, RandomState or None, default=None
        An int gives the same passes every time.
    rates : sequence of float, default=None
        Dropout rates in these passes, in the order of the module's dropout
        layers. None: the rates of the module.

    Returns
    -------
    samples : ndarray of float32, shape (n_samples, n_rows, n_classes)
        Probabilities, with one column per class on which the net was fitted.

    Raises
    ------
    ValueError
        If all rates are 0, or if ``rates`` has a wrong length.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skactive.deep import LeNet, SeededNet
    >>> from skactive.deep._dropout import dropout_proba
    >>> X, y = load_digits(return_X_y=True)
    >>> net = SeededNet(
    ...     LeNet, module__image_size=16, module__dropout=(.25, .5), max_steps=10, random_state=0
    ... )
    >>> images = X[:50].reshape(-1, 1, 8, 8).repeat(2, axis=2).repeat(2, axis=3)
    >>> dropout_proba(net.fit(images, y[:50]), images, 4, random_state=0).shape
    (4, 50, 10)
    """
    view = view_of(model, "dropout_proba")

    def draw(start, batch):
        passes = [view.log_probabilities(view.forward(batch)).exp() for _ in range(n_samples)]
        return torch.stack(passes).cpu().numpy()

    with evaluating(view.module, dropout=True), torch.no_grad():
        with _dropping(view.module, rates), seeded(random_state, view.net.device):
            samples = np.concatenate(list(view.each(draw, X)), axis=1)
    return of_columns(samples, view.columns(samples.shape[2]))


@contextmanager
def _dropping(module, rates):
    """Set the rates of a module's dropout layers inside a with block."""
    layers = [layer for layer in module.modules() if isinstance(layer, _DROPOUT)]
    before = [layer.p for layer in layers]
    rates = before if rates is None else list(rates)
    if len(rates) != len(layers):
        raise ValueError(
            f"rates has {len(rates)} entries, but {type(module).__name__} has {len(layers)} "
            "dropout layers."
        )
    if not any(rate > 0 for rate in rates):
        raise ValueError(
            f"{type(module).__name__} has no dropout layer with a rate above 0, so all passes "
            "would be equal. Build it with dropout, such as module__dropout=(0.25, 0.5) for "
            "LeNet."
        )
    try:
        for layer, rate in zip(layers, rates):
            layer.p = rate
        yield
    finally:
        for layer, rate in zip(layers, before):
            layer.p = rate
