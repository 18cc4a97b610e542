"""When progress is shown: in terminals and notebooks, and only for long work."""

import io
import multiprocessing
import sys

import numpy as np
import pytest

from skactive import _progress
from skactive._progress import track
from skactive.pool import Pool


class Terminal(io.StringIO):
    def isatty(self):
        return True


def look_at(monkeypatch, stream):
    """Make a stream the standard error of a plain process. Called in a test, not in its setup."""
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    return stream


@pytest.fixture
def plain(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)


@pytest.fixture
def bars(monkeypatch):
    """The arguments of each bar that is made."""
    pytest.importorskip("tqdm")
    made = []

    def bar(results, **settings):
        made.append(settings)
        return results

    monkeypatch.setattr("tqdm.auto.tqdm", bar)
    return made


def work(n=3, verbose=0):
    rows = np.arange(float(n))
    assert Pool(rows, verbose=verbose).map_rows(lambda rows: rows, 1).tolist() == rows.tolist()


def test_silent_where_nobody_looks(capsys, plain, monkeypatch):
    monkeypatch.setattr(_progress, "DELAY", 0.0)
    file = look_at(monkeypatch, io.StringIO())
    work()
    assert file.getvalue() == "" and capsys.readouterr().out == ""


def test_no_bar_where_nobody_looks(bars, monkeypatch):
    look_at(monkeypatch, io.StringIO())
    work()
    assert bars == []


def test_silent_in_a_terminal_while_it_is_short(plain, monkeypatch):
    terminal = look_at(monkeypatch, Terminal())
    work()
    assert terminal.getvalue() == ""


def test_shown_in_a_terminal_when_it_lasts(plain, monkeypatch, capsys):
    monkeypatch.setattr(_progress, "DELAY", 0.0)
    terminal = look_at(monkeypatch, Terminal())
    work()
    assert terminal.getvalue().splitlines() == [f"[query] {k}/3 blocks" for k in (1, 2, 3)]
    assert capsys.readouterr().out == ""


def test_a_bar_waits_unless_it_was_asked_for(bars, monkeypatch):
    look_at(monkeypatch, Terminal())
    work()
    work(verbose=1)
    assert [bar["delay"] for bar in bars] == [3.0, 0]
    assert [bar["leave"] for bar in bars] == [False, True]


def test_one_piece_of_work_has_no_progress(bars, monkeypatch):
    look_at(monkeypatch, Terminal())
    work(1)
    assert bars == []


def test_silent_in_a_worker_process(bars, monkeypatch):
    look_at(monkeypatch, Terminal())
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: "the parent")
    work()
    assert bars == []


def test_shown_in_a_notebook(monkeypatch):
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    assert _progress.is_watched()


def test_verbose_shows_it_at_once_to_nobody(plain, capsys):
    assert list(track(range(2), 2, verbose=1, description="work", unit="steps")) == [0, 1]
    assert capsys.readouterr().out.splitlines() == ["[work] 1/2 steps", "[work] 2/2 steps"]
