"""Views of a job: tables, counts and the report."""

from typing import Any

import numpy as np

from .._table import Table
from . import _consensus
from ._log import LabelLog
from ._progress import Progress, progress_of
from ._report import Report, report_of
from ._rows import gather


class ViewsMixin:
    """Views that a session has of its job."""

    @property
    def classes(self) -> list[Any]:
        """Classes so far, in the order given or first used."""
        with self._lock:
            self._job.sync()
            return list(self._job.classes.known)

    @property
    def labels(self) -> Table:
        """Labels for the learner: a table of key, position, label, annotator and round.

        They come in the order in which the learner is taught. Labels of audit
        rows are not included.
        """
        with self._lock:
            self._job.sync()
            return self._labels_of(self._job.state.labeled())

    @property
    def audit_labels(self) -> Table:
        """Labels of the audit rows, with the columns of :attr:`labels`."""
        with self._lock:
            self._job.sync()
            return self._labels_of(self._job.state.audited())

    @property
    def events(self) -> Table:
        """Table of all events, as :meth:`LabelLog.events` returns it."""
        return self._job.log.events()

    @property
    def log(self) -> LabelLog:
        """The :class:`LabelLog` of the session."""
        return self._job.log

    def progress(self) -> Progress:
        """Count the labels, skips, flags and waiting rows.

        Returns
        -------
        progress : Progress
            The counts; they print as one line.
        """
        with self._lock:
            self._job.sync()
            return progress_of(self._job, self._rounds.learning.error)

    def report(self) -> Report:
        """Report how good the model is, and whether more labels help.

        The report is about the model of :attr:`learner`. If its fit raises an
        error, it is about the model of the last fit.

        Returns
        -------
        report : Report
            It prints as text, and ``.plot()`` draws it.
        """
        learner = self._rounds.fitted_or_last()
        with self._lock:
            self._job.sync()
            job, state = self._job, self._job.state
            audited = [(key, job.classes.check(label)) for key, label in state.audited()]
            predicted = None
            if audited and hasattr(learner, "estimator_"):
                rows = gather(job.X, job.keys.positions([key for key, _ in audited]))
                predicted = np.asarray(learner.predict(rows)).tolist()
            return report_of(
                progress_of(job, self._rounds.learning.error),
                list(job.classes.known),
                [state.choices[number] for number in sorted(state.rounds)],
                state.labeled(),
                audited,
                state.audit,
                predicted,
            )

    def disagreements(self) -> Table:
        """Return the rows that people gave different labels.

        Returns
        -------
        table : Table
            Columns key, annotator and label, with one line per opinion on such
            a row.
        """
        with self._lock:
            self._job.sync()
            return _consensus.disagreements_of(_consensus.opinions_of(self._job.state))

    def consensus(self, method: str = "majority") -> Table:
        """Combine the labels of several people into one label per row.

        Parameters
        ----------
        method : {"majority", "dawid_skene"}, default="majority"
            "majority" takes the most frequent label. "dawid_skene" takes the
            most probable label of a model that also estimates the error rates
            of each person [1]_.

        Returns
        -------
        table : Table
            Columns key, label, probability (share of votes, or probability of
            the model) and n_opinions.

        Raises
        ------
        ValueError
            If the method is unknown.

        References
        ----------
        .. [1] A. P. Dawid, A. M. Skene (1979). Maximum likelihood estimation
           of observer error-rates using the EM algorithm. Applied Statistics
           28(1), 20-28. doi:10.2307/2346806
        """
        with self._lock:
            self._job.sync()
            return _consensus.consensus_of(_consensus.opinions_of(self._job.state), method)

    def _labels_of(self, labels):
        state, keys = self._job.state, [key for key, _ in labels]
        values = [self._job.classes.check(label) for _, label in labels]
        statuses = [state.status(key) for key in keys]
        return Table(
            {
                "key": keys,
                "position": self._job.keys.positions(keys),
                "label": self._job.classes.array(values),
                "annotator": [status["annotator"] for status in statuses],
                "round": [status["round"] for status in statuses],
            }
        )
