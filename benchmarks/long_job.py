"""Lines that a user writes for a labeling job that lasts days, in four libraries.

    python benchmarks/long_job.py [--python modal=.../python skactiveml=.../python]

The programs in ``long_job/`` do one job: they show a row and read a line, that is, a label,
"skip", "undo" or "correct ROW LABEL". After a kill and a restart, a program must know all answers
and show the same row. It stops by itself when the average kappa of three rounds is 0.99. A
simulated person answers, makes mistakes and takes them back, corrects an old label, skips rows,
and kills the program in the middle of a round. At the end, the labels are compared with those that
the person wanted. Lines are counted without imports, comments and blank lines.
"""

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from _reports import RESULTS, markdown
from sklearn.datasets import load_digits

PROGRAMS = Path(__file__).parent / "long_job"
NAMES = {
    "skactive": "skactive",
    "modal": "modAL",
    "skactiveml": "scikit-activeml",
    "small_text": "small-text",
}
y = load_digits().target.tolist()


class Program:
    """A program in a process of its own that shows rows and reads lines."""

    def __init__(self, python, path, folder):
        self.command, self.folder = [python, str(path)], folder
        self.start()

    def start(self):
        """Start the program, also after a kill; ``row`` is then the row that it shows."""
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            self.command, cwd=self.folder, stdin=pipe, stdout=pipe, text=True
        )
        self.listen()

    def listen(self):
        """Read the next row that it shows."""
        word, *rest = self.process.stdout.readline().split() or ["nothing"]
        if word not in ("row", "end"):
            raise RuntimeError(f"{self.command[-1]} ended early")
        self.row = int(rest[0]) if word == "row" else None
        if word == "end":
            at = rest.index("/")
            self.labels = dict(zip(map(int, rest[:at]), map(int, rest[at + 1 :])))

    def say(self, line):
        """Answer, and wait for the next row."""
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        self.listen()

    def kill(self):
        """Kill the process, and start it again."""
        self.process.kill()
        self.process.wait()
        self.start()


def work(program):
    """Simulate a person at a program; return the labels wanted, and what went wrong."""
    wanted, skipped, wrong, n = {}, set(), [], 0
    while program.row is not None:
        row, n = program.row, n + 1
        if row in skipped or row in wanted:
            wrong.append(f"row {row} was asked again")
        if n in (7, 36):
            skipped.add(row)
            program.say("skip")
        elif n in (13, 30):  # a slip that is noticed at once, in a round and at the end of one
            program.say((y[row] + 1) % 10)
            program.say("undo")
        elif n == 17:
            mistaken = row
            wanted[row] = y[row]
            program.say((y[row] + 1) % 10)
        elif n == 44:
            program.say(f"correct {mistaken} {y[mistaken]}")
        else:
            wanted[row] = y[row]
            program.say(y[row])
        if n in (4, 18, 30, 45) and program.row is not None:
            shown = program.row
            program.kill()
            if program.row != shown:
                wrong.append(f"row {shown} became {program.row} by a restart")
    if program.labels != wanted:
        wrong.append("the labels are not those that were given")
    return wanted, wrong


def n_lines(path):
    """Lines of a program that are neither imports nor comments nor blank."""
    text = path.read_text(encoding="utf-8")
    imports = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports.update(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(text.splitlines(), start=1)
    return sum(bool(line.partition("#")[0].strip()) and k not in imports for k, line in lines)


def result_of(name, python):
    """One line of the table."""
    path = PROGRAMS / f"with_{name}.py"
    with tempfile.TemporaryDirectory() as folder:
        wanted, wrong = work(Program(python, path, folder))
    return {
        "library": NAMES[name],
        "lines": n_lines(path),
        "labels when it stopped": len(wanted),
        "what went wrong": "; ".join(wrong) or "nothing",
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--python", nargs="*", default=[], help="NAME=interpreter")
    pythons = dict(item.split("=", 1) for item in parser.parse_args().python)
    root = str(Path(__file__).parent.parent)
    os.environ["PYTHONPATH"] = os.pathsep.join([root, os.environ.get("PYTHONPATH", "")])
    rows = []
    for name in NAMES:
        rows.append(result_of(name, pythons.get(name, sys.executable)))
        print(rows[-1], flush=True)
    text = markdown(list(rows[0]), [list(row.values()) for row in rows])
    (RESULTS / "long_job.md").write_text(f"`python benchmarks/long_job.py`\n\n{text}\n")
    print(text)


if __name__ == "__main__":
    main()
