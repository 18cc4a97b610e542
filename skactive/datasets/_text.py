"""Text data sets with one intent per sentence: BANKING77 and CLINC150."""

import csv
import io
import json
import os
from typing import Any

import numpy as np
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

_BANKING77_URL = (
    "https://raw.githubusercontent.com/PolyAI-LDN/task-specific-datasets/"
    "57ec275d8078af65b7731c2a98be812d844a6d6b/banking_data/"
)
_BANKING77_SHA256 = {
    "train": "b06e26ac675513959a63135f11b94ea7786ed02da65db93a5650d8838cbc664b",
    "test": "d12d6e3bc4c3103966ae786dc435913c0c563dfa328f5a3646d0e62cfeeb474d",
}
_CLINC150_URL = (
    "https://raw.githubusercontent.com/clinc/oos-eval/"
    "828f8093932c8fe6ca7936c3d2e52903b1c523de/data/data_full.json"
)
_CLINC150_SHA256 = "36923c3705a59e08fe9c3883d8bc2dd966ef93e22cb78ac41171782a698d56e0"


@validated(LOADER)
def load_banking77(
    *,
    as_text: bool = False,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = False,
) -> Any:
    """Load BANKING77, questions of bank customers in 77 classes.

    There are 10,003 sentences for training and 3,080 for testing.

    Parameters
    ----------
    as_text : bool, default=False
        True: X holds the sentences. False: X holds their MiniLM embeddings of
        unit norm, from the prepared file ``banking77_minilm.npz``, which
        cannot be downloaded.
    data_home : path-like, default=None
        Folder with the files. None searches the folder in the environment
        variable ``SKACTIVE_DATA``, then ``~/skactive_data``.
    download_if_missing : bool, default=False
        Whether to download the sentences (1 MB) to ``data_home`` or
        ``~/skactive_data`` if they are not found.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        ``X_train`` and ``X_test``, lists of str or float32 of shape
        (n_sentences, 384); ``y_train`` and ``y_test``, int of shape
        (n_sentences,), positions in ``classes``; ``classes``, the 77 class
        names.

    Raises
    ------
    FileNotFoundError
        If the file is not found and is not downloaded.
    OSError
        If the download fails or its checksum is wrong.

    See Also
    --------
    load_clinc150 : A larger set of intents, useful as a source domain for this one.

    References
    ----------
    .. [1] I. Casanueva, T. Temcinas, D. Gerz, M. Henderson, I. Vulic (2020).
       "Efficient Intent Detection with Dual Sentence Encoders". NLP4ConvAI,
       38-45.
       doi:10.18653/v1/2020.nlp4convai-1.5

    Examples
    --------
    >>> from skactive.datasets import load_banking77
    >>> data = load_banking77(as_text=True, download_if_missing=True)  # doctest: +SKIP
    >>> len(data.X_train), len(data.classes)  # doctest: +SKIP
    (10003, 77)
    """
    return _load("banking77", _download_banking77, as_text, data_home, download_if_missing)


@validated(LOADER)
def load_clinc150(
    *,
    as_text: bool = False,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = False,
) -> Any:
    """Load CLINC150, requests to an assistant in 150 classes.

    There are 18,000 sentences for training (the original training and
    validation parts) and 4,500 for testing. Sentences outside all classes are
    left out.

    Parameters
    ----------
    as_text : bool, default=False
        True: X holds the sentences. False: X holds their MiniLM embeddings of
        unit norm, from the prepared file ``clinc150_minilm.npz``, which cannot
        be downloaded.
    data_home : path-like, default=None
        Folder with the files. None searches the folder in the environment
        variable ``SKACTIVE_DATA``, then ``~/skactive_data``.
    download_if_missing : bool, default=False
        Whether to download the sentences (2 MB) to ``data_home`` or
        ``~/skactive_data`` if they are not found.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        ``X_train`` and ``X_test``, lists of str or float32 of shape
        (n_sentences, 384); ``y_train`` and ``y_test``, int of shape
        (n_sentences,), positions in ``classes``; ``classes``, the 150 class
        names.

    Raises
    ------
    FileNotFoundError
        If the file is not found and is not downloaded.
    OSError
        If the download fails or its checksum is wrong.

    See Also
    --------
    load_banking77 : Use it as the target domain.

    References
    ----------
    .. [1] S. Larson et al. (2019). "An Evaluation Dataset for Intent
       Classification
       and Out-of-Scope Prediction". EMNLP-IJCNLP, 1311-1316.
       doi:10.18653/v1/D19-1131

    Examples
    --------
    >>> from skactive.datasets import load_clinc150
    >>> data = load_clinc150(as_text=True, download_if_missing=True)  # doctest: +SKIP
    >>> len(data.X_train), len(data.classes)  # doctest: +SKIP
    (18000, 150)
    """
    return _load("clinc150", _download_clinc150, as_text, data_home, download_if_missing)


def _load(name, fetch, as_text, data_home, download_if_missing):
    """Load one of the sets; a prepared file has both kinds of X, a download only sentences."""
    prepared = f"{name}_minilm.npz"
    path = find_file(prepared, data_home)
    if path is None and not as_text:
        raise missing(
            prepared,
            data_home,
            "It holds sentence embeddings of all-MiniLM-L6-v2 and cannot be downloaded; pass "
            "as_text=True to load the sentences.",
        )
    path = path or find_file(f"{name}.npz", data_home)
    if path is None and not download_if_missing:
        advice = "Pass download_if_missing=True to download the sentences."
        raise missing(f"{name}.npz", data_home, advice)
    if path is None:
        path = folder_for_downloads(data_home) / f"{name}.npz"
        write_npz(path, **_encode(*fetch()))
    return _bunch(read_npz(path), as_text)


def _bunch(arrays, as_text):
    data = Bunch(classes=arrays["classes"])
    for part in ("train", "test"):
        text, features = f"text_{part}", f"features_{part}"
        data[f"X_{part}"] = (
            arrays[text].tolist() if as_text else arrays[features].astype(np.float32)
        )
        data[f"y_{part}"] = arrays[f"y_{part}"].astype(int)
    return data


def _encode(train, test):
    """Return the arrays to store, from two lists of (sentence, class name)."""
    names = [name for _, name in train]
    classes = np.unique(names)
    return {
        "text_train": np.array([text for text, _ in train]),
        "y_train": np.searchsorted(classes, names),
        "text_test": np.array([text for text, _ in test]),
        "y_test": np.searchsorted(classes, [name for _, name in test]),
        "classes": classes,
    }


def _download_banking77():
    """Return training and test pairs of (sentence, class name)."""
    parts = []
    for part, sha256 in _BANKING77_SHA256.items():
        content = download(f"{_BANKING77_URL}{part}.csv", sha256).decode()
        rows = csv.DictReader(io.StringIO(content, newline=""))
        parts.append([(row["text"], row["category"]) for row in rows])
    return parts


def _download_clinc150():
    """Return training and test pairs of (sentence, class name)."""
    content = json.loads(download(_CLINC150_URL, _CLINC150_SHA256))
    return content["train"] + content["val"], content["test"]
