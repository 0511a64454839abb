"""generate(model, prompt, n, temperature, top_k): ids (B, T) -> (B, T + n). Holtzman et al. 2020, section 2, on sampling."""

from typing import Any

import torch
from torch import Tensor

from grader import properties
from grader.draw import Draw
from grader.errors import Failure
from grader.lessons.declare import accepts, check, edit, misconception
from grader.lessons.transformer_lm._planted import ATTENTIVE, BIGRAM
from grader.model import Text
from grader.student import Module, Student, View

TITLE = Text(en="Letting it write", ja="書かせる")
NAMES = ("generate",)
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

WRITTEN = Text(en="the text written", ja="書いた文")


def ids(batch: int, length: int, vocabulary: int) -> View:
    """Ids (B, T + n) of the vocabulary."""

    def view(value: Any) -> Tensor:
        found = properties.has_shape(value, (batch, length), WRITTEN, "(B, T + n)")
        if found.is_floating_point() or found.is_complex() or not ((found >= 0) & (found < vocabulary)).all():
            raise Failure(
                Text(
                    en=f"The text written should hold ids from 0 to {vocabulary - 1}.",
                    ja=f"書いた文は 0 から {vocabulary - 1} までの ID のはずです。",
                )
            )
        return found.long()

    return view


def attentive(student: Student, vocabulary: int, max_len: int) -> Module:
    """A model whose next character follows from everything it has read. In training mode it is mistaken."""
    return student.lend(ATTENTIVE, vocabulary, max_len).train()


def continued(prompt: Tensor, n: int, vocabulary: int, max_len: int) -> Tensor:
    """What the attentive model writes at temperature 0, character by character."""
    rows = prompt.tolist()
    for row in rows:
        for _ in range(n):
            seen = row[-max_len:]
            row.append(sum((character + 1) * (place + 1) for place, character in enumerate(seen)) % vocabulary)
    return torch.tensor(rows)


@check(points=1, ja="(B, T) に n 文字を足した (B, T + n) が返り、先頭は prompt のままである")
def appends_to_the_prompt(student: Student, draw: Draw) -> None:
    """n characters are appended to the prompt: (B, T) becomes (B, T + n)."""
    batch, length, n, vocabulary = draw.sizes(4)
    prompt = draw.integers(0, vocabulary, batch, length)
    found = student.call(
        "generate", attentive(student, vocabulary, 99), prompt, n, 1.0, None, view=ids(batch, length + n, vocabulary)
    )
    properties.equal(found[:, :length], prompt, Text(en="the beginning of the text", ja="文の先頭"))


@check(points=3, after=appends_to_the_prompt, ja="温度 0 では、それまでの全体を読んで、いちばん点数の高い文字を選ぶ")
def greedy_reads_everything(student: Student, draw: Draw) -> None:
    """At temperature 0 it reads everything so far and takes the best character."""
    batch, length, n = draw.sizes(3)
    prompt = draw.integers(0, 29, batch, length)
    model = attentive(student, 29, 99)
    found = student.call("generate", model, prompt, n, 0, None, view=ids(batch, length + n, 29))
    properties.equal(
        found,
        continued(prompt, n, 29, 99),
        WRITTEN,
        help=Text(
            en="The model's next character follows from all characters before it, those just written included. What did it see?",
            ja="このモデルの次の文字は、いま書いた文字も含めて、それまでの全部の文字で決まります。モデルに何を見せましたか。",
        ),
    )


@check(points=2, after=greedy_reads_everything, ja="model.max_len を超えたら、末尾の max_len 文字だけを読ませる")
def crops_to_the_limit(student: Student, draw: Draw) -> None:
    """Beyond model.max_len it lets the model read the last max_len characters."""
    batch, limit, n = draw.sizes(3, smallest=5)
    prompt = draw.integers(0, 29, batch, limit + 2)
    model = attentive(student, 29, limit)
    found = student.call("generate", model, prompt, n, 0, None, view=ids(batch, limit + 2 + n, 29))
    properties.equal(found, continued(prompt, n, 29, limit), WRITTEN)


def shares(student: Student, logits: Tensor, temperature: float, top_k: int | None) -> Tensor:
    """How often each character is written, of 6000, by a model that always gives these logits (V,)."""
    vocabulary = len(logits)
    model = student.lend(BIGRAM, logits.expand(vocabulary, vocabulary), 99).eval()
    prompt = torch.zeros(300, 1, dtype=torch.int64)
    found = student.call("generate", model, prompt, 20, temperature, top_k, view=ids(300, 21, vocabulary))
    return torch.bincount(found[:, 1:].flatten(), minlength=vocabulary) / 6000


ALWAYS_THE_BEST = Text(
    en="It always takes the best character. That is one way to write; drawing, with a temperature, gives more lively texts.",
    ja="つねに確率最大の文字を選ぶ形です。それも一つの方法ですが、温度を使って確率で引くと、文が生き生きしてきます。",
)
NO_TEMPERATURE = Text(
    en="It takes no temperature; dividing the logits by one would let you choose between safe and lively.",
    ja="temperature を受け取りません。logits を温度で割るようにすると、堅実な文と変化に富む文を選べます。",
)
NO_TOP_K = Text(
    en="It takes no top_k; leaving out all but the k best keeps unlikely characters from slipping in.",
    ja="top_k を受け取りません。上位 k 個だけから引くと、ありそうもない文字が紛れ込みにくくなります。",
)


@check(points=2, after=appends_to_the_prompt, ja="logits を温度で割った softmax の確率で文字を引く")
def draws_with_temperature(student: Student, draw: Draw) -> Text | None:
    """Characters are drawn with the probabilities softmax(logits / temperature)."""
    ways = student.ways("generate")
    if "greedy" in ways:
        return ALWAYS_THE_BEST
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0, -2.0])[torch.randperm(5, generator=draw.generator)]
    temperature = 2.0
    found = shares(student, logits, temperature, None)
    expected = (logits / temperature).softmax(dim=0)
    off = (found - expected).abs()
    if off.max() > 0.05:  # 6000 draws: seven standard deviations
        worst = int(off.argmax())
        raise Failure(
            Text(
                en=f"At temperature 2, a character of probability {float(expected[worst]):.3f} was drawn in "
                f"{float(found[worst]):.1%} of 6000 cases.",
                ja=f"温度 2 で確率 {float(expected[worst]):.3f} のはずの文字が、6000 回のうち {float(found[worst]):.1%} で"
                "選ばれました。",
            ),
            Text(
                en="A high temperature makes rare characters more frequent. Divide, then softmax, then draw.",
                ja="温度が高いほど、珍しい文字が出やすくなります。割ってから softmax をとり、それから引きます。",
            ),
        )
    return NO_TEMPERATURE if "no temperature" in ways else None


@check(points=2, after=appends_to_the_prompt, ja="top_k があれば、上位 k 個の文字だけから、その確率の比で引く")
def draws_among_the_best(student: Student, draw: Draw) -> Text | None:
    """With top_k only the k best characters are drawn, in the proportion of their probabilities."""
    if "no top_k" in student.ways("generate"):
        return NO_TOP_K
    logits = torch.tensor([1.5, 1.0, 0.5, 0.0, -0.5])[torch.randperm(5, generator=draw.generator)]
    best = logits.topk(3).indices
    expected = torch.zeros(5)
    expected[best] = logits[best].softmax(dim=0)
    found = shares(student, logits, 1.0, 3)
    wrong = ((expected == 0) & (found > 0)) | ((found - expected).abs() > 0.05)
    if wrong.any():
        worst = int(wrong.nonzero()[0])
        raise Failure(
            Text(
                en=f"With top_k = 3, a character whose share should be {float(expected[worst]):.3f} was drawn in "
                f"{float(found[worst]):.1%} of 6000 cases.",
                ja=f"top_k = 3 で、割合 {float(expected[worst]):.3f} のはずの文字が、6000 回のうち {float(found[worst]):.1%} で"
                "選ばれました。",
            ),
            Text(
                en="Exactly k logits stay as they are. What must the others be, so that their probability is 0?",
                ja="ちょうど k 個の logits だけを残します。残りの確率を 0 にするには、logits をいくつにすればよいでしょうか。",
            ),
        )
    return None


@check(points=1, after=appends_to_the_prompt, ja="生成は評価モードで行う（dropout を切る）")
def writes_in_evaluation_mode(student: Student, draw: Draw) -> None:
    """It writes in evaluation mode, with dropout off, whichever mode the model comes in."""
    model = attentive(student, 29, 99)
    prompt = draw.integers(0, 29, 3, 5)
    student.call("generate", model, prompt, 1, 0, None, view=ids(3, 6, 29))
    if model.is_training():
        raise Failure(
            Text(
                en="The model was still in training mode while it wrote, its dropout on.",
                ja="モデルが学習モードのまま書いていて、dropout が効いていました。",
            ),
            misconception="training_mode_left_on",
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

# --- mistakes ----------------------------------------------------------------------------------

only_the_last_token = misconception(
    edit("seen = ids[:, -model.max_len :]", "seen = ids[:, -1:]"),
    en="The model sees only the last character, so it writes like a bigram model. It keeps no state as an RNN does: let it read "
    "everything so far.",
    ja="モデルに最後の 1 文字しか見せておらず、バイグラムと同じことしか書けません。RNN と違って状態を持たないので、それまでの全体を読ませましょう。",
)
only_the_prompt = misconception(
    edit("seen = ids[:, -model.max_len :]", "seen = prompt[:, -model.max_len :]"),
    en="The model reads the same prompt at every step and never what it wrote. Let it read the text with the new characters.",
    ja="毎回同じ prompt を読ませていて、自分が書いた文字を見ていません。書き足した文を読ませましょう。",
)
not_cropped = misconception(
    edit("ids[:, -model.max_len :]", "ids"),
    en="The text is not cropped to what the model can read: beyond max_len it stops with an error. Take the last max_len "
    "characters.",
    ja="モデルが読める長さに切っていないので、max_len を超えるとエラーで止まります。末尾の max_len 文字を取りましょう。",
)
cropped_at_the_wrong_end = misconception(
    edit("ids[:, -model.max_len :]", "ids[:, : model.max_len]"),
    en="The first max_len characters are kept instead of the last: from then on the model always reads the same beginning.",
    ja="末尾ではなく先頭の max_len 文字を残しています。そこから先は、いつも同じ書き出しを読み続けることになります。",
)
cropped_one_short = misconception(
    edit("-model.max_len :", "-model.max_len + 1 :"),
    en="One character too few is kept: the model can read max_len of them.",
    ja="残す文字が 1 つ足りません。モデルは max_len 文字まで読めます。",
)
logits_of_the_first_position = misconception(
    edit("model(seen)[:, -1]", "model(seen)[:, 0]"),
    en="The logits of the first position are used. What comes next is predicted at the last one: [:, -1].",
    ja="最初の位置の logits を使っています。次の文字を予測しているのは最後の位置 [:, -1] です。",
)
never_greedy = misconception(
    edit("if temperature == 0:", "if temperature is None:"),
    en="Temperature 0 is not treated apart: dividing by it gives infinities and NaN. At 0 take the argmax.",
    ja="温度 0 を特別扱いしていないので、0 で割って無限大や NaN になります。0 のときは argmax をとりましょう。",
)
always_greedy = misconception(
    edit("if temperature == 0:", "if temperature >= 0:"),
    en="It always takes the best character, whatever the temperature, and so repeats itself. Above 0, draw.",
    ja="温度にかかわらず、いつも最大のものを選んでいるので、同じことを繰り返します。0 より大きいときは確率で引きましょう。",
)
multiplied_by_temperature = misconception(
    edit("logits / temperature", "logits * temperature"),
    en="The logits are multiplied by the temperature instead of divided: hot and cold have changed places.",
    ja="logits を温度で割らずに掛けています。熱いと冷たいが逆になります。",
)
temperature_ignored = misconception(
    edit("(logits / temperature)", "logits"),
    en="The temperature has no effect. Either it is not used, or it divides the probabilities after the softmax, which "
    "torch.multinomial scales back: divide the logits, before the softmax.",
    ja="温度が効いていません。使い忘れたか、softmax の後の確率を割っています（torch.multinomial が比に直すので変わりません）。softmax の前に logits を"
    "割りましょう。",
)
top_k_ignored = misconception(
    edit("if top_k is not None", "if top_k == 0"),
    en="top_k has no effect: all characters are still drawn. Set the logits of all but the k best to -inf.",
    ja="top_k が効いておらず、どの文字も出てきます。上位 k 個以外の logits を -∞ にしましょう。",
)
top_k_set_to_zero = misconception(
    edit('float("-inf")', "0.0"),
    en="The logits outside the top k are set to 0. A logit of 0 is no probability of 0: exp(0) = 1. Use -inf.",
    ja="上位 k 個以外の logits を 0 にしています。logit が 0 でも確率は 0 になりません（exp(0) = 1）。-∞ にしましょう。",
)
top_k_one_too_many = misconception(
    edit("topk(top_k)", "topk(top_k + 1)"),
    en="One character too many is kept: k + 1 of them.",
    ja="残す文字が 1 つ多く、k + 1 個になっています。",
)
the_worst_k = misconception(
    edit("logits.topk(top_k).values[:, -1:]", "logits.topk(top_k).values[:, :1]"),
    en="The limit is the best logit instead of the k-th: only one character is left. topk sorts from the best, so the k-th is "
    "the last.",
    ja="しきい値が k 番目ではなく 1 番の logit なので、1 文字しか残りません。topk は大きい順なので、k 番目は最後の値です。",
)
training_mode_left_on = misconception(
    edit("    model.eval()\n", ""),
    en="model.eval() is missing: the model writes with its dropout on, at random even at temperature 0.",
    ja="model.eval() がありません。dropout が効いたまま書くので、温度 0 でも結果が毎回変わります。",
)
only_what_is_new = misconception(
    edit("    return ids\n", "    return ids[:, prompt.size(1) :]\n"),
    en="Only the new characters are returned. Return the prompt with them: (B, T + n).",
    ja="新しい文字だけを返しています。prompt も付けて (B, T + n) を返しましょう。",
)
