"""generate(model, prompt, n, temperature, top_k): ids (B, T) -> (B, T + n). Holtzman et al. 2020, section 2, on sampling."""

import torch

from grader.checks import (
    Draw,
    Failure,
    Module,
    Student,
    Text,
    accepts,
    check,
    edit,
    properties,
    recompute,
    sign,
    trace,
)
from grader.lessons.transformer_lm import _generate_mistakes, _interfaces
from grader.lessons.transformer_lm._fakes import own_model
from grader.lessons.transformer_lm._fakes.language_models import Attentive
from grader.lessons.transformer_lm._written import (
    VOCABULARY,
    WRITTEN,
    as_long_as,
    attentive,
    greedy,
    logits,
    other_text_next_time,
    shares,
    written,
)

TITLE = Text(en="Generating text", ja="文章を生成する")
NAMES = ("generate",)
KNOWN_ANSWERS = _generate_mistakes
HEADINGS = ("text generation", "generation", "文章生成", "テキスト生成", "文の生成")
SIGNS = (sign(r"^def\s+(?:generate(?!\w*mask)|sample)\w*\b", "generating text", "文章の生成", rank=220),)
# ids = torch.cat([ids, next_id])
TRACES = (trace(r"(?i)\bgenerate(?!\w*(?:mask|square))|multinomial|\bargmax\b|\btop_?k\b|next_(?:token|word|id|char)"),)
INTERFACES = _interfaces.GENERATE
STARTERS = (
    Text(
        en="A loop of n rounds: the model reads (B, T) and gives (B, T, V); only the last position (B, V) "
        "matters; one character (B, 1) is appended.",
        ja="n 回のループです。モデルは (B, T) を読んで (B, T, V) を返します。使うのは最後の位置 (B, V) だけで、1 文字 (B, 1) をつなげます。",
    ),
    Text(
        en="`torch.multinomial` draws one index from each row of probabilities. Temperature 0 is a case of its own.",
        ja="`torch.multinomial` は、確率の各行から番号を 1 つ引きます。temperature が 0 のときは別扱いです。",
    ),
    Text(
        en="Cut what it reads to the last `model.max_len` characters, and put the model in evaluation mode first.",
        ja="読ませるのは最後の `model.max_len` 文字までです。最初にモデルを評価モードにしましょう。",
    ),
)


@check(points=1, ja="n 個の文字の ID を書く")
def writes_n_characters(student: Student, draw: Draw) -> None:
    """It writes the ids of n characters."""
    batch, length, n, vocabulary = draw.sizes(4)
    prompt = draw.integers(0, vocabulary, batch, length)
    model = student.lend(Attentive, vocabulary, 99, own=own_model(vocabulary, 99)).eval()
    for number in (n, 1):
        student.call(
            "generate", model, prompt, number, 1.0, None, view=written(prompt, number, vocabulary, counted=True)
        )


@check(points=1, ja="(B, T) に n 文字を足した (B, T + n) が返り、先頭は prompt のままである")
def appends_to_the_prompt(student: Student, draw: Draw) -> None:
    """n characters are appended to the prompt: (B, T) becomes (B, T + n)."""
    batch, length, n, vocabulary = draw.sizes(4)
    model = student.lend(Attentive, vocabulary, 99, own=own_model(vocabulary, 99)).eval()
    for rows, places in ((batch, length), (1, length), (batch, 1)):
        prompt = draw.integers(0, vocabulary, rows, places)
        view = written(prompt, n, vocabulary, whole=True)
        found, after = student.call_and_inputs("generate", model, prompt, n, 1.0, None, view=view)
        if not torch.equal(properties.is_tensor(after[1]), prompt):
            raise recompute.written_into("prompt", "prompt_changed_in_place")
        start = Text(en="the beginning of the text", ja="文の先頭")
        properties.equal(found[:, :places], prompt, start, help=IN_FRONT)


IN_FRONT = Text(
    en="Begin with the prompt (B, T). Each step puts one column behind it, the characters chosen, (B, 1): (B, T + 1), (B, T + 2), ...",
    ja="prompt (B, T) から始めて、選んだ文字 (B, 1) を 1 列ずつ後ろに足します。(B, T + 1)、(B, T + 2)、… となります。",
)


@check(points=2, ja="温度 0 では、それまでの全体を読んで、いちばん得点の高い文字を選ぶ")
def greedy_reads_everything(student: Student, draw: Draw) -> None:
    """At temperature 0 it reads everything so far and takes the best character, with or without top_k."""
    batch, length, n = draw.sizes(3)
    model = attentive(student, 99)
    top_k = None if "no top_k" in student.limitations("generate") else 3
    for rows, places, best in ((batch, length, None), (1, length + 1, None), (batch, 1, None), (batch, length, top_k)):
        prompt = draw.integers(0, VOCABULARY, rows, places)
        found = greedy(student, model, prompt, n, best)
        properties.equal(
            found,
            as_long_as(found, prompt, 99),
            WRITTEN,
            help=Text(
                en="The model's next character follows from all characters before it, those just written included. Print the shape of what "
                "the model is shown in each step: (B, T), (B, T + 1), ...; of its logits (B, T, V) take the last position, (B, V).",
                ja="このモデルの次の文字は、いま書いた文字も含めて、それまでの全部の文字で決まります。モデルに見せるものの形を毎回表示してみましょう。(B, T)、(B, T + 1)、… と伸びるはずです。"
                "logits (B, T, V) からは最後の位置 (B, V) を使います。",
            ),
        )


@check(points=2, after=greedy_reads_everything, ja="model.max_len を超えたら、末尾の max_len 文字だけを読ませる")
def crops_to_the_limit(student: Student, draw: Draw) -> None:
    """Beyond model.max_len it lets the model read the last max_len characters, whatever the limit is."""
    batch, limit, n = draw.sizes(3, smallest=5)
    for most, start in ((draw.number(260, 290), 300), (limit, limit + 2), (limit + 1, limit - 1)):
        prompt = draw.integers(0, VOCABULARY, batch, start)
        found = greedy(student, attentive(student, most), prompt, n)
        expected = as_long_as(found, prompt, most)
        help = Text(
            en=f"The model reads {most} characters at most (model.max_len), the prompt has {start}: show it the last {most}, which "
            "are other ones after each step.",
            ja=f"このモデルが読めるのは {most} 文字まで（model.max_len）、prompt は {start} 文字です。末尾の {most} 文字を見せます。1 文字書くたびにずれていきます。",
        )
        try:
            properties.equal(found, expected, WRITTEN, help=help)
        except Failure as failure:
            sizes = (size for size in USUAL if size < most - 1)
            fixed = any(torch.equal(found[:1], as_long_as(found[:1], prompt[:1], size)) for size in sizes)
            raise Failure(
                failure.rationale, help, failure.evidence, "window_of_fixed_size" if fixed else None
            ) from None


USUAL = (8, 10, 16, 20, 30, 32, 50, 64, 100, 128, 200, 256)  # sizes of windows that people write


ALWAYS_THE_BEST = Text(
    en="It always takes the best character. That is one way to write; drawing, with a temperature, gives more lively texts.",
    ja="つねに確率最大の文字を選ぶ形です。それも 1 つの方法ですが、温度を使って確率で引くと、文が生き生きしてきます。",
)
NO_TEMPERATURE = Text(
    en="It takes no temperature; dividing the logits by one would let you choose between safe and lively.",
    ja="temperature を受け取りません。logits を温度で割るようにすると、堅実な文と変化に富む文を選べます。",
)
NO_TOP_K = Text(
    en="It takes no top_k; leaving out all but the k best keeps unlikely characters from slipping in.",
    ja="top_k を受け取りません。上位 k 個だけから引くと、ありそうもない文字が紛れ込みにくくなります。",
)


@check(points=2, ja="logits を温度で割った softmax の確率で文字を引く")
def draws_with_temperature(student: Student, draw: Draw) -> Text | None:
    """Characters are drawn with the probabilities softmax(logits / temperature)."""
    ways = student.limitations("generate")
    if "greedy" in ways:
        return ALWAYS_THE_BEST
    for temperature in (2.0, 0.5):
        rows = logits(draw, step=temperature)
        found = shares(student, rows, temperature, None)
        expected = (rows / temperature).softmax(dim=1)
        off = (found - expected).abs()
        if off.max() > 0.07:  # 3000 draws: seven standard deviations
            worst = divmod(int(off.argmax()), off.shape[1])
            raise Failure(
                Text(
                    en=f"At temperature {temperature:g}, a character of probability {float(expected[worst]):.3f} was drawn in "
                    f"{float(found[worst]):.1%} of 3000 cases.",
                    ja=f"温度 {temperature:g} で確率 {float(expected[worst]):.3f} のはずの文字が、3000 回のうち {float(found[worst]):.1%} で"
                    "選ばれました。",
                ),
                Text(
                    en="A high temperature makes rare characters more frequent. Divide, then softmax, then draw: logits (B, V), "
                    "probabilities (B, V), chosen (B, 1).",
                    ja="温度が高いほど、珍しい文字が出やすくなります。割ってから softmax をとり、それから引きます。logits (B, V)、確率 (B, V)、選んだ文字 (B, 1) です。",
                ),
            )
    other_text_next_time(student, draw)
    return NO_TEMPERATURE if "no temperature" in ways else None


@check(points=2, ja="top_k があれば、上位 k 個の文字だけから、その確率の比で引く")
def draws_among_the_best(student: Student, draw: Draw) -> Text | None:
    """With top_k only the k best characters are drawn, in the proportion of their probabilities."""
    if "no top_k" in student.limitations("generate"):
        return NO_TOP_K
    for top_k, temperature in ((3, 1.0), (2, 2.0), (1, 1.0)):
        rows = logits(draw, step=0.5 * temperature)
        best = rows.topk(top_k, dim=1).indices
        kept = torch.full_like(rows, -torch.inf).scatter(1, best, rows.gather(1, best))
        expected = (kept / temperature).softmax(dim=1)
        found = shares(student, rows, temperature, top_k)
        wrong = ((expected == 0) & (found > 0)) | ((found - expected).abs() > 0.07)
        if wrong.any():
            worst = tuple(wrong.nonzero()[0].tolist())
            evenly = top_k > 1 and bool(((found - (expected > 0) / top_k).abs() < 0.05).all())
            raise Failure(
                Text(
                    en=f"With top_k = {top_k}, a character whose share should be {float(expected[worst]):.3f} was drawn in "
                    f"{float(found[worst]):.1%} of 3000 cases.",
                    ja=f"top_k = {top_k} で、割合 {float(expected[worst]):.3f} のはずの文字が、3000 回のうち {float(found[worst]):.1%} で"
                    "選ばれました。",
                ),
                Text(
                    en="In every row exactly k logits stay as they are. What must the others be, so that their probability is 0?",
                    ja="どの行でも、ちょうど k 個の logits だけを残します。残りの確率を 0 にするには、logits をいくつにすればよいでしょうか。",
                ),
                misconception="even_among_the_best" if evenly else None,
            )
    return None


@check(points=1, ja="生成は評価モードで行う（dropout を切る）")
def writes_in_evaluation_mode(student: Student, draw: Draw) -> Text | None:
    """It writes in evaluation mode, with dropout off, whichever mode the model comes in."""
    model = attentive(student, 99)
    prompt = draw.integers(0, VOCABULARY, 3, 5)
    asleep = greedy(student, model, prompt, 4)
    records = model.current().get("recording", torch.zeros(1)).any()
    if not torch.equal(greedy(student, model.train(), prompt, 4), asleep):
        raise Failure(
            Text(
                en="A model that comes in training mode writes something else: its dropout is on.",
                ja="学習モードのモデルを渡すと、違う文になりました。dropout が効いたまま書いています。",
            ),
            misconception="training_mode_left_on",
        )
    view = written(prompt, 4, VOCABULARY)

    def draw_text(lent: Module) -> torch.Tensor:
        drawn: torch.Tensor = student.call("generate", lent, prompt, 4, 1.0, None, view=view)
        return drawn

    quiet, again = (draw_text(model.eval()) for _ in range(2))
    # One with a generator of its own draws something else each time, in whichever mode.
    if torch.equal(quiet, again) and not torch.equal(draw_text(model.train()), quiet):
        raise Failure(
            Text(
                en="At temperature 0 it writes in evaluation mode; at temperature 1 a model that comes in training mode draws something else, with its "
                "dropout on.",
                ja="温度 0 では評価モードで書いていますが、温度 1 では、学習モードで渡されたモデルの dropout が効いたままで、違う文になりました。",
            ),
            Text(
                en="On which of the ways through your code is model.eval() called?",
                ja="model.eval() を呼んでいるのは、コードのどの分岐ですか。",
            ),
        )
    return RECORDED if records else None


RECORDED = Text(
    en="The text is written with gradients on: each step keeps what a backward pass would need, which nobody asks for. "
    "`with torch.no_grad():` around the loop saves memory and time.",
    ja="勾配を記録しながら書いています。逆伝播で使うはずの途中の値が 1 文字ごとにたまっていきますが、使われません。ループを `with torch.no_grad():` で囲むと、メモリも時間も節約できます。",
)


# --- right answers -----------------------------------------------------------------------------

multinomial_of_exponentials = accepts(
    edit("(logits / temperature).softmax(dim=-1)", "(logits / temperature).log_softmax(dim=-1).exp()")
)
gumbel = accepts(
    edit(
        "torch.multinomial((logits / temperature).softmax(dim=-1), 1)",
        "(logits / temperature - torch.empty_like(logits).exponential_().log()).argmax(dim=-1, keepdim=True)",
    )
)
greedy_first = accepts(
    edit("            if top_k is not None:\n", "            if top_k is not None and temperature > 0:\n"),
)
scattered = accepts(
    edit("worst = logits.topk(top_k).values[:, -1:]  # (B, 1)", "best = logits.topk(top_k)"),
    edit(
        'logits = logits.masked_fill(logits < worst, float("-inf"))',
        'logits = torch.full_like(logits, float("-inf")).scatter(1, best.indices, best.values)',
    ),
)
no_grad_outside = accepts(
    edit("    with torch.no_grad():\n", "    with torch.inference_mode():\n"),
    edit("    return ids\n", "    return ids.clone()\n"),
)
mode_put_back = accepts(
    edit("    model.eval()\n", "    before = model.training\n    model.eval()\n"),
    edit("    return ids\n", "    model.train(before)\n    return ids\n"),
)
row_by_row = accepts(
    edit(
        "worst = logits.topk(top_k).values[:, -1:]  # (B, 1)",
        "worst = torch.stack([row.sort().values[-top_k] for row in logits])[:, None]",
    ),
)
