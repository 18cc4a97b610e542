"""Tables of results as CSV and Markdown, and one line of progress per task."""

import csv
import os
import sys
import time
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed

RESULTS = Path(__file__).parent / "results"


def run_tasks(function, tasks, n_jobs):
    """Results of function(*task) for each task, in order, with progress on stderr."""
    return list(each_result(function, tasks, n_jobs))


def each_result(function, tasks, n_jobs):
    """The same results one by one, as soon as they are there."""
    start = time.time()
    calls = (delayed(function)(*task) for task in tasks)
    for i, result in enumerate(Parallel(n_jobs, return_as="generator")(calls), start=1):
        left = (time.time() - start) / i * (len(tasks) - i)
        print(f"\r{i}/{len(tasks)} runs, about {left:.0f} s left   ", end="", file=sys.stderr)
        yield result
    print(file=sys.stderr)


def write_csv(path, records):
    """Write dicts of the same keys, one per line; the file is whole at any time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{path}.new", "w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    os.replace(f"{path}.new", path)


def read_csv(path):
    """The records of a file, numbers as numbers; none where there is no file."""
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return [{k: _number(v) for k, v in record.items()} for record in csv.DictReader(file)]


def _number(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


def markdown(header, rows):
    """A Markdown table as a string."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def mean_and_spread(values, digits=1):
    """``mean`` or, of several different values, ``mean ± standard deviation``."""
    values = np.asarray(values, dtype=float)
    text = f"{values.mean():.{digits}f}"
    return text if np.ptp(values) == 0 else f"{text} ± {values.std(ddof=1):.{digits}f}"
