"""What a code cell printed, as text: for the execution log."""

from __future__ import annotations

from typing import Any

LONGEST = 20_000  # characters that are kept of a cell


def text_of(outputs: Any) -> str:
    """Streams and plain-text results in order; pictures are `[image]`. Bounded; odd entries count for nothing."""
    parts = []
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        if output.get("output_type") == "stream" and output.get("name") != "stderr":
            parts.append(joined(output.get("text")))
        data = output.get("data")
        if isinstance(data, dict):
            image = any(str(kind).startswith("image/") for kind in data)
            parts.append("[image]\n" if image else joined(data.get("text/plain")) + "\n")
    return "".join(parts)[:LONGEST]


def joined(text: Any) -> str:
    return "".join(map(str, text)) if isinstance(text, list) else str(text or "")
