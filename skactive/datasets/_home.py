"""Find the files of data sets, and download them on request."""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.request import urlopen

import numpy as np

__all__ = [
    "LOADER",
    "download",
    "find_file",
    "folder_for_downloads",
    "missing",
    "read_npz",
    "write_npz",
]


# constraints of the arguments that all loaders share
LOADER = {
    "as_text": ["boolean"],
    "data_home": [str, os.PathLike, None],
    "download_if_missing": ["boolean"],
}


def find_file(name, data_home=None):
    """Return the first existing file of a name among the data folders, or None.

    Parameters
    ----------
    name : str
        Path below a data folder.
    data_home : path-like, default=None
        The only folder to search. None searches the folder in the environment
        variable ``SKACTIVE_DATA``, then ``~/skactive_data``.

    Returns
    -------
    path : Path or None
        The file.
    """
    for folder in _folders(data_home):
        if (folder / name).is_file():
            return folder / name
    return None


def missing(name, data_home, advice):
    """Return the error for a file that is in no folder.

    Parameters
    ----------
    name : str
        Path below a data folder.
    data_home : path-like or None
        As in :func:`find_file`.
    advice : str
        How to get the file.

    Returns
    -------
    error : FileNotFoundError
        The caller raises it.
    """
    searched = " and ".join(str(folder) for folder in _folders(data_home))
    return FileNotFoundError(
        f"{name} is not in {searched}. {advice} To search another folder, pass data_home= or set "
        "the environment variable SKACTIVE_DATA."
    )


def folder_for_downloads(data_home=None):
    """Return the folder for downloads: data_home or ``~/skactive_data``; create it if missing."""
    folder = _cache() if data_home is None else Path(data_home)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_npz(path):
    """Return all arrays of an npz file by name; nothing is unpickled."""
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def write_npz(path, **arrays):
    """Write an npz file in one step, so that no partial file remains."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        part = Path(folder) / path.name
        np.savez_compressed(part, **arrays)
        os.replace(part, path)


def download(url, sha256):
    """Return the content of a URL if its checksum is correct.

    Parameters
    ----------
    url : str
        Address of the file.
    sha256 : str
        SHA-256 of its content, in hexadecimal.

    Returns
    -------
    content : bytes
        Content of the file.

    Raises
    ------
    OSError
        If the file cannot be fetched, or its checksum differs.
    """
    with urlopen(url, timeout=60) as response:
        content = response.read()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise OSError(
            f"{url} has the SHA-256 {found}, expected {sha256}: the download is incomplete, or "
            "the file on the server has changed. Nothing was stored."
        )
    return content


def _folders(data_home):
    """Return the folders to search, in order."""
    if data_home is not None:
        return [Path(data_home)]
    named = os.environ.get("SKACTIVE_DATA")
    return ([Path(named)] if named else []) + [_cache()]


def _cache():
    return Path.home() / "skactive_data"
