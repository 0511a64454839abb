"""Mistakes people make in generate."""

from grader.checks import edit, misconception

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
temperature_lost_with_top_k = misconception(
    edit("(logits / temperature)", "(logits if top_k is not None else logits / temperature)"),
    en="With a top_k the temperature has no effect. Divide the logits by it in any case.",
    ja="top_k があるときだけ温度が効いていません。どちらの場合も logits を割りましょう。",
)
temperature_below_one_ignored = misconception(
    edit("(logits / temperature)", "(logits / max(temperature, 1.0))"),
    en="A temperature below 1 has no effect. It makes the text more certain, as one above 1 makes it more daring.",
    ja="1 より低い温度が効いていません。1 より高いと冒険的に、低いと堅実になります。",
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
the_lowest_k_kept = misconception(
    edit("logits < worst", "logits > logits.topk(top_k, largest=False).values[:, -1:]"),
    en="The k characters with the lowest logits are kept, not those with the highest. topk gives the largest ones unless told "
    "largest=False, and sort begins with the smallest.",
    ja="上位 k 個ではなく、logits の低いほうから k 個を残しています。topk は largest=False を渡さない限り大きいほうから取り、sort は小さい順に並べます。",
)
top_k_over_the_batch = misconception(
    edit("worst = logits.topk(top_k).values[:, -1:]", "worst = logits.flatten().topk(top_k).values[-1]"),
    en="The k best logits of the whole batch are kept, not of each row: rows with lower logits lose all their characters. topk along the last "
    "axis gives each row its own limit, (B, 1).",
    ja="行ごとではなく、バッチ全体で上位 k 個の logits を残しています。得点の低い行では全部の文字が消えてしまいます。最後の軸で topk をとり、行ごとのしきい値 (B, 1) にしましょう。",
)
top_k_of_the_first_row = misconception(
    edit("logits.topk(top_k).values[:, -1:]", "logits.topk(top_k).values[:1, -1:]"),
    en="The limit of the first row serves all rows. Each row has its own: (B, 1).",
    ja="最初の行のしきい値を全部の行に使っています。しきい値は行ごとに違います。(B, 1) です。",
)
softmax_over_the_batch = misconception(
    edit("(logits / temperature).softmax(dim=-1)", "(logits / temperature).softmax(dim=0)"),
    en="The softmax runs over the batch. The characters are the last axis: dim=-1.",
    ja="softmax をバッチの軸でとっています。文字は最後の軸です。dim=-1 にしましょう。",
)
drawn_evenly = misconception(
    edit("(logits / temperature).softmax(dim=-1)", "(logits * 0).softmax(dim=-1)"),
    en="All characters are drawn with the same probability; the logits are not used.",
    ja="logits が使われておらず、どの文字も同じ確率で引かれています。",
)
window_of_fixed_size = misconception(
    edit("ids[:, -model.max_len :]", "ids[:, -256:]"),
    en="The window has a fixed size. How many characters a model can read is written in model.max_len.",
    ja="読ませる長さを決め打ちしています。モデルが読める長さは model.max_len です。",
)
one_too_few = misconception(
    edit("for _ in range(n):", "for _ in range(n - 1):"),
    en="One character too few is written: n - 1.",
    ja="書く文字が 1 つ足りず、n - 1 文字になっています。",
)
one_too_many = misconception(
    edit("for _ in range(n):", "for _ in range(n + 1):"),
    en="One character too many is written: n + 1.",
    ja="書く文字が 1 つ多く、n + 1 文字になっています。",
)
beginning_lost = misconception(
    edit("seen = ids[:, -model.max_len :]", "ids = seen = ids[:, -model.max_len :]"),
    en="The text itself is cut to what the model can read, so that its beginning is lost. Cut what the model is shown, and append to the whole text.",
    ja="モデルに見せる分だけでなく、文そのものを切り詰めているので、先頭が失われます。切るのは見せる分だけにして、新しい文字は文の全体に足しましょう。",
)
even_among_the_best = misconception(
    edit(
        'logits = logits.masked_fill(logits < worst, float("-inf"))',
        'logits = torch.zeros_like(logits).masked_fill(logits < worst, float("-inf"))',
    ),
    en="Among the k best all are drawn alike. They keep their logits, and with them the proportion of their probabilities.",
    ja="上位 k 個の中から、どれも同じ確率で引いています。残した文字の logits はそのままにして、確率の比を保ちましょう。",
)
written_in_front = misconception(
    edit("torch.cat([ids, chosen], dim=1)", "torch.cat([chosen, ids], dim=1)"),
    en="New characters are put in front of the text. They come after it: cat([ids, chosen]).",
    ja="新しい文字を文の先頭に足しています。後ろに足しましょう。cat([ids, chosen]) です。",
)
the_worst_character = misconception(
    edit("logits.argmax(", "logits.argmin("),
    en="At temperature 0 it takes the character with the lowest logit. Take the highest: argmax.",
    ja="温度 0 で、いちばん得点の低い文字を選んでいます。いちばん高い文字（argmax）を選びましょう。",
)
one_character_for_all_rows = misconception(
    edit("logits.argmax(dim=-1, keepdim=True)", "logits.argmax(dim=-1, keepdim=True)[:1].expand(len(ids), 1)"),
    en="The best character of the first row is written in all rows. Each row has its own.",
    ja="最初の行で選んだ文字を全部の行に書いています。行ごとに選びましょう。",
)
prompt_changed_in_place = misconception(
    edit("    ids = prompt\n", "    prompt[:, 0] = 0\n    ids = prompt\n"),
    en="The prompt that was passed in is changed: whoever called has another text afterwards. Join new characters with torch.cat, which makes a "
    "new tensor, or work on prompt.clone().",
    ja="渡された prompt を書き換えています。呼び出した側の文まで変わってしまいます。新しいテンソルを作る torch.cat でつなぐか、prompt.clone() に対して作業しましょう。",
)
seed_set_inside = misconception(
    edit("    model.eval()\n", "    torch.manual_seed(0)\n    model.eval()\n"),
    en="Every call writes the same text: the seed is set inside generate. Whoever wants the same text twice sets it outside, once.",
    ja="何回呼んでも同じ文になります。generate の中で乱数の種を固定しているためです。同じ文を再現したいときは、呼ぶ側で 1 回だけ設定します。",
)
