"""How the heads are cut, told by the weights that come back."""

from grader.checks import Draw, Student
from grader.lessons.transformer_lm._attention import draw_sizes
from grader.lessons.transformer_lm._equal_lengths import in_its_form


def cut_by_columns(student: Student, draw: Draw) -> bool:
    """Whether each head has every N-th column, as far as the weights that come back show.

    One square matrix after the other has its every N-th row turned round: where that moves the weights of exactly one head, that
    is how the heads are cut.
    """
    with student.unrecorded():
        sizes = draw_sizes(draw)
        model = student.module("MultiHeadAttention", d_model=sizes.width, num_heads=sizes.heads).randomise(draw).eval()
        sizes = in_its_form(student, sizes)
        inputs = sizes.inputs(draw)
        before = model(*inputs, view=sizes.weights())
        if before is None or before.dim() < 4:
            return False
        square = {name: weight for name, weight in model.weights.items() if weight.shape == (sizes.width, sizes.width)}
        for name, weight in square.items():
            turned = weight.clone()
            turned[:: sizes.heads] *= -1
            model.load({name: turned})
            moved = (model(*inputs, view=sizes.weights()) - before).abs().amax(dim=(0, 2, 3)) > 1e-4
            model.load({name: weight})
            if int(moved.sum()) == 1:
                return True
    return False
