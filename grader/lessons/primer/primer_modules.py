"""BagOfWords(vocab_size, emb_size, output_size): ids (B, T) -> scores (B, L) of the mean of the word vectors."""

from functools import partial

from torch import Tensor

from grader.checks import (
    CallFailed,
    Draw,
    Failure,
    Module,
    Student,
    Text,
    accepts,
    backward,
    check,
    edit,
    misconception,
    normalise,
    properties,
    same,
    tell_leftovers,
)

TITLE = Text(en="A box of layers", ja="層をまとめる")
NAMES = ("BagOfWords",)
HEADINGS = ("a box of layers", "層をまとめる")
STARTERS = (
    Text(
        en="Two layers in `__init__`: an `nn.Embedding` from V ids to E numbers and an `nn.Linear` from E to L. Which arguments of yours are V, E and L?",
        ja="`__init__` に層を 2 つ。V 個の ID を E 個の数にする `nn.Embedding` と、E から L への `nn.Linear` です。V・E・L はどの引数ですか。",
    ),
    Text(
        en="In `forward` write the shapes beside the lines: (B, T), (B, T, E), (B, E), (B, L). Which axis does the mean take away?",
        ja="`forward` の各行に形を書き添えましょう。(B, T)、(B, T, E)、(B, E)、(B, L)。平均で消えるのはどの軸ですか。",
    ),
)
SCORES = Text(
    en="the scores (turned into logarithms of probabilities, to compare them)",
    ja="得点（比べるために、確率の対数に直した値）",
)
STEPS = Text(
    en="Follow one sentence: ids (1, T) → word vectors (1, T, E) → their mean (1, E) → scores (1, L). Print the shape after each line, and "
    "compare the mean with one computed by hand.",
    ja="1 つの文をたどりましょう。ID (1, T) → 単語ベクトル (1, T, E) → 平均 (1, E) → 得点 (1, L)。1 行ごとに形を表示し、平均は手計算と比べてみましょう。",
)
LAYERS = Text(
    en="Print list(model.parameters()). A layer is found there when it stands in self, not in a list: self.emb = nn.Embedding(...), self.fc = nn.Linear(...).",
    ja="list(model.parameters()) を表示してみましょう。リストの中ではなく self に直接入れた層だけが見つかります: self.emb = nn.Embedding(...)、self.fc = nn.Linear(...)。",
)


def build(student: Student, draw: Draw) -> tuple[Module, int, int]:
    """A model with drawn parameters, its number of words and of labels."""
    words, width, labels = draw.sizes(3, smallest=4)
    model = student.module("BagOfWords", words, width, labels)
    return model.randomise(draw).eval(), words, labels


def ask(model: Module, ids: Tensor, labels: int) -> Tensor:
    found: Tensor = model(ids, view=normalise.class_scores(len(ids), labels, what=SCORES))
    return found


@check(points=1, ja="(B, T) の ID から (B, L) の得点が得られる")
def output_shape(student: Student, draw: Draw) -> None:
    """Ids (B, T) become scores (B, L)."""
    model, words, labels = build(student, draw)
    batch, time = draw.sizes(2)
    ask(model, draw.integers(0, words, batch, time), labels)


@check(points=1, ja="層のパラメータがモデルに登録されている")
def parameters_are_found(student: Student, draw: Draw) -> None:
    """The parameters of its layers are found in the model."""
    words, width, labels = draw.sizes(3, smallest=4)
    model = student.module("BagOfWords", words, width, labels)
    found = model.weights
    # nn.Linear(V, E) on counts and nn.Conv1d(E, L, 1) hold the same numbers as (E, V) and (L, E, 1)
    shapes = [{size for size in w.shape if size > 1} for w in found.values()]
    missing = [f"({rows}, {width})" for rows in (words, labels) if {rows, width} not in shapes]
    without_bias = not missing and {labels} not in shapes
    missing += [f"({labels},)"] if without_bias else []
    if missing and sum(w.numel() for w in found.values()) != (words + labels) * width + labels:
        hidden = not found and keeps_its_layers(student, model, draw.integers(0, words, 2, 3))
        raise Failure(
            Text(
                en=f"The model has {len(found)} parameters, and none of shape {' and '.join(missing)}: training would not move them.",
                ja=f"モデルのパラメータは {len(found)} 個で、形が {'・'.join(missing)} のものがありません。学習しても動きません。",
            ),
            LAYERS,
            misconception="no_bias" if without_bias else "layers_in_a_list" if hidden else None,
        )


def keeps_its_layers(student: Student, model: Module, ids: Tensor) -> bool:
    """Whether a model without parameters says the same whatever the random numbers are: layers made in forward would not."""
    with student.unrecorded():
        try:
            before = model(ids)
            student.seed += 1  # other random numbers
            return same(before, model(ids))
        except CallFailed:
            return False


@check(points=3, after=output_shape, ja="得点は単語ベクトルの平均と線形層で決まる（あなたの重みで検算）")
def mean_and_linear_layer(student: Student, draw: Draw) -> None:
    """The scores are the linear layer's of the mean of the word vectors (we recompute it with your weights)."""
    model, words, labels = build(student, draw)
    batch, time = draw.sizes(2)
    for shape in ((batch, time), (1, time), (batch, 1)):
        ask(model, draw.integers(0, words, *shape), labels)
        student.must_agree(SCORES, help=STEPS)


@check(points=1, after=(output_shape, parameters_are_found), ja="どのパラメータにも勾配が届く")
def every_parameter_learns(student: Student, draw: Draw) -> Text | None:
    """The gradient reaches every parameter."""
    model, words, labels = build(student, draw)
    batch, time = draw.sizes(2)
    ids = draw.integers(0, words, batch, time)
    gradients = model.gradients(ids, cotangents=[draw.normal(batch, labels)])["parameters"]
    try:
        properties.reached(gradients)
    except Failure as failure:
        tables = [name for name, w in model.weights.items() if len(w) == words]
        cut_off = tables and not any(backward.moves(gradients.get(name)) for name in tables)
        failure.misconception = "embedding_never_learns" if cut_off else None
        compute = partial(mean_and_linear_layer.function, student, draw)
        return tell_leftovers(student, failure, model, gradients, partial(ask, model, ids, labels), compute)
    return None


embedding_bag = accepts(
    edit("self.emb = nn.Embedding(vocab_size, emb_size)", 'self.emb = nn.EmbeddingBag(vocab_size, emb_size, mode="mean")'),
    edit("words.mean(dim=1)  # (B, E)", "words"),
)  # fmt: skip
sequential = accepts(
    edit("self.fc = nn.Linear(emb_size, output_size)", "self.fc = nn.Sequential(nn.Linear(emb_size, output_size))")
)
own_parameters = accepts(
    edit("self.emb = nn.Embedding(vocab_size, emb_size)", "self.emb = nn.Parameter(torch.randn(vocab_size, emb_size))"),
    edit("self.emb(ids)", "self.emb[ids]"),
)
sum_over_length = accepts(edit("words.mean(dim=1)", "words.sum(dim=1) / ids.size(1)"))
convolution_of_one = accepts(
    edit("self.fc = nn.Linear(emb_size, output_size)", "self.fc = nn.Conv1d(emb_size, output_size, kernel_size=1)"),
    edit("return self.fc(sentence)  # (B, L)", "return self.fc(sentence.unsqueeze(-1)).squeeze(-1)"),
)
counts = accepts(  # of each word, through two linear layers
    edit("self.emb = nn.Embedding(vocab_size, emb_size)", "self.emb = nn.Linear(vocab_size, emb_size, bias=False)"),
    edit(
        "words = self.emb(ids)  # (B, T, E)",
        "words = self.emb(nn.functional.one_hot(ids, self.emb.in_features).float())",
    ),
)
scores_first = accepts(
    edit("sentence = words.mean(dim=1)  # (B, E)", "sentence = self.fc(words)  # (B, T, L)"),
    edit("return self.fc(sentence)  # (B, L)", "return sentence.mean(dim=1)"),
)

mean_over_the_batch = misconception(
    edit("words.mean(dim=1)", "words.mean(dim=0)"),
    en="The mean is taken over the sentences, dim=0, instead of over the words of each: (B, T, E) has the words in axis 1.",
    ja="平均が単語ではなく、文にわたって（dim=0）とられています。(B, T, E) で単語が並ぶのは軸 1 です。",
)
mean_over_the_columns = misconception(
    edit("words.mean(dim=1)", "words.mean(dim=2)"),
    en="The mean is taken over the numbers of a word vector, dim=2, and (B, T) is left. The words stand in axis 1.",
    ja="平均が単語ベクトルの成分にわたって（dim=2）とられ、(B, T) が残っています。単語が並ぶのは軸 1 です。",
)
sum_for_mean = misconception(
    edit("words.mean(dim=1)", "words.sum(dim=1)"),
    en="The word vectors are added up but not divided by their number; use mean.",
    ja="単語ベクトルを足しただけで、個数で割っていません。mean を使いましょう。",
)
divided_by_the_batch = misconception(
    edit("words.mean(dim=1)", "words.sum(dim=1) / len(ids)"),
    en="The sum is divided by the number of sentences: len(ids) of ids (B, T) is B. The number of words is ids.size(1), or use mean.",
    ja="和を文の数で割っています。ids は (B, T) なので、len(ids) は B です。単語の数は ids.size(1) です。mean を使うこともできます。",
)
max_for_mean = misconception(
    edit("words.mean(dim=1)", "words.max(dim=1).values"),
    en="This is the largest number of each column, not the mean of the word vectors.",
    ja="成分ごとの最大値になっています。求めるのは単語ベクトルの平均です。",
)
last_word_only = misconception(
    edit("words.mean(dim=1)", "words[:, -1]"),
    en="Only the last word is used. The mean goes over all of them.",
    ja="最後の単語しか使っていません。すべての単語の平均をとりましょう。",
)
first_word_only = misconception(
    edit("words.mean(dim=1)", "words[:, 0]"),
    en="Only the first word is used. The mean goes over all of them.",
    ja="最初の単語しか使っていません。すべての単語の平均をとりましょう。",
)
layers_in_a_list = misconception(
    edit("self.fc = nn.Linear(emb_size, output_size)", "self.layers = [nn.Linear(emb_size, output_size)]"),
    edit("self.fc(sentence)", "self.layers[0](sentence)"),
    en="A layer stands in a plain list, where nn.Module does not see it, so training never moves it. Put it into self directly, or use nn.ModuleList.",
    ja="層がふつうのリストに入っているので nn.Module から見えず、学習しても動きません。self に直接入れるか、nn.ModuleList を使いましょう。",
)
layer_made_in_forward = misconception(
    edit("        self.fc = nn.Linear(emb_size, output_size)\n", "        self.sizes = emb_size, output_size\n"),
    edit("self.fc(sentence)", "nn.Linear(*self.sizes)(sentence)"),
    en="A new layer with random numbers is made in every forward, so nothing it learns is kept. Make it once, in __init__.",
    ja="forward のたびに乱数の新しい層を作っているので、学んだことが残りません。__init__ で 1 回だけ作りましょう。",
)
super_not_called = misconception(
    edit("        super().__init__()\n", ""),
    en="super().__init__() is not called, so the module cannot take in a layer yet. Call it first.",
    ja="super().__init__() が呼ばれていないので、まだ層を登録できません。最初に呼びましょう。",
)
no_bias = misconception(
    edit("nn.Linear(emb_size, output_size)", "nn.Linear(emb_size, output_size, bias=False)"),
    en="The linear layer has no bias, but the formula adds b. Leave bias=False out.",
    ja="線形層に bias がありませんが、式では b を足します。bias=False を外しましょう。",
)
embedding_never_learns = misconception(
    edit("words = self.emb(ids)", "words = self.emb(ids).detach()"),
    en="detach() cuts the word vectors off from the gradient, so they never learn. Leave it out.",
    ja="detach() で単語ベクトルへの勾配が切れ、学習されません。外しましょう。",
)
squashed = misconception(
    edit("return self.fc(sentence)", "return self.fc(sentence).relu()"),
    en="The scores go through a ReLU, which makes all negative ones 0. Return them as the linear layer gives them.",
    ja="得点に ReLU がかかり、負の得点がすべて 0 になっています。線形層の出力をそのまま返しましょう。",
)
tanh_before_the_mean = misconception(
    edit("words = self.emb(ids)", "words = self.emb(ids).tanh()"),
    en="The word vectors go through a tanh, which the formula does not have. Take the mean of the vectors as they are.",
    ja="単語ベクトルに、式にない tanh がかかっています。ベクトルはそのまま平均しましょう。",
)
zero_taken_for_padding = misconception(
    edit(
        "words.mean(dim=1)",
        "(words * (ids != 0).unsqueeze(2)).sum(dim=1) / (ids != 0).sum(dim=1, keepdim=True).clamp(min=1)",
    ),
    en="Word 0 is left out of the mean as if it were padding. Here all ids are words, and each counts: words.mean(dim=1). Padding comes in the next problem.",
    ja="ID 0 の単語をパディングとみなし、平均から除いています。ここではどの ID も単語なので、全部を数えます（words.mean(dim=1)）。パディングは次の問題で扱います。",
)
