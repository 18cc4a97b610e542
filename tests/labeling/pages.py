"""The widget in JupyterLab and in marimo under Chromium, for tests, benchmarks and screenshots."""

import json
import os
import shutil
import time
from contextlib import contextmanager
from importlib.util import find_spec

from .servers import free_port, start_module

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
NEEDED = ("anywidget", "jupyterlab", "marimo", "playwright")
MISSING = [name for name in NEEDED if not find_spec(name)]
MISSING += [] if CHROMIUM else ["chromium"]

START_MS = 120_000
UNREAD_SECONDS = 0.15  # the widget takes no answer to a row that nobody can have read
# the widget lets no other listener know of a key, so this one must be there before it
_CLOCK = """window.times = [];
window.addEventListener("keydown", () => { window.pressed = performance.now(); }, true);
"""
_WATCH = """root => {
  new MutationObserver(() => {
    if (window.pressed) window.times.push(performance.now() - window.pressed);
    window.pressed = null;
  }).observe(root, { attributes: true, attributeFilter: ["data-serial"] });
}"""


@contextmanager
def chromium():
    """A browser that ends with the block."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(arguments, folder):
    """Run a server, a module of Python, while the block runs; yield its address.

    Each ``{port}`` in the arguments becomes a free port.
    """
    port = free_port()
    process, url = start_module([part.format(port=port) for part in arguments], folder, port)
    try:
        yield url
    finally:
        process.terminate()
        process.wait(20)


class Page:
    """A page with the widget, and the actions of a person.

    Parameters
    ----------
    tab : Page of Playwright
        Empty.
    """

    def __init__(self, tab):
        self.tab, self.times = tab, []
        tab.add_init_script(_CLOCK)
        self.root = tab.locator(".skactive-labeling").first

    def is_there(self, timeout_ms):
        """Whether the widget comes up within some milliseconds."""
        from playwright.sync_api import TimeoutError

        try:
            self.root.wait_for(timeout=timeout_ms)
        except TimeoutError:
            return False
        return True

    def settle(self):
        """Wait for the widget, and put the focus into it."""
        self.root.wait_for(timeout=START_MS)
        self.root.locator(".skactive-row").click()
        self.root.evaluate(_WATCH)

    def key(self):
        """The key of the row that is shown, None where there is none."""
        return json.loads(self.root.get_attribute("data-key") or "null")

    def press(self, *keys):
        """Press keys one right after the other, and wait for the widget to show a new view."""
        time.sleep(UNREAD_SECONDS)
        serial = self.root.get_attribute("data-serial")
        for key in keys:
            self.tab.keyboard.press(key)
        self.tab.wait_for_function(
            "([root, serial]) => root.dataset.serial !== serial",
            arg=[self.root.element_handle(), serial],
            timeout=60_000,
        )

    def read_times(self):
        """Store the milliseconds from a key to the next view, which a reload would lose."""
        self.times += self.tab.evaluate("window.times")


class JupyterLab(Page):
    """A notebook of two cells in JupyterLab; the first one ends in the widget."""

    @staticmethod
    def command(folder):
        options = ["--no-browser", "--port={port}", "--IdentityProvider.token=", "--allow-root"]
        return ["jupyterlab", *options, f"--ServerApp.root_dir={folder}"]

    def open(self, url, folder, source):
        """Write the notebook, open it and run its first cell."""
        _write_notebook(folder / "job.ipynb", f"{source.strip()}\nwidget")
        self.tab.goto(f"{url}/lab/tree/job.ipynb", timeout=START_MS)
        self.run_cell()

    def run_cell(self):
        """Run the first cell, and wait for its widget."""
        self.wait_for_kernel()
        for _ in range(8):  # a kernel that is shown as idle may not run a cell yet
            self.tab.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-editor").first.click()
            self.tab.keyboard.press("Shift+Enter")
            if self.is_there(15_000):
                return

    def wait_for_kernel(self):
        """Wait until the kernel has nothing to do."""
        idle = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
        self.tab.locator(idle).first.wait_for(state="attached", timeout=START_MS)

    def save(self):
        """Save the notebook by its own key."""
        self.tab.keyboard.press("Control+s")
        self.tab.wait_for_function("() => !document.title.startsWith('*')")


class Marimo(Page):
    """An app of marimo whose second cell is the widget."""

    @staticmethod
    def command(folder):
        options = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", "{port}"]
        return ["marimo", "-y", "run", str(folder / "app.py"), *options]

    def open(self, url, folder, source):
        """Open the app, which was written by :func:`write_app`."""
        self.tab.goto(url, timeout=START_MS)
        self.root.wait_for(timeout=START_MS)


def write_app(path, source):
    """An app of marimo: a cell that makes ``widget``, and one that shows it."""
    lines = "\n".join(f"    {line}" for line in source.strip().splitlines())
    app = "import marimo\n\napp = marimo.App()\n\n\n@app.cell\ndef _():\n"
    app += f"{lines}\n    return (widget,)\n\n\n"
    app += "@app.cell\ndef _(widget):\n    widget\n    return\n"
    path.write_text(f'{app}\n\nif __name__ == "__main__":\n    app.run()\n')


@contextmanager
def opened(page, folder, source):
    """A page of one of the two programs with the widget that the source makes.

    Parameters
    ----------
    page : JupyterLab or Marimo
        Not opened yet.
    folder : Path
        For its files.
    source : str
        Makes ``widget``.
    """
    write_app(folder / "app.py", source)
    with served(page.command(folder), folder) as url:
        page.open(url, folder, source)
        yield page


def _write_notebook(path, source):
    def cell(source):
        empty = {"metadata": {}, "outputs": [], "execution_count": None}
        return {"cell_type": "code", "id": f"c{len(source)}", "source": source, **empty}

    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    head = {"metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps({"cells": [cell(source), cell("1 + 1")], **head}))
