"""From a file to a `Submission`: reading, repairing, cutting into exercises, and the habits of Colab."""

from grader.notebook.colab import neutralise_magics
from grader.notebook.gather import gather, unzip
from grader.notebook.mistyped import as_code
from grader.notebook.read import read
from grader.notebook.sections import cut
from grader.notebook.several_answers import one_answer_each

__all__ = ["as_code", "cut", "gather", "one_answer_each", "read", "neutralise_magics", "unzip"]
