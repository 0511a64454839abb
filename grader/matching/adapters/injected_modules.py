"""Blocks and models that are handed their parts: `EncoderLayer(size, self_attn, feed_forward, dropout)`, `Seq2Seq(encoder, decoder, ...)`.

What stands in a parameter that the class keeps as it is, and that is called for a part, is made of the notebook's own class for it, at
the sizes that the whole is asked for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.matching.adapter import Query
from grader.matching.bind import BY_NAME, SignatureParameter, bind, extra, parameters_of
from grader.matching.match import Argument, Match, Values, plain
from grader.matching.sizes import derived, halved
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import dotted, with_layers
from grader.matching.vocabulary import ATTENDS, RECURRENT, squeezed
from grader.model import Interface, Probe, Text
from grader.sandbox.guest.codec import RemoteExpr

MADE = "def make(theirs, given):\n    return theirs(**given)\n"
NUMBER = re.compile(r"drop|dim|size|head_?s|num|width|rate|prob|hidden|inner|dff|bias|^n_|^d_")
STACK = ("d_model", "num_layers", "num_heads", "d_ff", "max_len")
KINDS = {
    "attention": (re.compile(r"attn|attention|^mha$|multihead|^sa$"), ("d_model", "num_heads")),
    "feed forward": (re.compile(r"feedforward|ffn|ffwd|^ff$|^mlp$|positionwise|^pwff"), ("d_model", "d_ff")),
}  # what it is called, squeezed; and what its class takes
OF_TEXTS = {
    "encoder": (re.compile(r"^(?:the|my|transformer|text)?enc(?:oder)?$"), ("vocab_size", *STACK)),
    "decoder": (re.compile(r"^(?:the|my|transformer|text)?dec(?:oder)?$"), ("vocab_size", *STACK)),
}
# What the attention of a decoder takes: all of it as wide as the state.
OF_STEP = dict.fromkeys(("query_size", "key_size", "attn_size"), "hidden_size")
# What the words of an encoder and of a decoder are in the whole.
WORDS = {"encoder": {"vocab_size": "src_vocab"}, "decoder": {"vocab_size": "tgt_vocab"}}
COPIES = ("clones", "deepcopy", "_get_clones", "get_clones")
OTHERS = re.compile(r"src|cross|encdec|source|memory")  # attention to another sentence
LIBRARY = re.compile(r"(?:(?:torch\.)?nn\.)?LayerNorm")
CLASSES = {
    "attention": re.compile(r"multihead|attention|mha"),
    "feed forward": re.compile(r"feedforward|feedfoward|ffn|mlp|positionwise|poswise"),
    "encoder": re.compile(r"^(?!.*(?:layer|block|cell|decoder)).*encoder"),
    "decoder": re.compile(r"^(?!.*(?:layer|block|cell|encoder)).*decoder"),
}
LAYER = re.compile(r"layer|block|encoder|decoder|model|transformer|residual|sublayer")


@dataclass(frozen=True, slots=True)
class InjectedModule:
    """One parameter that holds a part: its kind, the class that it is made of, and the argument."""

    kind: str
    own: str
    argument: Argument


def of_what(name: str, own: str) -> Text:
    """What is told of a part in the report."""
    return Text(
        en=f"`{name}` was given a `{own}` of your own", ja=f"`{name}` には、あなたの `{own}` を作って渡しました"
    )


TABLE = re.compile(r"(?:src|tgt|trg|word|shared|token)?(?:embedding|embed|emb)(?:layer|table)?")
MADE_TABLE = "def make(words, width):\n    import torch\n    return torch.nn.Embedding(words, width)\n"


def tables(parameters: Sequence[SignatureParameter], defined: Definition | None) -> dict[str, Argument]:
    """The parameters that are handed a layer that looks words up, each with one as wide as the state.

    class EncoderRNN(nn.Module):
        def __init__(self, hidden_size, embedding, n_layers=1): self.embedding = embedding ... self.embedding(input_seq)
    """
    if defined is None:
        return {}
    called = {dotted(part.func) for part in ast.walk(defined.node) if isinstance(part, ast.Call)}
    kept = {
        dotted(target): part.value.id
        for part in ast.walk(defined.node)
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Name)
        for target in part.targets
    }
    layers = {name for attribute, name in kept.items() if attribute in called}
    return {
        p.name: Argument(
            p.name, ("vocab_size", "hidden_size"), looked_up, True, p.by_place, of_what(p.name, "nn.Embedding")
        )
        for p in parameters
        if p.required and p.name in layers and TABLE.fullmatch(squeezed(p.name))
    }


def looked_up(values: Values) -> RemoteExpr:
    return RemoteExpr(MADE_TABLE, (values["vocab_size"], values["hidden_size"]))


def normalises(row: dict[str, Any]) -> bool:
    """Whether a class can be a layer normalisation: it says so and takes one tensor. One by the root mean square is another."""
    name = squeezed(row["name"])
    required = [p for p in row.get("forward") or [] if not p[2]]
    return ("norm" in name or name == "ln") and "rms" not in name and len(required) == 1


def found_library_norm(query: Query) -> Iterator[Match]:
    """The library's normalisation, where the notebook has none of its own and its block is verified."""
    if query.guess is None and not query.matching.handed_out:
        block = query.other(Probe.BLOCK)
        found = library_norm(query.interface, query.written) if block is not None and block.verified else None
        if found is not None:
            yield found


def library_norm(wanted: Interface, written: SourceIndex) -> Match | None:
    """PyTorch's own normalisation where the notebook's classes use that one, under the name by which they do."""
    calls = [node for d in written.definitions for node in ast.walk(d.node) if isinstance(node, ast.Call)]
    name = next((n for n in map(dotted, (call.func for call in calls)) if LIBRARY.fullmatch(n)), None)
    if name is None or name.partition(".")[0] not in written.globals:
        return None
    note = Text(
        en=f"your classes normalise with the library's `{name}`, which was asked as {wanted.name}",
        ja=f"正規化にはライブラリの `{name}` を使っているので、それを {wanted.name} として確認しました",
    )
    arguments = (Argument("normalized_shape", ("d_model",), plain("d_model")), Argument("eps", ("eps",), plain("eps")))
    return Match(
        wanted,
        name,
        ("d_model", "eps"),
        arguments,
        target=RemoteExpr(name=name),
        kind="module",
        verified=True,
        notes=(note,),
    )


def kinds_of(probe: Probe) -> Mapping[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """What may be handed to a whole that is tried in this way."""
    return OF_TEXTS if probe is Probe.TWO_TEXTS else KINDS


def handed_in(parameters: Sequence[SignatureParameter], defined: Definition | None, probe: Probe) -> dict[str, str]:
    """The parameters that are parts: name -> kind. Only what the class keeps as it is, in an attribute or in copies."""
    init = defined.method("__init__") if defined is not None else None
    if init is None:
        return {}
    kept = {n.id for part in ast.walk(init) if isinstance(part, ast.Assign) for n in kept_in(part.value)}
    found = {}
    for parameter in parameters:
        low = squeezed(parameter.name)
        kind = next((kind for kind, (pattern, _) in kinds_of(probe).items() if pattern.search(low)), None)
        number = NUMBER.search(parameter.name.lower()) or OTHERS.search(low)
        if kind and parameter.required and parameter.name in kept and not number:
            found[parameter.name] = kind
    return found if len(set(found.values())) == len(found) else {}


def kept_in(value: ast.expr) -> list[ast.Name]:
    """The names that an assignment keeps: the name itself, or what copies of it are made of; several where it has several."""
    if isinstance(value, ast.Tuple):
        return [name for item in value.elts for name in kept_in(item)]
    if isinstance(value, ast.Name):
        return [value]
    if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] in COPIES:
        return [arg for arg in value.args if isinstance(arg, ast.Name)]
    return []


def maker(kind: str, rows: Sequence[dict[str, Any]], written: SourceIndex, section: str) -> str | None:
    """The notebook's class for a part of this kind, the likeliest one."""
    scored = []
    for place, row in enumerate(rows):
        name = squeezed(row["name"])
        found = written.words_reached(row["name"], section)
        if row.get("kind") != "module" or not CLASSES[kind].search(name):
            continue
        if kind == "attention" and not found & with_layers(ATTENDS):
            continue
        if kind in OF_TEXTS and found & set(RECURRENT):
            continue  # a translator, and no Transformer
        several = "multi" in name or "mha" in name
        scored.append((several, LAYER.sub("", name) == name, -place, str(row["name"])))
    return max(scored)[-1] if scored else None


def parts(
    parameters: Sequence[SignatureParameter],
    defined: Definition | None,
    rows: Sequence[dict[str, Any]],
    written: SourceIndex,
    section: str,
    probe: Probe,
) -> dict[str, InjectedModule]:
    """What goes into each parameter that is a part; nothing where one of them cannot be made. probe: what is asked of the whole."""
    found = {}
    for name, kind in handed_in(parameters, defined, probe).items():
        own = maker(kind, rows, written, section)
        row = next((r for r in rows if r["name"] == own), None)
        roles = (
            OF_STEP
            if probe is Probe.ATTENDING_STEP
            else {role: role for role in kinds_of(probe)[kind][1]} | WORDS.get(kind, {})
        )
        made = of_class(name, kind, roles, row, written, section) if row is not None else None
        if made is None:
            return {}
        found[name] = made
    return found


def of_class(
    name: str, kind: str, roles: Mapping[str, str], row: dict[str, Any], written: SourceIndex, section: str
) -> InjectedModule | None:
    """The argument that builds a part, with the sizes that its class takes; None where it takes what nobody knows.

    roles: what its class may take, and which size of the whole that is.
    """
    own, whole = str(row["name"]), (*roles, *roles.values())
    calls = written.calls(own, section)
    parameters = parameters_of(row.get("parameters"), calls[0] if calls else None)
    bound = bind([p for p in parameters if derived(p.name, whole) is None], tuple(roles))
    inside: list[Argument] = []
    for parameter in parameters:
        role = bound.roles.get(parameter.name)
        if role is not None:
            size = Argument(parameter.name, (roles[role],), plain(roles[role]))
            # Linear(2 * hid, 1) over query and key, both hid wide, reads no key twice as wide.
            inside.append(halved(size, written.definition(own, section)) if role == "key_size" else size)
        elif (same := derived(parameter.name, whole)) is not None and parameter.required:
            inside.append(same)
        elif parameter.required:
            inside.append(extra(parameter))
    if not all(argument.confident for argument in inside):
        return None
    needed = tuple(dict.fromkeys(role for argument in inside for role in argument.roles if role in BY_NAME))

    def value(values: Values) -> RemoteExpr:
        return RemoteExpr(MADE, (RemoteExpr(name=own), {a.name: a.value(values) for a in inside}))

    return InjectedModule(kind, own, Argument(name, needed, value, note=of_what(name, own)))
