"""What each exercise asks for under which names, and how an answer under other names is recognised."""

from grader.checks import Interface, Probe, Trait
from grader.matching.vocabulary import ATTENDS, LEARNS, RECURRENT, TRAINS, words

CAUSAL_MASK = (
    Interface(
        "causal_mask",
        "function",
        words(
            "subsequent_mask generate_square_subsequent_mask create_look_ahead_mask look_ahead_mask get_causal_mask "
            "create_causal_mask make_causal_mask future_mask get_attn_subsequence_mask get_subsequent_mask generate_mask "
            "square_subsequent_mask make_subsequent_mask create_mask generate_causal_mask causal_attention_mask"
        ),
        words("causal subsequent lookahead future mask"),
        words("triu tril"),
        roles=("size",),
        needs=words("triu tril"),
        probe=Probe.MASK,
    ),
)
ENCODER_BLOCK = (
    Interface(
        "EncoderBlock",
        "module",
        words(
            "EncoderLayer TransformerEncoderLayer TransformerBlock TransformerEncoderBlock Block TransformerLayer "
            "DecoderBlock GPTBlock TransformerDecoderBlock AttentionBlock Encoder_Layer TransformerEncoderCell "
            "ResidualAttentionBlock EncoderUnit"
        ),
        words("block layer"),
        words("norm LayerNorm dropout attention attn ff ffn mlp"),
        RECURRENT,
        roles=words("d_model num_heads d_ff dropout"),
        defaults=(("dropout", 0.1),),
        needs=ATTENDS,
        also="norm",
        probe=Probe.BLOCK,
        traits=frozenset({Trait.READS_GLOBALS, Trait.HANDED_PARTS, Trait.MANY_DESIGNS}),
        unlike=("multihead",),
        forward=words("x mask"),
    ),
    Interface(
        "LayerNorm",
        "module",
        words("LayerNormalization LayerNormalisation MyLayerNorm LayerNorm1d CustomLayerNorm Norm LN Normalization"),
        words("layernorm"),
        words("mean std var sqrt rsqrt"),
        roles=words("d_model eps"),
        needs=words("mean layer_norm LayerNorm"),
        probe=Probe.NORM,
        traits=frozenset({Trait.READS_GLOBALS}),
    ),
)
GENERATE = (
    Interface(
        "generate",
        "function",
        words(
            "generate_text generate_text_simple sample sample_text generate_tokens write_text generate_sequence complete"
        ),
        words("generate sample"),
        words("multinomial argmax topk"),
        ("backward",),
        roles=words("model prompt n temperature top_k"),
        defaults=(("temperature", 1.0), ("top_k", None)),
        needs=words("multinomial argmax topk Categorical max choice"),
        probe=Probe.WRITING,
    ),
)
LM_TRAINING = (
    Interface(
        "get_batch",
        "function",
        words(
            "get_batches make_batch sample_batch get_random_batch random_batch create_batch batch get_train_batch next_batch load_batch"
        ),
        words("batch"),
        words("stack randint"),
        TRAINS,
        roles=words("ids batch_size length"),
        needs=words("randint randperm choice randrange sample random rand integers"),
        probe=Probe.WINDOWS,
    ),
    Interface(
        "lm_loss",
        "function",
        words("compute_loss loss_fn calc_loss calculate_loss cross_entropy cross_entropy_loss"),
        roles=words("logits targets"),
        needs=words("cross_entropy CrossEntropyLoss nll_loss NLLLoss log_softmax logsumexp exp log"),
        probe=Probe.LOSS,
    ),
    Interface(
        "train_lm",
        "function",
        words("train_model"),
        roles=words("model ids steps batch_size length lr"),
        needs=LEARNS,
        probe=Probe.STEPS,
    ),
    Interface("perplexity", "function", traits=frozenset({Trait.APART_FROM_TRAINING})),
)
MULTI_HEAD = (
    Interface(
        "MultiHeadAttention",
        "module",
        words(
            "MultiHead MHA MultiHeadedAttention MultiheadAttention MultiHeadSelfAttention MyMultiHeadAttention "
            "CausalSelfAttention MaskedMultiHeadAttention MultiHeadAttentionLayer MultiHeadCausalAttention "
            "MaskedSelfAttention SelfAttention CausalAttention MultiHeadAttentionBlock MultiHeadAttn MultiHeadSelfAttn "
            "MultiHeadCausalSelfAttention CausalMultiHeadAttention MaskedMultiHeadSelfAttention AttentionMultiHead "
            "MultiHeadedSelfAttention MultiHeadDotProductAttention Attention"
        ),
        words("multihead mha selfattention"),
        words("softmax scaled_dot_product_attention MultiheadAttention attention"),
        roles=words("d_model num_heads"),
        needs=ATTENDS,
        probe=Probe.SELF_ATTENTION,
        traits=frozenset({Trait.READS_GLOBALS, Trait.MANY_DESIGNS}),
        needed=("num_heads",),
        forward=words("query key value mask"),
    ),
)
POSITIONAL_ENCODING = (
    Interface(
        "positional_encoding",
        "function",
        words(
            "PositionalEncoding PositionEncoding PositionalEmbedding SinusoidalPositionalEncoding SinusoidalEmbedding "
            "get_positional_encoding absolute_position_encoding sinusoidal_positional_encoding position_encoding "
            "get_sinusoid_encoding_table sinusoid_encoding PositionalEncoder get_position_encoding create_positional_encoding"
        ),
        words("position sinus posenc"),
        words("sin cos"),
        roles=words("max_len d_model"),
        needs=("sin",),
        probe=Probe.POSITIONS,
        unlike=words("rotary rope"),  # these turn queries and keys, and give no table
    ),
)
TRANSFORMER = (
    Interface(
        "TransformerLM",
        "module",
        words(
            "TransformerModel TransformerLanguageModel Transformer GPT LanguageModel TransformerDecoderLM MyTransformer "
            "GPTModel GPTLanguageModel MiniGPT NanoGPT CharTransformer DecoderOnlyTransformer GPTLM BigramLanguageModel "
            "AttentionLanguageModel CharGPT TinyGPT Decoder TransformerDecoder"
        ),
        words("transformer gpt languagemodel lm"),
        words("Embedding lm_head vocab_size"),
        roles=words("vocab_size d_model num_heads d_ff num_layers dropout max_len"),
        defaults=(("dropout", 0.1), ("max_len", 256)),
        needs=words("Embedding embedding one_hot Parameter"),
        probe=Probe.LANGUAGE_MODEL,
        traits=frozenset({Trait.READS_GLOBALS, Trait.MANY_DESIGNS}),
        needed=("vocab_size",),
        unlike=words("bert masked mlm nextsentence"),  # these look both ways, and rightly so
    ),
)
