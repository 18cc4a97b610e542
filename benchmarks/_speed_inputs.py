"""Inputs of the programs that speed.py compares; the same in every process.

Needs only numpy and scikit-learn, so that it also runs in the environments of the peers.
"""

import numpy as np

INPUTS = {}

# operation -> {size: arguments}; the first sizes are those of the table, "quick" is for a trial
SIZES = {
    "entropy": {"1e6 x 10": (1_000_000, 10), "1e5 x 1000": (100_000, 1000), "quick": (20_000, 10)},
    "margin": {"1e6 x 10": (1_000_000, 10), "1e5 x 1000": (100_000, 1000), "quick": (20_000, 10)},
    "least": {"1e6 x 10": (1_000_000, 10), "quick": (20_000, 10)},
    "k-center": {
        "50k x 512, 500 picks": (50_000, 512, 500),
        "200k x 512, 500 picks": (200_000, 512, 500),
        "20k x 64, 1000 picks": (20_000, 64, 1000),
        "20k x 2, 500 picks": (20_000, 2, 500),
        "Caltech-101, 500 picks": ("caltech101", 0, 500),
        "BANKING77, 500 picks": ("banking77", 0, 500),
        "quick": (3_000, 64, 50),
    },
    "badge": {
        "20k x 512, C = 10": (20_000, 512, 10),
        "20k x 512, C = 100": (20_000, 512, 100),
        "2k x 512, C = 100": (2_000, 512, 100),
        "Caltech-101, C = 101": ("caltech101", 0, 0),
        "BANKING77, C = 77": ("banking77", 0, 0),
        "quick": (2_000, 64, 5),
    },
    "probcover": {
        "20k x 256": (20_000, 256),
        "Caltech-101": ("caltech101", 0),
        "BANKING77": ("banking77", 0),
        "quick": (2_000, 32),
    },
    "typiclust": {"20k x 256": (20_000, 256), "quick": (2_000, 32)},
    "bald": {"100 x 20k x 10": (20_000, 100, 10), "quick": (1_000, 20, 5)},
    "batchbald": {
        "100 x 2k x 10, m = 1000": (2_000, 100, 10, 1000),
        "100 x 20k x 10, m = 10000": (20_000, 100, 10, 10_000),
        "quick": (300, 20, 5, 200),
    },
    "votes": {"100k x 10": (100_000, 10, 10), "quick": (5_000, 10, 5)},
    "facility location": {
        "5k x 256": (5_000, 256),
        "20k x 256": (20_000, 256),
        "quick": (800, 32),
    },
    "error reduction": {"100 rows": (100,), "quick": (15,)},
    "balance": {
        "20k x 512, 1000 labels": (20_000, 512, 1000),
        "200k x 512, 1000 labels": (200_000, 512, 1000),
        "Caltech-101, 1000 labels": ("caltech101", 0, 1000),
        "BANKING77, 1000 labels": ("banking77", 0, 1000),
        "quick": (2_000, 32, 50),
    },
    "loop": {"digits": ("digits",), "20k x 100": ("made",), "quick": ("digits",)},
}


def make(operation, size):
    """The arrays of an operation at a size, as a dict."""
    return INPUTS[operation](*SIZES[operation][size])


def inputs(*operations):
    def register(function):
        INPUTS.update(dict.fromkeys(operations, function))
        return function

    return register


def softmax(logits):
    values = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return values / values.sum(axis=-1, keepdims=True)


def features(n_rows, n_features, rng, n_clusters=50):
    """Non-negative float32 rows in clusters of unequal size, like features of a net."""
    if isinstance(n_rows, str):
        return embeddings(n_rows)
    weights = 1 / np.arange(1, n_clusters + 1)
    cluster = rng.choice(n_clusters, n_rows, p=weights / weights.sum())
    hidden = rng.normal(size=(n_clusters, 32))[cluster] * 1.5 + rng.normal(size=(n_rows, 32))
    rows = hidden @ rng.normal(size=(32, n_features)) / np.sqrt(32)
    rows += 0.3 * rng.normal(size=rows.shape)
    return np.maximum(rows, 0).astype(np.float32), cluster


def embeddings(name):
    """Real embeddings: MobileNetV2 features of photographs, MiniLM embeddings of sentences."""
    from skactive.datasets import load_banking77, load_caltech101_features

    data = {"caltech101": load_caltech101_features, "banking77": load_banking77}[name]()
    X = np.ascontiguousarray(data.X_train, dtype=np.float32)
    return X, np.unique(data.y_train, return_inverse=True)[1]


@inputs("entropy", "margin", "least")
def _probabilities(n_rows, n_classes):
    rng = np.random.default_rng(0)
    return {"P": softmax(2 * rng.normal(size=(n_rows, n_classes))), "n": 100}


@inputs("k-center")
def _centers(n_rows, n_features, n):
    rng = np.random.default_rng(1)
    X, _ = features(n_rows, n_features, rng)
    return {"X": X, "labeled": rng.choice(len(X), 100, replace=False), "n": n}


@inputs("badge")
def _gradients(n_rows, n_features, n_classes):
    rng = np.random.default_rng(2)
    X, y = features(n_rows, n_features, rng)
    n_classes = n_classes or len(np.unique(y))
    logits = X @ rng.normal(size=(X.shape[1], n_classes))
    return {"X": X, "P": softmax(logits / logits.std() * 2), "n": 100, "seed": 0}


@inputs("probcover", "typiclust")
def _covers(n_rows, n_features):
    rng = np.random.default_rng(3)
    X, _ = features(n_rows, n_features, rng)
    some = X[:200].astype(float)
    norms = (some**2).sum(axis=1)[:, None] + (X.astype(float) ** 2).sum(axis=1)
    squared = np.maximum(norms - 2 * some @ X.T, 0)
    delta = float(np.sqrt(np.quantile(squared, min(1.0, 200 / len(X)))))
    return {"X": X, "labeled": rng.choice(len(X), 20, replace=False), "n": 100, "delta": delta}


@inputs("bald", "batchbald")
def _samples(n_rows, n_samples, n_classes, n_configurations=None):
    rng = np.random.default_rng(4)
    logits = 2 * rng.normal(size=(1, n_rows, n_classes))
    spread = 0.35 * rng.gamma(1, 1, (1, n_rows, 1))
    directions = rng.normal(size=(n_samples, 8)) @ rng.normal(size=(8, n_rows * n_classes))
    samples = softmax(logits + spread * directions.reshape(n_samples, n_rows, n_classes))
    arrays = {"samples": samples, "n": 10}
    return arrays if n_configurations is None else {**arrays, "m": n_configurations}


@inputs("votes")
def _votes(n_rows, n_members, n_classes):
    rng = np.random.default_rng(5)
    return {"votes": rng.integers(0, n_classes, (n_rows, n_members)), "C": n_classes, "n": 100}


@inputs("facility location")
def _places(n_rows, n_features):
    return {"X": features(n_rows, n_features, np.random.default_rng(7))[0], "n": 100}


@inputs("error reduction")
def _few(n_rows):
    from sklearn.datasets import make_classification

    X, y = make_classification(n_rows + 30, 20, n_informative=10, n_classes=3, random_state=0)
    return {"X": X, "y": y, "labeled": np.arange(30), "n": 1}


@inputs("balance")
def _long_tail(n_rows, n_features, n_labels):
    rng = np.random.default_rng(8)
    X, y = features(n_rows, n_features, rng, n_clusters=10)
    first = np.concatenate([np.flatnonzero(y == c)[:5] for c in np.unique(y)])
    return {"X": X, "y": y, "labeled": first, "n": n_labels}


@inputs("loop")
def _rounds(name):
    from sklearn.datasets import load_digits, make_classification

    if name == "digits":
        X, y = load_digits(return_X_y=True)
        X = X / 16
    else:
        shares = [0.7, 0.15, 0.08, 0.05, 0.02]
        X, y = make_classification(
            20_000, 100, n_informative=20, n_classes=5, weights=shares, random_state=0
        )
    first = np.concatenate([np.flatnonzero(y == c)[:2] for c in np.unique(y)])
    return {"X": X, "y": y, "labeled": first, "rounds": 50, "n": 10}
