"""The rows of speed.py before and after a change: two checkouts take turns, call by call.

    git worktree add ../before v0.1
    python benchmarks/before_after.py ../before --operations loop badge

Each checkout runs in one process that makes the inputs once. The two are called in turns, A B B A
and so on, until each has been called ``--calls`` times or for ``--seconds``. The lowest CPU time
counts, because other programs on a shared machine can only make a call slower. ``picks`` says
whether both pick the same rows, and otherwise how many rows they share.

In addition to the rows of speed.py, ``entropy`` and ``margin`` are measured with a model that
copies rows, as real models do. The model of speed.py returns views of its table.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA")
COPIES = ", copied"


def serve(operation, size):
    """Call the operation of this checkout whenever a line comes in; a line of JSON goes out."""
    import _speed_ours as ours
    from _speed_inputs import make

    warnings.filterwarnings("ignore")
    if operation.endswith(COPIES):
        ours.Answers.predict_proba = lambda self, X: X.copy()
    operation = operation.removesuffix(COPIES)
    arrays, call = make(operation, size), ours.CONTENDERS[operation]
    print("ready", flush=True)
    for _ in sys.stdin:
        started = time.process_time()
        answer = call(**arrays)
        seconds = time.process_time() - started
        picks = None
        if isinstance(answer, dict):
            seconds = answer["seconds"]
        else:
            picks = [int(row) for row in answer]
        print(json.dumps([seconds, picks]), flush=True)


class Server:
    """A process that measures one operation of one checkout."""

    def __init__(self, checkout, operation, size):
        code = "import sys; from before_after import serve; serve(*sys.argv[1:])"
        # the other checkout and its contenders come first, this file last
        path = [str(checkout), str(checkout / "benchmarks"), str(HERE)]
        environment = dict(os.environ, **{f"{name}_NUM_THREADS": "1" for name in THREADS})
        environment["PYTHONPATH"] = os.pathsep.join(path)
        pipes = dict.fromkeys(["stdin", "stdout", "stderr"], subprocess.PIPE)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, operation, size],
            **{"env": environment, "cwd": checkout, "text": True, **pipes},
        )
        self.seconds, self.picks = [], None

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.stderr.read()[-2000:])
        return line

    def call(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        seconds, self.picks = json.loads(self.read())
        self.seconds.append(seconds)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(before, operation, size, n_calls, n_seconds):
    """Lowest seconds of both checkouts, how often they were called, and whether picks agree."""
    servers = [Server(checkout, operation, size) for checkout in (before, HERE.parent)]
    for server in servers:
        server.read()
        server.call()  # what is loaded or compiled at the first call does not count
        server.seconds.clear()
    started = time.monotonic()
    while len(servers[0].seconds) < n_calls and time.monotonic() - started < n_seconds:
        for server in servers:
            server.call()
        servers.reverse()
    if servers[0].seconds and len(servers[0].seconds) % 2:
        servers.reverse()
    for server in servers:
        server.close()
    first, second = servers
    return min(first.seconds), min(second.seconds), len(first.seconds), agree(first, second)


def agree(first, second):
    if first.picks is None:
        return ""
    if first.picks == second.picks:
        return "same"
    return f"{len(set(first.picks) & set(second.picks))} of {len(first.picks)}"


def rows(operations):
    """Operations with their sizes, without "quick" ones and those that need a download."""
    from _speed_inputs import SIZES

    for operation in operations or [*SIZES, "entropy" + COPIES, "margin" + COPIES]:
        for size, arguments in SIZES[operation.removesuffix(COPIES)].items():
            is_fetched = isinstance(arguments[0], str) and arguments[0] not in ("digits", "made")
            if size != "quick" and not is_fetched:
                yield operation, size


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", help="folder of the other checkout")
    parser.add_argument("--operations", nargs="*", help="such as badge, or 'margin, copied'")
    parser.add_argument("--sizes", nargs="*", default=[""], help="parts of the sizes wanted")
    parser.add_argument("--calls", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    sys.path.insert(0, str(HERE))
    print("| operation | size | before, ms | after, ms | after/before | calls | picks |")
    print("|---|---|---|---|---|---|---|")
    for operation, size in rows(options.operations):
        if not any(part in size for part in options.sizes):
            continue
        before, after, n_calls, picks = compare(
            Path(options.before).resolve(), operation, size, options.calls, options.seconds
        )
        cells = [operation, size, f"{1000 * before:.4g}", f"{1000 * after:.4g}"]
        cells += [f"{after / before:.3f}", str(n_calls), picks]
        print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
