"""Constraints of parameters, checked in one place with scikit-learn's own messages.

A class lists the constraints of each parameter in ``_parameter_constraints``, as
scikit-learn's classes do. A function lists them in ``validated``.
"""

import inspect
from collections.abc import Callable
from functools import lru_cache, wraps
from numbers import Integral, Real
from typing import Any, TypeVar

import numpy as np
from sklearn import get_config
from sklearn.base import ClassifierMixin, is_regressor

from ._sklearn import (
    HasMethods,
    Interval,
    InvalidParameterError,
    StrOptions,
    make_constraint,
    validate_parameter_constraints,
)

Function = TypeVar("Function", bound=Callable[..., Any])
# every query checks the same values again
_PLAIN = {int, float, bool, str, type(None)}

__all__ = [
    "DeclaredParameters",
    "check_parameters",
    "validated",
]


class DeclaredParameters:
    """Base of classes that declare their parameters, so that an owner can check them."""

    _parameter_constraints: dict = {}


class Number(Interval):
    """An interval of Python or numpy numbers, without True and False."""

    def is_satisfied_by(self, val):
        return not isinstance(val, bool) and super().is_satisfied_by(val)


class Share(Number):
    """An interval of numbers that are not integers, such as the float 1.0."""

    def is_satisfied_by(self, val):
        return not isinstance(val, Integral) and super().is_satisfied_by(val)


class Instance(HasMethods):
    """An object with some methods, but not its class.

    Parameters
    ----------
    methods : str or list of str
        Required methods.
    words : str, default=None
        Description in the message. None: the methods.
    """

    def __init__(self, methods, words=None):
        super().__init__(methods)
        self.words = words

    def is_satisfied_by(self, val):
        return not isinstance(val, type) and super().is_satisfied_by(val)

    def __str__(self):
        return self.words or super().__str__()


class Classifier(Instance):
    """An estimator that is not a regressor."""

    def __init__(self):
        super().__init__(["fit", "get_params"], "a classifier with 'fit' and 'get_params'")

    def is_satisfied_by(self, val):
        # most classifiers have this base; reading tags takes ten times as long
        is_classifier = isinstance(val, ClassifierMixin)
        return super().is_satisfied_by(val) and (is_classifier or not is_regressor(val))


class ListOf(Instance):
    """A list, tuple or 1-d array with entries that all meet a constraint.

    Parameters
    ----------
    constraint : constraint
        Constraint of each entry.
    words : str
        Description of the entries in the message.
    least : int, default=1
        Minimum length.
    most : int, default=None
        Maximum length. None: any.
    """

    def __init__(self, constraint, words, least=1, most=None):
        super().__init__("__len__", f"a list of {words}")
        self.constraint = make_constraint(constraint)
        self.least = least
        self.most = np.inf if most is None else most

    def is_satisfied_by(self, val):
        is_list = isinstance(val, (list, tuple)) or getattr(val, "ndim", 0) == 1
        fits = is_list and self.least <= len(val) <= self.most
        return fits and all(map(self.constraint.is_satisfied_by, val))


def ints(low, high=None):
    """The integers from low on, up to high if given."""
    return Number(Integral, low, high, closed="left" if high is None else "both")


def reals(low, high=None, *, closed="left"):
    """The finite numbers in an interval."""
    return Number(Real, low, high, closed=closed)


def options(*names):
    """One of some strings; the message lists them in this order."""
    # scikit-learn lists them in the order of a set, which changes from run to run
    return StrOptions(dict.fromkeys(names).keys())


SHARE = Share(Real, 0, 1, closed="right")
POSITIVE_INT = [ints(1)]
POSITIVE_INT_OR_NONE = [ints(1), None]
RANDOM_STATE = [ints(0, 2**32 - 1), np.random.RandomState, None]
N_JOBS = [Number(Integral, None, -1, closed="right"), ints(1), None]
_A_STRATEGY = Instance("__call__", "a callable strategy(learner, X, n_queries)")
STRATEGY = [_A_STRATEGY, None]
STRATEGIES = [ListOf(_A_STRATEGY, "at least 1 callable strategy(learner, X, n_queries)"), None]
SCORING_STRATEGY = [
    Instance("scores", "a strategy with one score per row, such as MarginSampling()"),
    None,
]
PAIR = ListOf("array-like", "2 arrays", least=2, most=2)
CLASSIFIER = [Classifier(), None]
FITTED_MODEL = [Instance("predict_proba"), Instance("decision_function"), None]
EMBED = [
    Instance("transform"),
    Instance("embed_rows"),
    Instance("__call__", "a callable embed(X)"),
    None,
]
COMMITTEE = [
    ListOf(Classifier(), "at least 2 classifiers", least=2),
    Instance("sample_proba"),
    Instance("predict_proba"),
    Instance("__call__", "a callable committee(X)"),
    None,
]


def check_parameters(owner):
    """Raise an error unless the parameters of an object, and of objects among them, are valid.

    Parameters
    ----------
    owner : DeclaredParameters
        The object. Its parameters that declare parameters themselves are
        checked as well.

    Raises
    ------
    InvalidParameterError
        It is both a ValueError and a TypeError, and names the parameter and
        the value.
    """
    if get_config()["skip_parameter_validation"]:
        return
    cls, values = type(owner), vars(owner)
    for name, allowed in _constraints_of(cls):
        if name not in values:
            continue
        value = values[name]
        kind = type(value)
        if kind in _PLAIN and _is_allowed_plain(cls, name, kind, value):
            continue
        if not _is_allowed(value, allowed):
            raise _error(name, value, cls._parameter_constraints, cls.__name__)
        for part in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(part, DeclaredParameters):
                check_parameters(part)


def validated(constraints: dict[str, Any]) -> Callable[[Function], Function]:
    """Check the arguments of a function before it is called.

    Parameters
    ----------
    constraints : dict
        Name of a parameter to a list of constraints.

    Returns
    -------
    decorator : callable
        Decorator for a function, or for an ``__init__`` that does more than
        assign.
    """
    made = dict(_made(constraints))

    def decorate(function):
        names = list(inspect.signature(function).parameters)
        caller = function.__qualname__.removesuffix(".__init__")

        @wraps(function)
        def checked(*args, **kwargs):
            if not get_config()["skip_parameter_validation"]:
                for name, value in (*zip(names, args), *kwargs.items()):
                    if name in made and not _is_allowed(value, made[name]):
                        raise _error(name, value, constraints, caller)
            return function(*args, **kwargs)

        checked._parameter_constraints = constraints
        return checked

    return decorate


@lru_cache(maxsize=None)
def _constraints_of(cls):
    return _made(cls._parameter_constraints)


@lru_cache(maxsize=4096)
def _is_allowed_plain(cls, name, kind, value):
    """Cached ``_is_allowed``; the type is part of the key because 1, 1.0 and True are equal."""
    return _is_allowed(value, dict(_constraints_of(cls))[name])


def _made(constraints):
    return [
        (name, [make_constraint(each) for each in allowed])
        for name, allowed in constraints.items()
    ]


def _is_allowed(value, allowed):
    for constraint in allowed:
        if constraint.is_satisfied_by(value):
            return True
    return False


def _error(name, value, constraints, caller):
    """Return scikit-learn's error, with a hint if a class was passed instead of an instance."""
    try:
        validate_parameter_constraints(constraints, {name: value}, caller)
    except InvalidParameterError as error:
        takes_instance = any(isinstance(each, Instance) for each in constraints[name])
        given = value if isinstance(value, (list, tuple)) else [value]
        classes = [f"{each.__name__}()" for each in given if isinstance(each, type)]
        hint = f" Did you mean {classes[0]}?" if classes and takes_instance else ""
        if isinstance(value, str) and _A_STRATEGY in constraints[name]:
            hint = " Pass the strategy itself, not its name, such as MarginSampling()."
        if hasattr(value, "fit") and not classes and is_regressor(value):
            hint = (
                " Regression is not supported: labels are classes. Cut a continuous target into "
                "classes first, with numpy.digitize or sklearn.preprocessing.KBinsDiscretizer."
            )
        return InvalidParameterError(f"{error}{hint}")
