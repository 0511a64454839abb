"""How a student's model wants to be asked, and the data as a student's loop wants them.

The contract asks `model(ids)` with ids (B, T), or `model(ids, mask)`. A `CallConvention` says what else a forward wants handed in
(h_0, lengths, token types), whether it takes a batch object, one title at a time or the time first; `arranged` puts the
contract's arguments into that form. `MAKERS` do the same for arguments of functions.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from grader.matching.before_forward import prepared_by
from grader.matching.one_hot import one_hot, reads_one_hot
from grader.matching.payloads.arguments import object_of
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import attributes, keys, unpacked
from grader.sandbox.payload import remote

Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class CallConvention:
    """extras: what `forward` wants behind the ids, as (its name for it, what it is). parts: the same inside a batch.

    batch: "" where there is none, "dict", "object" or "tuple". single: one title (T,) at a time. batch_first: False for
    ids (T, B). alone: `forward` has no place for a mask, and has to tell padding by its id, 0. length: the one T at which it
    can be asked, where it is made for titles of one length; 0 for any; longer: the shortest, and longer ones go too. first: the method that is called before each time, with
    the size of the batch where it takes one. one_hot: the words come as vectors (B, T, V) with a single 1.
    """

    extras: tuple[tuple[str, str], ...] = ()
    batch: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    single: bool = False
    batch_first: bool = True
    alone: bool = False
    length: int = 0
    longer: bool = False
    first: tuple[str, bool] | None = None
    one_hot: bool = False

    @property
    def plain(self) -> bool:
        return self == PLAIN

    @property
    def invents_labels(self) -> bool:
        """Whether a model wants labels, which nobody has where it is asked for scores."""
        return any(what in ("labels", "targets") for _, what in (*self.extras, *self.parts))


PLAIN = CallConvention()


def meaning(name: str) -> str:
    """What a further argument of `forward`, or a part of a batch, is, going by its name."""
    low = name.lower()
    for what, pieces in (
        ("lengths", ("len",)),
        ("mask", ("mask",)),
        ("types", ("token_type", "segment", "type_id", "seg")),
        ("labels", ("label", "target", "trg", "categor", "tgt")),
    ):
        if any(piece in low for piece in pieces):
            return what
    if low in ("y", "t", "ys"):
        return "labels"
    return "state"


def meaning_in(written: SourceIndex, name: str) -> str:
    """As `meaning`; an argument of no known name is what the notebook's own calls give it: `model(ids, mask, return_dict=False)`."""
    what = meaning(name)
    if what != "state":
        return what
    nodes = (node for _, tree in written.parsed for node in ast.walk(tree) if isinstance(node, ast.Call))
    given = (k.value for node in nodes for k in node.keywords if k.arg == name)
    found = next((one for one in given if isinstance(one, ast.Constant) and one.value is not None), None)
    return what if found is None else f"={found.value!r}"


def read_form(written: SourceIndex, own: str, section: str, parameters: Sequence[Any]) -> CallConvention:
    """The form in which a class is asked: that of its `forward`, and what has to be called before."""
    form = form_of_forward(written, own, section, parameters)
    defined = written.definition(own, section)
    return replace(form, first=prepared_by(defined), one_hot=reads_one_hot(defined, written, section))


def form_of_forward(written: SourceIndex, own: str, section: str, parameters: Sequence[Any]) -> CallConvention:
    """The form of a class's `forward`: its required parameters, and whether its first one is taken apart."""
    rows = [p for p in parameters if isinstance(p, list | tuple) and len(p) >= 3]
    plain = [p for p in rows if p[1] in ("POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD")]
    extras = tuple((str(p[0]), meaning_in(written, str(p[0]))) for p in plain[1:] if not p[2])
    alone = len(plain) == 1 and not any("VAR_POSITIONAL" in str(p[1]) for p in rows)
    defined = written.definition(own, section)
    forward = defined.method("forward") if defined else None
    if forward is None or len(forward.args.args) < 2:
        return CallConvention(extras, alone=alone)
    first = forward.args.args[1].arg
    for kind, names in (
        ("dict", keys(forward, first)),
        ("object", attributes(forward, first)),
        ("tuple", unpacked(forward, first)),
    ):
        if names:
            return CallConvention(extras, kind, parts_of(names))
    return CallConvention(extras, alone=alone)


def parts_of(names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What each part of a batch is: the first that can be nothing else holds the ids."""
    found = [(name, meaning(name)) for name in names]
    ids = next((i for i, (_, what) in enumerate(found) if what == "state"), 0)
    return tuple((name, "ids" if i == ids else what) for i, (name, what) in enumerate(found))


def arranged(form: CallConvention, args: tuple[Any, ...], weights: Weights) -> tuple[Any, ...]:
    """The contract's arguments (ids, or ids and mask) as `form` wants them. ids (B, T)."""
    if form.plain or not args or not isinstance(args[0], Tensor):
        return args
    if form.alone and len(args) > 1:
        return (args[0] * args[1],)
    ids, mask = args[0], args[1] if len(args) > 1 else None
    words = one_hot(ids, {**weights}) if form.one_hot else ids
    given = {"ids": words if form.batch_first else words.transpose(0, 1).contiguous()}
    states = sum(what == "state" for _, what in form.extras)

    def part(what: str) -> Any:
        return given["ids"] if what == "ids" else further(what, ids, mask, weights, states)

    if not form.batch:
        wanted = [part(what) for _, what in form.extras]
        return (given["ids"], *wanted) if len(args) == 1 else with_mask(form, args, part)
    inside = {name: part(what) for name, what in form.parts}
    whole: Any = inside
    if form.batch == "tuple":
        whole = tuple(inside.values())
    elif form.batch == "object":
        whole = remote(object_of, inside)
    return (whole, *(part(what) for _, what in form.extras))


def preparation(form: CallConvention, message: dict[str, Any], batch: int) -> dict[str, Any] | None:
    """The request that comes before this one, to the same object; None where there is none."""
    if form.first is None:
        return None
    method, takes_size = form.first
    plain: dict[str, Any] = {name: message[name] for name in ("op", "section", "target", "seed") if name in message}
    return {**plain, "args": (batch,) if takes_size else (), "kwargs": {}, "method": method}


def with_mask(form: CallConvention, args: tuple[Any, ...], part: Callable[[str], Any]) -> tuple[Any, ...]:
    """(ids, mask) in the order of the student's parameters; unnamed ones keep their place."""
    named = [what for _, what in form.extras]
    if "mask" not in named:
        return (*args, *(part(what) for what in named[1:]))
    return (args[0], *(args[1] if what == "mask" else part(what) for what in named))


def further(what: str, ids: Tensor, mask: Tensor | None, weights: Weights, states: int) -> Any:
    if what == "nothing":
        return None
    if what.startswith("="):
        return ast.literal_eval(what[1:])
    if what == "targets":
        return ids.clone()
    if what == "lengths":
        return torch.full((len(ids),), ids.shape[1])
    if what == "mask":
        return torch.ones_like(ids) if mask is None else mask
    if what == "types":
        return torch.zeros_like(ids)
    if what == "labels":
        return torch.zeros(len(ids), dtype=torch.long)
    return first_state(weights, len(ids), alone=states == 1)


def first_state(weights: Weights, batch: int, alone: bool) -> Any:
    """h_0 = 0: (layers, B, H), (B, H) for a cell, a pair of them for an LSTM that gets it as one argument."""
    recurrent = {n: w for n, w in weights.items() if "weight_hh" in n and w.dim() == 2}
    if not recurrent:
        matrices = [w for w in weights.values() if w.dim() == 2]
        width = matrices[-1].shape[1] if matrices else 1
        return torch.zeros(1, batch, width)
    rows, width = next(iter(recurrent.values())).shape
    in_layers = [n for n in recurrent if "weight_hh_l" in n]
    state = torch.zeros(len(in_layers), batch, width) if in_layers else torch.zeros(batch, width)
    return (state, state.clone()) if alone and rows == 4 * width else state


def with_labels(form: CallConvention) -> list[CallConvention]:
    """The forms in which labels that a model cannot do without are one a title, and one a word; none where it does without."""
    if all(what != "labels" for _, what in form.extras):
        return []
    each = tuple((name, "targets" if what == "labels" else what) for name, what in form.extras)
    return [form, replace(form, extras=each)]


def with_targets(form: CallConvention, parameters: Sequence[Any]) -> CallConvention | None:
    """The form in which a language model is given targets too, where it can do without: some score all places only then.

    def forward(self, idx, targets=None): ... if targets is None: return self.head(x[:, [-1]])
    """
    rows = [p for p in parameters if isinstance(p, list | tuple) and len(p) >= 3 and "VAR_" not in str(p[1])]
    names = [str(p[0]) for p in rows[1:]]
    place = next((n for n, name in enumerate(names) if meaning(name) == "labels"), None)
    if place is None or not rows[place + 1][2] or form.batch:
        return None
    before = dict(form.extras)
    extras = tuple((name, before.get(name, "nothing")) for name in names[:place])
    return replace(form, extras=(*extras, (names[place], "targets")))


def time_first(form: CallConvention) -> CallConvention:
    return replace(form, batch_first=False)


def one_by_one(form: CallConvention) -> CallConvention:
    return replace(form, single=True)


# --- arguments of functions ----------------------------------------------------------------------

IDS = ("inputs", "input", "ids", "src", "text", "x", "X", "title", "features", "input_ids", "data", "tokens", "word_ids",
       "sentence", "feature", "seq", "TEXT", "TITLE", "id", "words")  # fmt: skip
LABELS = ("labels", "label", "targets", "target", "trg", "y", "t", "category", "LABEL", "tgt", "CATEGORY", "cat", "Y")


def data_keys(definitions: Sequence[Definition]) -> tuple[str, str] | None:
    """The names under which a loop finds ids and label in an item of the data, or None where items are pairs."""
    found = [key for definition in definitions for key in keys(definition.node)]
    ids = next((key for key in found if key in IDS), None)
    labels = next((key for key in found if key in LABELS), None)
    return (ids, labels) if ids and labels else None


def items(data: Any, names: tuple[str, str] | None) -> Any:
    """The contract's list of (ids, label), as dicts where the student's items have names."""
    if names is None or not isinstance(data, list | tuple):
        return data
    return [{names[0]: ids, names[1]: label} for ids, label in data]


def mapping(size: Any) -> Any:
    """A dict with `size` words, for a class that takes the vocabulary itself."""
    return {f"w{number}": number for number in range(size)} if isinstance(size, int) else size
