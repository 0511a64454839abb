# %% [markdown] lang="ja"
# # BERT・ファインチューニング・Transformer の全体
#
# 因果言語モデルは前だけを見て次の語を当てました。読み終わった文を理解するのが目的なら、前だけに限る理由はありません。BERT（Devlin ほか,
# 2018）は、文のところどころを隠し、両側から穴を埋める練習（Masked LM）で単語どうしの関係を学びます。この練習には正解ラベルを付けた
# データが要りません。
#
# ここでは順に、穴の空け方、両方向のエンコーダーと損失、課題ごとの 4 種類の出力層、ファインチューニングを作ります。最後に、読むエンコーダーと
# 書くデコーダーを Source-Target Attention でつなぎ、"Attention Is All You Need"（Vaswani ほか, 2017）の図 1 を完成させます。
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
# You build, in this order, the gaps, the encoder that looks both ways and its loss, the four output layers of the paper,
# and fine-tuning. At the end an encoder that reads and a decoder that writes are joined by source-target attention:
# figure 1 of "Attention Is All You Need" (Vaswani et al., 2017).
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


# %% [markdown] lang="ja" exercise="masked_lm"
# ## 両側を見るエンコーダーと Masked LM（masked_lm）
#
# **エンコーダー** `Encoder` は、単語・位置・セグメント（1 文目か 2 文目か）の 3 つの埋め込みを足し、Transformer の層を重ねます。
#
# $$h = \mathrm{Layers}\bigl(\mathrm{LayerNorm}(E_{\text{単語}} + E_{\text{位置}} + E_{\text{セグメント}})\bigr)$$
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


