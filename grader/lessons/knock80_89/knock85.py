"""BiRNN(vocab_size, emb_size, padding_idx, output_size, hidden_size, num_layers): y from [h_T forward; h_1 backward]."""

import torch

from grader.checks import MODULE, Draw, Failure, Student, Text, Unmatched, check, properties, sign, trace
from grader.lessons.knock80_89 import _answers85, _interfaces, _models, _of_the_contract, _sizes

TITLE = Text(en="85. Bidirectional and multi-layer RNNs", ja="85. 双方向 RNN・多層化")
NAMES = ("BiRNN",)
SIGNS = (
    sign(
        MODULE + r"bidirectional\s*=\s*True|^class\s+\w*Bi\w*(?:RNN|LSTM|GRU)\w*\(",
        "a class with a bidirectional RNN",
        "双方向 RNN のクラス",
        rank=40,
    ),
)
TRACES = (trace(r"bidirectional|num_layers"),)  # nn.RNN(300, 50, num_layers=2, bidirectional=True)
INTERFACES = _interfaces.KNOCK85
KNOWN_ANSWERS = _answers85
STARTERS = (
    Text(
        en="Begin with the RNN of 81 and give `nn.RNN` two more arguments: `bidirectional=True` and `num_layers`.",
        ja="81 の RNN から始め、`nn.RNN` に `bidirectional=True` と `num_layers` を渡しましょう。",
    ),
    Text(
        en="`h_n` is (layers * 2, B, H). The two rows that you want, side by side, are (B, 2H): so how wide is "
        "the last `nn.Linear`?",
        ja="`h_n` の形は (層数 * 2, B, H) です。使う 2 つを横に並べると (B, 2H) になります。最後の `nn.Linear` の入力の幅は？",
    ),
    Text(
        en="Padding: count the real words of each title and pack the embedded titles (B, T, E) before the RNN "
        "reads them.",
        ja="パディング対策: 各題名の単語数を数え、埋め込んだ (B, T, E) を pack してから RNN に読ませます。",
    ),
)
STEPS = Text(
    en="Walk one title through: ids (B, T) → emb (B, T, E) → h_n (num_layers * 2, B, H) → the last two of it, h_n[-2] forward and "
    "h_n[-1] backward, (B, H) each → side by side (B, 2H) → fc (B, L). Print the shapes. Which two states go into fc, of which layer, and "
    "has each of them read the whole title? If you pack: is a length the number of ids that are not padding_idx?",
    ja="1 件の題名を順に追いましょう: ids (B, T) → emb (B, T, E) → h_n (層数 × 2, B, H) → その最後の 2 つ、順方向 h_n[-2] と逆方向 h_n[-1]（どちらも (B, H)）→ "
    "横に並べて (B, 2H) → fc (B, L)。形を表示し、fc に入る 2 つの状態がどの層のものか、どちらも題名を全部読み終えているかを確かめましょう。"
    "pack する場合、長さは「padding_idx でない ID の数」になっていますか。",
)


def build(student: Student, draw: Draw, num_layers: int = 2) -> _models.StudentClassifier:
    """A model whose sizes are all distinct, with drawn parameters, in evaluation mode."""
    sizes = {**_sizes.drawn_sizes(draw, "emb_size", "hidden_size"), "num_layers": num_layers}
    return _models.build(student, draw, "BiRNN", directions=2, **sizes)


@check(points=1, ja="(B, T) の ID から (B, L) の出力が得られる（B = 1 でも）")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L), also for a single title."""
    model = build(student, draw)
    batch, time = draw.sizes(2)
    model(model.titles(draw, batch, time))
    model(model.titles(draw, 1, time))


@check(
    points=4,
    after=output_shape,
    ja="左から読んだ最後の状態と、右から読んだ最後の状態から y を計算する（あなたの重みで検算）",
)
def reads_from_both_ends(student: Student, draw: Draw) -> None:
    """y comes from where each direction has read everything, [h_T forward; h_1 backward]: recomputed with your weights."""
    model = build(student, draw)
    few, many = draw.sizes(2, smallest=5)
    model.agrees(model.titles(draw, few, many), STEPS)
    model.agrees(model.titles(draw, many, 26 + few), STEPS, longer=True)  # a second call, of other sizes
    if _sizes.ask_for(student, "BiRNN", "num_layers"):
        model = build(student, draw, 1)  # h_n[2] and h_n[3] are the last layer's states of two layers only
        model.agrees(model.titles(draw, few, many), STEPS)


@check(points=1, after=output_shape, ja="バッチ内の題名どうしは影響し合わない")
def titles_are_independent(student: Student, draw: Draw) -> Text | None:
    """Each title is judged by itself: alone it gives what it gives within a batch of long and short ones."""
    model = build(student, draw)
    _models.independent_titles(model, draw)
    if not is_told_what_pads(student, model):
        return None
    batch, time = draw.sizes(2)
    ids = model.titles(draw, batch, time)
    padded = torch.cat([ids, torch.full((batch, 3), model.vocab_size - 1)], dim=1)
    with student.unrecorded():  # a matter for advice: the known answers differ in it
        unread = properties.close(model(padded), model(ids))
    return None if unread else PADDING_IS_READ


def is_told_what_pads(student: Student, model: _models.StudentClassifier) -> bool:
    """Whether the padding is what it must take for one: not a word to who counts words of another id, or is handed lengths or a mask.

    x = pack_padded_sequence(self.embed(batch["src"]), batch["lengths"])
    """
    form = student.form(model.module)
    handed = {what for _, what in (*form.extras, *form.parts)}
    return not handed & {"lengths", "mask"} and (student.promised or _sizes.ask_for(student, "BiRNN", "padding_idx"))


@check(points=1, after=output_shape, ja="指定した大きさも勾配もどの層にも届き、どの式にも b がある")
def follows_the_formula(student: Student, draw: Draw) -> Text | None:
    """The sizes that are asked for reach their layers, and so do gradients; each layer adds its b."""
    return _of_the_contract.follows_the_contract(build(student, draw), student, draw, directions=2)


ONE_LAYER = Text(
    en="The class has one layer and takes no number of layers; a person looks where it was made of several.",
    ja="このクラスは 1 層で、層の数を指定できません。多層化がどこで行われているかは、人が確認します。",
)
PADDING_IS_READ = Text(
    en="Padding changes your model's answer: with three padding ids behind a title it says something else. Nothing is "
    "deducted; pack_padded_sequence (or lengths) makes a title independent of its batch.",
    ja="パディングによってモデルの答えが変わります（題名の後ろに 3 つ足すと別の値になりました）。減点はありませんが、"
    "pack_padded_sequence（または長さの指定）を使えば、同じバッチの題名に左右されなくなります。",
)


@check(points=1, after=output_shape, ja="num_layers の数だけ層が重なる")
def layers_are_stacked(student: Student, draw: Draw) -> None:
    """There are as many layers as num_layers says."""
    if not _sizes.ask_for(student, "BiRNN", "num_layers"):
        if _sizes.layers(build(student, draw).module.weights) == 1:
            raise Unmatched("one layer", ONE_LAYER)
        return  # its number of layers stands in the class: there is nothing to ask for
    one, three = (len(build(student, draw, num_layers).module.weights) for num_layers in (1, 3))
    if three <= one:
        raise Failure(
            Text(
                en=f"With num_layers=3 the model has as many parameters as with 1, {one} tensors.",
                ja=f"num_layers=3 にしても、パラメータは num_layers=1 のときと同じ {one} 個です。",
            ),
            Text(
                en="How does nn.RNN come to know the number of layers?",
                ja="層の数を nn.RNN にどうやって伝えますか。",
            ),
        )
