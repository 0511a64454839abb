"""Other right answers: an encoder and a decoder of any two kinds of RNN, and plain ones that are written out."""

from __future__ import annotations

from itertools import product

from grader.checks import accepts, edit
from grader.model import Variant

PLAIN = '''def plain(state):
    """A state without an axis of layers."""
    return tuple(map(plain, state)) if isinstance(state, tuple) else state.reshape(-1, state.shape[-1])


class DecoderRNN(nn.Module):'''
FORWARD = "    def forward(self, previous, state):\n"
HANDED_OVER = {"LSTM": "(state[0][0], state[1][0])", "LSTM_h": "state[0][0]"}


def pair(reads: str, writes: str, activated: bool = False) -> Variant:
    """An encoder and a decoder of these kinds. LSTM_h: h alone is handed over; a decoder that needs c begins with zeros."""
    handed, cell = HANDED_OVER.get(reads), f"nn.{writes}Cell("
    zeros = (
        "; state = state if isinstance(state, tuple) else (state, torch.zeros_like(state))" if writes == "LSTM" else ""
    )
    changes = [
        edit("class DecoderRNN(nn.Module):", PLAIN),
        edit(FORWARD, f"{FORWARD}        state = plain(state){zeros}\n"),
        edit("nn.GRUCell(", cell),
    ]
    changes += [edit("nn.GRU(emb_size", f"nn.{reads.partition('_')[0]}(emb_size")] if reads != "GRU" else []
    changes += [edit("return outputs, state[0]", f"return outputs, {handed}")] if handed else []
    changes += [edit("self.out(state)", "self.out(state[0])")] if writes == "LSTM" else []
    changes += [edit("word = self.emb(previous)", "word = F.relu(self.emb(previous))")] if activated else []
    return accepts(*changes)


PAIRS = (
    *(("GRU", "GRU"), ("LSTM", "LSTM"), ("RNN", "RNN"), ("LSTM_h", "GRU"), ("LSTM_h", "RNN"), ("LSTM_h", "LSTM")),
    *(("GRU", "RNN"), ("RNN", "GRU"), ("GRU", "LSTM"), ("RNN", "LSTM")),
)
globals().update({f"{reads}_{writes}".lower(): pair(reads, writes) for reads, writes in PAIRS})
globals().update(
    {f"{reads}_{writes}_activated".lower(): pair(reads, writes, activated=True) for reads, writes in PAIRS}
)

picked_by_length = accepts(
    edit("outputs, state = self.rnn(packed)", "outputs, _ = self.rnn(self.emb(ids))"),
    edit(
        "outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=ids.size(1))",
        "state = outputs[torch.arange(len(ids)), lengths - 1].unsqueeze(0)",
    ),
)
logits = accepts(edit("F.log_softmax(self.out(state), dim=-1)", "self.out(state)"))

LOOP = """        state, outputs = torch.zeros(len(ids), self.hidden), []
        for t, word in enumerate(self.emb(ids).unbind(1)):
            state = torch.where((t < lengths)[:, None], torch.tanh(self.rnn(torch.cat([ORDER], dim=1))), state)
            outputs.append(state)
        return torch.stack(outputs, dim=1), state"""


def written_out(reads: str, writes: str) -> Variant:
    """Plain RNNs as one linear layer over word and state. reads, writes: in which order the two stand."""
    return accepts(
        edit(
            "self.rnn = nn.GRU(emb_size, hidden_size, batch_first=True)",
            "self.hidden, self.rnn = hidden_size, nn.Linear(emb_size + hidden_size, hidden_size)",
        ),
        edit("        return outputs, state[0]", LOOP.replace("ORDER", reads)),
        edit(
            "        packed = pack_padded_sequence(self.emb(ids), lengths, batch_first=True, enforce_sorted=False)\n",
            "",
        ),
        edit("        outputs, state = self.rnn(packed)\n", ""),
        edit("        outputs, _ = pad_packed_sequence(outputs, batch_first=True, total_length=ids.size(1))\n", ""),
        edit("nn.GRUCell(emb_size, hidden_size)", "nn.Linear(emb_size + hidden_size, hidden_size)"),
        edit("self.cell(word, state)", f"torch.tanh(self.cell(torch.cat([{writes}], dim=1)))"),
    )


ORDERS = {"word_state": "word, state", "state_word": "state, word"}
globals().update(
    {
        f"written_out_{first}_{second}": written_out(ORDERS[first], ORDERS[second])
        for first, second in product(ORDERS, ORDERS)
    }
)
