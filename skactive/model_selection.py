"""Folds for the labels that an active learner has: few, and some classes rare."""

import warnings

import numpy as np
from sklearn.model_selection import BaseCrossValidator, KFold, StratifiedKFold
from sklearn.utils import column_or_1d

from ._parameters import RANDOM_STATE, ints, validated

__all__ = ["RareStratifiedKFold"]


class RareStratifiedKFold(BaseCrossValidator):
    """Stratified folds, as many as the labels allow.

    There are ``min(n_splits, n)`` folds, n the number of labels of the
    largest class, and at least 2. Where every class has a single label the
    folds are not stratified. A class that is absent from a training fold
    counts as wrong in its test fold. Where a training fold would hold one class
    only, on which few classifiers can be fitted, the first test row of another
    class is trained on instead of tested. That is how [1]_ can choose between a
    linear SVM and a fine-tuned CNN by 10-fold cross-validation on labels of
    which some classes have one.

    Parameters
    ----------
    n_splits : int, default=10
        Most folds.
    shuffle : bool, default=False
        Whether to shuffle the rows of each class before they are split.
    random_state : int, RandomState or None, default=None
        Seed of the shuffling.

    See Also
    --------
    sklearn.model_selection.StratifiedKFold : Raises where a fold more than
        labels of the largest class is asked for, and warns where one class
        has fewer labels than folds.

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

    Two ways to train, compared on the labeled rows:

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
    def __init__(self, n_splits=10, *, shuffle=False, random_state=None):
        self.n_splits = n_splits
        self.shuffle = shuffle
        self.random_state = random_state

    def get_n_splits(self, X=None, y=None, groups=None):
        """Number of folds for these labels.

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
            At least 2.
        """
        if y is None:
            raise ValueError("the number of folds depends on y, and y is None.")
        largest = _largest_class(y)
        return int(max(2, min(self.n_splits, len(y) if largest == 1 else largest)))

    def split(self, X, y, groups=None):
        """Positions of training and test rows, fold by fold.

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
            If there are too few labels to train on two classes.
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
    """The fold, with a row moved where there is but one class to train on."""
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
    """Number of labels of the class that has most."""
    return np.unique(column_or_1d(y), return_counts=True)[1].max()
