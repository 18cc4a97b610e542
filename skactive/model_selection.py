"""Cross-validation on few labels, some of which are of rare classes."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator, KFold, StratifiedKFold
from sklearn.utils import column_or_1d

from ._parameters import RANDOM_STATE, ints, validated
from ._typing import Positions, RandomState, Rows

__all__ = ["RareStratifiedKFold"]


class RareStratifiedKFold(BaseCrossValidator):
    """Stratified folds for few labels: as many folds as the labels allow.

    There are ``min(n_splits, n)`` folds, but at least 2, where n is the number
    of labels of the largest class. If every class has a single label, the
    folds are not stratified. If a class is absent from a training fold, its
    rows in the test fold count as errors. Few classifiers can be fitted on one
    class. So if a training fold would hold one class only, the first test row
    of another class is moved to it.

    With these folds, you can choose between a linear SVM and a fine-tuned CNN
    by 10-fold cross-validation, as [1]_ does, even if some classes have one
    label. Read more in :doc:`/user_guide/model_selection`.

    Parameters
    ----------
    n_splits : int, default=10
        Maximum number of folds.
    shuffle : bool, default=False
        Whether to shuffle the rows of each class before splitting.
    random_state : int, RandomState or None, default=None
        Seed of the shuffling.

    See Also
    --------
    sklearn.model_selection.StratifiedKFold : Raises an error if there are more
        folds than labels of the largest class, and warns if a class has fewer
        labels than folds.

    References
    ----------
    .. [1] U. Aggarwal, A. Popescu, C. Hudelot (2020). Active Learning for
       Imbalanced Datasets. WACV, 1417-1426. doi:10.1109/WACV45572.2020.9093475

    Examples
    --------
    >>> from skactive.model_selection import RareStratifiedKFold
    >>> y = ["a", "a", "a", "b", "b", "c"]
    >>> folds = RareStratifiedKFold(10)
    >>> folds.get_n_splits(y, y)
    3
    >>> [test.tolist() for _, test in folds.split(y, y)]
    [[0, 3], [1, 4], [2, 5]]

    Compare two classifiers on the labeled rows:

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.model_selection import GridSearchCV
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from sklearn.svm import LinearSVC
    >>> from skactive import ActiveLearner
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = ActiveLearner(budget=40, random_state=0).fit(X, y)
    >>> choice = GridSearchCV(
    ...     ActiveLearner(), {"estimator": [LinearSVC(), GaussianNB()]}, cv=RareStratifiedKFold(10)
    ... )
    >>> choice = choice.fit(learner.X_labeled_, learner.y_labeled_)
    >>> choice.best_estimator_.n_labels_
    40
    """

    _parameter_constraints: dict = {
        "n_splits": [ints(2)],
        "shuffle": ["boolean"],
        "random_state": RANDOM_STATE,
    }

    @validated(_parameter_constraints)
    def __init__(
        self, n_splits: int = 10, *, shuffle: bool = False, random_state: RandomState = None
    ) -> None:
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def get_n_splits(self, X: Rows = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of folds for these labels.

        Parameters
        ----------
        X : object, default=None
            Not used.
        y : array of shape (n_samples,)
            Labels.
        groups : object, default=None
            Not used.

        Returns
        -------
        n_splits : int
            Number of folds, at least 2.

        Raises
        ------
        ValueError
            If y is None.
        """
        if y is None:
            raise ValueError("the number of folds depends on y, but y is None.")
        largest = _largest_class(y)
        return int(max(2, min(self.n_splits, len(y) if largest == 1 else largest)))

    def split(self, X: Rows, y: Any, groups: Any = None) -> Iterator[tuple[Positions, Positions]]:
        """Yield the positions of training and test rows of each fold.

        Parameters
        ----------
        X : container of n_samples rows
            Only its length is used.
        y : array of shape (n_samples,)
            Labels.
        groups : object, default=None
            Not used.

        Yields
        ------
        train : ndarray of int
            Training positions.
        test : ndarray of int
            Test positions.

        Raises
        ------
        ValueError
            If the labels are too few for training folds with two classes.
        """
        folds = KFold if _largest_class(y) == 1 else StratifiedKFold
        splitter = folds(
            self.get_n_splits(X, y),
            shuffle=self.shuffle,
            random_state=self.random_state if self.shuffle else None,
        )
        labels = column_or_1d(y)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="The least populated class")
            splits = list(splitter.split(np.zeros(len(y)), y))
        yield from [_with_two_classes(train, test, labels) for train, test in splits]


def _with_two_classes(train, test, labels):
    """Return the fold; if it trains on a single class, move a row of another class to it."""
    others = test[labels[test] != labels[train[0]]]
    if len(np.unique(labels[train])) > 1 or not len(others):
        return train, test
    if len(test) == 1:
        raise ValueError(
            f"{len(labels)} labels of {len(np.unique(labels))} classes are too few for folds: "
            "every training fold needs two classes, and every test fold a row. Add a label."
        )
    return np.sort(np.append(train, others[0])), test[test != others[0]]


def _largest_class(y):
    """Return the number of labels of the largest class."""
    return np.unique(column_or_1d(y), return_counts=True)[1].max()
