"""What a net says when its training is interrupted or gets nowhere."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from skorch.callbacks import EarlyStopping
from torch import nn

# fewer steps say nothing yet
_FEW_STEPS = 100
# a loss that has not fallen to this part of another is not lower
_STUCK = 0.95


class TrainingMixin:
    """Interrupts that come through, and a warning when the loss has not moved."""

    def partial_fit(self, X, y=None, classes=None, **fit_params):
        """Train on from the weights there are; an interrupt is not swallowed.

        Parameters
        ----------
        X : container of n_rows rows
            Rows.
        y : ndarray of int, shape (n_rows,)
            Codes of their classes.
        classes : ndarray, default=None
            As in skorch.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : NeuralNet
            Trained.
        """
        self._interrupt = None
        try:
            super().partial_fit(X, y, classes=classes, **fit_params)
        except Exception:
            # of a callback that met half a pass
            if self._interrupt is None:
                raise
        interrupt, self._interrupt = self._interrupt, None
        if interrupt is not None:
            raise interrupt
        return self

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Train; skorch swallows what an interrupt raises here, so it is noted.

        Parameters
        ----------
        X : container of n_rows rows
            Rows.
        y : ndarray of int, shape (n_rows,)
            Codes of their classes.
        epochs : int, default=None
            Passes.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        self : NeuralNet
            Trained.
        """
        try:
            return super().fit_loop(X, y, epochs, **fit_params)
        except KeyboardInterrupt as interrupt:
            if not _stops_early(interrupt):
                self._interrupt = interrupt
            raise

    def warn_if_stuck(self, codes):
        """Warn when the loss at the end is that of guessing by class frequencies.

        Parameters
        ----------
        codes : ndarray of int, shape (n_rows,)
            Codes of the rows of the fit.
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
            f"steps, and guessing by class frequencies has {chance:.3g}. The learning rate of "
            f"{lr:.3g} is the likely cause: try lr={lr / 10:.3g}, or lr={lr * 10:.3g} if "
            "the loss never fell.",
            ConvergenceWarning,
            stacklevel=3,
        )


def step_losses(history):
    """Training loss of each step of a fit."""
    return [
        batch["train_loss"]
        for epoch in history
        for batch in epoch["batches"]
        if "train_loss" in batch
    ]


def _chance(codes, weights):
    """Cross-entropy of a guess by class frequencies, in nats."""
    share = np.bincount(codes).astype(np.float64)
    share *= 1 if weights is None else weights
    share = share[share > 0] / share.sum()
    return float(-(share * np.log(share)).sum())


def _stops_early(interrupt):
    """Whether a callback of skorch raised it to stop training, as ``EarlyStopping`` does."""
    trace = interrupt.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    return isinstance(trace.tb_frame.f_locals.get("self"), EarlyStopping)
