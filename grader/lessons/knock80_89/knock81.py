"""RNN(vocab_size, emb_size, padding_idx, output_size, hidden_size): ids (B, T) -> (B, L), y from h_T, h_0 = 0."""

from grader.checks import MODULE, Draw, Failure, Student, Text, check, properties, sign, trace
from grader.lessons.knock80_89 import _answers81, _interfaces, _models, _of_the_contract, _sizes

TITLE = Text(en="81. Predicting with an RNN", ja="81. RNN による予測")
NAMES = ("RNN",)
SIGNS = (
    sign(
        MODULE + r"\b(?:RNN|LSTM|GRU)(?:Cell)?\s*\(|^class\s+\w*(?:RNN|LSTM|GRU)\w*\(",
        "a class with an RNN",
        "RNN のクラス",
        rank=50,
    ),
)
TRACES = (trace(r"\b(?:RNN|LSTM|GRU)(?:Cell)?\s*\("),)  # self.rnn = nn.RNN(300, 50)
INTERFACES = _interfaces.KNOCK81
KNOWN_ANSWERS = _answers81
STARTERS = (
    Text(
        en="Three layers: an `nn.Embedding` from V ids to E numbers, an `nn.RNN` from E to H, and an `nn.Linear` from H to L. Which arguments of "
        "yours are V, E, H and L?",
        ja="必要な層は 3 つです。V 個の ID を E 個の数にする `nn.Embedding`、E から H への `nn.RNN`、H から L への `nn.Linear`。V・E・H・L はどの引数でしょう。",
    ),
    Text(
        en="Write the shapes beside each line: (B, T), (B, T, E), (B, T, H), (B, H), (B, L). Which order of "
        "axes does `nn.RNN` expect by default?",
        ja="各行に形を書き添えましょう。(B, T)、(B, T, E)、(B, T, H)、(B, H)、(B, L)。`nn.RNN` が既定で想定する軸の順番はどうでしょう。",
    ),
    Text(
        en="Return the numbers as they come out of the last layer: no softmax, the loss does that.",
        ja="最後の層の出力をそのまま返します。softmax は損失の側でとるので要りません。",
    ),
)


def build(student: Student, draw: Draw) -> _models.StudentClassifier:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    return _models.build(student, draw, "RNN", **_sizes.drawn_sizes(draw, "emb_size", "hidden_size"))


STEPS = Text(
    en="Walk one title through: ids (B, T) → emb (B, T, E) → all states (B, T, H) → the last one, h_T (B, H) → fc (B, L). Print the "
    "shape after each line. Is the first axis always the batch (batch_first=True)? Does reading begin with the first word and h_0 = 0, "
    "and is it the last state that goes into fc, as it is?",
    ja="1 件の題名を順に追いましょう: ids (B, T) → emb (B, T, E) → 全時刻の状態 (B, T, H) → 最後の状態 h_T (B, H) → fc (B, L)。1 行ごとに形を表示し、"
    "先頭の軸がいつもバッチか（batch_first=True）、先頭の単語から h_0 = 0 で読み始めているか、fc に入るのが最後の状態そのものかを確かめましょう。",
)


@check(points=1, ja="(B, T) の ID から (B, L) の出力が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L)."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, batch, time))


@check(points=1, after=output_shape, ja="1 件だけのバッチでも、1 語だけの題名でも動く")
def a_batch_of_one(student: Student, draw: Draw) -> None:
    """A batch of one title works too, and so does a title of one word."""
    model = build(student, draw)
    (time,) = draw.sizes(1)
    model(model.titles(draw, 1, time))
    model(model.titles(draw, time, 1))


@check(points=4, after=output_shape, ja="出力は h_0 = 0 から始めた最後の状態 h_T で決まる（あなたの重みで検算）")
def computes_the_recurrence(student: Student, draw: Draw) -> None:
    """The output is computed from the last state h_T, starting from h_0 = 0 (we recompute it with your weights)."""
    model = build(student, draw)
    few, many = draw.sizes(2)
    model.agrees(model.titles(draw, few, many), STEPS)
    model.agrees(model.titles(draw, many, 35 + few), STEPS, longer=True)  # a second call, and titles that are long


@check(points=2, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> None:
    """Each title is judged by itself: alone it gives what it gives within a batch of long and short ones."""
    _models.independent_titles(build(student, draw), draw)


@check(points=1, after=output_shape, ja="前のバッチの状態を引きずらない")
def every_batch_starts_afresh(student: Student, draw: Draw) -> None:
    """Nothing is carried over from batch to batch: the same titles give the same output again."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    ids = model.titles(draw, batch, time)
    once = model(ids)
    model(model.titles(draw, batch, time))
    again = model(ids)
    properties.equal(
        again,
        once,
        Text(en="the output for the same titles, asked again", ja="同じ題名をもう一度入れたときの出力"),
        help=Text(en="What does the model keep between two calls?", ja="モデルは呼び出しの間に何を覚えていますか。"),
    )
    if model.is_random(ids, once):
        raise Failure(TWO_RESULTS, STEPS, misconception=model.source_of_chance(ids))


TWO_RESULTS = Text(
    en="The same titles gave two results, with nothing in between.",
    ja="同じ題名を続けて 2 回入れただけで、違う結果になりました。",
)


@check(points=1, after=output_shape, ja="指定した大きさも勾配もどの層にも届き、b_h と b_y もある")
def follows_the_formula(student: Student, draw: Draw) -> Text | None:
    """The sizes that are asked for reach their layers, and so do gradients; b_h and b_y are there."""
    return _of_the_contract.follows_the_contract(build(student, draw), student, draw)
