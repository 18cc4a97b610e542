"""How many rows each class keeps: class sizes of a wanted imbalance."""

import numpy as np
from scipy.optimize import bisect
from scipy.special import ndtri

__all__ = ["profile_sizes", "step_sizes"]


def profile_sizes(caps, ratio, profile, n_max):
    """Class sizes that fall off along a profile with a given imbalance ratio.

    The r-th class gets ``n_max * exp(-rate * depth[r])`` rows, never more than
    it has and never less than one; the rate is solved for.

    Parameters
    ----------
    caps : ndarray of int, shape (n_classes,)
        Rows available for each class, from the class to be the largest to the
        one to be the smallest.
    ratio : float
        Wanted standard deviation of the sizes divided by their mean.
    profile : {"exponential", "lognormal"}
        Shape of the fall-off.
    n_max : int
        Size of the largest class.

    Returns
    -------
    sizes : ndarray of int, shape (n_classes,)
        Rows to keep, in the order of ``caps``.

    Raises
    ------
    ValueError
        If no rate gives that ratio.
    """
    depths = _DEPTHS[profile](len(caps))
    rate = solve_rate(depths, caps, ratio, n_max)
    return np.rint(_sizes(rate, depths, caps, n_max)).astype(int)


def step_sizes(counts, factor):
    """Rows that classes keep when each is divided by a factor, at least one.

    Parameters
    ----------
    counts : ndarray of int, shape (n_classes,)
        Rows available.
    factor : float
        Divisor, at least 1.

    Returns
    -------
    sizes : ndarray of int, shape (n_classes,)
        Counts less the rounded number of removed rows, half to even.
    """
    return np.maximum(counts - np.rint(counts * (factor - 1) / factor).astype(int), 1)


def solve_rate(depths, caps, ratio, n_max):
    """Smallest rate of fall-off at which the unrounded sizes have the given ratio."""
    rates = _rates_to_try(depths, n_max)
    ratios = np.array([_ratio(rate, depths, caps, n_max) for rate in rates])
    crossing = np.flatnonzero((ratios[:-1] <= ratio) & (ratio <= ratios[1:]))
    if not crossing.size:
        raise ValueError(
            f"ratio={ratio} cannot be reached: with n_max={n_max} and {len(caps)} classes of "
            f"{caps.min()} to {caps.max()} rows it can be from {ratios.min():.4f} to "
            f"{ratios.max():.4f}. A larger n_max and more classes raise the maximum; n_max up to "
            "the smallest class brings the minimum to 0."
        )
    low, high = rates[crossing[0]], rates[crossing[0] + 1]
    # with floors and caps the ratio need not rise for ever, hence a bracket first
    return bisect(lambda rate: _ratio(rate, depths, caps, n_max) - ratio, low, high, xtol=1e-12)


def _exponential_depths(n_classes):
    return np.arange(n_classes) / max(n_classes - 1, 1)


def _lognormal_depths(n_classes):
    quantiles = ndtri((np.arange(n_classes) + 0.5) / n_classes)
    return quantiles - quantiles[0]


_DEPTHS = {"exponential": _exponential_depths, "lognormal": _lognormal_depths}


def _sizes(rate, depths, caps, n_max):
    """Unrounded sizes at a rate of fall-off."""
    return np.minimum(caps, np.maximum(n_max * np.exp(-rate * depths), 1))


def _ratio(rate, depths, caps, n_max):
    sizes = _sizes(rate, depths, caps, n_max)
    return sizes.std() / sizes.mean()


def _rates_to_try(depths, n_max):
    """Rates from none to the one at which every class but the first has one row."""
    steepest = np.log(max(n_max, 2)) / (depths[1] if len(depths) > 1 else 1)
    return np.r_[0, np.geomspace(1e-3, 1, 300) * steepest]
