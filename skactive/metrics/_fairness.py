"""Class counts of labels: how unequal they are, and how many classes there are."""

from typing import Any

import numpy as np

from .._codes import labels_and_classes
from .._parameters import validated
from .._typing import Labels


@validated({"y": ["array-like"], "classes": ["array-like", None]})
def imbalance_ratio(y: Labels, classes: Any = None) -> float:
    """Compute the standard deviation of the class counts divided by their mean.

    The ratio is 0 if all classes have the same number of rows. It grows with
    the imbalance, up to ``sqrt(n_classes - 1)`` if one class has all rows.
    Read more in :doc:`/user_guide/imbalance`.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Class labels, at least one.
    classes : array-like of shape (n_classes,), default=None
        All classes. Classes that y lacks count as zero rows. None takes only
        the classes in y; the ratio is then too small if y misses some classes.

    Returns
    -------
    ratio : float
        The imbalance ratio, at least 0.

    Raises
    ------
    ValueError
        If y is empty, or has a label that is not in ``classes``.

    See Also
    --------
    n_classes_found : Number of distinct labels.
    skactive.datasets.make_imbalanced : Reduce a data set to a given ratio.

    Notes
    -----
    The paper does not say which standard deviation it uses, nor whether
    classes without a label count. This function uses that of the population
    (``ddof=0``) and, with ``classes``, counts all classes. This agrees with
    the published values.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426, Tables 1, 4 and 5.
       doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive.metrics import imbalance_ratio
    >>> y = ["cat"] * 6 + ["dog"] * 3 + ["fox"]
    >>> round(imbalance_ratio(y), 4)
    0.6164
    >>> round(imbalance_ratio(y, classes=["ant", "cat", "dog", "fox"]), 4)
    0.9165
    """
    labels, found = labels_and_classes(y)
    if not labels.size:
        raise ValueError("y must hold at least one label, got none: the mean count is 0.")
    _, counts = np.unique(labels, return_counts=True)
    missing = 0 if classes is None else _n_missing(found, classes)
    counts = np.pad(counts, (0, missing))
    return float(counts.std() / counts.mean())


@validated({"y": ["array-like"]})
def n_classes_found(y: Labels) -> int:
    """Count the distinct labels.

    Parameters
    ----------
    y : array-like of shape (n_rows,)
        Class labels; may be empty.

    Returns
    -------
    n_classes : int
        Number of classes with at least one row.

    See Also
    --------
    imbalance_ratio : How unequally the rows are spread over the classes.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). "Active Learning for
       Imbalanced Datasets". WACV, 1417-1426, Tables 4 and 5.
       doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive.metrics import n_classes_found
    >>> n_classes_found([3, 1, 1, 7])
    3
    """
    return len(labels_and_classes(y)[1])


def _n_missing(found, classes):
    """Return how many of the classes were not found; raise if an unknown one was."""
    known = labels_and_classes(classes, "classes")[1].tolist()
    unknown = sorted(set(found.tolist()).difference(known))
    if unknown:
        raise ValueError(
            f"y has the label {unknown[0]!r}, which is not among the {len(known)} classes "
            "given; classes= must list all classes, with the same type as y."
        )
    return len(known) - len(found)
