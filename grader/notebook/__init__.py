"""From a file to a `Submission`: reading, repairing, cutting into exercises, and the habits of Colab."""

from grader.notebook.cut import cut
from grader.notebook.gather import gather, unzip
from grader.notebook.habits import tame
from grader.notebook.mistyped import as_code
from grader.notebook.parts import one_answer_each
from grader.notebook.read import read

__all__ = ["as_code", "cut", "gather", "one_answer_each", "read", "tame", "unzip"]
