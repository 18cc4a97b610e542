"""Rows on their way into a net: loaded, augmented, in batches, within memory."""

import numpy as np
import torch
from skorch.dataset import Dataset, unpack_data
from torch import nn
from torch.utils.data import DataLoader

from .._progress import track
from .._tensors import is_tensor
from ..selection import slices
from ._batches import ArrayBatches, EvenBatches
from ._blocks import Blocks, rows_at_a_time, rows_to_load
from ._torch import evaluating
from .loading import AugmentedRows, LoadedRows, is_loaded_later, loader

_UNMEASURED = 512


class RowsMixin:
    """Batches of a skorch net, for rows in memory, image files and torch Datasets.

    The net must have the parameters ``load`` and ``augment``.
    """

    def get_dataset(self, X, y=None):
        """Return a Dataset of rows and class codes.

        Parameters
        ----------
        X : container of n_rows rows
            Rows. Paths and Datasets are loaded batch by batch.
        y : ndarray of int, shape (n_rows,), default=None
            Class codes.

        Returns
        -------
        dataset : torch Dataset
            The rows; of the class ``dataset=`` if the user gave one.
        """
        is_own = self.dataset is not Dataset
        if isinstance(X, (LoadedRows, Dataset)) or is_own or not is_loaded_later(X):
            return super().get_dataset(X, y)
        return LoadedRows(X, y, self._loader())

    def _loader(self):
        return self.load

    def get_iterator(self, dataset, training=False):
        """Return batches of near-equal size for training, large ones for scoring.

        Parameters
        ----------
        dataset : torch Dataset
            The rows.
        training : bool, default=False
            Whether the batches are for training.

        Returns
        -------
        batches : iterable
            Pairs of tensors.
        """
        kind = self.iterator_train if training else self.iterator_valid
        if kind is not DataLoader:
            return super().get_iterator(dataset, training=training)
        options = self.get_params_for("iterator_train" if training else "iterator_valid")
        size = options.pop("batch_size", None) or (self.batch_size if training else None)
        size = len(dataset) if size == -1 else size or self._rows_to_load(dataset)
        shuffle = options.pop("shuffle", training)
        augmented = training and self.augment is not None
        if training:
            batches = EvenBatches(len(dataset), size, shuffle, augmented)
        else:
            batches = slices(len(dataset), size)
        if augmented:
            return loader(AugmentedRows(dataset, self.augment), batches, **options)
        return self._shown(_batches_of(dataset, batches, options), training)

    def _shown(self, batches, training):
        """Add a progress bar when scoring many batches, if verbose asks for it."""
        verbose = 0 if training or len(batches) < 2 else self.verbose
        return track(
            batches, len(batches), verbose=verbose, description="score", unit="batches"
        )

    def _rows_to_load(self, dataset):
        return max(self.batch_size, rows_to_load(first_row(dataset)))

    def evaluation_step(self, batch, training=False):
        """Return the outputs for a batch, computed in parts that fit into memory.

        Parameters
        ----------
        batch : pair of tensors
            Rows and class codes.
        training : bool, default=False
            Whether dropout is on; then the batch is not split.

        Returns
        -------
        outputs : tensor
            Outputs of the module.
        """
        X = unpack_data(batch)[0]
        if training or not is_tensor(X):
            return super().evaluation_step(batch, training=training)
        step = super().evaluation_step
        parts = list(self.blocks(X).each(lambda start, part: step((part, None)), X))
        if isinstance(parts[0], tuple):
            return tuple(map(torch.cat, zip(*parts)))
        return torch.cat(parts)

    def blocks(self, X, gradients=False):
        """Return how many rows go through the net at a time, measured on the first row.

        Parameters
        ----------
        X : tensor of n_rows rows
            Input of the net.
        gradients : bool, default=False
            Whether to count the memory for a backward pass.

        Returns
        -------
        blocks : Blocks
            The same object for all rows of the same shape.
        """
        known = self.__dict__.setdefault("_blocks", {})
        key = tuple(X.shape[1:]), str(X.dtype), gradients
        if key not in known:
            known[key] = measured_blocks(self, X, gradients)
        return known[key]

    def train_step_single(self, batch, **fit_params):
        """Take one training step; sum the gradients of parts if the batch is too large for memory.

        Parameters
        ----------
        batch : pair of tensors
            Rows and class codes.
        **fit_params : dict
            As in skorch.

        Returns
        -------
        step : dict
            Loss and outputs.
        """
        X, y = unpack_data(batch)
        size = self.blocks(X, gradients=True).most if self._splits(X) else len(X)
        if size >= len(X):
            return super().train_step_single(batch, **fit_params)
        step = super().train_step_single
        weights = _row_weights(self.criterion_, y)
        total, steps = weights.sum(), []
        for part in slices(len(X), size):
            self._share = weights[part].sum() / total
            steps.append(step((X[part], y[part]), **fit_params))
        self._share = None
        outputs = [step["y_pred"] for step in steps]
        return {"loss": sum(step["loss"] for step in steps), "y_pred": torch.cat(outputs)}

    def get_loss(self, y_pred, y_true, *args, **kwargs):
        """Return the loss of a batch, or of a part its share in the loss of the batch.

        Parameters
        ----------
        y_pred : tensor
            Outputs of the module.
        y_true : tensor of int
            Class codes.
        *args, **kwargs : object
            As in skorch.

        Returns
        -------
        loss : tensor
            A scalar.
        """
        loss = super().get_loss(y_pred, y_true, *args, **kwargs)
        share = getattr(self, "_share", None)
        return loss if share is None or not kwargs.get("training") else loss * share.to(loss)

    def _splits(self, X):
        """Return whether the gradients of parts of a batch add up to that of the batch."""
        if not is_tensor(X) or len(X) < 2 or not isinstance(self.criterion_, _MEANS):
            return False
        if self.criterion_.reduction != "mean":
            return False
        self._set_training(True)
        layers = self.module_.modules()
        return not any(isinstance(layer, _NORMS) and layer.training for layer in layers)


_MEANS = (nn.CrossEntropyLoss, nn.NLLLoss)
_NORMS = nn.modules.batchnorm._BatchNorm


def _row_weights(criterion, y):
    """Return the weight of each row in a mean loss."""
    weight = getattr(criterion, "weight", None)
    y = torch.as_tensor(y).long()
    return torch.ones(len(y)) if weight is None else weight.detach().cpu()[y.cpu()]


def measured_blocks(net, X, gradients):
    """Return blocks for a skorch net; the batch size of its loader, if set, is the limit."""
    chosen = getattr(net, "iterator_valid__batch_size", None)
    if chosen and chosen > 0 and not gradients:
        return Blocks(chosen)
    module = net.module_
    with evaluating(module):
        return Blocks(rows_at_a_time(module, net.infer, X[:1], gradients=gradients))


def _batches_of(dataset, batches, options):
    rows = dataset.X if type(dataset) is Dataset else None
    if not options and isinstance(rows, (np.ndarray, torch.Tensor)):
        return ArrayBatches(dataset.X, dataset.y, batches)
    positions = _positions(batches)
    return loader(dataset, positions, **options)


def _positions(batches):
    """Return batches as lists of positions, as a DataLoader needs them."""
    if isinstance(batches, list):
        return [list(range(block.start, block.stop)) for block in batches]
    return batches


def first_row(dataset):
    """Return the first row of a Dataset as a batch, or None if it is not an array."""
    if not len(dataset):
        return None
    rows = dataset.X if type(dataset) is Dataset else None
    if isinstance(rows, np.ndarray):
        return torch.from_numpy(np.array(rows[:1], order="C"))
    if is_tensor(rows):
        return rows[:1].clone()
    if type(dataset) is Dataset and not isinstance(rows, torch.utils.data.Dataset):
        return None
    row = dataset[0][0]
    row = torch.from_numpy(np.array(row)) if isinstance(row, np.ndarray) else row
    return row[None] if is_tensor(row) else None
