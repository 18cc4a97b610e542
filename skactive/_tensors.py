"""What skactive needs of tensors: where their numbers live, and when they may travel.

A torch tensor on the CPU is a numpy array by another name and is viewed as
one without a copy. One on an accelerator stays where it is: rows are taken
there, numbers that a model or an embedding leaves there are reduced there,
and what comes to the host is one number a row or the picks. torch itself is
never imported; where there is a tensor, it has been.
"""

import functools
import sys

import numpy as np

__all__ = ["to_numpy", "ask_rows", "asked", "is_tensor", "on_accelerator", "row_sums"]

# what is worked out with numpy: Apple's accelerator shares the memory and has no float64
_HOSTS = ("cpu", "mps")
# how far a product may be off when torch is allowed less than float32: two factors, each rounded
# to the 10 bits of TensorFloat32 (by 2**-11) or to the 7 of bfloat16 (by 2**-8)
_ROUNDING = {"high": 2.0**-10, "medium": 2.0**-7}


def is_tensor(X):
    """Whether X is a torch tensor, on whatever device."""
    return isinstance(X, getattr(sys.modules.get("torch"), "Tensor", ()))


def on_accelerator(X):
    """Whether X is a tensor on an accelerator, where it is to stay."""
    return is_tensor(X) and X.device.type not in _HOSTS


def to_numpy(values):
    """The numbers of a tensor as a numpy array; anything else as it is.

    Parameters
    ----------
    values : tensor or anything
        A tensor on the CPU is viewed, one on another device is copied.

    Returns
    -------
    values : ndarray or anything
        bfloat16, which numpy does not know, as float32.
    """
    if not is_tensor(values):
        return values
    is_unknown = values.dtype == sys.modules["torch"].bfloat16
    values = values.detach().float() if is_unknown else values.detach()
    return values.cpu().numpy()


def ask_rows(method, X, *others, **params):
    """``method(X, *others, **params)``, with tensors as numpy arrays where the method wants those.

    Parameters
    ----------
    method : callable
        Of a model. If it makes torch refuse to turn a tensor on an
        accelerator into a numpy array, it is called again with copies on the
        host; any other error is its own.
    X : container of n_rows rows
        The rows.
    *others : object
        More arguments.
    **params : dict
        Named arguments.

    Returns
    -------
    answer : object
        A tensor where its numbers live on an accelerator.
    """
    try:
        return method(X, *others, **params)
    except TypeError as error:
        if not is_tensor(X) or not is_refusal(error):
            raise
    return method(to_numpy(X), *map(to_numpy, others), **params)


def asked(method, X):
    """A method of a model, to be called with X: by way of :func:`ask_rows` if X is a tensor."""
    if isinstance(X, np.ndarray) or not is_tensor(X):
        return method
    return functools.partial(ask_rows, method)


def is_refusal(error):
    """Whether torch says that numpy cannot read the numbers of a device."""
    return "Tensor.cpu()" in str(error)


def wide(values):
    """Numbers in float64: a tensor where they live elsewhere, otherwise an array."""
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
    """An array of one number: a tensor beside ``like`` where that lives elsewhere."""
    if on_accelerator(like):
        return like.new_full(shape, fill)
    return np.full(shape, fill, dtype=like.dtype)


def beside(values, like):
    """Numbers on the device of a tensor; as they are beside anything else."""
    if not is_tensor(like):
        return values
    return sys.modules["torch"].as_tensor(values, device=like.device)


def join(*tensors):
    """The rows of several tensors, one below the other, on the device of the first."""
    return sys.modules["torch"].cat([tensor.to(tensors[0].device) for tensor in tensors])


def on_tensors(tensor_form):
    """Decorator: another function for a first argument that lives on an accelerator."""

    def decorate(function):
        @functools.wraps(function)
        def either(values):
            return (tensor_form if on_accelerator(values) else function)(values)

        return either

    return decorate


def row_sums(terms):
    """Sum of each row, in an order that depends on nothing but their number.

    A library's own reduction may add up a row differently as there are more
    or fewer rows beside it, and equal rows would no longer tie.

    Parameters
    ----------
    terms : tensor, shape (n_rows, n_terms)
        Is overwritten.

    Returns
    -------
    sums : tensor, shape (n_rows,)
        One number a row.
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
    # a certain row has entropy 0.0, not -0.0
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
    """The rows, in float64 where they are too large to be squared."""
    # as in skactive._greedy.nearest: a sum of squares stays finite
    limit = sys.modules["torch"].finfo(working_type(vectors)).max ** 0.4
    lowest, highest = map(float, vectors.aminmax()) if vectors.numel() else (0.0, 0.0)
    return vectors if max(highest, -lowest) < limit else vectors.double()


def working_type(vectors):
    """What products of the rows are worked out in: float32 unless they are float64."""
    torch = sys.modules["torch"]
    return torch.float64 if vectors.dtype == torch.float64 else torch.float32


def rounding(dtype):
    """What a product of matrices is rounded to."""
    torch = sys.modules["torch"]
    if dtype == torch.float32:
        try:
            allowed = _ROUNDING.get(torch.get_float32_matmul_precision(), 0.0)
        except RuntimeError:  # set by newer settings, which this function does not read
            allowed = _ROUNDING["medium"]
        return max(torch.finfo(dtype).eps, allowed)
    return torch.finfo(dtype).eps
