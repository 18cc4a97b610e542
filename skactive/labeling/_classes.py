"""Which labels a job takes."""

import math
import numbers

import numpy as np


class Classes:
    """The classes of a job; a label is one of them.

    Parameters
    ----------
    classes : sequence of str or int, default=None
        All classes that there are. None: every label of one type makes a class.

    Attributes
    ----------
    known : list
        The classes so far, in the order given or found.
    """

    def __init__(self, classes=None):
        self.is_fixed = classes is not None
        self.known = []
        for label in [] if classes is None else classes:
            label = _plain_label(label)
            _check_text(label)
            if label in self.known:
                raise ValueError(f"classes holds {label!r} twice: {list(classes)}.")
            self._check_type(label)
            self.known.append(label)
        if self.is_fixed and not self.known:
            raise ValueError("classes is empty; name the classes or leave it out.")

    def check(self, label):
        """A label as it is kept.

        Raises
        ------
        ValueError, TypeError
            If it is missing, not one of the classes, or of another type.
        """
        label = _plain_label(label)
        for known in self.known:
            if known == label:
                return known
        near = [known for known in self.known if _folded(known) == _folded(label)]
        hint = f" Did you mean {near[0]!r}?" if near else ""
        if self.is_fixed or near:
            raise ValueError(
                f"{label!r} is none of the classes {self.known}.{hint} A new class comes in by "
                "session.add_class(...)."
            )
        _check_text(label)
        self._check_type(label)
        return label

    def read(self, text):
        """The class that a text stands for, as in a file or typed; checked."""
        for known in self.known:
            if str(known) == text:
                return known
        if self.known and not isinstance(self.known[0], str):
            try:
                return self.check(int(text))
            except ValueError as error:
                raise ValueError(f"{text!r} is none of the classes {self.known}.") from error
        return self.check(text)

    def add(self, label):
        """Take a class in, if it is not there."""
        label = _plain_label(label)
        if label not in self.known:
            self.known.append(label)

    def check_new(self, label):
        """A class that is to be added, as it is kept."""
        label = _plain_label(label)
        _check_text(label)
        self._check_type(label)
        if label in self.known:
            raise ValueError(f"{label!r} is one of the classes already: {self.known}.")
        return label

    def array(self, labels):
        """Labels as an array for a learner."""
        return np.array(labels) if len(labels) else np.array(self.known)[:0]

    def _check_type(self, label):
        if self.known and isinstance(self.known[0], str) != isinstance(label, str):
            raise TypeError(
                f"{label!r} is a {type(label).__name__}, but {self.known[0]!r} is a "
                f"{type(self.known[0]).__name__}. All labels must be texts, or all numbers."
            )


def _plain_label(label):
    """A label as a str or an int; a missing one is named and refused."""
    label = label.item() if isinstance(label, np.generic) else label
    is_missing = label is None or type(label).__name__ in ("NAType", "NaTType")
    if is_missing or (isinstance(label, float) and math.isnan(label)):
        raise ValueError(
            f"{label!r} is no label. If the person does not know, use session.skip(key) or "
            "session.flag(key, why)."
        )
    if isinstance(label, bool):
        return label
    if isinstance(label, numbers.Real):
        if label != int(label):
            raise ValueError(f"{label!r} is no class: numbers must be whole.")
        return int(label)
    if not isinstance(label, str):
        raise TypeError(f"a label must be a text or a whole number, got {label!r}.")
    return label


def _check_text(label):
    if isinstance(label, str) and (not label.strip() or label != label.strip()):
        raise ValueError(
            f"{label!r} cannot be a class: a text with nothing in it or with white space at its "
            "ends is most likely a slip."
        )


def _folded(label):
    return " ".join(label.split()).casefold() if isinstance(label, str) else label
