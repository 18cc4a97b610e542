"""The widget in JupyterLab and in marimo, under a real browser.

It needs an environment of its own with skactive[notebook], jupyterlab, marimo
and playwright, and Chromium on the PATH or where the variable CHROMIUM says.
"""

import statistics
import time

import pytest

from skactive.labeling import LabelLog

from .pages import MISSING, JupyterLab, Marimo, chromium, opened

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not there: {', '.join(MISSING)}")

SESSION = """
import numpy as np
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.labeling import LabelingSession

y = np.arange(200) % 3
X = np.random.RandomState(0).normal(size=(200, 4)) + y[:, None]
X[:, 0] = np.arange(200)
nasty = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
session = LabelingSession(
    ActiveLearner(LogisticRegression(), budget=30, batch_size=5, random_state=0),
    X,
    log="labels.db",
    classes=["<b>ham</b>", "eggs", "spam"],
    display=lambda row: {nasty: f"{nasty} row {int(row[0])}"},
)
widget = session.widget(annotator="ana")
"""
CLASSES = ["<b>ham</b>", "eggs", "spam"]


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


class Log:
    """The log of a job that runs in another process."""

    def __init__(self, folder):
        self.path = folder / "labels.db"

    def events(self, *kinds):
        with LabelLog(self.path) as log:
            return [event for event in log.rows() if event["event"] in kinds]


def answer(page):
    """Press the key of the right class; the key of the row."""
    key = page.key()
    page.press(str(key % 3 + 1))
    return key


def work(page, log, reload):
    """Thirty labels by keys, with skips, undo, double presses and reloads."""
    page.settle()
    labeled = [answer(page) for _ in range(12)]

    skipped = page.key()
    page.press("s")
    assert page.key() != skipped
    page.press("u")
    assert page.key() == skipped  # the skip was taken back
    page.press("s")

    twice = page.key()
    right = str(twice % 3 + 1)
    page.press(right, right)  # a double press answers one row
    labeled.append(twice)
    time.sleep(0.5)
    assert len(log.events("label")) == len(labeled)

    flagged = page.key()
    page.tab.keyboard.press("f")
    page.tab.keyboard.type("s 1 d d u")  # a note, not answers
    page.press("Enter")
    assert log.events("flag")[-1]["extra"] == {"note": "s 1 d d u"}
    for key in ("d", "d", "0", "0", "x", "b"):  # keys of notebooks, and none of the widget
        page.tab.keyboard.press(key)

    page.read_times()
    shown = page.key()
    reload()
    page.settle()
    assert page.key() == shown
    while page.key() is not None:
        labeled.append(answer(page))
    page.read_times()

    assert "Nothing is left to ask" in page.root.locator(".skactive-row").inner_text()
    assert page.tab.evaluate("window.hacked") is None
    assert page.root.locator("script, .skactive-row img, .skactive-row b").count() == 0
    labels = [(event["key"], event["label"]) for event in log.events("label")]
    assert labels == [(key, CLASSES[key % 3]) for key in labeled]
    assert len(labels) == 30 and not {skipped, flagged} & {key for key, _ in labels}
    assert {event["annotator"] for event in log.events("label")} == {"ana"}


def report(capsys, name, times):
    middle, most = statistics.median(times), max(times)
    with capsys.disabled():
        print(f"\n{name}: {len(times)} keys, {middle:.0f} ms to the next row (median), ", end="")
        print(f"{most:.0f} ms at most")


def test_jupyterlab(browser, tmp_path, capsys):
    page, log = JupyterLab(browser.new_page()), Log(tmp_path)

    def reload():
        page.save()  # the notebook's own keys still work
        page.tab.reload()
        # JupyterLab restores widgets from the running kernel, but not every time
        if not page.is_there(30_000):
            page.run_cell()

    with opened(page, tmp_path, SESSION):
        work(page, log, reload)
        # no key of the widget reached the notebook: d d deletes a cell, 1 makes a heading
        assert page.tab.locator(".jp-Notebook .jp-Cell").count() == 2
        assert page.tab.locator(".jp-Notebook .jp-CodeCell").count() == 2
    report(capsys, "JupyterLab", page.times)


def test_marimo(browser, tmp_path, capsys):
    page = Marimo(browser.new_page())
    with opened(page, tmp_path, SESSION):
        work(page, Log(tmp_path), page.tab.reload)
    report(capsys, "marimo", page.times)
