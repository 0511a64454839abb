"""The reference answers under other people's names for their layers: usual, terse, numbered, misleading, nested, in any order.

A scheme renames the attributes of the classes of an answer, and may declare them in another order. `a.0` as a new name
puts a layer into a ModuleDict `a` under "0", as a list or nn.Sequential would have it.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from grader.lessons import exercise as exercise_called
from grader.lessons import source

Names = dict[str, dict[str, str]]  # class -> attribute -> new attribute

# The attributes that hold parameters, class by class, as the reference answers call them.
CLASSES: dict[str, tuple[str, ...]] = {
    "MultiHeadAttention": ("w_q", "w_k", "w_v", "w_o"),
    "LayerNorm": ("gain", "shift"),
    "EncoderBlock": ("attention", "feed_forward", "norm1", "norm2"),
    "TransformerLM": ("embedding", "blocks", "norm", "head"),
    "Encoder": ("words", "positions", "segments", "norm", "layers"),
    "MaskedLM": ("encoder", "fc"),
    "EncoderRNN": ("emb", "rnn"),
    "DecoderRNN": ("emb", "cell", "out"),
    "AdditiveAttention": ("w_q", "w_k", "v"),
    "AttnDecoderRNN": ("emb", "attention", "cell", "out"),
    "RNN": ("emb", "rnn", "fc"),
    "BiRNN": ("emb", "rnn", "fc"),
    "CNN": ("emb", "conv", "fc"),
}
ASKED: dict[str, tuple[str, ...]] = {
    "transformer": ("TransformerLM", "EncoderBlock", "LayerNorm", "MultiHeadAttention"),
    "encoder_block": ("EncoderBlock", "LayerNorm", "MultiHeadAttention"),
    "multi_head": ("MultiHeadAttention",),
    "masked_lm": ("Encoder", "MaskedLM"),
    "attn_decoder": ("AttnDecoderRNN", "AdditiveAttention"),
    "seq2seq": ("EncoderRNN", "DecoderRNN"),
    "knock81": ("RNN",),
    "knock85": ("BiRNN",),
    "knock86": ("CNN",),
}
# New names in the order of CLASSES. Parameters (LayerNorm's) cannot stand in a ModuleDict.
USUAL: dict[str, list[str]] = {
    "MultiHeadAttention": [
        "q_proj k_proj v_proj out_proj", "query key value out", "W_q W_k W_v W_o", "to_q to_k to_v to_out",
        "linears.0 linears.1 linears.2 linears.3", "key query value proj", "c_q c_k c_v c_proj", "wq wk wv wo",
        "fc_q fc_k fc_v fc_o", "linear_q linear_k linear_v output_linear", "qkv.0 qkv.1 qkv.2 projection",
        "query_layer key_layer value_layer dense", "proj.q proj.k proj.v proj.o",
    ],
    "LayerNorm": ["weight bias", "gamma beta", "a_2 b_2", "scale shift", "g b", "alpha bias", "w b"],
    "EncoderBlock": [
        "attn mlp ln_1 ln_2", "self_attn feed_forward norm1 norm2", "self_attn ffn attention_norm ffn_norm",
        "mha ff ln1 ln2", "sa ffwd ln1 ln2", "attention mlp norm_attn norm_mlp", "attn ffn sublayer.0 sublayer.1",
        "self_attention positionwise input_norm post_attention_norm", "att ff pre post", "attn mlp norm_1 norm_2",
        "layers.attn layers.ff layers.norm_a layers.norm_b", "mixer channel before_mixer before_channel",
    ],
    "TransformerLM": [
        "wte h ln_f lm_head", "tok_emb blocks ln_f head", "tok blocks ln out", "table layers norm generator",
        "lut layers norm proj", "tok_embeddings layers norm output", "token_embedding_table blocks ln_f lm_head",
        "transformer.wte transformer.h transformer.ln_f lm_head", "embed encoder final_norm decoder",
        "embedding_layer encoder_layers layer_norm fc_out", "E stack last_norm W", "word_emb body norm_f to_logits",
    ],
    "Encoder": [
        "word_embeddings position_embeddings token_type_embeddings LayerNorm layer",
        "tok_emb pos_emb seg_emb ln encoder", "token position segment norm blocks", "wte wpe tte ln_emb h",
        "emb.words emb.places emb.kinds emb_norm stack", "E P S N T",
    ],
    "MaskedLM": ["bert cls", "body decoder", "enc out", "backbone lm_head", "model predictions", "encoder generator"],
    "EncoderRNN": ["embedding gru", "embed rnn", "emb encoder", "lookup recurrent", "table layer", "e r"],
    "DecoderRNN": [
        "embedding gru out", "embed rnn fc", "emb step generator", "lookup cell proj", "out unit emb", "e r o",
    ],
    "AdditiveAttention": ["Wa Ua Va", "query_layer key_layer energy", "W1 W2 V", "attn_q attn_k score", "U W v", "a b c"],
    "AttnDecoderRNN": [
        "embedding attn gru out", "embed attention rnn fc", "emb att cell generator", "lookup align step proj",
        "table score unit linear", "e a r o",
    ],
    "RNN": ["embedding rnn linear", "embed gru fc", "lookup recurrent out", "out body emb", "e r o", "layers.0 layers.1 layers.2"],
    "BiRNN": ["embedding rnn linear", "embed bi fc", "lookup recurrent out", "out body emb", "e r o", "layers.0 layers.1 layers.2"],
    "CNN": ["embedding conv linear", "embed conv1 fc", "lookup filters out", "out kernel emb", "e c o", "layers.0 layers.1 layers.2"],
}  # fmt: skip


@dataclass(frozen=True)
class Scheme:
    """order: seeds the order in which layers are declared; 0 for that of the reference."""

    exercise: str
    name: str
    names: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    order: int = 0

    def scope(self) -> dict[str, Any]:
        """What the renamed solution file defines."""
        asked = exercise_called(self.exercise)
        names = {kind: dict(pairs) for kind, pairs in self.names}
        scope: dict[str, Any] = {"__name__": f"solutions.{asked.answered_in}"}
        for cell in source.split(source.text_of(asked.answered_in)):
            tree = renamed(ast.parse(cell), names, self.order) if source.is_answer(cell) else ast.parse(cell)
            exec(compile(tree, "renamed.py", "exec"), scope)
        return scope


def schemes() -> Iterator[Scheme]:
    """All of them: usual names in two orders, and names that tell nothing or the wrong thing."""
    for exercise, kinds in ASKED.items():
        longest = max(len(USUAL[kind]) for kind in kinds)
        for number, order in product(range(longest), (0, 1)):
            words = {kind: USUAL[kind][number % len(USUAL[kind])].split() for kind in kinds}
            yield scheme(exercise, f"usual_{number}_{order}", words, order)
        for seed in range(1, 9):
            yield scheme(exercise, f"one_letter_{seed}", one_letter(kinds, seed), seed)
            yield scheme(exercise, f"numbered_{seed}", numbered(kinds, seed), seed)
            yield scheme(exercise, f"misleading_{seed}", misleading(kinds, seed), seed)


def scheme(exercise: str, name: str, words: dict[str, list[str]], order: int) -> Scheme:
    names = tuple((kind, tuple(zip(CLASSES[kind], new, strict=True))) for kind, new in words.items())
    return Scheme(exercise, f"{exercise}-{name}", names, order)


def one_letter(kinds: tuple[str, ...], seed: int) -> dict[str, list[str]]:
    rng = random.Random(seed)
    return {kind: rng.sample("abcdefghijklmnopqrstuvwxyz", len(CLASSES[kind])) for kind in kinds}


def numbered(kinds: tuple[str, ...], seed: int) -> dict[str, list[str]]:
    """layer1, layer2, ... in an order of their own; every other time as entries of one ModuleDict."""
    rng = random.Random(seed)
    found = {}
    for kind in kinds:
        stem = "layer" if seed % 2 or kind == "LayerNorm" else "parts."
        found[kind] = [f"{stem}{i}" for i in rng.sample(range(len(CLASSES[kind])), len(CLASSES[kind]))]
    return found


def misleading(kinds: tuple[str, ...], seed: int) -> dict[str, list[str]]:
    """The right words for the wrong layers: `out` is the embedding, `query` makes the values."""
    rng = random.Random(seed)
    found = {}
    for kind in kinds:
        words = rng.choice(USUAL[kind]).split()
        found[kind] = rng.sample(words, len(words))
    return found


# --- the renaming ------------------------------------------------------------------------------


def renamed(tree: ast.Module, names: Names, order: int) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in names:
            constructor = next(f for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__")
            shuffle(constructor, order)
            Renamer(names[node.name]).visit(node)
            holders = dict.fromkeys(new.partition(".")[0] for new in names[node.name].values() if "." in new)
            made = [ast.parse(f"self.{holder} = nn.ModuleDict()").body[0] for holder in holders]
            constructor.body[after_super(constructor) : after_super(constructor)] = made
    return ast.fix_missing_locations(tree)


class Renamer(ast.NodeTransformer):
    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.value, ast.Name) or node.value.id != "self" or node.attr not in self.names:
            return node
        holder, _, key = self.names[node.attr].partition(".")
        attribute = ast.Attribute(node.value, holder, ast.Load() if key else node.ctx)
        return ast.Subscript(attribute, ast.Constant(key), node.ctx) if key else attribute


def shuffle(constructor: ast.FunctionDef, order: int) -> None:
    """Declare the layers that need nothing but arguments in another order, all of them first."""
    local = {n.id for n in ast.walk(constructor) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    free = [s for s in constructor.body if is_layer(s, local)]
    if order:
        rest = [s for s in constructor.body if s not in free]
        random.Random(order).shuffle(free)
        constructor.body = rest
        place = after_super(constructor)
        constructor.body[place:place] = free


def is_layer(statement: ast.stmt, local: set[str]) -> bool:
    """`self.name = Something(...)` of arguments alone."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return False
    target = statement.targets[0]
    read = {n.id for n in ast.walk(statement.value) if isinstance(n, ast.Name)}
    of_self = isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
    makes = ast.unparse(statement.value).partition("(")[0]
    return of_self and not read & (local - {"_"} | {"self"}) and (makes.startswith("nn.") or makes[0].isupper())


def after_super(constructor: ast.FunctionDef) -> int:
    """The place after `super().__init__()`, and after a docstring."""
    return 1 + next(i for i, s in enumerate(constructor.body) if "super" in ast.unparse(s))
