"""Add noise to images once, so that an image is the same each time it is read."""

from typing import Any

import numpy as np
from sklearn.utils import check_array, check_random_state

from .._parameters import RANDOM_STATE, ListOf, reals, validated
from .._typing import RandomState, Rows

_PROBABILITY = [reals(0, 1, closed="both")]


@validated(
    {
        "p": _PROBABILITY,
        "mean": [reals(None, closed="neither")],
        "std": [reals(0)],
        "random_state": RANDOM_STATE,
    }
)
def add_gaussian_noise(
    X: Rows,
    *,
    p: float = 0.1,
    mean: float = 0.0,
    std: float = 1.0,
    random_state: RandomState = None,
) -> Any:
    """Add normal noise to every pixel of some images.

    Parameters
    ----------
    X : array-like of float, shape (n_images, n_channels, height, width)
        Standardized images, or any array of two or more dimensions. It is not
        changed.
    p : float, default=0.1
        Probability that an image gets noise.
    mean : float, default=0.0
        Mean of the noise.
    std : float, default=1.0
        Standard deviation of the noise.
    random_state : int, RandomState instance or None, default=None
        Determines which images get noise, and the noise.

    Returns
    -------
    X_out : ndarray, same shape and dtype as X
        A copy with noise in some images.

    Raises
    ------
    TypeError
        If X holds integers; the noise would be rounded to whole numbers.
    ValueError
        If ``p`` is not a probability or ``std`` is negative.

    See Also
    --------
    add_salt_and_pepper : Set some pixels to the extremes.

    References
    ----------
    .. [1] L. Pantea (2024). "Human-in-the-Loop Machine Learning Project".
       University of Amsterdam (the noise experiments).

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.datasets import add_gaussian_noise
    >>> X = np.zeros((1000, 1, 4, 4), dtype=np.float32)
    >>> noisy = add_gaussian_noise(X, p=0.1, random_state=0)
    >>> int(noisy.any(axis=(1, 2, 3)).sum())
    98
    """
    X = check_array(X, allow_nd=True, copy=True)
    if X.dtype.kind != "f":
        raise TypeError(
            f"X must hold floats, got {X.dtype}: noise is added to standardized images, so "
            "divide by the range or standardize first."
        )
    rng = check_random_state(random_state)
    for image in np.flatnonzero(rng.uniform(size=len(X)) < p):
        X[image] += rng.normal(mean, std, X.shape[1:]).astype(X.dtype)
    return X


@validated(
    {
        "p": _PROBABILITY,
        "q": _PROBABILITY,
        "value_range": [ListOf(reals(None, closed="neither"), "2 numbers", 2, 2), None],
        "random_state": RANDOM_STATE,
    }
)
def add_salt_and_pepper(
    X: Rows,
    *,
    p: float = 0.1,
    q: float = 0.1,
    value_range: Any = None,
    random_state: RandomState = None,
) -> Any:
    """Set some pixels of some images to black or white.

    Parameters
    ----------
    X : array-like of shape (n_images, n_channels, height, width)
        Images before standardization, integers or floats. It is not changed.
    p : float, default=0.1
        Probability that an image gets noise.
    q : float, default=0.1
        Probability that a pixel of such an image is replaced. The new value is
        the lowest or the highest value with equal probability, the same in all
        channels.
    value_range : tuple of (low, high), default=None
        Lowest and highest value, such as (0, 255). None takes the smallest and
        the largest value in X.
    random_state : int, RandomState instance or None, default=None
        Determines which images and pixels are replaced, and by which value.

    Returns
    -------
    X_out : ndarray, same shape and dtype as X
        A copy with noise in some images.

    Raises
    ------
    ValueError
        If X is not 4-d, if ``p`` or ``q`` is not a probability, or if
        ``value_range`` does not fit the dtype of X.

    See Also
    --------
    add_gaussian_noise : Add normal noise to every pixel.

    References
    ----------
    .. [1] L. Pantea (2024). "Human-in-the-Loop Machine Learning Project".
       University of Amsterdam (the noise experiments).

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.datasets import add_salt_and_pepper
    >>> X = np.full((100, 3, 8, 8), 128, dtype=np.uint8)
    >>> noisy = add_salt_and_pepper(X, value_range=(0, 255), random_state=0)
    >>> np.unique(noisy).tolist()
    [0, 128, 255]
    """
    X = check_array(X, allow_nd=True, copy=True)
    if X.ndim != 4:
        raise ValueError(
            f"X must have the shape (n_images, n_channels, height, width), got {X.shape}; "
            "gray images need X[:, None]."
        )
    extremes = _check_range((X.min(), X.max()) if value_range is None else value_range, X.dtype)
    rng = check_random_state(random_state)
    for image in np.flatnonzero(rng.uniform(size=len(X)) < p):
        hit = rng.uniform(size=X.shape[2:]) < q
        X[image][:, hit] = extremes[rng.randint(2, size=np.count_nonzero(hit))]
    return X


def _check_range(value_range, dtype):
    """Return the lowest and highest value as an array of the images' dtype."""
    low, high = value_range
    limits = np.iinfo(dtype) if dtype.kind in "iu" else np.finfo(dtype)
    whole = dtype.kind == "f" or (low == int(low) and high == int(high))
    if not (limits.min <= low < high <= limits.max and whole):
        raise ValueError(
            f"value_range must be (low, high) with low < high, both of them values of {dtype}, "
            f"got ({low}, {high}). If all pixels are equal, pass value_range."
        )
    return np.array([low, high], dtype=dtype)
