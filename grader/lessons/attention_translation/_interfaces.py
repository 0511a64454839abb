"""What each exercise asks for under which names, and how an answer under other names is recognised."""

from grader.checks import Interface, Probe, Trait
from grader.matching.vocabulary import RECURRENT, TRANSLATES, words

ADDITIVE_ATTENTION = (
    Interface(
        "AdditiveAttention",
        "module",
        words("BahdanauAttention Bahdanau Attention Attn ConcatAttention MLPAttention AttentionLayer AttentionModule"),
        words("bahdanau additive attention attn"),
        words("tanh softmax"),
        RECURRENT,
        roles=words("query_size key_size attn_size"),
        needs=("tanh",),
        probe=Probe.QUERY_OVER_KEYS,
        forward=words("query keys mask"),
    ),
)
ATTN_DECODER = (
    Interface(
        "AttnDecoderRNN",
        "module",
        words(
            "AttnDecoder AttentionDecoder AttentionDecoderRNN DecoderWithAttention BahdanauDecoder LuongDecoder "
            "LuongAttnDecoderRNN BahdanauAttnDecoderRNN Decoder DecoderRNN AttnDecoderLSTM AttnDecoderGRU"
        ),
        words("decoder"),
        words("softmax bmm attention attn"),
        roles=words("vocab_size emb_size hidden_size"),
        needs=RECURRENT,
        probe=Probe.ATTENDING_STEP,
        traits=frozenset({Trait.HANDED_PARTS}),
        forward=words("previous state outputs mask"),
    ),
)
DOT_ATTENTION = (
    Interface(
        "scaled_dot_product_attention",
        "function",
        words(
            "attention scaled_dot_product dot_product_attention scaled_dot_attention sdpa attn scaled_attention "
            "dot_attention ScaledDotProductAttention ScaledDotProduct DotProductAttention calculate_attention"
        ),
        words("attention attn dotproduct"),
        words("softmax scaled_dot_product_attention"),
        roles=words("q k v mask"),
        needs=words("softmax scaled_dot_product_attention"),
        probe=Probe.ATTENTION,
        forward=words("q k v mask"),
    ),
)
SEQ2SEQ = (
    Interface(
        "EncoderRNN",
        "module",
        words("Encoder EncoderLSTM EncoderGRU RNNEncoder LSTMEncoder GRUEncoder Seq2SeqEncoder"),
        words("encoder"),
        RECURRENT,
        words("softmax attention attn"),
        TRANSLATES,
        (("padding_idx", None),),
        needs=RECURRENT,
        probe=Probe.ENCODER,
        forward=("ids",),
    ),
    Interface(
        "DecoderRNN",
        "module",
        words("Decoder DecoderLSTM DecoderGRU RNNDecoder LSTMDecoder GRUDecoder Seq2SeqDecoder"),
        words("decoder"),
        RECURRENT,
        words("attention attn bmm"),
        TRANSLATES,
        (("padding_idx", None),),
        needs=RECURRENT,
        probe=Probe.DECODER_STEP,
        forward=words("previous state"),
    ),
)
