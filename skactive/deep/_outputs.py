"""Which outputs of a net stand for the classes that it was fitted on."""

import numpy as np


def class_columns(net, n_outputs):
    """Outputs that stand for the classes of a fitted classifier, in their order.

    Parameters
    ----------
    net : fitted classifier
        A ``SeededNet`` counts its classes from the first output on. Any other
        net has the labels themselves as numbers of outputs.
    n_outputs : int
        How many outputs there are.

    Returns
    -------
    columns : ndarray of int, shape (n_classes,)
        All outputs where no labels say more.
    """
    classes = np.asarray(getattr(net, "classes_", np.arange(n_outputs)))
    if hasattr(net, "label_classes_") or len(classes) == n_outputs:
        return np.arange(min(len(classes), n_outputs))
    is_code = classes.dtype.kind in "iu" and classes.min() >= 0 and classes.max() < n_outputs
    return classes.astype(np.intp) if is_code else np.arange(n_outputs)


def of_columns(probabilities, columns):
    """Some columns, made to sum to 1 again along the last axis."""
    if probabilities.shape[-1] == len(columns):
        return probabilities
    # the addend keeps a row whose mass is all elsewhere from dividing 0 by 0
    chosen = probabilities[..., columns] + np.finfo(np.float32).tiny
    return chosen / chosen.sum(axis=-1, keepdims=True)


def class_proba(estimator, X):
    """``predict_proba`` with one column for each class; surplus outputs are left out."""
    values = np.asarray(estimator.predict_proba(X))
    return of_columns(values, class_columns(estimator, values.shape[1]))
