"""k-center, BADGE and scores on a torch tensor, compared with the lazy numpy forms: wall seconds.

    python benchmarks/tensors.py                          # small, on the CPU, under a minute
    python benchmarks/tensors.py --device cuda --full     # 1M x 512, 10,000 picks

The numpy forms use the same numbers on the host. ``tensor`` runs the forms for accelerators, even
on the CPU, where a learner would view a tensor as an array and run the numpy form. ``same`` tells
whether both pick the same rows in the same order. The forms take turns for ``--rounds`` rounds,
and the median counts; the clock is read after the device has finished.
"""

import argparse
import statistics
import time

import numpy as np
import torch
from _reports import RESULTS, markdown, write_csv

from skactive import _tensors as tensors
from skactive import scores
from skactive._greedy.k_center import KCenter, TensorKCenter
from skactive._greedy.nearest import SquaredDistances
from skactive._greedy.tensors import TensorDistances, draw_by_distance, gradient_factor
from skactive.pool import Pool
from skactive.query import badge
from skactive.selection import top_n

N_CLASSES, N_LABELED = 10, 100
NO_GPU = """
No GPU was at hand: the forms for accelerators ran on the CPU, where a learner would run the numpy
forms. These figures show that the picks are the same, not what a GPU gains.
"""


def inputs(n_rows, n_features, kind, seed=0):
    """Rows in float32 and class probabilities; clustered rows are like features of a net."""
    generator = np.random.default_rng(seed)
    rows = np.empty((n_rows, n_features), dtype=np.float32)
    hidden = generator.standard_normal((32, n_features), dtype=np.float32)
    for start in range(0, n_rows, 1 << 16):
        block = rows[start : start + (1 << 16)]
        if kind == "clustered":
            near = generator.standard_normal((len(block), 32), dtype=np.float32)
            np.maximum(near @ hidden, 0, out=block)
        else:
            generator.standard_normal(out=block, dtype=np.float32)
    return rows, generator.dirichlet(np.full(N_CLASSES, 0.5), size=n_rows)


def k_center(coverage, rows, pool, n_picks):
    """Picks of a coverage after the first rows as labeled."""
    known = coverage(rows).extend(rows[:N_LABELED])
    return known.farthest_first(pool, n_picks, np.random.RandomState(0))


def badge_of_arrays(rows, probabilities, pool, n_picks):
    """The lazy draw."""
    distances = SquaredDistances(badge.gradient_factor(probabilities, rows.dtype), rows)
    return badge._draw(distances, pool, n_picks, np.random.default_rng(0))


def badge_of_tensors(rows, probabilities, pool, n_picks):
    """The draw on the device."""
    distances = TensorDistances(gradient_factor(probabilities, rows), rows)
    return draw_by_distance(distances, pool, n_picks, np.random.default_rng(0))


def contenders(rows, probabilities, device, sizes):
    """For each operation: number of picks, the numpy form and the tensor form."""
    tensor = torch.from_numpy(rows).to(device)
    on_device = torch.from_numpy(probabilities).to(device)
    pool = Pool(rows, np.arange(N_LABELED))
    few, many = sizes.badge_picks, sizes.picks
    return {
        "k-center": (
            many,
            lambda: k_center(KCenter, rows, pool, many),
            lambda: k_center(TensorKCenter, tensor, pool, many),
        ),
        "BADGE": (
            few,
            lambda: badge_of_arrays(rows, probabilities, pool, few),
            lambda: badge_of_tensors(tensor, on_device, pool, few),
        ),
        "margin": (
            few,
            lambda: top_n(-scores.margin(probabilities), few),
            lambda: top_n(-tensors.to_numpy(tensors.margin(on_device)), few),
        ),
        "entropy": (
            few,
            lambda: top_n(scores.entropy(probabilities), few),
            lambda: top_n(tensors.to_numpy(tensors.entropy(on_device)), few),
        ),
    }


def timed(function, device):
    """Seconds and the answer."""
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    answer = function()
    return time.perf_counter() - start, answer


def measure(kind, args):
    """One record per operation."""
    rows, probabilities = inputs(args.rows, args.features, kind)
    for name, (n_picks, *forms) in contenders(rows, probabilities, args.device, args).items():
        timed(forms[1], args.device)  # libraries and kernels are loaded on first use
        rounds = [[timed(form, args.device) for form in forms] for _ in range(args.rounds)]
        seconds = [statistics.median(run[k][0] for run in rounds) for k in (0, 1)]
        picks = [run[1] for run in rounds[0]]
        yield {
            **{"operation": name, "rows": kind, "n_rows": args.rows, "d": args.features},
            **{"picks": n_picks, "device": device_name(args.device)},
            **{"numpy_s": f"{seconds[0]:.3f}", "tensor_s": f"{seconds[1]:.3f}"},
            "same": bool(np.array_equal(*picks)),
        }
        print("  ".join(map(str, [name, kind, *seconds])), flush=True)


def device_name(device):
    """The name of the device."""
    return torch.cuda.get_device_name() if device == "cuda" else "CPU, 1 thread"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--features", type=int, default=128)
    parser.add_argument("--picks", type=int, default=500, help="of k-center")
    parser.add_argument("--badge-picks", type=int, default=100, help="of BADGE and of scores")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="1M x 512, 10,000 picks, one round")
    args = parser.parse_args()
    if args.full:
        args.rows, args.features, args.picks = 1_000_000, 512, 10_000
        args.badge_picks, args.rounds = 1000, 1
    if args.device == "cpu":
        torch.set_num_threads(1)
    records = [r for kind in ("clustered", "isotropic") for r in measure(kind, args)]
    path = RESULTS / f"tensors_{args.device}{'_full' if args.full else ''}"
    write_csv(path.with_suffix(".csv"), records)
    where = "" if args.device == "cuda" else NO_GPU
    table = markdown(list(records[0]), [list(record.values()) for record in records])
    note = "Wall seconds; BADGE draws its random numbers on the host in both forms.\n"
    path.with_suffix(".md").write_text(f"# Tensors beside arrays\n\n{note}{where}\n{table}\n")


if __name__ == "__main__":
    main()
