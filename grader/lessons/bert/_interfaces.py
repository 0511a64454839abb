"""What each exercise asks for under which names, and how an answer under other names is recognised."""

from grader.checks import Interface, Probe, Trait
from grader.matching.vocabulary import ATTENDS, TRAINS, words

ENCODER_DECODER = (
    Interface(
        "Transformer",
        "module",
        words(
            "Seq2SeqTransformer EncoderDecoder EncoderDecoderTransformer TransformerSeq2Seq TranslationTransformer TransformerTranslator "
            "NMTTransformer TransformerNMT make_model build_transformer make_transformer create_transformer"
        ),
        words("transformer seq2seq encoderdecoder translat nmt"),
        words("encoder decoder Encoder Decoder Transformer encode decode"),
        roles=words("src_vocab tgt_vocab d_model num_heads d_ff num_layers max_len"),
        needs=(*ATTENDS, "Transformer", "TransformerDecoder", "TransformerDecoderLayer"),
        probe=Probe.TWO_TEXTS,
        traits=frozenset({Trait.MANY_DESIGNS, Trait.READS_GLOBALS, Trait.HANDED_PARTS}),
        unlike=words("block layer"),
        forward=words("src tgt src_mask"),
    ),
)
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
MASKED_LM = (
    Interface(
        "Encoder",
        "module",
        words("BERT BertModel BertEncoder BertBase TextEncoder BidirectionalEncoder MiniBERT TinyBERT SmallBERT"),
        words("bert encoder"),
        words("Embedding segment token_type position"),
        roles=words("vocab_size d_model num_heads d_ff num_layers max_len"),
        needs=(*ATTENDS, "TransformerEncoder", "TransformerEncoderLayer"),
        probe=Probe.ONE_TEXT,
        traits=frozenset({Trait.MANY_DESIGNS, Trait.READS_GLOBALS, Trait.HANDED_PARTS, Trait.COMMON_NAME}),
        unlike=words("block layer embed decoder loss dataset trainer attention multihead norm"),
        forward=words("ids mask segments"),
    ),
)
