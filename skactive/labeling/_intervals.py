"""Confidence intervals for shares that were measured on random rows."""

import numpy as np
from scipy.stats import chi2, norm

__all__ = ["mean_share_interval", "wilson_interval"]

_FEW = 3


def wilson_interval(n_hits, n, confidence=0.95):
    """Compute the modified Wilson score interval of a share, Section 4.1.1 of [1]_.

    The score interval, Eq. 4 of [1]_, contains a share near 0 or 1 too rarely:
    in 84 of 100 samples in the worst case. So with one to three hits, the lower end
    is that of a Poisson variable, and with one to three misses, the upper end
    is its mirror image. The worst case is then 93 of 100 samples of 50 rows or more.

    Parameters
    ----------
    n_hits : float or ndarray
        Number of hits, for example rows predicted correctly.
    n : float or ndarray
        Number of rows, at least 1.
    confidence : float, default=0.95
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or ndarray
        Ends of the interval, between 0 and 1.

    References
    ----------
    .. [1] L. D. Brown, T. T. Cai, A. DasGupta (2001). Interval estimation for
       a binomial proportion. Statistical Science 16(2), 101-133.
       doi:10.1214/ss/1009213286

    Examples
    --------
    >>> from skactive.labeling._intervals import wilson_interval
    >>> low, high = wilson_interval(90, 100)
    >>> round(float(low), 4), round(float(high), 4)
    (0.8256, 0.9448)
    >>> low, high = wilson_interval(99, 100)
    >>> round(float(low), 4), round(float(high), 4)
    (0.9455, 0.9995)
    """
    z = norm.ppf(0.5 + confidence / 2)
    n = np.asarray(n, dtype=np.float64)
    share = n_hits / n
    center = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = np.maximum(center - half, 0), np.minimum(center + half, 1)
    least, most = _low_of_few(n_hits, n, confidence), 1 - _low_of_few(n - n_hits, n, confidence)
    return np.minimum(low, least), np.maximum(high, most)


def _low_of_few(n_hits, n, confidence):
    """Lower end of the share of few hits, from the Poisson distribution; 1 for more hits."""
    n_hits = np.asarray(n_hits, dtype=np.float64)
    is_few = (n_hits > 0) & (n_hits <= _FEW)
    return np.where(is_few, chi2.ppf(1 - confidence, 2 * np.maximum(n_hits, 1e-9)) / (2 * n), 1.0)


def mean_share_interval(n_hits, n, confidence=0.95):
    """Compute an interval for the mean of several shares, such as per-class accuracies.

    This is :func:`wilson_interval` of the mean share, for the number of rows
    that gives the mean its variance. The variance is the larger of two
    estimates. The first assumes the mean share in every class. The second uses
    the share of each class, after adding one hit and one miss. A bootstrap
    interval is too narrow for classes with few rows and no error.

    Parameters
    ----------
    n_hits : array of int, shape (n_classes,)
        Number of rows of each class that were predicted correctly.
    n : array of int, shape (n_classes,)
        Number of rows of each class, at least 1.
    confidence : float, default=0.95
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float
        Ends of the interval, between 0 and 1.

    Examples
    --------
    Two classes of 50 rows count as 100 rows; classes of 90 and 10 rows count
    as 36:

    >>> from skactive.labeling._intervals import mean_share_interval
    >>> [round(end, 3) for end in mean_share_interval([45, 45], [50, 50])]
    [0.826, 0.945]
    >>> [round(end, 3) for end in mean_share_interval([81, 9], [90, 10])]
    [0.749, 0.964]
    """
    n_hits, n = np.asarray(n_hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    n_equal = len(n) ** 2 / np.sum(1 / n)
    shares = (n_hits + 1) / (n + 2)
    variance = np.sum(shares * (1 - shares) / n) / len(n) ** 2
    n_each = shares.mean() * (1 - shares.mean()) / variance
    n_effective = min(n_equal, n_each)
    low, high = wilson_interval(np.mean(n_hits / n) * n_effective, n_effective, confidence)
    return float(low), float(high)
