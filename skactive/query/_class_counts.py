"""Class counts of the labels so far, and when to switch from discovery to balancing."""

import numpy as np

__all__ = ["ClassCounts", "over_represented", "should_balance"]


def over_represented(counts):
    """Which classes have at least the mean count of the classes found.

    Parameters
    ----------
    counts : ndarray of int, shape (n_classes,)
        Number of labels of each class, at least 1.

    Returns
    -------
    mask : ndarray of bool, shape (n_classes,)
        At least one is True.
    """
    counts = np.asarray(counts)
    return counts * len(counts) >= counts.sum()


def should_balance(counts, labels_left):
    """Eq. 8 of Aggarwal et al. (2020): whether balancing needs all remaining labels.

    Parameters
    ----------
    counts : ndarray of int, shape (n_classes,)
        Number of labels of each class found, at least 1.
    labels_left : int
        Budget minus labels so far, b - m.

    Returns
    -------
    needed : bool
        ``labels_left <= c_ur * (mu_or - mu_ur)``; False while no class is
        under-represented and labels are left.

    Examples
    --------
    >>> from skactive.query._class_counts import should_balance
    >>> should_balance([5, 1, 1], 7)  # 7 <= 2 * (5 - 1)
    True
    >>> should_balance([5, 1], 8)  # 8 > 1 * (5 - 1)
    False
    """
    counts = np.asarray(counts)
    over = over_represented(counts)
    n_under = np.count_nonzero(~over)
    if n_under == 0:
        return labels_left <= 0
    return bool(labels_left <= n_under * counts[over].mean() - counts[~over].sum())


class ClassCounts:
    """Class counts after each label, in the order of the labels.

    Parameters
    ----------
    budget : int
        Total number of labels, b of Eq. 8.
    patience : int or None
        Number of consecutive misses after which a class is set aside.

    Attributes
    ----------
    counts : list of int
        Number of labels of each class, in the order in which classes were found.
    codes : list of int
        Class of each label, numbered in this order.
    switched_at : int or None
        Number of labels when Eq. 8 first held.
    """

    def __init__(self, budget, patience=None):
        self.budget = budget
        self.patience = patience
        self.counts = []
        self.codes = []
        self.switched_at = None
        self._code_of = {}
        self._misses = {}
        self._aside = set()

    def follow(self, labels):
        """Count the labels that are new since the last call.

        Parameters
        ----------
        labels : array of shape (n_labels,)
            All labels so far, in the order taught.
        """
        for label in labels[len(self.codes) :]:
            self._add(self._code_of.setdefault(label, len(self._code_of)))

    def copy(self):
        """A copy of the counts, to add expected labels to."""
        twin = ClassCounts(self.budget, self.patience)
        twin.counts = list(self.counts)
        twin._aside = set(self._aside)
        return twin

    def rarest(self, random_state=None):
        """The class with the fewest labels that is not set aside.

        Parameters
        ----------
        random_state : RandomState, default=None
            Draws one of several equally rare classes. None: the one found first.

        Returns
        -------
        code : int
            Number of the class in the order found.
        """
        candidates = [c for c in range(len(self.counts)) if c not in self._aside]
        candidates = candidates or list(range(len(self.counts)))
        fewest = min(self.counts[c] for c in candidates)
        ties = [c for c in candidates if self.counts[c] == fewest]
        return ties[0] if random_state is None else ties[random_state.randint(len(ties))]

    def _add(self, code):
        if self.switched_at is not None and self.patience is not None:
            self._count_miss(code)
        if code == len(self.counts):
            self.counts.append(0)
        self.counts[code] += 1
        self.codes.append(code)
        if self.switched_at is None and should_balance(self.counts, self.budget - len(self.codes)):
            self.switched_at = len(self.codes)

    def _count_miss(self, code):
        """Count a miss of the class that the label was for; set it aside after enough misses."""
        target = self.rarest()
        self._misses[target] = 0 if code == target else self._misses.get(target, 0) + 1
        if self._misses[target] >= self.patience:
            self._aside.add(target)
        self._aside.discard(code)
        if code != target:
            self._misses.pop(code, None)
        under = np.flatnonzero(~over_represented(self.counts))
        if len(under) and self._aside.issuperset(under):
            self._aside.clear()
            self._misses.clear()
