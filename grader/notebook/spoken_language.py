"""Whether somebody writes Japanese, told by the prose: texts, and comments in the code.

Japanese sentences are data as well (`pairs = [("I run.", "私は走る。")]`), and an English text quotes some. So what counts is how much
of the prose is Japanese: of our English notebooks at most 3 letters in 1,000, of Japanese people's never fewer than 100.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.model import Cell

KANA = re.compile(r"[ぁ-んァ-ヶ]")  # 学習する: kanji alone may be Chinese
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
LATIN = re.compile(r"[A-Za-z]")
COMMENT = re.compile(r"#[^\n]*")
# `code`, a formula, a picture that lies in the text itself, an address: the same in every language
NO_PROSE = re.compile(r"`[^`\n]*`|\$[^$\n]*\$|\(data:[^()\s]*\)|https?://\S+")
SHARE = 50  # one Japanese letter in so many Latin ones
# Latin letters: with fewer there is hardly any prose, and a Japanese text in the code tells more than nothing.
LITTLE = 100


def is_japanese(cells: Iterable[Cell]) -> bool:
    whole = list(cells)
    texts = (cell.source for cell in whole if cell.kind != "code")
    return is_japanese_prose(texts, (cell.source for cell in whole if cell.kind == "code"))


def is_japanese_prose(texts: Iterable[str], code: Iterable[str]) -> bool:
    sources = list(code)
    comments = (comment for source in sources for comment in COMMENT.findall(source))
    prose = "\n".join([*(NO_PROSE.sub("", text) for text in texts), *comments])
    if len(LATIN.findall(prose)) < LITTLE:
        return bool(KANA.search(prose) or any(map(KANA.search, sources)))
    return bool(KANA.search(prose)) and SHARE * len(JAPANESE.findall(prose)) >= len(LATIN.findall(prose))
