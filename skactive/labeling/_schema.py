"""Create the file of a label log, and check a file before it is opened."""

import os
import sqlite3
import uuid
from contextlib import closing
from pathlib import Path

from ._errors import LabelLogError

APPLICATION_ID = 0x534B4C31  # "SKL1"
VERSION = 1
COLUMNS = (
    *("id", "time", "key", "event", "label", "annotator"),
    *("round", "seconds", "strategy", "score", "extra"),
)
EVENTS = ("label", "skip", "flag", "undo", "ask", "audit", "class", "push")

_TABLES = """
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time TEXT NOT NULL,
    key,
    event TEXT NOT NULL,
    label,
    annotator TEXT,
    round INTEGER,
    seconds REAL,
    strategy TEXT,
    score REAL,
    extra TEXT
);
CREATE TABLE job (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
PRAGMA application_id = {application_id};
PRAGMA user_version = {version};
COMMIT;
"""


def make_file(path):
    """Create a new log, unless another process does so first.

    The file is written under another name, so no process ever sees half of it.

    Parameters
    ----------
    path : Path
        Path of the new log.

    Raises
    ------
    OSError
        If the file cannot be created.
    """
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    try:
        connection = sqlite3.connect(draft)
        try:
            connection.executescript(
                _TABLES.format(application_id=APPLICATION_ID, version=VERSION)
            )
        finally:
            connection.close()
        _publish(draft, path)
    except sqlite3.Error as error:
        raise OSError(f"the label log {path} cannot be made: {error}.") from error
    finally:
        for leftover in path.parent.glob(f"{draft.name}*"):
            leftover.unlink()


def _publish(draft, path):
    """Give a draft its final name, unless that name is taken."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            os.replace(draft, path)


def check_header(path):
    """Raise an error unless a file begins like a log of this or an earlier version.

    Nothing is written, and no lock is taken.

    Parameters
    ----------
    path : Path
        An existing file.

    Raises
    ------
    LabelLogError
        If the file is from another program or a newer version, or is damaged.
    """
    if not path.stat().st_size:
        raise LabelLogError(
            f"{path} is empty, but a label log never is. Was the file truncated? Restore a copy, "
            "or delete it to start a new log."
        )
    try:
        application, version = _header(path)
    except sqlite3.OperationalError as error:
        raise OSError(f"{path} cannot be opened: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise LabelLogError(
            f"{path} is not a label log: {error}. Is it another kind of file, or damaged? It was "
            "not changed."
        ) from error
    if application != APPLICATION_ID:
        raise LabelLogError(
            f"{path} is an SQLite file of another program (application id {application:#x}, "
            f"expected {APPLICATION_ID:#x}). It was not changed; choose another file name."
        )
    if version > VERSION:
        raise LabelLogError(
            f"{path} was written by a newer skactive (schema {version}; this one knows "
            f"{VERSION}). It was not changed; update skactive."
        )


def _header(path):
    """Return application and version.

    SQLite itself reads them: if this process has the file open, opening and closing it in another
    way would drop SQLite's locks.
    """
    uri = f"{path.absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        names = ("application_id", "user_version")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]


def existing_or_new(path):
    """Create a log or check the header of an existing one, and return its path."""
    path = Path(path)
    if not path.exists():
        if not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent} for the log {path.name}.")
        make_file(path)
    check_header(path)
    return path
