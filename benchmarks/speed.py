"""Our strategies, plain numpy and other libraries side by side: CPU seconds, one thread.

    python benchmarks/speed.py --peers /path/to/env/bin/python --out speed.md

Each contender runs in a process of its own, contenders take turns, the median of the rounds
counts. The peers (scikit-activeml, apricot-select) live in an environment of their own, named by
``--peers`` or ``SKACTIVE_PEERS``; without it their columns say so. ``same`` tells whether the
picks are those of the plain form, which works out every row in every step. Typiclust's plain form
is k-means alone. ``balance`` and ``loop`` count the time outside of the classifier's fit.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
OURS = ("skactive", "plain")
PEERS = ("scikit-activeml", "apricot")
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA")


def contender(name, operation):
    """The function of a contender, or None where it has none; runs in the child."""
    if name == "skactive":
        from _speed_ours import CONTENDERS as table
    elif name == "plain":
        from _speed_plain import CONTENDERS as table
    else:
        from _speed_peers import CONTENDERS as peers
        from _speed_peers import load

        load(name)
        table = peers[name]
    return table.get(operation)


def memory(field):
    """Megabytes that this process holds (VmRSS) or has held at most (VmHWM); None if unknown."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in status.splitlines() if field in line) / 1024


def forget_peak():
    """Let the peak start from what is held now, where the system can do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass


def child(name, operation, size):
    """One measured call: a line of JSON on stdout."""
    import numpy as np
    from _speed_inputs import make

    warnings.filterwarnings("ignore")
    call = contender(name, operation)
    if call is None:
        print("RESULT " + json.dumps({"note": "-"}))
        return
    arrays = make(operation, size)
    np.ones((64, 64)) @ np.ones((64, 64))
    forget_peak()
    before, started = memory("VmRSS"), time.process_time()
    answer = call(**arrays)
    seconds = time.process_time() - started
    row = {"seconds": seconds, "megabytes": before and memory("VmHWM") - before}
    if isinstance(answer, dict):
        row.update(answer)
    elif answer is not None:
        row["picks"] = np.asarray(answer).astype(int).tolist()
    print("RESULT " + json.dumps(row))


def run(python, name, operation, size, timeout):
    """The child's row, or a note that says why there is none."""
    if python is None:
        return {"note": "no environment"}
    environment = dict(os.environ, **{f"{library}_NUM_THREADS": "1" for library in THREADS})
    environment["PYTHONPATH"] = os.pathsep.join([str(HERE), str(HERE.parent)])
    command = [python, str(HERE / "speed.py"), "--child", name, operation, size]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout
        )
    except subprocess.TimeoutExpired:
        return {"note": f"over {timeout:g} s"}
    for line in done.stdout.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line[7:])
    return {"note": (done.stderr.strip().splitlines() or ["failed"])[-1][:60]}


def compare(operation, size, peers, rounds, timeout):
    """One row of the table: all contenders in turns."""
    names = [*OURS, *PEERS]
    results = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            if not (results[name] and "note" in results[name][-1]):
                python = sys.executable if name in OURS else peers
                results[name].append(run(python, name, operation, size, timeout))
    row = {"operation": operation, "size": size}
    ours = results["skactive"]
    seconds = {name: median(results[name], "seconds") for name in names}
    for name in names:
        row[name] = results[name][-1].get("note", None) or f"{seconds[name]:.3g}"
    for name in names[1:]:
        known = seconds[name] is not None and seconds["skactive"]
        row[f"x {name}"] = f"{seconds[name] / seconds['skactive']:.3g}" if known else ""
    row["extra MB"] = f"{median(ours, 'megabytes') or 0:.0f}"
    row["same"] = same(ours[0].get("picks"), results["plain"][0].get("picks"))
    return row


def median(results, name):
    values = [result[name] for result in results if result.get(name) is not None]
    return statistics.median(values) if values else None


def same(ours, plain):
    if not ours or not plain:
        return ""
    ours = ours[: len(plain)]
    return "yes" if ours == plain else f"{len(set(ours) & set(plain)) / len(plain):.0%}"


def write(rows, path):
    """The table as Markdown, or as CSV by the name of the file."""
    with open(path, "w", newline="") if path else sys.stdout as file:
        if path and str(path).endswith(".csv"):
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
            return
        file.write("| " + " | ".join(rows[0]) + " |\n" + "|---" * len(rows[0]) + "|\n")
        file.writelines("| " + " | ".join(row.values()) + " |\n" for row in rows)


def main():
    sys.path.insert(0, str(HERE))
    from _speed_inputs import SIZES

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("operations", nargs="*", help=f"some of {', '.join(SIZES)}")
    parser.add_argument("--quick", action="store_true", help="small inputs, to see that it runs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one run")
    parser.add_argument("--peers", default=os.environ.get("SKACTIVE_PEERS"))
    parser.add_argument("--out", help="a .md or .csv file; standard output without it")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    rows = []
    for operation in options.operations or SIZES:
        for size in SIZES[operation]:
            if (size == "quick") == options.quick:
                row = compare(operation, size, options.peers, options.rounds, options.timeout)
                print(" ".join(f"{k}: {v};" for k, v in row.items()), file=sys.stderr, flush=True)
                rows.append(row)
    write(rows, options.out)


if __name__ == "__main__":
    main()
