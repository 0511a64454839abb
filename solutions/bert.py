# %% [markdown] lang="ja"
# # BERT・ファインチューニング・Transformer の全体
#
# 因果言語モデルは前だけを見て次の語を当てました。読み終わった文を理解するのが目的なら、前だけに限る理由はありません。BERT（Devlin ほか,
# 2018）は、文のところどころを隠し、両側から穴を埋める練習（Masked LM）で単語どうしの関係を学びます。この練習には正解ラベルを付けた
# データが要りません。
#
# ![左では 1 語を隠し、前後の語から当てる。右ではどの位置でも、その語とそれより前の語から次の語を当てる。](figure:language_models)
#
# ここでは順に、穴の空け方、両方向のエンコーダーと損失、課題ごとの 4 種類の出力層、ファインチューニングを作ります。最後に、読むエンコーダーと
# 書くデコーダーを Source-Target Attention でつなぎ、"Attention Is All You Need"（Vaswani ほか, 2017）の図 1 を完成させます。
#
# ![どの位置がどの位置を見てよいかの表。自己回帰モデル（GPT など）は三角形、自動符号化モデル（BERT など）は全部。Seq2Seq モデル（T5 など）では、入力文は入力文全体を、出力文は入力文全体と自分の過去を見る。](figure:families)
#
# 記号: B バッチ、T 系列の長さ、S 入力文の長さ、V 語彙の大きさ、L カテゴリやタグの数、D モデルの次元、N ヘッドの数。
# マスクはどこでも True が「本物の単語、見てよい」、False が「パディング」です。
# %% [markdown] lang="en"
# # BERT, fine-tuning and the whole Transformer
#
# A causal language model guesses the next word from those before it. To understand a sentence that is already there,
# nothing forbids looking to both sides. BERT (Devlin et al., 2018) hides words here and there and practises filling
# the gaps, the masked language model; that teaches it how words relate, and takes no labelled data at all.
#
# ![Left, one word is hidden and guessed from the words on both sides. Right, at each position the next word is guessed from this word and those before it.](figure:language_models)
#
# You build, in this order, the gaps, the encoder that looks both ways and its loss, the four output layers of the paper,
# and fine-tuning. At the end an encoder that reads and a decoder that writes are joined by source-target attention:
# figure 1 of "Attention Is All You Need" (Vaswani et al., 2017).
#
# ![For each family a table of who may look at whom: a triangle for autoregressive models such as GPT, everything for autoencoding ones such as BERT; in seq2seq models such as T5 the source sees itself, the target sees the source and its own past.](figure:families)
#
# Letters: B batch, T length of a sequence, S length of the source, V vocabulary size, L number of classes or tags, D model
# size, N heads. A mask is True for a real word that may be looked at, and False for padding, everywhere here.
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
# 文の単語の 15 % を選び、それを当てさせます。選ばれるのはふつうの単語だけで、特別な記号（[CLS]、[SEP]、[PAD]）は選びません。
#
# ただし、選んだ単語をいつも [MASK] に変えると、[MASK] の出てこない本番の文との間に食い違いが生まれます。そこで選んだ単語を
#
# - 80 % は [MASK] に置き換え、
# - 10 % は語彙からランダムに引いた単語に置き換え、
# - 10 % はそのままにします。
#
# モデルは、どの単語が本物か分からないので、すべての位置について文脈から考えざるをえません。正解 `labels` は**元の**単語で、選ばれなかった
# 位置は −100（`F.cross_entropy` が無視する値）にします。
#
# `mask_tokens(ids, special, mask_id, vocab_size)` を書いてください。`special` は (B, T) の真偽値で、特別な記号の位置が True です。
# 引数の `ids` は書き換えないでください（次のエポックで別の穴を空けます）。
# %% [markdown] lang="en" exercise="mask_tokens"
# ## Making gaps (mask_tokens)
#
# Choose 15 % of the words and let the model guess them. Only ordinary words are chosen, never the special tokens
# ([CLS], [SEP], [PAD]).
#
# If a chosen word always became [MASK], training would differ from use, where no [MASK] occurs. So of the chosen words
#
# - 80 % become [MASK],
# - 10 % become a word drawn at random from the vocabulary,
# - 10 % stay as they are.
#
# The model cannot tell which words are genuine, and has to think about every position from its context. The answers,
# `labels`, are the **original** words; a position that was not chosen gets −100, which `F.cross_entropy` ignores.
#
# Write `mask_tokens(ids, special, mask_id, vocab_size)`; `special` (B, T) is True at the special tokens. Leave the argument
# `ids` as it is: the next epoch makes other gaps.
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
        """A story cut after sentences, into pieces that fit."""
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
# 層そのものは、もう一度書かずに `nn.TransformerEncoder` を使ってかまいません。因果言語モデルと違うのは 2 点だけです。
#
# - 因果マスクを**使わない**。どの位置も前後すべての単語を見ます。
# - パディングは**見ない**。ここの `mask` は True が本物の単語ですが、PyTorch の `src_key_padding_mask` は逆で、True が「無視する」です。
#
# `mask` を省くとすべて本物、`segments` を省くとすべて 0 とします。`nn.TransformerEncoder` には `enable_nested_tensor=False` を渡すと、
# 余計な警告が出ません。
#
# **Masked LM** `MaskedLM` は、各位置の $h_t$ を語彙の大きさに写すだけです。**損失** `masked_lm_loss` は、選ばれた位置
# （labels が −100 でない位置）だけのクロスエントロピーの平均です。
#
# $$\mathcal{L} = -\frac{1}{|M|}\sum_{t \in M} \log p(\text{labels}_t \mid \text{inputs})$$
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
# There is no need to write the layers again: `nn.TransformerEncoder` will do. Two things differ from the causal model:
#
# - There is **no** causal mask. Every position looks at all words before and after it.
# - Padding is **not** looked at. Our `mask` is True for real words; PyTorch's `src_key_padding_mask` is the other way round, True
#   means ignore.
#
# Without a `mask` every word is real, without `segments` all are 0. `enable_nested_tensor=False` spares you a warning of
# `nn.TransformerEncoder`.
#
# The **masked LM** maps each $h_t$ to as many numbers as there are words. The **loss** is the mean cross-entropy over the
# chosen positions alone, those whose label is not −100:
#
# $$\mathcal{L} = -\frac{1}{|M|}\sum_{t \in M} \log p(\text{labels}_t \mid \text{inputs})$$
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
    SIZES = {"vocab_size": V, "d_model": D_MODEL, "num_heads": 4, "d_ff": 256, "num_layers": 2, "max_len": LENGTH}

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
        f"{(guesses == labels)[asked].float().mean():.3f} of {int(asked.sum())} gaps in unseen text are filled rightly"
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
# **(a)(b)** `pack_pair(first, second, cls_id, sep_id)` は 2 つの ID リストをつなぎ、`(ids, segments)` を返します。セグメントは最初の [SEP]
# までが 0、その後ろが 1 です。`SequenceClassifier` は、エンコーダーの出力のうち [CLS] の位置だけを L 個の得点に変えます。
#
# **(c)** `SpanHead` は各位置に「始まり」と「終わり」の得点を付け、(B, T) を 2 つ返します。`best_span` は、得点の和が最大の区間を選びます。
#
# $$(\hat\imath, \hat\jmath) = \arg\max_{i \le j,\ j - i < \text{max\_len}} \; s_i + e_j, \qquad i, j \in \text{本文}$$
#
# `passage` は (B, T) で、本文の位置が True です。区間は両端を含み、(B, 2) の整数で返します。始まりと終わりを別々に選ぶと、終わりが始まりより
# 前に来たり、質問の中を答えたりします。
#
# **(d)** `TaggingHead` は各位置に L 個の得点を付けます。ラベルは単語ごとに付いていますが、トークンは単語より細かい（サブワード）ことが
# あります。`align_labels(word_labels, word_ids)` は、各単語の**最初の**サブワードにだけラベルを付け、続きのサブワードと、単語でない位置
# （`word_ids` が None: 特別な記号とパディング）を −100 にします。
#
# どの出力層も、`encoder(ids, mask, segments)` と、マスクとセグメントをエンコーダーに渡してください。
# %% [markdown] lang="en" exercise="heads"
# ## Four heads (heads)
#
# The encoder stays the same; a task is fitted to it by what is taken from its output (figure 4 of the BERT paper).
#
# | task | input | what is taken |
# |---|---|---|
# | (a) relation of two sentences | [CLS] first [SEP] second [SEP] | [CLS], the first position |
# | (b) class of one sentence | [CLS] sentence [SEP] | [CLS], the first position |
# | (c) question answering | [CLS] question [SEP] passage [SEP] | every position: may the answer begin, or end, here? |
# | (d) tagging | [CLS] sentence [SEP] | every position |
#
# ![Four uses of the same encoder: (a) sentence pairs and (b) single sentences are classified from the output at CLS; (c) for questions the passage's outputs score start and end; (d) for tagging every word's output gets a label.](figure:bert_heads)
#
# **(a), (b)** `pack_pair(first, second, cls_id, sep_id)` joins two lists of ids and returns `(ids, segments)`; segments are 0 up to
# and including the first [SEP], and 1 after it. `SequenceClassifier` makes L scores of the encoder's output at [CLS] alone.
#
# **(c)** `SpanHead` gives every position a score as the beginning and one as the end, and returns two tensors (B, T).
# `best_span` picks the span whose two scores have the largest sum:
#
# $$(\hat\imath, \hat\jmath) = \arg\max_{i \le j,\ j - i < \text{max\_len}} \; s_i + e_j, \qquad i, j \in \text{passage}$$
#
# `passage` (B, T) is True inside the passage. A span includes both its ends, and comes back as whole numbers (B, 2). Choosing
# beginning and end each by itself may put the end before the beginning, or answer with a piece of the question.
#
# **(d)** `TaggingHead` gives every position L scores. Labels are given word by word, but tokens may be finer than words (sub-words).
# `align_labels(word_labels, word_ids)` gives a word's label to its **first** sub-word only; further sub-words, and what is no
# word (`word_ids` is None: special tokens and padding), get −100.
#
# Every head hands mask and segments to the encoder: `encoder(ids, mask, segments)`.
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
    start[0, first + 3], end[0, first + 4], end[0, 1] = 2.0, 3.0, 9.0  # the best end of all lies in the question
    inside = torch.tensor(segments)[None] == 1
    i, j = best_span(start, end, inside)[0].tolist()
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
        f"{(found == tags)[names].float().mean():.3f} right, of the characters that are in a name or were taken for one"
    )
    for sentence, row in zip(tagged.test[:5], found.tolist(), strict=False):
        named = [(c, language.TAGS[t]) for c, t in zip(sentence.text, row[1:], strict=False) if t]
        print(sentence.text, *(f"{c}/{tag}" for c, tag in named))


# %% [markdown] lang="ja" exercise="fine_tuning"
# ## ファインチューニング（fine_tuning）
#
# 事前学習したエンコーダーを**出発点**に、出力層を載せ、課題のデータで**全体を**もう一度学習します。エンコーダーは単語どうしの関係をもう
# 知っているので、少ないデータと数エポックで足ります。
#
# `fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size)` を書いてください。`train_set` は `(ids, mask, labels)` で、
# 形は (M, T)、(M, T)、(M,) です。`SequenceClassifier` をエンコーダーの上に作り、AdamW で学習し、そのモデルを返します。
#
# 1. エンコーダーは渡されたものをそのまま使う。重みを初期化し直すと、事前学習が無駄になります。
# 2. 出力層もエンコーダーも更新する。
# 3. 毎エポック並べ替え、ミニバッチごとに勾配を消し、損失を逆伝播し、1 歩進める。学習中は `train()` にします。
#
# `accuracy(model, data_set, batch_size)` は正答率（0〜1）を返します。評価のときは `eval()` にし、正解した**件数**を全件数で割ります。
# %% [markdown] lang="en" exercise="fine_tuning"
# ## Fine-tuning (fine_tuning)
#
# Start from the pretrained encoder, put a head on top, and train **all of it** again on the data of the task. The encoder already
# knows how words relate, so little data and a few epochs are enough.
#
# Write `fine_tune(encoder, d_model, output_size, train_set, epochs, lr, batch_size)`. `train_set` is `(ids, mask, labels)` of shapes
# (M, T), (M, T) and (M,). Build a `SequenceClassifier` on the encoder, train it with AdamW, and return it.
#
# 1. The encoder is taken as it comes. Initialising it again would throw the pretraining away.
# 2. The head and the encoder are both updated.
# 3. Every epoch goes through the data in a new order; for every mini-batch the gradients are cleared, the loss is propagated back, and one
#    step is made, all in `train()` mode.
#
# `accuracy(model, data_set, batch_size)` gives the share of right answers, from 0 to 1. To evaluate, switch to `eval()`, and divide the
# **number** of right answers by the number of all.
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
# ### 事前学習した BERT と、最初からの学習
#
# 課題は「文に人の名前が出てくるか」です。ラベルの付いた文は 100 文しかありません。同じ大きさのモデル、同じデータ、同じ回数の更新で、出発点だけを
# 変えて比べます。偶然に左右されないように、乱数の種を変えて 3 回ずつ学習します。
# %% [markdown] lang="en" exercise="fine_tuning"
# ### The pretrained BERT against the same from scratch
#
# The task: does a sentence name a person? Only 100 sentences have labels. The model's size, the data and the number of updates are the same;
# only the starting point differs. Each is trained three times with other random numbers, so that luck does not decide.
# %% exercise="fine_tuning" role="demo"
if __name__ == "__main__":

    def data_of(sentences):
        ids, mask = stack([encode(s.text) for s in sentences])
        return ids, mask, torch.tensor([int(any(tag.endswith("PER") for tag in s.tags)) for s in sentences])

    train_set, test_set = data_of(tagged.train[:100]), data_of(tagged.valid + tagged.test)
    majority = test_set[2].float().mean().item()
    print(f"always the same answer: {max(majority, 1 - majority):.3f}")
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
# BERT は読むだけです。翻訳のように文を**書く**には、デコーダーを足します。"Attention Is All You Need" の図 1 は、3 種類の Attention で
# できています。
#
# | Attention | Query | Key・Value | 見てよい範囲 |
# |---|---|---|---|
# | エンコーダーの Self-Attention | 原文 | 原文 | 原文の全単語（パディングを除く） |
# | デコーダーの Self-Attention | 訳文 | 訳文 | 自分とそれより前（因果マスク） |
# | Source-Target Attention | 訳文 | **エンコーダーの出力** | 原文の全単語（パディングを除く） |
#
# ![左のエンコーダーが It rains heavily を読み、右のデコーダーが「雨 が 激しく 降る」を書く。① は原文どうしが前後を見る Attention、② は訳文どうしが前だけを見る Attention、③ は訳文が原文を見る Attention。](figure:whole_transformer)
#
# デコーダーの 1 層は、この順に Self-Attention、Source-Target Attention、全結合を通し、それぞれに Residual Connection と Layer
# Normalization を付けます。`nn.MultiheadAttention` を使ってかまいません。
#
# - `encode(src, src_mask)` は原文 (B, S) を読み、`memory` (B, S, D) を返します。
# - `decode(tgt, memory, src_mask)` は訳文の続きを予測し、(B, T, V) を返します。
# - `forward(src, tgt, src_mask)` は両方をつなぎます。
#
# 学習では、訳文 `<bos> 雨 が 降る <eos>` から、**入力** `<bos> 雨 が 降る` と**正解** `雨 が 降る <eos>` を作ります（1 つずらす）。
# `seq2seq_loss` は、パディングを除いたクロスエントロピーの平均です。
#
# 翻訳するとき（`greedy_decode`）は `<bos>` から始めて、**それまでに書いた全部**をデコーダーに渡し、最後の位置の最良の単語を足す、を
# 繰り返します。どの文も `<eos>` を書き終えるか、`max_len` 語になったら終わりです。返すのは `<bos>` を除いた (B, 最大 max_len) です。
# %% [markdown] lang="en" exercise="encoder_decoder"
# ## The whole Transformer (encoder_decoder)
#
# BERT only reads. To **write**, a translation for instance, a decoder joins it. Figure 1 of "Attention Is All You Need" is made of three
# attentions:
#
# | attention | query | key and value | may look at |
# |---|---|---|---|
# | encoder self-attention | source | source | all words of the source, not padding |
# | decoder self-attention | target | target | itself and before (causal mask) |
# | source-target attention | target | **the encoder's output** | all words of the source, not padding |
#
# ![The encoder on the left reads It rains heavily, the decoder on the right writes 雨 が 激しく 降る. Attention 1 lets the source look at itself both ways, attention 2 lets the target look back at itself, attention 3 lets the target look at the source.](figure:whole_transformer)
#
# A layer of the decoder is self-attention, source-target attention and feed-forward, in this order, each with a residual connection and layer
# normalisation. `nn.MultiheadAttention` is yours to use.
#
# - `encode(src, src_mask)` reads the source (B, S) and returns `memory` (B, S, D).
# - `decode(tgt, memory, src_mask)` predicts how the target goes on: (B, T, V).
# - `forward(src, tgt, src_mask)` joins the two.
#
# For training, the target `<bos> it rains <eos>` becomes the **input** `<bos> it rains` and the **answer** `it rains <eos>`: shifted by one.
# `seq2seq_loss` is the mean cross-entropy without the padding.
#
# To translate, `greedy_decode` begins with `<bos>`, gives the decoder **all that is written so far**, appends the best word at the last
# position, and repeats that until every sentence has its `<eos>` or `max_len` words are written. What comes back is (B, at most max_len),
# without `<bos>`.
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
    print(f"{same} of {len(answers)} unseen sentences are translated word for word as in the data")
    for pair, output in list(zip(pairs.test, outputs, strict=True))[:5]:
        print(f"{pair.en} -> {output}  ({pair.ja})")


# %% [markdown] lang="ja"
# ## 読解メモ
#
# BERT の事前学習とファインチューニングについて、自分の言葉で説明してください（10 行ほど）。
#
# 1. Masked LM と Causal LM では、何を入力し、何を予測しますか。マスクはどこが違いますか。
# 2. 図 4 の 4 つのヘッドは、エンコーダーの出力のどこを使いますか。
# 3. 事前学習ありとなしで、実行ログはどう違いましたか。
# %% [markdown] lang="en"
# ## Reading notes
#
# Explain BERT's pretraining and fine-tuning in your own words (ten lines or so).
#
# 1. What goes in and what is predicted in a masked and in a causal language model? How do their masks differ?
# 2. Which outputs of the encoder does each of the four heads of figure 4 use?
# 3. How do the logs with and without pretraining differ?
# %% [markdown] lang="ja" role="notes"
# Masked LM は文の一部を [MASK] などに置き換え、両側の文脈から元の語を当てます。損失は置き換えた位置だけで計算し、Attention で隠すのは
# パディングだけです。Causal LM は左から次の語を当てるので、因果マスクで未来を隠します。文と文の関係と 1 文の分類は先頭の [CLS]、質問応答は
# 各位置から始点と終点の点数、タグ付けは各位置の出力を使います。ログでは、事前学習したほうが同じ学習量で損失が早く下がり、正解率が高くなりました。
# %% [markdown] lang="en" role="notes"
# A masked language model replaces some words by [MASK] and the like, and predicts them from both sides; the loss counts the replaced
# positions only, and attention hides nothing but padding. A causal one predicts the next word and hides the future. Sentence pairs and
# single sentences are classified from [CLS]; question answering scores every position as start and as end; tagging uses the output at
# every position. In the log, the pretrained encoder learns faster on the same budget and ends with the higher accuracy.
