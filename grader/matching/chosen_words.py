"""A parameter that is told a word: which of several ways a class goes.

class Attn(nn.Module):
    def __init__(self, method, hidden_size):
        if self.method not in ["dot", "general", "concat"]: raise ValueError(...)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.matching.bind import SignatureParameter
from grader.matching.match import Argument, given
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import dotted
from grader.model import Probe, Text

DEEPEST = 3  # the decoder hands the word to its attention
# Of an attention that adds, the way that adds.
ADDITIVE = ("concat", "additive", "bahdanau", "mlp", "perceptron", "add")


def chosen(
    parameters: Sequence[SignatureParameter],
    defined: Definition | None,
    written: SourceIndex,
    section: str,
    probe: Probe,
) -> dict[str, Argument]:
    """The required parameters that are told a word which the notebook's own call does not say, each with the word."""
    found = {}
    for parameter in parameters if defined is not None else ():
        if not parameter.required or says_itself(parameter, written):
            continue
        ways = list(dict.fromkeys(compared(defined, parameter.name, written, section)))
        known = [way for way in ways if way.lower() in ADDITIVE] if probe is Probe.QUERY_OVER_KEYS else ways
        if known:
            told = Text(en=f"`{parameter.name}`: {known[0]!r}", ja=f"`{parameter.name}` は {known[0]!r}")
            found[parameter.name] = Argument(parameter.name, (), given(known[0]), True, parameter.by_place, told)
    return found


def says_itself(parameter: SignatureParameter, written: SourceIndex) -> bool:
    """Whether the own call hands over a word that is written out, there or as a global: attn_model = "dot"."""
    handed = parameter.handed
    if isinstance(handed, ast.Name):
        return any(isinstance(value, str) for value in written.constants([handed.id]))
    return isinstance(handed, ast.Constant) and isinstance(handed.value, str)


def compared(
    defined: Definition | None, name: str, written: SourceIndex, section: str, depth: int = DEEPEST
) -> Iterator[str]:
    """The words that a class compares a parameter with, or the attribute that keeps it, itself or in a class that it hands it on to."""
    if defined is None or depth == 0:
        return
    own = (name, f"self.{name}")
    for part in ast.walk(defined.node):
        if isinstance(part, ast.Compare) and dotted(part.left) in own:
            yield from (word.value for word in words_in(part.comparators) if isinstance(word.value, str))
        elif isinstance(part, ast.Call):
            inner = written.definition(dotted(part.func), section)
            for parameter in handed_to(part, own, inner):
                yield from compared(inner, parameter, written, section, depth - 1)


def words_in(values: Sequence[ast.expr]) -> Iterator[ast.Constant]:
    parts = (
        part
        for value in values
        for part in (value.elts if isinstance(value, ast.List | ast.Tuple | ast.Set) else [value])
    )
    yield from (part for part in parts if isinstance(part, ast.Constant))


def handed_to(call: ast.Call, own: Sequence[str], inner: Definition | None) -> Iterator[str]:
    """The parameters of a class that a call hands one of these names to."""
    init = inner.method("__init__") if inner is not None else None
    if init is None:
        return
    names = [argument.arg for argument in init.args.args[1:]]
    yield from (name for name, value in zip(names, call.args, strict=False) if dotted(value) in own)
    yield from (keyword.arg for keyword in call.keywords if keyword.arg and dotted(keyword.value) in own)
