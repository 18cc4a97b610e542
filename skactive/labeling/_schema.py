"""The file of a label log: how a new one is made, and what is refused before it is opened."""

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
    """Make a new log, unless another process does so first.

    The file is made whole under another name, so that nobody ever sees half of it.

    Parameters
    ----------
    path : Path
        Where it is to be.
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
    """Give a draft its name, unless the name is taken."""
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        if not path.exists():
            os.replace(draft, path)


def check_header(path):
    """Raise unless a file begins as a log of this or an earlier version does.

    Nothing is written, and no lock is taken.

    Parameters
    ----------
    path : Path
        An existing file.

    Raises
    ------
    LabelLogError
        If it is the file of another program, damaged, or of a newer version.
    """
    if not path.stat().st_size:
        raise LabelLogError(
            f"{path} is empty, which a label log never is: was the file cut? Put back a copy, or "
            "delete it to start a new log."
        )
    try:
        application, version = _header(path)
    except sqlite3.OperationalError as error:
        raise OSError(f"{path} cannot be opened: {error}.") from error
    except sqlite3.DatabaseError as error:
        raise LabelLogError(
            f"{path} is not a label log: {error}. Is it another file, or damaged? It was left as "
            "it is."
        ) from error
    if application != APPLICATION_ID:
        raise LabelLogError(
            f"{path} is an SQLite file of another program (application id {application:#x}, "
            f"expected {APPLICATION_ID:#x}). It was left as it is; choose another name."
        )
    if version > VERSION:
        raise LabelLogError(
            f"{path} was written by a newer skactive (schema {version}; this one knows "
            f"{VERSION}). It was left as it is; update skactive."
        )


def _header(path):
    """Application and version. By SQLite: if this process has the file open, then to open and
    close it in another way would drop SQLite's locks.
    """
    uri = f"{path.absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        names = ("application_id", "user_version")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]


def existing_or_new(path):
    """The path of a log as a Path, after it was made or its header was looked at."""
    path = Path(path)
    if not path.exists():
        if not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent} for the log {path.name}.")
        make_file(path)
    check_header(path)
    return path
