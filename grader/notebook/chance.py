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
from dataclasses import dataclass, field

from grader.notebook.syntax import parse_python

# import os; from datetime import datetime
MODULES = frozenset({
    "datetime", "gc", "getpass", "glob", "google", "multiprocessing", "os", "pathlib", "platform", "psutil", "random", "requests",
    "resource", "secrets", "shutil", "socket", "subprocess", "sys", "tempfile", "threading", "time", "timeit",
    "tracemalloc", "urllib", "uuid",
})  # fmt: skip
# rng.permutation(5), torch.randn(3), nn.init.xavier_uniform_(w), x.bernoulli_(), F.dropout(x)
DRAWS = re.compile(
    r"rand|^normal_?$|uniform|bernoulli|multinomial|poisson|exponential|shuffle|permut|sampl|choice|dropout|^init$|xavier|kaiming|gumbel|train_test_split|^empty$"
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
    known = Names()
    for source in sources:
        tree = parse_python(source)
        if tree is None:
            known.of_chance |= set(MADE.findall(source))
            yield True
            continue
        found = [known.follow(statement) for statement in tree.body]
        yield any(found) or LEFT_OUT in source


# x = ..., def f(...): of a cell that is no Python
MADE = re.compile(r"^[ \t]*(?:def[ \t]+|class[ \t]+)?([A-Za-z_]\w*)[ \t]*(?:=(?!=)|\()", re.MULTILINE)


@dataclass
class Names:
    """What is known of a notebook's names: which follow from chance, which are modules, and what each function reads of the others.

    That `torch.randn(3)` draws makes nothing else of torch another.
    """

    of_chance: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    reads: dict[str, set[str]] = field(default_factory=dict)

    def follow(self, statement: ast.stmt) -> bool:
        """Whether a statement draws, asks the machine or goes on with what did; what it makes or changes then is known for it too."""
        nodes = list(ast.walk(statement))
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self.modules |= {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
            self.of_chance |= imported(statement)
            return False
        made = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
        in_order = set(put_in_order(statement))
        if not any(self.is_of_chance(node) for node in nodes if node not in in_order):
            if isinstance(statement, ast.Assign):
                self.of_chance -= made
            # def predict(x): return model(x)    with a model that is made below it
            if isinstance(statement, DEFINITIONS):
                self.reads[statement.name] = {n.id for n in nodes if isinstance(n, ast.Name)} - {statement.name}
            return False
        shared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
        if isinstance(statement, DEFINITIONS):
            self.of_chance |= {statement.name} | shared
        else:
            self.of_chance |= made | shared | (set(changed(statement, self.of_chance)) - self.modules)
        return True

    def is_of_chance(self, node: ast.AST) -> bool:
        """Whether one node names a source of chance, or what follows from one."""
        if isinstance(node, ast.Name):
            return isinstance(node.ctx, ast.Load) and self.is_name_of_chance(node.id)
        return is_source_of_chance(node)

    def is_name_of_chance(self, name: str) -> bool:
        seen, todo = set[str](), [name]
        while todo:
            one = todo.pop()
            if one in self.of_chance or one in MODULES or is_source(one):
                return True
            seen.add(one)
            todo += self.reads.get(one, set()) - seen
        return False


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def imported(statement: ast.Import | ast.ImportFrom) -> set[str]:
    """Names of what chance or the machine decides: `import random as r`, `from time import ctime`, `from torch.nn import Linear`."""
    if isinstance(statement, ast.Import):
        return {a.asname or a.name.partition(".")[0] for a in statement.names if a.name.partition(".")[0] in MODULES}
    module = (statement.module or "").partition(".")[0]
    layers = (statement.module or "").startswith("torch.nn")
    names = [(alias.asname or alias.name, alias.name) for alias in statement.names]
    return {own for own, name in names if module in MODULES or name in MODULES or (layers and name[:1].isupper())}


def is_source_of_chance(node: ast.AST) -> bool:
    """Whether a node that is no name draws, or asks the machine."""
    if isinstance(node, ast.Attribute):
        return is_source(node.attr) or is_layer(node)
    if isinstance(node, ast.keyword):  # DataLoader(rows, shuffle=True)
        return node.arg == "shuffle" and not (isinstance(node.value, ast.Constant) and not node.value.value)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and bool(DEVICES.search(node.value))
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("set", "frozenset")
    if isinstance(node, ast.Set):  # of words: {"a", "b"} has another order each time, {1, 2} has not
        return any(not isinstance(item, ast.Constant) or isinstance(item.value, str) for item in node.elts)
    return isinstance(node, ast.SetComp)


def is_layer(node: ast.Attribute) -> bool:
    """nn.Linear(8, 4), torch.nn.Linear(8, 4): it begins with random weights."""
    owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
    return owner.endswith("nn") and node.attr[:1].isupper() and node.attr != "Module"


def is_source(name: str) -> bool:
    return bool(DRAWS.search(name.lower()) or ASKS.search(name) or READS.search(name))


def put_in_order(statement: ast.stmt) -> Iterator[ast.AST]:
    """Sets of which only the order is chance, where that is settled: `sorted(set(words))`, and not by a key that may be equal."""
    for node in ast.walk(statement):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ORDERED
            and not node.keywords
        ):
            yield from (arg for arg in node.args if isinstance(arg, ast.SetComp | ast.Call))


def changed(statement: ast.stmt, names: set[str]) -> Iterator[str]:
    """Names whose objects a statement may change: `losses.append(loss)`, `table[i] = row`, `random.shuffle(words)`, `mix(words)`.

    names: those of chance. A function of theirs may change what it is handed.
    """
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute | ast.Subscript) and (name := root(node)):
            yield name
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if DRAWS.search(called.lower()) or called in names:
                yield from (arg.id for arg in node.args if isinstance(arg, ast.Name))


def root(node: ast.expr) -> str:
    """`self.a[0].b` -> "self"; "" where no name stands at the beginning."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
