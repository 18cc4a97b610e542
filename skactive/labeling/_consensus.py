"""Combine the labels of several people: disagreements and consensus."""

import numpy as np

from .._table import Table

_MAX_ITERATIONS = 100
_TOLERANCE = 1e-8


def opinions_of(state):
    """Return the last label of each person for each row.

    Parameters
    ----------
    state : JobState
        State of the job, up to date.

    Returns
    -------
    opinions : list of (key, annotator, label)
        Keys come in the order in which they were first answered.
    """
    return [
        (key, annotator, event["label"])
        for key in state.answered()
        for annotator, event in state.opinions(key).items()
        if event["event"] == "label"
    ]


def disagreements_of(opinions):
    """Return the rows that people gave different labels.

    Parameters
    ----------
    opinions : list of (key, annotator, label)
        As returned by :func:`opinions_of`.

    Returns
    -------
    table : Table
        Columns key, annotator and label, with one line per opinion on such a
        row.
    """
    labels = {}
    for key, _, label in opinions:
        labels.setdefault(key, set()).add(label)
    found = [opinion for opinion in opinions if len(labels[opinion[0]]) > 1]
    return _table(("key", "annotator", "label"), found)


def consensus_of(opinions, method):
    """Combine the labels of several people into one label per row.

    Parameters
    ----------
    opinions : list of (key, annotator, label)
        As returned by :func:`opinions_of`.
    method : {"majority", "dawid_skene"}
        As in :meth:`LabelingSession.consensus`.

    Returns
    -------
    table : Table
        Columns key, label, probability and n_opinions.

    Raises
    ------
    ValueError
        If the method is unknown.
    """
    if method not in ("majority", "dawid_skene"):
        raise ValueError(f"method must be 'majority' or 'dawid_skene', got {method!r}.")
    names = ("key", "label", "probability", "n_opinions")
    if not opinions:
        return _table(names, [])
    keys, rows = _numbered(key for key, _, _ in opinions)
    people, persons = _numbered(annotator for _, annotator, _ in opinions)
    classes, codes = _numbered(label for _, _, label in opinions)
    votes = np.zeros((len(keys), len(people), len(classes)))
    votes[rows, persons, codes] = 1
    shares = votes.sum(axis=1) / votes.sum(axis=(1, 2))[:, None]
    if method == "dawid_skene":
        shares = dawid_skene(votes)
    best = shares.argmax(axis=1)
    n_opinions = votes.sum(axis=(1, 2)).astype(int).tolist()
    probabilities = shares[np.arange(len(keys)), best].tolist()
    return _table(names, zip(keys, [classes[k] for k in best], probabilities, n_opinions))


def dawid_skene(votes):
    """Estimate class probabilities together with the error rates of each person.

    Runs expectation maximization, Eqs. 2.3 to 2.5 of [1]_, starting from the
    shares of the votes. Every cell of a confusion matrix gets 0.01 extra
    votes, so a person without an observed error still has a positive error
    rate.

    Parameters
    ----------
    votes : ndarray of float, shape (n_rows, n_people, n_classes)
        1 if the person gave the row this label, otherwise 0. Each row needs at
        least one vote.

    Returns
    -------
    probabilities : ndarray of float64, shape (n_rows, n_classes)
        Class probabilities; each row sums to 1.

    References
    ----------
    .. [1] A. P. Dawid, A. M. Skene (1979). Maximum likelihood estimation of
       observer error-rates using the EM algorithm. Applied Statistics 28(1),
       20-28. doi:10.2307/2346806

    Examples
    --------
    The third person always answers 1, so the first two decide. They differ on
    the last row:

    >>> import numpy as np
    >>> from skactive.labeling._consensus import dawid_skene
    >>> labels = np.array([[0, 0, 1], [1, 1, 1], [0, 0, 1], [1, 1, 1], [0, 0, 1], [0, 1, 1]])
    >>> dawid_skene(np.eye(2)[labels])[:, 0].round(2)
    array([1.  , 0.  , 1.  , 0.  , 1.  , 0.47])
    """
    shares = votes.sum(axis=1)
    shares = shares / shares.sum(axis=1, keepdims=True)
    for _ in range(_MAX_ITERATIONS):
        confusion = np.einsum("rt,rpc->ptc", shares, votes) + 0.01
        confusion /= confusion.sum(axis=2, keepdims=True)
        logs = np.log(shares.mean(axis=0) + 1e-12) + np.einsum(
            "rpc,ptc->rt", votes, np.log(confusion)
        )
        updated = np.exp(logs - logs.max(axis=1, keepdims=True))
        updated /= updated.sum(axis=1, keepdims=True)
        change = np.abs(updated - shares).max()
        shares = updated
        if change < _TOLERANCE:
            break
    return shares


def _numbered(values):
    """Return the distinct values in order of first occurrence, and the code of each value."""
    numbers = {}
    codes = [numbers.setdefault(value, len(numbers)) for value in values]
    return list(numbers), codes


def _table(names, rows):
    columns = list(zip(*rows)) or [[]] * len(names)
    return Table(dict(zip(names, columns)))
