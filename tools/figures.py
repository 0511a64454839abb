"""Draw the lessons' figures: solutions/figures/NAME.en.svg and NAME.ja.svg.

python tools/figures.py            write the SVGs that have changed
python tools/figures.py --check    only say whether they are fresh
python tools/figures.py --png      write the PNGs that notebooks carry too, see `tools/drawing/raster.py`
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tools.drawing.gallery import pictures  # noqa: E402  # needs the path above

FOLDER = ROOT / "solutions" / "figures"


def stale() -> dict[Path, str]:
    """Where what is drawn differs from what lies in the folder."""
    drawn = {FOLDER / name: svg for name, svg in pictures().items()}
    return {path: svg for path, svg in drawn.items() if not path.is_file() or path.read_text(encoding="utf-8") != svg}


def left_over() -> list[Path]:
    """Files of figures that nobody draws any more."""
    names = {name.removesuffix(".svg") for name in pictures()}
    return [path for path in sorted(FOLDER.glob("*")) if path.stem not in names]


def main() -> None:
    changed = stale()
    if "--check" in sys.argv:
        wrong = [path.name for path in (*changed, *left_over())]
        sys.exit(f"not up to date: {', '.join(wrong)}; run python tools/figures.py" if wrong else None)
    FOLDER.mkdir(exist_ok=True)
    for path in left_over():
        path.unlink()
    for path, svg in changed.items():
        path.write_text(svg, encoding="utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    if "--png" in sys.argv:
        from tools.drawing.raster import refresh  # needs a browser and Pillow

        for path in refresh(FOLDER):
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
