"""One quiet palette. What a colour means never changes from figure to figure."""

from __future__ import annotations

from typing import NamedTuple


class Hue(NamedTuple):
    """A colour for lines and letters, and the pale one that fills a shape."""

    line: str
    fill: str


CARD, EDGE = "#FCFBF8", "#DDD8CC"
INK, SOFT, FAINT = "#2A2E35", "#5C6470", "#A9B0BA"
WHITE = "#FFFFFF"

# The three roles of attention, and its weights.
QUERY = Hue("#BF4F36", "#F8E3DC")
KEY = Hue("#2C6AA0", "#DCE8F3")
VALUE = Hue("#257A4D", "#DBEEE2")
WEIGHT = Hue("#7B56B3", "#E9E1F5")

# Who reads is cool, as its keys are; who writes is warm, as its queries are.
ENCODER = Hue("#4A719F", "#E9F0F7")
DECODER = Hue("#A35F35", "#FCEFE6")

PLAIN = Hue("#98A1AD", "#F1F2F4")
WORD = Hue("#B9B2A2", WHITE)
PADDING = Hue("#C3C7CD", "#E6E8EB")
NORM = Hue("#B99A2F", "#F8F0CF")

HEADS = (Hue("#24798A", "#CDE8EB"), Hue("#A3610E", "#F8E2BF"), Hue("#8556A8", "#E5D6F0"), Hue("#5F7F1F", "#DDE8C1"))
