"""What is sent into the room to read what a training shows. Plain source, see `Made`.

`RECORD` reads the numbers that `seen` marked and tells which of the four series each belongs to; `SHOWN` runs a function that shows
them and returns none, `TRAINER` makes an object and calls the method that trains.
"""

from __future__ import annotations

from grader.matching.payloads.classify import COMMON

RECORD = r'''
METRICS = (("loss", re.compile(r"loss|損失|ロス|誤差", re.I)), ("accuracy", re.compile(r"acc|正解率|正解率|精度|correct", re.I)))
SIDES = (("train", re.compile(r"train|trn|tr_|_tr\b|訓練|学習", re.I)), ("valid", OTHER))


def meaning(words):
    """train_loss, train_accuracy, valid_loss or valid_accuracy, by the last words that say so; "" for none."""
    def last(table):
        found = [(m.start(), name) for name, pattern in table for m in pattern.finditer(words)]
        return max(found)[1] if found else ""
    return last(METRICS), last(SIDES)


class Record:
    """What the loop shows, once an epoch: the last number under each name."""

    def __init__(self):
        self.turns, self.context, self.often = [], "", False

    def turn(self, often=False):
        self.turns.append([])
        self.context, self.often = "", often

    def seen(self, before, source, first, value):
        self.context = before if first else self.context + " " + before
        if isinstance(value, str):
            self.context += value
        else:
            number = as_number(value)
            if number is not None and self.turns:
                self.turns[-1].append((before, source, self.context, number))
            self.context += " " + source
        return value

    def series(self):
        found, most = {}, max([len({(b, s) for b, s, _, _ in turn if not counts(s)}) for turn in self.turns] or [0])
        twice = False
        for turn in self.turns:
            row, told = {}, set()
            for before, source, context, number in turn:
                metric, side = (next((m for m in found_in if m), "") for found_in in zip(meaning(before), meaning(source), meaning(context)))
                if metric and not counts(source):
                    twice = twice or (not side and (metric, side, before, source) in told)
                    told.add((metric, side, before, source))
                    row[(metric, side)] = number
            named = {}
            for (metric, side), number in row.items():
                if not side:
                    side = "train" if (metric, "train") not in row else "valid"
                named[f"{side}_{metric}"] = number
            for name, number in named.items():
                found.setdefault(name, []).append(number)
        if len(found) < 4 and (most >= 4 or twice or self.often):
            return {"unread": "what the loop shows could not be told apart"}
        return found


def counts(source):
    """The number of the epoch, a time or a learning rate is no measurement."""
    return bool(re.fullmatch(r"(?:epoch|ep|e|i|num|n|step|lr|t|time|elapsed|EPOCH\w*|epochs|num_epochs|\w*time\w*|optimizer\.param_groups.*|(?:epoch|ep|e|i|num) \+ 1)", source.strip()))


def as_number(value):
    if isinstance(value, torch.Tensor):
        return float(value.detach()) if value.numel() == 1 and not value.is_complex() else None
    if hasattr(value, "item") and getattr(value, "size", 0) == 1:
        value = value.item()
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None
'''

# A function that shows its numbers and returns none of them: `body` is its definition, and those that it calls, marked.
SHOWN = (
    COMMON
    + RECORD
    + r"""
def make(namespace, body, own):
    def run(*args, **kwargs):
        record = Record()
        with overridden(namespace, {"__seen__": record.seen, "__turn__": record.turn}):
            exec(compile(body, "<cell lifted>", "exec"), namespace)
            namespace[own](*args, **kwargs)
            return record.series()
    return run
"""
)

# An object that trains by a method: `body` is its class, with the numbers marked that it shows.
TRAINER = (
    COMMON
    + RECORD
    + r"""
def kept(owner):
    found = {n: v for n, v in vars(owner).items() if isinstance(v, (list, dict)) and meaning(n)[0]}
    return found or next((v for n, v in vars(owner).items() if "hist" in n.lower() or "log" in n.lower()), None)

def make(namespace, body, own, method, init):
    def run(**named):
        record = Record()
        with overridden(namespace, {"__seen__": record.seen, "__turn__": record.turn}):
            exec(compile(body, "<cell lifted>", "exec"), namespace)
            owner = namespace[own](**{n: v for n, v in named.items() if n in init})
            value = getattr(owner, method)(**{n: v for n, v in named.items() if n not in init})
            if value is None or isinstance(value, torch.nn.Module):
                value = kept(owner)
            return record.series() if value is None else value
    return run
"""
)
