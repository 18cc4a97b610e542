"""Pools with a source model: features, probabilities of the source model, labels, test rows."""

from functools import partial
from typing import NamedTuple

import numpy as np
from _trial_tables import memory
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler, normalize

from skactive.datasets import (
    fetch_cifar10,
    load_banking77,
    load_caltech101_features,
    load_clinc150,
    load_tabular,
    make_imbalanced,
)
from skactive.datasets._home import find_file

_JUDGE_COMPONENTS = 128
_CIFAR10_ROWS, _CIFAR10_TEST_ROWS = 6000, 2000


class TargetPool(NamedTuple):
    """A pool to label, its test rows, and the evaluation classifier.

    ``X`` holds, side by side, the features, the probabilities of the source
    classes (if there is a source model) and the principal components that the
    evaluation classifier sees. So each of them is computed once.
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    n_features: int
    n_source_classes: int

    @property
    def embed(self):
        """Callable: the features of rows."""
        return partial(columns, start=0, stop=self.n_features)

    @property
    def source(self):
        """The source classifier, or None."""
        start, stop = self.n_features, self.n_features + self.n_source_classes
        return StoredProbabilities(start, stop) if self.n_source_classes else None

    @property
    def components(self):
        """Callable: the principal components of rows, as the evaluation classifier sees them."""
        return partial(columns, start=self.n_features + self.n_source_classes, stop=None)

    def classifier(self):
        """The evaluation classifier: logistic regression on principal components."""
        return on(self.components, LogisticRegression(max_iter=300))


class StoredProbabilities(ClassifierMixin, BaseEstimator):
    """A fitted classifier whose probabilities stand in some columns of X."""

    def __init__(self, start, stop):
        self.start = start
        self.stop = stop
        self.classes_ = np.arange(stop - start)

    def predict_proba(self, X):
        return X[:, self.start : self.stop]

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


def columns(X, start, stop):
    """Some columns of rows."""
    return X[:, start:stop]


def on(transform, classifier):
    """A classifier around a function that transforms rows."""
    return make_pipeline(FunctionTransformer(transform), classifier)


def unit_rows(X):
    """Rows of norm 10, the scale on which the linear models here are fitted."""
    return (10 * normalize(X)).astype(np.float32)


def load_pool(name, random_state=0):
    """A pool by name.

    Parameters
    ----------
    name : str
        One of ``BUDGETS``.
    random_state : int, default=0
        Seed of the subsample that makes a pool imbalanced, or of the split of
        a table.

    Returns
    -------
    pool : TargetPool
        The pool.
    """
    return _LOADERS[name](random_state)


BUDGETS = {
    "caltech101": (250, 500, 1000),
    "banking77": (150, 300, 600),
    "clinc150": (300, 600, 1200),
    "cifar10": (50, 100, 250),
    "digits": (20, 40, 80),
    "all_digits": (40, 80, 160),
    "letter": (100, 200, 400),
    "page_blocks": (50, 100, 200),
    "hypothyroid": (50, 100, 200),
    "adult": (50, 100, 200),
}


def _caltech101(random_state):
    data = load_caltech101_features()
    return _pool(
        "caltech101",
        (unit_rows(data.X_train), data.source_proba_train, data.y_train),
        (unit_rows(data.X_test), data.source_proba_test, data.y_test),
    )


def _banking77(random_state):
    """BANKING77 at imbalance ratio 0.75, seen by a linear model of the intents of CLINC150."""
    return _sentences("banking77", load_clinc150(), load_banking77(), random_state)


def _clinc150(random_state):
    """CLINC150 at imbalance ratio 0.75, seen by a linear model of the intents of BANKING77."""
    return _sentences("clinc150", load_banking77(), load_clinc150(), random_state)


def _sentences(name, source, target, random_state):
    model = LogisticRegression(max_iter=200).fit(unit_rows(source.X_train), source.y_train)
    X, y = make_imbalanced(target.X_train, target.y_train, ratio=0.75, random_state=random_state)
    return _seen_by(model, name, X, y, target.X_test, target.y_test)


def _cifar10(random_state):
    """Part of CIFAR-10 at imbalance ratio 0.82, seen by a MobileNetV2 of larger photographs."""
    data = fetch_cifar10()
    X, y = make_imbalanced(
        data.X_train[:_CIFAR10_ROWS],
        data.y_train[:_CIFAR10_ROWS],
        ratio=0.82,
        random_state=random_state,
    )
    X_test, y_test = data.X_test[:_CIFAR10_TEST_ROWS], data.y_test[:_CIFAR10_TEST_ROWS]
    net = mobilenet()
    train, test = (
        (unit_rows(net.transform(rows)), net.predict_proba(rows), labels)
        for rows, labels in ((X, y), (X_test, y_test))
    )
    return _pool("cifar10", train, test)


def mobilenet():
    """The stored MobileNetV2, which keeps what it has seen; its kernels are upside down."""
    from skactive.deep import SourceModel

    return SourceModel(
        "mobilenet_v2",
        find_file("mobilenet_v2_imagenet.pt", None),
        module_params={"num_classes": 1001},
        preprocess=for_mobilenet,
        memory=memory,
    )


def for_mobilenet(batch):
    """Images of 224 x 224 with pixels from -1 to 1, rotated by 180 degrees."""
    from torch.nn.functional import interpolate

    large = interpolate(batch, size=224, mode="bilinear", antialias=True)
    return (large / 127.5 - 1).flip(-1, -2)


def _digits(random_state):
    """Digits 5 to 9 at imbalance ratio 0.75, seen by a linear model of the digits 0 to 4.

    As in the paper's sets, the classes of the source are other ones.
    """
    X, y = load_digits(return_X_y=True)
    is_source = y < 5
    model = LogisticRegression(max_iter=500).fit(unit_rows(X[is_source]), y[is_source])
    X, y, X_test, y_test = _split(X[~is_source], y[~is_source], 0)
    X, y = make_imbalanced(X, y, ratio=0.75, random_state=random_state)
    return _seen_by(model, "digits", X, y, X_test, y_test)


def _all_digits(random_state):
    """All ten digits at imbalance ratio 0.75, without a source model."""
    X, y, X_test, y_test = _split(*load_digits(return_X_y=True), 0)
    X, y = make_imbalanced(X, y, ratio=0.75, random_state=random_state)
    return _pool("all_digits", (unit_rows(X), None, y), (unit_rows(X_test), None, y_test))


def _table(random_state, name):
    """A table without a source model: standardized columns, at most 12,000 rows."""
    data = load_tabular(name)
    X, y, X_test, y_test = _split(numbers(data.X), np.asarray(data.y), random_state)
    X, y, X_test, y_test = X[:7200], y[:7200], X_test[:4800], y_test[:4800]
    if name == "letter":
        X, y = make_imbalanced(X, y, ratio=0.75, random_state=random_state)
    scaler = StandardScaler().fit(X)
    X, X_test = (np.clip(scaler.transform(rows), -10, 10) for rows in (X, X_test))
    return _pool(name, (X, None, y), (X_test, None, y_test))


def numbers(frame):
    """A frame as numbers: missing values become medians, and each category a column."""
    import pandas as pd

    numeric = frame.select_dtypes("number").dropna(axis=1, how="all")
    rest = frame.drop(columns=frame.select_dtypes("number").columns)
    filled = numeric.fillna(numeric.median())
    dummies = pd.get_dummies(rest.astype(str)).to_numpy(float) if rest.shape[1] else None
    return filled.to_numpy(float) if dummies is None else np.hstack([filled, dummies])


def _split(X, y, random_state):
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.4, stratify=y, random_state=random_state
    )
    return X, y, X_test, y_test


def _seen_by(model, name, X, y, X_test, y_test):
    X, X_test = unit_rows(X), unit_rows(X_test)
    seen, seen_test = model.predict_proba(X), model.predict_proba(X_test)
    return _pool(name, (X, seen, y), (X_test, seen_test, y_test))


def _pool(name, train, test):
    (X, seen, y), (X_test, seen_test, y_test) = train, test
    n_components = min(_JUDGE_COMPONENTS, X.shape[1])
    pca = PCA(n_components, svd_solver="covariance_eigh").fit(X)
    known = np.isin(y_test, y)  # a class without a row in the pool cannot be learned
    return TargetPool(
        name,
        _side_by_side(X, seen, pca.transform(X)),
        y,
        _side_by_side(X_test, seen_test, pca.transform(X_test))[known],
        y_test[known],
        X.shape[1],
        0 if seen is None else seen.shape[1],
    )


def _side_by_side(*parts):
    return np.hstack([part for part in parts if part is not None]).astype(np.float32)


_LOADERS = {
    "caltech101": _caltech101,
    "banking77": _banking77,
    "clinc150": _clinc150,
    "cifar10": _cifar10,
    "digits": _digits,
    "all_digits": _all_digits,
    **{
        name: partial(_table, name=name)
        for name in ("letter", "page_blocks", "hypothyroid", "adult")
    },
}
