"""Rows in a line, some of them labeled: where the next label halves the way between two kinds."""

import numpy as np

__all__ = ["LabeledLine"]

_FAR = np.iinfo(np.int64).max // 4


class LabeledLine:
    """A linear graph of nodes, of which some are known to be positive or negative.

    Nodes are linked when their places differ by at most ``order``, but for a
    positive and a negative one: such a link is cut. The shortest shortest
    path leads from any positive node to any negative one. All that is looked
    at is the labeled nodes and the gaps between them.

    Parameters
    ----------
    order : ndarray of int, shape (n_nodes,)
        The nodes from the first to the last place.
    labeled : ndarray of int, shape (n_labeled,)
        Nodes with a label.
    is_positive : ndarray of bool, shape (n_labeled,)
        Their kinds; both must occur.

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.query._bisection import LabeledLine
    >>> line = LabeledLine(np.arange(9), np.array([1, 7]), np.array([False, True]))
    >>> line.best(1)
    (array([4]), 1)
    """

    def __init__(self, order, labeled, is_positive):
        self.order = order
        self._place = np.empty(len(order), dtype=np.int32)
        self._place[order] = np.arange(len(order), dtype=np.int32)
        places = self._place[labeled].astype(np.int64)
        by_place = np.argsort(places)
        self._places, self._kinds = places[by_place], np.asarray(is_positive)[by_place]

    def add(self, node, is_positive):
        """Take in the label of one more node."""
        where = np.searchsorted(self._places, self._place[node])
        self._places = np.insert(self._places, where, self._place[node])
        self._kinds = np.insert(self._kinds, where, is_positive)

    def best(self, order):
        """Middle nodes of the shortest shortest paths.

        Parameters
        ----------
        order : int
            How far apart linked nodes are at most.

        Returns
        -------
        nodes : ndarray of int, shape (n_found,)
            Equally good ones, at least one as long as a node has no label.
        order : int
            The same, or the lowest one at which there is a path at all.
        """
        places, widths, reach = self._within_cuts(order)
        beside, beside_reach = self._beside_cuts()
        nearest = min(reach.min(initial=_FAR), beside_reach.min(initial=_FAR))
        if nearest > order and len(widths):
            steps = -(-widths // order)
            is_best = np.lexsort((widths, steps))[0]
            is_best = (steps == steps[is_best]) & (widths == widths[is_best])
            return self.order[places[is_best]], order
        # two steps: over one node that is linked to both kinds
        best = np.r_[places[reach == nearest], beside[beside_reach == nearest]]
        return self.order[np.unique(best)], max(order, int(nearest))

    def _within_cuts(self, order):
        """Places halfway between neighbors of two kinds, the widths, and the longer halves."""
        first, last = self._places[:-1], self._places[1:]
        is_cut = (self._kinds[:-1] != self._kinds[1:]) & (last - first > 1)
        first, last, is_positive = first[is_cut], last[is_cut], self._kinds[1:][is_cut]
        widths = last - first
        # a link over a whole width is cut
        steps = np.maximum(-(-widths // order), 2)
        # counted from the negative end, as many links as there are in half of the path
        middle = np.clip(
            (widths + 1) // 2, widths - order * (steps // 2), order * ((steps + 1) // 2)
        )
        places = np.where(is_positive, first + middle, last - middle)
        return places, widths, np.maximum(middle, widths - middle)

    def _beside_cuts(self):
        """Places right beside a label, and how far the farther of the two kinds is there."""
        left, right = self._to_other_kind()
        is_open = np.diff(np.r_[-1, self._places, len(self.order)]) > 1
        above = np.flatnonzero(is_open[1:])
        below = np.flatnonzero(is_open[:-1])
        # one place on, one side is farther by one and the other is nearer
        places = np.r_[self._places[above] + 1, self._places[below] - 1]
        reach = np.r_[
            np.minimum(left[above] + 1, right[above] - 1),
            np.minimum(left[below] - 1, right[below] + 1),
        ]
        return places, reach

    def _to_other_kind(self):
        """How far the nearest label of the other kind is from each label, on both sides."""
        places, kinds = self._places, self._kinds
        before, after = np.full((2, len(places)), _FAR)
        for kind in (False, True):
            is_kind = kinds == kind
            last = np.maximum.accumulate(np.where(is_kind, places, -_FAR))
            following = np.where(is_kind, places, _FAR)[::-1]
            following = np.minimum.accumulate(following)[::-1]
            others = ~is_kind
            before[others] = places[others] - last[others]
            after[others] = following[others] - places[others]
        return before, after
