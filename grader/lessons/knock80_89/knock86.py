"""CNN(vocab_size, emb_size, padding_idx, output_size, out_channels, kernel_heights=3, stride=1, padding=1): (B, T) -> (B, L)."""

from collections.abc import Callable
from contextlib import suppress

import torch
from torch import Tensor

from grader.checks import (
    MODULE,
    CallFailed,
    Draw,
    Failure,
    Student,
    Text,
    UnlikeAnyAnswer,
    Unmatched,
    check,
    properties,
    sign,
    trace,
)
from grader.lessons.knock80_89 import _answers86, _interfaces, _models, _of_the_contract, _sizes

TITLE = Text(en="86. A convolutional network (CNN)", ja="86. 畳み込みニューラルネットワーク（CNN）")
NAMES = ("CNN",)
SIGNS = (
    sign(
        MODULE + r"Conv[12]d\s*\(|^class\s+\w*CNN\w*\(", "a class with a convolution", "畳み込みのあるクラス", rank=30
    ),
)
TRACES = (trace(r"Conv[12]d\s*\("),)  # nn.Conv1d(300, 100, 3, padding=1)
INTERFACES = _interfaces.KNOCK86
KNOWN_ANSWERS = _answers86
STARTERS = (
    Text(
        en="Three layers: `nn.Embedding`, an `nn.Conv1d` from E to C channels, and an `nn.Linear` from C to L. "
        "Which arguments of yours does the convolution take?",
        ja="必要な層は 3 つです。`nn.Embedding`、E から C チャネルへの `nn.Conv1d`、C から L への `nn.Linear`。畳み込みに渡すべき引数はどれで"
        "しょう。",
    ),
    Text(
        en="`nn.Conv1d` slides along the last axis and wants (B, E, T), while the embedding gives (B, T, E).",
        ja="`nn.Conv1d` は最後の軸に沿って動くので (B, E, T) を受け取ります。埋め込みの出力は (B, T, E) です。",
    ),
    Text(
        en="After the activation the windows are (B, C, T'): pool over the windows to (B, C), whatever their number.",
        ja="活性化関数のあとの窓は (B, C, T') です。窓の数がいくつでも、窓の軸でプーリングして (B, C) にします。",
    ),
)
STEPS = Text(
    en="Walk one title through: ids (B, T) → emb (B, T, E) → transpose(1, 2), so (B, E, T) → Conv1d with padding on both sides, "
    "(B, C, T) → activation → maximum over the last axis, (B, C) → fc (B, L). Print the shape after each line: does one axis come from "
    "another, does the maximum run over time, is an activation there, are kernel_heights, stride and padding each in their place?",
    ja="1 件の題名を順に追いましょう: ids (B, T) → emb (B, T, E) → transpose(1, 2) で (B, E, T) → 両端を埋めた Conv1d で (B, C, T) → 活性化関数 → "
    "最後の軸の最大値で (B, C) → fc (B, L)。1 行ごとに形を表示し、軸を取り違えていないか、最大値が時間方向か、活性化関数があるか、"
    "kernel_heights・stride・padding がそれぞれの場所に渡っているかを確かめましょう。",
)


def build(student: Student, draw: Draw, **shape: int) -> _models.StudentClassifier:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    return _models.build(student, draw, "CNN", **_sizes.drawn_sizes(draw, "emb_size", "out_channels"), **shape)


@check(points=1, ja="(B, T) の ID から (B, L) の出力が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L)."""
    model = build(student, draw)
    few, many = draw.sizes(2)
    for batch, time in ((few, many), (many, few)):  # one length might by chance be the number of channels
        model(model.titles(draw, batch, time))


@check(points=1, after=output_shape, ja="1 件だけのバッチでも、1 語だけの題名でも動く")
def one_title_one_word(student: Student, draw: Draw) -> None:
    """A batch of one title works, and so does a title of one word."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, 1, time))
    any_length(student)
    least = _sizes.own_length(student, "CNN")
    if least:
        raise Failure(
            Text(
                en=f"The model can only be asked about titles of {least} words and more: shorter ones raise an error.",
                ja=f"{least} 語以上の題名しか入力できません。それより短いとエラーになります。",
            ),
            STEPS,
        )
    model(model.titles(draw, batch, 1))


def any_length(student: Student) -> None:
    """Raises Failure for a model that is made for titles of one length."""
    length = _sizes.own_length(student, "CNN")
    if not _sizes.takes_longer(student, "CNN"):
        raise Failure(
            Text(
                en=f"The model can only be asked about titles of about {length} words: shorter ones raise an error, and of "
                "longer ones the end is lost.",
                ja=f"{length} 語前後の題名しか入力できません。それより短いとエラーになり、長いと末尾が使われません。",
            ),
            misconception="fixed_pool_width",
        )


@check(points=4, after=output_shape, ja="3 語の窓を畳み込み、時間方向の最大値から y を計算する（あなたの重みで検算）")
def convolves_and_pools(student: Student, draw: Draw) -> Text | None:
    """Windows of three words are convolved and the maximum over time gives y (we recompute it with your weights)."""
    few, many = draw.sizes(2, smallest=5)

    def twice(model: _models.StudentClassifier) -> None:
        try:
            for batch, time in ((few, many), (many, few)):  # a second call, of another length
                model.agrees(model.titles(draw, batch, time), STEPS)
        except Unmatched as unknown:
            raise other_window(student, model, draw) or unknown from None

    return as_it_pads(student, draw, twice)


def as_it_pads(student: Student, draw: Draw, ask: Callable[[_models.StudentClassifier], None]) -> Text | None:
    """Ask a model, and where somebody's own class pads by a number of its own, once more against one that pads by two.

    nn.Conv1d(emb_size, hidden_size, 3, padding=2)
    """
    try:
        ask(build(student, draw))
    except (UnlikeAnyAnswer, Unmatched):
        if student.promised or _sizes.ask_for(student, "CNN", "padding"):
            raise
        asked = len(student.exchanges)
        try:
            ask(build(student, draw, padding=2))
        except (Failure, CallFailed, Unmatched):
            student.forget(asked)
        else:
            return PADDED_BY_TWO
        raise
    return None


PADDED_BY_TWO = Text(
    en="The convolution pads by two on each side, so the first and the last window see one word only; padding=1 gives one window a word.",
    ja="畳み込みの padding が 2 なので、最初と最後の窓には単語が 1 つしか入りません。padding=1 なら、1 語に 1 つの窓になります。",
)


def other_window(student: Student, model: _models.StudentClassifier, draw: Draw) -> Failure | None:
    """What is to be said of a convolution whose window is not three words high. Only of our own notebook, which says so."""
    height = window_of(model)
    if not student.promised or height in (None, WINDOW):
        return None
    asked = 5 if height != 5 else 4
    with student.unrecorded():
        always = window_of(build(student, draw, kernel_heights=asked, stride=2, padding=1)) == height
    return Failure(
        Text(
            en=f"A window covers {height} word(s), and should cover {WINDOW}.",
            ja=f"窓が見ている単語は {height} 個ですが、{WINDOW} 個のはずです。",
        ),
        SHAPES_HELP,
        misconception="kernel_fixed" if always else None,
    )


def window_of(model: _models.StudentClassifier) -> int | None:
    """The height of a plain convolution, read off its weights (C, E, height) or (C, 1, height, E); None for any other model."""
    layers = [weight for weight in model.module.weights.values() if weight.dim() > 1]
    found = [weight.shape for weight in layers if weight.dim() > 2]
    if len(layers) != 3 or len(found) != 1 or found[0][0] != model.inner:
        return None
    widths = {weight.shape[1] for weight in layers if weight.dim() == 2 and weight.shape[0] >= model.vocab_size}
    if len(found[0]) == 3:
        return int(found[0][2]) if found[0][1] in widths else None
    return int(found[0][2]) if found[0][1] == 1 and found[0][3] in widths else None


WINDOW = 3  # words, where nothing else is asked for
LONG = 160  # words, and some more: a window of a fixed width is narrower


@check(points=1, after=convolves_and_pools, ja="長い題名でも、最後の単語まで最大値に加わる")
def long_titles(student: Student, draw: Draw) -> None:
    """The maximum runs over all of the time: the last words of a long title count as well."""
    any_length(student)
    as_it_pads(student, draw, lambda model: reads_to_the_end(student, model, draw))


def reads_to_the_end(student: Student, model: _models.StudentClassifier, draw: Draw) -> None:
    batch, more = draw.sizes(2)
    ids = model.titles(draw, batch, LONG + more)
    scores = model(ids)
    try:
        student.must_agree(_models.SCORES, help=STEPS)
    except UnlikeAnyAnswer as failure:
        model.blames_chance(failure, ids, scores)
        if not only_the_beginning(student, model, ids, scores, draw):
            raise
        raise Failure(failure.rationale, failure.help, failure.evidence, "fixed_pool_width") from None


def only_the_beginning(
    student: Student, model: _models.StudentClassifier, ids: Tensor, scores: Tensor, draw: Draw
) -> bool:
    """Whether the last third of these titles never counts, while short titles are judged as they should be."""
    last = LONG // 3
    with student.unrecorded():
        ends = [model(torch.cat([ids[:, :-last], model.titles(draw, len(ids), last)], dim=1)) for _ in range(2)]
    with student.unrecorded(), suppress(UnlikeAnyAnswer):
        model(model.titles(draw, len(ids), 5))
        student.must_agree()
        return all(properties.close(end, scores) for end in ends)
    return False


@check(points=1, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> None:
    """Each title is judged by itself: alone it gives what it gives within a batch of long and short ones."""
    _models.independent_titles(build(student, draw), draw)


SHAPES = (
    (5, 3, 1),
    (4, 1, 2),
    (3, 2, 0),
)  # kernel_heights, stride, padding: no two alike, none of them always the same


@check(points=1, after=convolves_and_pools, ja="kernel_heights・stride・padding の指定が効く")
def sizes_are_respected(student: Student, draw: Draw) -> None:
    """kernel_heights, stride and padding do what they say."""
    if not _sizes.ask_for(student, "CNN", "kernel_heights", "stride", "padding"):
        return  # its sizes stand in the class or in globals: there is nothing to ask for
    any_length(student)
    for kernel_heights, stride, padding in SHAPES:
        model = build(student, draw, kernel_heights=kernel_heights, stride=stride, padding=padding)
        batch, time = draw.sizes(2, smallest=5)
        model.agrees(model.titles(draw, batch, time + 7), SHAPES_HELP)


SHAPES_HELP = Text(
    en="A convolution over T words gives (T + 2 * padding - kernel_heights) // stride + 1 windows. "
    "Print windows.shape for kernel_heights=5, stride=3, padding=1 and 12 words: it should be (B, C, 4). Which of the three "
    "arguments does not arrive, or arrives in another's place?",
    ja="T 語に畳み込みを掛けると、窓は (T + 2 × padding - kernel_heights) // stride + 1 個になります。"
    "kernel_heights=5・stride=3・padding=1・12 語で windows.shape を表示すると (B, C, 4) のはずです。3 つの引数のうち、届いていないもの、別の場所に渡っているものはどれですか。",
)


@check(points=1, after=output_shape, ja="指定した大きさも勾配もどの層にも届き、b_p と b_y もある")
def follows_the_formula(student: Student, draw: Draw) -> Text | None:
    """The sizes that are asked for reach their layers, and so do gradients; b_p and b_y are there."""
    return _of_the_contract.follows_the_contract(build(student, draw), student, draw)
