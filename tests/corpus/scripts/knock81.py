# 81. RNNによる予測
import torch
from torch import nn
from knock80 import build_vocab, to_ids
import knock80
assert knock80.to_ids('a b', {'a': 1}) == to_ids('a b', {'a': 1}) == [1, 0]
<<rnn>>
