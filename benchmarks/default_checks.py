"""The default strategy away from the tables' usual setting: large budgets, batches, raw frames.

    python benchmarks/default_checks.py budgets   # 150 to 600 labels in batches of 25
    python benchmarks/default_checks.py batches   # batches of 1, 10 and 50
    python benchmarks/default_checks.py frames    # frames as they are, gradient boosting

Figures are points of mean per-class and of plain accuracy over random picks from the same
pools, mean over numbers of labels, seeds and tables. The first two train a logistic regression
and a forest on the picks, as ``strategies.py`` does. In the third, histogram gradient boosting
reads categories and missing values; it is the classifier of the learner, and is tested.
Records are added to results/default_checks.csv table by table.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from _reports import RESULTS, markdown, read_csv, write_csv
from _trial_tables import BUDGETS, pools, read
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import train_test_split

import skactive.query
from skactive import ActiveLearner
from skactive.datasets._home import find_file
from skactive.query import BalancedCoverage

FILE = RESULTS / "default_checks.csv"
LARGE = (150, 300, 450, 600)
LARGE_TABLES = "letter page_blocks phoneme abalone winequality_white adult hypothyroid nursery"
BATCH_TABLES = "vehicle ecoli glass oil_spill car soybean german page_blocks"
FRAMES = "adult hypothyroid car nursery sick dermatology kr_vs_kp german oil_spill phoneme"
_MOST_ROWS = 2500


def strategy_named(name):
    """A strategy of the package, or the default without balance."""
    if name == "BalancedCoverage(balance=False)":
        return BalancedCoverage(balance=False)
    return getattr(skactive.query, name)()


def asked(estimator, name, X, y, budget, batch, seed):
    """Positions that a learner asks for."""
    learner = ActiveLearner(
        estimator, strategy_named(name), budget=budget, batch_size=batch, random_state=seed
    )
    return learner.fit(X, y).query_indices_


def on_numbers(table, seed, names, budgets, batches):
    """Records of strategies on a split of a table of numbers."""
    (pool,) = pools(table, [seed])
    draws = [np.random.RandomState(1000 * i + seed).permutation(len(pool.y)) for i in range(4)]
    random = np.mean([read(pool, rows, budgets=budgets) for rows in draws], axis=0)
    for name in names:
        for batch in batches:
            model = LogisticRegression(max_iter=300)
            picks = asked(model, name, pool.X, pool.y, max(budgets), batch, seed)
            gain = (read(pool, picks, budgets=budgets) - random).mean(axis=(0, 1))
            yield name, batch, gain


def on_frames(table, seed, names, budgets, batch):
    """Records of strategies on a split of a frame, around gradient boosting."""
    frame = pd.read_csv(find_file(f"tabular/{table}.csv.gz", None)).head(_MOST_ROWS)
    X, y = frame.drop(columns="target"), frame["target"].astype(str).to_numpy()
    words = X.select_dtypes(exclude="number").columns
    X = X.astype({name: "category" for name in words})
    kept = np.isin(y, [c for c in np.unique(y) if np.sum(y == c) >= 2])
    # gradient boosting cannot bin a column without a value among the labeled rows
    X, y = X.loc[:, X.isna().mean() < 0.5][kept], y[kept]
    X, X_test, y, y_test = train_test_split(X, y, test_size=0.4, stratify=y, random_state=seed)
    model = HistGradientBoostingClassifier(
        max_iter=50, min_samples_leaf=5, categorical_features="from_dtype"
    )
    budgets = [b for b in budgets if b <= len(y) - batch]

    def tested(picks):
        found = []
        for budget in budgets:
            rows = picks[:budget]
            predicted = (
                model.fit(X.iloc[rows], y[rows]).predict(X_test)
                if len(set(y[rows])) > 1
                else np.full(len(y_test), y[rows][0])
            )
            per_class = balanced_accuracy_score(y_test, predicted)
            found.append((per_class, np.mean(predicted == y_test)))
        return 100 * np.array(found)

    draws = [np.random.RandomState(1000 * i + seed).permutation(len(y)) for i in range(3)]
    random = np.mean([tested(rows) for rows in draws], axis=0)
    for name in names:
        picks = asked(model, name, X, y, max(budgets), batch, seed)
        yield name, batch, (tested(picks) - random).mean(axis=0)


def run(part, seeds):
    """Run what is not in the file yet, table by table."""
    names = ["BalancedCoverage", "BalancedCoverage(balance=False)", "MarginSampling", "Badge"]
    tables = {"budgets": LARGE_TABLES, "batches": BATCH_TABLES, "frames": FRAMES}[part].split()
    records = read_csv(FILE)
    for seed in range(seeds):
        for table in tables:
            if any((r["part"], r["table"], r["seed"]) == (part, table, seed) for r in records):
                continue
            start = time.time()
            found = {
                "budgets": lambda: on_numbers(table, seed, names, LARGE, [25]),
                "batches": lambda: on_numbers(table, seed, names[:1], _within(table), [1, 10, 50]),
                "frames": lambda: on_frames(table, seed, [names[0], names[2]], BUDGETS, 10),
            }[part]()
            for name, batch, (macro, plain) in found:
                keys = {"part": part, "table": table, "seed": seed, "strategy": name}
                gains = {"macro": round(macro, 3), "plain": round(plain, 3)}
                records.append(keys | {"batch": batch} | gains)
            write_csv(FILE, records)
            print(f"{part} {table} {seed}: {time.time() - start:.0f} s", flush=True)


def _within(table):
    (pool,) = pools(table, [0])
    return [b for b in BUDGETS if b <= len(pool.y) - 50]


def report(records):
    """A line for each part, strategy and batch size."""
    lines = []
    for key in dict.fromkeys((r["part"], r["strategy"], r["batch"]) for r in records):
        rows = [r for r in records if (r["part"], r["strategy"], r["batch"]) == key]
        by_table = {t: [r for r in rows if r["table"] == t] for t in {r["table"] for r in rows}}
        macro, plain = (
            {t: np.mean([r[k] for r in part]) for t, part in by_table.items()}
            for k in ("macro", "plain")
        )
        worst = min(macro, key=macro.get)
        means = [f"{np.mean(list(gain.values())):+.2f}" for gain in (macro, plain)]
        lines.append([*key, len(macro), *means, f"{worst} {macro[worst]:+.1f}"])
    header = ["part", "strategy", "batch", "tables", "macro", "plain", "worst"]
    return markdown(header, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", help="budgets, batches, frames")
    parser.add_argument("--seeds", type=int, default=1)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    for part in args.parts:
        run(part, args.seeds)
    text = report(read_csv(FILE))
    (RESULTS / "default_checks.md").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
