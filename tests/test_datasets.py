"""skactive.datasets: class sizes worked by hand, fixed corruptions, loaders on made-up files."""

import csv
import gzip
import hashlib
import io
import json
import tarfile
from math import exp

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.utils import Bunch

from skactive.datasets import (
    _home,
    _images,
    _tabular,
    _text,
    add_gaussian_noise,
    add_salt_and_pepper,
    fetch_cifar10,
    fetch_mnist,
    load_banking77,
    load_caltech101_features,
    load_clinc150,
    load_tabular,
    make_imbalanced,
)
from skactive.datasets._profiles import profile_sizes, solve_rate, step_sizes
from skactive.metrics import imbalance_ratio

STEP_COUNTS = [100, 120, 90, 110, 80, 95, 105, 130, 70, 100]


def make_pool(counts):
    y = np.random.RandomState(7).permutation(np.repeat(np.arange(len(counts)), counts))
    return np.arange(len(y)).reshape(-1, 1), y


def sizes(y):
    return np.sort(np.unique(y, return_counts=True)[1])[::-1].tolist()


class TestProfile:
    def test_worked_example(self):
        X, y = make_pool([100] * 5)
        _, y_out = make_imbalanced(X, y, ratio=0.7, random_state=0)
        assert sizes(y_out) == [100, 59, 35, 20, 12]
        assert_allclose(imbalance_ratio(y_out), 0.7020, atol=5e-5)
        rate = solve_rate(np.arange(5) / 4, np.full(5, 100), 0.7, 100)
        assert_allclose(rate, 2.1158, atol=5e-5)

    @pytest.mark.parametrize(
        "n_classes, n_max, ratio, mean, std",
        [(100, 500, 0.740, 174.7, 129.3), (101, 750, 0.793, 246.0, None)],
    )
    def test_close_to_published_sizes(self, n_classes, n_max, ratio, mean, std):
        kept = profile_sizes(np.full(n_classes, n_max), ratio, "exponential", n_max)
        assert_allclose(kept.mean(), mean, atol=0.5)
        assert_allclose(kept.std() / kept.mean(), ratio, atol=1e-3)
        if std is not None:
            assert_allclose(kept.std(), std, atol=0.1)

    def test_agrees_with_plain_bisection(self):
        low, high = 0.0, 50.0
        while high - low > 1e-10:
            rate = (low + high) / 2
            plain = [60 * exp(-rate * r / 6) for r in range(7)]
            mean = sum(plain) / 7
            ratio = (sum((size - mean) ** 2 for size in plain) / 7) ** 0.5 / mean
            low, high = (rate, high) if ratio < 0.5 else (low, rate)
        kept = profile_sizes(np.full(7, 60), 0.5, "exponential", 60)
        assert kept.tolist() == [max(1, round(size)) for size in plain]

    def test_lognormal(self):
        kept = profile_sizes(np.full(5, 100), 0.7, "lognormal", 100)
        logs = np.log([size for size in kept])
        quantiles = [1.2816, 0.5244, 0, -0.5244, -1.2816]
        slope = (logs[0] - logs[-1]) / (quantiles[0] - quantiles[-1])
        assert_allclose(logs, logs[0] + slope * (np.array(quantiles) - 1.2816), atol=0.03)
        assert_allclose(kept.std() / kept.mean(), 0.7, atol=0.01)

    @pytest.mark.parametrize("profile", ["exponential", "lognormal"])
    def test_achieved_ratio_follows_target(self, profile):
        X, y = make_pool([200] * 12)
        achieved = [
            imbalance_ratio(make_imbalanced(X, y, ratio=r, profile=profile, random_state=0)[1])
            for r in (0, 0.2, 0.5, 0.8, 1.2, 1.5)
        ]
        assert achieved[0] == 0 and (np.diff(achieved) > 0).all()
        assert_allclose(achieved, [0, 0.2, 0.5, 0.8, 1.2, 1.5], atol=0.02)

    def test_largest_class_has_the_rows_of_the_smallest(self):
        X, y = make_pool([80, 30, 50])
        assert sizes(make_imbalanced(X, y, ratio=0, random_state=0)[1]) == [30, 30, 30]
        assert max(sizes(make_imbalanced(X, y, ratio=0.5, random_state=0)[1])) == 30

    def test_classes_give_what_they_have(self):
        caps = np.array([80, 30, 50, 80])
        kept = profile_sizes(caps, 0.6, "exponential", 80)
        assert (kept <= caps).all()
        assert_allclose(kept.std() / kept.mean(), 0.6, atol=0.02)

    def test_every_class_keeps_a_row(self):
        kept = profile_sizes(np.full(20, 50), 2.0, "exponential", 50)
        assert kept.min() == 1
        assert_allclose(kept.std() / kept.mean(), 2.0, atol=0.05)

    @pytest.mark.parametrize(
        "counts, params, message",
        [
            ([10, 10], {"ratio": 0.9}, r"cannot be reached.*from 0.0000 to 0.8182"),
            ([10], {"ratio": 0.1}, "1 classes of 10 to 10 rows.*to 0.0000"),
        ],
    )
    def test_unreachable(self, counts, params, message):
        with pytest.raises(ValueError, match=message):
            make_imbalanced(*make_pool(counts), **params, random_state=0)

    def test_unreachable_for_the_caps(self):
        with pytest.raises(ValueError, match="from 0.5657 to .* the minimum is 0"):
            profile_sizes(np.array([9, 3, 3]), 0.1, "exponential", 9)


class TestStep:
    def test_worked_example(self):
        X, y = make_pool(STEP_COUNTS)
        _, y_out = make_imbalanced(X, y, profile="step", factor=10, random_state=0)
        assert np.bincount(y_out).tolist() == STEP_COUNTS[:5] + [9, 11, 13, 7, 10]
        assert step_sizes(np.array(STEP_COUNTS[5:]), 10).tolist() == [9, 11, 13, 7, 10]

    def test_total(self):
        X, y = make_pool(STEP_COUNTS)
        _, y_out = make_imbalanced(
            X, y, profile="step", factor=10, mode="total", random_state=0
        )
        assert np.bincount(y_out)[:5].tolist() == STEP_COUNTS[:5]
        assert np.bincount(y_out)[5:].sum() == 50

    @pytest.mark.parametrize("mode", ["per_class", "total"])
    def test_factor_one_is_the_identity(self, mode):
        X, y = make_pool([20] * 4)
        X_out, y_out = make_imbalanced(X, y, profile="step", factor=1, mode=mode)
        assert_array_equal(X_out, X)
        assert_array_equal(y_out, y)

    def test_reduced_classes(self):
        y = np.array(list("aaaabbbbcccc"))
        X = np.arange(12)
        _, y_out = make_imbalanced(X, y, profile="step", factor=100, reduced_classes=["a", "c"])
        assert sorted(y_out.tolist()) == ["a", "b", "b", "b", "b", "c"]

    def test_odd_number_of_classes_keeps_the_middle(self):
        _, y_out = make_imbalanced(*make_pool([10, 10, 10]), profile="step", factor=5)
        assert np.bincount(y_out).tolist() == [10, 10, 2]

    def test_one_class_is_kept(self):
        _, y_out = make_imbalanced(*make_pool([10]), profile="step", factor=5)
        assert len(y_out) == 10

    @pytest.mark.parametrize(
        "counts, factor, message",
        [([10, 10], 20, "asks for 0 rows"), ([10, 2], 2, "asks for 5 rows.*from 1 to 2")],
    )
    def test_total_out_of_range(self, counts, factor, message):
        with pytest.raises(ValueError, match=message):
            make_imbalanced(*make_pool(counts), profile="step", factor=factor, mode="total")


class TestMakeImbalanced:
    X, y = make_pool([40, 30, 20, 30])

    def test_indices(self):
        X, y, indices = make_imbalanced(
            self.X, self.y, ratio=0.6, random_state=0, return_indices=True
        )
        assert indices.dtype.kind == "i" and (np.diff(indices) > 0).all()
        assert_array_equal(X, self.X[indices])
        assert_array_equal(y, self.y[indices])

    def test_seeds(self):
        def take(seed):
            return make_imbalanced(
                self.X, self.y, ratio=0.6, random_state=seed, return_indices=True
            )[2].tolist()

        assert take(3) == take(3)
        assert len({tuple(take(seed)) for seed in range(5)}) == 5

    def test_any_class_may_be_rare(self):
        rare = {
            np.bincount(make_imbalanced(self.X, self.y, ratio=0.6, random_state=seed)[1]).argmin()
            for seed in range(30)
        }
        assert rare == {0, 1, 2, 3}

    def test_input_is_left_alone(self):
        X, y = self.X.copy(), self.y.copy()
        make_imbalanced(X, y, ratio=0.6)
        assert_array_equal(X, self.X)
        assert_array_equal(y, self.y)

    @pytest.mark.parametrize(
        "wrap",
        [
            lambda X: X.reshape(-1, 1, 1, 1).astype(np.float32),
            lambda X: sparse.csr_matrix(X + 1),
            lambda X: sparse.csr_array(X + 1),
            lambda X: [f"text {row}" for row in X[:, 0]],
            lambda X: pytest.importorskip("pandas").DataFrame(X, columns=["a"]),
            lambda X: pytest.importorskip("polars").DataFrame(X, schema=["a"]),
        ],
        ids=["images", "sparse matrix", "sparse array", "texts", "pandas", "polars"],
    )
    def test_containers(self, wrap):
        X, expected = wrap(self.X), np.arange(len(self.X))
        X_out, y_out, indices = make_imbalanced(
            X, self.y, ratio=0.6, random_state=0, return_indices=True
        )
        assert type(X_out) is type(X) and getattr(X_out, "dtype", 0) == getattr(X, "dtype", 0)
        if isinstance(X, list):
            assert X_out == [X[row] for row in indices]
        else:
            assert X_out.shape == (len(indices), *X.shape[1:])
        assert set(indices) < set(expected) and len(y_out) == len(indices)

    @pytest.mark.parametrize("library", ["pandas", "polars"])
    def test_series_of_labels(self, library):
        Series = pytest.importorskip(library).Series
        y_out = make_imbalanced(self.X, Series(self.y), ratio=0.6, random_state=0)[1]
        assert isinstance(y_out, Series)
        assert_array_equal(y_out, make_imbalanced(self.X, self.y, ratio=0.6, random_state=0)[1])

    @pytest.mark.parametrize(
        "params, message",
        [
            ({}, "needs ratio= as a number, got None"),
            ({"ratio": -0.1}, "'ratio' parameter of make_imbalanced must be .* Got -0.1"),
            ({"ratio": 0.5, "factor": 10}, "profile='exponential' does not use factor=10"),
            ({"ratio": 0.5, "n_max": 0}, "'n_max' parameter .* Got 0"),
            ({"ratio": 0.5, "n_max": 41}, "n_max must be an int from 1 to 40, .* got 41"),
            ({"ratio": 0.5, "n_max": 9.5}, "Got 9.5"),
            ({"ratio": 0.5, "profile": "linear"}, "'profile' .* Got 'linear'"),
            ({"profile": "step"}, "needs factor= as a number, got None"),
            ({"profile": "step", "factor": 0.5}, "Got 0.5"),
            ({"profile": "step", "ratio": 10}, "pass factor="),
            ({"profile": "step", "factor": 2, "mode": "all"}, "'mode' .* Got 'all'"),
            ({"profile": "step", "factor": 2, "reduced_classes": [9]}, "contains 9, which is not"),
        ],
    )
    def test_wrong_arguments(self, params, message):
        with pytest.raises(ValueError, match=message):
            make_imbalanced(self.X, self.y, **params)

    def test_wrong_labels(self):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            make_imbalanced(self.X, self.y[:-1], ratio=0.5)
        with pytest.raises(ValueError, match="at least one label"):
            make_imbalanced([], [], ratio=0.5)


class TestNoise:
    def test_gaussian(self):
        X = np.zeros((2000, 1, 5, 5), dtype=np.float32)
        noisy = add_gaussian_noise(X, p=0.3, mean=1, std=2, random_state=0)
        hit = noisy.any(axis=(1, 2, 3))
        assert_allclose(hit.mean(), 0.3, atol=0.03)
        assert_allclose([noisy[hit].mean(), noisy[hit].std()], [1, 2], atol=0.06)
        assert noisy.dtype == np.float32 and not X.any()

    def test_gaussian_is_added(self):
        X = np.random.RandomState(0).normal(size=(50, 4))
        noise = add_gaussian_noise(np.zeros_like(X), random_state=3)
        assert_allclose(add_gaussian_noise(X, random_state=3), X + noise)

    def test_salt_and_pepper(self):
        X = np.full((2000, 3, 6, 6), 128, dtype=np.uint8)
        noisy = add_salt_and_pepper(X, p=0.4, q=0.2, value_range=(0, 255), random_state=0)
        assert noisy.dtype == np.uint8 and (X == 128).all()
        assert (noisy == noisy[:, :1]).all()
        pixels = noisy[:, 0]
        hit = (pixels != 128).any(axis=(1, 2))
        assert_allclose(hit.mean(), 0.4, atol=0.03)
        assert_allclose((pixels[hit] == 0).mean(), 0.1, atol=0.01)
        assert_allclose((pixels[hit] == 255).mean(), 0.1, atol=0.01)

    def test_salt_and_pepper_takes_the_range_of_x(self):
        X = np.random.RandomState(0).uniform(-1, 2, size=(20, 1, 8, 8)).astype(np.float32)
        noisy = add_salt_and_pepper(X, p=1, random_state=0)
        assert set(noisy[noisy != X]) == {X.min(), X.max()}
        assert noisy.dtype == np.float32

    @pytest.mark.parametrize("add_noise", [add_gaussian_noise, add_salt_and_pepper])
    def test_fixed_by_the_seed(self, add_noise):
        X = np.random.RandomState(0).normal(size=(40, 2, 12, 12))
        assert_array_equal(add_noise(X, random_state=1), add_noise(X, random_state=1))
        assert (add_noise(X, random_state=1) != add_noise(X, random_state=2)).any()
        assert_array_equal(add_noise(X, p=0, random_state=0), X)
        hit = (add_noise(X, p=1, random_state=0) != X).any(axis=(1, 2, 3))
        assert hit.all()

    @pytest.mark.parametrize("add_noise", [add_gaussian_noise, add_salt_and_pepper])
    def test_read_only_input(self, add_noise):
        X = np.random.RandomState(0).normal(size=(9, 2, 4, 4))
        X.flags.writeable = False
        assert add_noise(X, p=1, random_state=0).flags.writeable

    def test_wrong_input(self):
        images = np.zeros((5, 1, 3, 3))
        with pytest.raises(ValueError, match="'p' parameter .* Got 1.5"):
            add_gaussian_noise(images, p=1.5)
        with pytest.raises(ValueError, match="'std' parameter .* Got -1"):
            add_gaussian_noise(images, std=-1)
        with pytest.raises(TypeError, match="must hold floats, got uint8"):
            add_gaussian_noise(images.astype(np.uint8))
        with pytest.raises(ValueError, match="'q' parameter .* Got -0.1"):
            add_salt_and_pepper(images, q=-0.1)
        with pytest.raises(ValueError, match=r"got \(5, 3, 3\); gray images need"):
            add_salt_and_pepper(images[:, 0])
        with pytest.raises(ValueError, match="If all pixels are equal, pass value_range"):
            add_salt_and_pepper(images)
        for value_range in [(0, 256), (0, 0.5)]:
            with pytest.raises(ValueError, match="both of them values of uint8"):
                add_salt_and_pepper(images.astype(np.uint8), value_range=value_range)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty folder for data; neither the user's cache nor the network is touched."""
    monkeypatch.delenv("SKACTIVE_DATA", raising=False)
    monkeypatch.setattr(_home, "_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(_home, "urlopen", no_network)
    return tmp_path


def no_network(url, timeout):
    raise AssertionError(f"{url} was opened without having been asked for")


@pytest.fixture
def web(monkeypatch, home):
    """A simulated network: a dict from addresses to contents, and the checksums of these."""
    pages = {}
    monkeypatch.setattr(_home, "urlopen", lambda url, timeout: io.BytesIO(pages[url]))
    return pages


def sha256(content):
    return hashlib.sha256(content).hexdigest()


ALL_LOADERS = [
    pytest.param(fetch_mnist, "mnist.npz", id="mnist"),
    pytest.param(fetch_cifar10, "cifar10.npz", id="cifar10"),
    pytest.param(load_caltech101_features, "caltech101_mobilenetv2.npz", id="caltech101"),
    pytest.param(load_banking77, "banking77_minilm.npz", id="banking77"),
    pytest.param(lambda **p: load_banking77(as_text=True, **p), "banking77.npz", id="sentences"),
    pytest.param(load_clinc150, "clinc150_minilm.npz", id="clinc150"),
    pytest.param(lambda **p: load_tabular("car", **p), "tabular/car.csv.gz", id="tabular"),
]


class TestFolders:
    @pytest.mark.parametrize("load, name", ALL_LOADERS)
    def test_missing_file(self, load, name, home, monkeypatch):
        if "tabular" in name:
            pytest.importorskip("pandas")
        monkeypatch.setenv("SKACTIVE_DATA", str(home / "mine"))
        with pytest.raises(FileNotFoundError) as caught:
            load()
        assert str(caught.value).startswith(
            f"{name} is not in {home / 'mine'} and {home / 'cache'}. "
        )
        with pytest.raises(FileNotFoundError, match="other"):
            load(data_home=home / "other")
        assert list(home.iterdir()) == []

    def test_order_of_search(self, home, monkeypatch):
        arrays = {"X_test": np.zeros((1, 28, 28), np.uint8), "y_test": np.zeros(1, np.uint8)}
        for label, folder in enumerate(["cache", "mine", "given"]):
            (home / folder).mkdir()
            X_train, y_train = np.zeros((1, 28, 28), np.uint8), np.full(1, label, np.uint8)
            np.savez(home / folder / "mnist.npz", X_train=X_train, y_train=y_train, **arrays)
        assert fetch_mnist().y_train.tolist() == [0]
        monkeypatch.setenv("SKACTIVE_DATA", str(home / "mine"))
        assert fetch_mnist().y_train.tolist() == [1]
        assert fetch_mnist(data_home=home / "given").y_train.tolist() == [2]

    def test_nothing_is_unpickled(self, home):
        np.savez(home / "mnist.npz", X_train=np.array([{}], dtype=object))
        with pytest.raises(ValueError, match="allow_pickle=False"):
            fetch_mnist(data_home=home)

    def test_default_cache_is_in_the_home_folder(self):
        assert _home._cache().name == "skactive_data"


class TestDownloads:
    def test_mnist(self, web, home, monkeypatch):
        images = np.random.RandomState(0).randint(256, size=(3, 28, 28)).astype(np.uint8)
        labels = np.array([7, 0, 9], dtype=np.uint8)
        files = {}
        for name, array in [("images", images), ("labels", labels)]:
            shape = np.array(array.shape, dtype=">i4").tobytes()
            content = gzip.compress(bytes([0, 0, 8, array.ndim]) + shape + array.tobytes())
            web[_images._MNIST_URL + name] = content
            files[name] = (name, sha256(content))
        names = {"X_train": "images", "y_train": "labels", "X_test": "images", "y_test": "labels"}
        monkeypatch.setattr(_images, "_MNIST_FILES", {k: files[v] for k, v in names.items()})
        data = fetch_mnist(download_if_missing=True)
        assert_array_equal(data.X_train, images[:, None])
        assert_array_equal(data.y_test, [7, 0, 9])
        web.clear()
        assert_array_equal(fetch_mnist().X_test, images[:, None])
        assert [path.name for path in (home / "cache").iterdir()] == ["mnist.npz"]

    def test_wrong_checksum(self, web, home):
        web[_images._CIFAR10_URL] = b"not the archive"
        with pytest.raises(OSError, match=f"has the SHA-256 {sha256(b'not the archive')}"):
            fetch_cifar10(data_home=home, download_if_missing=True)
        assert not (home / "cifar10.npz").exists()

    def test_cifar10(self, web, home, monkeypatch):
        records = np.random.RandomState(0).randint(256, size=(12, 3073)).astype(np.uint8)
        records[:, 0] %= 10
        names = [f"data_batch_{batch}.bin" for batch in range(1, 6)] + ["test_batch.bin"]
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, part in [*zip(names, np.split(records, 6)), ("../../evil", records[:1])]:
                member = tarfile.TarInfo(_images._CIFAR10_FOLDER + name)
                member.size = part.nbytes
                archive.addfile(member, io.BytesIO(part.tobytes()))
        web[_images._CIFAR10_URL] = buffer.getvalue()
        monkeypatch.setattr(_images, "_CIFAR10_SHA256", sha256(buffer.getvalue()))
        data = fetch_cifar10(data_home=home / "new", download_if_missing=True)
        assert data.X_train.shape == (10, 3, 32, 32) and data.X_test.shape == (2, 3, 32, 32)
        assert_array_equal(np.r_[data.y_train, data.y_test], records[:, 0])
        assert_array_equal(data.X_train[0, 2, 31], records[0, -32:])
        assert len(data.classes) == 10
        assert [str(p.relative_to(home)) for p in home.rglob("*")] == ["new", "new/cifar10.npz"]

    def test_banking77(self, web, home, monkeypatch):
        rows = [["text", "category"], ["Where is it, please?", "late"], ["a\nb", "card"]]
        for part in ("train", "test"):
            file = io.StringIO(newline="")
            csv.writer(file).writerows(rows)
            content = file.getvalue().encode()
            web[f"{_text._BANKING77_URL}{part}.csv"] = content
            monkeypatch.setitem(_text._BANKING77_SHA256, part, sha256(content))
        data = load_banking77(as_text=True, data_home=home, download_if_missing=True)
        assert data.X_train == ["Where is it, please?", "a\nb"] == data.X_test
        assert data.classes[data.y_test].tolist() == ["late", "card"]
        web.clear()
        assert load_banking77(as_text=True, data_home=home).X_test == data.X_test

    def test_clinc150(self, web, home, monkeypatch):
        content = json.dumps(
            {"train": [["hi", "b"]], "val": [["ho", "a"]], "test": [["hu", "b"]], "oos_test": []}
        ).encode()
        web[_text._CLINC150_URL] = content
        monkeypatch.setattr(_text, "_CLINC150_SHA256", sha256(content))
        data = load_clinc150(as_text=True, data_home=home, download_if_missing=True)
        assert (data.X_train, data.y_train.tolist()) == (["hi", "ho"], [1, 0])
        assert (data.X_test, data.y_test.tolist()) == (["hu"], [1])

    def test_tabular(self, home, monkeypatch):
        pd = pytest.importorskip("pandas")
        table = Bunch(
            data=pd.DataFrame({"word": ["u", None, "v"], "size": [1.5, np.nan, 2.0]}),
            target=pd.Series(["yes", "no", "yes"]),
        )
        monkeypatch.setattr(_tabular, "fetch_openml", lambda **params: table)
        load_tabular("car", data_home=home, download_if_missing=True)
        monkeypatch.setattr(_tabular, "fetch_openml", no_network)
        data = load_tabular("car", data_home=home)
        assert list(data.X.dtypes.astype(str)) == ["category", "float64"]
        assert data.X.isna().sum().tolist() == [1, 1]
        assert (data.y.tolist(), data.classes.tolist()) == (["yes", "no", "yes"], ["no", "yes"])
        with pytest.raises(ValueError, match="'name' parameter .* Got 'cars'"):
            load_tabular("cars")


class TestPreparedFiles:
    def test_caltech101(self, home):
        np.savez(
            home / "caltech101_mobilenetv2.npz",
            features=np.array([[0, 10], [20, 30], [40, 50]], dtype=np.uint8),
            logits=np.array([[58, 58], [0, 58], [58, 68]], dtype=np.uint8),
            y=np.array([1, 0, 1], dtype=np.int16),
            is_test=np.array([False, True, False]),
            classes=np.array(["ant", "bee"]),
            feature_scale=np.float32(0.5),
            logit_scale=np.float32(0.1),
            logit_zero_point=np.int16(58),
        )
        data = load_caltech101_features(data_home=home)
        assert_allclose(data.X_train, [[0, 5], [20, 25]])
        odds = np.exp([0, 1, 5.8])
        proba = np.r_[data.source_proba_train, data.source_proba_test]
        assert_allclose(proba[:, 1], odds / (1 + odds), rtol=1e-5)
        assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
        assert data.X_train.dtype == data.source_proba_train.dtype == np.float32
        assert (data.y_train.tolist(), data.y_test.tolist()) == ([1, 1], [0])
        assert data.classes[data.y_train].tolist() == ["bee", "bee"]

    @pytest.mark.parametrize(
        "load, name", [(load_banking77, "banking77"), (load_clinc150, "clinc150")]
    )
    def test_embeddings(self, load, name, home):
        np.savez(
            home / f"{name}_minilm.npz",
            features_train=np.eye(2, dtype=np.float16),
            y_train=np.array([1, 0], dtype=np.int16),
            text_train=np.array(["one", "two"]),
            features_test=np.ones((1, 2), dtype=np.float16),
            y_test=np.array([1], dtype=np.int16),
            text_test=np.array(["three"]),
            classes=np.array(["a", "b"]),
        )
        data = load(data_home=home)
        assert_array_equal(data.X_train, np.eye(2))
        assert data.X_train.dtype == np.float32
        assert load(data_home=home, as_text=True).X_test == ["three"]

    def test_cifar10_from_jpegs(self, home):
        Image = pytest.importorskip("PIL.Image")
        content = b""
        offsets = [0]
        for color in [(200, 0, 0), (0, 0, 200)]:
            file = io.BytesIO()
            Image.new("RGB", (32, 32), color).save(file, "JPEG", quality=95)
            content += file.getvalue()
            offsets.append(len(content))
        parts = {}
        for part in ("train", "test"):
            parts[f"{part}_bytes"] = np.frombuffer(content, dtype=np.uint8)
            parts[f"{part}_offsets"] = np.array(offsets)
            parts[f"y_{part}"] = np.array([3, 4], dtype=np.uint8)
        np.savez(home / "cifar10_jpeg.npz", **parts)
        data = fetch_cifar10(data_home=home)
        assert data.X_train.shape == (2, 3, 32, 32)
        assert_allclose(data.X_test[:, :, 0, 0], [[200, 0, 0], [0, 0, 200]], atol=4)
        assert data.classes[data.y_train].tolist() == ["cat", "deer"]
