"""Arrays of rows kept on disk, under a key that identifies the row."""

import hashlib
import os
import uuid
import zipfile
from pathlib import Path

import numpy as np

_KEY_BYTES = 16
_PART_ROWS = 1024
# errors for a file that is incomplete or was not written by this class
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)


def file_key(path):
    """Return the key of an image file, from its path, modification time and size."""
    path = os.fspath(path)
    state = os.stat(path)
    return _digest(f"{os.path.abspath(path)}\0{state.st_mtime_ns}\0{state.st_size}".encode())


def row_key(row):
    """Return the key of an array, from its values, shape and type."""
    row = np.ascontiguousarray(row)
    return _digest(f"{row.shape}{row.dtype.str}".encode(), row.data)


def _digest(*parts):
    state = hashlib.blake2b(digest_size=_KEY_BYTES)
    for part in parts:
        state.update(part)
    return state.digest()


class RowStore:
    """Arrays with one entry per row, in files of a folder.

    A file is written under another name and then renamed. So no file is ever
    half written, and several processes may use a folder at once. Files hold
    plain arrays and are read without unpickling. Unreadable files are ignored.

    Parameters
    ----------
    folder : path
        The folder; created when the first rows are written.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self._waiting = []
        self._places = {}
        for path in sorted(self.folder.glob("*.npz")):
            try:
                with open(path, "rb") as file, np.load(file, allow_pickle=False) as part:
                    keys = part["keys"]
                    self._places |= {key.tobytes(): (path, i) for i, key in enumerate(keys)}
            except _UNREADABLE:
                continue

    def __contains__(self, key):
        return key in self._places

    def read(self, keys):
        """Yield the arrays of rows with some keys, file by file.

        Parameters
        ----------
        keys : list of bytes
            Keys; unknown ones are ignored.

        Yields
        ------
        positions : list of int
            Positions in ``keys``.
        arrays : list of ndarray
            Arrays of these rows.
        """
        by_file = {}
        for position, key in enumerate(keys):
            if key in self._places:
                path, row = self._places[key]
                by_file.setdefault(path, []).append((position, row))
        for path, pairs in by_file.items():
            positions, rows = map(list, zip(*pairs))
            try:
                with open(path, "rb") as file, np.load(file, allow_pickle=False) as part:
                    arrays = [part[f"array{i}"][rows] for i in range(len(part.files) - 1)]
            except (*_UNREADABLE, IndexError):
                continue
            yield positions, arrays

    def add(self, keys, *arrays):
        """Add rows; they are written when enough have come together, or by :meth:`flush`.

        Parameters
        ----------
        keys : list of bytes
            One key per row.
        *arrays : ndarray of n_rows rows
            Arrays to keep.
        """
        self._waiting.append((keys, arrays))
        if sum(len(keys) for keys, _ in self._waiting) >= _PART_ROWS:
            self.flush()

    def flush(self):
        """Write the rows added since the last write."""
        if not self._waiting:
            return
        keys, arrays = zip(*self._waiting)
        self._waiting = []
        keys = np.frombuffer(b"".join(sum(keys, [])), np.uint8).reshape(-1, _KEY_BYTES)
        joined = {f"array{i}": np.concatenate(part) for i, part in enumerate(zip(*arrays))}
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{uuid.uuid4().hex}.npz"
        unfinished = path.with_suffix(".tmp")
        try:
            with open(unfinished, "wb") as file:
                np.savez(file, keys=keys, **joined)
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)
        self._places |= {key.tobytes(): (path, i) for i, key in enumerate(keys)}
