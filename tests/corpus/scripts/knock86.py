from .knock81 import RNN
from torch import nn
import torch
<<cnn>>
