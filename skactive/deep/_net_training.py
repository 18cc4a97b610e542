"""Checks before training, interrupts of training, and a warning if it does not progress."""

import warnings

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import EarlyStopping
from torch import nn

from ._net_rows import first_row
from ._torch import evaluating

# no warning before this many steps
_FEW_STEPS = 100
# a loss counts as lower if it is below this fraction of another
_STUCK = 0.95


class TrainingMixin:
    """Checks before training, interrupts that end it, and a warning if the loss is stuck."""

    def partial_fit(self, X, y=None, classes=None, **fit_params):
        """Train on from the current weights; an interrupt from the keyboard is raised.

        Parameters
        ----------
        X : container of n_rows rows
            Rows.
        y : ndarray of int, shape (n_rows,)
            Class codes.
        classes : ndarray, default=None
            As in skorch.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : NeuralNet
            The trained net.

        Raises
        ------
        KeyboardInterrupt
            If training was interrupted.
        """
        self._interrupt = None
        try:
            super().partial_fit(X, y, classes=classes, **fit_params)
        except Exception:
            # after an interrupt, a callback may fail on an unfinished pass
            if self._interrupt is None:
                raise
        interrupt, self._interrupt = self._interrupt, None
        if interrupt is not None:
            raise interrupt
        return self

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Train; record an interrupt, because skorch suppresses it.

        Parameters
        ----------
        X : container of n_rows rows
            Rows.
        y : ndarray of int, shape (n_rows,)
            Class codes.
        epochs : int, default=None
            Number of passes.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : NeuralNet
            The trained net.
        """
        try:
            return super().fit_loop(X, y, epochs, **fit_params)
        except KeyboardInterrupt as interrupt:
            if not _stops_early(interrupt):
                self._interrupt = interrupt
            raise

    def on_train_begin(self, net, X=None, y=None, **kwargs):
        """Check before training that the module fits the rows and the classes.

        Parameters
        ----------
        net : SeededNet
            This net.
        X : ndarray of shape (n_rows, ...)
            Rows.
        y : ndarray of int, shape (n_rows,)
            Class codes.
        **kwargs : dict
            As in skorch.

        Raises
        ------
        ValueError
            If the module does not take the rows, or has fewer outputs than y
            has classes.
        """
        super().on_train_begin(net, X=X, y=y, **kwargs)
        self._check_shapes(X, y)

    def _check_shapes(self, X, y):
        """Pass one row through the net, to check its input and its number of outputs."""
        row = first_row(self.get_dataset(X, y))
        if row is None:
            return
        try:
            with evaluating(self.module_), torch.no_grad():
                outputs = self.infer(row)
        except (RuntimeError, TypeError) as error:
            raise ValueError(
                f"{type(self.module_).__name__} does not take rows of shape "
                f"{tuple(row.shape[1:])}, dtype {row.dtype}: {error}"
            ) from error
        outputs = outputs[0] if isinstance(outputs, tuple) else outputs
        n_outputs = outputs.shape[1]
        if y is not None and y.max() >= n_outputs:
            raise ValueError(
                f"y holds {y.max() + 1} classes, but the head of {type(self.module_).__name__} "
                f"has {n_outputs} outputs. Give it as many outputs as classes, for example with "
                "module__n_classes."
            )
        weights = getattr(self, "_weights_of_codes", None)
        if weights is not None:
            padded = np.append(weights, np.ones(n_outputs - len(weights)))
            self.criterion_.weight = torch.as_tensor(padded, dtype=outputs.dtype).to(self.device)

    def warn_if_stuck(self, codes):
        """Warn if the final loss is no lower than that of guessing by class frequencies.

        Parameters
        ----------
        codes : ndarray of int, shape (n_rows,)
            Class codes of the training rows.
        """
        losses = step_losses(self.history)
        chance = _chance(codes, getattr(self, "_weights_of_codes", None))
        is_known = isinstance(self.criterion_, (nn.CrossEntropyLoss, nn.NLLLoss))
        if len(losses) < _FEW_STEPS or not is_known or chance == 0:
            return
        last = float(np.mean(losses[-max(5, len(losses) // 10) :]))
        early = float(np.mean(losses[len(losses) // 4 : len(losses) // 2]))
        if last < _STUCK * max(chance, early):
            return
        lr = self.optimizer_.param_groups[0]["lr"]
        warnings.warn(
            f"{type(self).__name__} learned nothing: its loss is {last:.3g} after {len(losses)} "
            f"steps, and guessing by class frequencies gives {chance:.3g}. The likely cause is "
            f"the learning rate of {lr:.3g}: try lr={lr / 10:.3g}, or lr={lr * 10:.3g} if "
            "the loss never fell.",
            ConvergenceWarning,
            stacklevel=3,
        )


def step_losses(history):
    """Return the training loss of each step of a fit."""
    return [
        batch["train_loss"]
        for epoch in history
        for batch in epoch["batches"]
        if "train_loss" in batch
    ]


def _chance(codes, weights):
    """Return the cross-entropy of guessing by class frequencies, in nats."""
    share = np.bincount(codes).astype(np.float64)
    share *= 1 if weights is None else weights
    share = share[share > 0] / share.sum()
    return float(-(share * np.log(share)).sum())


def _stops_early(interrupt):
    """Return whether skorch's ``EarlyStopping`` raised the interrupt."""
    trace = interrupt.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return isinstance(trace.tb_frame.f_locals.get("self"), EarlyStopping)
