# %% [markdown]
# # The translator that reads one word at a time
#
# The same lesson in the form of the course's notebook, which follows PyTorch's tutorial on sequence to sequence: no batches, a source no longer than
# MAX_LENGTH, and attention by place. No notebook is made of this file; answers handed in in this form are compared with it.
# %% role="setup"
import random

import torch
import torch.nn.functional as F
from torch import nn

SOS_token, EOS_token = 0, 1
MAX_LENGTH = 10
teacher_forcing_ratio = 0.5
device = torch.device("cpu")


class Lang:
    def __init__(self, name):
        self.name = name
        self.word2index = {}
        self.index2word = {SOS_token: "SOS", EOS_token: "EOS"}
        self.n_words = 2


input_lang, output_lang = Lang("eng"), Lang("jpn")


def tensorFromSentence(lang, sentence):
    ids = [lang.word2index[word] for word in sentence.split(" ")]
    return torch.tensor([*ids, EOS_token], device=device).view(-1, 1)  # (S, 1)


# %% exercise="seq2seq" role="answer"
class EncoderRNN(nn.Module):
    """one word (1,), state (1, 1, H) -> output (1, 1, H), state (1, 1, H)"""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)

    def forward(self, input, hidden):
        embedded = self.embedding(input).view(1, 1, -1)
        output, hidden = self.gru(embedded, hidden)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size, device=device)


class DecoderRNN(nn.Module):
    """the previous word (1, 1), state (1, 1, H) -> log-probabilities (1, V), state (1, 1, H)"""

    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.word = nn.Embedding(output_size, hidden_size)
        self.cell = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden):
        word = F.relu(self.word(input).view(1, 1, -1))
        output, hidden = self.cell(word, hidden)
        return F.log_softmax(self.out(output[0]), dim=1), hidden

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size, device=device)


# %% exercise="attn_decoder" role="answer"
class AttnDecoderRNN(nn.Module):
    """the previous word (1, 1), state (1, 1, H), outputs (max_length, H)
    -> log-probabilities (1, V), state (1, 1, H), weights (1, max_length)"""

    def __init__(self, hidden_size, output_size, dropout_p=0.1, max_length=MAX_LENGTH):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.attn = nn.Linear(hidden_size * 2, max_length)
        self.attn_combine = nn.Linear(hidden_size * 2, hidden_size)
        self.dropout = nn.Dropout(dropout_p)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden, encoder_outputs):
        embedded = self.dropout(self.embedding(input).view(1, 1, -1))
        scores = self.attn(torch.cat((embedded[0], hidden[0]), 1))  # (1, max_length)
        attn_weights = F.softmax(scores, dim=1)
        context = torch.bmm(attn_weights.unsqueeze(0), encoder_outputs.unsqueeze(0))  # (1, 1, H)
        output = torch.cat((embedded[0], context[0]), 1)
        output = self.attn_combine(output).unsqueeze(0)
        output = F.relu(output)
        output, hidden = self.gru(output, hidden)
        output = F.log_softmax(self.out(output[0]), dim=1)
        return output, hidden, attn_weights


# %% exercise="translation" role="answer"
def train(
    input_tensor,
    target_tensor,
    encoder,
    decoder,
    encoder_optimizer,
    decoder_optimizer,
    criterion,
    max_length=MAX_LENGTH,
):
    """input (S, 1), target (T, 1) -> the loss of a word, after one update"""
    encoder_hidden = encoder.initHidden()
    encoder_optimizer.zero_grad()
    decoder_optimizer.zero_grad()
    encoder_outputs = torch.zeros(max_length, encoder.hidden_size, device=device)
    for i in range(input_tensor.size(0)):
        encoder_output, encoder_hidden = encoder(input_tensor[i], encoder_hidden)
        encoder_outputs[i] = encoder_output[0, 0]
    loss = 0
    decoder_input = torch.tensor([[SOS_token]], device=device)
    decoder_hidden = encoder_hidden
    forced = random.random() < teacher_forcing_ratio
    for t in range(target_tensor.size(0)):
        scores, decoder_hidden, _ = decoder(decoder_input, decoder_hidden, encoder_outputs)
        loss += criterion(scores, target_tensor[t])
        if forced:
            decoder_input = target_tensor[t]
        else:
            decoder_input = scores.topk(1)[1].squeeze().detach()
            if decoder_input.item() == EOS_token:
                break
    loss.backward()
    encoder_optimizer.step()
    decoder_optimizer.step()
    return loss.item() / target_tensor.size(0)


def evaluate(encoder, decoder, sentence, max_length=MAX_LENGTH):
    """a sentence of words -> the words of its translation, weights (T, max_length)"""
    with torch.no_grad():
        words = tensorFromSentence(input_lang, sentence)
        hidden = encoder.initHidden()
        outputs = torch.zeros(max_length, encoder.hidden_size, device=device)
        for i in range(words.size(0)):
            output, hidden = encoder(words[i], hidden)
            outputs[i] += output[0, 0]
        previous = torch.tensor([[SOS_token]], device=device)
        decoded = []
        attentions = torch.zeros(max_length, max_length)
        for t in range(max_length):
            scores, hidden, weights = decoder(previous, hidden, outputs)
            attentions[t] = weights.data
            best = scores.data.topk(1)[1]
            if best.item() == EOS_token:
                decoded.append("<EOS>")
                break
            decoded.append(output_lang.index2word[best.item()])
            previous = best.squeeze().detach()
        return decoded, attentions[: t + 1]
