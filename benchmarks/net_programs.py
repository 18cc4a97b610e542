"""The same program with a net in three libraries: its lines that are not empty, and its output.

    python benchmarks/net_programs.py                     # the libraries that are installed
    python benchmarks/net_programs.py --python baal=../venv-baal/bin/python

Writes the digits of scikit-learn as files, one folder per class, and runs the programs
``docs/same_program/net_with_*.py`` there. baal may need an environment of its own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

ROOT = Path(__file__).parent.parent
PROGRAMS = sorted((ROOT / "docs" / "same_program").glob("net_with_*.py"))


def write_images(folder):
    """Write every second digit for the pool and the others for the test."""
    images, labels = load_digits(return_X_y=True)
    for number, (pixels, label) in enumerate(zip(images, labels)):
        path = folder / ("pool" if number % 2 else "test") / str(label) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        image = Image.fromarray(np.uint8(pixels.reshape(8, 8) * 15.9))
        image.resize((16, 16)).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", nargs="*", default=[], help="library=interpreter")
    interpreters = dict(pair.split("=") for pair in parser.parse_args().python)
    with tempfile.TemporaryDirectory() as folder:
        write_images(Path(folder))
        for program in PROGRAMS:
            library = program.stem.removeprefix("net_with_")
            n_lines = sum(bool(line.strip()) for line in program.read_text().splitlines())
            done = subprocess.run(
                [interpreters.get(library, sys.executable), program],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
            )
            printed = done.stdout if done.returncode == 0 else done.stderr
            print(f"{library:10} {n_lines:3d} lines   {(printed.splitlines() or [''])[-1]}")


if __name__ == "__main__":
    main()
