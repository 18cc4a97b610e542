"""A small table that does not need pandas: named columns of equal length."""

import csv
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np


class Table(Mapping):
    """Named columns of equal length.

    Parameters
    ----------
    columns : dict of str to sequence of length n_rows
        The columns, in display order.

    Examples
    --------
    >>> from skactive._table import Table
    >>> table = Table({"key": [3, 7], "label": ["ham", "spam"]})
    >>> table["label"].tolist()
    ['ham', 'spam']
    >>> table.n_rows
    2
    """

    def __init__(self, columns: Any) -> None:
        self._columns = {name: as_column(values) for name, values in columns.items()}

    @property
    def n_rows(self) -> Any:
        """Number of rows."""
        return len(next(iter(self._columns.values()), ()))

    def __getitem__(self, name):
        return self._columns[name]

    def __iter__(self):
        return iter(self._columns)

    def __len__(self):
        return len(self._columns)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows, each as a dict of column name to value."""
        names = list(self._columns)
        for values in zip(*(column.tolist() for column in self._columns.values())):
            yield dict(zip(names, values))

    def to_frame(self) -> Any:
        """Return the table as a pandas DataFrame."""
        import pandas

        return pandas.DataFrame({name: column for name, column in self._columns.items()})

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write a CSV file in UTF-8; None becomes an empty field.

        Parameters
        ----------
        path : path-like
            The file; an existing file is replaced.
        """
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(self._columns)
            writer.writerows(zip(*(column.tolist() for column in self._columns.values())))

    def __repr__(self):
        shown = [list(self._columns)]
        for row in self.rows():
            if len(shown) > 10:
                shown.append(["..."] * len(self._columns))
                break
            shown.append(["" if value is None else str(value)[:40] for value in row.values()])
        widths = [max(map(len, column)) for column in zip(*shown)]
        lines = ("  ".join(text.ljust(width) for text, width in zip(r, widths)) for r in shown)
        return "\n".join([*(line.rstrip() for line in lines), f"[{self.n_rows} rows]"])


def as_column(values):
    """Return a 1-d array: of numbers or texts if all values are, otherwise of objects."""
    if isinstance(values, np.ndarray) and values.ndim == 1:
        return values
    values = list(values)
    if values and len({type(value) for value in values}) == 1:
        if isinstance(values[0], (str, int, float, bool, np.generic)):
            return np.asarray(values)
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
