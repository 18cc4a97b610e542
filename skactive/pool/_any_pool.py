"""What a strategy may ask of any pool, in memory or in blocks."""


class AnyPool:
    """Base of the pools. The subclasses answer in memory or in the blocks of dask."""

    def are_free(self, positions):
        """Which of some positions may be picked.

        Parameters
        ----------
        positions : ndarray of int, shape (n_taken,)
            Positions in the pool.

        Returns
        -------
        mask : ndarray of bool, shape (n_taken,)
            True for rows that may be picked.
        """
        raise NotImplementedError

    def nth_free(self, ranks):
        """Positions of some free rows, given by their ranks.

        Parameters
        ----------
        ranks : ndarray of int, shape (n_taken,)
            0 is the first free row, 1 the second one.

        Returns
        -------
        positions : ndarray of int, shape (n_taken,)
            Positions in the pool.
        """
        raise NotImplementedError

    def without(self, positions):
        """The same pool with fewer free rows.

        Parameters
        ----------
        positions : ndarray of int
            Rows that may no longer be picked.

        Returns
        -------
        pool : Pool or BlockPool
            It shares the memory of this pool.
        """
        raise NotImplementedError

    def gather(self, positions):
        """Take rows of X into memory.

        Parameters
        ----------
        positions : ndarray of int, shape (n_taken,)
            The rows to take, in this order.

        Returns
        -------
        rows : same container as X, or as one block of X
            These rows.
        """
        raise NotImplementedError

    def in_memory(self):
        """The same pool with all its rows in memory.

        Returns
        -------
        pool : Pool
            This pool itself if its rows are in memory; otherwise the rows stay in memory
            for later queries.
        """
        raise NotImplementedError

    def draw(self, n, random_state):
        """Draw free rows uniformly without replacement.

        Parameters
        ----------
        n : int
            Number of rows, at most ``n_available``.
        random_state : numpy.random.RandomState
            The random stream, which is advanced.

        Returns
        -------
        positions : ndarray of int, shape (n,)
            In the order drawn.
        """
        raise NotImplementedError

    def map_parts(self, function, part_rows):
        """Apply a function to consecutive parts of the pool.

        Parameters
        ----------
        function : callable
            ``function(part, number)`` takes a :class:`Pool` of consecutive rows, and the
            number of the part, starting at 0.
        part_rows : int
            Number of rows per part; the last part may have fewer. Parts need not be blocks.

        Returns
        -------
        results : list
            One result per part.
        """
        raise NotImplementedError
