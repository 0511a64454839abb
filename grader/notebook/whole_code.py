"""Whether all the code of a hand-in is there to be read, and which of it may do more than a model does.

"Nothing that was handed in does this" is a claim. It can be made only where no line goes on in a file that was not handed in, and of
code that nobody can take for something else.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable

from grader.model import Cell
from grader.notebook.code_patterns import without_comments
from grader.notebook.syntax import imports, parse_python, without_magics

# Packages that are well known, and none of which does a whole exercise behind a name that says nothing.
KNOWN = frozenset((
    "torch", "torchvision", "torchtext", "torchaudio", "torchinfo", "torchsummary", "torchmetrics", "numpy", "pandas",
    "matplotlib", "seaborn", "plotly", "tqdm", "sklearn", "scipy", "requests", "tiktoken", "sentencepiece",
    "tokenizers", "transformers", "einops", "einx", "jaxtyping", "wandb", "tensorboard", "tensorboardX", "yaml",
    "omegaconf", "hydra", "rich", "regex", "nltk", "spacy", "unidecode", "IPython", "psutil", "typing_extensions",
    "triton", "safetensors", "huggingface_hub", "accelerate", "pytorch_lightning", "lightning", "gensim", "google",
    "joblib", "six", "future", "PIL", "sacrebleu",
))  # fmt: skip
# A name that many give a file of their own as well: only with what the package is known for.
LOADS = {"datasets": frozenset(("load_dataset", "load_from_disk", "Dataset", "DatasetDict", "concatenate_datasets"))}
# exec(open("train.py").read());  %run train.ipynb;  !python train.py;  !git clone https://...;  importlib.import_module(name)
RUNS_OTHERS = re.compile(
    r"(?<![.\w])(?:exec|eval|__import__)\s?\(|\b(?:import_module|run_path|run_module)\s?\(|%run\b|%load|!\s?(?:python|git|bash|sh)\b|%%(?:bash|sh)"
)
TABLES = {"sin", "cos"}


def is_whole(cells: Iterable[Cell], modules: Collection[str]) -> bool:
    """Whether no code of these cells runs a file that is not among the submission's own modules."""
    for cell in (cell for cell in cells if cell.kind == "code"):
        if RUNS_OTHERS.search(without_comments(cell.source)):
            return False
        tree = parse_python(without_magics(cell.source))
        if tree is None or not all(is_known(module, names, modules) for module, names in imports(tree)):
            return False
    return True


def is_known(module: str, names: Collection[str], modules: Collection[str]) -> bool:
    """Whether a module is one of the submission's own, or a package that is taken for what it is known for."""
    plain = module.lstrip(".")
    if not plain:  # from . import attention
        return all(is_known(name, (), modules) for name in names)
    if plain in modules or any(known.startswith(f"{plain}.") for known in modules):
        return True
    if module.startswith("."):
        return False
    top = plain.partition(".")[0]
    if top in LOADS:
        return bool(names) and LOADS[top].issuperset(names)
    return top in sys.stdlib_module_names or top in KNOWN


def outside_models(cells: Iterable[Cell]) -> str:
    """The student's code without its comments, and without what models compute: their constructors, what `forward` does, tables of sines."""
    found = []
    for cell in (cell for cell in cells if cell.kind == "code" and not cell.pristine):
        tree = parse_python(without_magics(cell.source))
        found.append(without_comments(cell.source) if tree is None else ast.unparse(Outside().visit(tree)))
    return "\n".join(found)


class Outside(ast.NodeTransformer):
    """A cell without the bodies in which a model computes."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:  # ast's name
        self.generic_visit(node)
        if any("Module" in ast.unparse(base) for base in node.bases):
            inside = [part for part in node.body if not is_method(part, "__init__") and not is_method(part, "forward")]
            node.body = inside or [ast.Pass()]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:  # ast's name
        words = {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)}
        if words >= TABLES:
            node.body = [ast.Pass()]
        return node


def is_method(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == name
