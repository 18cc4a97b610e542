"""Batches of rows for nets: near-equal sizes when training, whole slices when scoring."""

import numpy as np
import torch


class EvenBatches:
    """Positions of the rows of each batch, in batches of near-equal size.

    No batch has a single row when there are two, because BatchNorm cannot
    train on one; a lone row is taken twice, which gives the same mean loss.

    Parameters
    ----------
    n_rows : int
        Number of rows.
    batch_size : int
        Most rows in a batch.
    shuffle : bool
        True draws a new order for each pass from torch's stream.
    seeded : bool, default=False
        True gives pairs of a position and a seed, drawn from torch's stream.
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
            # all at once, because workers are given batches ahead of time
            rows = list(zip(rows, torch.randint(1 << 31, (len(rows),)).tolist()))
        ends = np.cumsum([len(part) for part in np.array_split(order, len(self))])
        yield from (rows[start:end] for start, end in zip([0, *ends], ends))


class ArrayBatches:
    """Batches cut out of arrays, without going row by row.

    Parameters
    ----------
    X : ndarray or tensor of n_rows rows
        The rows; those of a tensor stay on its device.
    y : ndarray of shape (n_rows,) or None
        Their codes; None gives zeros.
    batches : iterable of slices or lists of positions
        Which rows, batch after batch.
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
                # a net may change what it is given, and a slice is a view of the rows
                block = block.clone() if isinstance(rows, slice) else block
            else:
                # a memory map gives read-only blocks, which torch warns about
                block = torch.from_numpy(np.array(block))
            yield block, torch.from_numpy(np.array(self.y[rows]))
