"""Whether a pool is still the one that a log is about."""

import base64

import numpy as np

from ._errors import PoolChangedError
from ._rows import gather, layout, row_bytes

_MAX_ROWS = 20_000


def fingerprint(X, keys):
    """What is set down of a pool: its layout, and digests of rows.

    All rows of a pool of up to 20,000, otherwise that many, spread evenly.

    Parameters
    ----------
    X : container of n_rows rows
        The pool.
    keys : Keys
        Its keys.

    Returns
    -------
    settings : dict
        Can be written as JSON.
    """
    positions = _looked_at(keys.n_rows)
    digests = _digests(X, keys, positions)
    return {
        "n_rows": keys.n_rows,
        "layout": layout(X),
        "keys": keys.source,
        "digests": base64.b64encode(digests.tobytes()).decode("ascii"),
    }


def check_fingerprint(X, keys, known):
    """Raise when a pool has changed, and say what has; rows at the end may be new.

    Parameters
    ----------
    X : container of n_rows rows
        The pool as it is now.
    keys : Keys
        Its keys.
    known : dict
        What :func:`fingerprint` gave when the job began.

    Raises
    ------
    PoolChangedError
        If rows are missing, in another order or others than they were.
    """
    then = np.frombuffer(base64.b64decode(known["digests"]), dtype=np.uint64)
    if layout(X) != known["layout"]:
        raise _changed(f"it was a {known['layout']} and is a {layout(X)}")
    if keys.source != known["keys"]:
        raise _changed(
            f"its rows were known by {known['keys']} and now by {keys.source}; hand over the "
            "same keys= or index"
        )
    if keys.n_rows < known["n_rows"]:
        raise _changed(f"it had {known['n_rows']} rows and has {keys.n_rows}: it was cut")
    positions = _looked_at(known["n_rows"])
    now = _digests(X, keys, positions)
    differ = np.flatnonzero(now != then)
    if len(differ):
        raise _changed(_what_differs(X, keys, positions, then, now, differ))


def _looked_at(n_rows):
    spaced = np.linspace(0, n_rows - 1, min(n_rows, _MAX_ROWS))
    return np.unique(spaced.astype(np.intp))


def _digests(X, keys, positions):
    """A number for each row: of what it holds and, unless that is its place, of its key."""
    rows = np.frombuffer(row_bytes(gather(X, positions)), dtype=np.uint64)
    if keys.source == "position":
        return rows
    names = np.frombuffer(row_bytes([keys.key(k) for k in positions.tolist()]), dtype=np.uint64)
    return rows ^ np.roll(names.view(np.uint8).reshape(-1, 8), 1, axis=1).copy().view(
        np.uint64
    ).ravel()


def _what_differs(X, keys, positions, then, now, differ):
    first = int(positions[differ[0]])
    where = f"the first that differs is at position {first} (key {keys.key(first)!r})"
    if np.array_equal(np.sort(then), np.sort(now)):
        return f"its rows are in another order, {len(differ)} have moved; {where}"
    share = f"{len(differ)} of the {len(positions)} rows looked at are others than they were"
    if np.isin(then, now).mean() > 0.9:
        share += ", as if some were put in, taken out or moved"
    return f"{share}; {where}"


def _changed(what):
    return PoolChangedError(
        f"the pool is not the one that this log is about: {what}. Hand over the pool of the "
        "first day, with new rows at its end if there are any; or begin a new log."
    )
