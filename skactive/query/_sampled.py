"""Base class of the strategies that read samples of class probabilities."""

from typing import Any

from .._greedy.bounded import Bounded
from .._parameters import COMMITTEE, ints
from .._typing import Floats
from ..predictions import chunk_rows
from ._base import QueryStrategy, random_stream_as_it_is
from ._posterior import check_finite, checked_samples, posterior_sampler
from ._scoring import RowScores, ScoringStrategy

_NUMBERS_A_CHUNK = 1 << 22


class SampledStrategy(QueryStrategy):
    """Base class of the strategies that compare the predictions of several models.

    A subclass has the parameters ``committee`` and ``n_members``.
    """

    _parameter_constraints: dict = {"committee": COMMITTEE, "n_members": [ints(2)]}

    def __init__(self, committee: Any = None, n_members: int = 10) -> None:
        self.committee = committee
        self.n_members = n_members

    def on_samples(self, learner: Any, function: Any) -> Any:
        """A function of rows that applies ``function`` to samples of their class probabilities.

        Parameters
        ----------
        learner : ActiveLearner or fitted classifier
            The learner that asks for rows.
        function : callable
            Takes samples of shape (n_samples, n_taken, n_classes) and returns an
            array of shape (n_taken, ...).

        Returns
        -------
        function_of_rows : callable
            Takes rows and returns an array of shape (n_taken, ...).
        chunk_rows : int
            Maximum number of rows per call.
        """
        # scores and picks with the same labels use the same committee
        stream = random_stream_as_it_is(learner)
        sample = posterior_sampler(learner, self.committee, self.n_members, stream)
        n_classes = len(getattr(learner, "classes_", (0, 1)))
        n_rows = max(256, _NUMBERS_A_CHUNK // (100 * max(n_classes, 1)))
        n_rows = min(n_rows, chunk_rows(learner))
        return lambda X: function(checked_samples(sample, X)), n_rows

    def requires_fit(self, learner: Any) -> bool:
        return self.committee is None or isinstance(self.committee, (list, tuple))


class SampleScoringStrategy(SampledStrategy, ScoringStrategy):
    """Base class of the strategies that score a row by samples of its class probabilities."""

    fits_models = True

    def row_scores(self, learner: Any) -> Any:
        return RowScores(*self.on_samples(learner, self._finite_scores))

    def _finite_scores(self, samples):
        scores = self.score_samples(samples)
        is_bounded = isinstance(scores, Bounded)
        return scores.checked(check_finite) if is_bounded else check_finite(scores)

    def score_samples(self, samples: Any) -> Floats:
        """Score rows from samples of their class probabilities.

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
