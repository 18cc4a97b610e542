"""Thin a labeled set out until its classes are as unequal as wanted."""

import numpy as np
from sklearn.utils import check_random_state, indexable

from .._codes import labels_and_classes
from .._parameters import POSITIVE_INT_OR_NONE, RANDOM_STATE, options, reals, validated
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
    X,
    y,
    *,
    ratio=None,
    profile="exponential",
    n_max=None,
    factor=None,
    reduced_classes=None,
    mode="per_class",
    random_state=None,
    return_indices=False,
):
    """Take a subset of the rows in which some classes are much rarer than others.

    Two ways: class sizes that fall off along a profile until the imbalance
    ratio (standard deviation of the class counts divided by their mean) is
    ``ratio``, or a step, where chosen classes are divided by ``factor``.

    Parameters
    ----------
    X : array, sparse matrix, frame or list of length n_rows
        The rows, in any container; arrays may have any number of dimensions.
    y : array-like of shape (n_rows,)
        Class labels.
    ratio : float, default=None
        Wanted imbalance ratio of the exponential and lognormal profiles; needed
        there, and left out for the step.
    profile : {"exponential", "lognormal", "step"}, default="exponential"
        Shape of the class sizes. "exponential" falls by the same share from
        class to class; "lognormal" follows the quantiles of a lognormal
        distribution: few large classes, few tiny ones; "step" keeps some
        classes and divides the others.
    n_max : int, default=None
        Size of the largest class for the exponential and lognormal profiles.
        None takes the number of rows of the smallest class, so that any class
        can be any size. Above it, a class that has fewer rows than the
        profile asks for gives all it has.
    factor : float, default=None
        Divisor of the reduced classes, at least 1; needed for the step.
    reduced_classes : array-like, default=None
        Classes that the step reduces. None takes the last half of the sorted
        classes, without the middle one if their number is odd.
    mode : {"per_class", "total"}, default="per_class"
        What the step divides. "per_class" divides each reduced class, and leaves
        it one row at least. "total" keeps ``1 / factor`` times the number of
        rows of the other classes, drawn from all reduced classes together, so
        that their sizes, and whether a small one survives, are left to chance.
    random_state : int, RandomState instance or None, default=None
        Decides which classes become rare and which rows stay.
    return_indices : bool, default=False
        Whether to return the positions of the rows taken as well.

    Returns
    -------
    X_out : same container as X
        The rows taken, in the order that they have in X.
    y_out : same container as y
        Their labels; ``imbalance_ratio(y_out)`` is the ratio achieved, which
        differs from ``ratio`` by the rounding of the class sizes.
    indices : ndarray of int, shape (n_rows_out,)
        Their positions in X. Only if ``return_indices`` is True.

    Raises
    ------
    ValueError
        If the ratio cannot be reached (the message states the attainable
        range), or if an argument is missing, out of range, or of another profile.

    See Also
    --------
    skactive.metrics.imbalance_ratio : Measure the imbalance of labels.

    Notes
    -----
    With ``rate`` solved by bisection, the r-th of C classes in random order gets
    ``max(1, round(n_max * exp(-rate * r / (C - 1))))`` rows. The paper says only
    that each set was thinned out towards a target ratio; the exponential
    profile comes close to the sizes that it reports.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426, Sec. 4.1 and Table 1.
       doi:10.1109/WACV45572.2020.9093475
    .. [2] D. Gudovskiy, A. Hodgkinson, T. Yamaguchi, S. Tsukizawa (2020). "Deep
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
    """Raise unless the arguments are those of the profile."""
    needed, value = "ratio", ratio
    foreign = {"factor": factor, "reduced_classes": reduced_classes}
    if profile == "step":
        needed, value, foreign = "factor", factor, {"ratio": ratio, "n_max": n_max}
    extra = [name for name, given in foreign.items() if given is not None]
    if extra:
        raise ValueError(
            f"{extra[0]}={foreign[extra[0]]!r} has no meaning for profile={profile!r}, which is "
            f"controlled by {needed}=; ratio is the imbalance ratio, factor the divisor of a step."
        )
    if value is None:
        raise ValueError(f"profile={profile!r} needs {needed}= as a number, got None.")


def _keep_profile(rows, ratio, profile, n_max, rng):
    """Positions kept of each class when the sizes fall off along a profile."""
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
    """True for each class that the step reduces; some but not all are."""
    if reduced_classes is None:
        return np.arange(len(classes)) >= (len(classes) + 1) // 2
    reduced = labels_and_classes(reduced_classes, "reduced_classes")[1].tolist()
    unknown = sorted(set(reduced).difference(classes.tolist()))
    if unknown:
        raise ValueError(
            f"reduced_classes holds {unknown[0]!r}, which is no label of y; "
            f"y has {len(classes)} classes, the first is {classes[0]!r}."
        )
    return np.isin(classes, reduced)


def _keep_step(rows, reduced, factor, mode, rng):
    """Positions kept of each class, or of the reduced ones together."""
    kept = [rows[c] for c in np.flatnonzero(~reduced)]
    cut = [rows[c] for c in np.flatnonzero(reduced)]
    if mode == "total" and cut:
        cut, sizes = _pool_reduced(sum(map(len, kept)), cut, factor)
    else:
        sizes = step_sizes(np.array([len(part) for part in cut], dtype=int), factor)
    return kept + [rng.choice(part, size, replace=False) for part, size in zip(cut, sizes)]


def _pool_reduced(n_majority, cut, factor):
    """All reduced classes as one, and the number of rows to draw from it."""
    pooled = np.concatenate(cut)
    size = int(n_majority / factor)
    if not 1 <= size <= len(pooled):
        raise ValueError(
            f"factor={factor} with mode='total' asks for {size} rows of the reduced classes "
            f"({n_majority} rows of the others divided by the factor); it must be from 1 to "
            f"{len(pooled)}, the rows that they have."
        )
    return [pooled], [size]
