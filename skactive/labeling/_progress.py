"""The progress of a job: counts, and one line of text."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """Counts of a labeling job.

    Attributes
    ----------
    n_rows : int
        Number of rows of the pool.
    n_labels : int
        Number of labels for the learner, without those of audit rows.
    n_skipped, n_flagged : int
        Number of rows set aside, including audit rows.
    n_waiting : int
        Number of rows that were asked and have no answer yet.
    n_rounds : int
        Number of rounds so far.
    budget : int or None
        Maximum number of labels for the learner.
    n_audit, n_audited : int
        Number of audit rows, and how many of them have a label.
    class_counts : dict
        Number of labels per class, for the learner; classes without a label
        are included.
    fit_error : str or None
        What the last fit raised.
    """

    n_rows: int
    n_labels: int
    n_skipped: int
    n_flagged: int
    n_waiting: int
    n_rounds: int
    budget: int | None
    n_audit: int
    n_audited: int
    class_counts: dict = field(default_factory=dict)
    fit_error: str | None = None

    def __str__(self):
        limit = f" of {self.budget}" if self.budget is not None else ""
        parts = [f"{self.n_labels}{limit} labels"]
        if self.n_audit:
            parts.append(f"{self.n_audited} of {self.n_audit} audit rows")
        for number, what in ((self.n_skipped, "skipped"), (self.n_flagged, "flagged")):
            if number:
                parts.append(f"{number} {what}")
        parts.append(f"{self.n_waiting} waiting")
        if self.fit_error:
            parts.append(f"the last fit raised {self.fit_error}")
        return ", ".join(parts)


def progress_of(job, error):
    """Count the answers of a job.

    Parameters
    ----------
    job : Job
        The job, up to date.
    error : Exception or None
        What the last fit raised.

    Returns
    -------
    progress : Progress
        The counts.
    """
    state = job.state
    kinds = Counter(
        status["event"] for key in state.answered() if (status := state.status(key)) is not None
    )
    labels = Counter(label for _, label in state.labeled())
    return Progress(
        n_rows=job.keys.n_rows,
        n_labels=job.learner.n_labels_ + state.n_labeled,
        n_skipped=kinds["skip"],
        n_flagged=kinds["flag"],
        n_waiting=len(state.unanswered()),
        n_rounds=state.last_round,
        budget=job.learner.budget,
        n_audit=len(state.audit),
        n_audited=len(state.audited()),
        class_counts={label: labels[label] for label in job.classes.known},
        fit_error=None if error is None else f"{type(error).__name__}: {error}",
    )
