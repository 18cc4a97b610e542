"""Rows that are loaded batch by batch: image files and torch Datasets."""

import os
from typing import Any

import numpy as np
import torch
from PIL import Image
from sklearn.base import BaseEstimator
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset
from torchvision.transforms import functional

from .._parameters import (
    POSITIVE_INT_OR_NONE,
    DeclaredParameters,
    Instance,
    check_parameters,
    options,
)
from .._tensors import is_tensor
from ..pool import is_dataset

__all__ = ["ImageLoader"]


# constraint of load= of a net
LOAD = [Instance("__call__", "a callable load(path)"), None]


# modes of Pillow that fit into a tensor of bytes or numbers
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F")


class ImageLoader(DeclaredParameters, BaseEstimator):
    """Read an image file as a tensor of bytes.

    This is the default ``load`` of the nets in this package. Read more in
    :doc:`/user_guide/images`.

    Parameters
    ----------
    size : int, default=None
        Height and width in pixels. The shorter side is resized to it, and the
        center is kept. None keeps the stored size; then all files must have
        the same size.
    mode : {"L", "RGB", "RGBA"}, default="RGB"
        Mode of Pillow: one, three or four channels.

    See Also
    --------
    SeededNet : Takes it as ``load=``.
    SourceModel : Takes it as ``load=``.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> from skactive.deep import ImageLoader
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "red.png")
    ...     Image.new("RGB", (40, 30), "red").save(path)
    ...     ImageLoader(size=16)(path).shape
    torch.Size([3, 16, 16])
    """

    _parameter_constraints: dict = {"size": POSITIVE_INT_OR_NONE, "mode": [options(*_MODES)]}

    def __init__(self, size: Any = None, mode: str = "RGB") -> None:
        self.size = size
        self.mode = mode

    def __call__(self, path: str | os.PathLike[str]) -> Any:
        """Read one file.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        image : tensor of uint8, shape (channels, height, width)
            Its pixels.

        Raises
        ------
        OSError
            If the file does not exist or is not an image.
        """
        check_parameters(self)
        with Image.open(path) as image:
            image = image.convert(self.mode)
            if self.size is not None:
                image = functional.center_crop(functional.resize(image, self.size), self.size)
            return functional.pil_to_tensor(image)


def are_files(X):
    """Return whether rows are paths: a list, object array or series of str or Path."""
    if is_tensor(X) or is_dataset(X) or hasattr(X, "columns") or not hasattr(X, "__len__"):
        return False
    if getattr(X, "ndim", 1) != 1 or isinstance(X, (str, bytes, dict)) or not len(X):
        return False
    first = X.iloc[0] if hasattr(X, "iloc") else X[0]
    return isinstance(first, (str, os.PathLike))


def is_loaded_later(X):
    """Return whether rows are files or a Dataset, which are loaded batch by batch."""
    return is_dataset(X) or are_files(X)


class LoadedRows(TorchDataset):
    """Rows with class codes, loaded on request.

    Parameters
    ----------
    X : paths, torch Dataset, array or tensor of n_rows rows
        Rows. If a Dataset returns a tuple, its first entry is the row.
    y : ndarray of int, shape (n_rows,), default=None
        Class codes; None gives zeros.
    load : callable, default=None
        Converts a path to a tensor or an array. None: ``ImageLoader()``.
    """

    def __init__(self, X, y=None, load=None):
        self.X = list(X) if are_files(X) else X
        self.y = np.zeros(len(X), dtype=np.int64) if y is None else np.asarray(y)
        self.load = ImageLoader() if load is None else load

    def __len__(self):
        return len(self.X)

    def __getitem__(self, position):
        return self.row(position), torch.as_tensor(self.y[position])

    def __getitems__(self, positions):
        rows = [self.row(position) for position in positions]
        return stacked(rows, positions), torch.from_numpy(self.y[list(positions)])

    def row(self, position):
        """Return one row as a tensor."""
        row = self.X[position]
        if isinstance(row, (str, os.PathLike)):
            row = self.load(row)
        return _as_tensor(row)


class AugmentedRows(TorchDataset):
    """Rows of a Dataset, each changed at random by a seed that comes with its position.

    Parameters
    ----------
    dataset : torch Dataset
        Returns a row and its code.
    augment : callable
        Changes a row, a tensor. It draws from torch's stream.
    """

    def __init__(self, dataset, augment):
        self.dataset = dataset
        self.augment = augment

    def __len__(self):
        return len(self.dataset)

    def __getitems__(self, drawn):
        rows, codes = zip(*(self._row(position, seed) for position, seed in drawn))
        return stacked(rows, [position for position, _ in drawn]), torch.as_tensor(codes)

    def _row(self, position, seed):
        row, code = self.dataset[position]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return self.augment(_as_tensor(row)), int(code)


def _as_tensor(row):
    """Return a row of a Dataset or a loader as a tensor."""
    if isinstance(row, (tuple, list)):
        row = row[0]
    if isinstance(row, Image.Image):
        row = functional.pil_to_tensor(row)
    return row if is_tensor(row) else torch.from_numpy(np.array(row))


def stacked(rows, positions):
    """Return rows as one tensor; raise a ValueError if their shapes differ."""
    shapes = [tuple(row.shape) for row in rows]
    for position, shape in zip(positions, shapes):
        if shape != shapes[0]:
            raise ValueError(
                f"row {positions[0]} of a batch has the shape {shapes[0]}, but row {position} has "
                f"{shape}; all rows of a batch need one shape. Load files with "
                "load=ImageLoader(size=224), or resize the images in the Dataset."
            )
    return torch.stack(list(rows))


def loader(dataset, batches, **options):
    """Return a DataLoader over batches of positions.

    It draws the seeds of its workers from its own stream. So a net trains the
    same on loaded rows as on the same rows in memory.
    """
    options.setdefault("generator", torch.Generator().manual_seed(torch.initial_seed()))
    if isinstance(dataset, (LoadedRows, AugmentedRows)):
        options["collate_fn"] = _as_it_is
    return DataLoader(dataset, batch_sampler=batches, **options)


def _as_it_is(batch):
    return batch
