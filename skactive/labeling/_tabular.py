"""Read a CSV file without pandas, and make a model for its columns."""

import csv
from pathlib import Path

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

_MAX_CATEGORIES = 30


def read_table(path):
    """Read a CSV file as texts.

    Parameters
    ----------
    path : path-like
        CSV file in UTF-8, with a header line.

    Returns
    -------
    names : list of str
        Names of the columns.
    cells : ndarray of object, shape (n_rows, n_columns)
        Every cell as a text, so ``00123`` and ``NA`` are not converted.

    Raises
    ------
    ValueError
        If the file has no rows, or lines of different lengths.
    """
    with open(Path(path), newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file)
        names, rows = next(reader, []), []
        for cells in filter(None, reader):
            if len(cells) != len(names):
                raise ValueError(
                    f"{path}, line {reader.line_num}: {len(cells)} cells, but the header has "
                    f"{len(names)}."
                )
            rows.append(cells)
    if not rows:
        raise ValueError(f"{path} has no rows below its header line.")
    return names, np.array(rows, dtype=object)


def table_model(cells):
    """Return a classifier for rows of texts: it scales numbers and encodes the rest.

    Parameters
    ----------
    cells : ndarray of object, shape (n_rows, n_columns)
        The whole table; its values decide how each column is encoded.

    Returns
    -------
    model : Pipeline
        Unfitted pipeline that ends in a logistic regression.

    Raises
    ------
    ValueError
        If all rows are equal.
    """
    parts = [_encoder(column.tolist(), place) for place, column in enumerate(cells.T)]
    parts = [part for part in parts if part is not None]
    if not parts:
        raise ValueError("all rows of the table are equal, so no model can tell them apart.")
    return make_pipeline(make_column_transformer(*parts), LogisticRegression(max_iter=1000))


def _encoder(values, place):
    """Return an encoder for a column; None if the column is constant."""
    distinct = set(values)
    if len(distinct) < 2:
        return None
    if all(_is_number(value) or not value.strip() for value in distinct):
        steps = FunctionTransformer(_as_numbers), SimpleImputer(), StandardScaler()
        return make_pipeline(*steps), [place]
    if len(distinct) <= _MAX_CATEGORIES:
        return OneHotEncoder(handle_unknown="ignore"), [place]
    return TfidfVectorizer(sublinear_tf=True), place


def _is_number(text):
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def _as_numbers(cells):
    """Convert texts to numbers; NaN where a text is not a number."""
    numbers = [float(cell) if _is_number(cell) else np.nan for cell in np.ravel(cells)]
    return np.array(numbers).reshape(np.shape(cells))
