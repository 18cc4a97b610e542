"""Support for tensors without an import of torch.

A torch tensor on the CPU is viewed as a numpy array, without a copy. A tensor on
an accelerator stays there: its rows are selected there, and the outputs of models
and embeddings are reduced there. Only one number per row, or the picks, come to the
host. torch is never imported here; if there is a tensor, it is already imported.
"""

import functools
import sys

import numpy as np

__all__ = ["to_numpy", "ask_rows", "asked", "is_tensor", "on_accelerator", "row_sums"]

# devices computed with numpy: Apple's accelerator shares the memory and has no float64
_HOSTS = ("cpu", "mps")
# largest error of a product if torch may use less than float32: two factors, each rounded
# to the 10 bits of TensorFloat32 (by 2**-11) or to the 7 of bfloat16 (by 2**-8)
_ROUNDING = {"high": 2.0**-10, "medium": 2.0**-7}


def is_tensor(X):
    """Return whether X is a torch tensor, on any device."""
    return isinstance(X, getattr(sys.modules.get("torch"), "Tensor", ()))


def on_accelerator(X):
    """Return whether X is a tensor on an accelerator, where it should stay."""
    return is_tensor(X) and X.device.type not in _HOSTS


def to_numpy(values):
    """Return a tensor as a numpy array, and any other object unchanged.

    Parameters
    ----------
    values : tensor or anything
        A tensor on the CPU is viewed, a tensor on another device is copied.

    Returns
    -------
    values : ndarray or anything
        The array; bfloat16 becomes float32, because numpy lacks it.
    """
    if not is_tensor(values):
        return values
    is_unknown = values.dtype == sys.modules["torch"].bfloat16
    values = values.detach().float() if is_unknown else values.detach()
    return values.cpu().numpy()


def ask_rows(method, X, *others, **params):
    """Call ``method(X, *others, **params)``, with tensors as numpy arrays if it needs that.

    Parameters
    ----------
    method : callable
        Method of a model. If torch refuses to convert a tensor on an
        accelerator to numpy inside it, it is called again with copies on the
        host. Other errors are raised.
    X : container of n_rows rows
        The rows.
    *others : object
        Further positional arguments.
    **params : dict
        Keyword arguments.

    Returns
    -------
    answer : object
        Result of the method; it may be a tensor on an accelerator.
    """
    try:
        return method(X, *others, **params)
    except TypeError as error:
        if not is_tensor(X) or not is_refusal(error):
            raise
    return method(to_numpy(X), *map(to_numpy, others), **params)


def asked(method, X):
    """Return a method of a model to call with X: through :func:`ask_rows` if X is a tensor."""
    if isinstance(X, np.ndarray) or not is_tensor(X):
        return method
    return functools.partial(ask_rows, method)


def is_refusal(error):
    """Return whether the error is torch's refusal to convert a tensor on a device to numpy."""
    return "Tensor.cpu()" in str(error)


def wide(values):
    """Return numbers in float64: a tensor if they are on an accelerator, otherwise an array."""
    if on_accelerator(values):
        return values.detach().double()
    return np.asarray(to_numpy(values), dtype=np.float64)


def both_sides(values):
    """Return decision values d of two classes as the columns -d and d."""
    return values[:, None] * beside(np.array([-1, 1], dtype=np.int8), values)


def lowest(values):
    """Return the lowest finite number in the precision of the values."""
    library = sys.modules["torch"] if on_accelerator(values) else np
    return library.finfo(values.dtype).min


def filled(shape, fill, like):
    """Return an array of one number, or a tensor if ``like`` is on an accelerator."""
    if on_accelerator(like):
        return like.new_full(shape, fill)
    return np.full(shape, fill, dtype=like.dtype)


def beside(values, like):
    """Move numbers to the device of a tensor; for any other object, do nothing."""
    if not is_tensor(like):
        return values
    return sys.modules["torch"].as_tensor(values, device=like.device)


def join(*tensors):
    """Concatenate the rows of several tensors on the device of the first one."""
    return sys.modules["torch"].cat([tensor.to(tensors[0].device) for tensor in tensors])


def on_tensors(tensor_form):
    """Make a decorator that calls another function if the argument is on an accelerator."""

    def decorate(function):
        @functools.wraps(function)
        def either(values):
            return (tensor_form if on_accelerator(values) else function)(values)

        return either

    return decorate


def row_sums(terms):
    """Sum each row in an order that depends only on the number of terms.

    A library's own reduction may add up a row differently if there are more or
    fewer rows. Then equal rows would no longer tie.

    Parameters
    ----------
    terms : tensor, shape (n_rows, n_terms)
        The terms; they are overwritten.

    Returns
    -------
    sums : tensor, shape (n_rows,)
        One sum per row.
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
    """Return the entropy of each row in nats, in float64."""
    wide = probabilities.double()
    # subtracted from 0.0, so that a certain row does not get -0.0
    return 0.0 - row_sums(wide.xlogy(wide))


def margin(values):
    """Return the gap between the two largest numbers of each row, in float64."""
    top = values.double().topk(min(2, values.shape[1]), dim=1).values
    return top[:, 0] - top[:, 1] if top.shape[1] > 1 else top[:, 0]


def largest(values):
    """Return the largest number of each row, in float64."""
    return values.double().amax(1)


def logistic(values):
    """Return the logistic function of each number."""
    return values.sigmoid()


def softmax(values):
    """Return the softmax of each row."""
    return values.softmax(1)


def safe_precision(vectors):
    """Return the rows, in float64 if they are too large to be squared."""
    # as in skactive._greedy.nearest: a sum of squares stays finite
    limit = sys.modules["torch"].finfo(working_type(vectors)).max ** 0.4
    lowest, highest = map(float, vectors.aminmax()) if vectors.numel() else (0.0, 0.0)
    return vectors if max(highest, -lowest) < limit else vectors.double()


def working_type(vectors):
    """Return the precision of products of the rows: float32, or float64 for float64 rows."""
    torch = sys.modules["torch"]
    return torch.float64 if vectors.dtype == torch.float64 else torch.float32


def rounding(dtype):
    """Return the relative rounding error of a matrix product."""
    torch = sys.modules["torch"]
    if dtype == torch.float32:
        try:
            allowed = _ROUNDING.get(torch.get_float32_matmul_precision(), 0.0)
        except RuntimeError:  # newer settings of torch, which this function cannot read
            allowed = _ROUNDING["medium"]
        return max(torch.finfo(dtype).eps, allowed)
    return torch.finfo(dtype).eps
