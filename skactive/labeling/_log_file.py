"""The open SQLite file of a label log: reads, and transactions that are on disk."""

import os
import sqlite3
import threading
from contextlib import contextmanager

from ._errors import LabelLogError

_BUSY_SECONDS = 30


class LogFile:
    """An open SQLite file that notices when its write-ahead log was deleted.

    If this process opens and closes the file without SQLite (to copy it, for
    example), POSIX drops SQLite's locks. Another process may then assume that
    nobody else uses the file, and delete the write-ahead log. Everything that is
    written to a deleted file is lost. So the file is opened again in that case.

    Parameters
    ----------
    path : Path
        An existing log.

    Raises
    ------
    LabelLogError
        If it is damaged.
    """

    def __init__(self, path):
        self.path = path
        self._lock = threading.RLock()
        self._is_closed = False
        self._open()

    def read(self, query, arguments=()):
        """Return all rows that a query finds."""
        with self._lock:
            self._open_anew_if_cut_off()
            return self.connection.execute(query, arguments).fetchall()

    @contextmanager
    def writing(self):
        """Run a transaction: at the end it is on disk or undone."""
        with self._lock:
            try:
                self._open_anew_if_cut_off()
                self.connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self.connection
                    self.connection.execute("COMMIT")
                except BaseException:
                    if self.connection.in_transaction:
                        self.connection.execute("ROLLBACK")
                    raise
            except sqlite3.OperationalError as error:
                raise OSError(
                    f"nothing was written to the label log {self.path}: {error}. Is the disk "
                    "full, or the file locked or read-only? Fix that and answer again."
                ) from error
            if self._is_cut_off():
                raise OSError(
                    f"{self.path}-wal was deleted during a write, so the write may be lost. "
                    "Answer again."
                )

    def close(self):
        """Close the file."""
        with self._lock:
            self.connection.close()
            self._is_closed = True

    def _open(self):
        self.connection = _checked_connection(self.path)
        self._ahead = self._write_ahead_log()

    def _open_anew_if_cut_off(self):
        if self._is_closed:
            raise ValueError(
                f"the label log {self.path} is closed. Everything is on disk: open it again, or "
                "read what you need, such as session.learner, before session.close() and within "
                "the with statement."
            )
        if not self.connection.in_transaction and self._is_cut_off():
            self.connection.close()
            self._open()

    def _is_cut_off(self):
        return self._write_ahead_log() != self._ahead

    def _write_ahead_log(self):
        """Return what identifies the write-ahead log; None if there is none."""
        try:
            status = os.stat(f"{self.path}-wal")
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino


def _checked_connection(path):
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        check = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("SELECT count(*) FROM events, job").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if "no such table" in str(error):
            raise LabelLogError(f"{path} is damaged: {error}.") from error
        raise OSError(f"{path} cannot be opened: {error}.") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _damaged(path, error) from error
    if check != "ok":
        connection.close()
        raise _damaged(path, check)
    return connection


def _damaged(path, why):
    return LabelLogError(
        f"{path} is damaged ({why}). It was not changed. Restore a copy, or save what can be read "
        "with the command .recover of the sqlite3 program."
    )
