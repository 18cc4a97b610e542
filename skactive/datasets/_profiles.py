"""Class sizes for a given imbalance."""

import numpy as np
from scipy.optimize import bisect
from scipy.special import ndtri

__all__ = ["profile_sizes", "step_sizes"]


def profile_sizes(caps, ratio, profile, n_max):
    """Compute class sizes that fall along a profile and have a given imbalance ratio.

    The r-th class gets ``n_max * exp(-rate * depth[r])`` rows, at least one
    and at most as many as it has. The rate is found by bisection.

    Parameters
    ----------
    caps : ndarray of int, shape (n_classes,)
        Number of available rows per class; the first class will be the
        largest, the last one the smallest.
    ratio : float
        Target standard deviation of the sizes divided by their mean.
    profile : {"exponential", "lognormal"}
        Shape of the profile.
    n_max : int
        Size of the largest class.

    Returns
    -------
    sizes : ndarray of int, shape (n_classes,)
        Number of rows to keep, in the order of ``caps``.

    Raises
    ------
    ValueError
        If no rate gives this ratio.
    """
    depths = _DEPTHS[profile](len(caps))
    rate = solve_rate(depths, caps, ratio, n_max)
    return np.rint(_sizes(rate, depths, caps, n_max)).astype(int)


def step_sizes(counts, factor):
    """Compute class sizes after a division by a factor, at least one row each.

    Parameters
    ----------
    counts : ndarray of int, shape (n_classes,)
        Number of available rows per class.
    factor : float
        Divisor, at least 1.

    Returns
    -------
    sizes : ndarray of int, shape (n_classes,)
        Counts minus the number of removed rows, which is rounded half to even.
    """
    return np.maximum(counts - np.rint(counts * (factor - 1) / factor).astype(int), 1)


def solve_rate(depths, caps, ratio, n_max):
    """Return the smallest rate at which the unrounded sizes have the given ratio."""
    rates = _rates_to_try(depths, n_max)
    ratios = np.array([_ratio(rate, depths, caps, n_max) for rate in rates])
    crossing = np.flatnonzero((ratios[:-1] <= ratio) & (ratio <= ratios[1:]))
    if not crossing.size:
        raise ValueError(
            f"ratio={ratio} cannot be reached: with n_max={n_max} and {len(caps)} classes of "
            f"{caps.min()} to {caps.max()} rows it can be from {ratios.min():.4f} to "
            f"{ratios.max():.4f}. A larger n_max or more classes raise the maximum; the minimum "
            "is 0 if n_max is at most the size of the smallest class."
        )
    low, high = rates[crossing[0]], rates[crossing[0] + 1]
    # limits on the sizes can make the ratio fall again, so bisection needs a bracket
    return bisect(lambda rate: _ratio(rate, depths, caps, n_max) - ratio, low, high, xtol=1e-12)


def _exponential_depths(n_classes):
    return np.arange(n_classes) / max(n_classes - 1, 1)


def _lognormal_depths(n_classes):
    quantiles = ndtri((np.arange(n_classes) + 0.5) / n_classes)
    return quantiles - quantiles[0]


_DEPTHS = {"exponential": _exponential_depths, "lognormal": _lognormal_depths}


def _sizes(rate, depths, caps, n_max):
    """Return the unrounded sizes at a rate."""
    return np.minimum(caps, np.maximum(n_max * np.exp(-rate * depths), 1))


def _ratio(rate, depths, caps, n_max):
    sizes = _sizes(rate, depths, caps, n_max)
    return sizes.std() / sizes.mean()


def _rates_to_try(depths, n_max):
    """Return rates from 0 to the one at which all classes but the first have one row."""
    steepest = np.log(max(n_max, 2)) / (depths[1] if len(depths) > 1 else 1)
    return np.r_[0, np.geomspace(1e-3, 1, 300) * steepest]
