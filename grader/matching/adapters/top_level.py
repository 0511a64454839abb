"""What a section computes at its top level, as a function: the statements that lead to a result, and where to stop.

Backwards from the result (a vocabulary, a table of vectors) every statement is kept that makes something of what is needed.
The way ends at a global that holds what the contract hands over (titles, a vocabulary, vectors, a size): the judge puts
its own there. `run_again`, in the sandbox, does that and runs the statements.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.recompute import run_again, tell_holdings
from grader.matching.source_index import SourceIndex
from grader.matching.trees import dotted, free_names, names_in, read_first, targets_of
from grader.model import Text
from grader.notebook.syntax import as_source
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

NOTE = Text(
    en="{wanted} stands in no function: the statements that make `{result}` were run again as they are, with other data",
    ja="{wanted} が関数の中にないため、`{result}` を作る文を、データを差し替えてそのまま実行し直しました",
)
CHANGES = (
    "append",
    "add",
    "extend",
    "update",
    "setdefault",
    "insert",
    "pop",
    "remove",
    "sort",
    "fit",
    "fit_on_texts",
    "subtract",
)
# model = KeyedVectors.load_word2vec_format("GoogleNews-vectors-negative300.bin", binary=True)
LOADERS = ("load_word2vec_format", "load_facebook_vectors", "load_facebook_model", "Magnitude")
# np.zeros((V, 300)), np.random.normal(scale=0.4, size=(300,)), 0.2 * np.random.rand(300): a width that is written out
MAKES_ROWS = ("zeros", "ones", "empty", "full", "rand", "randn", "random", "normal", "uniform", "Embedding")
WIDTHS = (50, 100, 200, 300)
STATEMENTS = 60  # more than that leads to one result only in a notebook that nobody can follow


@dataclass(frozen=True, slots=True)
class TopLevelSlice:
    """source: the statements. stops: globals at which the way ended. result: the expression that holds what is made."""

    source: str
    stops: tuple[str, ...]
    result: str


def flat(written: SourceIndex, section: str) -> list[ast.stmt]:
    """The statements at the top level up to the end of a section, in order; those under `if __name__ ...` one by one."""
    last = max((cell.index for cell, _ in written.parsed if cell.serves(section)), default=-1)
    found: list[ast.stmt] = []
    for cell, tree in written.parsed:
        if cell.index <= last and not cell.pristine:
            found += opened(tree.body)
    return found


def opened_cells(written: SourceIndex, section: str) -> list[ast.stmt]:
    """The statements at the top level of a section's own cells."""
    own = [tree.body for cell, tree in written.parsed if cell.serves(section) and not cell.pristine]
    return [node for body in own for node in opened(body)]


def opened(body: list[ast.stmt]) -> list[ast.stmt]:
    found: list[ast.stmt] = []
    for node in body:
        if (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)) or (
            isinstance(node, ast.With)
            and not any(
                isinstance(i.context_expr, ast.Call) and "open" in ast.unparse(i.context_expr.func) for i in node.items
            )
        ):
            found += opened(node.body)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
            found.append(node)
    return found


def sliced(
    written: SourceIndex,
    section: str,
    result: str,
    holds: dict[str, str],
    needed: tuple[str, ...],
    through_calls: bool = False,
) -> TopLevelSlice | None:
    """The way to `result`. holds: what globals hold that the judge can put its own in; needed: of which kinds some must be met.

    through_calls: statements are kept, too, that change it by a function of the notebook's that they call.
    """
    root = result.partition(".")[0].partition("[")[0]
    within = "." in result  # a part of an object: the judge lends the object
    wanted: set[str] = set() if within else {name.strip() for name in root.strip("()").split(",")}
    kept: list[ast.stmt] = []
    stops: dict[str, None] = {}
    for node in reversed(flat(written, section)):
        makes, again = writes(node)
        makes |= changed_within(node, written, section) if through_calls else set()
        touches = within and result.removesuffix(".data") in ast.unparse(node)
        touches = touches or bool(columns(node, stops) & {word for one in kept for word in words_in(one)})
        if not makes & wanted and not touches:
            continue
        kept.append(node)
        wanted -= {name for name in makes if name in again}
        for name in reads(node, written, section):
            if holds.get(name) and name != root:
                stops[name] = None
            elif not (within and name == root):
                wanted.add(name)
        if len(kept) > STATEMENTS:
            return None
    if not kept or not all(any(holds[name] == kind for name in stops) for kind in needed):
        return None
    kept.reverse()
    source = "\n".join(ast.unparse(node) for node in kept)
    return TopLevelSlice(source, tuple(stops), result)


def writes(node: ast.stmt) -> tuple[set[str], set[str]]:
    """Names that a statement makes or changes, and those that it makes anew."""
    makes, again, inner = set(), set(), within_comprehensions(node)
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and id(part) not in inner:
            makes.add(part.id)
        if isinstance(part, ast.Subscript | ast.Attribute) and isinstance(part.ctx, ast.Store):
            makes.add(root_of(part))
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr in CHANGES:
            makes.add(root_of(part.func))
    if isinstance(node, ast.Assign | ast.AnnAssign):
        names = {
            part.id
            for target in targets_of(node)
            for part in ast.walk(target)
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
        }
        own = names_in(node.value) if node.value is not None else set()
        again = names - own
    return makes - {""}, again


def changed_within(node: ast.stmt, written: SourceIndex, section: str) -> set[str]:
    """Globals that the notebook's functions change which a statement calls: `register(word)` with word2id[word] = next_id inside."""
    called = {dotted(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
    reached = [d for name in sorted(called) if written.definition(name, section) for d in written.reach(name, section)]
    changed = set[str]()
    for defined in reached:
        if isinstance(defined.node, ast.FunctionDef):
            made = set[str]().union(*(writes(part)[0] for part in defined.node.body))
            changed |= made & set(free_names(defined.node))
    return changed


def columns(node: ast.stmt, of: dict[str, None]) -> set[str]:
    """The columns that a statement gives to a table: frame["tokens"] = ..."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return {
        target.slice.value
        for target in targets
        if isinstance(target, ast.Subscript) and dotted(target.value) in of
        if isinstance(target.slice, ast.Constant) and isinstance(target.slice.value, str)
    }


def words_in(node: ast.stmt) -> set[str]:
    """Attributes, and words in square brackets."""
    found = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
    return found | {p.value for p in ast.walk(node) if isinstance(p, ast.Constant) and isinstance(p.value, str)}


def within_comprehensions(node: ast.AST) -> set[int]:
    """The places that bind a name for a comprehension alone."""
    loops = [part for part in ast.walk(node) if isinstance(part, ast.comprehension)]
    return {id(part) for loop in loops for part in ast.walk(loop.target)}


def root_of(node: ast.AST) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def reads(node: ast.stmt, written: SourceIndex, section: str) -> Iterator[str]:
    """Globals that a statement reads, itself and in the notebook's functions that it calls."""
    for name in read_first(node):
        if written.definition(name, section) is None:
            yield name
            continue
        for reached in written.reach(name, section):
            yield from (free for free in free_names(reached.node) if written.definition(free, section) is None)


def tables(written: SourceIndex, section: str) -> Iterator[str]:
    """What is filled row by row in a loop of the section, or made in one piece of rows: the expression that holds it."""
    statements = opened_cells(written, section)
    for node in reversed(statements):
        if isinstance(node, ast.For):
            for part in ast.walk(node):
                if isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Store):
                    yield ast.unparse(part.value)
            for part in ast.walk(node):
                if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "append":
                    yield dotted(part.func.value)
    for node in reversed(statements):
        made = node.value if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) else None
        if isinstance(made, ast.Call) and written.definition(dotted(made.func), section) is not None:
            yield ast.unparse(node.targets[0])  # type: ignore[attr-defined]  # an assignment, as it has been made


def loaded_vectors(written: SourceIndex, section: str) -> dict[str, str]:
    """The names that word vectors are loaded into, whatever they hold at the end: `model = RNN(...)` may follow."""
    made = [
        node for node in flat(written, section) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
    ]
    return {
        target.id: "vectors"
        for node in made
        if dotted(node.value.func).rpartition(".")[2] in LOADERS  # type: ignore[attr-defined]  # a call
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def columns_read(source: str, names: dict[str, str]) -> dict[str, list[str]]:
    """The columns that statements take from each of these names: `train_df["TITLE"]`."""
    found: dict[str, list[str]] = {}
    for part in ast.walk(ast.parse(source)):
        if (
            isinstance(part, ast.Subscript)
            and isinstance(part.slice, ast.Constant)
            and isinstance(part.slice.value, str)
        ):
            found.setdefault(dotted(part.value), []).append(part.slice.value)
    return {name: sorted(set(columns)) for name, columns in found.items() if name in names}


class Widened(ast.NodeTransformer):
    """Statements in which rows of vectors are as wide as `__dim__`, where a usual width is written out."""

    def visit_Call(self, node: ast.Call) -> ast.AST:  # ast's name
        self.generic_visit(node)
        if dotted(node.func).rpartition(".")[2] in MAKES_ROWS:
            node.args = [as_wide(part) for part in node.args]
            for keyword in node.keywords:
                keyword.value = as_wide(keyword.value)
        return node


def as_wide(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Tuple | ast.List):
        node.elts = [as_wide(part) for part in node.elts]
    written_out = isinstance(node, ast.Constant) and type(node.value) is int and node.value in WIDTHS
    return ast.Name("__dim__", ast.Load()) if written_out else node


def widened(source: str) -> str:
    return as_source(Widened().visit(ast.parse(source)))


def rebuilt(base: Match, found: TopLevelSlice, holds: dict[str, str]) -> Match:
    """The statements as the function that the contract asks for."""
    kinds = {name: holds[name] for name in found.stops}
    source = widened(found.source) if "dim" in base.roles else found.source
    note = Text(**{k: getattr(NOTE, k).format(wanted=base.wanted, result=found.result) for k in ("en", "ja")})
    return replace(
        base,
        own=base.wanted,
        target=remote(
            run_again, RemoteExpr(name="globals()"), source, kinds, found.result, columns_read(source, kinds)
        ),
        arguments=tuple(Argument(role, (role,), plain(role)) for role in base.roles),
        notes=(note,),
        lifted=True,
    )


def holding() -> RemoteExpr:
    """What is sent to learn which globals hold titles, a vocabulary, vectors, words or a size: `{name: kind}`."""
    return remote(tell_holdings, RemoteExpr(name="globals()"))


def as_kinds(value: Any) -> dict[str, str]:
    """The sandbox's answer, as far as it has the agreed form."""
    pairs = value.items() if isinstance(value, dict) else ()
    return {str(name): str(kind) for name, kind in pairs if isinstance(kind, str) and str(name).isidentifier()}
