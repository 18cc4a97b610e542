"""The classes of a job, and the check of its labels."""

import math
import numbers

import numpy as np


class Classes:
    """The classes of a job; every label is one of them.

    Parameters
    ----------
    classes : sequence of str or int, default=None
        All classes. None: every new label adds a class, and all labels must
        have one type.

    Attributes
    ----------
    known : list
        Classes so far, in the order given or first used.
    is_fixed : bool
        Whether the user named the classes.
    """

    def __init__(self, classes=None):
        self.is_fixed = classes is not None
        self.known = []
        for label in [] if classes is None else classes:
            label = _plain_label(label)
            _check_text(label)
            self._check_type(label)
            if label in self.known:
                raise ValueError(f"classes holds {label!r} twice: {list(classes)}.")
            self.known.append(label)
        if self.is_fixed and not self.known:
            raise ValueError("classes is empty; name the classes, or pass None.")

    def check(self, label):
        """Check a label, and return it as the log stores it.

        Raises
        ------
        ValueError, TypeError
            If the label is missing, is not one of the classes, or has another
            type.
        """
        label = _plain_label(label)
        for known in self.known:
            if known == label:
                self._check_type(label)
                return known
        near = [known for known in self.known if _folded(known) == _folded(label)]
        hint = f" Did you mean {near[0]!r}?" if near else ""
        if self.is_fixed or near:
            raise ValueError(
                f"{label!r} is not one of the classes {self.known}.{hint} To add a class, call "
                "session.add_class(...)."
            )
        _check_text(label)
        self._check_type(label)
        return label

    def read(self, text):
        """Return the class that a text in a file or from a person stands for."""
        for known in self.known:
            if str(known) == text:
                return known
        if self.known and not isinstance(self.known[0], str):
            try:
                return self.check(int(text))
            except (TypeError, ValueError) as error:
                raise ValueError(f"{text!r} is not one of the classes {self.known}.") from error
        return self.check(text)

    def add(self, label):
        """Add a class unless it is known."""
        label = _plain_label(label)
        if label not in self.known:
            self.known.append(label)

    def check_new(self, label):
        """Check a new class, and return it as the log stores it."""
        label = _plain_label(label)
        _check_text(label)
        self._check_type(label)
        if label in self.known:
            raise ValueError(f"{label!r} is already one of the classes {self.known}.")
        return label

    def array(self, labels):
        """Return labels as an array for a learner."""
        return np.array(labels) if len(labels) else np.array(self.known)[:0]

    def _check_type(self, label):
        if self.known and _kind(label) is not _kind(self.known[0]):
            raise TypeError(
                f"{label!r} is a {_kind(label).__name__}, but {self.known[0]!r} is a "
                f"{_kind(self.known[0]).__name__}. All labels must be strings, all whole numbers, "
                "or all True and False."
            )


def _plain_label(label):
    """Return a label as a str or an int; raise if it is missing."""
    label = label.item() if isinstance(label, np.generic) else label
    is_missing = label is None or type(label).__name__ in ("NAType", "NaTType")
    if is_missing or (isinstance(label, float) and math.isnan(label)):
        raise ValueError(
            f"{label!r} is not a label. If the person does not know, use session.skip(key) or "
            "session.flag(key, why)."
        )
    if isinstance(label, bool):
        return label
    if isinstance(label, numbers.Real):
        if not math.isfinite(label) or label != int(label):
            raise ValueError(f"{label!r} cannot be a class: numbers must be whole.")
        return int(label)
    if not isinstance(label, str):
        raise TypeError(f"a label must be a string or a whole number, got {label!r}.")
    return label


def _check_text(label):
    if isinstance(label, str) and (not label.strip() or label != label.strip()):
        raise ValueError(
            f"{label!r} cannot be a class: it is empty or has white space at an end, most likely "
            "by mistake."
        )


def _folded(label):
    return " ".join(label.split()).casefold() if isinstance(label, str) else label


def _kind(label):
    return next(kind for kind in (str, bool, int) if isinstance(label, kind))
