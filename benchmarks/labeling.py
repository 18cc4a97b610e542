"""Cost of a labeling session, and events lost when its process is killed.

    python benchmarks/labeling.py [--fit-seconds 5] [--answer-seconds 1]

The first part measures milliseconds from an answer to the next row, with lookahead=1 and a model
that takes some seconds to fit. The second part measures milliseconds per event, and counts events
lost when writers are killed.
"""

import argparse
import os
import random
import signal
import tempfile
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from skactive import ActiveLearner
from skactive.labeling import LabelingSession, LabelLog

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


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fit-seconds", type=float, default=5.0)
    parser.add_argument("--answer-seconds", type=float, default=1.0)
    options = parser.parse_args()
    Slow.seconds = options.fit_seconds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        acknowledged, lost = killed_writers(folder)
        milliseconds = event_milliseconds(folder)
        waits = waiting_times(folder, options.answer_seconds)
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
        ]
    )
    (RESULTS / "labeling.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
