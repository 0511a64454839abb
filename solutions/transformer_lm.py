# %% [markdown] lang="ja"
# # Transformer で言語モデルを作る
#
# 言語モデルは、ここまでの文字から次の文字を予測します。この演習では、"Attention Is All You Need"（Vaswani ほか, 2017）の
# 部品を 1 つずつ作り、最後に組み立てて、小さな因果言語モデル（Causal LM）を学習します。
#
# 記号: B はバッチの大きさ、T は系列の長さ、D はモデルの次元、N はヘッドの数、V は語彙の大きさ。
# %% [markdown] lang="en"
# # A language model with a Transformer
#
# A language model predicts the next character from those so far. Here you build the parts of "Attention Is All You
# Need" (Vaswani et al., 2017) one by one, then put them together and train a small causal language model.
#
# Letters: B batch size, T length of the sequence, D model size, N heads, V vocabulary size.
# %% role="setup"
import math

import torch
from torch import Tensor, nn

# %% [markdown] lang="ja" exercise="causal_mask"
# ## 因果マスク（causal_mask）
#
# 位置 t の予測は、t より後ろを見てはいけません。見てよい組 (t, s) を True とする (T, T) の表を作ります。
#
# $$M_{t,s} = (s \le t)$$
#
# 自分自身（対角線）は見てかまいません。
# %% [markdown] lang="en" exercise="causal_mask"
# ## The causal mask (causal_mask)
#
# What is predicted at position t must not look beyond t. Make the (T, T) table that is True where t may look at s:
#
# $$M_{t,s} = (s \le t)$$
#
# A position may look at itself: the diagonal is True.
# %% exercise="causal_mask" role="answer"
def causal_mask(size):
    """size T -> (T, T) bool, True where attention is allowed."""
    # BEGIN SOLUTION
    return torch.ones(size, size, dtype=torch.bool).tril()
    # END SOLUTION


# %% exercise="causal_mask" role="demo"
if __name__ == "__main__":
    print(causal_mask(5).int())
