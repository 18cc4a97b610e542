"""``python -m skactive.labeling table.csv --classes ham spam``: label a table in a terminal."""

import argparse
import sys
from pathlib import Path

from ..learner import ActiveLearner
from ._errors import LabelLogError, PoolChangedError
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
        names, table = read_table(options.table)
        log = Path(options.log or Path(options.table).with_suffix(".labels.db"))
        if not log.exists() and not options.classes:
            raise ValueError(
                f"there is no job in {log} yet, and a first run needs the names of the classes, "
                "for example --classes ham spam."
            )
        learner = ActiveLearner(
            table_model(table),
            batch_size=options.batch_size,
            budget=options.budget,
            random_state=options.seed,
        )
        with LabelingSession(
            learner,
            table,
            log=log,
            classes=options.classes,
            display=lambda row: dict(zip(names, row)),
            n_audit=options.audit,
            lookahead=0 if options.wait else 1,
        ) as session:
            if options.export:
                session.labels.to_csv(options.export)
                print(f"{session.labels.n_rows} labels written to {options.export}")
                return 0
            session.terminal(annotator=options.annotator)
            print(session.report())
    except (LabelLogError, PoolChangedError, ValueError, TypeError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m skactive.labeling",
        description="Label rows of a table that a learner picks. Run it again to go on.",
    )
    parser.add_argument("table", help="CSV file with a header line; every column is shown")
    parser.add_argument("--classes", nargs="+", help="names of the classes, for the first run")
    parser.add_argument("--log", help="file of the labels (default: next to the table)")
    parser.add_argument("--annotator", help="name of the person who labels")
    parser.add_argument("--budget", type=int, help="maximum number of labels")
    parser.add_argument("--batch-size", type=int, default=10, help="rows per round (default: 10)")
    parser.add_argument("--audit", type=int, default=0, help="random rows to measure accuracy")
    parser.add_argument("--seed", type=int, default=0, help="random_state (default: 0)")
    parser.add_argument("--wait", action="store_true", help="wait for the fit before a round")
    parser.add_argument("--export", help="write the labels to this CSV file and exit")
    return parser


if __name__ == "__main__":
    sys.exit(main())
