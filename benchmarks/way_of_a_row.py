"""The files and functions of skactive through which the rows of a pool pass in a query.

    python benchmarks/way_of_a_row.py            # files and levels for five strategies
    python benchmarks/way_of_a_row.py --verbose  # with their names

The program counts functions that get the pool or rows of it, from ``query`` until
the wrapped classifier predicts or the positions are returned. ``levels`` is the
largest number of them on the stack; ``all levels`` also counts other functions.
The check of a new pool for rows that the classifier refuses is left out, because
it is made once per pool and not per query.
"""

import argparse
import inspect
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

import skactive
from skactive import ActiveLearner
from skactive.pool import BlockPool, Pool
from skactive.query import BALD, BalancedQuery, CoreSet, MarginSampling

ROOT = str(Path(skactive.__file__).parent)


def plain_function(learner, X, n_queries):
    return learner.predict_proba(X)[:, 0].argsort()[:n_queries]


STRATEGIES = [plain_function, CoreSet(), MarginSampling(), BalancedQuery(), BALD()]


class Way:
    """The functions of skactive that get rows, recorded while a function runs.

    Attributes
    ----------
    files : list of str
        Files with a function that gets rows, in the order in which rows reach them.
    levels, all_levels : list of str
        The deepest stack of functions that get rows, and of all functions.
    """

    def __init__(self, X):
        self.X = X
        self.files, self.levels, self.all_levels = [], [], []
        self._stack = []

    def of(self, function):
        """The way of a row while the function is called without arguments."""
        sys.setprofile(self._follow)
        try:
            function()
        finally:
            sys.setprofile(None)
        return self

    def _follow(self, frame, event, arg):
        code = frame.f_code
        if event not in ("call", "return") or not code.co_filename.startswith(ROOT):
            return
        if event == "return":
            self._stack.pop()
            return
        is_function = not code.co_name.startswith("<") or code.co_name == "<lambda>"
        self._stack.append((code.co_name, is_function and self._is_handed_rows(frame)))
        if self._stack[-1][1]:
            name = Path(code.co_filename).relative_to(ROOT).as_posix()
            self.files += [name] if name not in self.files else []
        self.all_levels = max(self.all_levels, [name for name, _ in self._stack], key=len)
        handed = [name for name, is_handed in self._stack if is_handed]
        self.levels = max(self.levels, handed, key=len)

    def _is_handed_rows(self, frame):
        names, varargs, keywords, values = inspect.getargvalues(frame)
        given = [values[name] for name in names] + list(values.get(varargs, ()))
        return any(map(self._are_rows, given))

    def _are_rows(self, value):
        if isinstance(value, np.ndarray):
            return value.ndim > 1 and np.may_share_memory(value, self.X)
        return isinstance(value, (Pool, BlockPool))


def way_of(strategy):
    """The way of the rows of a small pool in a query of one strategy."""
    X = np.random.RandomState(0).randn(300, 4)
    labeled = X[:30].copy()
    learner = ActiveLearner(LogisticRegression(), strategy, random_state=0)
    learner.fit(labeled, (labeled[:, 0] > 0).astype(int))
    learner._warn_of_refusal(X, None)
    return Way(X).of(lambda: learner.query(X, 5, exclude=range(30)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    print("| strategy | files | levels | all levels |\n|---|---|---|---|")
    for strategy in STRATEGIES:
        way = way_of(strategy)
        name = getattr(strategy, "__name__", type(strategy).__name__)
        print(f"| {name} | {len(way.files)} | {len(way.levels)} | {len(way.all_levels)} |")
        if arguments.verbose:
            print(*(f"    {each}" for each in (way.files, way.levels, way.all_levels)), sep="\n")


if __name__ == "__main__":
    main()
