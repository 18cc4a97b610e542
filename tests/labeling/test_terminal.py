"""Labeling in a terminal: by a simulated person, through a pipe, and through a real terminal."""

import io
import os
import select
import subprocess
import sys
import time

import numpy as np
import pytest

from skactive import ActiveLearner
from skactive.labeling.__main__ import main
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


def test_the_export_says_that_audit_rows_are_left_out(table, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("1" * 6))
    arguments = [str(table), "--classes", "ham", "spam", "--audit", "2", "--wait"]
    arguments += ["--batch-size", "4"]
    out = table.with_name("out.csv")
    assert main(arguments) == 0
    capsys.readouterr()
    assert main([str(table), "--batch-size", "4", "--export", str(out)]) == 0
    said = capsys.readouterr().out
    n_audited = 6 - len(out.read_text().splitlines()) + 1
    assert 0 < n_audited <= 2
    assert f"{6 - n_audited} labels written to {out}" in said
    assert f"without {n_audited} of audit rows, which measure the model (--with-audit" in said
    with_audit = [str(table), "--batch-size", "4", "--export", str(out), "--with-audit"]
    assert main(with_audit) == 0
    assert capsys.readouterr().out == f"6 labels written to {out}\n"
    lines = out.read_text().splitlines()
    assert lines[0] == "key,position,label,annotator,round" and len(lines) == 7
    assert len({line.split(",")[0] for line in lines}) == 7


def test_keys_of_the_table(table, capsys, monkeypatch):
    ids = "".join(f"mail-{k},{'free' if k % 3 == 0 else 'late'} {k % 7}\n" for k in range(40))
    table.write_text(f"id,text\n{ids}", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("12"))
    assert main([str(table), "--classes", "ham", "spam", "--key", "id", "--wait"]) == 0
    assert "[mail-" in capsys.readouterr().out
    out = table.with_name("out.csv")
    assert main([str(table), "--key", "id", "--export", str(out)]) == 0
    keys = [line.split(",")[:2] for line in out.read_text().splitlines()[1:]]
    assert len(keys) == 2 and all(key == f"mail-{position}" for key, position in keys)
    assert main([str(table), "--key", "name", "--export", str(out)]) == 1
    assert "no column 'name'; its columns are ['id', 'text']" in capsys.readouterr().err
    table.write_text("id,text\n1,a\n1,b\n", encoding="utf-8")
    again = ["--classes", "ham", "spam", "--key", "id", "--log", str(table.with_name("b.db"))]
    assert main([str(table), *again]) == 1
    assert "'1' twice" in capsys.readouterr().err


def test_classes_of_the_program(table, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main([str(table), "--classes", "ham"]) == 1
    assert "names of two classes or more, got ['ham']" in capsys.readouterr().err
    assert not table.with_suffix(".labels.db").exists()
    assert main([str(table), "--classes", "ham", "spam"]) == 0
    assert "added" not in capsys.readouterr().out
    assert main([str(table), "--classes", "ham", "spam", "eggs"]) == 0
    assert "classes added to the job: eggs\n" in capsys.readouterr().out
    assert main([str(table), "--classes", "ham", "spam", "eggs"]) == 0
    assert "added" not in capsys.readouterr().out
    assert main([str(table)]) == 0
    assert "  3  eggs" in capsys.readouterr().out


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
