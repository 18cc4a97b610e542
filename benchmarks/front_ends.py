"""Check that every front end ends with the labels and the model of the plain loop.

    LABEL_STUDIO=.../label-studio python benchmarks/front_ends.py [digits texts table]

There are three jobs of 60 labels: on digits, on texts and on a table. A script fills in
spreadsheets and presses the keys of a terminal. It also presses keys in Chromium, in the widget of
JupyterLab and of marimo, and annotates in a Label Studio that it starts. Then the log is opened
again, and its positions, labels and model are compared with those of a loop of query and teach. A
front end is left out if its programs are missing: the widget needs skactive[notebook], pandas,
jupyterlab, marimo, playwright and Chromium, and Label Studio needs a separate environment.
"""

import argparse
import csv
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from _labeling_jobs import NAMES, by_hand, job, open_session
from _reports import markdown

from skactive.labeling import LabelStudio
from skactive.labeling._terminal import Terminal

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from tests.labeling import pages, servers, studio  # noqa: E402

STUDIO = shutil.which(os.environ.get("LABEL_STUDIO", "label-studio"))
SOURCE = """
import sys

sys.path[:0] = [{root!r}, {here!r}]
from _labeling_jobs import open_session

widget = open_session({name!r}, "labels.db").widget()
"""


def by_spreadsheet(name, folder):
    """Rounds of to_csv, a filled-in label column, and from_csv."""
    y = job(name)[1]
    with open_session(name, folder / "labels.db") as session:
        for number in range(1000):
            path = folder / f"{number}.csv"
            positions = {str(pick.key): pick.position for pick in session.ask()}
            if not session.to_csv(path):
                return
            with open(path, newline="", encoding="utf-8-sig") as file:
                lines = list(csv.reader(file))
            for line in lines[2:]:
                line[1] = y[positions[line[0]]]
            with open(path, "w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(lines)
            session.from_csv(path)


def key_of_class(classes, label):
    """What a person types for a class."""
    number = 1 + classes.index(label)
    return f"{number:02d}" if len(classes) > 9 else str(number)


def by_terminal(name, folder):
    """A key for each answer."""
    y, keys = job(name)[1], []
    with open_session(name, folder / "labels.db") as session:

        def read_key():
            if not keys:
                keys.extend(key_of_class(session.classes, y[session.ask(1)[0].position]))
            return keys.pop(0)

        Terminal(session, read_key=read_key, write=lambda text: None).run()


def by_widget(kind):
    """A front end: keys pressed in Chromium, the session in a process of its own."""

    def run(name, folder):
        X, y, _, _ = job(name)
        index = X.index.tolist() if hasattr(X, "index") and hasattr(X, "iloc") else None
        classes = np.unique(y).tolist()
        source = SOURCE.format(root=str(HERE.parent), here=str(HERE), name=name)
        with pages.chromium() as browser:
            page = kind(browser.new_page())
            with pages.opened(page, folder, source):
                page.settle()
                while (key := page.key()) is not None:
                    position = key if index is None else index.index(key)
                    page.press(*key_of_class(classes, y[position]))

    return run


def by_label_studio(name, folder):
    """Annotate each task that comes next, by the calls that the pages make."""
    y = job(name)[1]
    server = servers.StudioServer(STUDIO, folder).start()
    try:
        person = studio.Person(server.url)
        with open_session(name, folder / "labels.db") as session:
            front = LabelStudio(session, server.url, studio.LEGACY, title=name)
            position_of = session._job.keys.position

            def until():
                for task in person.waiting(front.project):
                    key = json.loads(task["data"]["skactive_key"])
                    person.label(task["id"], str(y[position_of(key)]))

            front.watch(every=0.1, until=until)
    finally:
        server.stop()


def front_ends():
    """Name and function of each front end whose programs are installed."""
    yield "spreadsheet", by_spreadsheet
    yield "terminal", by_terminal
    if pages.MISSING:
        print(f"widget left out, not there: {', '.join(pages.MISSING)}")
    else:
        yield "widget in JupyterLab", by_widget(pages.JupyterLab)
        yield "widget in marimo", by_widget(pages.Marimo)
    if STUDIO is None:
        print("Label Studio left out: no label-studio on the PATH or in LABEL_STUDIO")
    else:
        yield "Label Studio", by_label_studio


def compared(name, folder):
    """Compare the log of a job with the plain loop."""
    taken, labels, plain = by_hand(name)
    X = job(name)[0]
    with open_session(name, folder / "labels.db") as session:
        table, fitted = session.labels, session.learner
        n_left = len(session.ask())
    same_model = np.allclose(fitted.predict_proba(X), plain.predict_proba(X), rtol=0, atol=1e-12)
    return {
        "labels": table.n_rows,
        "left to ask": n_left,
        "same positions in the same order": table["position"].tolist() == taken,
        "same labels": table["label"].tolist() == labels,
        "same model": bool(same_model and np.array_equal(fitted.predict(X), plain.predict(X))),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("jobs", nargs="*", default=NAMES, help=f"of {', '.join(NAMES)}")
    options = parser.parse_args()
    rows = []
    for title, run in front_ends():
        for name in options.jobs:
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                run(name, Path(folder))
                seconds = time.perf_counter() - began
                row = {"job": name, "front end": title, **compared(name, Path(folder))}
            rows.append({**row, "seconds": round(seconds)})
            print(row, flush=True)
    table = markdown(list(rows[0]), [list(row.values()) for row in rows])
    text = f"`python benchmarks/front_ends.py`, {len(rows)} jobs\n\n{table}\n"
    (HERE / "results" / "front_ends.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
