"""A student's code and words as HTML: coloured, escaped, and nothing in it that can be pressed, fetched or run."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES

from grader.model.printable import legible

MOST_CODE = 60_000  # characters of a cell that are coloured; a longer one is shown plain
MOST_PROSE = 20_000  # characters of a text that is set; a longer one is shown as it was typed
# What could lead somewhere, or is markup of the student's own: shown as it was typed.
LEFT_AS_TYPED = ["link", "image", "autolink", "html_inline", "html_block", "reference"]
PLAIN = ("n", "p", "w", "err")  # names, brackets, blanks, what is no Python: as any other text


def code(source: str) -> list[Markup]:
    """Line by line, so that each can have a number and be pointed at."""
    source = legible(source)
    if len(source) > MOST_CODE:
        return [escape(line) for line in source.split("\n")]
    lines = [Markup("")]
    for kind, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        look = STANDARD_TYPES.get(kind, "")
        look = "" if look in PLAIN else look
        for i, piece in enumerate(text.split("\n")):
            if i:
                lines.append(Markup(""))
            if piece:
                lines[-1] += Markup('<span class="{}">{}</span>').format(look, piece) if look else escape(piece)
    return lines


def prose(source: str) -> Markup:
    """Markdown as it would be read, without links, pictures and HTML: these are shown as they were typed."""
    source = legible(source)
    if len(source) > MOST_PROSE:
        return Markup('<p class="typed">{}</p>').format(source)
    return Markup(setter().render(source))  # escaped by the library, whose raw HTML is switched off


@cache
def setter() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable(LEFT_AS_TYPED)
    made.core.ruler.push("plain", lambda state: made_plain(state.tokens))
    return made


def made_plain(tokens: Sequence[Token]) -> None:
    """A student's headings are no headings of our page, and a table's cells (`|:-:|`) bring no style along."""
    for token in tokens:
        token.attrs.pop("style", None)
        if token.type in ("heading_open", "heading_close"):
            level, token.tag = token.tag, "p"
            if token.nesting == 1:
                token.attrs["class"] = f"as-{level}"
