"""A function of the student's tried out: does it take what it is given and give back the right kind?

Levels as in `trial`. What is tried depends on what the function is wanted for; see `try_function`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grader.matching.adapters.training_loop import TrainingLoop, kinds, lifted, takes_batches
from grader.matching.match import Match, is_word_dict, picked
from grader.matching.payloads.arguments import first_of
from grader.matching.payloads.fake_encoder import Tokenizer
from grader.matching.payloads.fake_models import Bag, Vectors
from grader.matching.replies import WIDTH, id_like, ids_and_mask
from grader.matching.trial import Trial, TrialRunner
from grader.model import Probe, Text, Trait
from grader.sandbox.guest.codec import Opaque, RemoteExpr
from grader.sandbox.payload import remote, source_of

NEWS = 300  # numbers in a vector of GoogleNews-vectors-negative300
TITLES = ("red dog sat", "red dog ran", "red cat sat on red mat")
COMMONEST = "red"
SPECIAL = 8  # <pad>, <unk>, <s> and the like
WORDS = ("red", "zzz", "dog")
VOCAB = {"red": 1, "dog": 2, "sat": 3}
TITLES_OF_IDS = (
    (("red", "sat", "dog"), [1, 3, 2]),
    (("sat", "red", "red"), [3, 1, 1]),
    (("dog", "red") * 15, [2, 1] * 15),
)
PAIRS = [("red dog sat", 0), ("red dog", 1), ("dog sat on red", 2), ("red", 3), ("sat red dog", 4)]
UNSEEN = 6  # the titles of a loop's trial hold the words 1 to 6, each with a column of its own in the model


FOR_SEVERAL = Text(
    en="it takes several titles at once, and was given a list of one",
    ja="複数の題名をまとめて受け取る形なので、1 件だけのリストを渡しました",
)


def try_function(runner: TrialRunner, match: Match) -> Trial:
    """Try a function by what it is wanted for. Names without a trial of their own only have to exist."""
    attempt = {
        Probe.VOCABULARY: try_vocabulary,
        Probe.IDS: try_ids,
        Probe.BATCH: try_batch,
        Probe.TRAINING: try_training,
        Probe.TABLE: try_table,
        Probe.ENCODING: try_encoding,
        Probe.TUNING: try_tuning,
    }.get(match.probe)
    return attempt(runner, match) if attempt else Trial(1, match)


def try_vocabulary(runner: TrialRunner, match: Match) -> Trial:
    faults = []
    for titles in (list(TITLES), [title.split() for title in TITLES]):
        reply = runner.run(match, titles=titles)
        if reply.fault is not None:
            faults.append(reply.fault)
            continue
        several = not isinstance(reply.value, dict) and is_word_dict(
            picked(replace(match, picks_dict=True), reply.value)
        )
        found = replace(match, picks_dict=several)
        value = picked(found, reply.value)
        ranks = [str(rank) for rank in value.values() if is_rank(rank)] if isinstance(value, dict) else []
        if match.lifted and (len(set(ranks)) != len(ranks) or not is_of_the_titles(value)):
            continue  # counts, not yet ids; or made of other titles
        if is_word_dict(value) and any(len(key) > 1 for key in value):
            return Trial(2, found)
    return Trial(1, match) if len(faults) < 2 else Trial(0, match, faults[0])


def try_ids(runner: TrialRunner, match: Match) -> Trial:
    faults = []
    for words in (list(WORDS), " ".join(WORDS)):
        reply = runner.run(match, words=words, vocab=VOCAB)
        if reply.fault is not None:
            faults.append(reply.fault)
        elif id_like(reply.value):
            return Trial(2, match)
    several = for_one(match, "words")
    if several is not None and not runner.handed_out:
        # A list in a list may be meant for something else: the ids have to be right, of each title and of all together.
        for told in (list, " ".join):
            alone = [runner.run(several, words=told(words), vocab=VOCAB).value for words, _ in TITLES_OF_IDS]
            at_once = runner.run(match, words=[told(words) for words, _ in TITLES_OF_IDS[:2]], vocab=VOCAB).value
            second = at_once[1] if isinstance(at_once, list | tuple) and len(at_once) == 2 else None
            right = [ids for _, ids in TITLES_OF_IDS]
            if all(map(is_of, [*alone, second], [*right, right[1]])):
                return Trial(2, several)
    return Trial(1, match) if len(faults) < 2 else Trial(0, match, faults[0])


def is_of(value: Any, ids: list[int]) -> bool:
    """Whether these ids came back, in a list or in a tensor."""
    numbers = value.tolist() if isinstance(value, Tensor) else value
    return isinstance(numbers, list | tuple) and [str(number) for number in numbers] == [str(number) for number in ids]


def for_one(match: Match, role: str) -> Match | None:
    """The match of a function that takes several of what the contract hands over once, each with an answer of its own."""
    taken = next((a for a in match.arguments if a.roles == (role,)), None)
    if taken is None:
        return None
    alone = replace(taken, value=lambda values: [taken.value(values)])
    inner = match.callee
    arguments = tuple(alone if a is taken else a for a in match.arguments)
    return replace(match, target=remote(first_of, inner), arguments=arguments, notes=(*match.notes, FOR_SEVERAL))


def try_encoding(runner: TrialRunner, match: Match) -> Trial:
    """Titles to ids, with the judge's tokenizer."""
    reply = runner.run(match, tokenizer=tokenizer(), titles=["red dog sat", "dog"])
    if reply.fault or not ids_and_mask(reply.value):
        return Trial(0 if reply.fault else 1, match, reply.fault)
    other = runner.run(match, tokenizer=tokenizer(), titles=["dog", "red dog sat"])  # in the other order: read anew?
    fresh = ids_and_mask(other.value) and str(reply.value) != str(other.value)
    return Trial(2 if fresh else 1, match)


def try_batch(runner: TrialRunner, match: Match) -> Trial:
    reply = runner.run(match, batch=[(torch.arange(1, 2 + n), n) for n in range(3)])
    value = list(reply.value.values()) if isinstance(reply.value, dict) else reply.value
    fine = isinstance(value, list | tuple) and len(value) >= 2 and isinstance(value[0], Tensor)
    return Trial(0, match, reply.fault) if reply.fault else Trial(2 if fine else 1, match)


def try_training(runner: TrialRunner, match: Match) -> Trial:
    model = runner.ask("define", "lent", source=source_of(Bag)).extras.get("handle")
    data = [(torch.arange(1, 5) + n, n) for n in range(3)]
    options = {
        "epochs": 1,
        "lr": 0.1,
        "batch_size": 2 if Trait.MINI_BATCHES in match.interface.traits else 1,
        "device": "cpu",
    }
    reply = runner.run(match, model=model, train_set=data, valid_set=data[:2], **options)
    return Trial(0, match, reply.fault) if reply.fault else Trial(2, match)


def try_tuning(runner: TrialRunner, match: Match) -> Trial:
    """Training on titles, with the judge's tokenizer and a model that counts words."""
    model = runner.ask("define", "lent", (runner.ready,), source=source_of(Bag)).extras.get("handle")
    options = {"tokenizer": tokenizer(), "epochs": 1, "lr": 0.1, "batch_size": 2, "device": "cpu"}
    reply = runner.run(match, model=model, train_set=PAIRS, valid_set=PAIRS, **options)
    return Trial(0, match, reply.fault) if reply.fault else Trial(2, match)


def try_loop(runner: TrialRunner, base: Match, loop: TrainingLoop) -> Match | None:
    """A training loop that stands in no function, run with a model of ours: whether it asked that model and moved it."""
    found = runner.ask("call", kinds(loop)).value
    held = [str(kind) for kind in found.values()] if isinstance(found, dict) else []
    if "model" not in held:
        return None
    batches = Trait.MINI_BATCHES in base.interface.traits or takes_batches(found)
    match = lifted(base, loop, batches)
    before = runner.ask("define", "lent", ("tokenizer" in base.roles and runner.ready,), source=source_of(Bag))
    model = before.extras.get("handle")
    data: list[Any] = [(torch.arange(1, 5) + n, n) for n in range(3)]
    options: dict[str, Any] = {"epochs": 2, "lr": 0.1, "batch_size": 2, "device": "cpu"}
    if "tokenizer" in base.roles:
        data, options = PAIRS, options | {"tokenizer": tokenizer()}
    few = data if "tokenizer" in base.roles else data[:2]
    reply = runner.run(match, model=model, train_set=data, valid_set=few, **options)
    if reply.fault is not None and reply.fault.type != "Unread":
        return None
    now = runner.ask("weights", model).value
    weights = [w for w in now.values() if isinstance(w, Tensor)] if isinstance(now, dict) else []
    if "tokenizer" not in base.roles and any(bool(w[:, UNSEEN:].any()) for w in weights if w.dim() == 2):
        return None  # it learnt words that none of these titles has: from data of its own, where ours were not put
    moved = any(bool(w.any()) for w in weights)
    return match if moved or not loop.steps else None


def try_table(runner: TrialRunner, match: Match) -> Trial:
    """A table of the judge's vectors; of as many numbers as those of the news have, where it takes no others."""
    found = try_width(runner, match, WIDTH)
    if found.level == 2:
        return found
    other = try_width(runner, replace(match, width=NEWS), NEWS)
    return other if other.level == 2 else found


def try_width(runner: TrialRunner, match: Match, width: int) -> Trial:
    vectors = remote(Vectors, ["red", "dog", "sat"], torch.ones(3, width))
    reply = runner.run(match, vocab=VOCAB, vectors=vectors, dim=width)
    fine = reply.value is not None and not isinstance(reply.value, tuple | str | dict)
    # model = RNN(..., weights), losses.append(loss): no table
    if match.lifted and isinstance(reply.value, Opaque | list):
        rows = reply.value if isinstance(reply.value, list) else [None]
        fine = bool(rows) and all(isinstance(row, list | Tensor) and len(row) == width for row in rows)
    if isinstance(reply.value, Tensor):  # ids are no table; of another width, it has vectors of its own
        fine = reply.value.is_floating_point() and reply.value.dim() == 2 and reply.value.shape[1] == width
    count = len(reply.value) if isinstance(reply.value, Tensor) and reply.value.dim() else len(VOCAB)
    if fine and match.lifted and count != len(VOCAB):  # a row for each vector of the file is a known mistake
        longer = runner.run(match, vocab=VOCAB | {"ran": 4, "cat": 5, "mat": 6}, vectors=vectors, dim=width).value
        fine = not isinstance(longer, Tensor) or len(longer) != count  # else one for each of the notebook's own words
    return Trial(0, match, reply.fault) if reply.fault else Trial(2 if fine else 1, match)


def is_rank(value: Any) -> bool:
    """Whether a vocabulary gives a word this id: 0, None and the like are none."""
    try:
        return bool(value)
    except (RuntimeError, ValueError):  # a tensor or an array of several numbers
        return True


def is_of_the_titles(vocab: Any) -> bool:
    """Whether the commonest word of the titles is in a vocabulary, and no more strangers than there are special words: it was made of
    them, and not of a file of the notebook's own.
    """
    found = {str(key).lower() for key in vocab} if isinstance(vocab, dict) else set()
    return COMMONEST in found and len(found - set(" ".join(TITLES).split())) <= SPECIAL


def tokenizer() -> RemoteExpr:
    """The judge's, which knows three words."""
    return remote(Tokenizer, ["red", "dog", "sat"])
