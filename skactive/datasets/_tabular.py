"""Small imbalanced tables of the UCI repository."""

import os
from typing import Any

import numpy as np
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch

from .._parameters import options, validated
from ._home import LOADER, find_file, folder_for_downloads, missing

_OPENML_IDS = {"adult": 1590, "car": 40975, "hypothyroid": 57, "letter": 6, "page_blocks": 30}


@validated({**LOADER, "name": [options(*_OPENML_IDS)]})
def load_tabular(
    name: str,
    *,
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = False,
) -> Any:
    """Load a table of the UCI repository as a pandas frame.

    Needs pandas.

    Parameters
    ----------
    name : {"adult", "car", "hypothyroid", "letter", "page_blocks"}
        Name of the table. "letter" is balanced; "car" is categorical; "adult"
        and "hypothyroid" mix types and have missing values.
    data_home : path-like, default=None
        Folder with ``tabular/<name>.csv.gz``, where the target is the last
        column. None searches the folder in the environment variable
        ``SKACTIVE_DATA``, then ``~/skactive_data``.
    download_if_missing : bool, default=False
        Whether to download the table from OpenML to ``data_home`` or
        ``~/skactive_data`` if it is not found. The OpenML version can be
        larger than another copy: its "adult" joins the original training and
        test rows.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        ``X``, a frame with text columns as categories; ``y``, a series;
        ``classes``, the sorted labels in y.

    Raises
    ------
    ValueError
        If there is no table of this name.
    FileNotFoundError
        If the file is not found and ``download_if_missing`` is False.

    See Also
    --------
    sklearn.datasets.fetch_openml : Any table of OpenML.

    References
    ----------
    .. [1] M. Kelly, R. Longjohn, K. Nottingham. "The UCI Machine Learning
       Repository". https://archive.ics.uci.edu

    Examples
    --------
    >>> from skactive.datasets import load_tabular
    >>> data = load_tabular("car", download_if_missing=True)  # doctest: +SKIP
    >>> data.X.shape  # doctest: +SKIP
    (1728, 6)
    """
    import pandas as pd

    file = f"tabular/{name}.csv.gz"
    path = find_file(file, data_home)
    if path is None and not download_if_missing:
        advice = "Pass download_if_missing=True to download the table from OpenML."
        raise missing(file, data_home, advice)
    if path is None:
        path = folder_for_downloads(data_home) / file
        _download_table(_OPENML_IDS[name], path)
    frame = pd.read_csv(path)
    words = [c for c in frame.columns[:-1] if not pd.api.types.is_numeric_dtype(frame[c])]
    frame = frame.astype({column: "category" for column in words})
    y = frame.pop(frame.columns[-1])
    return Bunch(X=frame, y=y, classes=np.unique(y.to_numpy()))


def _download_table(data_id, path):
    """Store a table of OpenML with the target as last column."""
    table = fetch_openml(data_id=data_id, data_home=path.parent.parent, as_frame=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.data.assign(target=table.target).to_csv(path, index=False)
