"""RNN(vocab_size, emb_size, padding_idx, output_size, hidden_size): ids (B, T) -> (B, L), y from h_T, h_0 = 0."""

from grader import properties, views
from grader.draw import Draw
from grader.lessons.declare import accepts, check, edit, misconception
from grader.model import Text
from grader.student import Module, Student

TITLE = Text(en="81. Predicting with an RNN", ja="81. RNN による予測")
NAMES = ("RNN",)

SCORES = Text(en="the output", ja="出力")


def build(student: Student, draw: Draw) -> tuple[Module, dict[str, int]]:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    emb_size, output_size, hidden_size = draw.sizes(3)
    sizes = {"vocab_size": 29, "emb_size": emb_size, "padding_idx": 28, "output_size": output_size}
    model = student.module("RNN", **sizes, hidden_size=hidden_size)
    return model.randomise(draw).eval(), sizes


@check(points=1, ja="(B, T) の ID から (B, L) の出力が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L)."""
    model, sizes = build(student, draw)
    batch, time = draw.sizes(2)
    model(draw.integers(0, 28, batch, time), view=views.class_scores(batch, sizes["output_size"]))


@check(points=1, after=output_shape, ja="1 件だけのバッチでも動く")
def a_batch_of_one(student: Student, draw: Draw) -> None:
    """A batch of one title works too."""
    model, sizes = build(student, draw)
    (time,) = draw.sizes(1)
    model(draw.integers(0, 28, 1, time), view=views.class_scores(1, sizes["output_size"]))


@check(points=3, after=output_shape, ja="出力は最後の状態 h_T から計算される（あなたの重みで検算）")
def computes_the_recurrence(student: Student, draw: Draw) -> None:
    """The output is computed from the last state h_T: recomputed with your own weights."""
    model, sizes = build(student, draw)
    batch, time = draw.sizes(2)
    model(draw.integers(0, 28, batch, time), view=views.class_scores(batch, sizes["output_size"]))
    student.must_agree(SCORES)


@check(points=2, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> None:
    """Each title is judged by itself: the last one alone gives what it gives within the batch."""
    model, sizes = build(student, draw)
    batch, time = draw.sizes(2)
    ids = draw.integers(0, 28, batch, time)
    together = model(ids, view=views.class_scores(batch, sizes["output_size"]))
    # The first row would not do: with batch and time confused it still looks right.
    alone = model(ids[-1:], view=views.class_scores(1, sizes["output_size"]))
    properties.equal(together[-1:], alone, Text(en="the output of the last title", ja="最後の題名に対する出力"))


gru = accepts(edit("nn.RNN(", "nn.GRU("))

no_batch_first = misconception(
    edit(", batch_first=True", ""),
    en="Batch and time are confused: without batch_first=True, nn.RNN reads (T, B, E), so the titles of the batch are "
    "read as one sentence. Pass batch_first=True.",
    ja="バッチと時間を取り違えています。batch_first=True がないと nn.RNN は入力を (T, B, E) と読むので、バッチ内の題名が 1 つの文のように"
    "つながってしまいます。batch_first=True を付けましょう。",
)
mean_over_time = misconception(
    edit("self.fc(h_n[-1])", "self.fc(out.mean(dim=1))"),
    en="The states are averaged over time. The problem asks for y from the last state h_T alone: h_n[-1] or out[:, -1].",
    ja="全時刻の状態を平均しています。問題では最後の状態 h_T だけから y を計算します。h_n[-1] か out[:, -1] を使いましょう。",
)
