"""Variants of BalancedCoverage on 21 tables, each compared with random picks.

    python benchmarks/coverage_trials.py --variants issue --seeds 2
    python benchmarks/coverage_trials.py --list --by-table issue oracle
    python benchmarks/coverage_trials.py --against present --seeds 2

Gains are in points over random picks from the same pools: means over budgets and
classifiers, then over seeds, then over tables. Results are kept in
results/coverage_trials.csv; --list shows them.
"""

import argparse
import time
import warnings

import numpy as np
from _reports import RESULTS, markdown, read_csv, run_tasks, write_csv
from _trial_ideas import IDEAS
from _trial_rules import VARIANTS as RULES
from _trial_spaces import SPACES
from _trial_tables import BATCH, TABLES, baseline, pools, read

FILE = RESULTS / "coverage_trials.csv"
VARIANTS = RULES | IDEAS | SPACES


def play(pool, rule):
    """Picks of a rule in batches, from the first label to the last budget."""
    stream = np.random.RandomState(pool.seed)
    picks = np.empty(0, dtype=int)
    while len(picks) < max(pool.budgets):
        batch = rule(pool, picks, pool.y[picks], BATCH, stream)
        picks = np.concatenate([picks, batch])
    assert len(set(picks.tolist())) == len(picks)
    return picks


def one_table(variant, table, n_seeds, n_trees):
    """A record of a variant on a table: mean gains over random."""
    warnings.simplefilter("ignore")
    gains, seconds = [], 0.0
    for pool in pools(table, range(n_seeds)):
        start = time.process_time()
        picks = play(pool, VARIANTS[variant])
        seconds += time.process_time() - start
        gains.append(read(pool, picks, n_trees) - baseline(table, pool.seed, n_trees, pool))
    macro, plain = np.mean([g.mean(axis=(0, 1)) for g in gains], axis=0)
    early = np.mean([g[:2, :, 0].mean() for g in gains])
    late = np.mean([g[-2:, :, 0].mean() for g in gains])
    return {
        "variant": variant,
        "seeds": n_seeds,
        "trees": n_trees,
        "table": table,
        "macro": round(macro, 3),
        "plain": round(plain, 3),
        "early": round(early, 3),
        "late": round(late, 3),
        "seconds": round(seconds / n_seeds, 2),
    }


def lines(records):
    """One line per variant: means, the worst tables, means of the halves of the tables."""
    found = []
    for variant, seeds in dict.fromkeys((r["variant"], r["seeds"]) for r in records):
        rows = [r for r in records if (r["variant"], r["seeds"]) == (variant, seeds)]
        macro = {r["table"]: r["macro"] for r in rows}
        plain = {r["table"]: r["plain"] for r in rows}
        worst, worst_plain = min(macro, key=macro.get), min(plain, key=plain.get)
        halves = [np.mean([macro[t] for t in TABLES[i::2] if t in macro]) for i in (0, 1)]
        found.append(
            [
                variant,
                seeds,
                f"{np.mean(list(macro.values())):+.2f}",
                f"{np.mean(list(plain.values())):+.2f}",
                " / ".join(f"{np.mean([r[k] for r in rows]):+.1f}" for k in ("early", "late")),
                f"{worst} {macro[worst]:+.1f}",
                f"{worst_plain} {plain[worst_plain]:+.1f}",
                f"{halves[0]:+.1f} / {halves[1]:+.1f}",
                f"{np.mean([r['seconds'] for r in rows]):.1f}",
            ]
        )
    return sorted(found, key=lambda line: float(line[2]))


HEADER = [
    "variant",
    "seeds",
    "macro",
    "plain",
    "early / late",
    "worst",
    "worst plain",
    "halves",
    "s",
]


def by_table(records, variants):
    """Gains in mean per-class accuracy, one line per table."""
    rows = [[t, *(_one(records, v, t) for v in variants)] for t in TABLES]
    return markdown(["table", *variants], rows)


def against(records, base, seeds):
    """Differences of variants to one of them, paired by table, with standard errors."""
    tables = {}
    for record in records:
        if record["seeds"] == seeds:
            tables.setdefault(record["variant"], {})[record["table"]] = record
    rows = []
    for variant, found in tables.items():
        shared = [t for t in found if t in tables[base]]
        parts = [variant, len(shared)]
        for kind in ("macro", "plain"):
            gains = np.array([found[t][kind] for t in shared])
            apart = gains - [tables[base][t][kind] for t in shared]
            error = apart.std(ddof=1) / len(apart) ** 0.5
            parts += [f"{gains.mean():+.2f}", f"{apart.mean():+.2f} ± {error:.2f}"]
        rows.append(parts)
    rows.sort(key=lambda parts: -float(parts[3].split()[0]))
    return markdown(["variant", "tables", "macro", "difference", "plain", "difference"], rows)


def _one(records, variant, table):
    rows = [r for r in records if r["variant"] == variant and r["table"] == table]
    return f"{rows[-1]['macro']:+.1f} ({rows[-1]['plain']:+.1f})" if rows else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=[])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--trees", type=int, default=50)
    parser.add_argument("--list", action="store_true", help="show the results so far")
    parser.add_argument("--by-table", nargs="+", default=[], help="gains of variants by table")
    parser.add_argument("--against", choices=list(VARIANTS), help="paired differences to it")
    parser.add_argument("--n-jobs", type=int, default=1)
    args = parser.parse_args()
    for variant in args.variants:
        tasks = [(variant, t, args.seeds, args.trees) for t in args.tables]
        records = run_tasks(one_table, tasks, args.n_jobs)
        fresh = {(r["variant"], r["seeds"], r["table"]) for r in records}
        kept = [r for r in read_csv(FILE) if (r["variant"], r["seeds"], r["table"]) not in fresh]
        write_csv(FILE, kept + records)
        print(markdown(HEADER, lines(records)), flush=True)
    if args.list:
        print(markdown(HEADER, lines(read_csv(FILE))))
    if args.by_table:
        print(by_table(read_csv(FILE), args.by_table))
    if args.against:
        print(against(read_csv(FILE), args.against, args.seeds))


if __name__ == "__main__":
    main()
