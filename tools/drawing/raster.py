"""The PNG of a figure, which notebooks carry: a browser takes a picture of the SVG.

Fonts and browsers differ, so a PNG is not compared byte by byte: it holds the digest of the SVG it was made of.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

Colour = tuple[int, ...]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SCALE = 1.3  # sharp enough on most screens, and about as wide as a notebook's cell
COLOURS = 127
CLEAR = COLOURS  # the index behind the colours: transparent
MARK = "Made-of"


def refresh(folder: Path) -> list[Path]:
    """Make the PNG of every SVG that has none, or one of an earlier state. -> those that were made"""
    made = []
    for svg in sorted(folder.glob("*.svg")):
        png = svg.with_suffix(".png")
        if not png.is_file() or made_of(png) != digest(svg):
            png.write_bytes(rendered(svg))
            made.append(png)
    return made


def digest(svg: Path) -> str:
    return hashlib.sha256(svg.read_bytes()).hexdigest()


def made_of(png: Path) -> str | None:
    with Image.open(png) as image:
        found = image.info.get(MARK)
    return found if isinstance(found, str) else None


def rendered(svg: Path) -> bytes:
    """A picture of few colours, which is a third as large, and transparent outside the card."""
    return of_few_colours(photograph(svg), digest(svg))


def of_few_colours(png: bytes, source: str) -> bytes:
    """source: the digest that the picture says it was made of."""
    with Image.open(io.BytesIO(png)) as image:
        few = with_palette(image.convert("RGBA"))
    marks = PngInfo()
    marks.add_text(MARK, source)
    buffer = io.BytesIO()
    few.save(buffer, "PNG", optimize=True, pnginfo=marks, transparency=bytes([255] * CLEAR + [0]))
    return buffer.getvalue()


def with_palette(image: Image.Image) -> Image.Image:
    """The image with its most frequent colours: all fills stay exact, only the soft edges of lines are rounded."""
    solid = image.convert("RGB")
    pixels = list(zip(*[iter(solid.tobytes())] * 3, strict=True))  # (red, green, blue)
    counted = Counter(pixels)
    kept = [colour for colour, _ in counted.most_common(COLOURS)]
    kept += [(0, 0, 0)] * (COLOURS - len(kept))
    index = {colour: kept.index(nearest(colour, kept)) for colour in counted}
    few = Image.new("P", image.size)
    few.putpalette([part for colour in (*kept, kept[0]) for part in colour])
    few.putdata([index[pixel] for pixel in pixels])
    few.paste(CLEAR, mask=image.getchannel("A").point(lambda alpha: 255 if alpha < 128 else 0))
    return few


def nearest(colour: Colour, others: Sequence[Colour]) -> Colour:
    return min(others, key=lambda other: sum((a - b) ** 2 for a, b in zip(colour, other, strict=True)))


def photograph(svg: Path) -> bytes:
    width, height = re.findall(r'(?:width|height)="([\d.]+)"', svg.read_text(encoding="utf-8"))[:2]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(f'<body style="margin:0"><img src="{svg.resolve().as_uri()}">', encoding="utf-8")
        return screen(page, width, height, SCALE)


def screen(page: Path, width: str, height: str, scale: float) -> bytes:
    """A PNG of what a browser shows of a page in a window of this size."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"PNGs are made by a browser; none of {', '.join(BROWSERS)} was found.")
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder, "shot.png")
        options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--allow-file-access-from-files")
        look = (f"--force-device-scale-factor={scale}", f"--window-size={width},{height}")
        target = ("--default-background-color=00000000", f"--screenshot={shot}", page.resolve().as_uri())
        subprocess.run([browser, *options, *look, *target], check=True, capture_output=True, timeout=120)
        return shot.read_bytes()
