"""Find a learning rate by short trials."""

import copy

import numpy as np
import torch

# factor of the learning rate from one trial to the next
_FACTOR = 10**-0.5
_TRIALS = 6
TRIAL_STEPS = 15
# a smaller rate must lower the loss at least by this factor
_GAIN = 0.95


def find_learning_rate(net, X, y, highest):
    """Find the learning rate with the lowest loss after a few steps.

    Trials go down from the highest rate, and stop at the first rate that is
    not better than the previous one. Each trial starts from the same weights
    and sees the same batches. At the end, weights, optimizer and random stream
    are restored.

    Parameters
    ----------
    net : SeededNet
        An initialized net.
    X : container of n_rows rows
        Training rows.
    y : ndarray of int, shape (n_rows,)
        Class codes.
    highest : float
        Rate of the first trial.

    Returns
    -------
    lr : float
        The best rate tried.
    """
    train, _ = net.get_split_datasets(X, y)
    before = _state(net)
    best, lowest = highest, np.inf
    for number in range(_TRIALS):
        lr = highest * _FACTOR**number
        loss = _loss_after(net, train, lr)
        _restore(net, before)
        if not loss < _GAIN * lowest and np.isfinite(lowest):
            break
        best, lowest = (lr, loss) if loss < lowest else (best, lowest)
    return best


def _loss_after(net, dataset, lr):
    """Return the mean loss of the last third of a trial, infinite if it diverged."""
    set_learning_rate(net, lr)
    losses = []
    devices = [torch.device(net.device)] if torch.device(net.device).type == "cuda" else []
    with torch.random.fork_rng(devices):
        while len(losses) < TRIAL_STEPS:
            for batch in net.get_iterator(dataset, training=True):
                losses.append(net.train_step(batch)["loss"].item())
                if len(losses) == TRIAL_STEPS or not np.isfinite(losses[-1]):
                    break
            if not np.isfinite(losses[-1]):
                return np.inf
    return float(np.mean(losses[-(TRIAL_STEPS // 3) :]))


def set_learning_rate(net, lr):
    """Set one learning rate for all parameters of a net."""
    for group in net.optimizer_.param_groups:
        group["lr"] = lr


def _state(net):
    return copy.deepcopy((net.module_.state_dict(), net.optimizer_.state_dict()))


def _restore(net, state):
    module, optimizer = copy.deepcopy(state)
    net.module_.load_state_dict(module)
    net.optimizer_.load_state_dict(optimizer)
