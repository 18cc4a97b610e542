"""Data sets for experiments: loaders, imbalanced subsets, noisy images."""

from ._images import fetch_cifar10, fetch_mnist, load_caltech101_features
from ._imbalance import make_imbalanced
from ._noise import add_gaussian_noise, add_salt_and_pepper
from ._tabular import load_tabular
from ._text import load_banking77, load_clinc150

__all__ = [
    "add_gaussian_noise",
    "add_salt_and_pepper",
    "fetch_cifar10",
    "fetch_mnist",
    "load_banking77",
    "load_caltech101_features",
    "load_clinc150",
    "load_tabular",
    "make_imbalanced",
]
