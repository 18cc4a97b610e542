"""Our strategies, plain numpy and other libraries side by side: CPU seconds, one thread.

    python benchmarks/speed.py --peers /one/env/bin/python /another/env/bin/python

The program writes ``benchmarks/results/speed.csv`` and ``speed.md``. Each contender runs in a
separate process, contenders take turns, and the median of the rounds counts. Rows that are already
in the CSV file are not run again, so an interrupted run resumes where it was.

The peers need separate environments, named by ``--peers``; each peer is looked up in all of them.
``pip install scikit-activeml==1.0.1 apricot-select`` makes one. ``modAL-python==0.4.2.1``,
``baal==2.1.0`` and ``batchbald_redux==2.0.5`` pin old packages, so install them with ``--no-deps``
next to numpy, scikit-learn, torch, structlog, torchmetrics, lightning-utilities and toma. modAL's
``ActiveLearner`` runs only with one check replaced (see ``_speed_peers.py``).

``same`` tells whether the picks equal those of the plain form, which computes every row in every
step. ``x`` columns are a contender's seconds divided by ours. TypiClust's plain form is k-means
alone. ``balance`` and ``loop`` count the time outside the classifier's fit.
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

from _speed_targets import compare_with_target

HERE = Path(__file__).resolve().parent
OURS = ("skactive", "plain", "floor")
PEERS = {
    "scikit-activeml": "skactiveml",
    "modAL": "modAL",
    "baal": "baal",
    "batchbald_redux": "batchbald_redux",
    "apricot": "apricot",
}
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA")


def contender(name, operation):
    """The function of a contender, or None where it has none; runs in the child."""
    if name == "skactive":
        from _speed_ours import CONTENDERS as table
    elif name == "plain":
        from _speed_plain import CONTENDERS as table
    elif name == "floor":
        from _speed_floor import CONTENDERS as table
    else:
        from _speed_peers import CONTENDERS as peers
        from _speed_peers import load

        table = peers[name]
        if operation in table:
            load(name)
    return table.get(operation)


def memory(field):
    """Memory of this process in MB, now (VmRSS) or at its peak (VmHWM); None if unknown."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return None
    return next(int(line.split()[1]) for line in status.splitlines() if field in line) / 1024


def forget_peak():
    """Reset the peak to the memory used now, if the system can do that."""
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


def homes(pythons):
    """For each peer, the first of some interpreters in which it is installed, or None."""
    found = dict.fromkeys(PEERS)
    for python in pythons:
        for name, module in PEERS.items():
            command = [python, "-c", f"import importlib.util as u; assert u.find_spec('{module}')"]
            if found[name] is None and not subprocess.run(command, capture_output=True).returncode:
                found[name] = python
    return found


def compare(operation, size, peers, rounds, timeout):
    """One row of the table: all contenders in turns."""
    names = [*OURS, *PEERS]
    results = {name: [] for name in names}
    for _ in range(rounds):
        for name in names:
            if not (results[name] and "note" in results[name][-1]):
                python = sys.executable if name in OURS else peers[name]
                results[name].append(run(python, name, operation, size, timeout))
    seconds = {name: median(results[name], "seconds") for name in names}
    ours, megabytes = seconds["skactive"], median(results["skactive"], "megabytes")
    row = {"operation": operation, "size": size, "rounds": str(rounds)}
    for name in names:
        row[name] = results[name][-1].get("note") or f"{seconds[name]:.3g}"
        if name != "skactive":
            known = seconds[name] is not None and ours
            row[f"x {name}"] = f"{seconds[name] / ours:.3g}" if known else ""
    row["extra MB"] = f"{megabytes or 0:.0f}"
    row["same"] = same(results["skactive"][0].get("picks"), results["plain"][0].get("picks"))
    row["target"], row["met"] = compare_with_target(operation, size, seconds, megabytes)
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
    """All rows as CSV, and beside it a table for readers: seconds, and how many times ours."""
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    peers = [name for name in PEERS if any(row[name] not in ("-", "") for row in rows)]
    head = ["operation", "size", *OURS, *peers, "extra MB", "same", "target", "met"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for row in rows:
        cells = [f"{row[k]} ({row[f'x {k}']}x)" if row.get(f"x {k}") else row[k] for k in head]
        lines.append("| " + " | ".join(cells) + " |")
    Path(path).with_suffix(".md").write_text("\n".join(lines) + "\n")


def done(path):
    """Rows of an earlier run."""
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def main():
    sys.path.insert(0, str(HERE))
    from _speed_inputs import SIZES

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("operations", nargs="*", help=f"some of {', '.join(SIZES)}")
    parser.add_argument("--sizes", nargs="*", default=[""], help="parts of the sizes wanted")
    parser.add_argument("--quick", action="store_true", help="small inputs, to see that it runs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=600, help="seconds for one run")
    parser.add_argument("--peers", nargs="*", default=os.environ.get("SKACTIVE_PEERS", "").split())
    parser.add_argument("--out", help="a .csv file; a .md file is written beside it")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    name = "speed_quick.csv" if options.quick else "speed.csv"
    path = Path(options.out or HERE / "results" / name)
    rows, peers = done(path), homes(options.peers)
    ready = {(row["operation"], row["size"]) for row in rows}
    wanted = [
        (operation, size)
        for operation in options.operations or SIZES
        for size in SIZES[operation]
        if (size == "quick") == options.quick and (operation, size) not in ready
        if any(part in size for part in options.sizes)
    ]
    for i, (operation, size) in enumerate(wanted):
        print(f"[{i + 1}/{len(wanted)}] {operation} {size}", file=sys.stderr, flush=True)
        row = compare(operation, size, peers, options.rounds, options.timeout)
        print("   " + " ".join(f"{k}: {v};" for k, v in row.items()), file=sys.stderr, flush=True)
        rows.append(row)
        write(rows, path)


if __name__ == "__main__":
    main()
