"""What is sent into the room to ask the parts of a language model's training. Plain source, see `Made`.

`HELD` tells what globals hold; `LIKE_TEXT` dresses the judge's text as the student's; `LOSS_INSIDE` reads the loss that a `forward`
makes; `STEPS` runs a loop over steps again with another model, and keeps the loss of each step.
"""

from __future__ import annotations

from grader.matching.payloads.classify import BORROWED

HELD = r"""
import torch
def is_text(value):
    if isinstance(value, dict):
        return bool(value) and all(isinstance(k, str) and is_text(v) for k, v in value.items())
    if isinstance(value, (list, tuple)):
        return len(value) > 8 and all(type(v) is int for v in value[:50])
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    whole = isinstance(value, torch.Tensor) and not value.is_floating_point() or kind in ("i", "u")
    return bool(whole) and getattr(value, "ndim", 0) == 1 and len(value) > 8
def kind_of(value):
    if type(value) in (int, float):
        return "number"
    return "text" if is_text(value) else ""
def make(namespace, names):
    def tell():
        return {n: kind_of(namespace[n]) if n in namespace else "absent" for n in names}
    return tell
"""
LIKE_TEXT = r"""
import torch
def make(theirs, ids):
    if isinstance(theirs, dict):
        return {k: make(v, ids) for k, v in theirs.items()}
    if isinstance(theirs, (list, tuple)):
        return type(theirs)(ids.tolist())
    if isinstance(theirs, torch.Tensor):
        return ids.to(theirs.dtype)
    return ids if theirs is None else ids.numpy().astype(theirs.dtype)
"""
LOSS_INSIDE = r"""
import torch
def parts(found):
    if isinstance(found, dict):
        return list(found.values())
    return list(found) if isinstance(found, (list, tuple)) else [found]
def make(theirs, given, counted):
    def loss(logits, targets):
        model = theirs(**{**given, **{n: logits.shape[-1] for n in counted}}).eval()
        ids = torch.zeros_like(targets)
        last = []
        def watch(module, inputs, output):
            if isinstance(output, torch.Tensor) and output.dim() == 3 and output.shape[:2] == ids.shape:
                last.append(module)
        hooks = [m.register_forward_hook(watch) for m in model.modules() if m is not model]
        scores = parts(model(ids))[0]
        for hook in hooks:
            hook.remove()
        if not last or scores.dim() != 3:
            raise ValueError("the scores are not what a layer of the model gives")
        last[-1].register_forward_hook(lambda module, inputs, output: logits.clone())
        if not torch.equal(parts(model(ids))[0], logits):
            raise ValueError("the scores are not what the last layer of the model gives")
        return next(p for p in parts(model(ids, targets)) if isinstance(p, torch.Tensor) and p.numel() == 1)
    return loss
"""
STEPS = (
    BORROWED
    + r"""
import torch
import torch.nn.functional as F

class Lent(torch.nn.Module):
    # The judge's model in the form of the student's: (logits, loss) where theirs gives that.
    def __init__(self, inner, pair):
        super().__init__()
        self.inner, self.pair = inner, pair

    def forward(self, idx, targets=None):
        logits = self.inner(idx)
        if targets is not None:
            return logits, F.nll_loss(torch.log_softmax(logits, dim=-1).movedim(-1, 1), targets)
        return (logits, None) if self.pair else logits


def gives_pair(theirs):
    try:
        with torch.no_grad():
            return isinstance(theirs(torch.zeros(1, 1, dtype=torch.long)), (list, tuple))
    except Exception:  # whatever it wants, it is not asked in this loop with one word
        return False


def like(theirs, model, lr):
    options = {n: v for n, v in theirs.defaults.items() if n not in ("lr", "weight_decay", "decoupled_weight_decay")}
    return type(theirs)(model.parameters(), lr=lr, **options)


def make(namespace, body, names, counts):
    def run(model, steps, lr):
        values = {"__steps__": steps}
        models = [n for n in names if isinstance(namespace.get(n), torch.nn.Module) and list(namespace[n].parameters())]
        optimizers = [n for n in names if isinstance(namespace.get(n), torch.optim.Optimizer)]
        if not models or len({id(namespace[n]) for n in models}) != 1 or not optimizers:
            raise LookupError("one model and its optimizer")
        lent = Lent(model, gives_pair(namespace[models[0]])).train()  # what such a loop gets was just made
        values.update({n: lent for n in models}, **{n: like(namespace[n], lent, lr) for n in optimizers})
        values.update({n: steps for n in counts if type(namespace.get(n)) is int})
        losses, last, plain = [], [], torch.Tensor.backward
        def backward(self, *given, **named):
            last.append(float(self.detach().mean()))
            return plain(self, *given, **named)
        for name in optimizers:
            values[name].register_step_post_hook(lambda *_: losses.append(last[-1] if last else float("nan")))
        torch.Tensor.backward = backward
        try:
            with overridden(namespace, values):
                exec(compile(body, "<cell lifted>", "exec"), namespace)
            return losses
        finally:
            torch.Tensor.backward = plain
    return run
"""
)
