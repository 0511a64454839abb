"""The few pieces of SVG that pictures are made of. ElementTree escapes every attribute and text."""

from __future__ import annotations

import math
from xml.etree import ElementTree as ET

from markupsafe import Markup


def canvas(width: float, height: float, title: str) -> ET.Element:
    size = {"width": n(width), "height": n(height), "viewBox": f"0 0 {n(width)} {n(height)}", "role": "img"}
    svg = ET.Element("svg", size | {"style": "max-width:100%;height:auto;overflow:visible"})
    ET.SubElement(svg, "title").text = title
    return svg


def write(parent: ET.Element, x: float, y: float, text: str, size: int, anchor: str = "middle") -> None:
    style = {"x": n(x), "y": n(y), "font-size": str(size), "text-anchor": anchor, "fill": "currentColor"}
    ET.SubElement(parent, "text", style).text = text


def finished(svg: ET.Element) -> Markup:
    """Markup that a template may put in as it is."""
    return Markup(ET.tostring(svg, encoding="unicode"))


def n(value: float) -> str:
    """A length, no longer than it has to be."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def number(value: float) -> str:
    """A value in at most six signs, with a real minus."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    size = abs(value)
    if value == int(value) and size < 1e5:
        text = str(int(value))
    elif size >= 1e5 or size < 5e-3:
        text = f"{value:.0e}"
    else:
        text = f"{value:.0f}" if size >= 1000 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return text.replace("-", "−")
