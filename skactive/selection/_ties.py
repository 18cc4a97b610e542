"""The order of rows with equal scores."""

import numpy as np

_MASK = (1 << 63) - 1
# 2**64 divided by the golden ratio, as a signed number
_GOLDEN = 0x9E3779B97F4A7C15 - (1 << 64)


class TieOrder:
    """A pseudo-random order of rows, for rows with equal scores.

    The place of a row in this order is a hash of its position in the whole pool
    (SplitMix64 [1]_). It is therefore the same in any batch, chunk or block, on any
    machine, and does not depend on the order of a file.

    Parameters
    ----------
    seed : int, default=0
        Seed of the order.
    positions : int or ndarray of int, shape (n_rows,), default=0
        Positions of the rows in the whole pool. An int is the position of the first of
        consecutive rows.

    References
    ----------
    .. [1] G. Steele, D. Lea, C. Flood (2014). Fast Splittable Pseudorandom Number
       Generators. OOPSLA, 453-472. doi:10.1145/2660193.2660195

    Examples
    --------
    >>> import numpy as np
    >>> from skactive.selection import TieOrder
    >>> ties = TieOrder(seed=5)
    >>> ties.ranked(np.arange(6), np.array([1, 0, 1, 1, 0, 2]))
    array([5, 2, 3, 0, 4, 1])
    """

    def __init__(self, seed=0, positions=0):
        self.seed = seed
        self.positions = positions

    def keys(self, rows):
        """The hashes of some rows; the row with the lowest hash comes first.

        Parameters
        ----------
        rows : ndarray or tensor of int, shape (n_taken,)
            The rows. A tensor is allowed if the positions are an int or a tensor on the
            same device.

        Returns
        -------
        keys : ndarray or tensor of int64, shape (n_taken,)
            Distinct numbers.
        """
        # odd factors and shifts are bijective, so distinct positions stay distinct
        start = int(_mixed(np.array([self.seed & _MASK])).item())
        return _mixed(self._in_the_pool(rows) * _GOLDEN + start)

    def of(self, rows):
        """The same order for some of the rows.

        Parameters
        ----------
        rows : slice or ndarray of int
            The rows. A slice must not have a step.

        Returns
        -------
        ties : TieOrder
            The order of these rows, numbered from 0.
        """
        if isinstance(rows, slice) and np.ndim(self.positions) == 0:
            return TieOrder(self.seed, self.positions + (rows.start or 0))
        rows = self.positions[rows] if isinstance(rows, slice) else self._in_the_pool(rows)
        return TieOrder(self.seed, rows)

    def first(self, rows):
        """The first of some rows.

        Parameters
        ----------
        rows : ndarray of int, shape (n_taken,)
            The rows, at least one.

        Returns
        -------
        row : int
            The row with the lowest hash.
        """
        return int(rows[self.keys(rows).argmin()] if len(rows) > 1 else rows[0])

    def argmax(self, values):
        """The row with the highest value.

        Parameters
        ----------
        values : ndarray of float, shape (n_rows,)
            One value per row.

        Returns
        -------
        row : int
            If values are equal, the first of these rows.
        """
        row = int(values.argmax())
        is_equal = values == values[row]
        # counting is ten times as fast as finding
        return self.first(np.flatnonzero(is_equal)) if np.count_nonzero(is_equal) > 1 else row

    def ranked(self, rows, scores):
        """Sort rows by descending score.

        Parameters
        ----------
        rows : ndarray of int, shape (n_taken,)
            The rows.
        scores : ndarray of float, shape (n_taken,)
            Their scores.

        Returns
        -------
        rows : ndarray of int, shape (n_taken,)
            The sorted rows.
        """
        order = np.argsort(-scores, kind="stable")
        falling = scores[order]
        equal = falling[1:] == falling[:-1]
        if equal.any():
            # rows with equal scores are neighbors and are sorted among themselves
            places = np.flatnonzero(np.append(equal, False) | np.append(False, equal))
            tied = order[places]
            order[places] = tied[np.lexsort((self.keys(rows[tied]), -scores[tied]))]
        return rows[order]

    def _in_the_pool(self, rows):
        if isinstance(rows, np.ndarray):
            rows = rows.astype(np.int64, copy=False)
        return rows + self.positions if np.ndim(self.positions) == 0 else self.positions[rows]


def _mixed(numbers):
    """SplitMix64's mixing function for an array or tensor of int64."""
    for shift, factor in ((30, -0x40A7B892E31B1A47), (27, -0x6B2FB644ECCEEE15)):
        # the mask removes the sign bits that a shift brings in
        numbers = (numbers ^ (numbers >> shift & (1 << 64 - shift) - 1)) * factor
    return numbers ^ (numbers >> 31 & (1 << 33) - 1)
