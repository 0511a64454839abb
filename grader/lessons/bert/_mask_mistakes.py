"""The mistakes people make in `mask_tokens`."""

from grader.checks import edit, misconception

special_chosen = misconception(
    edit(" & ~special", ""),
    en="Special tokens are chosen too. [CLS], [SEP] and [PAD] stand where they stand by rule, so guessing them teaches nothing, "
    "and padding, of which there is much, would fill the loss. Choose only where special is False.",
    ja="特別なトークンまで選んでいます。[CLS]・[SEP]・[PAD] は決まった場所に置かれるだけなので、当てても何も学べません。数の多いパディングが"
    "損失を占めてしまいます。special が False の位置だけから選びましょう。",
)
labels_everywhere = misconception(
    edit("ids.masked_fill(~chosen, -100)", "ids.clone()"),
    en="Every position has a label. Then the loss also counts the words that the model can simply copy from its input, six of "
    "seven, and copying is what it learns. Put -100 wherever no word was chosen.",
    ja="すべての位置にラベルが付いています。これでは入力をそのまま写せば当たる単語（7 個のうち 6 個ほど）まで損失に入り、写すことを学んで"
    "しまいます。選ばれなかった位置は -100 にしましょう。",
)
labels_from_corrupted = misconception(
    edit("labels = ids.masked_fill(~chosen, -100)\n", "\n"),
    edit("return inputs, labels", "labels = inputs.masked_fill(~chosen, -100)\n    return inputs, labels"),
    en="The labels are taken from the corrupted input. The right answer to a gap would be [MASK] itself, and nothing of the "
    "language is learned. Take the labels from ids, before or apart from the corruption.",
    ja="壊したあとの入力からラベルを作っています。これでは穴の正解が [MASK] 自身になり、言葉について何も学べません。"
    "ラベルは、壊す前の ids から取りましょう。",
)
labels_inverted = misconception(
    edit("ids.masked_fill(~chosen", "ids.masked_fill(chosen"),
    en="The labels are -100 exactly where a word was chosen. So the gaps are the only places without an answer. masked_fill fills "
    "where its mask is True: give it the positions that were not chosen.",
    ja="選ばれた位置のほうが -100 になっています。これでは肝心の穴にだけ正解がありません。masked_fill は True の位置を埋めるので、"
    "選ばれなかった位置を渡しましょう。",
)
other_ignored_value = misconception(
    edit("-100)", "0)"),
    en="Positions that were not chosen get another value than -100. cross_entropy ignores -100 only; any other number is taken as the "
    "id of a word that ought to be predicted there.",
    ja="選ばれなかった位置の値が -100 ではありません。cross_entropy が無視するのは -100 だけで、ほかの数はその位置の正解の単語 ID として"
    "扱われてしまいます。",
)
labels_gathered = misconception(
    edit("ids.masked_fill(~chosen, -100)", "ids[chosen]"),
    en="Only the chosen words are returned as labels, in one long row. Where they stood is lost, so they cannot be matched with the "
    "outputs (B, T, V). Keep the shape (B, T) and put -100 elsewhere.",
    ja="選ばれた単語だけを 1 列に並べて返しています。どこにあった単語かが失われ、出力 (B, T, V) と対応させられません。形は (B, T) のままにして、"
    "残りを -100 にしましょう。",
)
changed_in_place = misconception(
    edit("inputs = ids.clone()", "inputs = ids"),
    en="The argument itself is changed. An assignment does not copy, so the clean sentences are gone after the first epoch and the "
    "gaps pile up. Work on ids.clone().",
    ja="引数そのものを書き換えています。代入ではコピーされないので、最初のエポックで元の文が失われ、穴が増える一方になります。"
    "ids.clone() に対して作業しましょう。",
)
mask_everywhere = misconception(
    edit("inputs[chosen & (dice < 0.8)]", "inputs[dice < 0.8]"),
    en="80 % of all words become [MASK], not 80 % of the chosen ones. Almost no context is left to guess from. Combine the "
    "condition with chosen.",
    ja="選ばれた単語の 80 % ではなく、全単語の 80 % が [MASK] になっています。これでは手がかりになる文脈が残りません。"
    "chosen との論理積をとりましょう。",
)
random_everywhere = misconception(
    edit("chosen & (dice >= 0.8) & (dice < 0.9)", "(dice >= 0.8) & (dice < 0.9)"),
    en="Words that were not chosen become random words too. A tenth of the context is wrong and nobody is asked to repair it. "
    "Combine the condition with chosen.",
    ja="選ばれていない単語までランダムな単語に変わっています。文脈の 1 割が間違ったものになり、しかもそれを直す練習にもなりません。"
    "chosen との論理積をとりましょう。",
)
share_of_the_padded_length = misconception(
    edit(
        "(torch.rand(ids.shape, device=ids.device) < 0.15) & ~special",
        "(torch.rand(ids.shape).masked_fill(special, 2.0).argsort(1).argsort(1) < round(0.15 * ids.shape[1])) & ~special",
    ),
    en="15 % of the padded length is chosen, whatever the length of the sentence. A short sentence then loses most or all of its "
    "words. Count the words that are not special, row by row, or let every word decide for itself.",
    ja="文の長さによらず、パディング込みの長さの 15 % を選んでいます。短い文では、単語のほとんどが選ばれてしまいます。特別なトークンを除いた単語数を"
    "行ごとに数えるか、単語ごとに乱数で決めましょう。",
)
eighty_five_percent = misconception(
    edit("device=ids.device) < 0.15)", "device=ids.device) > 0.15)"),
    en="85 % of the words are chosen. A uniform random number is above 0.15 far more often than below. Turn the comparison round.",
    ja="単語の 85 % が選ばれています。一様乱数は 0.15 より大きいことのほうがずっと多いのです。不等号の向きを逆にしましょう。",
)
same_for_every_row = misconception(
    edit("chosen = (torch.rand(ids.shape, ", "chosen = (torch.rand(ids.shape[1], "),
    en="All sentences get their gaps in the same places. One row of random numbers was drawn and broadcast over the batch. Draw as many "
    "numbers as ids has.",
    ja="どの文も同じ場所に穴が空いています。1 行分の乱数をバッチ全体に使い回しているためです。ids と同じ形の乱数を引きましょう。",
)
always_mask = misconception(
    edit("inputs[chosen & (dice < 0.8)]", "inputs[chosen]"),
    edit("swapped = chosen &", "swapped = ~chosen & chosen &"),
    en="Every chosen word becomes [MASK]. In use there is no [MASK] in a sentence, and the model never learned to think about a "
    "word that it sees. Replace 80 %, swap 10 %, keep 10 %.",
    ja="選ばれた単語がすべて [MASK] になっています。本番の文に [MASK] はないので、見えている単語について考えることを学べません。"
    "80 % を [MASK] に、10 % を別の単語に、10 % をそのままにしましょう。",
)
never_random = misconception(
    edit("swapped = chosen &", "swapped = ~chosen & chosen &"),
    en="No chosen word becomes a random one. Then a word that is not [MASK] can always be trusted, and the model need not check it "
    "against its context. Swap 10 % of the chosen words.",
    ja="ランダムな単語に変わるものがありません。これでは [MASK] 以外の単語はいつでも信用でき、文脈と照らし合わせる必要がなくなります。"
    "選ばれた単語の 10 % を別の単語に変えましょう。",
)
never_kept = misconception(
    edit(" & (dice < 0.9)", ""),
    en="No word that has a label is kept. What is not [MASK] is then surely wrong, and the model learns to distrust every word it is asked "
    "about. Keep 10 % of the chosen words as they are, and label these too: a label belongs to what was chosen, not to what changed.",
    ja="labels の付いた単語に、そのまま残ったものがありません。これでは「[MASK] 以外の問われた単語は必ず間違い」という癖がつきます。選ばれた単語の 10 % は"
    "そのまま残し、それにも labels を付けましょう（labels は、変えた単語ではなく、選んだ単語に付けます）。",
)
ten_percent_of_the_rest = misconception(
    edit("(dice >= 0.8) & (dice < 0.9)", "(dice >= 0.8) & (torch.rand(ids.shape) < 0.1)"),
    en="The 10 % are taken of what the 80 % left. That makes 2 % random words and 18 % kept ones. With a second random number, half of "
    "the rest is to be swapped; with one number, the range from 0.8 to 0.9.",
    ja="「80 % の残り」のさらに 10 % を入れ替えています。これではランダムな単語が 2 %、そのままが 18 % になります。乱数をもう 1 つ引くなら"
    "残りの半分を、1 つで済ますなら 0.8 以上 0.9 未満を入れ替えます。",
)
one_random_word = misconception(
    edit("torch.randint_like(ids, vocab_size)[swapped]", "torch.randint(vocab_size, (1,))"),
    en="One random word is drawn and used everywhere. The model soon knows it as a second kind of [MASK]. Draw a word for each place.",
    ja="ランダムな単語を 1 つだけ引いて、全部に使っています。モデルはすぐに、それを「もう 1 つの [MASK]」として覚えてしまいます。"
    "場所ごとに引きましょう。",
)
same_gaps_every_time = misconception(
    edit("    chosen = (torch.rand(", "    torch.manual_seed(0)\n    chosen = (torch.rand("),
    en="The same sentences get the same gaps every time: the seed is set inside the function. Each epoch should ask for other words. Set the seed once, "
    "outside.",
    ja="同じ文には毎回同じ穴が空きます。関数の中で乱数の種を固定しているためです。エポックごとに違う単語を問うべきです。種の設定は外で 1 回だけにしましょう。",
)
word_outside_the_vocabulary = misconception(
    edit("torch.randint_like(ids, vocab_size)", "torch.randint_like(ids, vocab_size + 1)"),
    en="A random word may be vocab_size itself, which is one behind the last id. The embedding then raises an IndexError, once in a while. Draw from 0 to "
    "vocab_size - 1.",
    ja="ランダムな単語が vocab_size そのものになることがあります。最後の ID の 1 つ先なので、ときどき埋め込みで IndexError になります。0 から vocab_size − 1 の範囲で"
    "引きましょう。",
)
one_die_for_all = misconception(
    edit("dice = torch.rand(ids.shape, device=ids.device)", "dice = torch.rand(1).expand(ids.shape)"),
    en="One random number decides for the whole batch: in one call all chosen words become [MASK], in another all are swapped, or all are kept. Draw a number "
    "for each word.",
    ja="1 つの乱数がバッチ全体を決めています。ある回は選ばれた単語が全部 [MASK] になり、別の回は全部が入れ替わるか、全部がそのままです。単語ごとに乱数を引きましょう。",
)
