"""Check that a pool is still the one of its log."""

import base64

import numpy as np

from ._errors import PoolChangedError
from ._rows import gather, layout, row_bytes

_MAX_ROWS = 20_000


def fingerprint(X, keys):
    """Describe a pool by its layout and by digests of its rows.

    From a pool of more than 20,000 rows, 20,000 evenly spaced rows are taken.

    Parameters
    ----------
    X : container of n_rows rows
        The pool.
    keys : Keys
        Keys of its rows.

    Returns
    -------
    settings : dict
        Description that can be written as JSON.
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
    """Raise an error if a pool has changed; new rows at its end are allowed.

    Parameters
    ----------
    X : container of n_rows rows
        The pool as it is now.
    keys : Keys
        Keys of its rows.
    known : dict
        What :func:`fingerprint` returned when the job began.

    Raises
    ------
    PoolChangedError
        If rows are missing, changed or in another order. The message says
        which.
    """
    then = np.frombuffer(base64.b64decode(known["digests"]), dtype=np.uint64)
    if layout(X) != known["layout"]:
        raise _changed(f"it was of type {known['layout']}, now it is of type {layout(X)}")
    if keys.source != known["keys"]:
        raise _changed(
            f"the source of its keys was {known['keys']!r} and now is {keys.source!r}; pass the "
            "same keys= or index"
        )
    if keys.n_rows < known["n_rows"]:
        raise _changed(f"it had {known['n_rows']} rows and now has only {keys.n_rows}")
    positions = _looked_at(known["n_rows"])
    now = _digests(X, keys, positions)
    differ = np.flatnonzero(now != then)
    if len(differ):
        raise _changed(_what_differs(X, keys, positions, then, now, differ))


def _looked_at(n_rows):
    spaced = np.linspace(0, n_rows - 1, min(n_rows, _MAX_ROWS))
    return np.unique(spaced.astype(np.intp))


def _digests(X, keys, positions):
    """Return a digest of each row and, unless keys are positions, of its key."""
    rows = np.frombuffer(row_bytes(gather(X, positions)), dtype=np.uint64)
    if keys.source == "position":
        return rows
    names = np.frombuffer(row_bytes([keys.key(k) for k in positions.tolist()]), dtype=np.uint64)
    return rows ^ np.roll(names.view(np.uint8).reshape(-1, 8), 1, axis=1).copy().view(
        np.uint64
    ).ravel()


def _what_differs(X, keys, positions, then, now, differ):
    first = int(positions[differ[0]])
    where = f"the first one is at position {first} (key {keys.key(first)!r})"
    if np.array_equal(np.sort(then), np.sort(now)):
        return f"its rows are in another order, {len(differ)} have moved; {where}"
    share = f"{len(differ)} of the {len(positions)} rows checked have changed"
    if np.isin(then, now).mean() > 0.9:
        share += ", probably because rows were inserted, removed or moved"
    return f"{share}; {where}"


def _changed(what):
    return PoolChangedError(
        f"the pool is not the one that this log was started with: {what}. Pass the original "
        "pool (new rows at its end are allowed), or start a new log."
    )
