"""Base of the strategies that read samples of class probabilities."""

from .._greedy.screening import Shortlist, defined_together
from ._base import QueryStrategy, RowwiseStrategy, random_stream, random_stream_as_it_is
from ._posterior import check_finite, checked_samples, posterior_sampler

_NUMBERS_A_CHUNK = 1 << 22


class SampledStrategy(QueryStrategy):
    """Base of the strategies that read what several models say of a row.

    A subclass has the parameters ``committee`` and ``n_members``.
    """

    def __init__(self, committee=None, n_members=10):
        self.committee = committee
        self.n_members = n_members

    def on_samples(self, learner, function):
        """What works out ``function`` of samples of rows.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            Who asks.
        function : callable
            Takes samples of shape (n_samples, n_taken, n_classes), returns an
            array of shape (n_taken, ...).

        Returns
        -------
        function_of_rows : callable
            The same of rows.
        chunk_rows : int
            Most rows at a time.
        """
        # scores and picks of the same labels come from the same committee
        stream = random_stream_as_it_is(learner)
        sample = posterior_sampler(learner, self.committee, self.n_members, stream)
        n_classes = len(getattr(learner, "classes_", (0, 1)))
        chunk_rows = max(256, _NUMBERS_A_CHUNK // (100 * max(n_classes, 1)))
        return lambda X: function(checked_samples(sample, X)), chunk_rows

    def requires_fit(self, learner):
        return self.committee is None or isinstance(self.committee, (list, tuple))


class SampleScoringStrategy(SampledStrategy, RowwiseStrategy):
    """Base of those with one number a row, which :meth:`score_samples` gives.

    A subclass may say in ``_screen`` how single precision screens that number.
    """

    _screen = None

    def row_scores(self, learner):
        function, chunk_rows = self.on_samples(
            learner, lambda samples: check_finite(self.score_samples(samples))
        )
        return function, chunk_rows, None

    def select(self, learner, pool, n_queries):
        shortlist = self._shortlist(pool, n_queries)
        if shortlist is None:
            picks = super().select(learner, pool, n_queries)
        else:

            def exact(samples):
                return check_finite(self.score_samples(samples))

            def score(samples):
                return self._screen(samples, shortlist, exact)

            picks = pool.top_rows(*self.on_samples(learner, score), n_queries)
        # the next query is to draw another committee
        random_stream(learner).random_sample()
        return picks

    def _shortlist(self, pool, n_queries):
        """None where every row is to be scored in double precision."""
        if self._screen is None:
            return None
        if not defined_together(self, "_screen", "score_samples", "row_scores", "pool_scores"):
            return None
        return Shortlist.of_pool(pool, n_queries)

    def score_samples(self, samples):
        """The number of each row.

        Parameters
        ----------
        samples : ndarray of float, shape (n_samples, n_rows, n_classes)
            Class probabilities.

        Returns
        -------
        scores : ndarray of float64, shape (n_rows,)
            Higher = picked first.
        """
        raise NotImplementedError
