"""Source features kept on disk, and errors of wrong weights."""

import os
import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from skactive.deep import ImageLoader, LeNet, SourceModel
from skactive.deep._store import RowStore, file_key, row_key
from skactive.query import CoreSet


@pytest.fixture
def paths(tmp_path):
    pixels = np.random.RandomState(0).randint(256, size=(12, 16, 16), dtype=np.uint8)
    paths = [tmp_path / f"{number}.png" for number in range(12)]
    for path, image in zip(paths, pixels):
        Image.fromarray(image).save(path)
    return paths


@pytest.fixture
def counted(tmp_path):
    """A source model with a store, and the sizes of the batches that its net sees."""
    torch.manual_seed(0)
    module, seen = LeNet(image_size=16), []
    module.register_forward_hook(lambda module, X, _: seen.append(len(X[0])))
    model = SourceModel(
        module, load=ImageLoader(mode="L"), memory=tmp_path / "cache", batch_size=5
    )
    return model, seen


def test_files_are_known_by_path_time_and_size(paths, counted):
    model, seen = counted
    first = model.transform(paths)
    assert sum(seen) == 13  # 12 and the one that is measured
    assert_array_equal(model.transform([str(path) for path in paths[::-1]]), first[::-1])
    assert len(CoreSet(embed=model)(None, paths, 3)) == 3
    assert sum(seen) == 13
    Image.fromarray(np.zeros((16, 16), dtype=np.uint8)).save(paths[3])
    os.utime(paths[3], ns=(1, 1))
    assert (model.transform(paths) != first).any(axis=1).nonzero()[0].tolist() == [3]
    assert sum(seen) == 15


def test_an_interrupted_pass_goes_on_where_it_ended(paths, counted):
    model, seen = counted
    right = SourceModel(model.module, load=ImageLoader(mode="L")).transform(paths)
    seen.clear()
    broken = paths[7].read_bytes()
    paths[7].write_bytes(b"no image")
    with pytest.raises(Exception, match="7.png"):
        model.transform(paths)
    assert seen == [1, 5]
    paths[7].write_bytes(broken)
    assert_allclose(model.transform(paths), right, rtol=1e-5)
    assert seen == [1, 5, 1, 5, 2]


def test_files_that_cannot_be_read_are_passed_over(paths, counted, tmp_path):
    model, seen = counted
    first = model.transform(paths)
    (part,) = (tmp_path / "cache").rglob("*.npz")
    whole = part.read_bytes()
    for content in (b"", whole[:200], whole[:-40], pickle.dumps([1])):
        part.write_bytes(content)
        seen.clear()
        assert_array_equal(model.transform(paths), first)
        assert sum(seen) == 13
        for other in set((tmp_path / "cache").rglob("*.npz")) - {part}:
            other.unlink()


def test_nothing_is_unpickled(tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    keys = np.zeros((1, 16), dtype=np.uint8)
    np.savez(tmp_path / "part.npz", keys=keys, array0=np.array([Trap()], dtype=object))
    store = RowStore(tmp_path)
    assert keys[0].tobytes() in store
    assert list(store.read([keys[0].tobytes()])) == []
    assert not (tmp_path / "sprung").exists()


def test_what_outputs_depend_on_is_kept_apart(paths, counted, tmp_path):
    model, _ = counted
    first = model.transform(paths)
    for changes in ({"load": ImageLoader(16, "L")}, {"layer": "conv2"}, {"preprocess": torch.exp}):
        params = {"load": ImageLoader(mode="L"), "memory": model.memory, **changes}
        other = SourceModel(model.module, **params).transform(paths)
        fresh = SourceModel(model.module, **{**params, "memory": None}).transform(paths)
        assert_array_equal(other, fresh)
    with torch.no_grad():
        model.module.conv1[0].weight.add_(1)
    assert (model.transform(paths) != first).any()
    assert len(list((tmp_path / "cache").iterdir())) == 5


def test_keys_tell_rows_apart(paths):
    row = np.arange(6.0)
    keys = {row_key(other) for other in (row, row + 1, row.reshape(2, 3), row.astype(int))}
    assert len(keys) == 4 and row_key(row.copy()) in keys
    assert len({file_key(path) for path in paths}) == len(paths)


@pytest.mark.parametrize("architecture, weights, message", [
    ("resnet_18", None, "Did you mean resnet18"),
    ("resnet18", "ResNet18_Weights.NOPE", "ResNet18_Weights has IMAGENET1K_V1, DEFAULT"),
    ("resnet18", "Resnet18_Weights.DEFAULT", "Did you mean ResNet18_Weights"),
    ("resnet18", "nowhere.pt", "neither a file nor the full name"),
    ("resnet18", {"a": torch.zeros(1)}, "102 entries are missing .*1 are unknown"),
    (LeNet(), {**LeNet().state_dict(), "head.bias": torch.zeros(3)}, r"is \(3,\), not \(10,\)"),
])
def test_wrong_weights_are_named(architecture, weights, message):
    with pytest.raises(ValueError, match=message):
        SourceModel(architecture, weights).module
