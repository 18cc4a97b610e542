"""Rows pass through few files and functions from a query to positions."""

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="needs the benchmarks")

LIMITS = {
    "plain_function": (7, 6),
    "CoreSet": (13, 10),
    "MarginSampling": (11, 10),
    "BalancedQuery": (13, 12),
    "BALD": (11, 13),
}


@pytest.mark.parametrize("name", LIMITS)
def test_files_and_levels(name, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    import way_of_a_row

    names = [getattr(each, "__name__", type(each).__name__) for each in way_of_a_row.STRATEGIES]
    before = sys.getprofile()
    way = way_of_a_row.way_of(way_of_a_row.STRATEGIES[names.index(name)])
    sys.setprofile(before)
    n_files, n_levels = LIMITS[name]
    assert len(way.files) <= n_files, way.files
    assert len(way.levels) <= n_levels, way.levels
    assert way.levels[0] == "query" and "learner.py" in way.files
