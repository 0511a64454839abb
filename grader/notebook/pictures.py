"""Pictures that stand within text as their own address, as our figures do and what is dropped into a cell of Colab."""

from __future__ import annotations

import re

WITHIN_TEXT = re.compile(r"(!\[[^\[\]\n]*\])\(data:image/[^()\s]*\)")  # ![mask](data:image/png;base64,iVBORw0K...)


def without_pictures(text: str) -> str:
    """The text with "(picture)" in place of such addresses: forty thousand letters with nothing to read in them."""
    return WITHIN_TEXT.sub(r"\1(picture)", text) if "](data:image/" in text else text
