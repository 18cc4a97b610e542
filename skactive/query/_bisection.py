"""Bisection between positive and negative labels on a line of rows."""

import numpy as np

__all__ = ["LabeledLine"]

_FAR = np.iinfo(np.int64).max // 4


class LabeledLine:
    """A linear graph with some nodes labeled as positive or negative.

    Nodes are linked if their places differ by at most ``order``, except labeled nodes of
    different kinds: their link is cut. The search is for the shortest of all shortest paths
    from a positive to a negative node. It needs only the labeled nodes and the gaps
    between them.

    Parameters
    ----------
    order : ndarray of int, shape (n_nodes,)
        The nodes from the first to the last place.
    labeled : ndarray of int, shape (n_labeled,)
        The labeled nodes.
    is_positive : ndarray of bool, shape (n_labeled,)
        Their kinds. Both kinds must occur.

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
        """Add the label of one more node."""
        where = np.searchsorted(self._places, self._place[node])
        self._places = np.insert(self._places, where, self._place[node])
        self._kinds = np.insert(self._kinds, where, is_positive)

    def best(self, order):
        """Middle nodes of the shortest paths between positive and negative nodes.

        Parameters
        ----------
        order : int
            Maximum distance between the places of linked nodes.

        Returns
        -------
        nodes : ndarray of int, shape (n_found,)
            Equally good nodes. At least one, unless all nodes are labeled.
        order : int
            The same, or the lowest order with a path.
        """
        places, widths, reach = self._within_cuts(order)
        beside, beside_reach = self._beside_cuts()
        nearest = min(reach.min(initial=_FAR), beside_reach.min(initial=_FAR))
        if nearest > order and len(widths):
            steps = -(-widths // order)
            is_best = np.lexsort((widths, steps))[0]
            is_best = (steps == steps[is_best]) & (widths == widths[is_best])
            return self.order[places[is_best]], order
        # paths of two steps, over one node that is linked to both kinds
        best = np.r_[places[reach == nearest], beside[beside_reach == nearest]]
        return self.order[np.unique(best)], max(order, int(nearest))

    def _within_cuts(self, order):
        """Middle places between neighbors of different kinds, their widths and longer halves."""
        first, last = self._places[:-1], self._places[1:]
        is_cut = (self._kinds[:-1] != self._kinds[1:]) & (last - first > 1)
        first, last, is_positive = first[is_cut], last[is_cut], self._kinds[1:][is_cut]
        widths = last - first
        # at least two steps, because a link over a whole width is cut
        steps = np.maximum(-(-widths // order), 2)
        # counted from the negative end, as many links as there are in half of the path
        middle = np.clip(
            (widths + 1) // 2, widths - order * (steps // 2), order * ((steps + 1) // 2)
        )
        places = np.where(is_positive, first + middle, last - middle)
        return places, widths, np.maximum(middle, widths - middle)

    def _beside_cuts(self):
        """Places right beside a label, and the distance to the farther of the two kinds."""
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
        """Distance from each label to the nearest label of the other kind, on both sides."""
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
