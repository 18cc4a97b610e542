"""``python -m skactive.labeling table.csv --classes ham spam``: label a table in a terminal."""

import argparse
import sys
from pathlib import Path

import numpy as np

from .._table import Table
from ..learner import ActiveLearner
from ._errors import LabelLogError, PoolChangedError
from ._log import LabelLog
from ._session import LabelingSession
from ._tabular import read_table, table_model


def main(arguments=None):
    """Run the program.

    Parameters
    ----------
    arguments : list of str, default=None
        Arguments of the program. None: those of the command line.

    Returns
    -------
    status : int
        0 on success, 1 after an error.
    """
    options = _parser().parse_args(arguments)
    try:
        names, table, keys = _table_of(options)
        log = Path(options.log or Path(options.table).with_suffix(".labels.db"))
        if not log.exists() and not options.classes:
            raise ValueError(
                f"there is no job in {log} yet, and a first run needs the names of the classes, "
                "for example --classes ham spam."
            )
        if options.classes and len(set(options.classes)) < 2:
            raise ValueError(
                f"a job needs the names of two classes or more, got {options.classes}. Name all "
                "of them after --classes, separated by spaces."
            )
        learner = ActiveLearner(
            table_model(table),
            batch_size=options.batch_size,
            budget=options.budget,
            random_state=options.seed,
        )
        known = _classes_in(log) if options.classes and log.exists() else None
        with LabelingSession(
            learner,
            table,
            log=log,
            classes=options.classes,
            keys=keys,
            display=lambda row: dict(zip(names, row)),
            n_audit=options.audit,
            lookahead=0 if options.wait else 1,
        ) as session:
            added = [c for c in session.classes if known is not None and c not in known]
            if added:
                print(f"classes added to the job: {', '.join(added)}")
            if options.export:
                _export(session, options)
                return 0
            session.terminal(annotator=options.annotator)
            print(session.report())
    except (LabelLogError, PoolChangedError, ValueError, TypeError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _table_of(options):
    """Return names and cells of the columns for the model, and the keys of the rows."""
    names, cells = read_table(options.table)
    if options.key is None:
        return names, cells, None
    if options.key not in names:
        raise ValueError(
            f"{options.table} has no column {options.key!r}; its columns are {names}. --key "
            "takes the name of the column that identifies each row."
        )
    place = names.index(options.key)
    others = [name for name in names if name != options.key]
    return others, np.delete(cells, place, axis=1), cells[:, place].tolist()


def _classes_in(path):
    """Return the classes of a job that has begun."""
    with LabelLog(path) as log:
        events = log.events()
        added = [event["label"] for event in events.rows() if event["event"] == "class"]
        return [*((log.job() or {}).get("classes") or []), *added]


def _export(session, options):
    """Write the labels to a CSV file, and say which are left out."""
    labels, audit = session.labels, session.audit_labels
    if options.with_audit:
        labels = Table({name: [*labels[name], *audit[name]] for name in labels})
    labels.to_csv(options.export)
    left_out = ""
    if audit.n_rows and not options.with_audit:
        left_out = (
            f", without {audit.n_rows} of audit rows, which measure the model (--with-audit "
            "writes them too)"
        )
    print(f"{labels.n_rows} labels written to {options.export}{left_out}")


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m skactive.labeling",
        description="Label rows of a table that a learner picks. Run it again to go on.",
    )
    parser.add_argument("table", help="CSV file with a header line; every column is shown")
    parser.add_argument(
        "--classes", nargs="+", help="names of all classes; a later run may add some"
    )
    parser.add_argument("--key", help="name of the column that identifies each row")
    parser.add_argument("--log", help="file of the labels (default: next to the table)")
    parser.add_argument("--annotator", help="name of the person who labels")
    parser.add_argument("--budget", type=int, help="maximum number of labels")
    parser.add_argument("--batch-size", type=int, default=10, help="rows per round (default: 10)")
    parser.add_argument("--audit", type=int, default=0, help="random rows to measure accuracy")
    parser.add_argument("--seed", type=int, default=0, help="random_state (default: 0)")
    parser.add_argument("--wait", action="store_true", help="wait for the fit before a round")
    parser.add_argument("--export", help="write the labels to this CSV file and exit")
    parser.add_argument("--with-audit", action="store_true", help="export audit rows too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
