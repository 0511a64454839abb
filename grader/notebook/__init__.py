"""From a file to a `Submission`: reading, repairing, cutting into exercises, and the habits of Colab."""

from grader.notebook.cut import cut
from grader.notebook.gather import gather, unzip
from grader.notebook.habits import tame
from grader.notebook.read import read

__all__ = ["cut", "gather", "read", "tame", "unzip"]
