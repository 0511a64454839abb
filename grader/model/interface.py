"""Values for what an exercise asks for under one name, and how somebody else's answer to it is recognised and tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Literal


class Probe(Enum):
    """What a candidate is tried with: what is sent, and the form of what must come back."""

    EXISTENCE = auto()  # nothing is asked
    CLASSIFIER = auto()  # ids (B, T) -> scores (B, L)
    LANGUAGE_MODEL = auto()  # ids (B, T) -> scores (B, T, V)
    ONE_TEXT = auto()  # ids (B, T), a mask (B, T), segments (B, T) -> states (B, T, D)
    TWO_TEXTS = auto()  # ids (B, S) and (B, T), a mask (B, S) -> scores (B, T, V)
    NORM = auto()  # x (B, T, D) -> (B, T, D)
    BLOCK = auto()  # x (B, T, D), a mask -> (B, T, D)
    SELF_ATTENTION = auto()  # query, key and value (B, T, D), a mask -> (B, T, D)
    ATTENTION = auto()  # q, k, v, a mask -> the mean (B, T, D), the weights (B, T, S)
    QUERY_OVER_KEYS = auto()  # query (B, H), keys (B, S, K), a mask -> the mean (B, K), the weights (B, S)
    ENCODER = auto()  # ids (B, S) -> outputs (B, S, H), a state
    DECODER_STEP = auto()  # previous words (B,), a state -> scores (B, V), a state
    ATTENDING_STEP = auto()  # the same with outputs (B, S, H) and a mask -> scores, a state, weights (B, S)
    POSITIONS = auto()  # a length and a width -> (T, D)
    MASK = auto()  # a length -> (T, T)
    VOCABULARY = auto()  # titles -> a dict from words to ids
    IDS = auto()  # words and a vocabulary -> ids
    BATCH = auto()  # (ids, label) pairs -> a batch that is filled up
    ENCODING = auto()  # titles and a tokenizer -> ids and mask, (B, T) each
    TABLE = auto()  # vectors from a file -> a table
    TRAINING = auto()  # a model and (ids, label) pairs: the model moves
    TUNING = auto()  # a model, a tokenizer and titles: the model moves
    WINDOWS = auto()  # a text -> inputs and targets (B, T)
    LOSS = auto()  # scores and targets -> a number
    STEPS = auto()  # a model and a text: the model moves
    WRITING = auto()  # a model and a prompt -> a longer text
    GAPS = auto()  # ids -> ids with gaps, labels


class Trait(Enum):
    """What else is usual for answers to an interface."""

    READS_GLOBALS = auto()  # sizes may stand in globals: `n_embd`, `hp.n_embd`
    HANDED_PARTS = (
        auto()
    )  # it may be handed its parts: `EncoderLayer(size, self_attn, feed_forward)`, `Decoder(..., attention)`
    ONE_LENGTH = auto()  # it may be made for titles of one length
    SHOWS_DIRECTIONS = auto()  # it is told from its like only by reading both ways
    MINI_BATCHES = auto()  # a training that takes several titles at a time
    MANY_DESIGNS = (
        auto()
    )  # built in so many right ways that another value than the known answers give need not be wrong
    COMMON_NAME = auto()  # many things are called so: a translator has an `Encoder` as well
    APART_FROM_TRAINING = auto()  # a training at the top level of a notebook does not answer it


@dataclass(frozen=True, slots=True)
class Interface:
    """What is asked for under a name of the contract.

    exercise: filled in where it is gathered. called: names it goes by; without any, it is known by its own name alone.
    like, unlike: pieces of a name that speak for it, or against it. contains, lacks: identifiers in its source that do.
    needs: one of these it must have, itself or in what it calls; also: a piece of some identifier there. roles: its arguments
    in the contract's order; defaults: the contract's; fixed: arguments with one right value; needed: roles without which it
    cannot be asked at all. forward: the arguments of a call of the module, or of the function, where people order them anew.
    """

    name: str
    kind: Literal["module", "function"]
    called: tuple[str, ...] = ()
    like: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    fixed: tuple[tuple[str, Any], ...] = ()
    defaults: tuple[tuple[str, Any], ...] = ()
    needs: tuple[str, ...] = ()
    also: str = ""
    probe: Probe = Probe.EXISTENCE
    traits: frozenset[Trait] = frozenset()
    needed: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    forward: tuple[str, ...] = ()
    exercise: str = ""

    @property
    def trains(self) -> bool:
        return self.probe in (Probe.TRAINING, Probe.TUNING)

    @property
    def has_own_forms(self) -> bool:
        """Whether people have it in so many forms that even its name says nothing of how it wants to be asked."""
        return bool(self.forward)
