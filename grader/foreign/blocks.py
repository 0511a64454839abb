"""Blocks between two lines of their own, which other graders leave out of what a student gets."""

from __future__ import annotations

import re


def without_blocks(text: str, begins: re.Pattern[str], ends: re.Pattern[str]) -> str:
    """The text without the lines from one that begins a block to the next that ends it. A block that never ends is none."""
    kept: list[str] = []
    block: list[str] = []
    for line in text.split("\n"):
        if block or begins.fullmatch(line):
            block.append(line)
            block = [] if ends.fullmatch(line) else block
        else:
            kept.append(line)
    return "\n".join(kept + block)
