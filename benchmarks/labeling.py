"""Cost of a labeling session, and a check that its front ends give the result of a plain loop.

    python benchmarks/labeling.py [--fit-seconds 5] [--answer-seconds 1]

There are three parts. Milliseconds from an answer to the next row, with lookahead=1 and a model
that takes some seconds to fit. Milliseconds per event, and events lost when writers are killed.
One job each on digits, texts and a table, done by a script at the terminal and by spreadsheet,
compared with a loop of query and teach.
"""

import argparse
import csv
import os
import random
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skactive import ActiveLearner
from skactive.labeling import LabelingSession, LabelLog
from skactive.labeling._terminal import Terminal

RESULTS = Path(__file__).parent / "results"


class Slow(LogisticRegression):
    """A model that takes some seconds to fit."""

    seconds = 5.0

    def fit(self, X, y):
        time.sleep(self.seconds)
        return super().fit(X, y)


def waiting_times(folder, answer_seconds, n_labels=60):
    """Milliseconds from each answer to the next row."""
    X, y = load_digits(return_X_y=True)
    learner = ActiveLearner(Slow(max_iter=300), budget=n_labels, random_state=0)
    waits = []
    with LabelingSession(learner, X / 16, log=folder / f"slow{answer_seconds}.db") as session:
        pick = session.ask(1)[0]
        while True:
            time.sleep(answer_seconds)
            began = time.perf_counter()
            session.label(pick.key, y[pick.position])
            picks = session.ask(1)
            waits.append(1000 * (time.perf_counter() - began))
            if not picks:
                break
            pick = picks[0]
    return np.array(waits[:-1])


def killed_writers(folder, n_kills=10):
    """Events acknowledged and lost when two writers are killed at odd moments."""
    path, draw = folder / "killed.db", random.Random(0)
    LabelLog(path).close()
    for number in range(n_kills):
        writers = []
        for name in (f"a{number}", f"b{number}"):
            writers.append(os.fork())
            if not writers[-1]:
                _write_for_ever(path, folder / f"{name}.ids")
        time.sleep(draw.uniform(0.5, 2.5))
        for writer in writers:
            os.kill(writer, signal.SIGKILL)
            os.waitpid(writer, 0)
    files = folder.glob("*.ids")
    acknowledged = {int(k) for file in files for k in file.read_bytes().split(b"\n")[:-1]}
    kept = set(LabelLog(path).events()["id"].tolist())
    return len(acknowledged), len(acknowledged - kept)


def _write_for_ever(path, acknowledged):
    log, out = LabelLog(path), os.open(acknowledged, os.O_WRONLY | os.O_CREAT)
    while True:
        os.write(out, b"%d\n" % log.append(key=1, event="label", label="spam"))


def event_milliseconds(folder, n_events=2000):
    """Median milliseconds of one append."""
    log, times = LabelLog(folder / "events.db"), []
    for key in range(n_events):
        began = time.perf_counter()
        log.append(key=key, event="label", label="spam", annotator="ana")
        times.append(1000 * (time.perf_counter() - began))
    return float(np.median(times))


def jobs():
    """Name, pool, labels and estimator of three jobs."""
    X, y = load_digits(return_X_y=True)
    yield "digits", X / 16, y, LogisticRegression(max_iter=300)
    texts, topics = _texts()
    yield "texts", texts, topics, make_pipeline(TfidfVectorizer(), LogisticRegression())
    table = load_breast_cancer(as_frame=True)
    frame = (table.data - table.data.mean()) / table.data.std()
    names = np.where(table.target == 1, "benign", "malignant")
    yield "table", frame, names, LogisticRegression()


def _texts():
    """Docstrings of numpy, by the letter that their names begin with."""
    found = [(name, getattr(np, name).__doc__) for name in dir(np) if not name.startswith("_")]
    found = [(name, text) for name, text in found if isinstance(text, str) and len(text) > 200]
    labels = ["a-l" if name[0] < "m" else "m-z" for name, _ in found]
    return [text for _, text in found], np.array(labels)


def by_hand(learner, X, y):
    learner, taken = clone(learner), []
    while len(taken) < learner.budget:
        positions = learner.query(X, exclude=taken)
        rows = X.iloc[positions] if hasattr(X, "iloc") else _take(X, positions)
        learner.teach(rows, y[positions])
        taken += positions.tolist()
    return taken, learner


def _take(X, positions):
    return [X[k] for k in positions] if isinstance(X, list) else X[positions]


def by_terminal(session, y):
    """A script presses the keys."""
    keys = []

    def read_key():
        if not keys:
            answer = 1 + session.classes.index(y[session.ask(1)[0].position])
            keys.extend(f"{answer:02d}" if len(session.classes) > 9 else str(answer))
        return keys.pop(0)

    Terminal(session, read_key=read_key, write=lambda text: None).run()


def by_spreadsheet(session, y, folder):
    """A script fills the label column in."""
    number, positions = 0, {}
    while True:
        path = folder / f"{number}.csv"
        positions.update({str(pick.key): pick.position for pick in session.ask()})
        if not session.to_csv(path):
            return
        with open(path, newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file))
        for line in lines[2:]:
            line[1] = y[positions[line[0]]]
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
        session.from_csv(path)
        number += 1


def front_end_rows(folder, budget=60):
    """Whether each front end ends with the rows, labels and model of the plain loop."""
    for name, X, y, model in jobs():
        learner = ActiveLearner(model, budget=budget, random_state=0)
        taken, plain = by_hand(learner, X, y)
        for front_end, run in (("terminal", by_terminal), ("spreadsheet", by_spreadsheet)):
            place = Path(tempfile.mkdtemp(dir=folder))
            options = {"log": place / "labels.db", "lookahead": 0}
            classes = np.unique(y).tolist()
            with LabelingSession(learner, X, classes=classes, **options) as session:
                run(*((session, y) if run is by_terminal else (session, y, place)))
                fitted, positions = session.learner, session.labels["position"].tolist()
            same_model = np.allclose(fitted.predict_proba(X), plain.predict_proba(X))
            yield {
                "job": name,
                "front end": front_end,
                "labels": len(positions),
                "same rows in the same order": positions == taken,
                "same labels": fitted.y_labeled_.tolist() == y[taken].tolist(),
                "same model": bool(same_model),
            }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fit-seconds", type=float, default=5.0)
    parser.add_argument("--answer-seconds", type=float, default=1.0)
    options = parser.parse_args()
    Slow.seconds = options.fit_seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = list(front_end_rows(folder))
        acknowledged, lost = killed_writers(folder)
        milliseconds = event_milliseconds(folder)
        waits = waiting_times(folder, options.answer_seconds)
    table = ["| " + " | ".join(rows[0]) + " |", "|" + " --- |" * len(rows[0])]
    table += ["| " + " | ".join(map(str, row.values())) + " |" for row in rows]
    command = (
        f"python benchmarks/labeling.py --fit-seconds {options.fit_seconds:g} "
        f"--answer-seconds {options.answer_seconds:g}"
    )
    text = "\n".join(
        [
            f"`{command}` on {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}",
            "",
            f"- an event on disk: {milliseconds:.2f} ms (median of 2000)",
            f"- two writers killed 10 times: {acknowledged} events acknowledged, {lost} lost",
            f"- from an answer to the next row, fits of {options.fit_seconds:g} s, answers after "
            f"{options.answer_seconds:g} s, batches of 10, lookahead=1: median "
            f"{np.median(waits):.1f} ms, 95 of 100 within {np.percentile(waits, 95):.1f} ms, "
            f"longest {waits.max():.0f} ms (the first fit, which there is no model to do without)",
            "",
            *table,
            "",
        ]
    )
    (RESULTS / "labeling.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
