"""What is not the answer's fault: cells that could not run where they are graded, and what is missing because of them.

A package that is not here, a file that was not handed in, a call that a library has removed, data that were laid out here in
another form than the student's own: the cell stops, and so does every later one that reads what it should have made. A question
that runs into that is a person's to decide, never a crash of the answer. Neither is what another exercise should have made and
did not: that exercise has paid for it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.data.layout import PUT_TOGETHER
from grader.model import Cell, CellRun, Ending, Run, Submission, Text
from grader.notebook.legacy_code import remark_on
from grader.notebook.syntax import parse_python, without_magics

# NameError: name 'vocab' is not defined; AttributeError: module '__main__' has no ... name; ImportError: knock80.py defines no 'vocab'
UNDEFINED = re.compile(
    r"^(?:NameError|UnboundLocalError|AttributeError|ImportError).*?(?:name|defines) '?(\w+)'?(?: is not defined)?"
)
# KeyError: 'TITLE'; IndexError: list index out of range; ValueError: Length mismatch; ParserError: Error tokenizing data
OF_DATA = re.compile(
    r"^(?:KeyError|IndexError|ValueError|TypeError|AttributeError|ParserError|EmptyDataError|UnicodeDecodeError)\b"
)
OF_COLUMNS = re.compile(
    r"^(?:KeyError|IndexError)\b"
)  # in a question with data of the judge's, others say something else
# KeyError: 'de'; IndexError; ValueError: num_samples=0; RuntimeError: stack expects a non-empty TensorList
OF_CONTENTS = re.compile(
    r"^(?:KeyError|IndexError|StopIteration|ZeroDivisionError)\b|^(?:ValueError|RuntimeError|TypeError): .*(?:empty|num_samples=0|no elements)"
)
FILLS = frozenset(("append", "add", "extend", "update", "setdefault", "insert"))
CONTAINERS = frozenset(("dict", "list", "set", "defaultdict", "Counter", "OrderedDict", "deque"))
CUT_SHORT = Text(en="it was stopped at its time limit.", ja="制限時間で止めました。")
NOT_RUN = Text(en="there was no time left to run it.", ja="時間が足りず、実行していません。")
LAID_OUT = Text(
    en="it works on data that were not handed in; those laid out here may have another form.",
    ja="提出物にないデータを使っています。こちらで用意したデータの形式が元のデータと違う可能性があります。",
)
ARGUMENTS = Text(
    en="it wants something from the command line or the keyboard, which is not there while grading.",
    ja="コマンドライン引数やキーボード入力を使いますが、採点中はありません。",
)
ENDED = Text(
    en="it ends itself with exit(), so what follows in it did not run.",
    ja="exit() で終わっているため、その先は実行していません。",
)
LOOKED_FOR = Text(
    en="it looks for a file that was not handed in, and stops by itself where there is none.",
    ja="提出物にないファイルの有無を自分で調べ、見つからないため止まっています。",
)
# assert EN_FILE.exists(), "not found";  if not os.path.isfile(path): raise ValueError(path)
LOOKS = frozenset(("exists", "isfile", "isdir", "is_file", "is_dir", "glob", "listdir"))
# exit(); exit(1); quit()
ENDS_ITSELF = re.compile(r"\b(?:exit|quit)\s{0,3}\(")
# _, fname = argv;  parser.parse_args();  n = int(input ())
ASKS = re.compile(r"\bargv\b|\bparse_args\b|\binput\s*\(|\bfileinput\b|\bstdin\b")
OF_ARGUMENTS = re.compile(r"^(?:IndexError|ValueError|SystemExit|EOFError|StdinNotImplementedError)")
# Where a cell does not parse: `class CNN(nn.Module):`, `def train(`, `word2id = `
AT_THE_MARGIN = re.compile(r"^(?:(?:class|(?:async )?def)\s+(\w+)|(\w+)\s*=(?!=))", re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
STOPPED = (Ending.RAISED, Ending.UNPARSED, Ending.DIED, Ending.OUT_OF_MEMORY)


@dataclass(frozen=True)
class Cause:
    """Why names are not there: the cell that should have made them, and the reason; None where it is the student's own."""

    index: int
    reason: Text | None


class EnvironmentFaults:
    """The cells of one run that could not run here, each with the reason, and the names that are missing because of them."""

    def __init__(self, submission: Submission, run: Run) -> None:
        self.exercises = {cell.index: cell.exercise for cell in submission.cells}
        self.places = {cell.index: name_cell(cell, submission) for cell in submission.cells}
        self.sources = {cell.index: cell.source for cell in submission.cells if cell.kind == "code"}
        self.laid_out = submission.laid_out
        self.cells: dict[int, Text] = {}
        self.names: dict[str, Cause] = {}  # what no later cell made after all
        self.half: dict[str, Text] = {}  # what a cell that could not run here should have filled, and why it could not
        self.data: set[str] = set()  # names that hold data which were laid out here
        for cell in run.cells:
            self.follow(cell)

    def follow(self, cell: CellRun) -> None:
        """Take in the next cell: what it should have made, and did not."""
        source = self.sources.get(cell.index, "")
        names = set(bound(source))
        reason = self.reason(cell, source)
        if self.reads_data(source):
            self.data |= names
        if reason is not None:
            self.cells[cell.index] = reason
            self.half |= dict.fromkeys(self.containers() & set(filled(source)), reason)
        if reason is not None or cell.ending in STOPPED:
            self.names |= dict.fromkeys(names, Cause(cell.index, reason))
        elif cell.ending is Ending.OK:
            self.names = {name: cause for name, cause in self.names.items() if name not in names}
            made = names | set(filled(source)) if self.half else names
            self.half = {name: why for name, why in self.half.items() if name not in made}

    def reason(self, cell: CellRun, source: str) -> Text | None:
        """Why a cell did not come to its end, where it is the environment; that of the cell which it stands on, if need be."""
        if cell.ending is Ending.INTERRUPTED:
            return CUT_SHORT
        if cell.ending is Ending.LEFT_OUT:
            return NOT_RUN if names_time(cell) else None
        if cell.ending is not Ending.RAISED:
            return None
        cause = self.names.get(undefined(cell.error))
        inherited = cause.reason if cause is not None else self.left_half(cell.error, source)
        laid_out = LAID_OUT if OF_DATA.match(cell.error) and self.reads_data(source) else None
        arguments = ARGUMENTS if OF_ARGUMENTS.search(cell.error) and ASKS.search(source) else None
        ended = ENDED if cell.error.startswith("SystemExit") and ENDS_ITSELF.search(source) else None
        looked = LOOKED_FOR if looks_for_files(source, cell.error) else None
        return remark_on(cell.error, "error") or inherited or laid_out or arguments or ended or looked

    def containers(self) -> set[str]:
        """The names that some cell binds to a container, which another one may fill."""
        return {name for source in self.sources.values() for name in emptied(source)}

    def left_half(self, error: str, source: str) -> Text | None:
        """Why code that reads what was never filled stops: token_transform["de"], where the cell with the tokenizers could not run."""
        if not self.half or not OF_CONTENTS.match(error):
            return None
        read = read_names(source)
        return next((why for name, why in self.half.items() if name in read), None)

    def reads_data(self, source: str) -> bool:
        """Whether code reads a file that was laid out here, or what was made of one."""
        together = {found.group(1) for found in PUT_TOGETHER.finditer(source)}  # f"data/{split}.txt"
        named = any(name in source or name.endswith(tuple(together)) for name in self.laid_out)
        return named or bool(self.data and self.data & read_names(source))

    def of(self, error: str, exercise: str, line: str = "") -> Text | None:
        """Why an error ("NameError: name 'x' is not defined") is none of the answer's own; None where it is.

        exercise: whose answer raised it. line: of the student's code.
        """
        own = remark_on(error, "error")
        if own is not None and not error.startswith("SyntaxError"):
            return Text(en=f"What it needs is not here. {own.en}", ja=f"必要なものが採点環境にありません。{own.ja}")
        cause = self.names.get(undefined(error))
        if cause is not None:
            return self.told(cause.index) or self.waits(cause.index, exercise)
        half = self.left_half(error, line.strip())
        if half is not None:
            return Text(
                en=f"It could not be asked, because what it reads was not filled here: {half.en} ({error})",
                ja=f"使っている変数の中身が採点環境では作られませんでした。{half.ja}そのため、ここでは試せません（{error}）。",
            )
        if OF_COLUMNS.match(error) and self.data & read_names(line.strip()):
            return Text(
                en=f"It could not be asked, because {LAID_OUT.en} ({error})",
                ja=f"{LAID_OUT.ja}そのため、ここでは試せません（{error}）。",
            )
        return None

    def told(self, index: int) -> Text | None:
        """Why a cell could not run here; None where that is its own fault."""
        reason = self.cells.get(index)
        if reason is None:
            return None
        return Text(
            en=f"It stands on {self.places[index].en}, which could not run to its end here, so a person looks: {reason.en}",
            ja=f"{self.places[index].ja}の結果を使いますが、採点環境では最後まで実行できませんでした。人が確認します: {reason.ja}",
        )

    def waits(self, index: int, exercise: str) -> Text | None:
        """Why an answer cannot run that needs a cell of another exercise, which does not run by its own fault."""
        other = self.exercises.get(index)
        if other is None or other == exercise:
            return None
        return Text(
            en=f"It needs {self.places[index].en} ({other}), which does not run, so nobody can tell yet; a person decides.",
            ja=f"{self.places[index].ja}（{other}）が実行できないため、正誤をまだ判断できません。人が確認します。",
        )


def name_cell(cell: Cell, submission: Submission) -> Text:
    """A cell as its author knows it: by its number in its own file, or by the file where that is one piece."""
    alone = [c for c in submission.cells if c.file == cell.file]
    place = next((n for n, c in enumerate(alone, 1) if c.index == cell.index), 1)
    name = cell.file or submission.name
    if name.endswith(".py"):
        return Text(en=name, ja=name)
    number = Text(en=f"cell {place}", ja=f"{place} 番目のセル")
    return Text(en=f"{number.en} of {cell.file}", ja=f"{cell.file} の {number.ja}") if cell.file else number


def looks_for_files(source: str, error: str) -> bool:
    """Whether all that raises an error of this type in a cell does so where it does not find a file."""
    kind, tree = error.partition(":")[0], parse_python(without_magics(source))
    nodes = list(ast.walk(tree)) if tree is not None else []
    raising: list[ast.stmt] = [n for n in nodes if isinstance(n, ast.Raise) and dotted_end(n.exc) == kind]
    raising += [n for n in nodes if isinstance(n, ast.Assert) and kind == "AssertionError"]
    looking = {id(n) for n in nodes if isinstance(n, ast.Assert) and asks_for_a_file(n.test)}
    for node in nodes:
        if isinstance(node, ast.If) and asks_for_a_file(node.test):
            looking |= {id(part) for statement in node.body for part in ast.walk(statement)}
    said = error.partition(": ")[2]
    meant = [node for node in raising if (words := words_of(node)) and said.startswith(words)] or raising
    return bool(meant) and all(id(node) in looking for node in meant)


def words_of(raising: ast.stmt) -> str:
    """The words with which it begins to say what is wrong: "not found: " of `assert path.exists(), f"not found: {path}"`."""
    told: ast.expr | None = raising.msg if isinstance(raising, ast.Assert) else None
    if isinstance(raising, ast.Raise) and isinstance(raising.exc, ast.Call) and raising.exc.args:
        told = raising.exc.args[0]
    first = told.values[0] if isinstance(told, ast.JoinedStr) and told.values else told
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""


def asks_for_a_file(test: ast.expr) -> bool:
    """`path.exists()`, `not os.path.isfile(path)`, `exists(path)`"""
    parts = [part for part in ast.walk(test) if isinstance(part, ast.Attribute | ast.Name)]
    return any((part.attr if isinstance(part, ast.Attribute) else part.id) in LOOKS for part in parts)


def dotted_end(raised: ast.expr | None) -> str:
    """The name of an exception that is raised, made or not: `ValueError` of `ValueError("no file")`."""
    named = raised.func if isinstance(raised, ast.Call) else raised
    return named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""


def names_time(cell: CellRun) -> bool:
    """Whether a cell was left out because there was no time, and not because it is ours."""
    return cell.note is not None and "time" in cell.note.en


def undefined(error: str) -> str:
    """The name that an error says is not there, or nothing."""
    found = UNDEFINED.search(error)
    return found.group(1) if found else ""


def bound(source: str) -> Iterator[str]:
    """The names that a cell makes at its top level; of one that does not parse, those that stand at the margin."""
    tree = parse_python(without_magics(source))
    if tree is None:
        yield from (name or other for name, other in AT_THE_MARGIN.findall(source))
        return
    for node in outside_definitions(tree):
        if isinstance(node, DEFINITIONS):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def outside_definitions(tree: ast.Module) -> Iterator[ast.AST]:
    """Every part of a cell that runs with it; of functions and classes the definition alone."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, DEFINITIONS):
            waiting += ast.iter_child_nodes(node)


def filled(source: str) -> Iterator[str]:
    """The names that a cell puts something into at its top level: `table["de"] = ...`, `rows.append(...)`."""
    tree = parse_python(without_magics(source))
    for node in outside_definitions(tree) if tree is not None else ():
        owner: ast.AST | None = None
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            owner = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FILLS:
            owner = node.func.value
        while isinstance(owner, ast.Subscript | ast.Attribute):
            owner = owner.value
        if isinstance(owner, ast.Name):
            yield owner.id


def emptied(source: str) -> Iterator[str]:
    """The names that a cell binds to a container at its top level: `table = {}`, `rows = []`, `words = defaultdict(int)`."""
    tree = parse_python(without_magics(source))
    for node in tree.body if tree is not None else ():
        made = node.value if isinstance(node, ast.Assign) else None
        called = made.func.id if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) else ""
        if isinstance(made, ast.Dict | ast.List | ast.Set) or called in CONTAINERS:
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))  # type: ignore[attr-defined]


def read_names(source: str) -> set[str]:
    """The names that code reads."""
    tree = parse_python(without_magics(source))
    nodes = ast.walk(tree) if tree is not None else ()
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
