"""`generate` in somebody's own form: a method of the model, or a function that takes the model and the limit it reads.

The judge's model speaks in the place of the student's own. A form without a temperature gets scores that are already divided by it; a
temperature of 0 is a very small one. What a form does not have at all (top_k, drawing) is advice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, permutations
from typing import Any, TypeGuard

import torch
from torch import Tensor

from grader.matching.bind import BY_NAME, LONGEST, called
from grader.matching.match import Argument, Match, given, plain
from grader.matching.payloads.fake_models import Sums
from grader.matching.payloads.generation import wrap_generate
from grader.matching.sizes import used_by
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import defaults, free_names, identifiers, names_in, targets_of
from grader.matching.trial import TrialRunner
from grader.matching.vocabulary import is_one_of, words
from grader.model import Text
from grader.sandbox.guest.codec import Handle, RemoteExpr
from grader.sandbox.payload import remote, source_of

METHODS = words("generate sample generate_text write generate_sequence")
# It draws by rules that the contract has no words for, unless they are off: a default that changes nothing is left as it is.
OTHERWISE = words("top_p nucleus beam penalty typical")
SWITCHED_OFF = words("None False 0 0.0 1 1.0")
# What has to be told, and is told what leaves the rules as they are: top_p=1.0, or None where the code looks for that; stop_on_eos=False.
ALL_OF_IT, NOTHING, OFF, CPU = "all of it", "nothing", "off", "cpu"
SHARES = words("top_p topp nucleus_p p_nucleus")
ENDS_EARLY = words("stop_on_eos stop_at_eos stop_on_end stop_at_end stop_early early_stop early_stopping use_cache")
CHOOSES = frozenset(words("multinomial argmax topk Categorical"))
GROWS = frozenset(words("cat concat hstack append extend"))  # ids = torch.cat([ids, best], dim=1)
MOST = 6  # ways of telling apart parameters whose names say nothing
ROUNDS = 3  # done is made of ended, and ended of a comparison
DRAWS = frozenset(words("multinomial Categorical choice sample choices"))
ROLES = ("model", "prompt", "n", "temperature", "top_k", "length")
# A word that ends the text, eos_token_id=2, is given an id that no word has; what has to be told to draw, do_sample=True, is.
NO_WORD, YES = "no word", "yes"
ENDS = words(
    "eos eos_id eos_idx eos_token eos_token_id stop_id stop_token stop_token_id end_id end_token end_token_id eot_id"
)
TOLD_TO_DRAW = words("do_sample sample sampling use_sampling stochastic")
USUAL = {NO_WORD: ENDS, YES: TOLD_TO_DRAW}
# What makes ids of a text and a text of ids, handed in or read from globals: sample(model, "To be", 200), with stoi and itos
LETTERS = {
    "stoi": words("stoi s2i char2idx char2id char2int char_to_idx char_to_id char_to_ix char_to_int ch2i c2i token_to_id char_to_index"),
    "itos": words("itos i2s idx2char id2char int2char idx_to_char id_to_char ix_to_char int_to_char i2ch i2c id_to_token index_to_char"),
    "encode": words("encode tokenize text_to_ids text_to_token_ids encode_text"),
    "decode": words("decode detokenize ids_to_text token_ids_to_text decode_text"),
    "tokenizer": words("tokenizer tok enc sp vocab"),
}  # fmt: skip
USUAL_WHERE_REQUIRED = {ALL_OF_IT: SHARES, OFF: ENDS_EARLY, CPU: ("device", "dev")}
NOTES = {
    "method": Text(
        en="it was asked as the method that it is, with the judge's model speaking in the place of its own forward",
        ja="メソッドのまま、forward だけを採点用のモデルに差し替えて実行しました",
    ),
    "no temperature": Text(
        en="it takes no temperature: the scores that it got were divided by it beforehand",
        ja="temperature を受け取らないので、あらかじめ温度で割った logits を渡しました",
    ),
    "no top_k": Text(en="it takes no top_k", ja="top_k は受け取りません"),
    "listed": Text(
        en="it takes the ids of one text as a list: the texts of a batch were handed to it one by one",
        ja="1 つの文の ID をリストで受け取る形なので、バッチの文を 1 つずつ渡しました",
    ),
    "text": Text(
        en="it takes a text and gives one: the ids of a batch were handed to it as the letters of an alphabet of ours, text by text",
        ja="文字列を受け取って文字列を返す形なので、バッチの ID を採点用の文字に置き換えて、1 つずつ渡しました",
    ),
    "greedy": Text(en="it always takes the best character", ja="つねに確率最大の文字を選ぶ形です"),
}


def method_of(defined: Definition | None) -> ast.FunctionDef | None:
    """The method by which a model writes: by its name, else one that chooses words and puts them behind others."""
    if defined is None or not isinstance(defined.node, ast.ClassDef):
        return None
    named = next((m for name in METHODS for m in [defined.method(name)] if m is not None), None)
    own = (m for m in defined.node.body if isinstance(m, ast.FunctionDef) and m.name not in ("__init__", "forward"))
    return named or next((m for m in own if identifiers(m) & CHOOSES and identifiers(m) & GROWS), None)


def as_method(
    base: Match, model: Match, sizes: dict[str, Any], node: ast.FunctionDef, written: SourceIndex, section: str
) -> Iterator[Match]:
    """The method as `generate`. model: how the student's own is built, at these sizes."""
    built = {a.name: a.value(sizes) for a in model.arguments if all(r in sizes for r in a.roles)}
    known = [a for a in model.overrides if all(r in sizes for r in a.roles)]
    outside = tuple(replace(a, roles=("prompt", "n"), value=given(a.value(sizes))) for a in known)
    plain_args = node.args.args[1:]
    required = [a.arg for a in plain_args[: len(plain_args) - len(node.args.defaults)]]
    defined = written.definition(model.own, section)
    target = model.callee
    names, definitions = [a.arg for a in plain_args], [defined] if defined else []
    left_alone = {name: ast.unparse(value) for name, value in defaults(node).items()}
    for taken in assignments(names, required, node.name, left_alone):
        for texts in ("", "listed", "text"):
            found = put(base, taken, required, definitions, node.name, target, built, texts)
            if found is not None:
                own = f"{model.own}.{node.name}"
                yield replace(found, own=own, overrides=outside, notes=(NOTES["method"], *found.notes))


def as_function(base: Match, rows: Sequence[Any], written: SourceIndex, section: str) -> Iterator[Match]:
    """A function as `generate`, with a model that gives its scores alone, or as a pair."""
    parameters = [r for r in rows if isinstance(r, list | tuple) and "VAR_" not in str(r[1])]
    names, required = [str(r[0]) for r in parameters], [str(r[0]) for r in parameters if not r[2]]
    definitions, target = used_by([base.own], written, section), RemoteExpr(name=base.own)
    left_alone = {str(r[0]): str(r[3]) for r in parameters if r[2] and len(r) > 3}
    for taken in assignments(names, required, "", left_alone):
        for pair, texts in ((False, ""), (True, ""), (False, "listed"), (False, "text"), (True, "text")):
            found = put(base, taken, required, definitions, "", target, {}, texts, pair)
            if found is not None:
                yield found


def assignments(
    names: list[str], required: list[str], method: str, left_alone: dict[str, str]
) -> Iterator[dict[str, str]]:
    """The role of each parameter by its name; those that are required and say nothing have each of the roles that are left, in turn.

    left_alone: the defaults of the others, as text.
    """
    rules = [name for name in names if any(part in name.lower() for part in OTHERWISE)]
    if not all(is_one_of(name, SHARES) if name in required else left_alone.get(name) in SWITCHED_OFF for name in rules):
        return
    taken: dict[str, str] = {}
    for name in names:
        role = next((r for r in ROLES if r not in taken.values() and called(BY_NAME[r], name, True)), None)
        usual = USUAL | LETTERS | (USUAL_WHERE_REQUIRED if name in required else {})
        role = role or next((given for given, called_so in usual.items() if is_one_of(name, called_so)), None)
        taken |= {name: role} if role else {}
    needed = ("prompt", "n") if method else ("model", "prompt", "n")
    if len([name for name in required if name not in taken]) < len({*needed} - {*taken.values()}):
        # sample(model, start, length): how much is written, and not how much is read
        taken = {name: role for name, role in taken.items() if not (role == "length" and name in required)}
    open_ = [name for name in required if name not in taken]
    left = [role for role in (*needed, "temperature", "top_k") if role not in taken.values()]
    for order in islice(permutations(left, len(open_)), MOST):
        found = taken | dict(zip(open_, order, strict=True))
        if set(needed) <= set(found.values()):
            yield {name: found[name] for name in names if name in found}


def put(
    base: Match, taken: dict[str, str], required: list[str], definitions: list[Definition], method: str,
    target: RemoteExpr, built: dict[str, Any], texts: str, pair: bool = False,
) -> Match | None:  # fmt: skip
    """The form with these roles of its parameters; None where it stops by itself. texts: "listed" or "text", where it takes no tensor."""
    ends = {name for name, role in taken.items() if role in (NO_WORD, OFF)}
    nodes = [d.method(method) or d.node for d in definitions]
    if any(names_in(part.slice) & ends for node in nodes for part in ast.walk(node) if isinstance(part, ast.Subscript)):
        return None  # logits[:, eos_id] = -inf: an id that no word has is no place there
    if any(stops(node, {*taken} - {*required} | following(node, ends)) for node in nodes):
        return None  # where it wants to
    read = [n for d in definitions for n in free_names(d.node)]
    cut = [name for node in nodes for name in cropped(node)]
    limits = [n for n in dict.fromkeys(read) if n in cut or called(BY_NAME["length"], n, True)]
    letters = letters_read(read, {d.name for d in definitions})
    if texts == "text" and not (letters or LETTERS.keys() & {*taken.values()}):
        return None
    ways = {"no temperature"} if "temperature" not in taken.values() else set()
    ways |= {"no top_k"} if "top_k" not in taken.values() else set()
    inside = {word for node in nodes for word in identifiers(node)}
    ways |= {"greedy"} if not inside & DRAWS else set()
    seen = {ast.unparse(part.left) for node in nodes for part in ast.walk(node) if looks_for_none(part)}
    taken = {n: NOTHING if role == ALL_OF_IT and n in seen else role for n, role in taken.items()}
    spec = {"given": taken, "required": required, "method": method, "pair": pair, "limits": limits,
            "attributes": [*LONGEST.names, *cut], "texts": texts, "letters": letters}  # fmt: skip
    return replace(
        base,
        target=remote(wrap_generate, target, built, spec, RemoteExpr(name="globals()")),
        arguments=tuple(Argument(role, (role,), plain(role), by_place=True) for role in base.roles),
        limitations=frozenset(ways),
        notes=tuple(NOTES[way] for way in (*sorted(ways), *([texts] if texts else []))),
    )


def letters_read(read: Sequence[str], own: set[str]) -> dict[str, str]:
    """The globals among these that make ids of a text, or a text of ids, each with what it is. own: functions whose source is read as well."""
    told = {name: kind for name in read if name not in own for kind, usual in LETTERS.items() if is_one_of(name, usual)}
    return dict(sorted(told.items()))


def looks_for_none(node: ast.AST) -> TypeGuard[ast.Compare]:
    """`top_p is not None`"""
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot)


def cropped(node: ast.AST) -> list[str]:
    """The names of how much is kept at the end: `window` of `ids[:, -self.window:]`."""
    lower = [part.lower for part in ast.walk(node) if isinstance(part, ast.Slice)]
    ends = [part.operand for part in lower if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub)]
    return [
        end.attr if isinstance(end, ast.Attribute) else end.id
        for end in ends
        if isinstance(end, ast.Attribute | ast.Name)
    ]


def stops(node: ast.AST, optional: set[str]) -> bool:
    """Whether it breaks off before it has written n words, and not only where one of these is given."""
    if isinstance(node, ast.If) and names_in(node.test) & optional:
        return any(stops(part, optional) for part in node.orelse)
    return isinstance(node, ast.Break) or any(stops(part, optional) for part in ast.iter_child_nodes(node))


def following(node: ast.AST, names: set[str]) -> set[str]:
    """These names, and those that say whether they have come: `done = done | (best == eos_id)`. Ids that are made of them say nothing."""
    assigned = [part for part in ast.walk(node) if isinstance(part, ast.Assign | ast.AugAssign)] if names else []
    made = [(names_in(part.value), targets_of(part)) for part in assigned if tells(part)]
    found = set(names)
    for _ in range(ROUNDS):
        targets = (target for read, targets in made if read & found for target in targets)
        found |= {name for target in targets for name in names_in(target)}
    return found


def tells(part: ast.Assign | ast.AugAssign) -> bool:
    """Whether what is assigned is a comparison, or several together."""
    value = part.value
    if isinstance(part, ast.AugAssign):
        return isinstance(part.op, ast.BitOr | ast.BitAnd)
    together = isinstance(value, ast.BinOp) and isinstance(value.op, ast.BitOr | ast.BitAnd)
    asked = isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in ("all", "any")
    return together or asked or isinstance(value, ast.Compare | ast.BoolOp)


def tried(runner: TrialRunner, match: Match) -> Match | None:
    """The match, if it writes on from a prompt, and lets the model read as far back as the model can."""
    model = runner.ask("define", "lent", source=source_of(Sums)).extras.get("handle")
    if not isinstance(model, Handle):
        return None
    reads = []
    for length in (3, 40, 300):
        one = torch.ones(2, length, dtype=torch.long)
        other = torch.cat([one[:, :1] + 1, one[:, 1:]], dim=1)
        found = [runner.run(match, model=model, prompt=p, n=4, temperature=0, top_k=None).value for p in (one, other)]
        if not all(isinstance(f, Tensor) and tuple(f.shape) == (2, length + 4) for f in found):
            return None
        reads.append(not torch.equal(found[0][:, length:], found[1][:, length:]))
    return None if reads[0] and not all(reads) else match  # its limit is one that nobody found
