"""The net inside a learner, as strategies read it."""

import numbers

import numpy as np
import torch
from sklearn.base import clone
from skorch import NeuralNet
from skorch.dataset import unpack_data

from .._outputs import class_columns
from .._tensors import is_tensor
from .._unwrapping import inside, members_inside, split
from ..pool import num_samples, take_rows
from ..query._base import random_stream
from ..selection import slices
from ._blocks import Blocks
from ._net_rows import measured_blocks
from ._torch import evaluating, last_linear
from .classifier import SeededNet

# rows per call of the steps before a net, whose rows may be paths of images
_STEP_ROWS = 256
_ROWS = 4096


class NetView:
    """The net inside a learner, the steps before it, and the labels of its outputs.

    Parameters
    ----------
    net : skorch.NeuralNet
        An initialized net, usually fitted.
    steps : callable or None
        Transforms rows by the fitted steps before the net.
    found : ndarray of shape (n_found,) or None
        Labels of the first outputs. None: output number c stands for label c.
    """

    def __init__(self, net, steps=None, found=None):
        self.net = net
        self.steps = steps
        self.found = found

    @property
    def module(self):
        """The torch module."""
        return self.net.module_

    def batches(self, X, positions=None):
        """Yield batches of rows on the device of the net.

        Parameters
        ----------
        X : container of n_rows rows
            Rows as the learner takes them.
        positions : ndarray of int, default=None
            Rows to take; they are never copied all at once. None: all rows.

        Yields
        ------
        start : int
            Position of the first row of the batch.
        batch : tensor
            Input of the net.
        """
        start = 0
        n_rows = num_samples(X) if positions is None else len(positions)
        for block in slices(n_rows, _ROWS if self.steps is None else _STEP_ROWS):
            rows = take_rows(X, block if positions is None else positions[block])
            rows = rows if self.steps is None else self.steps(rows)
            for batch in self.net.get_iterator(self.net.get_dataset(rows), training=False):
                inputs = unpack_data(batch)[0]
                yield start, inputs
                start += len(inputs)

    def each(self, function, X, positions=None, *, gradients=False):
        """Yield the results of a function, for as many rows at a time as fit into memory.

        Parameters
        ----------
        function : callable
            ``function(start, batch)`` with the position of the first row.
        X : container of n_rows rows
            Rows as the learner takes them.
        positions : ndarray of int, default=None
            Rows to take. None: all rows.
        gradients : bool, default=False
            Whether the function computes gradients.

        Yields
        ------
        result : object
            Result of each batch in turn.
        """
        blocks = None
        for start, batch in self.batches(X, positions):
            if blocks is None:
                blocks = self._blocks(batch, gradients)
            yield from blocks.each(function, batch, start)

    def _blocks(self, batch, gradients):
        if not is_tensor(batch):
            return Blocks(1)
        if isinstance(self.net, SeededNet) and not gradients:
            return self.net.blocks(batch)
        return measured_blocks(self.net, batch, gradients)

    def forward(self, batch):
        """Return the outputs of the module for one batch."""
        outputs = self.net.infer(batch)
        return outputs[0] if isinstance(outputs, tuple) else outputs

    def n_codes(self, n_outputs):
        """Return how many outputs stand for a class with a label."""
        return n_outputs if self.found is None or not len(self.found) else len(self.found)

    def columns(self, n_outputs):
        """Return the outputs that stand for a class with a label."""
        if self.found is None:
            return class_columns(self.net, n_outputs)
        return np.arange(self.n_codes(n_outputs))

    def codes(self, labels, n_outputs):
        """Return the outputs that stand for labels; classes without a label get the spare outputs.

        Parameters
        ----------
        labels : ndarray of shape (n_rows,)
            Labels.
        n_outputs : int
            Number of outputs of the head.

        Returns
        -------
        codes : ndarray of int64, shape (n_rows,)
            Output of each label.

        Raises
        ------
        ValueError
            If there are more classes than outputs.
        """
        if self.found is None:
            codes = np.asarray(labels).astype(np.int64)
        else:
            unfound = np.setdiff1d(labels, self.found)
            classes = np.concatenate([self.found, unfound]) if len(self.found) else unfound
            order = np.argsort(classes, kind="stable")
            codes = order[np.searchsorted(classes[order], labels)].astype(np.int64)
        outside = (codes < 0) | (codes >= n_outputs)
        if outside.any():
            label = np.asarray(labels)[outside][:1].tolist()[0]
            own = "n_classes" in self.net.get_params(deep=False)
            raise ValueError(
                f"label {label!r} has no output: the net has {n_outputs} outputs, but there are "
                f"{codes.max() + 1} classes, including those of the validation rows. Build the "
                "net with as many outputs from the start: pass "
                f"{'n_classes' if own else 'module__n_classes'}={codes.max() + 1}."
            )
        return codes

    def log_probabilities(self, outputs):
        """Return the log of the class probabilities for outputs of the module."""
        if isinstance(self.net.criterion_, torch.nn.NLLLoss):
            return torch.log(outputs + torch.finfo(outputs.dtype).eps)
        return torch.log_softmax(outputs, dim=1)

    def logits(self, X):
        """Return the outputs of the net for rows, in eval mode without gradients.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        outputs : ndarray of float32, shape (n_rows, n_outputs)
            Outputs of the module.
        """
        with evaluating(self.module), torch.no_grad():
            return np.concatenate(list(self.each(self._on_host, X)))

    def _on_host(self, start, batch):
        return self.forward(batch).cpu().numpy()

    def penultimate(self):
        """Return the name of the head, the layer with the features as input."""
        return last_linear(self.module)


def view_of(learner, name, *, untrained=False):
    """Return a view of the net in a learner.

    Parameters
    ----------
    learner : ActiveLearner, Pipeline, search or skorch net
        Learner with the net.
    name : str
        Name of the caller, for the message.
    untrained : bool, default=False
        True takes the initialized net if the learner has no fitted one.

    Returns
    -------
    view : NetView
        The view.

    Raises
    ------
    TypeError
        If the learner contains no skorch net.
    """
    estimator = getattr(learner, "estimator_", None)
    if estimator is None and untrained:
        return _untrained_view(learner, name)
    net, steps = _unwrap(learner if estimator is None else estimator)
    if not isinstance(net, NeuralNet) or not hasattr(net, "module_"):
        raise TypeError(
            f"{name} needs a fitted skorch net, such as skactive.deep.SeededNet, but the "
            f"learner's estimator is {net!r}."
        )
    if hasattr(learner, "y_labeled_"):
        found = np.unique(learner.y_labeled_)
    else:
        found = net.classes_ if isinstance(net, SeededNet) else None
    return NetView(net, steps, found)


def _untrained_view(learner, name):
    net, steps = _unwrap(learner.estimator)
    if steps is not None or not isinstance(net, NeuralNet):
        raise TypeError(
            f"{name} can pick before the first label only if the estimator is itself a skorch "
            f"net, but it is {learner.estimator!r}."
        )
    net = clone(net)
    if "random_state" in net.get_params(deep=False) and net.random_state is None:
        seed = learner.random_state
        if not isinstance(seed, numbers.Integral):
            seed = int(random_stream(learner).randint(np.iinfo(np.int32).max))
        net.set_params(random_state=seed)
    try:
        return NetView(net.initialize(), None, np.empty(0))
    except ValueError as error:
        raise ValueError(f"{name} uses a net that is not trained yet: {error}") from error


def _unwrap(estimator):
    """Return the last estimator in searches, wrappers and pipelines, and the steps before it."""
    steps = None
    while not isinstance(estimator, NeuralNet):
        if hasattr(estimator, "steps"):
            if steps is not None:
                raise TypeError("a Pipeline inside a Pipeline is not supported.")
            steps, estimator = split(estimator)
            continue
        # take the first member of an ensemble
        inner = next(iter(members_inside(estimator)), inside(estimator))
        if inner is None:
            return estimator, steps
        estimator = inner
    return estimator, steps
