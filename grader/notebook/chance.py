"""Which cells print what chance, the machine or its files decide: those that ask for it, and those that go on with what was asked.

    order = torch.randperm(len(text))   # drawn
    rows = [text[i] for i in order]     # follows from it
    print(rows[:3])                     # and is another with every run

Names are followed from cell to cell. Where it cannot be told, a cell counts as one of these: what such a cell prints is compared with
nothing.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from grader.notebook.syntax import parse_python

# import os; from datetime import datetime
MODULES = frozenset({
    "datetime", "getpass", "glob", "google", "multiprocessing", "os", "pathlib", "platform", "psutil", "random", "requests",
    "resource", "secrets", "shutil", "socket", "subprocess", "sys", "tempfile", "threading", "time", "timeit",
    "tracemalloc", "urllib", "uuid",
})  # fmt: skip
# rng.permutation(5), torch.randn(3), nn.init.xavier_uniform_(w), x.bernoulli_(), F.dropout(x)
DRAWS = re.compile(
    r"rand|^normal_?$|uniform|bernoulli|multinomial|poisson|exponential|shuffle|permut|sampl|choice|dropout|^init$|xavier|kaiming"
)
# torch.cuda.is_available(), torch.__version__, id(x), hash(word)
ASKS = re.compile(
    r"^(?:id|hash|cuda|mps|xpu|is_available|cpu_count|device_count|getcwd|listdir|device|_*version_*)$|memory_(?:allocated|reserved)"
)
# open("train.txt"), pd.read_csv("news.tsv"), torch.load("model.pt"), load_dataset("imdb"), AutoModel.from_pretrained("gpt2")
READS = re.compile(
    r"^(?:open|input|load\w*|genfromtxt|from_pretrained|fromfile|urlopen|urlretrieve|download)$|^read(?:_|$)"
)
DEVICES = re.compile(r"^(?:cuda|mps|xpu)\b")
# sorted(set(words)), len(set(words)): in no order, or put into one
ORDERED = frozenset({"sorted", "len", "sum", "min", "max", "any", "all"})
LEFT_OUT = "# left out: "  # "pass  # left out: !pip install transformers"


def cells_of_chance(sources: Iterable[str]) -> Iterator[bool]:
    """Whether the output of each of these cells is compared with nothing; in the order in which they run."""
    names, modules = set[str](), set[str]()
    for source in sources:
        tree = parse_python(source)
        if tree is None:
            yield True
            continue
        modules |= {alias.asname or alias.name.partition(".")[0] for alias in aliases(tree)}
        found = [follows_chance(statement, names, modules) for statement in tree.body]
        yield any(found) or LEFT_OUT in source


def aliases(tree: ast.AST) -> Iterator[ast.alias]:
    return (alias for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names)


def follows_chance(statement: ast.stmt, names: set[str], modules: set[str]) -> bool:
    """Whether a statement draws, asks the machine or goes on with these names; names it makes or changes then are of them too.

    modules: names that were imported. That `torch.randn(3)` draws makes nothing else of torch another.
    """
    made = {
        node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    if isinstance(statement, ast.Import | ast.ImportFrom):
        names |= imported(statement)
        return False
    in_order = set(put_in_order(statement))
    if not any(is_of_chance(node, names) for node in ast.walk(statement) if node not in in_order):
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            names -= made
        return False
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        names.add(statement.name)
    else:
        names |= made | (set(changed(statement)) - modules)
    return True


def imported(statement: ast.Import | ast.ImportFrom) -> set[str]:
    """Names of what chance or the machine decides: `import random as r`, `from time import ctime`, `from torch.nn import Linear`."""
    if isinstance(statement, ast.Import):
        return {a.asname or a.name.partition(".")[0] for a in statement.names if a.name.partition(".")[0] in MODULES}
    module = (statement.module or "").partition(".")[0]
    layers = (statement.module or "").startswith("torch.nn")
    names = [(alias.asname or alias.name, alias.name) for alias in statement.names]
    return {own for own, name in names if module in MODULES or name in MODULES or (layers and name[:1].isupper())}


def is_of_chance(node: ast.AST, names: set[str]) -> bool:
    """Whether one node names a source of chance, or a name that follows from one."""
    if isinstance(node, ast.Name):
        return isinstance(node.ctx, ast.Load) and (node.id in names or node.id in MODULES or is_source(node.id))
    if isinstance(node, ast.Attribute):
        # nn.Linear(8, 4) begins with random weights
        layer = isinstance(node.value, ast.Name) and node.value.id == "nn" and node.attr[:1].isupper()
        return is_source(node.attr) or (layer and node.attr != "Module")
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(DEVICES.search(node.value))
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("set", "frozenset")
    return isinstance(node, ast.SetComp)


def is_source(name: str) -> bool:
    return bool(DRAWS.search(name.lower()) or ASKS.search(name) or READS.search(name))


def put_in_order(statement: ast.stmt) -> Iterator[ast.AST]:
    """Sets of which only the order is chance, where that is settled: `sorted(set(words))`."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ORDERED:
            yield from (arg for arg in node.args if isinstance(arg, ast.SetComp | ast.Call))


def changed(statement: ast.stmt) -> Iterator[str]:
    """Names whose objects a statement may change: `losses.append(loss)`, `table[i] = row`, `random.shuffle(words)`."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and (name := root(node)):
            yield name
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if DRAWS.search(called.lower()):
                yield from (arg.id for arg in node.args if isinstance(arg, ast.Name))


def root(node: ast.expr) -> str:
    """`self.a[0].b` -> "self"; "" where no name stands at the beginning."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
