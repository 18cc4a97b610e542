"""Build script; all but the long description stands in setup.cfg."""

from pathlib import Path

from setuptools import setup

# a picture with a relative address is shown in the repository only, and so is its caption
paragraphs = Path(__file__).with_name("README.md").read_text(encoding="utf-8").split("\n\n")
setup(
    long_description="\n\n".join(each for each in paragraphs if not each.startswith(("![", "*"))),
    long_description_content_type="text/markdown",
)
