"""The log: nothing acknowledged is lost, and no other file is harmed."""

import os
import shutil
import sqlite3
import subprocess
import sys
import threading

import pytest

from skactive.labeling import LabelLog, LabelLogError
from skactive.labeling._schema import APPLICATION_ID

# two writers at a time, killed at odd moments until enough events are acknowledged
KILLER = """
import os, random, signal, sys, time
from pathlib import Path
from skactive.labeling import LabelLog

path, folder, enough = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
draw = random.Random(0)


def write(name):
    log, out = LabelLog(path), os.open(folder / name, os.O_WRONLY | os.O_CREAT)
    for first in range(0, 10**9, 20):
        # one event, or several that come together as from a spreadsheet
        rows = [
            {"key": key, "event": "label", "label": key % 7, "annotator": name}
            for key in range(first, first + random.choice([1, 20]))
        ]
        numbers = log.append_all(rows)
        lines = [b"%d %d\\n" % (number, row["key"]) for number, row in zip(numbers, rows)]
        os.write(out, b"".join(lines))


def n_lines():
    return sum(file.read_bytes().count(b"\\n") for file in folder.iterdir())


for number in range(60):
    writers = []
    for name in (f"a{number}", f"b{number}"):
        writers.append(os.fork())
        if not writers[-1]:
            write(name)
    time.sleep(draw.uniform(0.1, 0.7))
    for writer in writers:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
    if n_lines() >= enough and number >= 9:
        break
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "labels.db"


def test_events_come_back_as_they_were_appended(path):
    with LabelLog(path) as log:
        first = log.append(key="a", event="label", label="ham", annotator="ana", seconds=1.5)
        second = log.append(key=7, event="ask", round=2, score=-0.25, extra={"why": [1, None]})
        events = log.events()
    assert (first, second) == (1, 2)
    assert events["key"].tolist() == ["a", 7]
    assert events["label"].tolist() == ["ham", None]
    assert events["extra"].tolist() == [None, {"why": [1, None]}]
    assert events["score"].tolist() == [None, -0.25]
    assert all(time.endswith("+00:00") for time in events["time"])


def test_a_log_that_is_opened_again_goes_on(path):
    LabelLog(path).append(key=1, event="skip")
    log = LabelLog(path)
    assert log.append(key=2, event="flag") == 2
    assert log.events(after=1)["event"].tolist() == ["flag"]


def test_events_can_be_neither_changed_nor_deleted(path):
    LabelLog(path).append(key=1, event="skip")
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM events", "UPDATE events SET label = 1"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(statement)
    connection.close()


def test_several_events_are_all_there_or_none_is(path):
    log = LabelLog(path)
    with pytest.raises(ValueError, match="event must be one of"):
        log.append_all([{"event": "skip", "key": 1}, {"event": "sneeze", "key": 2}])
    assert log.append_all([{"event": "skip", "key": 1}], only_if=lambda last: last == 5) == []
    assert not log.rows()
    assert log.append_all([{"event": "skip", "key": k} for k in "ab"]) == [1, 2]


@pytest.mark.parametrize("value", [object(), [1], b"x"])
def test_what_the_file_cannot_hold_is_refused(path, value):
    with pytest.raises(TypeError, match="key must be"):
        LabelLog(path).append(key=value, event="skip")


@pytest.mark.parametrize("field", [{"annotator": 5}, {"seconds": "long"}])
def test_who_and_how_long(path, field):
    log = LabelLog(path)
    with pytest.raises(TypeError, match=f"{[*field][0]} must be a"):
        log.append(key=1, event="skip", **field)
    assert not log.rows()


def test_threads_share_a_log(path):
    log = LabelLog(path)
    threads = [
        threading.Thread(target=lambda: [log.append(key=k, event="skip") for k in range(50)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.events()["id"].tolist() == list(range(1, 201))


def test_the_history_as_csv_and_as_a_frame(path, tmp_path):
    pandas = pytest.importorskip("pandas")
    log = LabelLog(path)
    log.append(key="00123", event="label", label="NA", extra={"note": 'a "b", c'})
    log.to_csv(tmp_path / "history.csv")
    read = pandas.read_csv(tmp_path / "history.csv", dtype=str, keep_default_na=False)
    assert read["key"].tolist() == ["00123"]
    assert read["label"].tolist() == ["NA"]
    assert read["extra"].tolist() == ['{"note": "a \\"b\\", c"}']
    frame = log.events().to_frame()
    assert frame.shape == (1, 11)
    assert frame.loc[0, "extra"] == {"note": 'a "b", c'}


def refused(path, match):
    """Opening a file raises, and the file and its folder stay as they were."""
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(LabelLogError, match=match):
        LabelLog(path)
    assert {file.name: file.read_bytes() for file in path.parent.iterdir()} == before


def test_files_that_are_no_log_are_left_alone(path):
    for content, match in [
        (b"key,label\n1,spam\n" * 20, "not a label log"),
        (b"", "is empty"),
        (b"SQLite format 3\x00", "not a label log"),
    ]:
        path.write_bytes(content)
        refused(path, match)


def test_a_file_of_another_program_is_left_alone(path):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE events (id)")
    connection.commit()
    connection.close()
    refused(path, "another program")


def test_a_newer_file_is_left_alone(path):
    LabelLog(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert int.from_bytes(path.read_bytes()[68:72], "big") == APPLICATION_ID
    refused(path, "newer skactive.*schema 99")


def test_a_damaged_file_is_left_alone(path):
    with LabelLog(path) as log:
        log.append_all([{"event": "skip", "key": k} for k in range(500)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    refused(path, "damaged")
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    refused(path, "damaged")
    path.write_bytes(whole)
    assert len(LabelLog(path).rows()) == 500


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        LabelLog(tmp_path / "nowhere" / "labels.db")


def test_a_full_disk_raises_and_keeps_what_there_was(path):
    log = LabelLog(path)
    log.append(key=1, event="skip")
    pages = log._file.connection.execute("PRAGMA page_count").fetchone()[0]
    log._file.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(OSError, match="full"):
        for k in range(10**4):
            log.append(key=k, event="flag", extra={"note": "x" * 2000})
    n_kept = len(log.rows())
    log._file.connection.execute("PRAGMA max_page_count = 1000000")
    assert log.append(key=2, event="skip") == log.rows()[-1]["id"]
    assert len(LabelLog(path).rows()) == n_kept + 1


def labels_seen_elsewhere(path):
    """Keys of events that another process reads; it assumes to be the last user of the file."""
    program = "import sys\nfrom skactive.labeling import LabelLog\n"
    program += "with LabelLog(sys.argv[1]) as log: print(*log.events()['key'])"
    command = [sys.executable, "-c", program, str(path)]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [int(key) for key in found.split()]


def test_a_log_that_is_opened_twice_in_one_process_loses_nothing(path):
    """As when a cell of a notebook is run again."""
    first = LabelLog(path)
    first.append(key=1, event="skip")
    second = LabelLog(path)
    assert labels_seen_elsewhere(path) == [1]
    second.append(key=2, event="skip")
    assert labels_seen_elsewhere(path) == [1, 2]
    first.append(key=3, event="skip")
    assert labels_seen_elsewhere(path) == [1, 2, 3]
    assert [event["key"] for event in second.rows()] == [1, 2, 3]


def test_a_copy_made_in_the_same_process_loses_nothing(path, tmp_path):
    """To close any handle of the file drops all locks that POSIX gave the process."""
    log = LabelLog(path)
    for key in range(4):
        shutil.copy(path, tmp_path / "copy.db")
        assert labels_seen_elsewhere(path) == list(range(key))
        log.append(key=key, event="skip")
    assert [event["key"] for event in log.rows()] == [0, 1, 2, 3]
    assert labels_seen_elsewhere(path) == [0, 1, 2, 3]


def test_making_a_log_at_once_makes_one(path):
    errors = []

    def make():
        try:
            LabelLog(path).append(key=1, event="skip")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(LabelLog(path).rows()) == 8
    assert {file.suffix for file in path.parent.iterdir()} <= {".db", ".db-wal", ".db-shm"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_writers_that_are_killed_lose_nothing(path, tmp_path):
    """Two writers, at least 10,000 acknowledged events, ten kills or more, none lost."""
    folder = tmp_path / "acknowledged"
    folder.mkdir()
    LabelLog(path).close()
    command = [sys.executable, "-c", KILLER, str(path), str(folder), "10000"]
    subprocess.run(command, check=True, timeout=200)
    acknowledged = [
        (*map(int, line.split()), file.name)
        for file in folder.iterdir()
        for line in file.read_bytes().split(b"\n")[:-1]
    ]
    assert len(acknowledged) >= 10_000
    assert len(list(folder.iterdir())) >= 20
    log = LabelLog(path)
    kept = {(event["id"], event["key"], event["annotator"]) for event in log.rows()}
    assert kept.issuperset(acknowledged)
    assert log._file.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
