"""Labeling in a terminal: by a simulated person, through a pipe, and through a real terminal."""

import os
import select
import subprocess
import sys
import time

import numpy as np
import pytest

from skactive import ActiveLearner
from skactive.labeling._terminal import Terminal, printable
from skactive.query import MarginSampling

from .jobs import Job, assert_plain_loop, labels_of


@pytest.fixture
def job(iris, tmp_path):
    X, y = iris
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    learner = ActiveLearner(
        None, MarginSampling(), budget=12, batch_size=4, n_initial=4, random_state=0
    )
    classes = ["setosa", "versicolor", "virginica"]
    return Job(learner, X, names, tmp_path / "labels.db", classes=classes)


class Person:
    """Types keys that were given, then the right answers; reads what is written."""

    def __init__(self, job, session, keys=""):
        self.job, self.session, self.keys, self.seen = job, session, list(keys), []

    def read_key(self):
        if self.keys:
            return self.keys.pop(0)
        pick = self.session.ask(1)[0]
        return str(1 + self.session.classes.index(self.job.y[pick.position]))

    def sit_down(self, annotator=None):
        return Terminal(self.session, annotator, self.read_key, self.seen.append).run()

    @property
    def text(self):
        return "".join(self.seen)


def test_a_job_at_the_terminal_is_the_plain_loop(job):
    with job.open() as session:
        person = Person(job, session)
        assert person.sit_down("ana") == 12
        assert_plain_loop(session, job.learner, job.X, job.y)
        assert set(session.labels["annotator"]) == {"ana"}
        assert all(event["seconds"] >= 0 for event in session.events.rows() if event["label"])
    assert "  3  virginica" in person.text
    assert "11 of 12 labels" in person.text
    assert "Nothing is left to ask" in person.text


def test_skip_undo_flag_and_quit(job):
    with job.open() as session:
        first, second, third = session.ask(3)
        person = Person(job, session, ["1", "s", "u", "u", "2", "f", *"odd\x7fd one\n", "q"])
        assert person.sit_down() == 2
        assert labels_of(session) == [(first.key, "versicolor")]
        flags = [event for event in session.events.rows() if event["event"] == "flag"]
        assert [(event["key"], event["extra"]) for event in flags] == [
            (second.key, {"note": "odd one"})
        ]
        assert session.ask(1) == [third]
        assert "Stopped" in person.text


def test_keys_that_are_no_answer_change_nothing(job):
    with job.open() as session:
        person = Person(job, session, ["9", "0", "x", "\n", " ", "w", "\u00b2", "3", "q"])
        assert person.sit_down() == 1
        assert labels_of(session)[0][1] == "virginica"
        assert "9 is not between 1 and 3" in person.text
        assert "'x' is not an answer" in person.text
        assert "phase: cold start" in person.text


def test_the_prediction_is_hidden_until_it_is_asked_for(job):
    with job.open() as session:
        for pick in session.ask():
            job.right(session, pick)
        person = Person(job, session, ["w", "q"])
        person.sit_down()
        shown, why = person.text.split("q quit\n", 1)
        assert "margin" not in shown
        assert "margin: " in why


def test_a_new_class(job):
    with job.open() as session:
        person = Person(job, session, ["n", *"rosa\n", "4", "n", *"rosa\n", "q"])
        assert person.sit_down() == 1
        assert labels_of(session)[0][1] == "rosa"
        assert "already one of the classes" in person.text


def test_more_than_nine_classes_take_two_digits(digits, tmp_path):
    X, y = digits
    learner = ActiveLearner(random_state=0)
    job = Job(learner, X, y, tmp_path / "labels.db", classes=range(12))
    with job.open() as session:
        person = Person(job, session, ["1", "2", "3", "\n", "9", "9", "1", "q", "q"])
        assert person.sit_down() == 2
        assert [label for _, label in labels_of(session)] == [11, 2]
        assert "99 is not between 1 and 12" in person.text


def test_an_answer_that_is_not_kept_is_asked_again(job, monkeypatch):
    with job.open() as session:
        key, keep = session.ask(1)[0].key, session.log.append
        failures = [OSError("disk full")]

        def append(**fields):
            if failures:
                raise failures.pop()
            return keep(**fields)

        monkeypatch.setattr(session.log, "append", append)
        person = Person(job, session, ["1", "1", "q"])
        assert person.sit_down() == 1
        assert labels_of(session) == [(key, "setosa")]
        assert "NOT SAVED: disk full" in person.text


def test_rows_cannot_steer_the_terminal():
    assert printable("a\x1b[2Jb\nc\td\x07") == "a\ufffd[2Jb\nc\td\ufffd"


@pytest.fixture
def table(tmp_path):
    rows = "".join(
        f"{'free money' if k % 3 == 0 else 'meeting'} {k},{k},0012\n" for k in range(60)
    )
    (tmp_path / "mail.csv").write_text(f"text,length,code\n{rows}", encoding="utf-8")
    return tmp_path / "mail.csv"


def command(table, *options):
    arguments = [str(table), "--classes", "ham", "spam", "--budget", "20", "--wait", *options]
    return [sys.executable, "-m", "skactive.labeling", *arguments]


def test_the_program_through_a_pipe(table):
    options = {"capture_output": True, "text": True, "timeout": 120}
    done = subprocess.run(command(table), input="1s2q", **options)
    assert done.returncode == 0, done.stderr
    assert "code: 0012" in done.stdout
    assert "2 of 20 labels, 1 skipped" in done.stdout
    export = command(table, "--export", str(table.with_name("out.csv")))
    done = subprocess.run(export, **options)
    assert done.returncode == 0, done.stderr
    lines = table.with_name("out.csv").read_text().splitlines()
    assert lines[0] == "key,position,label,annotator,round"
    assert [line.split(",")[2] for line in lines[1:]] == ["ham", "spam"]


def test_the_program_says_what_is_wrong(table, tmp_path):
    (tmp_path / "empty.csv").write_text("a,b\n")
    for arguments, match in [
        ([str(tmp_path / "none.csv")], "No such file"),
        ([str(tmp_path / "empty.csv")], "no rows"),
        ([str(table), "--log", str(table)], "not a label log"),
        ([str(table)], "needs the names of the classes"),
    ]:
        done = subprocess.run(
            [sys.executable, "-m", "skactive.labeling", *arguments],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 1
        assert match in done.stderr
        assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.db"))


def test_the_program_in_a_real_terminal(table):
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    process = subprocess.Popen(command(table), stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    screen, keys, deadline = "", list("12s1q"), time.monotonic() + 120
    while time.monotonic() < deadline:
        if not select.select([master], [], [], 0.2)[0]:
            continue
        try:
            chunk = os.read(master, 4096).decode()
        except OSError:  # the other side was closed
            break
        if not chunk:
            break
        screen += chunk
        while keys and screen.count("q quit") > 5 - len(keys):
            os.write(master, keys.pop(0).encode())  # no Enter
    assert process.wait(30) == 0, screen
    os.close(master)
    assert "Stopped" in screen
    assert "3 of 20 labels, 1 skipped" in screen
