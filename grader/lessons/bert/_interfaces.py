"""What each exercise asks for under which names, and how an answer under other names is recognised."""

from grader.checks import Interface, Probe, Trait
from grader.matching.vocabulary import TRAINS, words

ENCODER_DECODER = (Interface("Transformer", "module", traits=frozenset({Trait.MANY_DESIGNS})),)
MASK_TOKENS = (
    Interface(
        "mask_tokens",
        "function",
        words(
            "mask_inputs mlm_mask create_masked_lm mask_batch random_mask bert_mask apply_mlm_mask create_mlm_labels "
            "get_masked_input_and_labels torch_mask_tokens make_masked apply_masking create_mlm_inputs mlm_masking"
        ),
        words("mask mlm"),
        words("bernoulli rand masked_fill"),
        TRAINS,
        roles=words("ids special mask_id vocab_size"),
        needs=words("bernoulli rand random multinomial rand_like randperm"),
        probe=Probe.GAPS,
    ),
)
MASKED_LM = (Interface("Encoder", "module", traits=frozenset({Trait.MANY_DESIGNS})),)
