"""Make docs/report.png, the README's picture: the beginning of the HTML report on the example with five mistakes.

python tools/report_picture.py            make it, if its page looks different now; needs Chromium
python tools/report_picture.py --check    only say whether it is fresh
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.drawing import raster  # noqa: E402  # needs the path above

PICTURE = ROOT / "docs" / "report.png"
EXAMPLE = ROOT / "examples" / "five_mistakes.ipynb"
LOOK = ROOT / "grader" / "report" / "templates"
SEED = "3"
WIDTH, HEIGHT = 960, 1088  # pixels: down to the hint that names the mistake


def digest() -> str:
    """Of what the page is made of: the notebook, and how a report looks."""
    sources = (EXAMPLE, *(LOOK / name for name in ("report.css", "report.html.j2", "exercise.html.j2")))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def is_fresh() -> bool:
    return PICTURE.is_file() and raster.made_of(PICTURE) == digest()


def make() -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        words = ("--format", "html", "--lang", "en", "--seed", SEED, "--only", "knock85", "--only", "knock86")
        grade = [sys.executable, "-m", "grader", str(EXAMPLE), *words, "-o", str(page)]
        if subprocess.run(grade, cwd=ROOT).returncode != 1:
            sys.exit("The example with five mistakes should lose points (exit code 1).")
        PICTURE.write_bytes(raster.of_few_colours(raster.screen(page, str(WIDTH), str(HEIGHT), 1.5), digest()))


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(None if is_fresh() else "docs/report.png is not up to date; run python tools/report_picture.py")
    if not is_fresh():
        make()
