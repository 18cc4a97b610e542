"""Check labels: complete, of one type, and joined without a change of their meaning."""

import re
import warnings

import numpy as np
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import type_of_target

from .._tensors import to_numpy
from .._warnings import warn_user
from ..pool import num_samples

NO_REGRESSION = (
    "Regression is not supported: labels are classes. Cut a continuous target into classes "
    "first, with numpy.digitize or sklearn.preprocessing.KBinsDiscretizer."
)
NO_SEVERAL = (
    "Multi-label targets and several label columns are not supported. Give each column its own "
    "learner, as sklearn.multioutput.MultiOutputClassifier(learner) does in fit, or make each "
    "combination of labels a class."
)

# as floats, larger integers are not all distinct
_EXACT = 2**53


def check_labels(X, y, name):
    """Return y as a 1-d array of class labels, one per row of X."""
    if y is None:
        raise ValueError(f"{name} requires y to be passed, but the target y is None.")
    is_plain = type(y) is np.ndarray and y.ndim == 1 and y.dtype.kind in "biu"
    if is_plain and num_samples(X) == len(y):
        return y  # whole numbers pass all checks below
    y = one_column(y)
    check_consistent_length(X, y)
    with warnings.catch_warnings():
        # every row of a batch may have its own class
        warnings.filterwarnings("ignore", message="The number of unique classes")
        kind = type_of_target(y, input_name="y")
    if kind not in ("binary", "multiclass"):
        raise ValueError(f"Unknown label type: y is {kind}, got {y[:3]!r}... {NO_REGRESSION}")
    return y


def one_column(y):
    """Return y as a 1-d array without missing labels."""
    _check_one_column(y)
    y = to_numpy(y)
    if isinstance(y, (list, tuple)) and not all(np.ndim(label) for label in y):
        y = np.array([*y, None], dtype=object)[:-1]  # numpy would turn nan next to "a" into "nan"
    y = column_or_1d(y, warn=True)
    if y.dtype.kind in "fO":
        _check_complete(y)
    if y.dtype.kind == "O":
        y = _plain(y)
    assert_all_finite(y, input_name="y")
    return y


def _check_one_column(y):
    """Raise an error if rows have several labels."""
    shape = getattr(y, "shape", None)
    if shape is not None and len(shape) > 1:
        if np.prod(shape[1:]) != 1:
            raise ValueError(f"y should be a 1d array, got the shape {shape}. {NO_SEVERAL}")
        return
    first = next(iter(y), None) if np.iterable(y) else None
    if isinstance(first, (list, tuple, set, frozenset, np.ndarray)):
        is_column = shape is None and all(np.shape(row) == (1,) for row in y)
        if not is_column:
            raise ValueError(
                f"y should hold one label for each row, got {first!r} for the first. {NO_SEVERAL}"
            )


def _check_complete(y):
    missing = [place for place, label in enumerate(y.tolist()) if _is_missing(label)]
    if missing:
        more = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        label = y[missing].tolist()[0]
        raise ValueError(
            f"y holds a missing label, {label!r}, at position {missing[0]}{more}. Every "
            "row needs a label here: leave out the rows without one (both in X and in y) and "
            "teach them when their labels are known. NaN, None and NA are not classes."
        )


def _is_missing(label):
    if label is None:
        return True
    try:
        return bool(label != label)
    except (TypeError, ValueError):  # pandas.NA is neither equal nor unequal to itself
        return type(label).__name__ == "NAType"


def _plain(y):
    """Convert objects to an array of numbers or of strings, if they are all one or the other."""
    values = [label.item() if isinstance(label, np.generic) else label for label in y.tolist()]
    types = set(map(type, values))
    if types <= {int, float} or types == {bool}:
        is_whole = types != {bool} and all(float(value).is_integer() for value in values)
        return np.array([int(value) for value in values] if is_whole else values)
    if types == {str}:
        return y.astype(str)
    if len(types & {str, int, float, bool}) > 1:
        names = sorted(kind.__name__ for kind in types)
        raise TypeError(
            f"y must hold labels of one type, but these have the types {', '.join(names)}, such "
            f"as {y[:3].tolist()}. Convert all of them to strings or all to numbers."
        )
    return y


def kind_of(labels):
    """Return the kind of labels; labels of one kind can be joined without a change."""
    kind = labels.dtype.kind
    if kind == "O" and len(labels) and isinstance(labels[0], int):
        return "number"  # integers too large for any dtype
    return {"b": "bool", "i": "number", "u": "number", "f": "number"}.get(kind, "text")


def check_kinds(known, y):
    """Raise an error if labels are of another kind than the earlier ones."""
    if kind_of(known) != kind_of(y):
        raise TypeError(
            f"labels of dtype {y.dtype} cannot join those of dtype {known.dtype} that were taught "
            f"before: {y[:3].tolist()} now, {known[:3].tolist()} then. Pass the same type as "
            "before: numbers, strings or booleans."
        )


def join_labels(known, y):
    """Concatenate labels, in the type of the first ones if nothing is lost.

    Whole floats next to integers become integers, so that 3 and 3.0 stay one
    class. Signed and unsigned integers never become floats.
    """
    kinds = {known.dtype.kind, y.dtype.kind}
    if kinds <= set("iuf") and len(kinds) > 1:
        are_whole = all(np.array_equal(part, np.rint(part)) for part in (known, y))
        if known.dtype.kind == "f" and not _has_large(y):
            return np.concatenate([known, y.astype(known.dtype)])
        if are_whole:
            return np.concatenate([_signed(known), _signed(y)])
    return np.concatenate([known, y])


def _has_large(labels):
    return labels.size > 0 and int(max(labels.max(), -int(labels.min()))) > _EXACT


def _signed(labels):
    """Return whole numbers as int64, or as Python integers if one of them is too large."""
    if labels.size and labels.max() >= 2**63:
        return np.array([int(label) for label in labels.tolist()], dtype=object)
    return labels.astype(np.int64)


def warn_of_near_classes(known, y):
    """Warn about new classes that differ from another one only by white space or case."""
    if kind_of(y) != "text":
        return
    known = np.unique(known).tolist()
    spelled = {_spelling(label): label for label in known[::-1]}
    places = {}
    for place, label in enumerate(y.tolist()):
        places.setdefault(label, place)
    for label in known:
        places.pop(label, None)
    for label, place in places.items():
        other = spelled.setdefault(_spelling(label), label)
        if other != label:
            warn_user(
                f"the label {label!r} at position {place} of y differs from the class {other!r} "
                "only by white space, case or a decimal point, and counts as a separate class. "
                "If the two are one class, correct it with learner.relabel(places, labels); "
                "places refer to y_labeled_."
            )


def _spelling(label):
    if not isinstance(label, str):
        return label
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", " ".join(label.split()).casefold())
