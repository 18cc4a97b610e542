"""Find objects that cannot be sent to the workers of a cluster, or that are too large."""

import functools

import numpy as np

from .._warnings import warn_user

__all__ = ["warn_of_memory_maps", "why_it_cannot_travel"]

_MOST_STEPS = 12
# a smaller memory map may be part of a graph
_LARGE_MAP = 1 << 26


def warn_of_memory_maps(X):
    """Warn if the graph of a collection holds a large memory map, which every worker would get.

    Parameters
    ----------
    X : dask collection
        The pool.
    """
    for node in dict(X.__dask_graph__()).values():
        node = getattr(node, "value", node)
        if isinstance(node, np.memmap) and node.nbytes > _LARGE_MAP:
            warn_user(
                f"the graph of the pool holds a memory map of {node.nbytes / 1e9:.2g} GB, which "
                "dask copies as a whole to the scheduler and to every worker, as it does for "
                "da.from_array(memmap). Let workers read their part of the file themselves: "
                "da.map_blocks(function_of_path, path, chunks=..., dtype=...), see the page on "
                "large pools in the user guide."
            )
            return


def why_it_cannot_travel(tasks):
    """Explain why tasks cannot be sent to the workers.

    Parameters
    ----------
    tasks : list of Delayed
        The tasks.

    Returns
    -------
    why : str or None
        A message that names the innermost object that cannot be pickled. None if all
        objects can be pickled.
    """
    for node in _nodes(tasks):
        if not _travels(node):
            path, thing = _innermost(node)
            return (
                f"{path} cannot be sent to the workers of the cluster, because a "
                f"{type(thing).__name__} cannot be pickled ({_error_of(thing)}). Leave it out of "
                "what the model keeps (__getstate__), or make it where it is used."
            )
    return None


def _nodes(tasks):
    """Yield the objects in the graphs of tasks, each once."""
    seen = set()
    for task in tasks:
        for node in dict(task.__dask_graph__()).values():
            node = getattr(node, "value", node)
            if id(node) not in seen:
                seen.add(id(node))
                yield node


def _innermost(thing):
    """Return the attribute path of the innermost part that cannot be pickled, and that part."""
    path = []
    for _ in range(_MOST_STEPS):
        part = next((part for part in _parts(thing) if not _travels(part[1])), None)
        if part is None:
            break
        name, inner = part
        path = [*path, name] if name else []
        if not path or not name:
            path = [type(inner).__name__]
        thing = inner
    return ".".join(path) or type(thing).__name__, thing


def _parts(thing):
    """Return names and values of the parts of an object; "" for parts that have no name."""
    if isinstance(thing, functools.partial):
        return [("", part) for part in (thing.func, *thing.args, *thing.keywords.values())]
    if isinstance(thing, (list, tuple)):
        return [(str(place), part) for place, part in enumerate(thing)]
    if isinstance(thing, dict):
        return [(str(key), part) for key, part in thing.items()]
    if hasattr(thing, "__self__") and not isinstance(thing, type):
        return [("", thing.__self__)]
    cells = getattr(thing, "__closure__", None) or ()
    around = [("", cell.cell_contents) for cell in cells]
    return around + list(getattr(thing, "__dict__", {}).items())


def _travels(thing):
    return _error_of(thing) is None


def _error_of(thing):
    import cloudpickle

    try:
        cloudpickle.dumps(thing)
    except Exception as error:  # a class of the user may raise any error
        return f"{type(error).__name__}: {error}"
    return None
