"""Non-metric multidimensional scaling of costs, with mirror images of the classes."""

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.isotonic import isotonic_regression

__all__ = ["mirrored_scaling"]

_N_STARTS = 4
_MAX_STEPS = 300
_TOLERANCE = 1e-6


def mirrored_scaling(costs, n_components):
    """Points of true and predicted classes, with distances that increase with the costs.

    Parameters
    ----------
    costs : ndarray of float64, shape (n_classes, n_classes)
        One row per true class, one column per predicted class.
    n_components : int
        Number of coordinates of a point.

    Returns
    -------
    true : ndarray of float64, shape (n_classes, n_components)
        Points of the true classes.
    predicted : ndarray of float64, shape (n_classes, n_components)
        Points of the predicted classes. Distances between the two increase with the
        costs, as far as n_components allow.

    Notes
    -----
    This is stress majorization (SMACOF) of the distances between true and predicted classes. The
    target distances come from an isotonic regression on the costs, in which a cost of 0 is the
    lowest. Its distance may be above 0: if the two points of every class were one, a mistake and
    its reverse would always be equally far apart. The start is the best of four metric scalings,
    with the costs as target distances. From other starts, all classes may end up equally far
    apart, so that distances do not decrease with the costs, but ignore them.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query._mirrored_scaling import mirrored_scaling
    >>> true, predicted = mirrored_scaling(np.array([[0.0, 1, 5], [1, 0, 5], [5, 5, 0]]), 2)
    >>> gaps = np.linalg.norm(true[:, None] - predicted, axis=2)
    >>> bool(gaps[0, 1] < gaps[0, 2])
    True
    """
    n_classes = len(costs)
    if not costs.any():
        return np.zeros((2, n_classes, n_components))
    stream = np.random.RandomState(0)
    starts = stream.normal(size=(_N_STARTS, 2 * n_classes, n_components))
    wanted = _WantedDistances(costs)
    as_costs = wanted.of(costs)
    metric = (_majorized(start, lambda gaps: as_costs) for start in starts)
    points = min(metric, key=lambda found: found[0])[1]
    points = _majorized(points, wanted.of)[1]
    return points[:n_classes], points[n_classes:]


def _majorized(points, wanted):
    """Stress and points after majorization from one start, for given target distances."""
    n_classes = len(points) // 2
    # only distances between a true and a predicted class count
    links = np.kron([[0, 1], [1, 0]], np.ones((n_classes, n_classes)))
    inverse = np.linalg.pinv(n_classes * np.eye(2 * n_classes) - links)
    last = np.inf
    for _ in range(_MAX_STEPS):
        gaps = cdist(points[:n_classes], points[n_classes:])
        targets = wanted(gaps)
        stress = ((gaps - targets) ** 2).sum()
        if last - stress < _TOLERANCE * (targets**2).sum():
            break
        last = stress
        ratios = targets / np.maximum(gaps, 1e-9)
        pulls = np.diag(np.r_[ratios.sum(axis=1), ratios.sum(axis=0)])
        pulls[:n_classes, n_classes:] -= ratios
        pulls[n_classes:, :n_classes] -= ratios.T
        points = inverse @ (pulls @ points)
    return stress, points


class _WantedDistances:
    """The distances that increase with the costs and are nearest to given ones."""

    def __init__(self, costs):
        values, self._groups = np.unique(costs.ravel(), return_inverse=True)
        self._counts = np.bincount(self._groups).astype(np.float64)
        self._weights = self._counts * (values > 0)
        self._shape = costs.shape

    def of(self, gaps):
        """These distances, scaled to a mean square of 1 where costs are positive."""
        means = np.bincount(self._groups, gaps.ravel()) / self._counts
        rising = isotonic_regression(means, sample_weight=self._counts)
        size = np.sqrt(np.average(rising**2, weights=self._weights))
        return (rising / size)[self._groups].reshape(self._shape)
