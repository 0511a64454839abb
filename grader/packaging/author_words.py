"""The list of words in docs/authors.md: everything that a check is written with, from its own signature and docstring.

python -m grader.packaging.author_words      writes it anew; `make build` does so too
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import checks

PAGE = Path(__file__).parents[2] / "docs" / "authors.md"
BEGIN, END = "<!-- words: made by `make build` from grader/checks; do not edit. -->\n", "<!-- end of words -->\n"
QUOTED = re.compile(
    r"""(: |-> )(?:'([^']*)'|"([^"]*)")"""
)  # "low: 'int'", as `inspect` writes what is annotated in text
LONGEST = 300  # characters of a signature with its annotations; a longer one is written without
GROUPS = {
    "To declare": ("check", "misconception", "accepts", "edit", "Text", "Failure", "Evidence", "run_tests"),
    "To ask the student": ("Student",),
    "What the student built": ("Module",),
    "Fresh inputs": ("Draw",),
    "To read what comes back (`view=`)": ("normalise", "Table", "Column", "Record", "Members", "Figure", "Axes", "Mark"),
    "To compare": ("same", "compare"),
    "To see without knowing the answer": ("properties",),
    "To ask again": ("recompute", "backward", "slopes", "by_shape"),
    "Parts of the student's own beside ours": ("StandsFor", "own_scores", "tell_leftovers", "as_written"),
    "Answers under other names": ("Interface", "Probe", "Trait", "sign", "trace"),
}  # fmt: skip
# What the words above are made of, and what only a lesson with foreign forms needs.
INNER = frozenset({
    "CallFailed", "CallFailed.names_a_given_word", "Exchange", "MODULE", "Notes", "Handle", "Opaque", "UnlikeAnyAnswer", "Unmatched", "View", "remote", "request",
    "Student.ask_and_inputs", "Student.keep_changeable", "Student.lend_asking", "Student.build", "Student.matched",
    "Student.own_global", "Student.limitations", "Student.sized", "Student.takes", "Student.promised",
    "Student.backing", "Student.known", "Student.rehearsal", "Student.adopt", "Student.form", "Student.form_of", "Student.forget", "Student.restate",
    "Student.ask", "Student.exchange", "Student.send", "Exchange.builds",
    "Module.confirm", "Text.in_", "Interface.trains", "Interface.has_own_forms",
    "normalise.as_numbers", "normalise.without_gradients", "normalise.unlike", "normalise.log_probabilities",
    "compare.inside", "compare.short_name", "compare.is_numeric", "compare.as_tensor", "compare.pairs", "compare.an_array",
    "compare.same", "compare.near", "compare.same_arrays", "compare.shortened",
    "properties.compared", "properties.as_array", "properties.matrix", "properties.number", "properties.sentence",
    "recompute.remembered", "recompute.drawn_anew", "recompute.written_into",
    "recompute.in_training", "backward.cotangents", "backward.inputs_cut_off", "backward.exchanged",
    "slopes.claimed", "slopes.as_inputs", "slopes.with_inputs",
    "by_shape.is_table", "by_shape.kind_of", "by_shape.drawn",
})  # fmt: skip


def vocabulary() -> dict[str, Any]:
    """Every public word by its name: `check`, `Draw`, `Draw.integers`, `properties.has_shape`."""
    found: dict[str, Any] = {}
    for name in checks.__all__:
        word = getattr(checks, name)
        found |= {} if isinstance(word, ModuleType) else {name: word}
        found |= {f"{name}.{part}": value for part, value in members(word)}
    return found


def members(word: Any) -> Iterator[tuple[str, Any]]:
    """The public functions of a module, or methods of a class with what it inherits from ours, in the order in which they stand."""
    for name, value in own_names(word).items():
        if name.startswith("_") and name != "__call__":
            continue
        if isinstance(word, ModuleType):
            own = inspect.isfunction(value) and f"{value.__module__}.".startswith(f"{word.__name__}.")
        else:
            own = inspect.isfunction(value) or isinstance(value, property | staticmethod | classmethod)
        if own:
            yield name, value


def own_names(word: Any) -> dict[str, Any]:
    if isinstance(word, ModuleType):
        return vars(word)
    mro = inspect.getmro(word) if inspect.isclass(word) else ()
    ours = [one for one in mro if one is word or one.__module__.startswith("grader.checks.")]
    return {name: value for one in reversed(ours) for name, value in vars(one).items()}


def render(page: str) -> str:
    """The page with the words as they are now."""
    before, _, rest = page.partition(BEGIN)
    return before + BEGIN + "\n".join(listed()) + "\n" + END + rest.partition(END)[2]


def listed() -> Iterator[str]:
    words = vocabulary()
    for title, names in GROUPS.items():
        yield f"\n**{title}**\n"
        for name in names:
            shown = [one for one in words if one == name or one.startswith(f"{name}.")]
            yield from (entry(one, words[one]) for one in shown if one not in INNER)


def entry(name: str, word: Any) -> str:
    """`- `draw.integers(low: int, high: int, *shape: int) -> Tensor`: Whole numbers from ...`"""
    return f"- `{written(name, word)}`: {said_by(word)}"


def written(name: str, word: Any) -> str:
    """A word as it is written in a check: methods are those of `student`, `draw`, `module`."""
    owner, _, part = name.rpartition(".")
    if isinstance(word, property):
        return f"{owner.lower()}.{part}"
    if inspect.isclass(word) and (word in GIVEN or issubclass(word, Enum)):
        return name
    function = word.__func__ if isinstance(word, staticmethod | classmethod) else word
    shown = owner if isinstance(word, staticmethod | classmethod) or owner in MODULES else owner.lower()
    call = shown if part == "__call__" else f"{shown}.{part}".lstrip(".")
    return call + signature(
        function, in_class=bool(owner) and owner not in MODULES and not isinstance(word, staticmethod)
    )


GIVEN = (checks.Student, checks.Module, checks.Draw, checks.Members)  # nobody makes one in a check
MODULES = frozenset(name for name in checks.__all__ if isinstance(getattr(checks, name), ModuleType))


def signature(function: Callable[..., Any], in_class: bool) -> str:
    """With annotations as they stand in the source, without `self`."""
    found = inspect.signature(function)
    kept = [p for n, p in enumerate(found.parameters.values()) if not (in_class and n == 0)]
    kept = [p if is_short(p.default) else p.replace(default=...) for p in kept]
    text = QUOTED.sub(r"\1\2\3", str(found.replace(parameters=kept))).removesuffix(" -> None")
    text = text.replace("Ellipsis", "...")
    if len(text) <= LONGEST:
        return text
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in kept]
    return str(found.replace(parameters=bare, return_annotation=inspect.Signature.empty)).replace("Ellipsis", "...")


def is_short(default: Any) -> bool:
    return default is inspect.Parameter.empty or isinstance(default, str | int | float | tuple | None)


def said_by(word: Any) -> str:
    """The prose of a docstring on one line; indented examples are left out. An enum's members are named."""
    paragraphs = (inspect.getdoc(word) or "").split("\n\n")
    prose = [" ".join(part.split()) for part in paragraphs if not part.startswith("    ")]
    if inspect.isclass(word) and issubclass(word, Enum):
        prose.append("One of: " + ", ".join(f"`{word.__name__}.{member.name}`" for member in word) + ".")
    return " ".join(prose)


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
