"""What is given to arguments that no exercise asks for. The page "what the grader understands" is generated from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.matching.roles import LONGEST_TEXT
from grader.matching.vocabulary import words
from grader.model import Text


@dataclass(frozen=True, slots=True)
class ExtraArgument:
    """An argument that no exercise asks for, and what it is given where the student's own call does not say.

    piece: of a name, that says it too, whatever stands around it: `attn_pdrop`, `hidden_dropout_prob`.
    """

    names: tuple[str, ...]
    value: Any
    text: Text
    piece: str = ""


EXTRAS = (
    ExtraArgument(words("device dev gpu"), "cpu", Text(en="the CPU", ja="CPU")),
    ExtraArgument(
        words("dropout drop_rate drop dropout_rate drop_p dropout_p p_drop drop_prob dropout_prob dropout_ratio p"),
        0.0,
        Text(en="no dropout", ja="dropout なし"),
        piece="drop",
    ),
    ExtraArgument(
        words("mode nonlinearity non_linearity nonlin act act_fn act_func hidden_act"),
        "tanh",
        Text(en="tanh", ja="tanh"),
        piece="activation",
    ),
    ExtraArgument(
        words(
            "bidirectional bidirect is_bidirectional bi bidir bi_dir bidirection use_bidirectional is_bi birnn both_directions"
        ),
        False,
        Text(en="one direction", ja="一方向"),
    ),
    ExtraArgument(
        words(
            "emb_weights emb_weight weights weight embeddings pretrained pretrained_weights embedding_matrix emb_matrix "
            "pretrained_emb init_weight vectors word_vectors embedding_weights embedding_weight embedding_vectors embedding_table "
            "initial_embedding init_embedding init_emb initial_weights weight_matrix emb_table"
        ),
        None,
        Text(en="no pretrained vectors", ja="学習済みベクトルなし"),
        piece="pretrained",
    ),
    ExtraArgument(
        words(
            "vec_path vector_path vectors_path emb_path embedding_path embeddings_path w2v_path word2vec_path glove_path vec_file vector_file"
        ),
        "GoogleNews-vectors-negative300.bin",
        Text(en="the file of vectors", ja="ベクトルのファイル"),
    ),
    ExtraArgument(words(f"max_len {LONGEST_TEXT}"), 64, Text(en="64", ja="64")),
    ExtraArgument(words("eps epsilon"), 1e-5, Text(en="1e-5", ja="1e-5"), piece="eps"),
    ExtraArgument(words("std init_std initializer_range init_range"), 0.02, Text(en="0.02", ja="0.02")),
    ExtraArgument(words("theta base rope_theta rope_base"), 10000.0, Text(en="10000", ja="10000")),
    ExtraArgument(
        words(
            "trg_sos_idx tgt_sos_idx sos_idx sos_id bos_idx bos_id start_idx start_id start_token sos_token trg_bos_idx"
        ),
        1,
        Text(en="1, the beginning of a text", ja="1（文の始まり）"),
    ),
    ExtraArgument(
        words("trg_eos_idx tgt_eos_idx eos_idx eos_id end_idx end_id stop_id end_token eos_token"),
        2,
        Text(en="2, the end of a text", ja="2（文の終わり）"),
    ),
    ExtraArgument(
        words(
            "n_segments num_segments seg_size segment_size n_segment num_segment n_seg type_vocab_size token_type_vocab_size n_token_types num_token_types n_types"
        ),
        2,
        Text(en="two segments", ja="セグメントは 2 種類"),
    ),
    ExtraArgument(
        words("num_layers n_layers nlayers layers n_layer num_layer layer_num number_of_layers rnn_layers"),
        1,
        Text(en="one layer", ja="1 層"),
    ),
    ExtraArgument(words("batch_first"), True, Text(en="batch first", ja="バッチが先頭")),
    ExtraArgument(words("bias use_bias qkv_bias"), True, Text(en="with a bias", ja="バイアスあり")),
    ExtraArgument(
        words(
            "model_path save_path checkpoint_path ckpt_path model_file save_file weight_path weights_path out_path output_path model_save_path"
        ),
        "model.pt",
        Text(en="a file of its own", ja="一時ファイル"),
    ),
    ExtraArgument(
        words("writer tb_writer summary_writer tensorboard_writer tensorboard logger log_writer"),
        None,
        Text(en="something that takes every record", ja="記録を受け取るだけのもの"),
    ),
    ExtraArgument(
        words(
            "forward_expansion mlp_ratio expansion expansion_factor ff_mult ffn_mult mult ff_expansion widening_factor"
        ),
        4,
        Text(en="4 times as wide", ja="4 倍の幅"),
    ),
)
