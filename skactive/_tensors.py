"""Torch tensors: where their numbers are, and when they are copied to the host.

A tensor on the CPU is viewed as a numpy array without a copy. A tensor on an
accelerator stays there: rows are taken, and outputs of models and embeddings are
reduced, on the device. Only the picks or one number per row are copied to the host.
This module never imports torch. If there is a tensor, torch is already imported.
"""

import functools
import sys

import numpy as np

__all__ = ["to_numpy", "ask_rows", "asked", "is_tensor", "on_accelerator", "row_sums"]

# devices handled by numpy; Apple's accelerator shares the memory and has no float64
_HOSTS = ("cpu", "mps")
# error of a product if torch may use less than float32: two factors, each rounded to the 10
# bits of TensorFloat32 (by 2**-11) or to the 7 of bfloat16 (by 2**-8)
_ROUNDING = {"high": 2.0**-10, "medium": 2.0**-7}


def is_tensor(X):
    """Whether X is a torch tensor, on any device."""
    return isinstance(X, getattr(sys.modules.get("torch"), "Tensor", ()))


def on_accelerator(X):
    """Whether X is a tensor on an accelerator."""
    return is_tensor(X) and X.device.type not in _HOSTS


def to_numpy(values):
    """The numbers of a tensor as a numpy array; other objects as they are.

    Parameters
    ----------
    values : tensor or any object
        A tensor on the CPU is viewed, one on another device is copied.

    Returns
    -------
    values : ndarray or any object
        bfloat16, which numpy lacks, is converted to float32.
    """
    if not is_tensor(values):
        return values
    is_unknown = values.dtype == sys.modules["torch"].bfloat16
    values = values.detach().float() if is_unknown else values.detach()
    return values.cpu().numpy()


def ask_rows(method, X, *others, **params):
    """``method(X, *others, **params)``, with tensors as numpy arrays if the method needs these.

    Parameters
    ----------
    method : callable
        A method of a model. If torch refuses to convert a tensor on an accelerator to
        a numpy array, the method is called again with copies on the host. Other
        errors are raised.
    X : container of n_rows rows
        The rows.
    *others : object
        Further arguments.
    **params : dict
        Keyword arguments.

    Returns
    -------
    answer : object
        The result; a tensor if it is on an accelerator.
    """
    try:
        return method(X, *others, **params)
    except TypeError as error:
        if not is_tensor(X) or not is_refusal(error):
            raise
    return method(to_numpy(X), *map(to_numpy, others), **params)


def asked(method, X):
    """A method of a model to call with X; through :func:`ask_rows` if X is a tensor."""
    if isinstance(X, np.ndarray) or not is_tensor(X):
        return method
    return functools.partial(ask_rows, method)


def is_refusal(error):
    """Whether an error says that numpy cannot read a tensor on an accelerator."""
    return "Tensor.cpu()" in str(error)


def wide(values):
    """Numbers in float64: a tensor if they are on an accelerator, otherwise an array."""
    if on_accelerator(values):
        return values.detach().double()
    return np.asarray(to_numpy(values), dtype=np.float64)


def both_sides(values):
    """Decision values d of two classes as the columns -d and d."""
    return values[:, None] * beside(np.array([-1, 1], dtype=np.int8), values)


def lowest(values):
    """The lowest finite number in the precision of the values."""
    library = sys.modules["torch"] if on_accelerator(values) else np
    return library.finfo(values.dtype).min


def filled(shape, fill, like):
    """An array filled with one number; a tensor if ``like`` is on an accelerator."""
    if on_accelerator(like):
        return like.new_full(shape, fill)
    return np.full(shape, fill, dtype=like.dtype)


def beside(values, like):
    """Numbers on the device of ``like``, or unchanged if ``like`` is not a tensor."""
    if not is_tensor(like):
        return values
    return sys.modules["torch"].as_tensor(values, device=like.device)


def join(*tensors):
    """Join the rows of several tensors on the device of the first."""
    return sys.modules["torch"].cat([tensor.to(tensors[0].device) for tensor in tensors])


def on_tensors(tensor_form):
    """Decorator: use another function if the first argument is on an accelerator."""

    def decorate(function):
        @functools.wraps(function)
        def either(values):
            return (tensor_form if on_accelerator(values) else function)(values)

        return either

    return decorate


def row_sums(terms):
    """Sum of each row, in an order that depends only on the number of terms.

    A library's own reduction may sum a row in another order if there are other rows
    beside it. Equal rows would then get different sums.

    Parameters
    ----------
    terms : tensor, shape (n_rows, n_terms)
        Overwritten.

    Returns
    -------
    sums : tensor, shape (n_rows,)
        One number per row.
    """
    width = terms.shape[1]
    if not width:
        return terms.sum(1)
    while width > 1:
        half = (width + 1) // 2
        terms[:, : width - half] += terms[:, half:width]
        width = half
    return terms[:, 0].clone()


def entropy(probabilities):
    """Entropy of each row in nats, in float64."""
    wide = probabilities.double()
    # subtracted from 0.0, so that a certain row does not get -0.0
    return 0.0 - row_sums(wide.xlogy(wide))


def margin(values):
    """Gap between the two largest numbers of each row, in float64."""
    top = values.double().topk(min(2, values.shape[1]), dim=1).values
    return top[:, 0] - top[:, 1] if top.shape[1] > 1 else top[:, 0]


def largest(values):
    """The largest number of each row, in float64."""
    return values.double().amax(1)


def logistic(values):
    """The logistic function of each number."""
    return values.sigmoid()


def softmax(values):
    """Softmax of each row."""
    return values.softmax(1)


def safe_precision(vectors):
    """The rows, in float64 if their squares would overflow."""
    # so that a sum of squares stays finite, as in skactive._greedy.nearest
    limit = sys.modules["torch"].finfo(working_type(vectors)).max ** 0.4
    lowest, highest = map(float, vectors.aminmax()) if vectors.numel() else (0.0, 0.0)
    return vectors if max(highest, -lowest) < limit else vectors.double()


def working_type(vectors):
    """The type for products of the rows: float32, unless they are float64."""
    torch = sys.modules["torch"]
    return torch.float64 if vectors.dtype == torch.float64 else torch.float32


def rounding(dtype):
    """The relative rounding error of a product of matrices."""
    torch = sys.modules["torch"]
    if dtype == torch.float32:
        try:
            allowed = _ROUNDING.get(torch.get_float32_matmul_precision(), 0.0)
        except RuntimeError:  # set by newer settings, which this function does not read
            allowed = _ROUNDING["medium"]
        return max(torch.finfo(dtype).eps, allowed)
    return torch.finfo(dtype).eps
