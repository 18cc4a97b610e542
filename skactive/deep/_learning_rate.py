"""A learning rate from short trials: the largest that trains best over a few steps."""

import copy

import numpy as np
import torch

# each trial has about a third of the learning rate of the one before it
_FACTOR = 10**-0.5
_TRIALS = 6
TRIAL_STEPS = 15
# a smaller rate must be that much better
_GAIN = 0.95


def find_learning_rate(net, X, y, highest):
    """The learning rate with which the loss of a net is lowest after a few steps.

    Trials go down from the highest rate and end with the first that is not
    better than the one before it. Each starts from the same weights and sees
    the same batches; weights, optimizer and random stream are as before
    afterwards.

    Parameters
    ----------
    net : SeededNet
        Initialized.
    X : container of n_rows rows
        Rows.
    y : ndarray of int, shape (n_rows,)
        Codes of their classes.
    highest : float
        The rate of the first trial.

    Returns
    -------
    lr : float
        The best of those tried.
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
    """Mean loss of the last third of the steps of one trial, infinite if it diverged."""
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
    """Give all parameters of a net one learning rate."""
    for group in net.optimizer_.param_groups:
        group["lr"] = lr


def _state(net):
    return copy.deepcopy((net.module_.state_dict(), net.optimizer_.state_dict()))


def _restore(net, state):
    module, optimizer = copy.deepcopy(state)
    net.module_.load_state_dict(module)
    net.optimizer_.load_state_dict(optimizer)
