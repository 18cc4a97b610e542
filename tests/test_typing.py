"""The type hints of the public names, as mypy and a user's program see them."""

from pathlib import Path

import numpy as np
import pytest

from . import typed_program

ROOT = Path(__file__).parent.parent
STRICT = """
[mypy]
strict = True
ignore_missing_imports = True
mypy_path = {root}
[mypy-skactive.*]
follow_imports = silent
[mypy-torch.*,torchvision.*,pandas.*,dask.*,distributed.*,polars.*,PIL.*,matplotlib.*]
follow_imports = skip
"""


def mypy(*arguments):
    """The output of mypy, and its exit status."""
    api = pytest.importorskip("mypy.api")
    said, errors, status = api.run([*arguments, "--no-error-summary"])
    return said + errors, status


def test_a_program_with_types_passes_strict_checks(tmp_path):
    (tmp_path / "mypy.ini").write_text(STRICT.format(root=ROOT))
    (tmp_path / "program.py").write_text(Path(typed_program.__file__).read_text())
    options = "--config-file", str(tmp_path / "mypy.ini"), "--cache-dir", str(tmp_path / "cache")
    assert mypy(*options, str(tmp_path / "program.py")) == ("", 0)
    wrong = 'from skactive import ActiveLearner\nActiveLearner(batch_size="ten")\n'
    (tmp_path / "wrong.py").write_text(wrong)
    said, status = mypy(*options, str(tmp_path / "wrong.py"))
    assert status == 1 and 'incompatible type "str"; expected "int"' in said


def test_the_package_passes(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert mypy("--config-file", "setup.cfg", "--cache-dir", str(tmp_path)) == ("", 0)


def test_the_program_does_what_its_types_say(tmp_path):
    learner = typed_program.label()
    assert learner.query(typed_program.X, 3, exclude=range(30)).dtype == np.intp
    assert typed_program.run() == [20, 20, 20, 20]
    assert isinstance(typed_program.compare(), float)
    report = typed_program.ask_people(tmp_path / "labels.db")
    assert report.progress.n_labels + report.progress.n_audited == 29  # one was undone
    assert isinstance(typed_program.measure(), float)
