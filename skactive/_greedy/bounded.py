"""Arrays that are computed on demand, because bounds may be enough.

Such an object represents an array of float64. numpy functions, indexing and attributes
use the array itself. Only code that knows the class uses the bounds. Results are the same
either way.
"""

import numbers

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

__all__ = ["Bounded", "OnDemand", "Unchecked"]

# rounding errors of two float64 results, half a unit in the last place each
_ROUNDING = np.finfo(np.float64).eps
_SMALLEST = np.finfo(np.float64).tiny


class OnDemand(NDArrayOperatorsMixin):
    """An array that is computed when it is used.

    Parameters
    ----------
    make : callable
        Returns the array; called at most once.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive._greedy.bounded import OnDemand
    >>> squares = OnDemand(lambda: np.arange(4.0) ** 2)
    >>> squares[2:] + 1, np.sqrt(squares)
    (array([ 5., 10.]), array([0., 1., 2., 3.]))
    """

    def __init__(self, make):
        self._make = make
        self._array = None

    @property
    def is_settled(self):
        """Whether the array was computed; bounds are not used after that."""
        return self._array is not None

    def settled(self):
        """The array itself."""
        if self._array is None:
            self._array = self._make()
        return self._array

    def __array__(self, dtype=None, copy=None):
        array = self.settled() if dtype is None else self.settled().astype(dtype, copy=False)
        return array.copy() if copy else array

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if kwargs.get("out"):
            kwargs["out"] = tuple(map(_settled, kwargs["out"]))
        if "where" in kwargs:
            kwargs["where"] = _settled(kwargs["where"])
        return getattr(ufunc, method)(*map(_settled, inputs), **kwargs)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(self.settled(), name)

    def __getitem__(self, item):
        return self.settled()[item]

    def __setitem__(self, item, value):
        self.settled()[item] = value

    def __iter__(self):
        return iter(self.settled())

    def __len__(self):
        return len(self.settled())

    def __repr__(self):
        return repr(self.settled())


class Bounded(OnDemand):
    """Numbers of rows, known within a bound and computed exactly on demand.

    The result is of this class too if they are negated, or shifted or scaled by a number.

    Parameters
    ----------
    estimates : ndarray of float, shape (n_rows,)
        Approximate numbers; NaN if unknown.
    slack : float or ndarray of float, shape (n_rows,)
        Maximum error of the estimates.
    exact : callable
        ``exact(rows) -> ndarray of float64``, the numbers of some rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive._greedy.bounded import Bounded
    >>> values = np.array([0.1, 0.25, 0.9])
    >>> bounded = 1 - Bounded(np.array([0.0, 0.2, 1.0]), 0.1, lambda rows: values[rows])
    >>> bounded.estimates, bounded.exact([1]), np.sqrt(bounded)[1:]
    (array([1. , 0.8, 0. ]), array([0.75]), array([0.8660254 , 0.31622777]))
    """

    def __init__(self, estimates, slack, exact):
        super().__init__(lambda: exact(np.arange(len(estimates))))
        self._estimates, self._slack, self._exact = estimates, slack, exact

    @property
    def estimates(self):
        """Approximate numbers."""
        return self._array if self.is_settled else self._estimates

    @property
    def slack(self):
        """Maximum error of the estimates."""
        return 0.0 if self.is_settled else self._slack

    def exact(self, rows):
        """The numbers of some rows."""
        return self._array[rows] if self.is_settled else self._exact(rows)

    def checked(self, check):
        """The same numbers; ``check`` is applied to exact ones before they are returned."""
        return Bounded(self.estimates, self.slack, lambda rows: check(self.exact(rows)))

    def __len__(self):
        return len(self.estimates)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        slope = _slope(ufunc, inputs, self)
        if method != "__call__" or kwargs or slope is None:
            return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

        def apply(values):
            return ufunc(*[values if each is self else float(each) for each in inputs])

        estimates, slack = apply(self.estimates), slope * self.slack
        slack = slack + _ROUNDING * (np.abs(estimates) + slack) + _SMALLEST
        return Bounded(estimates, slack, lambda rows: apply(self.exact(rows)))


class Unchecked(OnDemand):
    """Class probabilities from a model; checked and converted to float64 when they are used.

    Parameters
    ----------
    given : ndarray of float32 or float64, shape (n_rows, n_classes)
        The output of the model.
    check : callable
        ``check(given)`` raises if they are not class probabilities.
    """

    def __init__(self, given, check):
        # not a method: it would hold the object, and both would wait for the garbage collector
        super().__init__(lambda: _widened(given, check))
        self.given, self.check = given, check
        self.shape, self.ndim = given.shape, given.ndim

    def __len__(self):
        return len(self.given)


def _widened(given, check):
    check(given)
    # a copy, because the output may be part of the pool, and the copy may be written to
    return np.array(given, dtype=np.float64)


def _settled(value):
    return value.settled() if isinstance(value, OnDemand) else value


def _slope(ufunc, inputs, bounded):
    """Maximum slope of a linear function of a Bounded; None for other functions."""
    others = [each for each in inputs if each is not bounded]
    if ufunc in (np.negative, np.positive):
        return 1.0
    if len(others) != 1 or not _is_plain_number(others[0]):
        return None
    if ufunc in (np.add, np.subtract):
        return 1.0
    if ufunc is np.multiply:
        return abs(float(others[0]))
    is_divisor = ufunc is np.true_divide and inputs[0] is bounded and others[0] != 0
    return 1 / abs(float(others[0])) if is_divisor else None


def _is_plain_number(value):
    return isinstance(value, (numbers.Integral, float, np.float32)) and bool(np.isfinite(value))
