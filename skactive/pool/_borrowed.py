"""Replaces the pool inside stored results by notes, so that its memory can be freed."""

import numpy as np
from scipy import sparse

from .._tensors import is_tensor

__all__ = ["borrow", "give_back"]

# longer lists hold labels or rows, not views of the pool
_FEW = 64


def give_back(thing, X):
    """Replace all views of a pool inside an object by notes.

    Parameters
    ----------
    thing : object
        A result stored for the pool. Lists, dicts and objects of this package are
        changed in place.
    X : container of n_rows rows
        The pool.

    Returns
    -------
    thing : object
        The same object, or a note if it is itself a view.
    """
    buffers = _buffers(X)
    return _replace(thing, lambda inner: _note(inner, X, buffers), set())


def borrow(thing, X):
    """Undo :func:`give_back`."""
    buffers = _buffers(X)
    return _replace(
        thing,
        lambda inner: inner.view(X, buffers) if isinstance(inner, _Note) else inner,
        set(),
    )


class _Note:
    """A record of one view of a buffer of the pool; without a buffer, of the pool itself."""

    def __init__(self, buffer=None, layout=()):
        self.buffer, self.layout = buffer, layout

    def view(self, X, buffers):
        if self.buffer is None:
            return X
        owner = buffers[self.buffer]
        if is_tensor(owner):
            return owner.detach().as_strided(*self.layout)
        shape, dtype, offset, strides = self.layout
        flat = owner if owner.flags.c_contiguous else owner.T
        return np.ndarray(shape, dtype, flat.view(np.ndarray), offset, strides)


def _note(thing, X, buffers):
    if thing is X:
        return _Note()
    if is_tensor(thing):
        for k, owner in enumerate(buffers):
            if is_tensor(owner) and _storage(owner) == _storage(thing):
                return _Note(k, (thing.shape, thing.stride(), thing.storage_offset()))
    elif isinstance(thing, np.ndarray):
        owner = _owner(thing)
        for k, buffer in enumerate(buffers):
            if owner is buffer:
                offset = _address(thing) - _address(owner)
                return _Note(k, (thing.shape, thing.dtype, offset, thing.strides))
    return thing


def _buffers(X):
    """The arrays that own the numbers of a pool."""
    if is_tensor(X):
        return [X]
    if sparse.issparse(X):
        parts = [getattr(X, name, None) for name in ("data", "indices", "indptr")]
    elif type(X).__module__.partition(".")[0] == "pandas":
        # columns of one type may share an array; then one row is a view of it
        parts = [X.iloc[:1].to_numpy()]
    else:
        parts = [X]
    owners = [_owner(part) for part in parts if isinstance(part, np.ndarray)]
    return [o for o in owners if o.flags.forc and not o.dtype.hasobject]


def _owner(array):
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _address(array):
    return array.__array_interface__["data"][0]


def _storage(tensor):
    return tensor.untyped_storage().data_ptr()


def _replace(thing, change, seen):
    """Change an object and everything inside it."""
    changed = change(thing)
    if changed is not thing or id(thing) in seen:
        return changed
    seen.add(id(thing))
    if isinstance(thing, tuple) and type(thing) is tuple and len(thing) <= _FEW:
        parts = [_replace(part, change, seen) for part in thing]
        return tuple(parts) if any(a is not b for a, b in zip(parts, thing)) else thing
    if type(thing) is list and len(thing) <= _FEW:
        thing[:] = [_replace(part, change, seen) for part in thing]
    elif type(thing) is dict and len(thing) <= _FEW:
        _replace_values(thing, change, seen)
    elif sparse.issparse(thing) or type(thing).__module__.partition(".")[0] == "skactive":
        _replace_values(getattr(thing, "__dict__", {}), change, seen)
    return thing


def _replace_values(values, change, seen):
    for key, value in list(values.items()):
        changed = _replace(value, change, seen)
        if changed is not value:
            values[key] = changed
