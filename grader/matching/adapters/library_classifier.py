"""Problem 89 with a model that is ready for use: `BertForSequenceClassification`, trained in a loop of the student's.

There is no class to ask. What is the student's own is what they hand to the model, and how they take apart what comes back; so
the judge's encoder gets the library's head, and is asked as the notebook's own call would ask it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.library_classifier import with_head
from grader.matching.source_index import SourceIndex
from grader.matching.trees import dotted, identifiers
from grader.model import Text
from grader.sandbox.payload import remote

KIND = "ForSequenceClassification"
TOKENIZES = re.compile(r"[Tt]okenizer|\.tokenize\(")
# A tokenizer that comes with an encoder, whatever it is called here: people's own functions are called `tokenizer` too.
OF_A_LIBRARY = re.compile(
    r"[Tt]okenizer\w{0,40}\.from_pretrained|encode_plus|convert_tokens_to_ids|tokenizers\b|torch\.hub|SentenceTransformer|pipeline\("
)
# tokenizer = BertTokenizer.from_pretrained("bert-base-uncased"), tokenizer_class = BertTokenizer: nobody has asked it anything
LOADED = re.compile(
    r"^[ \t]*\w{0,40}?[Tt]okenizer\w{0,40}[ \t]*=[ \t]*\w{0,40}?[Tt]okenizer\w{0,40}(?:\.from_pretrained\([^()\n]{0,80}\))?[ \t]*(?:#[^\n]*)?$",
    re.MULTILINE,
)
IMPORTS = re.compile(r"^[ \t]*(?:import|from)\b.*$", re.MULTILINE)
RANKS = re.compile(
    r"Counter\(|most_common|defaultdict\(int\)|word2id|word_to_id|word2token|word2index|CountVectorizer\(",
    re.IGNORECASE,
)
READS = re.compile(r"pickle|joblib\.load|torch\.load|np\.load\b|read_pickle|load_dataset|h5py|vocab\.txt")
NOTE = Text(
    en="`{own}` is ready for use: the judge's encoder got the library's head, and was asked as your call asks it: {call}",
    ja="`{own}` は完成済みのモデルなので、採点用エンコーダーに同じ出力層を付け、あなたの呼び出しと同じ形で試しました: {call}",
)


@dataclass(frozen=True, slots=True)
class LibraryUse:
    """How a notebook uses a ready model. own: the library's class; call: the one in the training, as it is written."""

    own: str
    call: str
    masked: bool
    unpacked: bool
    as_tuple: bool


def used(written: SourceIndex, section: str) -> LibraryUse | None:
    """The ready model of a section and the call of it that learns, or None."""
    trees = [tree for cell, tree in written.parsed if cell.serves(section) and not cell.pristine]
    made = [
        part for tree in trees for part in ast.walk(tree) if isinstance(part, ast.Call) and KIND in dotted(part.func)
    ]
    made = [part for part in made if dotted(part.func).endswith(".from_pretrained")]
    if not made or any(inside_class(tree, made[0]) for tree in trees):
        return None
    names = {"model", "net", "bert", "classifier"} | set(assigned(trees, made))
    for tree in trees:
        for statement in statements(tree):
            call = next((c for c in ast.walk(statement) if isinstance(c, ast.Call) and asks(c, names)), None)
            if call is None:
                continue
            named = {keyword.arg for keyword in call.keywords}
            unpacked = (
                isinstance(statement, ast.Assign)
                and statement.value is call
                and isinstance(statement.targets[0], ast.Tuple)
            )
            told = [k for k in (*made[0].keywords, *call.keywords) if k.arg == "return_dict"]
            as_tuple = any(isinstance(k.value, ast.Constant) and k.value.value is False for k in told)
            masked = "attention_mask" in named or None in named or len(call.args) > 1
            return LibraryUse(
                dotted(made[0].func).rpartition(".")[0],
                ast.unparse(call)[:100],
                masked,
                unpacked and not as_tuple,
                as_tuple,
            )
    return None


def inside_class(tree: ast.Module, call: ast.Call) -> bool:
    return any(part is call for node in tree.body if isinstance(node, ast.ClassDef) for part in ast.walk(node))


def assigned(trees: list[ast.Module], made: list[ast.Call]) -> Iterator[str]:
    for part in (part for tree in trees for part in ast.walk(tree)):
        if isinstance(part, ast.Assign) and any(inner in made for inner in ast.walk(part.value)):
            yield from (dotted(target) for target in part.targets)


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """The simple statements of loops that learn."""
    loops = [part for part in ast.walk(tree) if isinstance(part, ast.For) and "backward" in identifiers(part)]
    for loop in loops:
        yield from (part for part in ast.walk(loop) if isinstance(part, ast.Assign | ast.Expr | ast.AugAssign))


def asks(call: ast.Call, names: set[str]) -> bool:
    return dotted(call.func).removeprefix("self.") in names and bool(call.args or call.keywords)


def as_classifier(base: Match, use: LibraryUse) -> Match:
    """The judge's encoder with the library's head, as the class that the contract asks for."""
    return replace(
        base,
        own=base.wanted,
        target=remote(with_head, use.masked, use.unpacked, use.as_tuple),
        arguments=tuple(Argument(role, (role,), plain(role)) for role in base.roles),
        notes=(Text(en=NOTE.en.format(own=use.own, call=use.call), ja=NOTE.ja.format(own=use.own, call=use.call)),),
        kind="module",
    )


def without_tokenizer(written: SourceIndex, section: str) -> bool:
    """Whether a section hands a BERT ids that it ranks itself: no tokenizer is asked, and nothing read that could hold its ids."""
    cells = [cell for cell in written.cells if not cell.pristine]
    own, others = (
        IMPORTS.sub("", "\n".join(cell.source for cell in cells if cell.serves(section) is serves))
        for serves in (True, False)
    )
    bert = re.search(r"Bert\w{0,40}\.from_pretrained|BERT|AutoModel", own)
    if not (bert and RANKS.search(own)) or READS.search(own) or READS.search(others):
        return False
    asked = LOADED.sub("", own)
    if not OF_A_LIBRARY.search(own) and not OF_A_LIBRARY.search(others):
        return not TOKENIZES.search(asked) or defines_one(written)
    return not (OF_A_LIBRARY.search(others) or OF_A_LIBRARY.search(asked) or TOKENIZES.search(asked))


def defines_one(written: SourceIndex) -> bool:
    """Whether what is called a tokenizer is a function of the notebook's own: `def tokenizer(text): ...`"""
    return any(TOKENIZES.search(d.name) and isinstance(d.node, ast.FunctionDef) for d in written.definitions)
