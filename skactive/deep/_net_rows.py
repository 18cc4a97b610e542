"""Which rows a net sees at a time: loaded, augmented, in batches, within memory."""

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

    The net has the parameters ``load`` and ``augment``.
    """

    def get_dataset(self, X, y=None):
        """Rows and codes one by one.

        Parameters
        ----------
        X : container of n_rows rows
            Paths and Datasets are loaded batch by batch.
        y : ndarray of int, shape (n_rows,), default=None
            Codes.

        Returns
        -------
        dataset : torch Dataset
            What ``dataset=`` makes of X and y, if that was given.
        """
        is_own = self.dataset is not Dataset
        if isinstance(X, (LoadedRows, Dataset)) or is_own or not is_loaded_later(X):
            return super().get_dataset(X, y)
        return LoadedRows(X, y, self._loader())

    def _loader(self):
        return self.load

    def get_iterator(self, dataset, training=False):
        """Batches of near-equal size to train, large ones to score.

        Parameters
        ----------
        dataset : torch Dataset
            The rows.
        training : bool, default=False
            Whether to train.

        Returns
        -------
        batches : iterable
            Of pairs of tensors.
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
        """Batches with a progress bar, where many are to be scored and verbose says so."""
        verbose = 0 if training or len(batches) < 2 else self.verbose
        return track(
            batches, len(batches), verbose=verbose, description="score", unit="batches"
        )

    def _rows_to_load(self, dataset):
        return max(self.batch_size, rows_to_load(first_row(dataset)))

    def evaluation_step(self, batch, training=False):
        """Outputs for a batch, worked out in parts that memory has room for.

        Parameters
        ----------
        batch : pair of tensors
            Rows and codes.
        training : bool, default=False
            Whether dropout draws; then the batch is one part.

        Returns
        -------
        outputs : tensor
            What the module gives.
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
        """How many rows go through the net at a time, as measured on the first.

        Parameters
        ----------
        X : tensor of n_rows rows
            As they go into the net.
        gradients : bool, default=False
            Whether what a backward pass needs is kept.

        Returns
        -------
        blocks : Blocks
            The same object for rows of the same shape.
        """
        known = self.__dict__.setdefault("_blocks", {})
        key = tuple(X.shape[1:]), str(X.dtype), gradients
        if key not in known:
            known[key] = measured_blocks(self, X, gradients)
        return known[key]

    def train_step_single(self, batch, **fit_params):
        """One training step; a batch too large for memory adds up the gradients of its parts.

        Parameters
        ----------
        batch : pair of tensors
            Rows and codes.
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
        """The loss of a batch, or the share of it that a part has.

        Parameters
        ----------
        y_pred : tensor
            Outputs of the module.
        y_true : tensor of int
            Codes.
        *args, **kwargs : object
            As in skorch.

        Returns
        -------
        loss : tensor
            One number.
        """
        loss = super().get_loss(y_pred, y_true, *args, **kwargs)
        share = getattr(self, "_share", None)
        return loss if share is None or not kwargs.get("training") else loss * share.to(loss)

    def _splits(self, X):
        """Whether the gradients of parts of a batch add up to that of the batch."""
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
    """How much each row counts in a mean loss."""
    weight = getattr(criterion, "weight", None)
    y = torch.as_tensor(y).long()
    return torch.ones(len(y)) if weight is None else weight.detach().cpu()[y.cpu()]


def measured_blocks(net, X, gradients):
    """Blocks for a fitted skorch net; the batch size of its loader is the limit, if one is set."""
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
    """Batches as lists of positions, which a DataLoader wants."""
    if isinstance(batches, list):
        return [list(range(block.start, block.stop)) for block in batches]
    return batches


def first_row(dataset):
    """The first row of a Dataset with an axis before it, or None where that is no array."""
    if not len(dataset):
        return None
    rows = dataset.X if type(dataset) is Dataset else None
    if isinstance(rows, np.ndarray):
        return torch.from_numpy(np.array(rows[:1]))
    if is_tensor(rows):
        return rows[:1].clone()
    if type(dataset) is Dataset and not isinstance(rows, torch.utils.data.Dataset):
        return None
    row = dataset[0][0]
    row = torch.from_numpy(np.array(row)) if isinstance(row, np.ndarray) else row
    return row[None] if is_tensor(row) else None
