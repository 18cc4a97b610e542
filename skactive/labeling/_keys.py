"""Keys: names of rows that stay the same in every session."""

import numpy as np

from ._rows import n_rows_of


class Keys:
    """Map between the rows of a pool and their keys.

    Parameters
    ----------
    X : container of n_rows rows
        The pool.
    keys : sequence of str or int, length n_rows, default=None
        Keys from the user. None: the index of a pandas frame or series if it
        is unique, otherwise positions.

    Attributes
    ----------
    n_rows : int
        Number of rows.
    source : {"keys", "index", "position"}
        Where the keys come from.

    Examples
    --------
    >>> from skactive.labeling._keys import Keys
    >>> keys = Keys(["spam?", "ham?"], ["mail 1", "mail 2"])
    >>> keys.position("mail 2"), keys.key(0)
    (1, 'mail 1')
    """

    def __init__(self, X, keys=None):
        self.n_rows = n_rows_of(X)
        self.source, values = _source(X, keys, self.n_rows)
        self._keys = values
        self._positions = None
        if values is not None:
            self._positions = {key: position for position, key in enumerate(values)}

    def key(self, position):
        """Return the key of a row."""
        return int(position) if self._keys is None else self._keys[position]

    def position(self, key):
        """Return the position of a key.

        Raises
        ------
        ValueError
            If no row has this key.
        """
        key = simple_key(key)
        if self._keys is None:
            is_position = isinstance(key, int) and 0 <= key < self.n_rows
            position = key if is_position else None
        else:
            position = self._positions.get(key)
        if position is None:
            example = self.key(0) if self.n_rows else "none, the pool is empty"
            raise ValueError(
                f"no row of the pool has the key {key!r} (a {type(key).__name__}). Its keys are "
                f"{_meaning[self.source]}; the first one is {example!r}."
            )
        return position

    def positions(self, keys):
        """Return the positions of some keys as an int array."""
        return np.array([self.position(key) for key in keys], dtype=np.intp)

    def read(self, text):
        """Return the key that a text in a file stands for."""
        if self._keys is not None and text in self._positions:
            return text
        try:
            number = int(text)
        except ValueError:
            number = None
        return text if number is None or str(number) != text else number


_meaning = {
    "keys": "those given as keys=",
    "index": "the index of the frame",
    "position": "positions, starting at 0",
}


def simple_key(key):
    """Return a key as a str or an int."""
    key = key.item() if isinstance(key, np.generic) else key
    return key if isinstance(key, (str, int)) and not isinstance(key, bool) else str(key)


def _source(X, keys, n_rows):
    if keys is not None:
        values = [simple_key(key) for key in keys]
        if len(values) != n_rows:
            raise ValueError(f"keys holds {len(values)} keys, but the pool has {n_rows} rows.")
        _check_unique(values)
        return "keys", values
    index = getattr(X, "index", None)
    if hasattr(X, "iloc") and getattr(index, "is_unique", False) is True:
        values = [simple_key(key) for key in index.tolist()]
        if len(set(values)) == len(values):
            return "index", values
    return "position", None


def _check_unique(values):
    seen = set()
    for position, value in enumerate(values):
        if value in seen:
            raise ValueError(
                f"keys holds {value!r} twice, the second time for the row at position {position}."
            )
        seen.add(value)
