"""Make the screenshots of the page "Label with people".

``python docs/screenshots.py`` makes all, ``python docs/screenshots.py widget`` one.

It needs skactive[notebook], marimo and playwright, Chromium on the PATH or where
the variable CHROMIUM says, and label-studio on the PATH or where the variable
LABEL_STUDIO says. A picture whose program is missing is left as it is.
"""

import os
import shutil
import sys
import tempfile
from html import escape
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from sklearn.datasets import load_digits

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from skactive import ActiveLearner  # noqa: E402
from skactive.labeling import LabelingSession, LabelStudio  # noqa: E402
from skactive.labeling._terminal import Terminal  # noqa: E402
from tests.labeling import servers  # noqa: E402
from tests.labeling.studio import LEGACY  # noqa: E402

PICTURES = ROOT / "docs" / "_static"
CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
STUDIO = shutil.which(os.environ.get("LABEL_STUDIO", "label-studio"))
X, y = load_digits(return_X_y=True)
X = X / 16
SHADES = np.array(list(" .:-=+*#%"))
APP = """
import marimo

app = marimo.App()


@app.cell
def _():
    from sklearn.datasets import load_digits
    from skactive import ActiveLearner
    from skactive.labeling import LabelingSession

    session = LabelingSession(
        ActiveLearner(budget=150, random_state=0),
        load_digits().data / 16,
        log="labels.db",
        classes=range(10),
        n_audit=60,
        display=lambda row: row.reshape(8, 8),
    )
    widget = session.widget(annotator="ana")
    return (widget,)


@app.cell
def _(widget):
    widget
    return
"""


def session_of(folder, display):
    """The job of the user guide, a third of it done."""
    learner = ActiveLearner(budget=150, random_state=0)
    options = {"classes": range(10), "n_audit": 60, "lookahead": 0}
    session = LabelingSession(learner, X, log=folder / "labels.db", display=display, **options)
    while session.progress().n_labels < 50:
        for pick in session.ask():
            session.label(pick.key, y[pick.position], annotator="ana")
    return session


def drawn(row):
    """A digit in characters, twice as wide as high."""
    levels = np.minimum(8 * row.reshape(8, 8), 8).astype(int)
    return "\n".join("".join(line) for line in SHADES[levels.repeat(2, axis=1)])


def enlarged(row):
    return np.kron(row.reshape(8, 8), np.ones((24, 24)))


def terminal(tab, folder):
    """What a person sees at a terminal, in the letters of one."""
    said = []
    with session_of(folder, drawn) as session:
        pick = session.ask(1)[0]
        keys = [*f"{y[pick.position] + 1:02d}", "w", "q"]
        Terminal(session, "ana", read_key=iter(keys).__next__, write=said.append).run()
    style = "background: #1e1e1e; color: #ddd; font: 14px/1.3 monospace; padding: 1em; margin: 0"
    text = escape(">>> session.terminal()" + "".join(said))
    tab.set_viewport_size({"width": 760, "height": 700})
    tab.set_content(f'<pre style="{style}; display: inline-block">{text}</pre>')
    tab.locator("pre").screenshot(path=PICTURES / "labeling_terminal.png")


def widget(tab, folder):
    """The widget in marimo, after a few answers by keys."""
    session_of(folder, lambda row: row.reshape(8, 8)).close()
    (folder / "app.py").write_text(APP)
    port = servers.free_port()
    options = ["--headless", "--no-token", "--host", "127.0.0.1", "--port", str(port)]
    process, url = servers.start_module(["marimo", "-y", "run", "app.py", *options], folder, port)
    try:
        tab.set_viewport_size({"width": 860, "height": 700})
        tab.goto(url)
        root = tab.locator(".skactive-labeling").first
        root.wait_for(timeout=120_000)
        root.locator("img").click()
        tab.wait_for_timeout(500)
        root.screenshot(path=PICTURES / "labeling_widget.png")
    finally:
        process.terminate()
        process.wait(20)


def studio(tab, folder):
    """The labeling page of Label Studio."""
    server = servers.StudioServer(STUDIO, folder).start()
    try:
        with session_of(folder, enlarged) as session:
            front = LabelStudio(session, server.url, LEGACY, title="Digits")
            front.push()
            tab.set_viewport_size({"width": 1100, "height": 720})
            tab.goto(f"{server.url}/user/login/")
            tab.fill("input[name=email]", servers.USER)
            tab.fill("input[name=password]", servers.PASSWORD)
            tab.click("button[type=submit]")
            tab.wait_for_url(f"{server.url}/**")
            tab.goto(f"{server.url}/projects/{front.project}/data?labeling=1")
            tab.locator(".lsf-choices, [class*=choices]").first.wait_for(timeout=60_000)
            tab.wait_for_timeout(3000)
            tab.screenshot(path=PICTURES / "labeling_studio.png")
    finally:
        server.stop()


def main():
    makers = [terminal, widget, *([studio] if STUDIO else [])]
    makers = [make for make in makers if make.__name__ in sys.argv[1:] or not sys.argv[1:]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for make in makers:
            with tempfile.TemporaryDirectory() as folder:
                make(browser.new_page(), Path(folder))
            print(make.__name__)
        browser.close()


if __name__ == "__main__":
    main()
