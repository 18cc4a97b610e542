"""Outputs of a source model, computed batch by batch and kept on disk."""

from contextlib import contextmanager
from functools import partial

import joblib
import numpy as np
import torch

from .._progress import track
from .._tensors import is_tensor
from ..pool import num_samples, take_rows
from ..selection import slices
from ._blocks import Blocks, is_out_of_memory, rows_at_a_time
from ._store import RowStore, file_key, row_key
from ._torch import capturing, evaluating, last_linear, pooled
from ._weights import enum_member
from .loading import LoadedRows, are_files, is_loaded_later, loader


def source_outputs(model, X, store=None):
    """Return features and probabilities of rows.

    Parameters
    ----------
    model : SourceModel
        The net and its settings.
    X : container of n_rows rows
        Images, paths or a torch Dataset.
    store : RowStore, default=None
        Where outputs are looked up and kept.

    Returns
    -------
    features : ndarray of float32, shape (n_rows, n_features)
        Features of the rows.
    probabilities : ndarray of float32, shape (n_rows, n_source_classes)
        Probabilities; each row sums to 1.

    Raises
    ------
    ValueError
        If there are no rows, or if the net does not take them.
    """
    if not num_samples(X):
        raise ValueError("X has 0 rows, so there is nothing to compute.")
    outputs = _Outputs(num_samples(X), store)
    if store is not None and are_files(X):
        outputs.recall(np.arange(len(X)), [file_key(path) for path in list(X)])
    try:
        with _looking(model) as look:
            for positions, batch in _batches(model, X, np.flatnonzero(~outputs.done)):
                outputs.fill(positions, batch, look)
    finally:
        if store is not None:
            store.flush()
    return outputs.arrays


def open_store(model, folder):
    """Open the store of a source model: a folder named after all that its outputs depend on."""
    state = {name: value.cpu().numpy() for name, value in model.module.state_dict().items()}
    settings = str(model.module), model.layer, model.preprocess, model.load, _preset(model)
    return RowStore(f"{folder}/skactive-{joblib.hash((state, settings))}")


def _preset(model):
    """Return the name of the torchvision preprocessing in use, if any."""
    return None if model.preprocess is not None else str(enum_member(model.weights))


class _Outputs:
    """Arrays of outputs, filled from a store or by the net."""

    def __init__(self, n_rows, store):
        self.store = store
        self.done = np.zeros(n_rows, dtype=bool)
        self.keys = [None] * n_rows
        self.arrays = None

    def recall(self, positions, keys):
        """Fill in what the store has for these keys."""
        for position, key in zip(positions, keys):
            self.keys[position] = key
        for places, arrays in self.store.read(keys):
            self._put(positions[places], arrays)

    def fill(self, positions, batch, look):
        """Fill in loaded rows; the net computes those that are not in the store."""
        if self.store is not None and self.keys[positions[0]] is None:
            self.recall(positions, [row_key(row.cpu().numpy()) for row in batch])
        todo = ~self.done[positions]
        if not todo.any():
            return
        batch = batch if todo.all() else batch[torch.from_numpy(todo).to(batch.device)]
        arrays, positions = look(batch), positions[todo]
        if self.store is not None:
            self.store.add([self.keys[position] for position in positions], *arrays)
        self._put(positions, arrays)

    def _put(self, positions, arrays):
        if self.arrays is None:
            shapes = [(len(self.done), *part.shape[1:]) for part in arrays]
            self.arrays = tuple(np.empty(shape, dtype=np.float32) for shape in shapes)
        for array, part in zip(self.arrays, arrays):
            array[positions] = part
        self.done[positions] = True


def _batches(model, X, positions):
    """Yield positions of rows and the rows as a tensor, batch by batch."""
    blocks = [positions[block] for block in slices(len(positions), model.batch_size)]
    shown = {"verbose": model.verbose, "description": "SourceModel", "unit": "batches"}
    if is_loaded_later(X):
        rows = LoadedRows(X, load=model.load)
        batches = loader(rows, [b.tolist() for b in blocks], num_workers=model.num_workers)
        batches = (batch for batch, _ in batches)
    else:
        batches = (_rows(X, block) for block in blocks)
    return track(zip(blocks, batches), len(blocks), **shown)


def _rows(X, positions):
    first, last = int(positions[0]), int(positions[-1])
    is_run = last - first + 1 == len(positions)
    rows = take_rows(X, slice(first, last + 1) if is_run else positions)
    return rows if is_tensor(rows) else torch.from_numpy(np.array(rows, order="C"))


@contextmanager
def _looking(model):
    """Yield a function from a batch to features and probabilities, as numpy arrays."""
    module, name = model.module, model.layer or last_linear(model.module)
    sizes = []
    with evaluating(module), torch.no_grad():
        with capturing(module, [name], inputs=model.layer is None) as maps:

            def look(start, part):
                probabilities = _forward(model, part).softmax(dim=1).cpu().numpy()
                return pooled(maps[name]).cpu().numpy(), probabilities

            def look_at_all(batch):
                batch = batch.to(model.device)
                if not sizes:
                    forward = partial(_forward, model)
                    sizes.append(Blocks(rows_at_a_time(module, forward, batch[:1])))
                return tuple(map(np.concatenate, zip(*sizes[0].each(look, batch))))

            yield look_at_all


def _forward(model, batch):
    try:
        return model.module(model.prepare(batch))
    except RuntimeError as error:
        if is_out_of_memory(error):
            raise
        raise ValueError(
            f"{type(model.module).__name__} does not take rows of shape {tuple(batch.shape[1:])}, "
            f"dtype {batch.dtype}; images have shape (n_rows, channels, height, width): {error}"
        ) from error
