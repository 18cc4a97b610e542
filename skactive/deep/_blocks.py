"""How many rows go through a net at a time, given the memory that a row needs."""

import torch

from .._tensors import is_tensor

# bytes that a block may need; on the CPU, larger blocks are slower, because the memory of
# large tensors is mapped anew for every layer
_ON_CPU, _ON_CPU_WITH_GRADIENTS, _ON_ACCELERATOR = 1 << 27, 1 << 29, 1 << 31
_MOST_ROWS = 512
# bytes of the rows themselves, before they go through the net
_INPUT_BYTES = 1 << 26


class Blocks:
    """Apply a function to parts of a batch, and make the parts smaller when memory runs out.

    Parameters
    ----------
    most : int
        Maximum number of rows in a part. It is halved when a call runs out of
        memory.
    """

    def __init__(self, most):
        self.most = most

    def each(self, function, batch, start=0):
        """Yield the result of a function for each part.

        Parameters
        ----------
        function : callable
            ``function(start, part)``, with the position of the first row.
        batch : tensor of n_rows rows
            The rows. Anything but a tensor is one part.
        start : int, default=0
            Position of the first row of the batch.

        Yields
        ------
        result : object
            Result of each part in turn.
        """
        if not is_tensor(batch):
            yield function(start, batch)
            return
        first = 0
        while first < len(batch):
            part = batch[first : first + self.most] if self.most < len(batch) else batch
            try:
                result = function(start + first, part)
            except (RuntimeError, MemoryError) as error:
                if len(part) < 2 or not is_out_of_memory(error):
                    raise
                self.most = len(part) // 2
                continue
            yield result
            first += len(part)


def is_out_of_memory(error):
    """Return whether an error means that a device has no memory left."""
    kinds = (MemoryError, getattr(torch, "OutOfMemoryError", MemoryError))
    if isinstance(error, (*kinds, torch.cuda.OutOfMemoryError)):
        return True
    text = str(error).lower()
    return any(sign in text for sign in ("out of memory", "can't allocate memory"))


def rows_at_a_time(module, forward, row, *, gradients=False):
    """Return how many rows fit into a block.

    Parameters
    ----------
    module : torch.nn.Module
        The module, in the mode in which it will be used.
    forward : callable
        ``forward(batch)``.
    row : tensor of one row
        Input of the net.
    gradients : bool, default=False
        Whether to count the memory for a backward pass.

    Returns
    -------
    n_rows : int
        Number of rows, from 1 to 512.
    """
    taken = row_bytes(module, forward, row, gradients=gradients)
    on_host = getattr(_device(module), "type", "cpu") == "cpu"
    on_cpu = _ON_CPU_WITH_GRADIENTS if gradients else _ON_CPU
    room = on_cpu if on_host else _ON_ACCELERATOR
    return max(1, min(_MOST_ROWS, room // max(taken, 1)))


def rows_to_load(row):
    """Return how many rows to load at a time: 64 MiB of them, from 1 to 512."""
    size = row.numel() * row.element_size() if is_tensor(row) else 1
    return max(1, min(_MOST_ROWS, _INPUT_BYTES // max(size, 1)))


def row_bytes(module, forward, row, *, gradients=False):
    """Measure the bytes that a row needs on its way through a module.

    Without gradients, these are twice the largest input and output of a layer,
    because the layer needs memory to work. With gradients, they include what
    is saved for the backward pass.
    """
    largest = [0]

    def note(layer, inputs, outputs):
        largest[0] = max(largest[0], _n_bytes(inputs) + _n_bytes(outputs))

    layers = [layer for layer in module.modules() if not list(layer.children())]
    handles = [layer.register_forward_hook(note) for layer in layers]
    try:
        with torch.set_grad_enabled(gradients):
            saved = _saved_bytes(module, forward, row)
    finally:
        for handle in handles:
            handle.remove()
    return 2 * largest[0] + (saved if gradients else 0)


def _saved_bytes(module, forward, row):
    """Return the bytes that a forward pass keeps for the backward pass, without parameters."""
    weights = {part.untyped_storage().data_ptr() for part in module.parameters()}
    sizes = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            # of a view of a larger storage, count the view
            sizes[storage.data_ptr()] = min(storage.nbytes(), _n_bytes(tensor))
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        outputs = forward(row)
    del outputs
    return sum(sizes.values())


def _n_bytes(values):
    if is_tensor(values):
        return values.numel() * values.element_size()
    if isinstance(values, (tuple, list)):
        return sum(map(_n_bytes, values))
    return 0


def _device(module):
    return next((part.device for part in module.parameters()), None)
