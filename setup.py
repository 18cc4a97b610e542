"""Build script; all but the long description stands in setup.cfg."""

from pathlib import Path

from setuptools import setup

# a picture with a relative address is shown in the repository only
lines = Path(__file__).with_name("README.md").read_text(encoding="utf-8").splitlines(keepends=True)
setup(
    long_description="".join(line for line in lines if not line.startswith("![")),
    long_description_content_type="text/markdown",
)
