"""Batches of rows for nets: of near-equal size for training, slices for scoring."""

import numpy as np
import torch


class EvenBatches:
    """Positions of rows in batches of near-equal size.

    BatchNorm cannot train on a single row. So no batch has one row if there
    are at least two, and a lone row is taken twice, which gives the same mean
    loss.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    batch_size : int
        Maximum number of rows in a batch.
    shuffle : bool
        True draws a new order for each pass from torch's random stream.
    seeded : bool, default=False
        True yields pairs of a position and a seed, drawn from torch's random
        stream.
    """

    def __init__(self, n_rows, batch_size, shuffle, seeded=False):
        self.n_rows = n_rows
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seeded = seeded

    def __len__(self):
        n_batches = -(-self.n_rows // self.batch_size)
        return max(1, min(n_batches, self.n_rows // 2) if self.batch_size > 1 else n_batches)

    def __iter__(self):
        order = torch.randperm(self.n_rows).numpy() if self.shuffle else np.arange(self.n_rows)
        if self.n_rows == 1:
            order = np.zeros(2, dtype=np.intp)
        rows = order.tolist()
        if self.seeded:
            # drawn all at once, because workers get batches ahead of time
            rows = list(zip(rows, torch.randint(1 << 31, (len(rows),)).tolist()))
        ends = np.cumsum([len(part) for part in np.array_split(order, len(self))])
        yield from (rows[start:end] for start, end in zip([0, *ends], ends))


class ArrayBatches:
    """Batches sliced from arrays, without a loop over rows.

    Parameters
    ----------
    X : ndarray or tensor of n_rows rows
        The rows; a tensor stays on its device.
    y : ndarray of shape (n_rows,) or None
        Class codes; None gives zeros.
    batches : iterable of slices or lists of positions
        Rows of each batch.
    """

    def __init__(self, X, y, batches):
        self.X = X
        self.y = np.zeros(len(X), dtype=np.int64) if y is None else np.asarray(y)
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __iter__(self):
        for rows in self.batches:
            block = self.X[rows]
            if isinstance(block, torch.Tensor):
                # a net may change its input, and a slice is a view of the rows
                block = block.clone() if isinstance(rows, slice) else block
            else:
                # torch warns about the read-only blocks of a memory map, and adds up channels
                # that are last in memory in another order
                block = torch.from_numpy(np.array(block, order="C"))
            yield block, torch.from_numpy(np.array(self.y[rows]))
