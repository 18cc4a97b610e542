"""The labels of a learner, for strategies that read them."""

import numpy as np

__all__ = ["labeled_rows"]


def labeled_rows(learner, reader):
    """Labeled rows of a learner, their labels as codes, and the classes found.

    Parameters
    ----------
    learner : ActiveLearner or fitted classifier
        The learner that asks for rows.
    reader : object
        The strategy that reads them, for the message.

    Returns
    -------
    X : container of n_labels rows
        In the order taught.
    codes : ndarray of int, shape (n_labels,)
        Positions of the labels among the classes.
    classes : ndarray, shape (n_found,)
        The classes found so far, sorted.

    Raises
    ------
    TypeError
        If the learner has no labels, such as a plain classifier.
    """
    if getattr(learner, "X_labeled_", None) is None:
        raise TypeError(
            f"{type(reader).__name__} reads the labeled rows of an ActiveLearner, but "
            f"{type(learner).__name__} has no labels. Query through an ActiveLearner that was "
            "taught some."
        )
    classes, codes = np.unique(learner.y_labeled_, return_inverse=True)
    return learner.X_labeled_, codes, classes
