"""Image files and torch Datasets as rows."""

import os
import pathlib

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from skorch import NeuralNetClassifier
from skorch.dataset import Dataset as SkorchDataset
from torch.utils.data import ConcatDataset, Dataset, Subset
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

from skactive import ActiveLearner
from skactive.deep import (
    VAAL,
    FineTunedClassifier,
    FisherKernel,
    ImageLoader,
    LeNet,
    MCDropout,
    NetFeatures,
    SeededNet,
    SourceModel,
)
from skactive.query import BALD, CoreSet, MarginSampling
from tests.deep import test_loading

N_ROWS = 120
calls = []


def gray(path):
    """Reads an image, and records its path."""
    calls.append(os.fspath(path))
    return ImageLoader(mode="L")(path)


class Arrays(Dataset):
    """Rows of an array that are counted when they are loaded."""

    def __init__(self, X, y=None):
        self.X, self.y, self.loaded = X, y, []

    def __len__(self):
        return len(self.X)

    def __getitem__(self, position):
        self.loaded.append(position)
        row = torch.from_numpy(self.X[position])
        return row if self.y is None else (row, self.y[position])


@pytest.fixture(scope="module")
def images(digits):
    X, y = digits
    return (X[:N_ROWS] * 255).astype(np.uint8), y[:N_ROWS]


@pytest.fixture(scope="module")
def folder(images, tmp_path_factory):
    """A folder of image files, one folder a class, and their paths in the order of the rows."""
    root = tmp_path_factory.mktemp("images")
    paths = []
    for number, (image, label) in enumerate(zip(*images)):
        path = root / str(label) / f"{number:03d}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(image[0]).save(path)
        paths.append(path)
    return root, paths


@pytest.fixture
def pools(images, folder):
    """The same rows in all forms."""
    X, paths = images[0], folder[1]
    return {
        "array": X,
        "paths": paths,
        "texts": [str(path) for path in paths],
        "object array": np.array([str(path) for path in paths], dtype=object),
        "dataset": Arrays(X),
        "pairs": Arrays(X, images[1]),
        "subset": Subset(Arrays(np.concatenate([X[:5], X])), range(5, 5 + N_ROWS)),
    }


FORMS = ["paths", "texts", "object array", "dataset", "pairs", "subset"]


@pytest.fixture
def net():
    return SeededNet(
        LeNet, module__image_size=16, module__dropout=(0.1, 0.2), max_steps=20, load=gray
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("strategy", ["margin", "core set", "fisher", "bald"])
def test_picks_are_those_of_the_array(pools, images, net, form, strategy):
    y = images[1]
    strategies = {
        "margin": lambda X: MarginSampling(),
        "core set": lambda X: CoreSet(embed=NetFeatures()),
        "fisher": lambda X: FisherKernel(X, y),
        "bald": lambda X: BALD(),
    }
    estimator = MCDropout(net, n_samples=3) if strategy == "bald" else net

    def run(X):
        query = strategies[strategy](X)
        learner = ActiveLearner(
            estimator, query, budget=40, n_initial=20, batch_size=10, random_state=0
        )
        return learner.run(X, lambda rows: y[rows])

    right, found = run(pools["array"]), run(pools[form])
    assert_array_equal(found.y_labeled_, right.y_labeled_)
    assert_allclose(found.predict_proba(pools[form]), right.predict_proba(pools["array"]))
    assert found.score(pools[form], y) == right.score(pools["array"], y)


@pytest.mark.parametrize("form", ["paths", "pairs"])
def test_fit_simulates_with_labels_and_predicts(pools, images, net, form):
    learner = ActiveLearner(net, MarginSampling(), budget=30, random_state=0)
    learner.fit(pools[form], images[1])
    right = clone(learner).fit(pools["array"], images[1])
    assert_array_equal(learner.query_indices_, right.query_indices_)
    assert_array_equal(learner.predict(pools[form]), right.predict(pools["array"]))


def test_rows_of_a_dataset_are_loaded_once_per_query(images, net):
    X, y = images
    pool = Arrays(X)
    learner = ActiveLearner(net, MarginSampling(), random_state=0)
    learner.teach(Subset(pool, range(20)), y[:20])
    pool.loaded.clear()
    picks = learner.query(pool, 5, exclude=range(70))
    # and the first row once more for its size
    assert sorted(pool.loaded) == [70, *range(70, N_ROWS)]
    learner.teach(Subset(pool, picks), y[picks])
    assert type(learner.X_labeled_) is Subset
    assert learner.X_labeled_.dataset is pool
    assert learner.X_labeled_.indices == [*range(20), *picks]
    learner.teach(Arrays(X[:3]), y[:3])
    assert type(learner.X_labeled_) is ConcatDataset and len(learner.X_labeled_) == 28
    with pytest.raises(TypeError, match="cannot join the torch Dataset"):
        learner.teach(X[:3], y[:3])


def test_no_more_than_a_batch_is_loaded_at_a_time(images, net, monkeypatch):
    from skactive.deep import _blocks

    sizes = []
    stacked = test_loading.SeededNet.evaluation_step
    monkeypatch.setattr(
        SeededNet, "evaluation_step",
        lambda self, batch, **other: sizes.append(len(batch[0])) or stacked(self, batch, **other),
    )
    net.fit(images[0][:30], images[1][:30])
    monkeypatch.setattr(_blocks, "_INPUT_BYTES", 40 * 256)
    net.predict_proba(Arrays(images[0]))
    assert sizes == [40, 40, 40]


def test_a_loader_in_a_pipeline_gets_a_block_at_a_time(pools, images, net):
    sizes = []

    def load(paths):
        sizes.append(len(paths))
        return np.stack([ImageLoader(mode="L")(path).numpy() for path in paths])

    paths = pools["texts"] * 5
    pipeline = make_pipeline(FunctionTransformer(load), net)
    for strategy in (MarginSampling(), CoreSet(embed=NetFeatures("conv1")), BALD()):
        estimator = MCDropout(net, n_samples=2) if isinstance(strategy, BALD) else net
        learner = ActiveLearner(make_pipeline(pipeline[0], estimator), strategy, random_state=0)
        learner.teach(paths[:20], images[1][:20])
        sizes.clear()
        learner.query(paths, 5)
        assert max(sizes) == 256, strategy


def test_an_image_folder_is_a_pool(folder, images, net):
    pool = ImageFolder(folder[0], transform=v2.Compose([v2.Grayscale(), v2.PILToTensor()]))
    y = np.array(pool.targets)
    learner = ActiveLearner(net, CoreSet(embed=NetFeatures()), budget=30, random_state=0)
    assert learner.fit(pool, y).score(pool, y) > 0.2
    plain = ImageFolder(folder[0])  # images of Pillow
    source = SourceModel(LeNet(in_channels=3, image_size=16))
    assert source.transform(plain).shape == (N_ROWS, 50)


def test_workers_load_the_same(pools, net, images):
    y = images[1]
    right = clone(net).set_params(random_state=0).fit(pools["texts"], y)
    net.set_params(random_state=0, iterator_train__num_workers=2, iterator_valid__num_workers=2)
    net.fit(pools["texts"], y)
    assert_allclose(net.predict_proba(pools["texts"]), right.predict_proba(pools["array"]))
    source = SourceModel(right.module_, load=gray, num_workers=2, batch_size=50)
    assert_allclose(
        source.transform(pools["paths"]), SourceModel(right.module_).transform(pools["array"])
    )


class Halved(SkorchDataset):
    """A dataset of skorch that changes rows."""

    def transform(self, X, y):
        X, y = super().transform(X, y)
        return X / 2, y


@pytest.mark.parametrize("kind", [SeededNet, FineTunedClassifier])
def test_dataset_of_skorch_is_honored(digits, kind):
    X, y = digits
    options = {"max_steps": 20, "lr": 0.001, "random_state": 0}
    if kind is SeededNet:
        net = SeededNet(LeNet, module__image_size=16, **options)
    else:
        net = FineTunedClassifier(source=SourceModel(LeNet(image_size=16)), **options)
    halved = clone(net).set_params(dataset=Halved).fit(X[:50], y[:50])
    right = net.fit(X[:50] / 2, y[:50])
    assert_allclose(halved.predict_proba(X[50:60]), right.predict_proba(X[50:60] / 2), rtol=1e-5)
    features = NetFeatures("conv2" if kind is SeededNet else "body.conv2")
    assert_allclose(
        features.embed_rows(halved, X[50:60]), features.embed_rows(right, X[50:60] / 2), rtol=1e-4
    )


def test_a_plain_net_of_skorch_takes_a_dataset(digits):
    X, y = digits
    net = NeuralNetClassifier(
        LeNet, module__image_size=16, criterion=torch.nn.CrossEntropyLoss, train_split=None,
        max_epochs=2, verbose=0,
    )
    pool = Arrays(X[:80], y[:80])
    learner = ActiveLearner(net, CoreSet(embed=NetFeatures()), random_state=0)
    learner.teach(X[:30], y[:30])
    assert_array_equal(learner.query(pool, 5), learner.query(X[:80], 5))


class Shifted:
    """An augmentation with draws from torch's stream."""

    seen = []

    def __call__(self, image):
        shift = int(torch.randint(3, ()))
        Shifted.seen.append(shift)
        return torch.roll(image, shift, dims=-1)


@pytest.mark.parametrize("form", ["array", "paths", "pairs"])
def test_augmentation_repeats_with_a_seed_and_is_for_training(pools, images, net, form):
    X, y = pools[form], images[1]
    net.set_params(augment=Shifted(), random_state=0)
    Shifted.seen.clear()
    first = clone(net).fit(X, y)
    assert set(Shifted.seen) == {0, 1, 2} and len(Shifted.seen) == N_ROWS * len(first.history)
    draws = Shifted.seen[:]
    Shifted.seen.clear()
    state = torch.random.get_rng_state()
    proba = first.predict_proba(X)
    assert Shifted.seen == []
    assert_array_equal(clone(net).fit(X, y).predict_proba(X), proba)
    assert Shifted.seen == draws
    assert torch.equal(torch.random.get_rng_state(), state)
    plain = clone(net).set_params(augment=None).fit(X, y)
    assert abs(plain.predict_proba(X) - proba).max() > 1e-3
    workers = clone(net).set_params(iterator_train__num_workers=2).fit(X, y)
    assert_array_equal(workers.predict_proba(X), proba)


def test_transforms_of_torchvision_augment_a_fine_tuned_net(pools, images):
    source = SourceModel(LeNet(image_size=16), load=gray)
    augment = v2.Compose([v2.RandomCrop(16, padding=2), v2.RandomHorizontalFlip()])
    net = FineTunedClassifier(source=source, augment=augment, max_steps=10, random_state=0)
    first = net.fit(pools["paths"], images[1]).predict_proba(pools["paths"])
    assert_array_equal(clone(net).fit(pools["paths"], images[1]).predict_proba(pools["paths"]),
                       first)
    plain = clone(net).set_params(augment=None).fit(pools["array"], images[1])
    assert abs(plain.predict_proba(pools["array"]) - first).max() > 1e-5


def test_images_of_several_sizes(tmp_path, net):
    paths = [tmp_path / f"{side}.png" for side in (16, 20)]
    for path, side in zip(paths, (16, 20)):
        Image.new("RGB", (side, side + 4)).save(path)
    source = SourceModel(LeNet(in_channels=3, image_size=16))
    with pytest.raises(ValueError, match=r"row 0 of a batch .* row 1 .*ImageLoader\(size=224\)"):
        source.transform(paths)
    resized = SourceModel(source.module, load=ImageLoader(size=16))
    assert resized.transform(paths).shape == (2, 50)
    with pytest.raises(FileNotFoundError, match="nowhere.png"):
        resized.transform([tmp_path / "nowhere.png"])


def test_image_loader(tmp_path):
    path = tmp_path / "wide.png"
    pixels = np.zeros((10, 20, 3), dtype=np.uint8)
    pixels[:, 5:15] = 200
    Image.fromarray(pixels).save(path)
    assert_array_equal(ImageLoader()(path), pixels.transpose(2, 0, 1))
    assert (ImageLoader(size=10, mode="L")(str(path)).numpy() == 200).mean() > 0.95
    assert clone(ImageLoader(size=7)).size == 7


@pytest.mark.parametrize("form", FORMS)
def test_vaal_takes_them(pools, images, net, form):
    strategy = VAAL(n_steps=2, width=4, load=gray)
    learner = ActiveLearner(net, strategy, budget=25, n_initial=20, random_state=0)
    found = clone(learner).fit(pools[form], images[1]).query_indices_
    assert_array_equal(found, learner.fit(pools["array"], images[1]).query_indices_)


def test_paths_may_be_pure(folder):
    source = SourceModel(LeNet(image_size=16), load=gray)
    pure = [pathlib.PurePath(path) for path in folder[1][:3]]
    assert_allclose(source.transform(pure), source.transform(folder[1][:3]))
