"""Make vectors of the rows of a table, with scikit-learn's transformers.

Numbers are imputed and standardized, categories become columns of 0 and 1, and
texts become components of their tf-idf. Then two random rows are about as far
from each other in any column, whatever its kind.
"""

from os import PathLike
from os.path import isfile

import numpy as np
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    Normalizer,
    OneHotEncoder,
    StandardScaler,
)

from ._columns import as_labels, as_numbers, column_kind, columns_of

__all__ = ["TableVectors", "are_comparable", "has_one_scale"]

ROWS_TO_FIT = 20_000
_MOST_CATEGORIES = 32
_MOST_WORDS = 20_000
_TEXT_COMPONENTS = 100
_MOST_COMPONENTS = 128
_MOST_SPREAD = 50
_MOST_DEVIATIONS = 3


def has_one_scale(X):
    """Return whether the numeric columns of a table have comparable scales.

    Parameters
    ----------
    X : table of n_rows rows
        Some rows of the pool.

    Returns
    -------
    answer : bool
        False if the largest standard deviation of a column is more than 50
        times the median one. Constant columns are left out.
    """
    names, columns = columns_of(X)
    kinds = [column_kind(column, name) for column, name in zip(columns, names)]
    numbers = [as_numbers(column) for column, kind in zip(columns, kinds) if kind == "number"]
    return are_comparable(
        np.array([_spread(values[np.isfinite(values)]) for values in numbers])
    )


def are_comparable(spreads):
    """Whether columns of these standard deviations are of comparable scale, as above."""
    spreads = np.sort(spreads[spreads > 0])
    if len(spreads) < 2:
        return True
    return bool(spreads[-1] <= _MOST_SPREAD * spreads[(len(spreads) - 1) // 2])


class TableVectors:
    """Make vectors of the rows of a table, after a fit on some of its rows.

    - Numbers, and dates as seconds: standardized, and clipped at 3 standard
      deviations. A missing value becomes the median, and a column of 0 and 1
      marks it.
    - Categories and booleans: one column of 0 and 1 for each category. Beyond
      32 categories, the rare ones share a column. A missing value is a category.
    - Texts: 100 components of a truncated SVD of their tf-idf, with length 1.

    More than 128 columns are reduced to the first 128 principal components.
    Columns that are constant in the rows of the fit are left out. If all
    columns are constant, all vectors are 0.

    Attributes
    ----------
    kinds_ : list of str
        "number", "category", "text" or "constant" for each column.
    """

    def fit(self, X):
        """Learn the columns, scales, categories and words.

        Parameters
        ----------
        X : table of n_rows rows
            Some rows of the pool.

        Returns
        -------
        self : TableVectors
            The fitted object.

        Raises
        ------
        TypeError
            If a column cannot be made vectors, or if the rows are names of
            files.
        ValueError
            If a number is infinite.
        """
        self.names_, columns = columns_of(X)
        is_alone = len(columns) == 1
        if is_alone:
            _refuse_files(columns[0])
        kinds = [
            column_kind(column, name, is_alone=is_alone)
            for name, column in zip(self.names_, columns)
        ]
        self.kinds_ = [
            kind if _varies(column, kind) else "constant" for column, kind in zip(columns, kinds)
        ]
        self._parts = []
        for read, places in self._groups():
            values = read(columns, places, self.names_)
            self._parts.append((read, places, _MAKERS[read](values).fit(values)))
        self._reduce = None
        vectors = self._side_by_side(columns)
        if vectors.shape[1] > _MOST_COMPONENTS:
            n_components = min(_MOST_COMPONENTS, len(vectors))
            self._reduce = PCA(n_components, svd_solver="covariance_eigh").fit(vectors)
        return self

    def transform(self, X):
        """Return the vectors of rows.

        Parameters
        ----------
        X : table of n_rows rows
            Rows with the columns of the fit.

        Returns
        -------
        vectors : ndarray of float32, shape (n_rows, n_components)
            Finite numbers.

        Raises
        ------
        ValueError
            If the columns differ, or if a number is infinite.
        """
        names, columns = columns_of(X)
        if len(names) != len(self.names_):
            raise ValueError(
                f"the rows have {len(names)} columns, but the pool has {len(self.names_)}."
            )
        vectors = self._side_by_side(columns)
        vectors = vectors if self._reduce is None else self._reduce.transform(vectors)
        return np.ascontiguousarray(vectors, dtype=np.float32)

    def _groups(self):
        """Yield functions that read the values of some columns, with the places of the columns."""
        for kind, read in (("number", _numbers), ("category", _labels)):
            if kind in self.kinds_:
                yield read, [place for place, own in enumerate(self.kinds_) if own == kind]
        for place, kind in enumerate(self.kinds_):
            if kind == "text":
                yield _texts, [place]

    def _side_by_side(self, columns):
        parts = [
            transformer.transform(read(columns, places, self.names_))
            for read, places, transformer in self._parts
        ] or [np.zeros((len(columns[0]), 1))]
        return np.hstack([np.asarray(part, dtype=np.float32) for part in parts])


def _refuse_files(column):
    """Raise a TypeError if texts are names of existing files."""
    first = column[0] if len(column) else None
    if isinstance(first, PathLike) or isinstance(first, str) and isfile(first):
        raise TypeError(
            f"the rows are names of files such as {str(first)!r}, and distances between names say "
            "nothing about the files. Pass embed= something that reads them, such as a "
            "skactive.deep.SourceModel or NetFeatures(), or put it before the classifier in a "
            "Pipeline."
        )


def _numbers(columns, places, names):
    numbers = np.column_stack([as_numbers(columns[place]) for place in places])
    is_bad = np.isinf(numbers).any(axis=0)
    if is_bad.any():
        raise ValueError(
            f"column {names[places[is_bad.argmax()]]!r} holds infinity, which has no distance to "
            "other numbers. Replace it, or pass embed= a transformer that does."
        )
    return numbers


def _labels(columns, places, names):
    return np.column_stack([as_labels(columns[place]) for place in places])


def _texts(columns, places, names):
    return as_labels(columns[places[0]])


def _spread(values):
    return values.std() if len(values) else 0.0


def _varies(column, kind):
    """Return whether a column holds two different values, not counting missing numbers."""
    if kind != "number":
        return len(set(as_labels(column).tolist())) > 1
    numbers = as_numbers(column)
    is_missing = np.isnan(numbers)
    return len(np.unique(numbers[~is_missing])) > 1 or is_missing.any() and not is_missing.all()


def _for_numbers(numbers):
    fill = SimpleImputer(strategy="median", add_indicator=True)
    return make_pipeline(StandardScaler(), FunctionTransformer(_clipped), fill)


def _for_categories(labels):
    return OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=_MOST_CATEGORIES,
        sparse_output=False,
        dtype=np.float32,
    )


def _for_texts(texts):
    """Encode words, or characters if the texts have no words; reduce many words."""
    words = TfidfVectorizer(max_features=_MOST_WORDS, sublinear_tf=True, dtype=np.float32)
    try:
        n_words = len(words.fit(texts).vocabulary_)
    except ValueError:  # no word of two letters
        words.set_params(analyzer="char_wb", ngram_range=(1, 2))
        n_words = len(words.fit(texts).vocabulary_)
    if n_words <= _TEXT_COMPONENTS:
        return make_pipeline(words, FunctionTransformer(_dense, accept_sparse=True))
    reduce = TruncatedSVD(min(_TEXT_COMPONENTS, len(texts)), random_state=0)
    return make_pipeline(words, reduce, Normalizer())


def _clipped(numbers):
    return np.clip(numbers, -_MOST_DEVIATIONS, _MOST_DEVIATIONS)


def _dense(matrix):
    return matrix.toarray()


_MAKERS = {_numbers: _for_numbers, _labels: _for_categories, _texts: _for_texts}
