"""What the exercises in the form of the course's notebook have in common: time first, layers from torch.nn."""

from __future__ import annotations

from grader.checks import CallFailed, Draw, Module, Student, Text
from grader.model import Signature

TITLE = Text(
    en="the course's notebook (time first, with nn.TransformerEncoder, as in PyTorch's tutorial)",
    ja="授業のノートブック（PyTorch チュートリアルと同じく、時間が先頭の軸で nn.TransformerEncoder を使う書き方）",
)
SOLUTION = "forms/transformer_lm"
VOCABULARY = 29

MODEL = Signature(
    "TransformerModel", r"n_?tok\w*,(?:n_?inp|d_model|emb\w*|d_?emb\w*),n_?head\w*,\w+,n_?lay\w*(?:,\w+=?)*"
)
POSITIONS = Signature("PositionalEncoding", r"(?:d_model|dim|ninp|emb\w*)(?:,drop\w*=?)?(?:,max_?len\w*=?)?")


def language_model(student: Student, draw: Draw) -> tuple[Module, int]:
    """A model of two layers with drawn parameters in evaluation mode, and its width."""
    heads, head_width = draw.sample((3, 5), 1)[0], draw.sample((2, 4), 1)[0]
    width = heads * head_width  # even, as the table of sines and cosines wants it
    sizes = (VOCABULARY, width, heads, width + draw.sample((7, 9, 11), 1)[0], 2)
    return student.module("TransformerModel", *sizes, dropout=0.3).randomise(draw).eval(), width


def wants_mask(student: Student, model: Module) -> bool:
    """Whether forward has to be given a mask besides the ids."""
    described = student.branch.ask(
        {"op": "describe", "section": student.section, "target": model.handle, "method": "forward"}
    )
    rows = described.value.get("parameters") if isinstance(described.value, dict) else None
    required = [row for row in rows or [] if isinstance(row, list | tuple) and len(row) == 3 and not row[2]]
    return len([row for row in required if str(row[1]) not in ("VAR_POSITIONAL", "VAR_KEYWORD")]) > 1


MASKS = ("_generate_square_subsequent_mask", "generate_square_subsequent_mask")


def mask_maker(student: Student, model: Module) -> str:
    """The name under which the model makes its mask; "" if it has none."""
    with student.unrecorded():
        for name in MASKS:
            try:
                model.method(name, 3)
            except CallFailed as error:
                if error.fault.type == "AttributeError" and name in error.fault.message:
                    continue
            return name
    return ""
