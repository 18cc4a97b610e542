"""Which packages the import of the package loads, and which files may import what."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import skactive

ROOT = Path(skactive.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
HEAVY = {"torch", "torchvision", "skorch", "matplotlib", "pandas", "polars", "dask", "tqdm"}
PUBLIC = [
    "skactive",
    "skactive.calibration",
    "skactive.datasets",
    "skactive.evaluation",
    "skactive.labeling",
    "skactive.metrics",
    "skactive.model_selection",
    "skactive.query",
    "skactive.stopping",
]


def imported_packages(tree):
    """Names of the top-level packages that a tree imports from outside skactive."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def runs_at_import(tree):
    """The tree without the bodies of its functions."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.body = []
    return tree


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def loaded_by(*modules):
    """Top-level packages that a new process has loaded after importing modules."""
    program = (
        f"import sys, {', '.join(modules)}\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT.parent, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_import_is_light():
    loaded = loaded_by(*PUBLIC)
    assert "skactive" in loaded
    assert loaded.isdisjoint({"torch", "matplotlib"})
    # scikit-learn itself looks for pandas when it is installed
    extra = loaded - loaded_by("sklearn.datasets", "sklearn.model_selection")
    assert extra.isdisjoint(HEAVY), extra & HEAVY


def test_only_deep_imports_torch():
    deep = {"torch", "torchvision", "skorch"}
    for path in FILES:
        if name_of(path).startswith("deep/"):
            continue
        found = deep.intersection(imported_packages(ast.parse(path.read_text("utf-8"))))
        assert not found, f"{name_of(path)} imports {found}"


def test_nothing_but_deep_imports_a_heavy_package_at_the_top():
    for path in FILES:
        if name_of(path).startswith("deep/"):
            continue
        tree = runs_at_import(ast.parse(path.read_text("utf-8")))
        found = HEAVY.intersection(imported_packages(tree))
        assert not found, f"{name_of(path)} imports {found} when it is imported"


def test_private_names_of_sklearn_are_imported_in_one_file():
    for path in FILES:
        if name_of(path) == "_sklearn.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sklearn"):
                names = [*node.module.split("."), *(alias.name for alias in node.names)]
                private = [name for name in names if name.startswith("_")]
                assert not private, f"{name_of(path)} imports {private} of scikit-learn"


# a file imports from its own folder and from lower floors; docs/contributing.rst shows them
FLOORS = [
    {
        *("_sklearn", "_estimators", "_progress", "_table", "_tensors", "_typing"),
        *("_columns", "_unwrapping", "_warnings", "selection"),
    },
    {"_greedy", "_interrupts", "_outputs", "_parameters", "_prefitted", "_table_vectors"},
    {"pool", "scores"},
    {"predictions", "embedding", "_codes", "_wrapping", "model_selection"},
    {"query", "metrics", "calibration", "datasets", "stopping"},
    {"_learner", "deep"},
    {"learner"},
    {"evaluation", "labeling"},
]
FLOOR = {name: height for height, floor in enumerate(FLOORS) for name in floor}


def part_of(path):
    """The module or subpackage right under skactive that a file belongs to."""
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_no_file_imports_from_a_higher_floor(path):
    own = part_of(path)
    if own not in FLOOR:
        return
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = path.parents[node.level - 1]
            names = [node.module] if node.module else [alias.name for alias in node.names]
            for target in {part_of(folder / name.partition(".")[0]) for name in names} - {own}:
                assert FLOOR[target] < FLOOR[own], f"{name_of(path)} imports {target}"


def test_every_folder_has_a_floor():
    assert {part_of(path) for path in FILES} == {*FLOOR, "__init__"}


def test_the_docs_draw_the_floors():
    page = ROOT.parent / "docs" / "contributing.rst"
    if not page.exists():
        pytest.skip("the tests run without the docs")
    drawn = re.findall(r"^   floor \d  (.*)$", page.read_text("utf-8"), re.M)
    assert [set(line.split()) for line in drawn] == FLOORS[::-1]


def test_the_docs_list_every_folder():
    page = ROOT.parent / "docs" / "contributing.rst"
    if not page.exists():
        pytest.skip("the tests run without the docs")
    drawn = re.findall(r"^       (\w+)(?:\.py|/)  ", page.read_text("utf-8"), re.M)
    assert sorted(drawn) == sorted(FLOOR)
