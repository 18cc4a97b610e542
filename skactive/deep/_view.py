"""A learner's net as strategies look at it."""

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

# rows that go through the steps before a net at a time: they may be paths of images
_STEP_ROWS = 256
_ROWS = 4096


class NetView:
    """The net inside a learner, the steps before it, and which output stands for which label.

    Parameters
    ----------
    net : skorch.NeuralNet
        Initialised; fitted, as a rule.
    steps : callable or None
        What the fitted steps before the net make of rows.
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
        """Batches of rows, on the device of the net.

        Parameters
        ----------
        X : container of n_rows rows
            Rows as the learner takes them.
        positions : ndarray of int, default=None
            Which rows; None: all. They are never copied all at once.

        Yields
        ------
        start : int
            Position of the first row of the batch.
        batch : tensor
            What the net takes.
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
        """What a function makes of rows, as many at a time as memory has room for.

        Parameters
        ----------
        function : callable
            ``function(start, batch)`` with the position of the first row.
        X : container of n_rows rows
            Rows as the learner takes them.
        positions : ndarray of int, default=None
            Which rows; None: all.
        gradients : bool, default=False
            Whether the function takes gradients.

        Yields
        ------
        result : object
            Of one batch after the other.
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
        """Outputs of the module for one batch."""
        outputs = self.net.infer(batch)
        return outputs[0] if isinstance(outputs, tuple) else outputs

    def n_codes(self, n_outputs):
        """How many outputs stand for a class of which there is a label."""
        return n_outputs if self.found is None or not len(self.found) else len(self.found)

    def columns(self, n_outputs):
        """The outputs that stand for a class of which there is a label."""
        if self.found is None:
            return class_columns(self.net, n_outputs)
        return np.arange(self.n_codes(n_outputs))

    def codes(self, labels, n_outputs):
        """Outputs that stand for labels; classes without a label yet get the spare ones.

        Parameters
        ----------
        labels : ndarray of shape (n_rows,)
            Labels.
        n_outputs : int
            Outputs of the head.

        Returns
        -------
        codes : ndarray of int64, shape (n_rows,)
            Output of each label.
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
                f"label {label!r} is outside of the head: the net has {n_outputs} outputs, and "
                f"there are {codes.max() + 1} classes with those of the validation rows. Build "
                "the net with as many outputs from the start, by "
                f"{'n_classes' if own else 'module__n_classes'}={codes.max() + 1}."
            )
        return codes

    def log_probabilities(self, outputs):
        """Log of the class probabilities for the outputs of the module."""
        if isinstance(self.net.criterion_, torch.nn.NLLLoss):
            return torch.log(outputs + torch.finfo(outputs.dtype).eps)
        return torch.log_softmax(outputs, dim=1)

    def logits(self, X):
        """Outputs of the net for rows, in eval mode without gradients.

        Parameters
        ----------
        X : container of n_rows rows
            The rows.

        Returns
        -------
        outputs : ndarray of float32, shape (n_rows, n_outputs)
            What the module gives.
        """
        with evaluating(self.module), torch.no_grad():
            return np.concatenate(list(self.each(self._on_host, X)))

    def _on_host(self, start, batch):
        return self.forward(batch).cpu().numpy()

    def penultimate(self):
        """Name of the layer whose input are the features: the head."""
        return last_linear(self.module)


def view_of(learner, name, *, untrained=False):
    """The net of a learner.

    Parameters
    ----------
    learner : ActiveLearner, Pipeline, search or skorch net
        Who asks.
    name : str
        Who wants to know, for the message.
    untrained : bool, default=False
        True takes the net as initialised where the learner has none fitted.

    Returns
    -------
    view : NetView
        Its net.

    Raises
    ------
    TypeError
        If there is no skorch net in it.
    """
    estimator = getattr(learner, "estimator_", None)
    if estimator is None and untrained:
        return _untrained_view(learner, name)
    net, steps = _unwrap(learner if estimator is None else estimator)
    if not isinstance(net, NeuralNet) or not hasattr(net, "module_"):
        raise TypeError(
            f"{name} looks inside a fitted skorch net, such as skactive.deep.SeededNet, and the "
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
            f"{name} can only pick before the first label when the estimator is a skorch net by "
            f"itself, and it is {learner.estimator!r}."
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
        raise ValueError(f"{name} picks by a net that is not trained yet: {error}") from error


def _unwrap(estimator):
    """The last estimator inside searches, meta-estimators and pipelines, and the steps before."""
    steps = None
    while not isinstance(estimator, NeuralNet):
        if hasattr(estimator, "steps"):
            if steps is not None:
                raise TypeError("a Pipeline inside a Pipeline is not looked into.")
            steps, estimator = split(estimator)
            continue
        # the first member of an ensemble stands for all
        inner = next(iter(members_inside(estimator)), inside(estimator))
        if inner is None:
            return estimator, steps
        estimator = inner
    return estimator, steps
