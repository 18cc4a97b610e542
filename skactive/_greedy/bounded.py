"""Arrays that are worked out on demand: bounds on them may be all that is ever needed.

Such an object stands for an array of float64. Whatever looks into it, by numpy,
by an index or by an attribute, gets that array; only those who know what it is
ask for less. So results never depend on whether somebody does.
"""

import numbers

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

__all__ = ["Bounded", "OnDemand", "Unchecked"]

# two results in float64, each off by half a unit in the last place of its magnitude
_ROUNDING = np.finfo(np.float64).eps
_SMALLEST = np.finfo(np.float64).tiny


class OnDemand(NDArrayOperatorsMixin):
    """An array that is worked out when someone looks into it.

    Parameters
    ----------
    make : callable
        Gives the array; called at most once.

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
        """Whether the array has been worked out; from then on it alone counts."""
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
    """Numbers of rows that are known within a bound, exact on demand.

    Negated, shifted or scaled by a number they stay what they are.

    Parameters
    ----------
    estimates : ndarray of float, shape (n_rows,)
        The numbers, about; NaN where nothing is known.
    slack : float or ndarray of float, shape (n_rows,)
        By how much at most they are off.
    exact : callable
        ``exact(rows) -> ndarray of float64``, the numbers of some positions.

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
        """The numbers, about."""
        return self._array if self.is_settled else self._estimates

    @property
    def slack(self):
        """By how much at most the estimates are off."""
        return 0.0 if self.is_settled else self._slack

    def exact(self, rows):
        """The numbers of some rows."""
        return self._array[rows] if self.is_settled else self._exact(rows)

    def checked(self, check):
        """The same numbers, of which each goes through ``check`` before it is handed out."""
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
    """Class probabilities as a model gave them: checked and in float64 once they are read.

    Parameters
    ----------
    given : ndarray of float32 or float64, shape (n_rows, n_classes)
        What the model gave.
    check : callable
        ``check(given)`` raises if they are no class probabilities.
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
    # a copy: what the model gave may be rows of the pool, and the array may be written to
    return np.array(given, dtype=np.float64)


def _settled(value):
    return value.settled() if isinstance(value, OnDemand) else value


def _slope(ufunc, inputs, bounded):
    """How much faster than its input a function of it moves at most; None where it may be bent."""
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
