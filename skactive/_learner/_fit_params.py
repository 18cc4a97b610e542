"""Parameters of fit with one entry per row, such as sample weights."""

from numbers import Real

import numpy as np

from .._tensors import to_numpy
from ..pool import concatenate_rows, container_kind, num_samples, take_rows


def check_weights(y, params):
    """Raise unless sample weights are numbers that keep at least two of several classes."""
    weights = params.values.get("sample_weight")
    if weights is None or isinstance(weights, Real):
        return
    try:
        weights = np.asarray(to_numpy(weights), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"sample_weight must hold a number for each row: {error}.") from error
    if weights.shape != y.shape:
        raise ValueError(
            f"sample_weight has the shape {weights.shape}, but y has {len(y)} labels: pass one "
            "weight per label."
        )
    kept = np.unique(y[weights > 0])
    if len(kept) < 2 <= len(np.unique(y)):
        raise ValueError(
            f"sample_weight is positive for only {len(kept)} class(es) of y: {kept}. A classifier "
            "needs at least two."
        )


class FitParams:
    """Fit parameters of some rows.

    Parameters
    ----------
    values : dict
        Name to value.
    n_rows : int
        Number of rows; a value of this length has one entry per row.
    """

    def __init__(self, values, n_rows):
        self.values = values
        self._per_row = {name for name, value in values.items() if _has_rows(value, n_rows)}

    @classmethod
    def from_plain(cls, plain):
        """Restore the parameters from the result of :meth:`plain`."""
        twin = cls({}, 0)
        twin.values, twin._per_row = plain["values"], set(plain["per_row"])
        return twin

    def plain(self):
        """Return the state as a dict of plain types, for file formats that know only those."""
        return {"values": self.values, "per_row": sorted(self._per_row)}

    def rows(self, positions):
        """Return the parameters of some of the rows."""
        taken = {
            name: take_rows(value, positions) if name in self._per_row else value
            for name, value in self.values.items()
        }
        return self._with(taken)

    def join(self, other):
        """Return the parameters of these rows, followed by those of ``other``.

        Raises
        ------
        ValueError
            If other parameters have one entry per row.
        TypeError
            If these entries cannot be concatenated.
        """
        if self._per_row != other._per_row:
            names = sorted(self._per_row ^ other._per_row)
            raise ValueError(
                f"pass fit parameters with one entry per row in every call or in none; {names} "
                f"came with some of the labels only."
            )
        joined = {**self.values, **other.values}
        for name in sorted(self._per_row):
            joined[name] = _joined(name, self.values[name], other.values[name])
        return self._with(joined)

    def _with(self, values):
        return self.from_plain({"values": values, "per_row": self._per_row})


def _has_rows(value, n_rows):
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__len__"):
        return False
    is_row_like = isinstance(value, (list, tuple)) or np.ndim(value) > 0
    return is_row_like and num_samples(value) == n_rows


def _joined(name, known, new):
    kinds = [_kind(values) for values in (known, new)]
    if kinds[0] != kinds[1]:
        raise TypeError(
            f"{name} is {kinds[1]} now, but was {kinds[0]} with earlier labels. Pass it in the "
            "same form each time."
        )
    if kinds[0].startswith("an array of"):
        known, new = np.asarray(known), np.asarray(new)
    return concatenate_rows(known, new)


def _kind(values):
    """Describe a container; arrays and lists of numbers are of the same kind."""
    if not isinstance(values, (list, tuple, np.ndarray)):
        return f"a {container_kind(values)}"
    array = np.asarray(values)
    what = "numbers" if array.dtype.kind in "biuf" else "objects"
    return f"an array of {array.ndim} dimension(s) with {what}"
