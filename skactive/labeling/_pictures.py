"""Show a row to a person: as a text, named values, or a picture in a data URI."""

import base64
import mimetypes
import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np

from ._rows import shown

_DATA_URI = "data:image/"
_MAGIC = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif", b"RIFF": "webp"}
_COLOR_TYPES = {1: 0, 3: 2, 4: 6}  # PNG color type by number of channels


def seen(thing):
    """Return what a front end with pictures shows.

    Parameters
    ----------
    thing : object
        A row, or the result of ``display``.

    Returns
    -------
    kind : {"text", "table", "image"}
        How to show it.
    content : str or list of [name, value]
        A text, a data URI, or the lines of a table.
    """
    if isinstance(thing, str):
        return ("image" if thing.startswith(_DATA_URI) else "text"), thing
    if isinstance(thing, bytes):
        return _file(thing, thing)
    if isinstance(thing, os.PathLike):
        return _path(Path(thing))
    if hasattr(thing, "save") and hasattr(thing, "convert"):  # a Pillow image
        file = BytesIO()
        thing.save(file, "PNG")
        return "image", _data_uri(file.getvalue(), "png")
    if hasattr(thing, "items"):
        return "table", [[str(name), str(value)] for name, value in thing.items()]
    if is_picture(thing):
        return "image", _data_uri(png(np.asarray(thing)), "png")
    return "text", shown(thing)


def is_picture(thing):
    """Return whether an array has the shape of a picture: 2-d, or 3-d with channels."""
    shape = getattr(thing, "shape", ())
    if not hasattr(thing, "__array__") or hasattr(thing, "toarray") or 0 in shape:
        return False
    has_channels = len(shape) == 3 and (shape[0] in _COLOR_TYPES or shape[2] in _COLOR_TYPES)
    return (len(shape) == 2 or has_channels) and np.asarray(thing).dtype.kind in "biuf"


def png(array):
    """Encode an array as a PNG file.

    Parameters
    ----------
    array : ndarray of shape (height, width), with channels first or last
        Bytes are kept. Numbers from 0 to 1 are scaled to 0 to 255; other
        numbers are scaled from their minimum and maximum.

    Returns
    -------
    file : bytes
        Content of the file.
    """
    pixels = _as_bytes(array)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    elif pixels.shape[2] not in _COLOR_TYPES:
        pixels = np.moveaxis(pixels, 0, 2)
    height, width, channels = pixels.shape
    lines = np.zeros((height, 1 + width * channels), dtype=np.uint8)  # first byte: 0
    lines[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOR_TYPES[channels], 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _as_bytes(array):
    if array.dtype == np.uint8:
        return array
    values = np.nan_to_num(array.astype(np.float64), posinf=0, neginf=0)
    low, high = values.min(), values.max()
    if low < 0 or high > 1:
        values = (values - low) / max(high - low, np.finfo(float).tiny)
    return np.round(255 * values).astype(np.uint8)


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _path(path):
    """Read a picture file; of any other file, show the path."""
    kind = mimetypes.guess_type(path.name)[0] or ""
    if not kind.startswith("image/") or not path.is_file():
        return "text", str(path)
    return _file(path.read_bytes(), path)


def _file(data, name):
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            return "image", _data_uri(data, kind)
    return "text", str(name)


def _data_uri(data, kind):
    return f"{_DATA_URI}{kind};base64,{base64.b64encode(data).decode('ascii')}"
