"""Each number that a training loop shows or keeps once an epoch, marked in its text, so that it can be read again.

`print(f"epoch {e} loss {x}")` becomes `print(f"epoch {__seen__('epoch ', 'e', e)} loss {__seen__(' loss ', 'x', x)}")`: the
mark hands its value on and is told the words before it and the student's own expression, which say what the number is.
"""

from __future__ import annotations

import ast
import re

from grader.matching.trees import targets_of
from grader.notebook.syntax import copied

MARK, TURN, PLACE = "__seen__", "__turn__", "__place__"
OF_DATA = re.compile(r"(?:eval|train|val|test|dev)[a-z]*", re.IGNORECASE)  # in the name of a function: what it does
LONGEST_ORIGIN = 400  # characters of what made a variable
SHOWS = ("print", "display", "write", "info", "debug", "tqdm", "set_description", "set_postfix", "set_postfix_str")
KEEPS = ("append", "add_scalar", "add_scalars", "log", "update", "extend", "insert")
MEASURED = re.compile(r"(?i)loss|acc")  # in the name of a table
PLACES = re.compile(r"\{[^{}]*\}")
PERCENT = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]")


def marked(loop: ast.For) -> ast.For:
    """The loop with its numbers marked and its turns counted; `range(N)` becomes `range(__epochs__)`."""
    copy = copied(loop)
    counted = any(
        isinstance(part, ast.Call) and ast.unparse(part.func) in ("range", "trange") for part in ast.walk(copy.iter)
    )
    copy.iter = Epochs().visit(copy.iter) if counted else ast.parse("range(__epochs__)", mode="eval").body
    return turning(copy)


def with_origins(body: list[ast.stmt], known: dict[str, str], over: str = "") -> None:
    """Tell each mark of a variable what made it: `tr, va = score(net, train_dl), score(net, dev_dl)`.

    known: what the statements before have made; over: what the loop around runs over.
    """
    for node in body:
        if isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try):
            inner = f"{over} {origin_of(node.iter, known)}" if isinstance(node, ast.For) else over
            for block in ("body", "orelse", "finalbody"):
                with_origins(getattr(node, block, []), known, inner)
        elif isinstance(node, ast.Assign | ast.AugAssign):
            for name, made in made_by(node):
                before = f"{known.get(name, '')} " if isinstance(node, ast.AugAssign) else ""
                known[name] = f"{before}{over} {origin_of(made, known)}"[-LONGEST_ORIGIN:]
        else:
            for part in ast.walk(node):
                if isinstance(part, ast.Call) and getattr(part.func, "id", "") == MARK:
                    part.args.append(ast.Constant(origin_of(part.args[3], known, own=False)))


def made_by(node: ast.Assign | ast.AugAssign) -> list[tuple[str, ast.expr]]:
    """Each variable that an assignment makes, with its part of the right side where that has as many."""
    found: list[tuple[str, ast.expr]] = []
    for target in targets_of(node):
        if isinstance(target, ast.Name | ast.Subscript):
            found.append((ast.unparse(target), node.value))
        elif isinstance(target, ast.Tuple | ast.List):
            values = node.value.elts if isinstance(node.value, ast.Tuple | ast.List) else []
            whole = len(values) == len(target.elts)
            for place, part in enumerate(target.elts):
                if isinstance(part, ast.Name | ast.Subscript):
                    found.append((ast.unparse(part), values[place] if whole else node.value))
    return found


def origin_of(node: ast.expr, known: dict[str, str], own: bool = True) -> str:
    """What made the variables of an expression, and in the end, if `own`, the words of the expression."""
    names = dict.fromkeys(ast.unparse(p) for p in ast.walk(node) if isinstance(p, ast.Name | ast.Subscript))
    parts = [known[name] for name in names if name in known] + ([data_words(node)] if own else [])
    return " ".join(parts)[-LONGEST_ORIGIN:]


def data_words(node: ast.expr) -> str:
    """The names of an expression that say what it is about: `evaluate(net, data["train"])` is of the training data, not of evaluation."""
    called = {id(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)}
    words = []
    for part in ast.walk(node):
        name = part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else ""
        words.append(OF_DATA.sub("", name) if id(part) in called else name)
        key = part.slice if isinstance(part, ast.Subscript) else None
        words.append(key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else "")
    return " ".join(filter(None, words))


def turning(loop: ast.For) -> ast.For:
    """The numbers of a loop marked, and each turn told at its beginning, with whether it shows some more often than that."""
    often = any(shows(part) for part in loop.body)
    loop.body = [
        ast.parse(f"{TURN}({often})").body[0],
        *(part for s in loop.body for part in (place_of(s), *mark_statement(s))),
    ]
    with_origins(loop.body, {})
    return loop


def place_of(node: ast.stmt) -> ast.stmt:
    """What a statement is about is told before it runs: `evaluate(model, valid_set)` may print in the function."""
    called = node.value if isinstance(node, ast.Expr | ast.Assign) and isinstance(node.value, ast.Call) else None
    words = data_words(called) if called is not None and isinstance(called.func, ast.Name) else ""
    return ast.Expr(ast.Call(ast.Name(PLACE, ast.Load()), [ast.Constant(words[:LONGEST_ORIGIN])], []))


def shows(node: ast.AST, within: bool = False) -> bool:
    """Whether something is printed in a loop over data."""
    if isinstance(node, ast.For | ast.While) and not over_words(node):
        within = True
    called = isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
        "print",
        "write",
    )
    return (within and called) or any(shows(inner, within) for inner in ast.iter_child_nodes(node))


def marked_function(node: ast.FunctionDef, loop: ast.For | None = None) -> ast.FunctionDef:
    """A function with the numbers marked that it shows: those of the one loop whose turns are epochs, or its own."""
    copy = copied(node)
    if loop is None:
        copy.body = mark_block(copy.body)
        with_origins(copy.body, {})
        return copy
    text = ast.unparse(loop)
    for part in ast.walk(copy):
        if isinstance(part, ast.For) and ast.unparse(part) == text:
            turning(part)
            break
    return copy


class Epochs(ast.NodeTransformer):
    """The number of turns asked for, in the place of the notebook's own: range(1, N + 1) goes to the end as well."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if ast.unparse(node.func) not in ("range", "trange") or not node.args:
            return self.generic_visit(node)
        start = node.args[0] if len(node.args) > 1 else ast.Constant(0)
        end = ast.BinOp(ast.Name("__epochs__", ast.Load()), ast.Add(), start)
        return ast.Call(node.func, [*node.args[:-1], end] if len(node.args) < 3 else [start, end], node.keywords)


def mark_block(body: list[ast.stmt]) -> list[ast.stmt]:
    return [part for statement in body for part in mark_statement(statement)]


def mark_statement(node: ast.stmt) -> list[ast.stmt]:
    """Marks in a statement, not in loops over data: what they show comes once a batch."""
    if isinstance(node, ast.For | ast.While) and not over_words(node):
        return [node]
    if isinstance(node, ast.For | ast.While | ast.If | ast.With | ast.Try):
        for part in ("body", "orelse", "finalbody"):
            setattr(node, part, mark_block(getattr(node, part, [])))
        return [node]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        node.value = mark_call(node.value)
    return [node, *(seen_in(target) for target in places_of(node))]


def places_of(node: ast.stmt) -> list[ast.Subscript]:
    """The places of a table that a statement keeps a measurement in: `loss_hist[0, epoch] /= batches`."""
    made = made_by(node) if isinstance(node, ast.Assign | ast.AugAssign) else []
    targets = [ast.parse(name, mode="eval").body for name, _ in made]
    return [t for t in targets if isinstance(t, ast.Subscript) and MEASURED.search(ast.unparse(t.value))]


def tables_in(node: ast.AST) -> tuple[str, ...]:
    """The names of the tables that a loop keeps its measurements in."""
    found = [place.value for part in ast.walk(node) if isinstance(part, ast.stmt) for place in places_of(part)]
    return tuple(dict.fromkeys(value.id for value in found if isinstance(value, ast.Name)))


def seen_in(place: ast.Subscript) -> ast.Expr:
    return ast.Expr(seen(place, "", ast.unparse(place), first=True))


def over_words(node: ast.For | ast.While) -> bool:
    """`for phase in ["train", "valid"]`: its turns are no batches."""
    if not isinstance(node, ast.For) or not isinstance(node.iter, ast.List | ast.Tuple):
        return False
    return any(isinstance(item, ast.Constant) and isinstance(item.value, str) for item in ast.walk(node.iter))


def mark_call(call: ast.Call) -> ast.Call:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in SHOWS or name in KEEPS:
        whose = ast.unparse(call.func.value) + " " if isinstance(call.func, ast.Attribute) and name in KEEPS else ""
        fresh = [mark_value(arg, whose if i == 0 else "", first=i == 0) for i, arg in enumerate(call.args)]
        if name == "add_scalar" and len(call.args) > 1:
            words = str(call.args[0].value) if isinstance(call.args[0], ast.Constant) else ast.unparse(call.args[0])
            fresh = [call.args[0], mark_value(call.args[1], f"{words} ", first=True), *call.args[2:]]
        call.args = fresh
        for keyword in call.keywords:
            if keyword.arg not in ("sep", "end", "file", "flush", "step"):
                keyword.value = mark_value(keyword.value, f"{keyword.arg} ", first=False)
    return call


def mark_value(node: ast.expr, before: str, first: bool) -> ast.expr:
    """A value with its numbers marked: texts with places, lists, dicts, and anything else that may be a number."""
    if isinstance(node, ast.Constant):
        return seen(node, before, "", first) if isinstance(node.value, str) else node
    if isinstance(node, ast.Starred):
        return node
    if isinstance(node, ast.JoinedStr):
        return mark_joined(node, before, first)
    if isinstance(node, ast.List | ast.Tuple):
        node.elts = [mark_value(item, before, first and i == 0) for i, item in enumerate(node.elts)]
        return node
    if isinstance(node, ast.Dict):
        names = [str(key.value) if isinstance(key, ast.Constant) else ast.unparse(key or node) for key in node.keys]
        node.values = [mark_value(v, f"{before}{n} ", first=True) for n, v in zip(names, node.values, strict=True)]
        return node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and is_text(node.left):
        parts = PERCENT.split(node.left.value)  # type: ignore[attr-defined]
        values = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
        fresh = [mark_value(v, parts[i] if i < len(parts) else "", first and i == 0) for i, v in enumerate(values)]
        node.right = ast.Tuple(fresh, ast.Load())
        return node
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and is_text(node.func.value)
    ):
        parts = PLACES.split(node.func.value.value)  # type: ignore[attr-defined]
        node.args = [
            mark_value(v, parts[i] if i < len(parts) else "", first and i == 0) for i, v in enumerate(node.args)
        ]
        return node
    return seen(node, before, ast.unparse(node), first)


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def mark_joined(node: ast.JoinedStr, before: str, first: bool) -> ast.JoinedStr:
    words = before
    for part in node.values:
        if isinstance(part, ast.Constant):
            words += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            part.value = seen(part.value, words, ast.unparse(part.value), first)
            words, first = "", False
    return node


def seen(node: ast.expr, before: str, source: str, first: bool) -> ast.expr:
    """`__seen__(words before it, its source, whether a new line of words begins, the value)`."""
    given: list[ast.expr] = [ast.Constant(before), ast.Constant(source), ast.Constant(first), node]
    return ast.Call(ast.Name(MARK, ast.Load()), given, [])
