"""Sizes that a class does not take as the contract hands them over: derived ones, the same one twice, and those of globals.

`MultiHeadAttention(num_heads, head_size)` takes the width of one head; `(key_size, query_size, value_size, num_hiddens, ...)` one
width four times; and in lectures that are typed along with, `n_embd` stands at the top of the notebook and every class reads
it. Such globals hold the judge's sizes while the model is built and while it is asked, and what they held before otherwise.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.matching.bind import BY_NAME, LONGEST, SignatureParameter, bind, called
from grader.matching.composed_names import is_composed
from grader.matching.match import Argument, Match, Values, given, plain
from grader.matching.payloads.sizes import built_with, changed_settings, tell_sizes
from grader.matching.source_index import Definition, SourceIndex
from grader.matching.trees import attributes, dotted, free_names, keys
from grader.matching.vocabulary import is_one_of, squeezed, words
from grader.model import Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

HEAD = words(
    "head_size head_dim dim_head d_head head_width size_per_head dim_per_head d_k d_v dk dv d_q d_key d_value key_dim"
)
SAME = {"d_model": words("key_size query_size value_size kdim vdim qdim norm_shape normalized_shape ffn_num_input num_inputs "
                         "d_word_vec d_input d_output d_out d_in input_dim input_size in_dim output_dim in_features out_features")}  # fmt: skip
# q_input_dim, kv_input_dim, context_in_features, kv_dim: what an attention is handed is as wide as the model
OF_WHAT_IT_READS = re.compile(
    r"(?:q|k|v|kv|query|key|value|keyvalue|context|memory)(?:input|in)(?:dim|size|features|width)|kv(?:dim|size|features)"
)
WIDTHS = ("dim", "hidden", "emb", "dmodel", "width")  # pieces of a name that says how wide a vector is
OTHER_SIZES = ("head", "batch", "vocab", "seq", "len")  # and of one that counts something else
VALUES = words("d_v dv d_value v_dim value_dim")
MANY_HEADS = {"d_model", "num_heads"}
# A decoder's word for the width of what its encoder gives, which is the contract's width of the state.
ENCODED = words("enc_hidden enc_hidden_size encoder_hidden_size enc_hid_dim enc_dim encoder_dim enc_hidden_dim encoder_hidden_dim enc_size "
                "encoder_size annotation_dim encoder_output_size enc_out_dim enc_hid_size context_size context_dim memory_dim")  # fmt: skip
# Both stacks of an encoder-decoder: nn.Transformer's num_encoder_layers and num_decoder_layers.
STACKS = words("num_encoder_layers num_decoder_layers n_encoder_layers n_decoder_layers encoder_layers decoder_layers enc_layers dec_layers "
               "n_enc_layers n_dec_layers num_enc_layers num_dec_layers n_layers_enc n_layers_dec n_enc n_dec")  # fmt: skip
BOTH_STACKS, BOTH_LENGTHS = {"src_vocab", "num_layers"}, {"src_vocab", "max_len"}
OF_TEXTS = {"src_vocab", "tgt_vocab"}  # whose `input_dim` is a number of words
TRANSLATES = {"vocab_size", "emb_size", "hidden_size"}


def head_width(values: Values) -> int:
    return int(values["d_model"]) // int(values["num_heads"])


def derived(name: str, roles: Sequence[str]) -> Argument | None:
    """What follows from the contract's sizes, under this name: a head's width, or the model's once more; None for others."""
    if set(roles) >= MANY_HEADS and is_one_of(name, HEAD):
        return Argument(name, ("d_model", "num_heads"), head_width)
    if (
        set(roles) >= MANY_HEADS
        and not OF_TEXTS & set(roles)
        and (is_one_of(name, SAME["d_model"]) or OF_WHAT_IT_READS.fullmatch(squeezed(name)))
    ):
        return Argument(name, ("d_model",), plain("d_model"))
    if OF_TEXTS & set(roles) and "pad" in squeezed(name):
        return Argument(name, (), given(0))
    if set(roles) >= BOTH_STACKS and (name == "N" or is_one_of(name, STACKS) or is_composed(name, "stacks")):
        return Argument(name, ("num_layers",), plain("num_layers"))
    if set(roles) >= BOTH_LENGTHS and is_composed(name, "lengths"):
        return Argument(name, ("max_len",), plain("max_len"))
    if set(roles) >= TRANSLATES and is_one_of(name, ENCODED):
        return Argument(name, ("hidden_size",), plain("hidden_size"))
    return None


def halved(argument: Argument, defined: Definition | None) -> Argument:
    """The argument at half its size where the class only ever reads it twice: an encoder reads both ways, nn.Linear(enc_hid * 2, dec_hid)."""
    (role,) = argument.roles if len(argument.roles) == 1 else ("",)
    if defined is None or role not in ("key_size", "hidden_size") or argument.name == role:
        return argument
    if not only_doubled(defined.node, argument.name):
        return argument
    return replace(argument, value=lambda values: values[role] // 2)


def only_doubled(node: ast.AST, name: str) -> bool:
    """Whether a name, or the attribute that keeps it, is read in products with 2 alone: `self.enc_hid = enc_hid` reads nothing."""
    called = (name, f"self.{name}")
    read = [part for part in ast.walk(node) if isinstance(part, ast.Name | ast.Attribute) and dotted(part) in called]
    kept = [part.value for part in ast.walk(node) if isinstance(part, ast.Assign)]
    products = [p for p in ast.walk(node) if isinstance(p, ast.BinOp) and isinstance(p.op, ast.Mult)]
    twice = [
        one
        for product in products
        for one, other in ((product.left, product.right), (product.right, product.left))
        if isinstance(other, ast.Constant) and other.value == 2
    ]
    used = [part for part in read if isinstance(part.ctx, ast.Load) and part not in kept]
    return bool(used) and all(part in twice for part in used)


def set_aside(parameters: Sequence[SignatureParameter], roles: Sequence[str]) -> dict[str, Argument]:
    """The parameters that are given derived sizes; one that is the class's only word for d_model is none of them."""
    found = {}
    for parameter in parameters:
        made = derived(parameter.name, roles)
        if made is not None and (parameter.required or made.value is head_width or is_given(parameter, made)):
            found[parameter.name] = replace(made, by_place=parameter.by_place)
    return found


def is_given(parameter: SignatureParameter, made: Argument) -> bool:
    """Whether a derived size is given though the class could do without: num_layers=6; encoder_output_size=None, twice its own state then."""
    left_open = parameter.default == "None" and squeezed(parameter.name).startswith("enc")
    return made.roles in (("num_layers",), ("max_len",)) or (made.roles == ("hidden_size",) and left_open)


def used_by(names: Sequence[str], written: SourceIndex, section: str) -> list[Definition]:
    """The definitions of these names and those that they call by name."""
    found: dict[str, Definition] = {}
    waiting = list(names)
    while waiting:
        current = written.definition(waiting.pop(), section)
        if current is not None and current.name not in found:
            found[current.name] = current
            waiting += free_names(current.node)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class GlobalsToSet:
    """What globals have to hold, each as an argument: those that are numbers, and those that hold settings."""

    numbers: dict[str, Argument]
    settings: dict[str, Argument]

    @property
    def question(self) -> RemoteExpr:
        """What is sent to learn which of them hold what they are taken for."""
        return remote(tell_sizes, RemoteExpr(name="globals()"), list(self.numbers), list(self.settings))

    def among(self, names: Any) -> dict[str, Argument]:
        """Those that the sandbox says to be what they are taken for."""
        there = names if isinstance(names, list | tuple) else ()
        return {n: a for n, a in (self.numbers | self.settings).items() if n in there}


def read_outside(reached: Sequence[Definition], roles: Sequence[str]) -> GlobalsToSet:
    """The globals that these definitions read and that may hold sizes, each with what it has to hold instead."""
    names = list(dict.fromkeys(n for d in reached for n in free_names(d.node)))
    numbers = sizes_among([n for n in names if len(squeezed(n)) > 1], roles)
    settings = {}
    for name in (n for n in names if n not in numbers):
        held = list(dict.fromkeys(n for d in reached for n in (*attributes(d.node, name), *keys(d.node, name))))
        inside = sizes_among(held, roles)
        if inside:
            settings[name] = changed(name, inside)
    return GlobalsToSet(numbers, settings)


def sizes_among(names: Sequence[str], roles: Sequence[str]) -> dict[str, Argument]:
    """Those of these names that say surely which size they hold."""
    known = [BY_NAME[role] for role in roles if role in BY_NAME]
    found = {name: made for name in names if (made := derived(name, roles))}
    for name in names:
        if "max_len" not in roles and is_one_of(name, LONGEST.names):
            found[name] = Argument(name, (), given(LONGEST.value))
    sizes = [n for n in names if n not in found and any(called(role, n, says_so(n)) for role in known)]
    bound = bind([SignatureParameter(n, False, False, "", "") for n in sizes], [role.name for role in known])
    return found | {n: Argument(n, (role,), plain(role)) for n, role in bound.roles.items()}


def says_so(name: str) -> bool:
    """Whether only a sure name will do; `vocab`, of a number, can only be its size."""
    return squeezed(name) not in ("vocab", "vocabulary")


def widths_among(names: Iterable[str]) -> dict[str, Argument]:
    """Those of these names that hold the width of queries or values: hidden_dim, n_embd, d_k, d_model."""
    return {name: width_of(name) for name in names if is_one_of(name, HEAD) or is_width(squeezed(name))}


def is_width(name: str) -> bool:
    return any(piece in name for piece in WIDTHS) and not any(piece in name for piece in OTHER_SIZES)


def width_of(name: str) -> Argument:
    role = "v" if is_one_of(name, VALUES) else "q"
    return Argument(name, (role,), lambda values: int(values[role].shape[-1]), note=said((name,)))


def changed(name: str, inside: dict[str, Argument]) -> Argument:
    """The student's settings of this name, with these of them changed."""
    needed = tuple(dict.fromkeys(role for argument in inside.values() for role in argument.roles))
    return Argument(
        name,
        needed,
        lambda values: remote(changed_settings, RemoteExpr(name=name), {n: a.value(values) for n, a in inside.items()}),
    )


def housed(base: Match, outside: dict[str, Argument]) -> Match:
    """The match with these globals standing in, while it is built and while it is asked."""
    if not outside:
        return base
    inner = base.callee
    target = remote(built_with, inner, RemoteExpr(name="globals()"), list(outside))
    return replace(
        base, target=target, overrides=(*base.overrides, *outside.values()), notes=(*base.notes, said(outside))
    )


def said(outside: Iterable[str]) -> Text:
    names = ", ".join(f"`{name}`" for name in outside)
    return Text(
        en=f"it reads sizes from globals ({names}), which held the sizes of the trial while it was asked",
        ja=f"サイズをグローバル変数（{names}）から読む形なので、採点の間だけ、そこに採点用のサイズを入れました",
    )
