"""What the examples of these pages need when pytest runs them."""

from importlib.util import find_spec

import pytest

# pages whose examples need an optional package
has_nets = find_spec("skorch") and find_spec("torch")
collect_ignore = [] if has_nets else ["user_guide/nets.rst", "user_guide/images.rst"]
# the build of the pages runs the examples
collect_ignore_glob = [
    *("gallery/*.py", "auto_gallery/*", "same_program/*.py"),
    *("check_site.py", "count_words.py", "strategy_results.py", "screenshots.py"),
]


@pytest.fixture(autouse=True)
def draw_nothing_on_screen(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
