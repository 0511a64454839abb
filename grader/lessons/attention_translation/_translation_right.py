"""Right ways to compute the loss of a translation, and to write one."""

from grader.checks import accepts, edit

flattened_loss = accepts(
    edit("total = 0.0", "steps = []"),
    edit(
        'total = total + F.nll_loss(log_probs, target[:, t + 1], ignore_index=padding_idx, reduction="sum")',
        "steps.append(log_probs)",
    ),
    edit(
        "return total / (target[:, 1:] != padding_idx).sum()",
        "return F.cross_entropy(torch.stack(steps, dim=2), target[:, 1:], ignore_index=padding_idx)",
    ),
)
selected = accepts(
    edit(
        'F.nll_loss(log_probs, target[:, t + 1], ignore_index=padding_idx, reduction="sum")',
        "-(log_probs.gather(1, target[:, t + 1, None])[:, 0] * (target[:, t + 1] != padding_idx)).sum()",
    )
)
for_loop = accepts(
    edit("while len(ids) < max_len:", "for _ in range(max_len):"),
    edit("return ids, torch.stack(rows)", "return torch.tensor(ids), torch.stack(rows)"),
    edit("rows.append(weights[0])", "rows.append(weights.squeeze(0))"),
)
stop_kept = accepts(
    edit(
        "if previous.item() == stop:\n                break\n            ids.append(previous.item())",
        "ids.append(previous.item())",
    ),
    edit("rows.append(weights[0])", "rows.append(weights[0])\n            if ids[-1] == stop:\n                break"),
)
