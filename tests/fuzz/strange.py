"""What strangers write: texts and numbers that have broken a program somewhere."""

from __future__ import annotations

import json
from typing import Any

TEXTS = (
    "", " ", "\0", "\n", "\r", "\t", "\x85", "\u2028", "\ufeff", "\u3000", "\u200d", "\u202e", "\u2066", "\x7f",
    "\ud83d", "\udc00\ud800", "a\udcffb", "\U0010ffff", "\uffff", "🦆", "👩‍👩‍👧", "é", "İ", "ß", "ﬁ", "ﷺ", "²", "1²2", "٣", "９", "Ⅷ", "㊿",
    "\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x1b[8m", "\b\b\b", "\x07",
    "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "<script>window.caught = 1</script>", "'\"><img src=x onerror=1>",
    "</td></table>", "]]>", "--", "&lt;", "{0}", "{x!r}", "{", "}", "%s%n", "${HOME}", "`x`", "{{ 7 * 7 }}", "{% raw %}",
    "../../etc/passwd", "/etc/passwd", "C:\\x", "CON", "nul.txt", ".", "..", "a/b", "~", "__MACOSX/x", "x.ipynb", "x.py",
    "NaN", "Infinity", "1e999", "-0", "9" * 400, "0x1f", "True", "None", "...", "????", "____", "TODO", "# %%", "# In[1]:",
    "RNN", "train", "knock81", "multi_head", "81", "課題81", "## 81. RNN", "transformer", "self", "forward", "torch",
)  # fmt: skip
LONG = (
    "x" * 200_000, "-" * 100_000 + "1", "(" * 5_000, "[" * 5_000 + "]" * 5_000, "\n" * 20_000, " " * 50_000, "#" * 50_000,
    "9" * 5_000, "a." * 20_000, "1." * 20_000, "_" * 50_000, "?" * 50_000, "'" * 20_000, "x = " * 20_000, "\\\n" * 20_000,
    "a b " * 20_000, "é" * 50_000, "\u3000" * 50_000, "\ud800" * 10_000, "%" * 20_000, "{" * 20_000, "0" * 50_000 + "!",
    "q_k_v_o_" * 5_000, "import a, " * 5_000, "from . import a\n" * 3_000, "not " * 50_000 + "1", "lambda: " * 20_000 + "1",
    "if x:\n" * 1_000, "".join(" " * depth + "if x:\n" for depth in range(300)), "x" + "[0]" * 20_000, "f(" * 300 + ")" * 300,
    "class A(A): pass\n" * 2_000, "a = b = " * 10_000 + "1", "1 if " * 5_000, "f'{" * 200, "@a\n" * 5_000, "🦆" * 20_000,
)  # fmt: skip
NUMBERS: tuple[Any, ...] = (
    0, 1, -1, 2, 3, 80, 81, 255, 256, 2**31, 2**63, -(2**63), 2**64, 10**30, 10**300, 0.0, -0.0, 0.5, 1e308, -1e308, 5e-324,
    float("nan"), float("inf"), float("-inf"), True, False, None,
)  # fmt: skip
EMPTY: tuple[Any, ...] = ([], {}, "", [[]], {"": {}}, [None], [{}], [0])


def deep(depth: int, kind: str = "list") -> Any:
    """A value that is nested so deep."""
    value: Any = None
    for _ in range(depth):
        value = [value] if kind == "list" else {"x": value}
    return value


def dumped(value: Any) -> bytes:
    """A value as JSON, with half surrogates and NaN as Python's json spells them."""
    return json.dumps(value).encode()


def parsed(data: bytes) -> Any:
    """The value of such JSON. Raises ValueError for anything else, RecursionError for what is too deep."""
    return json.loads(data.decode("utf-8", "surrogatepass"))
