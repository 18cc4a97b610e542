"""Image data sets: MNIST, CIFAR-10, and features of Caltech-101."""

import gzip
import io
import os
import tarfile
from typing import Any

import numpy as np
from scipy.special import softmax
from sklearn.utils import Bunch

from .._parameters import validated
from ._home import (
    LOADER,
    download,
    find_file,
    folder_for_downloads,
    missing,
    read_npz,
    write_npz,
)

_MNIST_URL = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_MNIST_FILES = {
    "X_train": (
        "train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "y_train": (
        "train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "X_test": (
        "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "y_test": (
        "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}
_CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
_CIFAR10_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
_CIFAR10_CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()
_CIFAR10_FOLDER = "cifar-10-batches-bin/"


@validated(LOADER)
def fetch_mnist(
    *, data_home: str | os.PathLike[str] | None = None, download_if_missing: bool = False
) -> Any:
    """Load the MNIST handwritten digits, 60,000 for training and 10,000 for testing.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder with ``mnist.npz``. None searches the folder in the environment
        variable ``SKACTIVE_DATA``, then ``~/skactive_data``.
    download_if_missing : bool, default=False
        Whether to download the set (12 MB) to ``data_home`` or
        ``~/skactive_data`` if it is not found.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        ``X_train`` and ``X_test``, uint8 of shape (n_images, 1, 28, 28);
        ``y_train`` and ``y_test``, int of shape (n_images,); ``classes``.

    Raises
    ------
    FileNotFoundError
        If the file is not found and ``download_if_missing`` is False.
    OSError
        If the download fails or its checksum is wrong.

    See Also
    --------
    fetch_cifar10 : Small photographs in color.

    References
    ----------
    .. [1] Y. LeCun, L. Bottou, Y. Bengio, P. Haffner (1998). "Gradient-Based
       Learning Applied to Document Recognition". Proceedings of the IEEE 86,
       2278-2324. doi:10.1109/5.726791

    Examples
    --------
    >>> from skactive.datasets import fetch_mnist
    >>> data = fetch_mnist(download_if_missing=True)  # doctest: +SKIP
    >>> data.X_train.shape  # doctest: +SKIP
    (60000, 1, 28, 28)
    """
    path = find_file("mnist.npz", data_home)
    if path is None and not download_if_missing:
        raise missing("mnist.npz", data_home, "Pass download_if_missing=True to download MNIST.")
    if path is None:
        path = folder_for_downloads(data_home) / "mnist.npz"
        write_npz(path, **_download_mnist())
    arrays = read_npz(path)
    return Bunch(
        X_train=arrays["X_train"][:, np.newaxis],
        y_train=arrays["y_train"].astype(int),
        X_test=arrays["X_test"][:, np.newaxis],
        y_test=arrays["y_test"].astype(int),
        classes=np.arange(10),
    )


@validated(LOADER)
def fetch_cifar10(
    *, data_home: str | os.PathLike[str] | None = None, download_if_missing: bool = False
) -> Any:
    """Load the CIFAR-10 photographs, 50,000 for training and 10,000 for testing.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder with ``cifar10.npz``. None searches the folder in the
        environment variable ``SKACTIVE_DATA``, then ``~/skactive_data``.
    download_if_missing : bool, default=False
        Whether to download the set to ``data_home`` or ``~/skactive_data`` if
        it is not found. This is the binary version (162 MB), which needs no
        unpickling.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        ``X_train`` and ``X_test``, uint8 of shape (n_images, 3, 32, 32);
        ``y_train`` and ``y_test``, int of shape (n_images,), positions in
        ``classes``; ``classes``, the 10 class names.

    Raises
    ------
    FileNotFoundError
        If the file is not found and ``download_if_missing`` is False.
    OSError
        If the download fails or its checksum is wrong.

    See Also
    --------
    fetch_mnist : Handwritten digits in gray.

    Notes
    -----
    A folder may hold ``cifar10_jpeg.npz`` instead of ``cifar10.npz``: a part
    of the set as JPEG images, ten times smaller but not lossless. It is read
    only if no folder has the exact set, and this needs pillow.

    References
    ----------
    .. [1] A. Krizhevsky (2009). "Learning Multiple Layers of Features from
       Tiny
       Images". University of Toronto.
       https://www.cs.toronto.edu/~kriz/cifar.html

    Examples
    --------
    >>> from skactive.datasets import fetch_cifar10
    >>> data = fetch_cifar10(download_if_missing=True)  # doctest: +SKIP
    >>> data.X_train.shape  # doctest: +SKIP
    (50000, 3, 32, 32)
    """
    path = find_file("cifar10.npz", data_home)
    if path is None and download_if_missing:
        path = folder_for_downloads(data_home) / "cifar10.npz"
        write_npz(path, **_unpack_cifar10(download(_CIFAR10_URL, _CIFAR10_SHA256)))
    jpeg = find_file("cifar10_jpeg.npz", data_home)
    if path is None and jpeg is None:
        advice = "Pass download_if_missing=True to download CIFAR-10."
        raise missing("cifar10.npz", data_home, advice)
    arrays = _decode_cifar10(read_npz(jpeg)) if path is None else read_npz(path)
    return Bunch(**arrays, classes=np.array(_CIFAR10_CLASSES))


@validated(LOADER)
def load_caltech101_features(*, data_home: str | os.PathLike[str] | None = None) -> Any:
    """Load features of the Caltech-101 photographs, and the predictions of an ImageNet model.

    The set is naturally imbalanced: 101 classes of 31 to 800 images. The
    features are the pooled last layer of a MobileNetV2 trained on ImageNet. So
    you can try strategies that use a source model without a neural network.

    Parameters
    ----------
    data_home : path-like, default=None
        Folder with ``caltech101_mobilenetv2.npz``. None searches the folder in
        the environment variable ``SKACTIVE_DATA``, then ``~/skactive_data``.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        ``X_train`` and ``X_test``, float32 of shape (n_images, 1280);
        ``source_proba_train`` and ``source_proba_test``, float32 probabilities
        of the source model, of shape (n_images, 1001), with class 0 for the
        background; ``y_train`` and ``y_test``, int of shape (n_images,),
        positions in ``classes``; ``classes``, the 101 class names.

    Raises
    ------
    FileNotFoundError
        If the file is not found. There is no download; compute the file from
        the images, see Notes.

    See Also
    --------
    skactive.metrics.transferability : Use of the source probabilities.

    Notes
    -----
    The file has the arrays ``features`` and ``logits`` (uint8) and the numbers
    ``feature_scale``, ``logit_scale`` and ``logit_zero_point``. A feature is
    ``features * feature_scale``, and a logit is ``(logits - logit_zero_point)
    * logit_scale``. The file also has ``y`` and ``is_test`` for each row, and
    ``classes``.

    References
    ----------
    .. [1] L. Fei-Fei, R. Fergus, P. Perona (2004). "Learning Generative Visual
       Models from Few Training Examples". CVPR Workshop. The images:
       doi:10.22002/D1.20086

    Examples
    --------
    >>> from skactive.datasets import load_caltech101_features
    >>> data = load_caltech101_features()  # doctest: +SKIP
    >>> data.X_train.shape  # doctest: +SKIP
    (6075, 1280)
    """
    name = "caltech101_mobilenetv2.npz"
    path = find_file(name, data_home)
    if path is None:
        advice = "Compute it from the images (doi 10.22002/D1.20086) by an ImageNet MobileNetV2."
        raise missing(name, data_home, advice)
    arrays = read_npz(path)
    features = arrays["features"].astype(np.float32) * arrays["feature_scale"]
    logits = arrays["logits"].astype(np.float32) - arrays["logit_zero_point"]
    proba = softmax(logits * arrays["logit_scale"], axis=1).astype(np.float32)
    y, test = arrays["y"].astype(int), arrays["is_test"]
    return Bunch(
        X_train=features[~test],
        y_train=y[~test],
        source_proba_train=proba[~test],
        X_test=features[test],
        y_test=y[test],
        source_proba_test=proba[test],
        classes=arrays["classes"],
    )


def _download_mnist():
    """Download the four arrays of MNIST."""
    return {
        name: _read_idx(gzip.decompress(download(_MNIST_URL + file, sha256)))
        for name, (file, sha256) in _MNIST_FILES.items()
    }


def _read_idx(content):
    """Read an array of bytes in the IDX format: two zeros, type 8, number of axes, axes, data."""
    n_axes = content[3]
    shape = np.frombuffer(content, dtype=">i4", count=n_axes, offset=4)
    return np.frombuffer(content, dtype=np.uint8, offset=4 + 4 * n_axes).reshape(shape)


def _unpack_cifar10(content):
    """Read the arrays of the binary archive in memory, without extracting its members."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        train = [_read_cifar10(archive, f"data_batch_{batch}.bin") for batch in range(1, 6)]
        X_test, y_test = _read_cifar10(archive, "test_batch.bin")
    X_train, y_train = (np.concatenate(parts) for parts in zip(*train))
    return {"X_train": X_train, "y_train": y_train, "X_test": X_test, "y_test": y_test}


def _read_cifar10(archive, name):
    """Read images and labels of one file: records of one label byte and 3072 image bytes."""
    content = archive.extractfile(_CIFAR10_FOLDER + name).read()
    records = np.frombuffer(content, dtype=np.uint8).reshape(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0].astype(int)


def _decode_cifar10(arrays):
    """Decode the arrays of cifar10.npz from JPEG images."""
    decoded = {}
    for part in ("train", "test"):
        decoded[f"X_{part}"] = _decode_jpegs(
            arrays[f"{part}_bytes"], arrays[f"{part}_offsets"]
        )
        decoded[f"y_{part}"] = arrays[f"y_{part}"].astype(int)
    return decoded


def _decode_jpegs(content, offsets):
    """Decode images to shape (n_images, 3, height, width); the i-th starts at offset i."""
    from PIL import Image

    images = [
        np.asarray(Image.open(io.BytesIO(content[start:stop].tobytes())).convert("RGB"))
        for start, stop in zip(offsets[:-1], offsets[1:])
    ]
    return np.stack(images).transpose(0, 3, 1, 2)
