"""Other right answers of lm_training."""

from grader.checks import accepts, edit
from grader.lessons.transformer_lm._lines_training import CROSS_ENTROPY

classes_in_the_middle = accepts(edit(CROSS_ENTROPY, "F.cross_entropy(logits.transpose(1, 2), targets)"))
by_hand = accepts(edit(CROSS_ENTROPY, "-logits.log_softmax(dim=-1).gather(-1, targets.unsqueeze(-1)).mean()"))
stacked_windows = accepts(
    edit(
        "    return ids[index], ids[index + 1]\n",
        "    both = torch.stack([ids[i : i + length + 1] for i in starts[:, 0]])\n    return both[:, :-1], both[:, 1:]\n",
    )
)
adam = accepts(edit("torch.optim.AdamW", "torch.optim.Adam"))
no_clipping = accepts(edit("        nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n", ""))
cleared_after_the_step = accepts(
    edit("        optimizer.zero_grad()\n", ""),
    edit("        optimizer.step()\n", "        optimizer.step()\n        optimizer.zero_grad()\n"),
)
tensor_of_losses = accepts(edit("return losses", "return torch.tensor(losses)"))
