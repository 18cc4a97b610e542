"""The log of a labeling job: events in one SQLite file that only grows."""

import json
import os
from datetime import datetime, timezone
from typing import Any

import numpy as np

from .._parameters import validated
from .._table import Table
from .._typing import Strategy
from ._log_file import LogFile
from ._schema import COLUMNS, EVENTS, existing_or_new

PATH = [str, os.PathLike]
_INSERT = (
    "INSERT INTO events (time, key, event, label, annotator, round, seconds, strategy, score, "
    "extra) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class LabelLog:
    """Append-only log of the events of a labeling job, in one SQLite file.

    An event is on disk when :meth:`append` returns, even if the process is
    killed right after. Several processes and threads may append to one file.
    If the file is damaged, or comes from another program or a newer version,
    opening it raises an error and does not change it. Read more in
    :doc:`/user_guide/labeling`.

    Parameters
    ----------
    path : path-like
        The file; it is created if it does not exist. While it is open, SQLite
        keeps two more files next to it, with the endings ``-wal`` and
        ``-shm``.

    Raises
    ------
    LabelLogError
        If the file is not a readable label log.
    FileNotFoundError
        If the folder of the file does not exist.
    OSError
        If the file cannot be created or opened.

    See Also
    --------
    LabelingSession : Keeps its job in a log.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skactive.labeling import LabelLog
    >>> folder = tempfile.TemporaryDirectory()
    >>> with LabelLog(Path(folder.name) / "labels.db") as log:
    ...     log.append(key="row 7", event="label", label="spam", annotator="ana")
    ...     log.events()["label"].tolist()
    1
    ['spam']
    """

    _parameter_constraints: dict = {"path": PATH}

    @validated(_parameter_constraints)
    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = existing_or_new(path)
        self._file = LogFile(self.path)

    def append(
        self,
        *,
        key: Any = None,
        event: Any,
        label: Any = None,
        annotator: str | None = None,
        round: Any = None,
        seconds: float | None = None,
        strategy: Strategy | None = None,
        score: float | None = None,
        extra: Any = None,
    ) -> int:
        """Append one event, and return when it is on disk.

        Parameters
        ----------
        key : str or int, default=None
            Key of the row.
        event : {"label", "skip", "flag", "undo", "ask", "audit", "class", "push"}
            Kind of event.
        label : str, int or float, default=None
            The class, for "label" and "class".
        annotator : str, default=None
            Name of the person.
        round : int, default=None
            Round of the session, starting at 1.
        seconds : float, default=None
            Time that the person took, in seconds.
        strategy : str, default=None
            Name of the strategy that picked the row, for "ask".
        score : float, default=None
            Score that the strategy gave the row, for "ask".
        extra : dict, default=None
            Anything else that JSON can hold.

        Returns
        -------
        event_id : int
            Number of the event; the numbers increase.

        Raises
        ------
        ValueError, TypeError
            If the kind of event is unknown, or a value has a wrong type.
        OSError
            If the event cannot be written, for example because the disk is
            full. It is not stored then.
        """
        fields = locals()
        return self.append_all([{name: fields[name] for name in COLUMNS if name in fields}])[0]

    def append_all(self, events: Any, *, only_if: Any = None) -> list[int]:
        """Append several events, all of them or none.

        Parameters
        ----------
        events : list of dict
            Fields as for :meth:`append`.
        only_if : callable, default=None
            ``only_if(last_id) -> bool`` is called with the number of the last
            event while no other process can append. If it returns False,
            nothing is appended.

        Returns
        -------
        event_ids : list of int
            Numbers of the events; empty if ``only_if`` returned False.

        Raises
        ------
        ValueError, TypeError, OSError
            As :meth:`append`.
        """
        rows = [_as_row(event) for event in events]
        with self._file.writing() as connection:
            if only_if is not None and not only_if(self._last_id()):
                return []
            return [connection.execute(_INSERT, row).lastrowid for row in rows]

    def events(self, after: int = 0) -> Table:
        """Return the events in the order in which they were appended.

        Parameters
        ----------
        after : int, default=0
            Return only events with a higher number.

        Returns
        -------
        events : Table
            Columns id, time (ISO 8601, UTC), key, event, label, annotator,
            round, seconds, strategy, score and extra (a dict or None). It has
            ``.to_frame()`` and ``.to_csv(path)``.
        """
        rows = self.rows(after)
        return Table({name: [row[name] for row in rows] for name in COLUMNS})

    def rows(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the events as a list of dicts.

        Parameters
        ----------
        after : int, default=0
            Return only events with a higher number.

        Returns
        -------
        events : list of dict
            One dict per event, with the columns of :meth:`events` as keys.
        """
        query = f"SELECT {', '.join(COLUMNS)} FROM events WHERE id > ? ORDER BY id"
        found = self._file.read(query, (after,))
        return [_as_event(row) for row in found]

    def job(self) -> Any:
        """Return the settings of the job.

        Returns
        -------
        settings : dict
            The settings; empty if no session has begun.
        """
        return {name: json.loads(value) for name, value in self._file.read("SELECT * FROM job")}

    def begin_job(self, settings: Any, events: Any = ()) -> Any:
        """Write the settings of the job, unless the log has settings already.

        Parameters
        ----------
        settings : dict of str to object
            Settings that JSON can hold.
        events : sequence of dict, default=()
            First events, appended together with the settings.

        Returns
        -------
        settings : dict
            The settings in the file.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        rows = [(name, json.dumps(value)) for name, value in settings.items()]
        firsts = [_as_row(event) for event in events]
        with self._file.writing() as connection:
            if not self._file.read("SELECT 1 FROM job LIMIT 1"):
                connection.executemany("INSERT INTO job VALUES (?, ?)", rows)
                connection.executemany(_INSERT, firsts)
        return self.job()

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Write all events to a CSV file.

        Parameters
        ----------
        path : path-like
            The file; an existing file is replaced. ``extra`` is written as
            JSON.
        """
        table = self.events()
        extra = [None if value is None else json.dumps(value) for value in table["extra"]]
        Table({**table, "extra": extra}).to_csv(path)

    def close(self) -> None:
        """Close the file; the log can no longer be used. Without this call, nothing is lost."""
        self._file.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: Any) -> Any:
        self.close()

    def _last_id(self):
        return self._file.read("SELECT coalesce(max(id), 0) FROM events")[0][0]


def _as_row(event):
    """Return the fields of an event as SQLite stores them."""
    if event.get("event") not in EVENTS:
        raise ValueError(f"event must be one of {EVENTS}, got {event.get('event')!r}.")
    extra = event.get("extra")
    return (
        event.get("time") or datetime.now(timezone.utc).isoformat(),
        plain(event.get("key"), "key"),
        event["event"],
        plain(event.get("label"), "label"),
        _name(event.get("annotator")),
        plain(event.get("round"), "round"),
        _number(event.get("seconds"), "seconds"),
        event.get("strategy"),
        plain(event.get("score"), "score"),
        None if extra is None else json.dumps(extra),
    )


def _name(annotator):
    if annotator is None or isinstance(annotator, str):
        return annotator
    raise TypeError(f"annotator must be a str or None, got {annotator!r}.")


def _number(value, name):
    value = plain(value, name)
    if isinstance(value, str):
        raise TypeError(f"{name} must be a number or None, got {value!r}.")
    return value


def _as_event(row):
    event = dict(zip(COLUMNS, row))
    event["extra"] = None if event["extra"] is None else json.loads(event["extra"])
    return event


def plain(value, name):
    """Convert a value to a str, int, float or None for SQLite.

    Raises
    ------
    TypeError
        If the value has another type.
    """
    value = value.item() if isinstance(value, np.generic) else value
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{name} must be a str, an int or a float, got {value!r}.")
