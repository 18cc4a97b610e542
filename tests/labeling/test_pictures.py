"""What people see of a row: texts, tables, and pictures that a reader of PNG agrees with."""

import base64
from io import BytesIO

import numpy as np
import pytest

from skactive.labeling._pictures import png, seen

RNG = np.random.RandomState(0)


def decoded(uri):
    Image = pytest.importorskip("PIL.Image")
    head, _, data = uri.partition(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(BytesIO(base64.b64decode(data))))


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4), (5, 7, 1)])
def test_bytes_come_back(shape):
    pixels = RNG.randint(256, size=shape).astype(np.uint8)
    kind, uri = seen(pixels)
    assert kind == "image"
    np.testing.assert_array_equal(decoded(uri).reshape(shape), pixels)


def test_channels_first_and_numbers():
    pixels = RNG.uniform(size=(3, 5, 7)).astype(np.float32)
    expected = np.round(255 * np.moveaxis(pixels, 0, 2))
    np.testing.assert_array_equal(decoded(seen(pixels)[1]), expected)


def test_other_numbers_are_stretched():
    pixels = decoded(seen(np.array([[-2.0, 0.0], [2.0, np.nan]]))[1])
    np.testing.assert_array_equal(pixels, [[0, 128], [255, 128]])
    assert png(np.full((2, 2), 7.0))


@pytest.mark.parametrize(
    ("thing", "kind", "content"),
    [
        ("<b>no</b>", "text", "<b>no</b>"),
        ({"a": 1, "<i>": "x"}, "table", [["a", "1"], ["<i>", "x"]]),
        (np.array([1.0, 2.5]), "text", "[1.  2.5]"),
        (np.zeros((0, 3)), "text", "[]"),
        ("data:image/png;base64,AAAA", "image", "data:image/png;base64,AAAA"),
        (b"\x89PNG and more", "image", "data:image/png;base64,iVBORyBhbmQgbW9yZQ=="),
    ],
)
def test_kinds(thing, kind, content):
    assert seen(thing) == (kind, content)


def test_files(tmp_path):
    path = tmp_path / "a.png"
    assert seen(path) == ("text", str(path))  # not there
    path.write_bytes(png(np.zeros((2, 2), dtype=np.uint8)))
    assert decoded(seen(path)[1]).shape == (2, 2)
    secret = tmp_path / "passwords.txt"
    secret.write_text("secret")
    assert seen(secret) == ("text", str(secret))


def test_pillow():
    Image = pytest.importorskip("PIL.Image")
    assert decoded(seen(Image.new("RGB", (4, 3), "red"))[1]).shape == (3, 4, 3)
