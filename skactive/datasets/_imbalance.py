"""Reduce a labeled set until its classes have a given imbalance."""

from typing import Any

import numpy as np
from sklearn.utils import check_random_state, indexable

from .._codes import labels_and_classes
from .._parameters import POSITIVE_INT_OR_NONE, RANDOM_STATE, options, reals, validated
from .._typing import Labels, RandomState, Rows
from ..pool import take_rows
from ._profiles import profile_sizes, step_sizes


@validated(
    {
        "X": ["array-like", "sparse matrix"],
        "y": ["array-like"],
        "ratio": [reals(0), None],
        "profile": [options("exponential", "lognormal", "step")],
        "n_max": POSITIVE_INT_OR_NONE,
        "factor": [reals(1), None],
        "reduced_classes": ["array-like", None],
        "mode": [options("per_class", "total")],
        "random_state": RANDOM_STATE,
        "return_indices": ["boolean"],
    }
)
def make_imbalanced(
    X: Rows,
    y: Labels,
    *,
    ratio: float | None = None,
    profile: str = "exponential",
    n_max: Any = None,
    factor: float | None = None,
    reduced_classes: Any = None,
    mode: str = "per_class",
    random_state: RandomState = None,
    return_indices: bool = False,
) -> Any:
    """Take a subset of the rows in which some classes are much rarer than others.

    With ``ratio``, the class sizes fall along a profile, such that the
    imbalance ratio (standard deviation of the class counts divided by their
    mean) is ``ratio``. With ``factor``, a step divides the sizes of some
    classes by ``factor``. Read more in :doc:`/user_guide/imbalance`.

    Parameters
    ----------
    X : array, sparse matrix, frame or list of length n_rows
        The rows, in any container; arrays may have any number of dimensions.
    y : array-like of shape (n_rows,)
        Class labels.
    ratio : float, default=None
        Target imbalance ratio; required for the exponential and lognormal
        profiles, not allowed for the step.
    profile : {"exponential", "lognormal", "step"}, default="exponential"
        Shape of the class sizes. "exponential" multiplies the size by the same
        factor from class to class. "lognormal" follows the quantiles of a
        lognormal distribution, with few large and few tiny classes. "step"
        keeps some classes and divides the others.
    n_max : int, default=None
        Size of the largest class, for the exponential and lognormal profiles.
        None takes the size of the smallest class, so that every class can have
        any of the sizes. With a larger ``n_max``, a class with too few rows
        keeps all of them.
    factor : float, default=None
        Divisor of the reduced classes, at least 1; required for the step.
    reduced_classes : array-like, default=None
        Classes that the step reduces. None takes the last half of the sorted
        classes, without the middle one if their number is odd.
    mode : {"per_class", "total"}, default="per_class"
        What the step divides. "per_class" divides each reduced class and keeps
        at least one row of it. "total" draws rows from all reduced classes
        together, ``1 / factor`` times as many as the other classes have. Then
        the size of each reduced class is random and may be 0.
    random_state : int, RandomState instance or None, default=None
        Determines which classes become rare and which rows are kept.
    return_indices : bool, default=False
        Whether to also return the positions of the rows taken.

    Returns
    -------
    X_out : same container as X
        The rows taken, in the order of X.
    y_out : same container as y
        Their labels. The achieved ratio is ``imbalance_ratio(y_out)``; it
        differs from ``ratio`` because class sizes are rounded.
    indices : ndarray of int, shape (n_rows_out,)
        Their positions in X. Only if ``return_indices`` is True.

    Raises
    ------
    ValueError
        If the ratio cannot be reached (the message states the possible range),
        or if an argument is missing, out of range, or does not belong to the
        profile.

    See Also
    --------
    skactive.metrics.imbalance_ratio : Measure the imbalance of labels.

    Notes
    -----
    The r-th of C classes, in random order, gets ``max(1, round(n_max *
    exp(-rate * r / (C - 1))))`` rows; bisection finds ``rate``. The paper says
    only that each set was reduced to a target ratio; the exponential profile
    comes close to its class sizes.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426, Sec. 4.1 and Table 1.
       doi:10.1109/WACV45572.2020.9093475
    .. [2] D. Gudovskiy, A. Hodgkinson, T. Yamaguchi, S. Tsukizawa (2020).
       "Deep
       Active Learning for Biased Datasets via Fisher Kernel Self-Supervision".
       CVPR, 9041-9049, Sec. 5 (the step). arXiv:2003.00393

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.datasets import make_imbalanced
    >>> from skactive.metrics import imbalance_ratio
    >>> y = np.repeat([0, 1, 2, 3, 4], 100)
    >>> X = np.arange(500).reshape(-1, 1)
    >>> X_out, y_out = make_imbalanced(X, y, ratio=0.7, random_state=0)
    >>> sorted(np.bincount(y_out).tolist())
    [12, 20, 35, 59, 100]
    >>> round(imbalance_ratio(y_out), 4)
    0.702
    >>> X_out, y_out = make_imbalanced(X, y, profile="step", factor=10, random_state=0)
    >>> np.bincount(y_out).tolist()
    [100, 100, 100, 10, 10]
    """
    labels, classes = labels_and_classes(y)
    X, y = indexable(X, y)
    if not labels.size:
        raise ValueError("y must hold at least one label, got none.")
    _check_arguments(profile, ratio, n_max, factor, reduced_classes)
    rng = check_random_state(random_state)
    rows = [np.flatnonzero(labels == label) for label in classes]
    if profile == "step":
        reduced = _reduced_mask(reduced_classes, classes)
        kept = _keep_step(rows, reduced, factor, mode, rng)
    else:
        kept = _keep_profile(rows, ratio, profile, n_max, rng)
    indices = np.sort(np.concatenate(kept))
    taken = take_rows(X, indices), take_rows(y, indices)
    return (*taken, indices) if return_indices else taken


def _check_arguments(profile, ratio, n_max, factor, reduced_classes):
    """Raise an error unless the arguments belong to the profile."""
    needed, value = "ratio", ratio
    foreign = {"factor": factor, "reduced_classes": reduced_classes}
    if profile == "step":
        needed, value, foreign = "factor", factor, {"ratio": ratio, "n_max": n_max}
    extra = [name for name, given in foreign.items() if given is not None]
    if extra:
        raise ValueError(
            f"profile={profile!r} does not use {extra[0]}={foreign[extra[0]]!r}; pass {needed}=. "
            "ratio is the imbalance ratio, and factor the divisor of a step."
        )
    if value is None:
        raise ValueError(f"profile={profile!r} needs {needed}= as a number, got None.")


def _keep_profile(rows, ratio, profile, n_max, rng):
    """Return the positions to keep of each class, for sizes that fall along a profile."""
    order = rng.permutation(len(rows))
    caps = np.array([len(rows[position]) for position in order])
    n_max = caps.min() if n_max is None else n_max
    if n_max > caps.max():
        raise ValueError(
            f"n_max must be an int from 1 to {caps.max()}, the rows of the largest class, "
            f"got {n_max!r}."
        )
    sizes = profile_sizes(caps, ratio, profile, int(n_max))
    return [rng.choice(rows[c], size, replace=False) for c, size in zip(order, sizes)]


def _reduced_mask(reduced_classes, classes):
    """Return True for each class that the step reduces."""
    if reduced_classes is None:
        return np.arange(len(classes)) >= (len(classes) + 1) // 2
    reduced = labels_and_classes(reduced_classes, "reduced_classes")[1].tolist()
    unknown = sorted(set(reduced).difference(classes.tolist()))
    if unknown:
        raise ValueError(
            f"reduced_classes contains {unknown[0]!r}, which is not a label in y; "
            f"y has {len(classes)} classes, the first is {classes[0]!r}."
        )
    return np.isin(classes, reduced)


def _keep_step(rows, reduced, factor, mode, rng):
    """Return the positions to keep of each class, or of the reduced classes together."""
    kept = [rows[c] for c in np.flatnonzero(~reduced)]
    cut = [rows[c] for c in np.flatnonzero(reduced)]
    if mode == "total" and cut:
        cut, sizes = _pool_reduced(sum(map(len, kept)), cut, factor)
    else:
        sizes = step_sizes(np.array([len(part) for part in cut], dtype=int), factor)
    return kept + [rng.choice(part, size, replace=False) for part, size in zip(cut, sizes)]


def _pool_reduced(n_majority, cut, factor):
    """Return all reduced classes as one, and the number of rows to draw from it."""
    pooled = np.concatenate(cut)
    size = int(n_majority / factor)
    if not 1 <= size <= len(pooled):
        raise ValueError(
            f"factor={factor} with mode='total' asks for {size} rows of the reduced classes "
            f"({n_majority} rows of the others divided by the factor); this must be from 1 to "
            f"{len(pooled)}, the number of rows that they have."
        )
    return [pooled], [size]
