"""A function that fine-tunes, asked with titles: through the student's own Dataset, or with what its loop takes apart.

The contract hands over titles, labels and a tokenizer. Most functions of this kind are handed a Dataset that asks the
tokenizer itself, or batches of ids and mask; a label is then a number or a row with a single 1, as the loss wants it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.matching.adapters.dataset_encode import encodes, fills_dataset, specified
from grader.matching.bind import BY_NAME, called, parameters_of
from grader.matching.call_convention import meaning
from grader.matching.match import Argument, Values, given
from grader.matching.payloads import arguments as payload
from grader.matching.payloads.arguments import adamw, loader, loss
from grader.matching.payloads.datasets import encoded_items, own_dataset
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import free_names, identifiers, keys
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

ONE_HOT = re.compile(
    r"BCEWithLogitsLoss|BCELoss|MSELoss|get_dummies|one_hot|np\.eye|OneHotEncoder|binary_cross_entropy"
)
LOSSES = re.compile(r"\b(BCEWithLogitsLoss|BCELoss|MSELoss|NLLLoss|CrossEntropyLoss)\(")


SETS = ("train_set", "valid_set")


def by_part(train: Any, valid: Any) -> Any:
    """What these two make of the contract's arguments, by the name of the part."""
    return lambda values: remote(payload.by_part, train(values), valid(values))


@dataclass(frozen=True)
class Data:
    """Titles in one of the forms that a function may take. own: the student's Dataset, by name, with what each parameter is.

    parts: (name, what it is) of an item where there is none. loss: the one that the notebook computes.
    tokenizers: globals in which that Dataset looks for one.
    """

    one_hot: bool
    own: tuple[str, list[tuple[str, Any]]] | None = None
    parts: tuple[tuple[str, str], ...] = ()
    named: bool = False
    loss: str = "CrossEntropyLoss"
    tokenizers: tuple[str, ...] = ()

    def made(self, values: Values, source: str) -> RemoteExpr:
        pairs = [(title, int(label)) for title, label in values[source]]
        if self.own is not None:
            return remote(
                own_dataset, RemoteExpr(name=self.own[0]), self.own[1], values["tokenizer"], pairs, self.one_hot
            )
        return remote(encoded_items, self.parts, self.named, values["tokenizer"], pairs, self.one_hot)

    def argument(self, role: str) -> Argument | None:
        """What a parameter in this role is given; None where the contract's own argument will do."""
        if role in ("train_set", "valid_set"):
            return Argument(role, (role,), lambda values: self.made(values, role), also=("tokenizer",))
        if role in ("train_loader", "valid_loader"):
            source = "train_set" if role == "train_loader" else "valid_set"
            return Argument(role, (source,), self.loader(source), also=("tokenizer", "batch_size"))
        if role == "loaders":
            return Argument(role, SETS, by_part(*map(self.loader, SETS)), also=("tokenizer", "batch_size"))
        if role == "optimizer":
            return Argument(role, ("model", "lr"), lambda values: remote(adamw, values["model"], values["lr"]))
        if role == "criterion":
            return Argument(role, (), given(remote(loss, self.loss)))
        return None

    def loader(self, source: str) -> Any:
        def make(values: Values) -> RemoteExpr:
            shuffled = source == "train_set"
            return remote(loader, self.made(values, source), values.get("batch_size", 1), shuffled, None)

        return make


def forms(
    reached: Sequence[Definition], written: SourceIndex, rows: Sequence[dict[str, Any]], section: str
) -> Iterator[Data | None]:
    """The forms in which the titles may be wanted, likeliest first; None: as the contract has them."""
    text = "\n".join(cell.source for cell in written.cells if cell.serves(section) or "BERT" in cell.source.upper())
    found = LOSSES.findall(text)
    loss = found[0] if found else "CrossEntropyLoss"
    asks = any(
        called(BY_NAME["tokenizer"], name, True) for d in reached for name in (*free_names(d.node), *parameters(d))
    )
    hot = bool(ONE_HOT.search(text))
    if asks:
        yield None
    makers = [d for d in written.definitions if encodes(d) or fills_dataset(d)]
    own = [(d, spec) for d in makers if (spec := spec_of(d, rows)) is not None]
    shapes = [Data(False, own=(d.name, spec), tokenizers=tokenizers(d)) for d, spec in reversed(own)] or [
        Data(False, parts=p, named=n) for p, n in items(reached)
    ]
    for one_hot in (hot, not hot):
        for shape in shapes:
            yield replace(shape, one_hot=one_hot, loss=loss)
    if not asks:
        yield None


def tokenizers(defined: Definition) -> tuple[str, ...]:
    return tuple(name for name in free_names(defined.node) if called(BY_NAME["tokenizer"], name, True))


def parameters(defined: Definition) -> list[str]:
    node = defined.node
    return [] if isinstance(node, ast.ClassDef) else [a.arg for a in (*node.args.args, *node.args.kwonlyargs)]


def spec_of(defined: Definition, rows: Sequence[dict[str, Any]]) -> list[tuple[str, Any]] | None:
    """What each parameter of a Dataset, or of a function that makes one, is given, see `datasets.specified`."""
    row = next((r for r in rows if r.get("name") == defined.name and r.get("kind") in ("class", "function")), None)
    told = row.get("parameters") if row is not None else None
    return specified(parameters_of(told, None)) if isinstance(told, list) else None


def items(reached: Sequence[Definition]) -> Iterator[tuple[tuple[tuple[str, str], ...], bool]]:
    """What the loop over batches takes apart: names of a dict, or places of a tuple."""
    loops = [
        part
        for d in reached
        for part in ast.walk(d.node)
        if isinstance(part, ast.For) and "backward" in identifiers(part)
    ]
    for loop in reversed(loops):
        for names, named in ((keys(loop), True), (targets(loop), False)):
            parts = tuple((name, "ids" if what == "state" else what) for name in names for what in [meaning(name)])
            whats = [what for _, what in parts]
            if whats.count("ids") == whats.count("labels") == 1 and len(set(whats)) == len(whats):
                yield parts, named


def targets(loop: ast.For) -> list[str]:
    """`for ids, mask, labels in loader`, with or without enumerate; or taken apart in its first lines."""
    wanted: list[ast.expr] = [loop.target, *(t for s in loop.body if isinstance(s, ast.Assign) for t in s.targets)]
    for target in wanted:
        if isinstance(target, ast.Tuple) and isinstance(target.elts[-1], ast.Tuple):
            target = target.elts[-1]
        if isinstance(target, ast.Tuple) and all(isinstance(e, ast.Name) for e in target.elts):
            names = [e.id for e in target.elts if isinstance(e, ast.Name)]
            if len(names) > 1 and any(meaning(name) == "labels" for name in names):
                return names
    return []
