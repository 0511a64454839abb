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


