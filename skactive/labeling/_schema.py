"""Create the file of a label log, and check a file before it is opened."""

import os
import sqlite3
import uuid
from pathlib import Path

from ._errors import LabelLogError

APPLICATION_ID = 0x534B4C31  # "SKL1"
VERSION = 1
COLUMNS = (
    *("id", "time", "key", "event", "label", "annotator"),
    *("round", "seconds", "strategy", "score", "extra"),
)
EVENTS = ("label", "skip", "flag", "undo", "ask", "audit", "class", "push")

_MAGIC = b"SQLite format 3\x00"
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

    Only the first 100 bytes are read, and nothing is written.

    Parameters
    ----------
    path : Path
        An existing file.

    Raises
    ------
    LabelLogError
        If the file is from another program or a newer version, or is damaged.
    """
    with open(path, "rb") as file:
        header = file.read(100)
    if not header:
        raise LabelLogError(
            f"{path} is empty, but a label log never is. Was the file truncated? Restore a copy, "
            "or delete it to start a new log."
        )
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise LabelLogError(
            f"{path} is not a label log: it begins with {header[:16]!r}, not like an SQLite file. "
            "Is it another kind of file, or damaged? It was not changed."
        )
    version, application = (int.from_bytes(header[at : at + 4], "big") for at in (60, 68))
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


def existing_or_new(path):
    """Create a log or check the header of an existing one, and return its path."""
    path = Path(path)
    if not path.exists():
        if not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent} for the log {path.name}.")
        make_file(path)
    check_header(path)
    return path
