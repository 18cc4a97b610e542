"""CPU tensors that behave as if they were on an accelerator, and a count of copied numbers."""

from contextlib import contextmanager
from unittest import mock

REFUSAL = (
    "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to "
    "host memory first."
)


@contextmanager
def accelerator():
    """Numpy cannot read a tensor, unless it comes from ``cpu()``; the sizes of those are given.

    Yields
    ------
    copies : list of int
        How many numbers each copy to the host had.
    """
    import torch

    copies, as_numpy = [], torch.Tensor.numpy

    def cpu(tensor):
        copies.append(tensor.numel())
        copied = tensor.detach().clone()
        copied.is_on_host = True
        return copied

    def numpy(tensor, *args, **kwargs):
        if getattr(tensor, "is_on_host", False):
            return as_numpy(tensor, *args, **kwargs)
        raise TypeError(REFUSAL)

    def tolist(tensor):
        return cpu(tensor).numpy().tolist()

    with (
        mock.patch("skactive._tensors._HOSTS", ()),
        mock.patch.object(torch.Tensor, "cpu", cpu),
        mock.patch.object(torch.Tensor, "numpy", numpy),
        mock.patch.object(torch.Tensor, "tolist", tolist),
    ):
        yield copies
