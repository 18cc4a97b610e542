"""The widget in JupyterLab and in marimo, under a real browser.

It needs an environment of its own with skactive[notebook], jupyterlab, marimo
and playwright, and Chromium on the PATH or where the variable CHROMIUM says.
"""

import json
import os
import shutil
import statistics
import time
from importlib.util import find_spec

import pytest

from skactive.labeling import LabelLog

from .servers import free_port, start_module

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
NEEDED = ("anywidget", "jupyterlab", "marimo", "playwright")
MISSING = [name for name in NEEDED if not find_spec(name)]
MISSING += [] if CHROMIUM else ["chromium"]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"not there: {', '.join(MISSING)}")

START_MS = 120_000
UNREAD_SECONDS = 0.15  # the widget takes no answer to a row that nobody can have read
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
# the widget lets no other listener know of a key, so this one must be there before it
CLOCK = """window.times = [];
window.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
"""
WATCH = """root => {
  new MutationObserver(() => {
    if (window.pressed) window.times.push(performance.now() - window.pressed);
    window.pressed = null;
  }).observe(root, { attributes: true, attributeFilter: ["data-serial"] });
}"""


class Page:
    """A page with the widget, and a person in front of it."""

    def __init__(self, page, log):
        self.page, self.log = page, log
        page.add_init_script(CLOCK)
        self.root = page.locator(".skactive-labeling").first
        self.times = []

    def settle(self):
        """Wait for the widget, and put the focus into it."""
        self.root.wait_for(timeout=START_MS)
        self.root.locator(".skactive-row").click()
        self.root.evaluate(WATCH)

    def key(self):
        return json.loads(self.root.get_attribute("data-key") or "null")

    def press(self, *keys):
        """Press keys one right after the other, and wait for the widget to show a new view."""
        time.sleep(UNREAD_SECONDS)
        serial = self.root.get_attribute("data-serial")
        for key in keys:
            self.page.keyboard.press(key)
        self.page.wait_for_function(
            "([root, serial]) => root.dataset.serial !== serial",
            arg=[self.root.element_handle(), serial],
            timeout=30_000,
        )

    def answer(self):
        key = self.key()
        self.press(str(key % 3 + 1))
        return key

    def read_times(self):
        self.times += self.page.evaluate("window.times")

    def events(self, *kinds):
        with LabelLog(self.log) as log:
            return [event for event in log.rows() if event["event"] in kinds]


def work(page, reload):
    """Thirty labels by keys, with all that happens to a person who labels."""
    page.settle()
    labeled = [page.answer() for _ in range(12)]

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
    assert len(page.events("label")) == len(labeled)

    flagged = page.key()
    page.page.keyboard.press("f")
    page.page.keyboard.type("s 1 d d u")  # a note, not answers
    page.press("Enter")
    assert page.events("flag")[-1]["extra"] == {"note": "s 1 d d u"}
    for key in ("d", "d", "0", "0", "x", "b"):  # keys of notebooks, and none of the widget
        page.page.keyboard.press(key)

    page.read_times()
    shown = page.key()
    reload()
    page.settle()
    assert page.key() == shown
    while page.key() is not None:
        labeled.append(page.answer())
    page.read_times()

    assert "Nothing is left to ask" in page.root.locator(".skactive-row").inner_text()
    assert page.page.evaluate("window.hacked") is None
    assert page.root.locator("script, .skactive-row img, .skactive-row b").count() == 0
    labels = [(event["key"], event["label"]) for event in page.events("label")]
    assert labels == [(key, CLASSES[key % 3]) for key in labeled]
    assert len(labels) == 30 and not {skipped, flagged} & {key for key, _ in labels}
    assert {event["annotator"] for event in page.events("label")} == {"ana"}


def report(capsys, name, times):
    middle, most = statistics.median(times), max(times)
    with capsys.disabled():
        print(f"\n{name}: {len(times)} keys, {middle:.0f} ms to the next row (median), ", end="")
        print(f"{most:.0f} ms at most")


@pytest.fixture
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def serve(tmp_path):
    """Start a server in a folder of its own; it ends with the test."""
    started = []

    def start(arguments, port):
        process, url = start_module(arguments, tmp_path, port)
        started.append(process)
        return url

    yield start
    for process in started:
        process.terminate()
        process.wait(20)


def notebook(path):
    def cell(source):
        empty = {"metadata": {}, "outputs": [], "execution_count": None}
        return {"cell_type": "code", "id": f"c{len(source)}", "source": source, **empty}

    cells = [cell(f"{SESSION}\nwidget"), cell("1 + 1")]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    head = {"metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps({"cells": cells, **head}))


def test_jupyterlab(browser, serve, tmp_path, capsys):
    from playwright.sync_api import TimeoutError

    notebook(tmp_path / "job.ipynb")
    port = free_port()
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=", "--allow-root"]
    url = serve(["jupyterlab", *options, f"--ServerApp.root_dir={tmp_path}"], port)
    tab = browser.new_page()
    page = Page(tab, tmp_path / "labels.db")

    def run_cell():
        idle = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
        tab.locator(idle).first.wait_for(state="attached", timeout=START_MS)
        for _ in range(8):  # a kernel that says idle may not take a cell yet
            tab.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").first.click()
            tab.keyboard.press("Shift+Enter")
            if is_there(15_000):
                return

    def is_there(timeout):
        try:
            page.root.wait_for(timeout=timeout)
        except TimeoutError:
            return False
        return True

    def reload():
        tab.keyboard.press("Control+s")  # the notebook's own keys still work
        tab.wait_for_function("() => !document.title.startsWith('*')")
        tab.reload()
        if not is_there(20_000):
            run_cell()

    tab.goto(f"{url}/lab/tree/job.ipynb", timeout=START_MS)
    run_cell()
    work(page, reload)
    report(capsys, "JupyterLab", page.times)
    # no key of the widget reached the notebook: d d deletes a cell, 1 makes a heading, b adds one
    assert tab.locator(".jp-Notebook .jp-Cell").count() == 2
    assert tab.locator(".jp-Notebook .jp-CodeCell").count() == 2


def test_marimo(browser, serve, tmp_path, capsys):
    lines = "\n".join(f"    {line}" for line in SESSION.strip().splitlines())
    app = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n"
    app += f"{lines}\n    return (widget,)\n\n\n"
    app += "@app.cell\ndef _(widget):\n    widget\n    return\n"
    (tmp_path / "app.py").write_text(f'{app}\n\nif __name__ == "__main__":\n    app.run()\n')
    port = free_port()
    options = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    url = serve(["marimo", "-y", "run", "app.py", *options], port)
    tab = browser.new_page()
    page = Page(tab, tmp_path / "labels.db")
    tab.goto(url, timeout=START_MS)
    work(page, tab.reload)
    report(capsys, "marimo", page.times)
