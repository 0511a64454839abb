"""The training of a language model as it is written in lectures that are typed along with.

There `get_batch(split)` takes its text and its sizes from globals, the loss is made inside `forward(idx, targets)`, and the loop over
steps stands in no function. The judge's text, sizes and model are put where the notebook's own are, and the rest runs as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import Any

import torch
from torch import Tensor

from grader.matching.adapters.training_loop import learns, reached
from grader.matching.bind import BY_NAME, SignatureParameter, called, extra
from grader.matching.match import Argument, Match, Values, given, plain
from grader.matching.payloads import language_model as payload
from grader.matching.payloads.fake_models import Table
from grader.matching.sizes import used_by
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import dotted, free_names, identifiers, top_level
from grader.matching.trial import Trial, TrialRunner
from grader.matching.vocabulary import is_one_of, words
from grader.model import Text
from grader.notebook.syntax import as_source, copied
from grader.sandbox.guest.codec import Handle, RemoteExpr
from grader.sandbox.payload import remote, source_of

SPLITS = words("split mode phase subset kind part which split_name data_split set name dataset_type partition")
TEXTS = words("data train_data val_data valid_data test_data train val valid text_data encoded tokens train_ids val_ids ids corpus "
              "train_tokens val_tokens train_set val_set dataset splits data_splits encoded_text train_text val_text")  # fmt: skip
STEP_COUNTS = words("max_iters max_steps num_steps n_steps steps iterations num_iters n_iters max_iter num_iterations total_steps "
                    "epochs num_epochs n_epochs training_steps train_steps max_epochs")  # fmt: skip
INSIDE = Text(
    en="the loss is made inside the model's forward: it was read there, with the judge's scores in the place of the model's",
    ja="損失はモデルの forward の中で計算されているので、モデルの出力を採点用の値に差し替えて、その場所で確認しました",
)
FLAT = Text(
    en="its scores were given as (B*T, V), and its targets as (B*T,)",
    ja="logits は (B*T, V)、正解は (B*T,) の形にして渡しました",
)
SHIFTED = Text(
    en="its labels are its inputs, which it moves by one itself",
    ja="ラベルに入力そのものを渡し、モデルの中で 1 つずらす形とみなしました",
)
STEPPED = Text(
    en="the loop over steps stands in no function: it was run again as it is, with another model, another text and other sizes",
    ja="学習のループが関数の中にないため、モデル・本文・サイズを差し替えて、そのまま実行し直しました",
)


# --- get_batch -----------------------------------------------------------------------------------


def batches(
    runner: TrialRunner, base: Match, parameters: Sequence[SignatureParameter], written: SourceIndex, section: str
) -> Iterator[Match]:
    """`get_batch` with the text and the sizes that it takes, and those that it reads.

    Required parameters whose names say nothing have each of the roles that are left, in turn: `def batches(data, size, n)`.
    """
    made = {p.name: argument_of(p, base.roles) for p in parameters}
    outside = world(runner, used_by([base.own], written, section), base.roles)
    note = reads(list(outside)) if outside else None
    notes = (*base.notes, note) if note else base.notes
    taken = {role for a in (*made.values(), *outside.values()) if a is not None for role in a.roles}
    left = [role for role in base.roles if role not in taken]
    silent = [p for p in parameters if p.required and not says(made[p.name])]
    nowhere = [p for p in silent if made[p.name] is None]  # the others are as in the notebook's own call
    for open_ in dict.fromkeys((tuple(silent), tuple(nowhere))):
        for order in permutations(left, len(open_)):
            told = {
                p.name: Argument(p.name, (r,), plain(r), by_place=p.by_place) for p, r in zip(open_, order, strict=True)
            }
            found = tuple(a for a in (made | told).values() if a is not None)
            yield replace(base, arguments=found, overrides=tuple(outside.values()), notes=notes)


def says(argument: Argument | None) -> bool:
    """Whether the name of a parameter says what it is given."""
    return argument is not None and (bool(argument.roles) or is_one_of(argument.name, SPLITS))


def argument_of(parameter: SignatureParameter, roles: Sequence[str]) -> Argument | None:
    """What a parameter of `get_batch` is given: a size, the text, the name of a split; None for what nobody knows."""
    name = parameter.name
    role = next((r for r in roles if called(BY_NAME[r], name, True)), None)
    if role is not None:
        return Argument(name, (role,), plain(role), by_place=parameter.by_place)
    if is_one_of(name, TEXTS):
        return Argument(name, ("ids",), plain("ids"), by_place=parameter.by_place)
    if is_one_of(name, SPLITS):
        handed = parameter.handed
        said = handed.value if isinstance(handed, ast.Constant) and isinstance(handed.value, str) else "train"
        return Argument(name, (), given(said), by_place=parameter.by_place)
    made = extra(parameter) if parameter.required else None
    return made if made is not None and made.note is not None else None


def world(
    runner: TrialRunner, definitions: Sequence[Definition], roles: Sequence[str], more: Sequence[str] = ()
) -> dict[str, Argument]:
    """The globals that stand for the text and for the sizes, and what they have to hold."""
    names = list(dict.fromkeys([*more, *(n for d in definitions for n in free_names(d.node))]))
    held = runner.ask("call", remote(payload.tell_streams, RemoteExpr(name="globals()"), names)).value
    held = held if isinstance(held, dict) else {}
    found = {}
    for name in names:
        kind = str(held.get(name, ""))
        role = next((r for r in roles if r in BY_NAME and called(BY_NAME[r], name, True)), None)
        if kind == "text" or (kind == "absent" and is_one_of(name, TEXTS)):
            found[name] = Argument(name, ("ids",), text_like(name))
        elif role is not None and role not in ("ids", "model") and kind in ("number", "absent"):
            found[name] = Argument(name, (role,), plain(role))
    return found


def text_like(name: str) -> Any:
    """The judge's text in the dress of the notebook's own of that name."""
    return lambda values: remote(payload.text_like, RemoteExpr(name=f"globals().get({name!r})"), values["ids"])


def reads(names: Sequence[str]) -> Text:
    listed = ", ".join(f"`{name}`" for name in names)
    return Text(
        en=f"it reads globals ({listed}), which held the judge's text and sizes while it was asked",
        ja=f"グローバル変数（{listed}）を読む形なので、採点の間だけ、そこに採点用の本文とサイズを入れました",
    )


def tried(runner: TrialRunner, match: Match) -> Trial:
    """Whether inputs and targets of the sizes that were asked for come back."""
    reply = runner.run(match, ids=torch.arange(60), batch_size=3, length=5)
    value = reply.value
    fine = isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(v, Tensor) for v in value)
    right = fine and all(tuple(v.shape) == (3, 5) for v in value)
    return Trial(2 if right else 0 if reply.fault else 1, match, reply.fault)


# --- the loss ------------------------------------------------------------------------------------


def losses(runner: TrialRunner, base: Match, parameters: Sequence[SignatureParameter]) -> Iterator[Match]:
    """A function that gives the mean cross-entropy of scores and targets, for (B, T, V) or flat (N, V), in this order or the other.

    One that gives something else may be meant for something else, and a person looks.
    """
    names = [p.name for p in parameters if p.required]
    scores = torch.arange(30.0).reshape(2, 3, 5).sqrt()
    targets = torch.tensor([[0, 3, 1], [4, 2, 2]])
    mean = torch.nn.functional.cross_entropy(scores.flatten(0, 1), targets.flatten())
    for flat in (False, True):
        for order in permutations(("logits", "targets")):
            target = RemoteExpr(name=base.own)
            match = replace(
                base,
                target=remote(payload.flat_loss, target) if flat else None,
                arguments=tuple(Argument(n, (r,), plain(r), by_place=True) for n, r in zip(names, order, strict=True)),
                notes=(FLAT,) if flat else (),
            )
            value = runner.run(match, logits=scores, targets=targets).value
            if isinstance(value, Tensor) and value.numel() == 1 and torch.isclose(value.double(), mean.double()):
                yield match


def loss_inside(base: Match, model: Match, sizes: dict[str, Any], shifts: bool) -> Match:
    """The loss that a model makes of its scores and of targets. model: how it is built, at these sizes.

    shifts: the labels are the inputs, and the model moves them by one.
    """
    known = [a for a in model.arguments if all(r in sizes for r in a.roles)]
    built = {a.name: a.value(sizes) for a in known}
    counted = [a.name for a in known if a.roles == ("vocab_size",)]
    outside = tuple(held(a, sizes) for a in model.overrides if all(r in sizes for r in a.roles))
    target = remote(payload.loss_inside, model.callee, built, counted, shifts)
    arguments = tuple(Argument(role, (role,), plain(role), by_place=True) for role in base.roles)
    return replace(
        base,
        own=model.own,
        target=target,
        arguments=arguments,
        overrides=outside,
        notes=(INSIDE, SHIFTED) if shifts else (INSIDE,),
    )


def labels_are_inputs(written: SourceIndex, own: str) -> bool:
    """Whether the notebook hands its model the same for ids and labels: `m = LM(...)`, `m(ids, ids)`, `m(x, labels=x)`."""
    nodes = [node for _, tree in written.parsed for node in ast.walk(tree)]
    made = [node for node in nodes if isinstance(node, ast.Assign) and own in called_in(node.value)]
    names = {target.id for node in made for target in node.targets if isinstance(target, ast.Name)}
    calls = (node for node in nodes if isinstance(node, ast.Call) and dotted(node.func) in {*names, "model"})
    return any(hands_twice(call) for call in calls)


def called_in(node: ast.AST) -> set[str]:
    """The names of all that is called in an expression: `GPT(config).to(device)` calls GPT."""
    return {dotted(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}


def hands_twice(call: ast.Call) -> bool:
    labels = [k.value for k in call.keywords if k.arg in ("labels", "targets", "label", "target")]
    second = [*call.args[1:2], *labels]
    plain_name = bool(call.args) and isinstance(call.args[0], ast.Name | ast.Attribute | ast.Subscript)
    return plain_name and any(ast.dump(part) == ast.dump(call.args[0]) for part in second)


def held(argument: Argument, sizes: dict[str, Any]) -> Argument:
    """What a global holds while the loss is read: as many words as there are scores, and else these sizes."""

    def value(values: Values) -> Any:
        return argument.value({**sizes, "vocab_size": values["logits"].shape[-1]})

    return replace(argument, roles=("logits", "targets"), value=value)


def makes_loss(defined: Definition | None) -> bool:
    """Whether `forward` takes targets beside the ids and makes a loss of them."""
    forward = defined.method("forward") if defined is not None else None
    return (
        forward is not None
        and len(forward.args.args) == 3
        and bool(identifiers(forward) & {"cross_entropy", "CrossEntropyLoss", "nll_loss"})
    )


def loss_tried(runner: TrialRunner, match: Match) -> Match | None:
    """The match, if it makes one number of scores and targets, and another of other targets."""
    scores = torch.arange(30.0).reshape(2, 3, 5).sqrt()
    found = [runner.run(match, logits=scores, targets=torch.full((2, 3), n)).value for n in (0, 3)]
    numbers = [f for f in found if isinstance(f, Tensor) and f.numel() == 1]
    return match if len(numbers) == 2 and not torch.equal(*numbers) else None


# --- the loop ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SteppedLoop:
    """A loop over steps: its text with `__steps__` turns, and the globals that it and what it calls read."""

    source: str
    names: tuple[str, ...]
    definitions: tuple[Definition, ...]


def steppings(written: SourceIndex, section: str) -> Iterator[SteppedLoop]:
    """The loops over steps at the top level, the last one first: one update in each turn, on a batch that it asks for."""
    for _, tree in reversed(written.parsed):
        for node in top_level(tree.body):
            if not isinstance(node, ast.For) or not learns(node, written, section):
                continue
            if any(
                isinstance(part, ast.For | ast.While) and learns(part, written, section)
                for part in ast.walk(node)
                if part is not node
            ):
                continue  # one over epochs: how many steps there are is the data's to say
            if "param_groups" in identifiers(node):
                continue  # it sets its own pace, which is not the one that it would be told
            copy = copied(node)
            copy.iter = ast.parse("range(__steps__)", mode="eval").body
            definitions = tuple(reached(node, written, section))
            own = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
            further = [name for d in definitions for name in free_names(d.node)]
            yield SteppedLoop(as_source(copy), tuple(dict.fromkeys([*own, *further])), definitions)


def stepped(runner: TrialRunner, base: Match, loop: SteppedLoop) -> Match | None:
    """The loop as `train_lm`, if it trains a model of ours on a text of ours for as many steps as it is told."""
    outside = world(runner, loop.definitions, ("batch_size", "length"), loop.names)
    roles = {role for argument in outside.values() for role in argument.roles}
    if not {"ids", "batch_size", "length"} <= roles:
        return None
    steps = [n for n in loop.names if is_one_of(n, STEP_COUNTS)]
    target = remote(payload.run_steps, RemoteExpr(name="globals()"), loop.source, list(loop.names), steps)
    arguments = tuple(Argument(r, (r,), plain(r)) for r in ("model", "steps", "lr"))
    match = replace(
        base, target=target, arguments=arguments, overrides=tuple(outside.values()), notes=(STEPPED,), lifted=True
    )
    model = runner.ask("define", "lent", source=source_of(Table), args=(7,)).extras.get("handle")
    if not isinstance(model, Handle):
        return None
    reply = runner.run(match, model=model, ids=torch.arange(90) % 7, steps=3, batch_size=2, length=5, lr=0.1)
    fine = (
        isinstance(reply.value, list | tuple)
        and len(reply.value) == 3
        and all(isinstance(v, float) for v in reply.value)
    )
    return match if fine else None
