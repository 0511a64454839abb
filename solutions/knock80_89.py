# %% [markdown] lang="ja"
# # RNN・CNN・転移学習（言語処理 100 本ノック 2020 第 9 章）
# %% [markdown] lang="en"
# # RNN, CNN and transfer learning (NLP 100 Exercise 2020, chapter 9)
# %% role="setup"
import torch
from torch import Tensor, nn

# %% [markdown] lang="ja" exercise="knock81"
# ## 81. RNN による予測
#
# 単語 ID の列 $x_1 \dots x_T$ を読み、最後の状態からカテゴリを予測します。
#
# $$h_0 = 0, \quad h_t = \tanh(W_{hx}\,\mathrm{emb}(x_t) + W_{hh} h_{t-1} + b_h), \quad y = W_{yh} h_T + b_y$$
# %% [markdown] lang="en" exercise="knock81"
# ## 81. Predicting with an RNN
#
# Read the word ids $x_1 \dots x_T$ and predict the category from the last state.
#
# $$h_0 = 0, \quad h_t = \tanh(W_{hx}\,\mathrm{emb}(x_t) + W_{hh} h_{t-1} + b_h), \quad y = W_{yh} h_T + b_y$$
# %% exercise="knock81" role="answer"
class RNN(nn.Module):
    """ids (B, T) -> logits (B, L)"""

    def __init__(self, vocab_size, emb_size, padding_idx, output_size, hidden_size):
        super().__init__()
        # BEGIN SOLUTION
        self.emb = nn.Embedding(vocab_size, emb_size, padding_idx=padding_idx)
        self.rnn = nn.RNN(emb_size, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, output_size)
        # END SOLUTION

    def forward(self, ids):
        # BEGIN SOLUTION
        emb = self.emb(ids)  # (B, T, E)
        out, h_n = self.rnn(emb)  # (B, T, H), (1, B, H)
        return self.fc(h_n[-1])  # (B, L)
        # END SOLUTION
