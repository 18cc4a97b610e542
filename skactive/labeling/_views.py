"""What a job amounts to: tables, counts, the report."""

import numpy as np

from .._table import Table
from . import _consensus
from ._progress import progress_of
from ._report import report_of
from ._rows import gather


class ViewsMixin:
    """What a session says of its job."""

    @property
    def classes(self):
        """The classes so far, in the order given or found."""
        with self._lock:
            self._job.sync()
            return list(self._job.classes.known)

    @property
    def labels(self):
        """The labels for the learner: a table of key, position, label, annotator and round.

        They come in the order in which the learner is taught; audit rows are
        not among them.
        """
        with self._lock:
            self._job.sync()
            return self._labels_of(self._job.state.labeled())

    @property
    def audit_labels(self):
        """The labels of the audit rows, as :attr:`labels`."""
        with self._lock:
            self._job.sync()
            return self._labels_of(self._job.state.audited())

    @property
    def events(self):
        """Everything that happened, as :meth:`LabelLog.events` gives it."""
        return self._job.log.events()

    @property
    def log(self):
        """The LabelLog."""
        return self._job.log

    def progress(self):
        """Counts of the job.

        Returns
        -------
        progress : Progress
            Prints as one line.
        """
        with self._lock:
            self._job.sync()
            return progress_of(self._job, self._rounds.learning.error)

    def report(self):
        """Say whether it is enough, and how good the model is.

        The model is the one of :attr:`learner`; where its fit raises, the
        one that chose the last round.

        Returns
        -------
        report : Report
            Prints as text; ``.plot()`` draws it.
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

    def disagreements(self):
        """Rows that two people gave different labels.

        Returns
        -------
        table : Table
            Columns key, annotator and label; every opinion of such a row.
        """
        with self._lock:
            self._job.sync()
            return _consensus.disagreements_of(_consensus.opinions_of(self._job.state))

    def consensus(self, method="majority"):
        """One label for each row, from those of several people.

        Parameters
        ----------
        method : {"majority", "dawid_skene"}, default="majority"
            The most frequent label; or the most probable one when the error
            rates of each person are estimated along (Dawid and Skene 1979).

        Returns
        -------
        table : Table
            Columns key, label, probability (the share of votes, or that of
            the model) and n_opinions.
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
