"""Foreign forms of an answer, a file each, in the order in which they are asked.

A new form is a file here and a line in one of these tuples.
"""

from __future__ import annotations

from grader.matching.adapter import Adapter, Finder
from grader.matching.adapters import language_model_parts as parts
from grader.matching.adapters import undefined
from grader.matching.adapters.dataset_encode import DatasetEncode
from grader.matching.adapters.injected_modules import found_library_norm
from grader.matching.adapters.mask_inside import found_inside
from grader.matching.adapters.mask_method import found_method
from grader.matching.adapters.module_class import ModuleClass
from grader.matching.adapters.plain_function import CallableObject, PaddingFunction, PlainFunction, SettledByTrial
from grader.matching.adapters.trainer_class import TrainerClass
from grader.matching.adapters.vocabulary_class import VocabularyClass
from grader.model import Probe

ADAPTERS: tuple[Adapter, ...] = (
    DatasetEncode(),
    TrainerClass(),
    VocabularyClass(),
    SettledByTrial(),
    CallableObject(),
    PlainFunction(),
    PaddingFunction(),
    ModuleClass(),
)
FINDERS = (
    Finder(lambda i: i.probe is Probe.WINDOWS, parts.batches, alone=True),
    Finder(lambda i: i.probe is Probe.LOSS, parts.loss, alone=True),
    Finder(lambda i: i.probe is Probe.STEPS, parts.loop, alone=True),
    Finder(lambda i: i.probe is Probe.WRITING, parts.writer, alone=True),
    Finder(lambda i: i.probe is Probe.GAPS, parts.masker, alone=True),
    Finder(lambda i: i.probe is Probe.NORM, found_library_norm, beside_map=True),
    Finder(lambda i: i.probe is Probe.MASK, found_method),
    Finder(lambda i: i.probe is Probe.MASK, found_inside),
    Finder(lambda i: i.probe in undefined.RESULTS, undefined.results_of_statements),
    Finder(lambda i: i.probe is Probe.VOCABULARY, undefined.results_from_a_file),
    Finder(lambda i: i.probe is Probe.TABLE, undefined.embedded_table),
    Finder(lambda i: "encoder" in i.roles, undefined.library_model),
    Finder(lambda i: {"model", "train_set"} <= set(i.roles), undefined.training_loops),
)
