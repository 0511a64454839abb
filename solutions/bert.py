# %% [markdown] lang="ja"
# # BERT・ファインチューニング・Transformer の全体
#
# Causal LM（因果言語モデル）は、前だけを見て次の語を当てました。
# しかし、すでにできあがっている文を理解するのが目的なら、前だけに限る理由はありません。
# BERT（Devlin ほか, 2018）は、文のところどころを隠し、両側から穴を埋める練習（Masked LM）で単語どうしの関係を学びます。
# この練習には、正解ラベルを付けたデータが要りません。
#
# ![左では 1 語を隠し、前後の語から当てる。右ではどの位置でも、その語とそれより前の語から次の語を当てる。](figure:language_models)
#
# ここでは順に、穴の空け方、両方向のエンコーダーと損失、課題ごとの 4 種類の出力層、ファインチューニングを作ります。
# 最後に、読むエンコーダーと書くデコーダーを Source-Target Attention でつなぎ、"Attention Is All You Need"（Vaswani ほか, 2017）の図 1 を完成させます。
#
# - **できるようになること**: Masked LM で事前学習する。1 つのエンコーダーを、分類・質問応答・単語タギングに使う。少ないラベルでファインチューニングする。エンコーダーとデコーダーをつないで翻訳する。目的に合った種類のモデルを選ぶ。
# - **必要なもの**: `transformer_lm`（マルチヘッド Attention、因果マスク、残差接続と層正規化）。データは付属しています。
# - **時間**: 読んで書くのに 3〜4 時間。全セルの実行は、CPU 1 コアで 3〜4 分。
# - **確かめながら進む**: 解答のすぐ下にあるセル（`check("mask_tokens")` など）を実行すると、その場で採点します。行き詰まったら `hint("mask_tokens")` がヒントを 1 つずつ出します。
# - **次は**: `quiz`。ここまでの要点を 27 問で確かめます。
#
# 記号: B はバッチの大きさ、T は系列の長さ、S は入力文の長さ、V は語彙の大きさ、L はカテゴリやタグの数、D はモデルの次元、N はヘッドの数。
# マスクはどこでも、True が「本物の単語、見てよい」、False が「パディング」です。
# %% [markdown] lang="en"
# # BERT, fine-tuning and the whole Transformer
#
# A causal language model guesses the next word from those before it. But to understand a sentence that is already there, a
# model may as well look to both sides. BERT (Devlin et al., 2018) hides words here and there and practises filling the
# gaps (masked language model). That teaches it how words are related, and needs no labelled data at all.
#
# ![Left, one word is hidden and guessed from the words on both sides. Right, at each position the next word is guessed from this word and those before it.](figure:language_models)
#
# You build, in this order, the gaps, the encoder that looks both ways and its loss, the four output layers of the paper,
# and fine-tuning. At the end you join an encoder that reads and a decoder that writes by source-target attention: figure 1
# of "Attention Is All You Need" (Vaswani et al., 2017).
#
# - **You will be able to**: pretrain a masked language model; use one encoder for classification, question answering and
#   tagging; fine-tune with few labels; join an encoder and a decoder into a translator; choose the family of models that
#   suits a task.
# - **You need**: `transformer_lm` (multi-head attention, the causal mask, residual connections and layer normalisation).
#   The data is included.
# - **Time**: three to four hours to read and write. Running all cells takes three to four minutes on one CPU core.
# - **Check as you go**: run the cell below your answer, such as `check("mask_tokens")`, and it is graded on the spot.
#   When you are stuck, `hint("mask_tokens")` gives one hint at a time.
# - **Next**: the `quiz`, 27 questions on everything so far.
#
# Notation: B batch size, T length of a sequence, S length of the source, V vocabulary size, L number of classes or tags,
# D model size, N number of heads. In every mask here, True is a real word that may be looked at, and False is padding.
# %% role="setup"
import copy
import math
import random

import torch
import torch.nn.functional as F
from torch import nn


# %% [markdown] lang="ja" exercise="mask_tokens"
# ## 穴を空ける（mask_tokens）
#
# 文の単語の 15 % を選び、それを当てさせます。
# 選ばれるのはふつうの単語だけで、特別なトークン（[CLS]、[SEP]、[PAD]）は選びません。
#
# ただし、選んだ単語をいつも [MASK] に変えると、[MASK] の出てこない本番の文との間に食い違いが生まれます。
# そこで選んだ単語を
#
# - 80 % は [MASK] に置き換え、
# - 10 % は語彙からランダムに選んだ単語に置き換え、
# - 10 % はそのままにします。
#
# モデルは、どの単語が本物か分からないので、すべての位置について文脈から考えざるをえません。
# 正解 `labels` は**元の**単語で、選ばれなかった位置は −100（`F.cross_entropy` が無視する値）にします。
#
# `mask_tokens(ids, special, mask_id, vocab_size)` を書いてください。
# `special` は (B, T) の真偽値で、特別なトークンの位置が True です。
# 引数の `ids` は書き換えないでください（次のエポックで別の穴を空けます）。
# %% [markdown] lang="en" exercise="mask_tokens"
# ## Making gaps (mask_tokens)
#
# Choose 15 % of the words and let the model guess them. Only ordinary words are chosen, never the special tokens
# ([CLS], [SEP], [PAD]).
#
# If a chosen word always became [MASK], training would differ from real use, where no [MASK] occurs. So of the chosen words
#
# - 80 % become [MASK],
# - 10 % become a word drawn at random from the vocabulary,
# - 10 % stay as they are.
#
# The model cannot tell which words are genuine, so it has to think about every position from its context. The answers,
# `labels`, are the **original** words; a position that was not chosen gets −100, which `F.cross_entropy` ignores.
#
# Write `mask_tokens(ids, special, mask_id, vocab_size)`; `special` (B, T) is True at the special tokens. Do not change the
# argument `ids`: the next epoch makes other gaps in it.
# %% exercise="mask_tokens" role="answer"
def mask_tokens(ids, special, mask_id, vocab_size):
    """ids (B, T) int64, special (B, T) bool -> inputs (B, T) int64, labels (B, T) int64"""
    # BEGIN SOLUTION
    chosen = (torch.rand(ids.shape, device=ids.device) < 0.15) & ~special  # (B, T)
    labels = ids.masked_fill(~chosen, -100)
    dice = torch.rand(ids.shape, device=ids.device)
    inputs = ids.clone()
    inputs[chosen & (dice < 0.8)] = mask_id
    swapped = chosen & (dice >= 0.8) & (dice < 0.9)
    inputs[swapped] = torch.randint_like(ids, vocab_size)[swapped]
    return inputs, labels
    # END SOLUTION


# %% exercise="mask_tokens" role="demo"
if __name__ == "__main__":
    from collections import Counter

    from grader.data import language

    PAD, CLS, SEP, MASK, UNK = range(5)
    LENGTH = 42  # characters of a piece of text, with [CLS] and [SEP]
    ROOM = 64  # positions that the encoder knows: a pair of sentences is longer than a piece
    stories = [line for line in language.text().train.split("\n") if line]
    tokens = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]", *(c for c, _ in Counter("".join(stories)).most_common())]
    number = {token: i for i, token in enumerate(tokens)}
    V = len(tokens)

    def encode(text):
        return [CLS, *(number.get(character, UNK) for character in text[: LENGTH - 2]), SEP]

    def stack(rows):
        """lists of ids -> ids (B, T), mask (B, T)"""
        longest = max(len(row) for row in rows)
        ids = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])
        return ids, ids != PAD

    def pieces(story):
        """Cut a story after sentences, into pieces that fit."""
        piece = ""
        for sentence in story.replace("。", "。\n").split("\n"):
            if piece and len(piece) + len(sentence) > LENGTH - 2:
                yield piece
                piece = ""
            piece += sentence
        yield piece

    texts = [encode(piece) for story in stories for piece in pieces(story)]
    print(len(texts), "pieces of text, V =", V)

    torch.manual_seed(0)
    ids, mask = stack(texts[:3])
    inputs, labels = mask_tokens(ids, ids < 5, MASK, V)
    for row in range(3):
        print("".join("＿" if i == MASK else tokens[i] for i in inputs[row, mask[row]].tolist()[1:-1]))
        print("   ", [tokens[i] for i in labels[row].tolist() if i >= 0])


# %% [markdown] lang="ja" exercise="masked_lm"
# ## 両側を見るエンコーダーと Masked LM（masked_lm）
#
# **エンコーダー** `Encoder` は、単語・位置・セグメント（1 文目か 2 文目か）の 3 つの埋め込みを足し、Transformer の層を重ねます。
#
# $$h = \mathrm{Layers}\bigl(\mathrm{LayerNorm}(E_{\text{単語}} + E_{\text{位置}} + E_{\text{セグメント}})\bigr)$$
#
# ![各トークンは 3 つの埋め込みの和になる。どの層でも、全部の語が全部の語を見てから、語ごとに全結合を通る。N 層の後、トークンごとに出力が 1 本ある。](figure:bert_stack)
#
# 層そのものは、もう一度書かずに `nn.TransformerEncoder` を使ってかまいません。
# Causal LM と違うのは 2 点だけです。
#
# - 因果マスクを**使わない**。どの位置も前後すべての単語を見ます。
# - パディングは**見ない**。ここの `mask` は True が本物の単語ですが、PyTorch の `src_key_padding_mask` は逆で、True が「無視する」です。
#
# `mask` を省くとすべて本物、`segments` を省くとすべて 0 とします。
# `nn.TransformerEncoder` には `enable_nested_tensor=False` を渡すと、余計な警告が出ません。
# BERT の位置の埋め込みは、`transformer_lm` のような決まった波ではなく、位置ごとに 1 行ある、学習する表です。`max_len` より先の行はありません。
#
# **Masked LM** `MaskedLM` は、各位置の $h_t$ を語彙の大きさに写すだけです。
# **損失** `masked_lm_loss` は、選ばれた位置（labels が −100 でない位置）だけの交差エントロピーの平均です。
#
# $$\mathcal{L} = -\frac{1}{|M|}\sum_{t \in M} \log p(\text{labels}_t \mid \text{inputs})$$
#
# 論文は、もう 1 つの課題も同時に学習します。2 つの文章の 2 つ目が、本当に 1 つ目の続きかどうかを [CLS] の出力から当てる課題です（Next Sentence Prediction）。セグメントはそこで使われます。
# のちに、これがなくても同じくらいうまくいくと分かったので（[RoBERTa](https://arxiv.org/abs/1907.11692), 2019）、ここでは省きます。次の節で、それだけを学習してみます。
# %% [markdown] lang="en" exercise="masked_lm"
# ## An encoder that looks both ways, and the masked LM (masked_lm)
#
# The **encoder** adds three embeddings, of the word, of its position and of its segment (first or second sentence), and
# stacks Transformer layers on the sum.
#
# $$h = \mathrm{Layers}\bigl(\mathrm{LayerNorm}(E_{\text{word}} + E_{\text{position}} + E_{\text{segment}})\bigr)$$
#
# ![Each token becomes the sum of three embeddings. In each layer every word looks at all words, then a feed-forward network works on each word by itself. After N layers there is one output vector for each token.](figure:bert_stack)
#
# You need not write the layers again: you may use `nn.TransformerEncoder`. Two things differ from the causal model:
#
# - There is **no** causal mask. Every position looks at all words before and after it.
# - Padding is **not** looked at. Our `mask` is True for real words; PyTorch's `src_key_padding_mask` is the other way
#   round, True means ignore.
#
# Without a `mask` every word is real, without `segments` all are 0. Pass `enable_nested_tensor=False` to
# `nn.TransformerEncoder` to avoid a needless warning. BERT's positions are not the fixed waves of `transformer_lm` but a
# table that is learned, with a row for each position, and none beyond `max_len`.
#
# The **masked LM** maps each $h_t$ to one score per word of the vocabulary. The **loss** is the mean cross-entropy over the
# chosen positions only, those whose label is not −100:
#
# $$\mathcal{L} = -\frac{1}{|M|}\sum_{t \in M} \log p(\text{labels}_t \mid \text{inputs})$$
#
# The paper trains a second task at the same time: from the output at [CLS], tell whether the second of two pieces of text
# really follows the first (next sentence prediction). That is where segments come in. It was found later that BERT does
# as well without this task ([RoBERTa](https://arxiv.org/abs/1907.11692), 2019), so we leave it out here. The next section
# trains it by itself.
# %% exercise="masked_lm" role="answer"
class Encoder(nn.Module):
    """ids (B, T), mask (B, T) bool, segments (B, T) of 0 and 1 -> hidden (B, T, D)"""

    def __init__(self, vocab_size, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        # BEGIN SOLUTION
        self.words = nn.Embedding(vocab_size, d_model)
        self.positions = nn.Embedding(max_len, d_model)
        self.segments = nn.Embedding(2, d_model)
        for table in (self.words, self.positions, self.segments):
            nn.init.normal_(table.weight, std=0.02)  # as in the paper's own code: small beside what is learned
        self.norm = nn.LayerNorm(d_model)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, activation="gelu", batch_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        # END SOLUTION

    def forward(self, ids, mask=None, segments=None):
        # BEGIN SOLUTION
        segments = torch.zeros_like(ids) if segments is None else segments
        place = torch.arange(ids.shape[1], device=ids.device)  # (T,)
        x = self.words(ids) + self.positions(place) + self.segments(segments)  # (B, T, D)
        x = self.dropout(self.norm(x))
        padding = None if mask is None else ~mask  # (B, T), True is ignored
        return self.layers(x, src_key_padding_mask=padding)  # (B, T, D)
        # END SOLUTION


class MaskedLM(nn.Module):
    """ids (B, T), mask (B, T) bool -> logits (B, T, V)"""

    def __init__(self, encoder, d_model, vocab_size):
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = encoder
        self.fc = nn.Linear(d_model, vocab_size)
        # END SOLUTION

    def forward(self, ids, mask=None):
        # BEGIN SOLUTION
        hidden = self.encoder(ids, mask)  # (B, T, D)
        return self.fc(hidden)  # (B, T, V)
        # END SOLUTION


def masked_lm_loss(logits, labels):
    """logits (B, T, V), labels (B, T) with -100 where nothing is asked -> the mean loss, a scalar"""
    # BEGIN SOLUTION
    return F.cross_entropy(logits.transpose(1, 2), labels)  # (B, V, T) against (B, T)
    # END SOLUTION


# %% exercise="masked_lm" role="demo"
if __name__ == "__main__":
    device = "cuda" if torch.cuda.is_available() else "cpu"
    D_MODEL, STEPS = 64, 2600
    SIZES = {"vocab_size": V, "d_model": D_MODEL, "num_heads": 4, "d_ff": 256, "num_layers": 2, "max_len": ROOM}

    torch.manual_seed(0)
    random.seed(0)
    encoder = Encoder(**SIZES)
    model = MaskedLM(encoder, D_MODEL, V).to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / 100) * (1 - step / STEPS))
    losses = []
    for step in range(1, STEPS + 1):
        ids, mask = stack(random.sample(texts, 32))
        inputs, labels = mask_tokens(ids, ids < 5, MASK, V)
        loss = masked_lm_loss(model(inputs.to(device), mask.to(device)), labels.to(device))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 400 == 0:
            print(f"{step:5} updates, loss {sum(losses[-200:]) / 200:.2f}")
    model.to("cpu").eval()

# %% exercise="masked_lm" role="demo"
if __name__ == "__main__":
    held_out = [encode(piece) for story in language.text().test.split("\n") if story for piece in pieces(story)]
    torch.manual_seed(1)
    ids, mask = stack(held_out)
    inputs, labels = mask_tokens(ids, ids < 5, MASK, V)
    with torch.no_grad():
        guesses = model(inputs, mask).argmax(-1)
    asked = labels != -100
    print(
        f"{(guesses == labels)[asked].float().mean():.3f} of {int(asked.sum())} gaps in unseen text are filled correctly"
    )

    number["＿"] = MASK
    for text in ("今日は雨＿降っている。", "高橋さ＿は田中さんに電話をか＿た。", "「昼の三時＿待っていてください」"):
        inputs, mask = stack([encode(text)])
        with torch.no_grad():
            best = model(inputs, mask)[0].topk(3, dim=-1).indices
        print(text, [[tokens[i] for i in best[t].tolist()] for t in (inputs[0] == MASK).nonzero().flatten().tolist()])


# %% [markdown] lang="ja" exercise="heads"
# ## 4 種類の出力層（heads）
#
# エンコーダーは同じまま、取り出す出力を変えるだけで、いろいろな課題に使えます（BERT 論文の図 4）。
#
# | 課題 | 入力 | 取り出す出力 |
# |---|---|---|
# | (a) 2 文の関係の分類 | [CLS] 1 文目 [SEP] 2 文目 [SEP] | 先頭 [CLS] |
# | (b) 1 文の分類 | [CLS] 文 [SEP] | 先頭 [CLS] |
# | (c) 質問応答 | [CLS] 質問 [SEP] 本文 [SEP] | 各位置: 答えの始まりらしさと終わりらしさ |
# | (d) 単語タギング | [CLS] 文 [SEP] | 各位置 |
#
# ![同じエンコーダーの 4 つの使い方。(a) 2 文と (b) 1 文の分類は CLS の出力、(c) 質問応答は本文の各出力に始まりと終わりの点、(d) タギングは各語の出力にラベルを付ける。](figure:bert_heads)
#
# **(a)(b)** `pack_pair(first, second, cls_id, sep_id)` は 2 つの ID リストをつなぎ、`(ids, segments)` を返します。
# セグメントは最初の [SEP] までが 0、その後ろが 1 です。
# `SequenceClassifier` は、エンコーダーの出力のうち [CLS] の位置だけを L 個の得点に変えます。
#
# **(c)** `SpanHead` は各位置に「始まり」と「終わり」の得点を付け、(B, T) を 2 つ返します。
# `best_span` は、得点の和が最大の区間を選びます。
#
# $$(\hat\imath, \hat\jmath) = \arg\max_{i \le j,\ j - i < \text{max\_len}} \; s_i + e_j, \qquad i, j \in \text{本文}$$
#
# `passage` は (B, T) で、本文の位置が True です。
# 区間は両端を含み、(B, 2) の整数で返します。
# 始まりと終わりを別々に選ぶと、終わりが始まりより前に来たり、質問の中を答えたりします。
#
# **(d)** `TaggingHead` は各位置に L 個の得点を付けます。
# ラベルは単語ごとに付いていますが、トークンは単語より細かい（サブワード）ことがあります。
# `align_labels(word_labels, word_ids)` は、各単語の**最初の**サブワードにだけラベルを付けます。
# 続きのサブワードと、単語でない位置（`word_ids` が None: 特別なトークンとパディング）は −100 にします。
#
# どの出力層でも、マスクとセグメントを `encoder(ids, mask, segments)` のようにエンコーダーに渡してください。
# %% [markdown] lang="en" exercise="heads"
# ## Four heads (heads)
#
# The encoder stays the same; what you take from its output makes it fit for different tasks (figure 4 of the BERT paper).
#
# | task | input | output taken |
# |---|---|---|
# | (a) relation of two sentences | [CLS] first [SEP] second [SEP] | [CLS], the first position |
# | (b) class of one sentence | [CLS] sentence [SEP] | [CLS], the first position |
# | (c) question answering | [CLS] question [SEP] passage [SEP] | every position: does the answer begin, or end, here? |
# | (d) tagging | [CLS] sentence [SEP] | every position |
#
# ![Four uses of the same encoder: (a) sentence pairs and (b) single sentences are classified from the output at CLS; (c) for questions the passage's outputs score start and end; (d) for tagging every word's output gets a label.](figure:bert_heads)
#
# **(a), (b)** `pack_pair(first, second, cls_id, sep_id)` joins two lists of ids and returns `(ids, segments)`; segments are
# 0 up to and including the first [SEP], and 1 after it. `SequenceClassifier` turns the encoder's output at [CLS], and
# nothing else, into L scores.
#
# **(c)** `SpanHead` gives every position one score as the beginning and one as the end, and returns two tensors (B, T).
# `best_span` picks the span whose two scores have the largest sum:
#
# $$(\hat\imath, \hat\jmath) = \arg\max_{i \le j,\ j - i < \text{max\_len}} \; s_i + e_j, \qquad i, j \in \text{passage}$$
#
# `passage` (B, T) is True inside the passage. A span includes both its ends, and is returned as integers (B, 2). If you
# chose beginning and end separately, the end might come before the beginning, or the answer be a piece of the question.
#
# **(d)** `TaggingHead` gives every position L scores. Labels are given per word, but tokens may be smaller than words
# (sub-words). `align_labels(word_labels, word_ids)` gives a word's label to its **first** sub-word only; further sub-words,
# and positions that are not words (`word_ids` is None: special tokens and padding), get −100.
#
# Every head passes mask and segments on to the encoder: `encoder(ids, mask, segments)`.
# %% exercise="heads" role="answer"
def pack_pair(first, second, cls_id, sep_id):
    """two lists of ids -> ids, segments (two lists of the same length)"""
    # BEGIN SOLUTION
    ids = [cls_id, *first, sep_id, *second, sep_id]
    segments = [0] * (len(first) + 2) + [1] * (len(second) + 1)
    return ids, segments
    # END SOLUTION


class SequenceClassifier(nn.Module):
    """ids (B, T), mask (B, T), segments (B, T) -> logits (B, L)"""

    def __init__(self, encoder, d_model, output_size):
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = encoder
        self.classify = nn.Linear(d_model, output_size)
        # END SOLUTION

    def forward(self, ids, mask=None, segments=None):
        # BEGIN SOLUTION
        hidden = self.encoder(ids, mask, segments)  # (B, T, D)
        sentence = hidden[:, 0]  # (B, D), the output at [CLS]
        return self.classify(sentence)  # (B, L)
        # END SOLUTION


class SpanHead(nn.Module):
    """ids (B, T), mask (B, T), segments (B, T) -> start scores (B, T), end scores (B, T)"""

    def __init__(self, encoder, d_model):
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = encoder
        self.ends = nn.Linear(d_model, 2)
        # END SOLUTION

    def forward(self, ids, mask=None, segments=None):
        # BEGIN SOLUTION
        scores = self.ends(self.encoder(ids, mask, segments))  # (B, T, 2)
        start, end = scores.unbind(-1)  # (B, T), (B, T)
        return start, end
        # END SOLUTION


def best_span(start, end, passage, max_len=20):
    """start, end (B, T) scores, passage (B, T) bool -> (B, 2) int64, first and last position of the answer"""
    # BEGIN SOLUTION
    place = torch.arange(start.shape[1], device=start.device)
    length = place[None, :] - place[:, None] + 1  # (T, T), of the span from row to column
    allowed = (length >= 1) & (length <= max_len)  # (T, T)
    inside = passage[:, :, None] & passage[:, None, :]  # (B, T, T)
    scores = start[:, :, None] + end[:, None, :]  # (B, T, T)
    best = scores.masked_fill(~(allowed & inside), float("-inf")).flatten(1).argmax(dim=1)  # (B,)
    return torch.stack([best // len(place), best % len(place)], dim=1)  # (B, 2)
    # END SOLUTION


class TaggingHead(nn.Module):
    """ids (B, T), mask (B, T), segments (B, T) -> logits (B, T, L)"""

    def __init__(self, encoder, d_model, num_tags):
        super().__init__()
        # BEGIN SOLUTION
        self.encoder = encoder
        self.tag = nn.Linear(d_model, num_tags)
        # END SOLUTION

    def forward(self, ids, mask=None, segments=None):
        # BEGIN SOLUTION
        states = self.encoder(ids, mask, segments)  # (B, T, D)
        return self.tag(states)  # (B, T, L)
        # END SOLUTION


def align_labels(word_labels, word_ids):
    """labels by word; word_ids: the word's number for every token, or None -> labels by token (a list)"""
    # BEGIN SOLUTION
    labels, previous = [], None
    for word in word_ids:
        begins = word is not None and word != previous
        labels.append(word_labels[word] if begins else -100)
        previous = word
    return labels
    # END SOLUTION


# %% exercise="heads" role="demo"
if __name__ == "__main__":
    question, passage = "誰が来ましたか。", "朝早く田中さんが来た。"
    ids, segments = pack_pair(encode(question)[1:-1], encode(passage)[1:-1], CLS, SEP)
    print(" ".join(f"{tokens[i]}/{segment}" for i, segment in zip(ids, segments, strict=True)))

    start, end = torch.full((1, len(ids)), -5.0), torch.full((1, len(ids)), -5.0)
    first = len(question) + 2  # where the passage begins
    start[0, first + 3], end[0, first + 4], end[0, 1] = 2.0, 3.0, 9.0  # the highest end score is in the question
    inside = torch.as_tensor(segments)[None] == 1
    i, j = map(int, best_span(start, end, inside)[0])
    print("answer:", "".join(tokens[n] for n in ids[i : j + 1]))

    words, word_labels = ["田中", "さん", "が", "来た"], [1, 0, 0, 0]
    word_ids = [None, *(w for w, word in enumerate(words) for _ in word), None]
    print(list(zip(["[CLS]", *"".join(words), "[SEP]"], align_labels(word_labels, word_ids), strict=True)))

# %% exercise="heads" role="demo"
if __name__ == "__main__":
    tagged = language.tagged()
    tag_number = {tag: i for i, tag in enumerate(language.TAGS)}

    def tagged_batch(sentences):
        """sentences -> ids (B, T), mask (B, T), tags (B, T)"""
        ids, mask = stack([encode(s.text) for s in sentences])
        tags = torch.full_like(ids, -100)
        for row, s in enumerate(sentences):
            word_ids = [None, *range(len(s.text[: LENGTH - 2])), None]  # here every character is a word
            found = align_labels([tag_number[t] for t in s.tags], word_ids)
            tags[row, : len(found)] = torch.as_tensor(found)
        return ids, mask, tags

    torch.manual_seed(0)
    random.seed(0)
    tagger = TaggingHead(copy.deepcopy(encoder), D_MODEL, len(language.TAGS)).train()
    optimizer = torch.optim.AdamW(tagger.parameters(), lr=1e-3)
    for _ in range(160):
        ids, mask, tags = tagged_batch(random.sample(tagged.train, 32))
        loss = F.cross_entropy(tagger(ids, mask).transpose(1, 2), tags)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    tagger.eval()
    ids, mask, tags = tagged_batch(tagged.test)
    with torch.no_grad():
        found = tagger(ids, mask).argmax(-1)
    names = (tags > 0) | ((found > 0) & (tags >= 0))
    print(
        f"{(found == tags)[names].float().mean():.3f} correct, of the characters that are or were taken to be in a name"
    )
    for sentence, row in zip(tagged.test[:5], found.tolist(), strict=False):
        named = [(c, language.TAGS[t]) for c, t in zip(sentence.text, row[1:], strict=False) if t]
        print(sentence.text, *(f"{c}/{tag}" for c, tag in named))

# %% [markdown] lang="ja" exercise="heads"
# ### 質問に答える
#
# 質問と、答えのある 1 文を並べて渡します。学習するのは、答えの始まりと終わりの位置です。
# %% [markdown] lang="en" exercise="heads"
# ### Answering questions
#
# The question and the sentence that holds the answer go in side by side. What is learned is where the answer begins and where
# it ends.
# %% exercise="heads" role="demo"
if __name__ == "__main__":

    def packed(pairs):
        """pairs of texts -> ids (B, T), mask (B, T), segments (B, T)"""
        both = [pack_pair(encode(first)[1:-1], encode(second)[1:-1], CLS, SEP) for first, second in pairs]
        both = [tuple([int(number) for number in part] for part in pair) for pair in both]  # whatever holds them
        ids, mask = stack([ids for ids, _ in both])
        segments = torch.zeros_like(ids)
        for row, (_, given) in zip(segments, both, strict=True):
            row[: len(given)] = torch.tensor(given)
        return ids, mask, segments

    def asked(story):
        """A question about a story -> question, the sentence with the answer, where in it the answer begins and ends."""
        begin = story.text.rfind("。", 0, story.start) + 1
        end = story.text.find("。", story.end) + 1 or len(story.text)
        return story.question, story.text[begin:end], story.start - begin, story.end - 1 - begin

    def that_fit(stories):
        found = [asked(story) for story in stories]
        return [one for one in found if len(one[1]) <= LENGTH - 2 and len(one[0] + one[1]) + 3 <= ROOM]

    def answers_in(questions):
        """questions -> start (B,), end (B,): positions in the packed pair"""
        places = [(len(question) + 2 + start, len(question) + 2 + end) for question, _, start, end in questions]
        return torch.tensor(places).T

    passages = language.passages()
    learned, unseen = that_fit(passages.train), that_fit(passages.valid + passages.test)
    torch.manual_seed(0)
    random.seed(0)
    reader = SpanHead(copy.deepcopy(encoder), D_MODEL).train()
    optimizer = torch.optim.AdamW(reader.parameters(), lr=1e-3)
    for _ in range(300):
        questions = random.sample(learned, 32)
        start, end = reader(*packed([question[:2] for question in questions]))
        first, last = answers_in(questions)
        loss = F.cross_entropy(start, first) + F.cross_entropy(end, last)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    reader.eval()
    ids, mask, segments = packed([question[:2] for question in unseen])
    with torch.no_grad():
        spans = torch.as_tensor(best_span(*reader(ids, mask, segments), (segments == 1) & mask))
    right = (spans == answers_in(unseen).T).all(dim=1).float().mean()
    print(f"{right:.3f} of {len(unseen)} unseen questions are answered to the character")
    for (question, text, *_), row, (i, j) in list(zip(unseen, ids, spans.tolist(), strict=True))[:4]:
        print(question, text, "->", "".join(tokens[n] for n in row[i : j + 1]))

# %% [markdown] lang="ja" exercise="heads"
# ### 続きの文か、よその文か
#
# 2 文の関係は、ラベルのない文章からも学べます。物語のなかで次に来る文を半分、よその物語の文を半分、2 文目に置きます（BERT の論文の next sentence prediction）。
# %% [markdown] lang="en" exercise="heads"
# ### The next sentence, or one from elsewhere
#
# How two sentences are related can be learned from text without labels: half of the time the second is the one that comes next
# in the story, half of the time one from another story (next sentence prediction, in the paper on BERT).
# %% exercise="heads" role="demo"
if __name__ == "__main__":
    from itertools import pairwise

    def neighbours(stories):
        """Each sentence with the next one of its story."""
        told = [[f"{sentence}。" for sentence in story.split("。") if sentence] for story in stories]
        return [pair for sentences in told for pair in pairwise(sentences)]

    def paired(some, others):
        """pairs -> ids, mask, segments (B, T) each, labels (B,): 1 where the second sentence is the next one"""
        labels = [int(random.random() < 0.5) for _ in some]
        drawn = [(a, b if label else random.choice(others)[1]) for (a, b), label in zip(some, labels, strict=True)]
        fits = [len(a) <= LENGTH - 2 and len(b) <= LENGTH - 2 and len(a + b) + 3 <= ROOM for a, b in drawn]
        kept = [n for n, fit in enumerate(fits) if fit]
        return *packed([drawn[n] for n in kept]), torch.tensor([labels[n] for n in kept])

    told, new = neighbours(stories), neighbours(language.text().test.split("\n"))
    torch.manual_seed(0)
    random.seed(0)
    judge = SequenceClassifier(copy.deepcopy(encoder), D_MODEL, 2).train()
    optimizer = torch.optim.AdamW(judge.parameters(), lr=1e-3)
    for _ in range(400):
        *inputs, labels = paired(random.sample(told, 32), told)
        loss = F.cross_entropy(judge(*inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    judge.eval()
    *inputs, labels = paired(new[:600], new)
    with torch.no_grad():
        share = (judge(*inputs).argmax(1) == labels).float().mean()
    print(f"{share:.3f} of {len(labels)} unseen pairs are told apart; guessing would give 0.5")


# %% [markdown] lang="ja" exercise="fine_tuning"
# ## ファインチューニング（fine_tuning）
#
# 事前学習したエンコーダーを**出発点**に、出力層を載せ、課題のデータで**全体を**もう一度学習します。
# エンコーダーは単語どうしの関係をもう知っているので、少ないデータと数エポックで足ります。
#
# `fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size)` を書いてください。
# `train_set` は `(ids, mask, labels)` で、文の数を M とすると、形は (M, T)、(M, T)、(M,) です。
# `SequenceClassifier` をエンコーダーの上に作り、AdamW で学習し、そのモデルを返します。
#
# 1. エンコーダーは渡されたものをそのまま使う。重みを初期化し直すと、事前学習が無駄になります。
# 2. 出力層もエンコーダーも更新する。
# 3. エポックごとに並べ替え、ミニバッチごとに勾配を空にし、損失を逆伝播し、1 歩進める。学習中は `train()` にします。
#
# `accuracy(model, data_set, batch_size)` は正解率（0〜1）を返します。
# 評価のときは `eval()` にし、正解した**件数**を全件数で割ります。
# %% [markdown] lang="en" exercise="fine_tuning"
# ## Fine-tuning (fine_tuning)
#
# Start from the pretrained encoder, put a head on top, and train **all of it** again on the data of the task. The encoder
# already knows how words are related, so little data and a few epochs are enough.
#
# Write `fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size)`. `train_set` is `(ids, mask, labels)`
# of shapes (M, T), (M, T) and (M,), where M is the number of sentences. Build a `SequenceClassifier` on the encoder, train
# it with AdamW, and return it.
#
# 1. Use the encoder as it is given. Initialising it again would throw the pretraining away.
# 2. Update both the head and the encoder.
# 3. In each epoch go through the data in a new order; for each mini-batch clear the gradients, backpropagate the loss and
#    take one step, all in `train()` mode.
#
# `accuracy(model, data_set, batch_size)` returns the share of correct answers, from 0 to 1. Evaluate in `eval()` mode, and
# divide the **number** of correct answers by the number of all sentences.
# %% exercise="fine_tuning" role="answer"
def fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size=16):
    """train_set: ids (M, T), mask (M, T), labels (M,) -> a trained SequenceClassifier"""
    # BEGIN SOLUTION
    model = SequenceClassifier(encoder, d_model, output_size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    ids, mask, labels = train_set
    for _ in range(epochs):
        model.train()
        for rows in torch.randperm(len(labels)).split(batch_size):
            logits = model(ids[rows], mask[rows])  # (b, L)
            loss = F.cross_entropy(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return model
    # END SOLUTION


def accuracy(model, data_set, batch_size=64):
    """data_set: ids (M, T), mask (M, T), labels (M,) -> the share of right answers, 0 to 1"""
    # BEGIN SOLUTION
    model.eval()
    right = 0
    with torch.no_grad():
        for ids, mask, labels in zip(*(part.split(batch_size) for part in data_set), strict=True):
            right += (model(ids, mask).argmax(dim=1) == labels).sum().item()
    return right / len(data_set[2])
    # END SOLUTION


# %% [markdown] lang="ja" exercise="fine_tuning"
# ### 事前学習した BERT と、ゼロから学習した BERT
#
# 課題は「文に人の名前が出てくるか」です。ラベルの付いた文は 100 文しかありません。
# 同じ大きさのモデル、同じデータ、同じ回数の更新で、出発点だけを変えて比べます。
# 偶然に左右されないように、乱数の種を変えて 3 回ずつ学習します。
# %% [markdown] lang="en" exercise="fine_tuning"
# ### The pretrained BERT against the same model from scratch
#
# The task: does a sentence name a person? Only 100 sentences have labels. The size of the model, the data and the number of
# updates are the same; only the starting point differs. Each is trained three times with different random seeds, so that
# luck does not decide.
# %% exercise="fine_tuning" role="demo"
if __name__ == "__main__":

    def data_of(sentences):
        ids, mask = stack([encode(s.text) for s in sentences])
        return ids, mask, torch.tensor([int(any(tag.endswith("PER") for tag in s.tags)) for s in sentences])

    train_set, test_set = data_of(tagged.train[:100]), data_of(tagged.valid + tagged.test)
    majority = test_set[2].float().mean().item()
    print(f"accuracy of always giving the same answer: {max(majority, 1 - majority):.3f}")
    results = {"pretrained": [], "from scratch": []}
    for seed in range(3):
        for name in results:
            torch.manual_seed(seed)
            start = copy.deepcopy(encoder) if name == "pretrained" else Encoder(**SIZES)
            tuned = fine_tune(start, D_MODEL, 2, train_set, epochs=10, lr=1e-3)
            results[name].append(accuracy(tuned, test_set))
    for name, found in results.items():
        print(f"{name}: {sum(found) / len(found):.3f}", [round(value, 3) for value in found])


# %% [markdown] lang="ja" exercise="encoder_decoder"
# ## Transformer の全体（encoder_decoder）
#
# BERT は読むだけです。翻訳のように文を**書く**には、デコーダーを足します。
# "Attention Is All You Need" の図 1 は、3 種類の Attention でできています。
#
# | Attention | Query | Key・Value | 見てよい範囲 |
# |---|---|---|---|
# | エンコーダーの Self-Attention | 原文 | 原文 | 原文の全単語（パディングを除く） |
# | デコーダーの Self-Attention | 訳文 | 訳文 | 自分とそれより前（因果マスク） |
# | Source-Target Attention | 訳文 | **エンコーダーの出力** | 原文の全単語（パディングを除く） |
#
# ![左のエンコーダーが It rains heavily を読み、右のデコーダーが「雨 が 激しく 降る」を書く。① は原文どうしが前後を見る Attention、② は訳文どうしが前だけを見る Attention、③ は訳文が原文を見る Attention。](figure:whole_transformer)
#
# デコーダーの 1 層は、この順に Self-Attention、Source-Target Attention、全結合を通し、それぞれに残差接続と層正規化を付けます。
# `nn.MultiheadAttention` を使ってかまいません。
#
# - `encode(src, src_mask)` は原文 (B, S) を読み、`memory` (B, S, D) を返します。
# - `decode(tgt, memory, src_mask)` は訳文の続きを予測し、(B, T, V) を返します。
# - `forward(src, tgt, src_mask)` は両方をつなぎます。
#
# 学習では、訳文 `<bos> 雨 が 降る <eos>` から、**入力** `<bos> 雨 が 降る` と**正解** `雨 が 降る <eos>` を作ります（1 つずらす）。
# `seq2seq_loss` は、パディングを除いた交差エントロピーの平均です。
#
# 翻訳するとき（`greedy_decode`）は `<bos>` から始め、**それまでに書いた全部**をデコーダーに渡し、最後の位置で最も得点の高い単語を足します。
# これを、どの文も `<eos>` を書き終えるか、`max_len` 語になるまで繰り返します。
# 返すのは `<bos>` を除いた (B, 最大 max_len) です。
# %% [markdown] lang="en" exercise="encoder_decoder"
# ## The whole Transformer (encoder_decoder)
#
# BERT only reads. To **write**, a translation for instance, a model also needs a decoder. Figure 1 of "Attention Is All You
# Need" is made of three attentions:
#
# | attention | query | key and value | may look at |
# |---|---|---|---|
# | encoder self-attention | source | source | all words of the source, not padding |
# | decoder self-attention | target | target | itself and before (causal mask) |
# | source-target attention | target | **the encoder's output** | all words of the source, not padding |
#
# ![The encoder on the left reads It rains heavily, the decoder on the right writes 雨 が 激しく 降る. Attention 1 lets the source look at itself both ways, attention 2 lets the target look back at itself, attention 3 lets the target look at the source.](figure:whole_transformer)
#
# A layer of the decoder is self-attention, source-target attention and feed-forward, in this order, each with a residual
# connection and layer normalisation. You may use `nn.MultiheadAttention`.
#
# - `encode(src, src_mask)` reads the source (B, S) and returns `memory` (B, S, D).
# - `decode(tgt, memory, src_mask)` predicts how the target goes on: (B, T, V).
# - `forward(src, tgt, src_mask)` joins the two.
#
# For training, the target `<bos> it rains <eos>` becomes the **input** `<bos> it rains` and the **answer**
# `it rains <eos>`: shifted by one. `seq2seq_loss` is the mean cross-entropy without the padding.
#
# To translate, `greedy_decode` begins with `<bos>`, gives the decoder **everything written so far**, and appends the word
# with the highest score at the last position. It repeats this until every sentence has its `<eos>` or `max_len` words are
# written. It returns (B, at most max_len), without `<bos>`.
# %% exercise="encoder_decoder" role="answer"
class DecoderBlock(nn.Module):
    """x (B, T, D), memory (B, S, D), padding (B, S) True where there is padding -> (B, T, D)"""

    def __init__(self, d_model, num_heads, d_ff, dropout=0.1):
        super().__init__()
        # BEGIN SOLUTION
        self.self_attention = nn.MultiheadAttention(d_model, num_heads, dropout, batch_first=True)
        self.source_attention = nn.MultiheadAttention(d_model, num_heads, dropout, batch_first=True)
        self.feed_forward = nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model))
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(d_model) for _ in range(3))
        self.dropout = nn.Dropout(dropout)
        # END SOLUTION

    def forward(self, x, memory, padding):
        # BEGIN SOLUTION
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)  # (T, T), True is hidden
        seen, _ = self.self_attention(x, x, x, attn_mask=future)
        x = self.norm1(x + self.dropout(seen))
        read, _ = self.source_attention(x, memory, memory, key_padding_mask=padding)
        x = self.norm2(x + self.dropout(read))
        return self.norm3(x + self.dropout(self.feed_forward(x)))
        # END SOLUTION


class Transformer(nn.Module):
    """src (B, S), tgt (B, T), src_mask (B, S) bool -> logits (B, T, V)"""

    def __init__(self, src_vocab, tgt_vocab, d_model, num_heads, d_ff, num_layers, max_len, dropout=0.1):
        super().__init__()
        # BEGIN SOLUTION
        self.scale = math.sqrt(d_model)
        self.src_words = nn.Embedding(src_vocab, d_model)
        self.tgt_words = nn.Embedding(tgt_vocab, d_model)
        for table in (self.src_words, self.tgt_words):  # so that the scaled embedding is as large as the positions
            nn.init.normal_(table.weight, std=d_model**-0.5)
        angle = torch.arange(max_len)[:, None] / 10000 ** (torch.arange(0, d_model, 2) / d_model)  # (T, D/2)
        table = torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)[:, :d_model]  # (T, D)
        self.register_buffer("positions", table)
        self.dropout = nn.Dropout(dropout)
        layer = nn.TransformerEncoderLayer(d_model, num_heads, d_ff, dropout, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        self.decoder = nn.ModuleList(DecoderBlock(d_model, num_heads, d_ff, dropout) for _ in range(num_layers))
        self.fc = nn.Linear(d_model, tgt_vocab)
        # END SOLUTION

    def encode(self, src, src_mask):
        """src (B, S), src_mask (B, S) bool -> memory (B, S, D)"""
        # BEGIN SOLUTION
        x = self.src_words(src) * self.scale + self.positions[: src.shape[1]]  # (B, S, D)
        return self.encoder(self.dropout(x), src_key_padding_mask=~src_mask)
        # END SOLUTION

    def decode(self, tgt, memory, src_mask):
        """tgt (B, T), memory (B, S, D), src_mask (B, S) bool -> logits (B, T, V)"""
        # BEGIN SOLUTION
        y = self.tgt_words(tgt) * self.scale + self.positions[: tgt.shape[1]]  # (B, T, D)
        y = self.dropout(y)
        for block in self.decoder:
            y = block(y, memory, ~src_mask)
        return self.fc(y)  # (B, T, V)
        # END SOLUTION

    def forward(self, src, tgt, src_mask):
        # BEGIN SOLUTION
        return self.decode(tgt, self.encode(src, src_mask), src_mask)
        # END SOLUTION


def seq2seq_loss(model, src, src_mask, tgt, pad_id):
    """src (B, S), src_mask (B, S) bool, tgt (B, T) from start to stop, then padding -> the mean loss, a scalar"""
    # BEGIN SOLUTION
    given, wanted = tgt[:, :-1], tgt[:, 1:]  # (B, T - 1) each
    logits = model(src, given, src_mask)  # (B, T - 1, V)
    return F.cross_entropy(logits.transpose(1, 2), wanted, ignore_index=pad_id)
    # END SOLUTION


def greedy_decode(model, src, src_mask, start_id, stop_id, max_len):
    """src (B, S), src_mask (B, S) bool -> words (B, at most max_len) int64, without the start"""
    # BEGIN SOLUTION
    model.eval()
    with torch.no_grad():
        memory = model.encode(src, src_mask)
        words = torch.full((len(src), 1), start_id, device=src.device)  # (B, 1)
        done = torch.zeros(len(src), dtype=torch.bool, device=src.device)
        for _ in range(max_len):
            scores = model.decode(words, memory, src_mask)[:, -1]  # (B, V)
            best = scores.argmax(dim=1)
            words = torch.cat([words, best[:, None]], dim=1)  # (B, t)
            done |= best == stop_id
            if done.all():
                break
    return words[:, 1:]
    # END SOLUTION


# %% exercise="encoder_decoder" role="demo"
if __name__ == "__main__":
    from grader.data import translation

    pairs = translation.pairs()
    english = translation.Vocabulary(translation.words(pair.en) for pair in pairs.train)
    japanese = translation.Vocabulary(translation.characters(pair.ja) for pair in pairs.train)

    def sides(some):
        """pairs -> src (B, S), src_mask (B, S), tgt (B, T)"""
        src = [torch.tensor(english.encode(translation.words(pair.en))) for pair in some]
        tgt = [torch.tensor(japanese.encode(translation.characters(pair.ja), bos=True)) for pair in some]
        src, tgt = (nn.utils.rnn.pad_sequence(side, batch_first=True) for side in (src, tgt))  # <pad> is 0
        return src, src != english.pad, tgt

    print(len(pairs.train), "pairs,", len(english), "English words,", len(japanese), "Japanese characters")
    print(pairs.train[0].en, "|", pairs.train[0].ja)

# %% exercise="encoder_decoder" role="demo"
if __name__ == "__main__":
    STEPS = 900
    torch.manual_seed(0)
    random.seed(0)
    translator = Transformer(len(english), len(japanese), 96, 4, 256, 2, 64).to(device).train()
    optimizer = torch.optim.Adam(translator.parameters(), lr=2e-3, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / 100) * (1 - step / STEPS))
    losses = []
    for step in range(1, STEPS + 1):
        src, src_mask, tgt = (part.to(device) for part in sides(random.sample(pairs.train, 32)))
        loss = seq2seq_loss(translator, src, src_mask, tgt, japanese.pad)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(translator.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if step % 200 == 0:
            print(f"{step:5} updates, loss {sum(losses[-100:]) / 100:.2f}")

# %% exercise="encoder_decoder" role="demo"
if __name__ == "__main__":
    src, src_mask, _ = (part.to(device) for part in sides(pairs.test))
    rows = greedy_decode(translator, src, src_mask, japanese.bos, japanese.eos, 60)
    outputs = ["".join(japanese.decode(row)) for row in rows]
    answers = ["".join(translation.characters(pair.ja)) for pair in pairs.test]
    same = sum(output == answer for output, answer in zip(outputs, answers, strict=True))
    print(f"{same} of {len(answers)} unseen sentences are translated exactly as in the data")
    for pair, output in list(zip(pairs.test, outputs, strict=True))[:5]:
        print(f"{pair.en} -> {output}  ({pair.ja})")


# %% [markdown] lang="ja"
# ## モデルの 3 つの系統
#
# 図 1 の片方だけを使うか両方を使うかで、Transformer のモデルは 3 つの系統に分かれます。
#
# | 系統 | 使う部分 | 学習のしかた | 主な用途 | 例 |
# |---|---|---|---|---|
# | 自己回帰モデル（autoregressive） | デコーダーだけ | Causal LM: 前だけを見て次の単語を当てる | 文章の生成 | GPT |
# | 自動符号化モデル（autoencoding） | エンコーダーだけ | Masked LM: 両側を見て穴を埋める | 文の分類、単語タギング | BERT |
# | Seq2Seq モデル | エンコーダーとデコーダー | 原文を読み、訳文を Causal LM のように書く | 翻訳、要約、質問応答 | 図 1 の Transformer、T5 |
#
# ![どの位置がどの位置を見てよいかの表。自己回帰モデル（GPT など）は三角形、自動符号化モデル（BERT など）は全部。Seq2Seq モデル（T5 など）では、入力文は入力文全体を、出力文は入力文全体と自分の過去を見る。](figure:families)
#
# 選び方は「何を読み、何を書くか」で決まります。
# できあがった文を読んで判断するなら両側を見られるエンコーダー、続きを書くならデコーダー、ある文を読んで別の文を書くなら両方です。
# これで 3 つとも作りました（自己回帰モデルは `transformer_lm` です。デコーダーから Source-Target Attention を除くと、因果マスクを付けた `EncoderBlock` と同じものになります）。
# ただし境界は絶対ではありません。大きな自己回帰モデルは、分類も翻訳も「文章の続きを書く」ことでこなします。
#
# ## Transformer の成績
#
# 論文は、英語からドイツ語・フランス語への翻訳（WMT 2014、テストは newstest2014）で、それまでの最良のモデルと比べました。
#
# | モデル | BLEU 英独 | BLEU 英仏 | 学習の計算量 英独（FLOPs） | 学習の計算量 英仏（FLOPs） |
# |---|---|---|---|---|
# | ByteNet | 23.75 | | | |
# | Deep-Att + PosUnk | | 39.2 | | $1.0 \cdot 10^{20}$ |
# | GNMT + RL | 24.6 | 39.92 | $2.3 \cdot 10^{19}$ | $1.4 \cdot 10^{20}$ |
# | ConvS2S | 25.16 | 40.46 | $9.6 \cdot 10^{18}$ | $1.5 \cdot 10^{20}$ |
# | MoE | 26.03 | 40.56 | $2.0 \cdot 10^{19}$ | $1.2 \cdot 10^{20}$ |
# | Deep-Att + PosUnk（アンサンブル） | | 40.4 | | $8.0 \cdot 10^{20}$ |
# | GNMT + RL（アンサンブル） | 26.30 | 41.16 | $1.8 \cdot 10^{20}$ | $1.1 \cdot 10^{21}$ |
# | ConvS2S（アンサンブル） | 26.36 | 41.29 | $7.7 \cdot 10^{19}$ | $1.2 \cdot 10^{21}$ |
# | Transformer (base) | 27.3 | 38.1 | $3.3 \cdot 10^{18}$ | $3.3 \cdot 10^{18}$ |
# | Transformer (big) | **28.4** | **41.8** | $2.3 \cdot 10^{19}$ | $2.3 \cdot 10^{19}$ |
#
# 出典: [Vaswani ほか, 2017](https://arxiv.org/abs/1706.03762) の表 2（Transformer の計算量は、論文では 2 列に共通の値として書かれています）。
# アンサンブルは、いくつものモデルの予測を合わせたものです。
#
# big は 1 つのモデルで、それまでのアンサンブルの BLEU も上回りました。
# しかも学習の計算量は、GNMT や ConvS2S のアンサンブルの 3 分の 1 ほどから 50 分の 1 ほどです。
# base の計算量は、表のどのモデルよりも少なくなっています。英独ではそれまでの全モデルを上回りましたが、英仏では届きませんでした。
# %% [markdown] lang="en"
# ## Three families of models
#
# Transformer models use one half of figure 1, or the other, or both. That makes three families:
#
# | family | part used | how it is trained | mainly used for | examples |
# |---|---|---|---|---|
# | autoregressive | decoder only | causal LM: sees what is before, guesses the next word | generating text | GPT |
# | autoencoding | encoder only | masked LM: sees both sides, fills the gaps | classifying sentences, tagging words | BERT |
# | seq2seq | encoder and decoder | reads the source, writes the target like a causal LM | translation, summarising, question answering | Transformer of figure 1, T5 |
#
# ![For each family a table of who may look at whom: a triangle for autoregressive models such as GPT, everything for autoencoding ones such as BERT; in seq2seq models such as T5 the source sees itself, the target sees the source and its own past.](figure:families)
#
# To choose one, ask what is read and what is written. To judge a sentence that is already there, take an encoder, which
# sees both sides; to continue a text, a decoder; to read one text and write another, both. You have now built all three
# (the autoregressive model in `transformer_lm`: a decoder without source-target attention is the same as `EncoderBlock`s
# with a causal mask). The borders are not strict: large autoregressive models also classify and translate, by continuing a
# text.
#
# ## How good the Transformer was
#
# The paper compares it with the best earlier models, on translation from English to German and to French (WMT 2014, tested
# on newstest2014).
#
# | model | BLEU EN-DE | BLEU EN-FR | training cost EN-DE (FLOPs) | training cost EN-FR (FLOPs) |
# |---|---|---|---|---|
# | ByteNet | 23.75 | | | |
# | Deep-Att + PosUnk | | 39.2 | | $1.0 \cdot 10^{20}$ |
# | GNMT + RL | 24.6 | 39.92 | $2.3 \cdot 10^{19}$ | $1.4 \cdot 10^{20}$ |
# | ConvS2S | 25.16 | 40.46 | $9.6 \cdot 10^{18}$ | $1.5 \cdot 10^{20}$ |
# | MoE | 26.03 | 40.56 | $2.0 \cdot 10^{19}$ | $1.2 \cdot 10^{20}$ |
# | Deep-Att + PosUnk (ensemble) | | 40.4 | | $8.0 \cdot 10^{20}$ |
# | GNMT + RL (ensemble) | 26.30 | 41.16 | $1.8 \cdot 10^{20}$ | $1.1 \cdot 10^{21}$ |
# | ConvS2S (ensemble) | 26.36 | 41.29 | $7.7 \cdot 10^{19}$ | $1.2 \cdot 10^{21}$ |
# | Transformer (base) | 27.3 | 38.1 | $3.3 \cdot 10^{18}$ | $3.3 \cdot 10^{18}$ |
# | Transformer (big) | **28.4** | **41.8** | $2.3 \cdot 10^{19}$ | $2.3 \cdot 10^{19}$ |
#
# Source: table 2 of [Vaswani et al., 2017](https://arxiv.org/abs/1706.03762) (which gives the cost of each Transformer once
# for both languages). An ensemble combines the predictions of several models.
#
# The big Transformer, a single model, had a higher BLEU than even the ensembles before it. Its training cost was between
# about a third and a fiftieth of that of the GNMT and ConvS2S ensembles. The base model cost less than any other in the
# table; it was better than all earlier models in English-German, but not in English-French.
# %% [markdown] lang="ja"
# ## 読解メモ
#
# BERT の事前学習とファインチューニングについて、自分の言葉で説明してください（10 行ほど）。
#
# 1. Masked LM と Causal LM では、何を入力し、何を予測しますか。マスクはどこが違いますか。
# 2. 図 4 の 4 つの出力層は、エンコーダーの出力のどこを使いますか。
# 3. 事前学習ありとなしで、実行ログはどう違いましたか。
# %% [markdown] lang="en"
# ## Reading notes
#
# Explain BERT's pretraining and fine-tuning in your own words (about ten lines).
#
# 1. What goes in and what is predicted in a masked and in a causal language model? How do their masks differ?
# 2. Which outputs of the encoder does each of the four heads of figure 4 use?
# 3. How do the logs with and without pretraining differ?
# %% [markdown] lang="ja" role="notes"
# Masked LM は文の一部を [MASK] などに置き換え、両側の文脈から元の語を当てます。
# 損失は選ばれた位置だけで計算し、Attention で隠すのはパディングだけです。
# Causal LM は左から次の語を当てるので、因果マスクで未来を隠します。
# 2 文の関係と 1 文の分類は先頭の [CLS]、質問応答は各位置の始まりと終わりの得点、単語タギングは各位置の出力を使います。
# ログでは、事前学習したほうが同じ学習量で正解率が高くなりました。
# %% [markdown] lang="en" role="notes"
# A masked language model replaces some words by [MASK] and the like, and predicts them from both sides; the loss counts the
# chosen positions only, and attention hides nothing but padding. A causal one predicts the next word and hides the future.
# Sentence pairs and single sentences are classified from [CLS]; question answering scores every position as beginning and
# as end; tagging uses the output at every position. In the log, the pretrained encoder reaches the higher accuracy with the
# same amount of training.
# %% [markdown] lang="ja"
# ## まとめ
#
# - Masked LM は、隠した単語を両側から当てる練習です。ラベルのない文章だけで、単語どうしの関係を学べます。
# - エンコーダーは同じまま、[CLS] の出力を使えば文の分類、各位置の出力を使えば質問応答や単語タギングになります。
# - ファインチューニングは、事前学習した重みから出発して全体を学習し直します。解答例では、ラベル 100 文での正解率（3 回の平均）が、ゼロからの学習で 0.772、事前学習ありで 0.847 でした。
# - エンコーダーとデコーダーを Source-Target Attention でつなぐと、論文の Transformer になります。解答例は、学習に使っていない 500 文のうち 489 文を正解とまったく同じに訳しました。
# - 読むだけならエンコーダー、続きを書くならデコーダー、読んで別の文を書くなら両方です。
#
# ### 試してみよう
#
# 1. `mask_tokens` の 15 % を 50 % に変えると、穴埋めの正解率はどうなりますか。
# 2. ファインチューニングでエンコーダーの重みを固定し、出力層だけを学習してみましょう。正解率はどれだけ変わりますか。
# 3. ラベルを 100 文から 25 文に減らしたり、300 文に増やしたりしてみましょう。事前学習の効果はどう変わりますか。
# 4. 論文の 5.4 節にならい、`seq2seq_loss` の写しに label smoothing（`label_smoothing=0.1`）を加えて翻訳を学習してみましょう。損失はもう 0 まで下がりませんが、訳文はよくなりますか。
#
# ### もっと知りたい人へ
#
# - 論文: [BERT](https://arxiv.org/abs/1810.04805)（Devlin ほか, 2018）、[Attention Is All You Need](https://arxiv.org/abs/1706.03762)（Vaswani ほか, 2017）
# - 図で読む: [The Illustrated BERT](https://jalammar.github.io/illustrated-bert/)、[The Illustrated Transformer](https://jalammar.github.io/illustrated-transformer/)（Alammar, 2018）
# - コードで読む: [The Annotated Transformer](https://nlp.seas.harvard.edu/annotated-transformer/)（Harvard NLP）
# - 日本語で読む: [作って理解する Transformer / Attention](https://qiita.com/halhorn/items/c91497522be27bde17ce)、[深層学習界の大前提 Transformer の論文解説！](https://qiita.com/omiita/items/07e69aef6c156d23c538)
# - ほかの系統: GPT-3 [Brown ほか, 2020](https://arxiv.org/abs/2005.14165)、T5 [Raffel ほか, 2020](https://arxiv.org/abs/1910.10683)
# - 部品: 残差接続 [He ほか, 2016](https://arxiv.org/abs/1512.03385)、層正規化 [Ba ほか, 2016](https://arxiv.org/abs/1607.06450)
# %% [markdown] lang="en"
# ## Summary
#
# - A masked language model practises guessing hidden words from both sides. Text without labels is enough for it to learn
#   how words are related.
# - The encoder stays the same: from the output at [CLS] it classifies sentences, from the outputs at every position it
#   answers questions or tags words.
# - Fine-tuning starts from the pretrained weights and trains everything again. With our answers and 100 labelled sentences,
#   the accuracy (mean of three runs) is 0.772 from scratch and 0.847 with pretraining.
# - An encoder and a decoder joined by source-target attention make the Transformer of the paper. With our answers, 489 of
#   500 unseen sentences are translated exactly as in the data.
# - To read only, take an encoder; to continue a text, a decoder; to read one text and write another, both.
#
# ### Try this
#
# 1. Change the 15 % of `mask_tokens` to 50 %. What happens to the share of gaps that are filled correctly?
# 2. Freeze the weights of the encoder in fine-tuning and train the head only. How much does the accuracy change?
# 3. Use 25 labelled sentences instead of 100, or 300. How does the effect of pretraining change?
# 4. Train the translator with a copy of `seq2seq_loss` that smooths the labels, as the paper does (section 5.4):
#    `label_smoothing=0.1`. The loss cannot go down to 0 any more; do the translations get better?
#
# ### Further reading
#
# - Papers: [BERT](https://arxiv.org/abs/1810.04805) (Devlin et al., 2018),
#   [Attention Is All You Need](https://arxiv.org/abs/1706.03762) (Vaswani et al., 2017)
# - In pictures: [The Illustrated BERT](https://jalammar.github.io/illustrated-bert/),
#   [The Illustrated Transformer](https://jalammar.github.io/illustrated-transformer/) (Alammar, 2018)
# - In code: [The Annotated Transformer](https://nlp.seas.harvard.edu/annotated-transformer/) (Harvard NLP)
# - The other families: GPT-3, [Brown et al., 2020](https://arxiv.org/abs/2005.14165); T5,
#   [Raffel et al., 2020](https://arxiv.org/abs/1910.10683)
# - The parts: residual connections, [He et al., 2016](https://arxiv.org/abs/1512.03385); layer normalisation,
#   [Ba et al., 2016](https://arxiv.org/abs/1607.06450)
