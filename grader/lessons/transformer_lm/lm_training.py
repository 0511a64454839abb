"""get_batch, lm_loss, train_lm and perplexity: how a language model is taught and measured.

Radford et al. 2019, section 2; perplexity as in Bengio et al. 2003, section 4.
"""

import math

import torch
from torch.nn import functional as F

from grader.checks import Draw, Failure, Student, Text, check, properties, sign, trace
from grader.lessons.transformer_lm import (
    _interfaces,
    _training_mistakes,
    _training_perplexity,
    _training_right,
    _tutorial_training,
)
from grader.lessons.transformer_lm._perplexity_questions import (
    MEASURES,
    WITH_GRADIENTS,
    measured,
    measures_with_gradients,
    states,
)
from grader.lessons.transformer_lm._training_loss import LOSS_STEPS, is_smoothed, smoothing_of, what_its_loss_is_handed
from grader.lessons.transformer_lm._training_questions import (
    WIDE,
    WITHOUT_GAPS,
    fake_model,
    follows_its_own_loss,
    ignored,
    longest_run,
    places_read,
    rate_counts,
    reaches_the_last,
    scattered,
    starts_of,
    train,
    until_it_moves,
)
from grader.lessons.transformer_lm._training_steps import (
    losses_are_those_of_the_model,
    steps_by_its_own_gradient,
    trains_awake,
)
from grader.lessons.transformer_lm._training_views import INPUTS, LOSS, TARGETS, batch, number

TITLE = Text(en="Training and perplexity", ja="学習と perplexity")
NAMES = ("get_batch", "lm_loss", "train_lm", "perplexity")
KNOWN_ANSWERS = (_training_mistakes, _training_perplexity, _training_right)
HEADINGS = (
    "language model training",
    "training the language model",
    "perplexity",
    "言語モデルの学習",
    "パープレキシティ",
)
SIGNS = (
    sign(
        r"^def\s+(?:get_batch|perplexity|evaluate|estimate_loss|train\w*)\b|^class\s+\w*Trainer\s*[(:]",
        "batches of a text, perplexity",
        "言語モデルの学習",
        rank=210,
    ),
)
# x[i + 1 : i + block_size + 1]
TRACES = (
    trace(
        r"(?i)perplexity|\bppl\b|get_batch|block_size|\bbptt\b|context_(?:length|size)|language_?model|cross_?entropy|\.backward\("
    ),
    *MEASURES,
)
INTERFACES = _interfaces.LM_TRAINING
STARTERS = (
    Text(
        en="`get_batch`: draw `batch_size` places, cut `length + 1` characters at each, and make inputs and "
        "targets (B, T) of them. What is the last place possible?",
        ja="`get_batch`: 位置を `batch_size` 個引き、それぞれから `length + 1` 文字を切り出して inputs と targets (B, T) にしま"
        "す。引いてよい最後の位置はどこでしょう。",
    ),
    Text(
        en="`F.cross_entropy` wants two axes or the classes in the second: (B, T, V) and (B, T) may be "
        "flattened to (B * T, V) and (B * T,).",
        ja="`F.cross_entropy` に渡すには、(B, T, V) と (B, T) を (B * T, V) と (B * T,) に平らにするのが簡単です。",
    ),
    Text(
        en="For `perplexity` add up the loss of every character and how many there were, over all pieces, and "
        "take exp only at the end.",
        ja="`perplexity` では、全部の区間について損失の合計と文字数を足していき、最後に一度だけ exp をとります。",
    ),
)
FORMS = (_tutorial_training,)


@check(points=1, ja="入力と正解はどちらも (B, T) の ID である")
def batch_shapes(student: Student, draw: Draw) -> None:
    """Inputs and targets are ids of shape (B, T)."""
    size, length, more = draw.sizes(3)
    for rows, places in ((size, length), (1, length), (size, 1)):
        student.call("get_batch", torch.arange(10 * length + more), rows, places, view=batch(rows, places))


@check(points=2, ja="正解は、入力をちょうど 1 つ後ろにずらした本文である")
def targets_come_next(student: Student, draw: Draw) -> None:
    """Each target is the character that follows its input in the text."""
    size, length, more = draw.sizes(3)
    text = torch.arange(10 * length + more)
    inputs, targets = student.call("get_batch", text, size, length, view=batch(size, length, either_way=True))
    known = {0: "targets_not_shifted", 2: "targets_shifted_twice", -1: "targets_before_inputs"}
    gap = (targets - inputs).unique().tolist()  # the ids are the places in the text
    if len(gap) == 1 and gap[0] in known:
        raise Failure(
            Text(
                en=f"The targets are {gap[0]} characters after the inputs; they should be 1 after.",
                ja=f"正解が入力の {gap[0]} 文字後ろになっています。1 文字後ろのはずです。",
            ),
            misconception=known[gap[0]],
        )
    properties.equal(inputs[:, 1:], inputs[:, :-1] + 1, INPUTS, help=WITHOUT_GAPS)
    properties.shifted_by_one(inputs, targets)
    properties.equal(targets, inputs + 1, TARGETS, help=WITHOUT_GAPS)


@check(points=2, ja="窓は本文のどこからでも、行ごと・呼び出しごとにばらばらに選ばれ、最後の文字も正解になる")
def windows_from_everywhere(student: Student, draw: Draw) -> Text | None:
    """Windows come from everywhere in the text, each row and each call from other places; the last character is a target too."""
    (length,) = draw.sizes(1, smallest=4)
    starts = [starts_of(student, 60 * length, 24, length)]
    student.seed += 1  # another stream of random numbers
    starts.append(starts_of(student, 60 * length, 24, length))
    scattered(starts, length)
    return reaches_the_last(student, length)


@check(points=2, ja="損失は全位置で平均した交差エントロピーである")
def mean_cross_entropy(student: Student, draw: Draw) -> None:
    """The loss is the cross-entropy averaged over all positions, whatever the sizes; the logits stay as they are."""
    size, length, vocabulary = draw.sizes(3)
    smoothing, handed = [], what_its_loss_is_handed(student, draw)
    for shape in ((size, length, vocabulary), (1, length, 90 + vocabulary), (size, 1, vocabulary), (1, 1, 2)):
        logits, targets = draw.normal(*shape, scale=3.0), draw.integers(0, shape[2], *shape[:2])
        logits = handed(logits)
        targets[0, 0] = 0
        found, after = student.call_and_inputs("lm_loss", logits, targets, view=number(LOSS))
        smoothing.append(smoothing_of(found, logits, targets))
        try:
            student.must_agree(LOSS, help=LOSS_STEPS)
        except Failure as failure:
            if is_smoothed(student, smoothing[-1], logits, targets):
                raise Failure(failure.rationale, failure.help, misconception="smoothed_labels") from None
            raise
        try:
            properties.unchanged((logits, targets), after[:2], Text(en="what was passed in", ja="入力"))
        except Failure as failure:
            raise Failure(failure.rationale, failure.help, misconception="logits_changed_in_place") from None


@check(points=1, ja="train_lm は 1 回の更新ごとの損失を返し、何も知らないモデルの最初の損失は ln V である")
def first_loss(student: Student, draw: Draw) -> None:
    """train_lm returns one loss a step, and that of a model that knows nothing begins at ln V."""
    vocabulary, length, size = draw.sizes(3, smallest=5)
    text = torch.arange(200) % vocabulary
    losses = train(student, fake_model(student, vocabulary, length), text, 3, size, length, lr=0.05)
    try:
        properties.first_loss_near_ln(losses[0], vocabulary, within=0.01)
    except Failure:
        if not follows_its_own_loss(student, losses[0], size, length, vocabulary):
            raise


@check(
    points=2,
    after=first_loss,
    ja="更新を重ねると損失が下がり、モデルが実際に賢くなる（すべてのパラメータが更新される）",
)
def learns(student: Student, draw: Draw) -> None:
    """The loss falls, and the model itself has learnt, all its parameters: measured by us on its new weights."""
    vocabulary, length, size = draw.sizes(3, smallest=5)
    order = torch.randperm(vocabulary, generator=draw.generator)
    text = order.repeat(40)  # each character has one successor
    model = fake_model(student, vocabulary, length)
    losses = train(student, model, text, 60, size, length, lr=0.1)
    after = model.current()
    table = properties.has_shape(after.get("table"), (vocabulary, vocabulary))
    shift = properties.has_shape(after.get("shift"), (vocabulary,))
    reached = float(F.cross_entropy(table[text[:-1]] + shift, text[1:]))
    moved = bool(table.any()), bool(shift.any())
    slip = "only_some_parameters" if moved[0] != moved[1] else None
    if not any(moved):
        slip = "trains_a_copy" if losses[-1] < 0.95 * losses[0] else "no_step"
    learnt = reached < 0.95 * math.log(vocabulary)  # slow learners learn too
    if all(moved) and not learnt and not rate_counts(student, length):
        slip = "lr_ignored"
    if slip is not None or not learnt:
        raise Failure(
            Text(
                en=f"After 60 updates the loss on a text that repeats itself is {reached:.3g}; it began at {math.log(vocabulary):.3g}.",
                ja=f"同じ並びを繰り返すだけの本文で 60 回更新しても、損失が {math.log(vocabulary):.3g} から {reached:.3g} にしか下がりません。",
            ),
            Text(
                en="Three things make a step: zero_grad, backward, step. Are all there, on the parameters of this model?",
                ja="1 回の更新は zero_grad、backward、step の 3 つです。すべて、このモデルのパラメータについて行っていますか。",
            ),
            misconception=slip,
        )


@check(points=1, after=(first_loss, learns), ja="毎回の更新で新しいバッチを引く")
def draws_new_batches(student: Student, draw: Draw) -> None:
    """Every step draws a new batch."""
    length = draw.number(4, 7)
    places = len(places_read(student, 30, 2, length))
    if places > 2 * length:
        return
    again = [starts_of(student, WIDE, 24, length)]
    student.seed += 1
    again.append(starts_of(student, WIDE, 24, length))
    raise Failure(
        Text(
            en=f"In 30 steps of 2 windows of {length} characters only {places} different places of the text were read.",
            ja=f"長さ {length} の窓 2 つで 30 回更新しても、本文の中で読まれた場所は {places} か所だけでした。",
        ),
        Text(
            en="Where is get_batch called: once before the loop, or in every step?",
            ja="get_batch を呼ぶのはループの前に 1 回ですか、それとも毎回ですか。",
        ),
        misconception="same_places_every_time" if again[0] == again[1] else "same_batch_every_step",
    )


@check(points=1, after=(first_loss, learns), ja="batch_size・length・lr が、渡したとおりに使われる")
def obeys_its_settings(student: Student, draw: Draw) -> None:
    """batch_size, length and lr are used as they are passed."""
    length = draw.number(5, 9)
    steps = until_it_moves(student, length)
    alone, many, longer = (
        places_read(student, steps, *sizes) for sizes in ((1, length), (12, length), (1, 3 * length))
    )
    one, twelve, thrice = map(len, (alone, many, longer))
    if thrice < 1.5 * one:
        raise ignored("length", f"{length}, {3 * length}", f"{one}, {thrice}", "length_ignored")
    fits = 9 * one <= twelve <= 12 * one  # a few of twelve windows may overlap
    if not fits and len(set(starts_of(student, WIDE, 12, length))) > 8:  # else it is get_batch that gives one for all
        seen = f"{one}, {twelve}"
        raise ignored("batch_size", f"{length} (batch_size = 1), {12 * length} (12)", seen, "batch_size_ignored")
    if not 2.5 * one <= thrice <= 3 * one:
        raise ignored("length", f"{length}, {3 * length}", f"{one}, {thrice}", "length_ignored")
    if longest_run(alone) < length or longest_run(longer) < 3 * length:
        seen = f"{longest_run(alone)}, {longest_run(longer)}"
        raise ignored(
            "length", f"{length}, {3 * length}", seen, "sizes_swapped" if longest_run(alone) < length / 2 else None
        )
    if not rate_counts(student, length):
        raise ignored("lr", "x 10", "x 1", "lr_ignored")


@check(points=1, after=first_loss, ja="返される損失は、それぞれの更新の時点でのモデルの実際の損失である")
def losses_are_measured(student: Student, draw: Draw) -> None:
    """The losses that are returned are those of the model, step by step."""
    losses_are_those_of_the_model(student, draw)


@check(points=1, after=first_loss, ja="1 回の更新は、その回の勾配だけで 1 歩進む（前の勾配を消している）")
def gradients_are_cleared(student: Student, draw: Draw) -> None:
    """A step is made once, by the gradient of this step alone: that of the step before is cleared."""
    steps_by_its_own_gradient(student, draw)


@check(points=1, after=first_loss, ja="学習は学習モードで行う。最後の更新まで、2 度目の呼び出しでも")
def trains_in_training_mode(student: Student, draw: Draw) -> None:
    """It trains in training mode, whichever mode the model comes in, up to the last step."""
    trains_awake(student, draw)


@check(points=2, ja="perplexity は exp（総損失 / 総文字数）で、先頭以外のどの文字も 1 回ずつ数える")
def perplexity_of_uneven_pieces(student: Student, draw: Draw) -> None:
    """Perplexity is exp(total loss / total characters), each but the first counted once, in uneven pieces too."""
    vocabulary, length = draw.sizes(2, smallest=7)
    table = draw.normal(vocabulary, vocabulary, scale=1.5)
    texts = [draw.integers(0, vocabulary, 4 * length + 4) for _ in range(2)]
    for text in texts:  # the last piece is shorter, and dear: its characters are unlikely
        for place in range(4 * length + 1, len(text)):
            text[place] = table[states(text[4 * length : place], vocabulary)[-1]].argmin()
    measured(student, texts, table, length)


@check(
    points=1,
    after=perplexity_of_uneven_pieces,
    ja="どんな長さの本文でも測れる（ぴったり割り切れる、1 区間より短い、1 文字余る）",
)
def perplexity_of_any_text(student: Student, draw: Draw) -> Text | None:
    """It measures a text of any length: pieces that come out even, less than one piece, one character more."""
    vocabulary, length = draw.sizes(2, smallest=5)
    table = draw.normal(vocabulary, vocabulary, scale=1.5)
    for characters in (3 * length + 1, 3 * length + 2, length - 1, 2, 40 * length + 1):
        measured(student, [draw.integers(0, vocabulary, characters)], table, length)
    text = draw.integers(0, vocabulary, 2 * length)
    return WITH_GRADIENTS if measures_with_gradients(student, text, table, length) else None
