"""Scores from class probabilities, computed in blocks that fit into the cache.

Each row is summed on its own, class after class, so that equal rows get equal
scores in any block.
"""

from typing import Any

import numpy as np

from . import _tensors as tensors
from ._greedy.screening import (
    about_entropy,
    about_largest,
    about_margin,
    bounded_information,
    is_screening,
    screened,
)
from ._typing import Floats
from .selection import slices

__all__ = [
    "entropy",
    "largest",
    "margin",
    "modal_share",
    "mutual_information",
    "vote_counts",
    "vote_entropy",
]

_NUMBERS_A_BLOCK = 1 << 16
# with more classes, rows are long enough for numpy's own reductions
FEW_CLASSES = 32


@tensors.on_tensors(tensors.entropy)
@screened(about_entropy)
def entropy(probabilities: Any) -> Floats:
    """Entropy of each row in nats, with 0 ln 0 = 0.

    Parameters
    ----------
    probabilities : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        Between 0 and the logarithm of the number of classes.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import entropy
    >>> entropy(np.array([[0.5, 0.5], [1.0, 0.0]])).round(4)
    array([0.6931, 0.    ])
    """
    return _by_blocks(probabilities, _entropy_block)


@tensors.on_tensors(tensors.margin)
@screened(about_margin)
def margin(values: Any) -> Floats:
    """Gap between the two largest numbers of each row; with one column, the number itself.

    Parameters
    ----------
    values : ndarray of float, shape (n_rows, n_classes)
        Class probabilities or decision values.

    Returns
    -------
    gaps : ndarray of float64, shape (n_rows,)
        0 or more if there are at least two classes.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import margin
    >>> margin(np.array([[0.5, 0.2, 0.3], [0.4, 0.4, 0.2]])).round(4)
    array([0.2, 0. ])
    """
    if values.shape[1] == 1:
        return values[:, 0].astype(np.float64)
    return _by_blocks(values, _margin_block)


@tensors.on_tensors(tensors.largest)
@screened(about_largest)
def largest(values: Any) -> Floats:
    """The largest number of each row.

    Parameters
    ----------
    values : ndarray of float, shape (n_rows, n_classes)
        Class probabilities.

    Returns
    -------
    maxima : ndarray of float64, shape (n_rows,)
        One number per row.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import largest
    >>> largest(np.array([[0.5, 0.2, 0.3], [0.4, 0.4, 0.2]]))
    array([0.5, 0.4])
    """
    return _by_blocks(values, _largest_block)


def mutual_information(samples: Any) -> Floats:
    """BALD: entropy of the mean minus the mean entropy, for each row.

    Parameters
    ----------
    samples : ndarray of float, shape (n_samples, n_rows, n_classes)
        Class probabilities from samples of the posterior of a model.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        0 or more, up to rounding, in nats; 0 if all samples agree.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import mutual_information
    >>> samples = np.array([[[0.5, 0.5], [0.9, 0.1]], [[0.5, 0.5], [0.1, 0.9]]])
    >>> mutual_information(samples).round(4)
    array([0.    , 0.3681])
    """
    if is_screening():
        return bounded_information(samples, _mutual_information)
    return _mutual_information(samples)


def vote_counts(votes: Any, n_classes: int) -> Any:
    """Number of votes for each class.

    Parameters
    ----------
    votes : ndarray of int, shape (n_rows, n_members)
        Class numbers, starting at 0.
    n_classes : int
        Number of classes.

    Returns
    -------
    counts : ndarray of int, shape (n_rows, n_classes)
        Rows sum to the number of members.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import vote_counts
    >>> vote_counts(np.array([[0, 1, 1], [2, 2, 2]]), 3)
    array([[1, 2, 0],
           [0, 0, 3]])
    """
    n_rows = len(votes)
    cells = votes + n_classes * np.arange(n_rows)[:, None]
    return np.bincount(cells.ravel(), minlength=n_rows * n_classes).reshape(n_rows, n_classes)


def vote_entropy(counts: Any) -> Floats:
    """Entropy of the votes for each row, in nats.

    Parameters
    ----------
    counts : ndarray of int, shape (n_rows, n_classes)
        Votes for each class; all rows have the same sum.

    Returns
    -------
    values : ndarray of float64, shape (n_rows,)
        They do not depend on the order of the classes, not even by rounding.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import vote_entropy
    >>> vote_entropy(np.array([[1, 2, 0], [0, 0, 3]])).round(4)
    array([0.6365, 0.    ])
    """
    if not len(counts):
        return np.empty(0)
    n_votes = int(counts[0].sum())
    shares = np.arange(n_votes + 1) / max(n_votes, 1)
    terms = np.zeros(n_votes + 1)
    terms[1:] = -shares[1:] * np.log(shares[1:])
    # integer multiples of a tiny number, so that sums do not depend on the order of classes
    terms = np.round(terms * 2.0**40)
    return sum(terms[counts[:, k]] for k in range(counts.shape[1])) / 2.0**40


def modal_share(counts: Any) -> Floats:
    """Share of the votes that the class with the most votes gets, for each row.

    Parameters
    ----------
    counts : ndarray of int, shape (n_rows, n_classes)
        Votes for each class.

    Returns
    -------
    shares : ndarray of float64, shape (n_rows,)
        Above 0 and at most 1.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.scores import modal_share
    >>> modal_share(np.array([[1, 3, 0], [0, 0, 4]]))
    array([0.75, 1.  ])
    """
    return counts.max(axis=1) / counts.sum(axis=1)


def _mutual_information(samples):
    n_samples, n_rows, n_classes = samples.shape
    values = np.empty(n_rows)
    step = _NUMBERS_A_BLOCK // max(1, n_samples * n_classes)
    for rows in slices(n_rows, step):
        block = samples[:, rows]
        # over samples first, because long contiguous sums are fast
        each = _row_sums(_entropy_terms(block).sum(axis=0)) / n_samples
        mean = _row_sums(_entropy_terms(block.mean(axis=0, dtype=np.float64)))
        values[rows] = each - mean
    return values


def _by_blocks(values, function):
    results = np.empty(len(values))
    step = _NUMBERS_A_BLOCK // max(1, values.shape[1])
    for rows in slices(len(values), step):
        results[rows] = function(values[rows])
    return results


def _entropy_block(probabilities):
    # subtracted from 0.0, so that a certain row does not get -0.0
    return 0.0 - _row_sums(_entropy_terms(probabilities))


def _entropy_terms(probabilities):
    """p ln p of each number."""
    positive = probabilities
    if not probabilities.min(initial=1) > 0:
        positive = np.maximum(probabilities, np.finfo(probabilities.dtype).tiny)
    terms = np.log(positive, dtype=np.float64)
    terms *= probabilities
    return terms


def _row_sums(terms):
    """Sum of each row, class after class."""
    if terms.shape[1] > FEW_CLASSES:
        # the order of summation must depend neither on the layout nor on the block
        return np.einsum("ij->i", np.ascontiguousarray(terms))
    total = terms[:, 0].copy()
    for k in range(1, terms.shape[1]):
        total += terms[:, k]
    return total


def _margin_block(values):
    if values.shape[1] > FEW_CLASSES:
        rest = values.copy()
        rows, top = np.arange(len(rest)), rest.argmax(axis=1)
        largest = rest[rows, top]
        rest[rows, top] = -np.inf
        return largest - rest.max(axis=1)
    columns = np.ascontiguousarray(values.T)
    first, second = columns[0].copy(), np.full(len(values), -np.inf, dtype=values.dtype)
    lower = np.empty_like(first)
    for column in columns[1:]:
        np.minimum(first, column, out=lower)
        np.maximum(second, lower, out=second)
        np.maximum(first, column, out=first)
    return first - second


def _largest_block(values):
    if values.shape[1] > FEW_CLASSES:
        return values.max(axis=1)
    columns = np.ascontiguousarray(values.T)
    return columns.max(axis=0)
