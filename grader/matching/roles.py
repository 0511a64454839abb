"""What people call the arguments of models and functions: the table that matching goes by. What an exercise does not ask for stands in
`extra_arguments`.

The page "what the grader understands" is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.matching.vocabulary import words
from grader.model import Text


@dataclass(frozen=True, slots=True)
class Role:
    """What an argument is for. names: what it is surely called; maybe: names that mean this or something else."""

    name: str
    text: Text
    names: tuple[str, ...]
    maybe: tuple[str, ...] = ()


def role(name: str, en: str, ja: str, names: str, maybe: str = "") -> Role:
    return Role(name, Text(en=en, ja=ja), (name, *words(names)), words(maybe))


# What people call the longest text that a model takes.
LONGEST_TEXT = (
    "max_length max_seq_len seq_len maxlen length block_size context_len context_length n_ctx ctx_len max_seq_length "
    "sequence_length seq_length context_size context_window n_positions max_position_embeddings"
)

ROLES = (
    role(
        "vocab_size",
        "number of word ids",
        "単語 ID の総数",
        "v_size n_vocab vocab_num num_vocab vocabulary_size voc_size vocab_len len_vocab num_embeddings num_emb V "
        "vocabsize n_words num_words word_num words_num words_length dict_size dic_size n_token ntoken num_tokens n_tokens "
        "token_size n_ids id_size max_id vs n_v d_vocab",
        "vocab vocabulary word2id word_to_id word_id dic dictionary input_size input_dim in_size in_dim n_input num_input v n "
        "output_size output_dim out_size out_dim output_vocab_size input_vocab_size src_vocab_size tgt_vocab_size "
        "target_vocab_size source_vocab_size trg_vocab_size vocab_size_out",
    ),
    role(
        "emb_size",
        "width of a word vector",
        "単語ベクトルの次元",
        "emb_dim embedding_dim embedding_size embed_size embed_dim emb_d embeddim dw d_w emb E e_size e_dim word_dim "
        "word_size wordvec_size d_emb d_embed dim_emb emb_len emb_hid embedding_length n_emb nemb em_size embs word_vec_dim",
        "embedding embed dim d input_size input_dim in_size in_dim ninp d_model n_input feature_size x_size",
    ),
    role(
        "hidden_size",
        "width of the state",
        "隠れ状態の次元",
        "hidden_dim hidden dh d_h hid hid_size hid_dim n_hidden num_hidden hidden_num hidden_units n_hid nhid H h_size h_dim "
        "hidden_len dim_hidden dim_hid d_hidden rnn_size rnn_dim rnn_hidden_size lstm_size lstm_dim lstm_hidden_size "
        "gru_size state_size hidden_features units hidden_layer_size hidden_state_size hidden_layer mid_size mid_dim n_mid "
        "dec_hid_dim dec_hid_size dec_hidden dec_hidden_size dec_hidden_dim dec_dim decoder_hidden_size decoder_hidden_dim decoder_dim",
        "h dim d output_dim size",
    ),
    role(
        "output_size",
        "number of categories",
        "カテゴリ数",
        "output_dim out_size out_dim L n_class n_classes num_class num_classes class_num class_size classes n_label "
        "n_labels num_label num_labels label_size label_num labels n_out nout num_out n_output num_output dim_out d_out o_size "
        "tagset_size tag_size target_size n_category num_category category_size category_num n_categories num_categories "
        "nlabel nclass lc n_cls num_cls cls_num y_size dy",
        "output out o out_features y",
    ),
    role(
        "padding_idx",
        "id of the padding",
        "パディングの ID",
        "pad_idx pad_id padding_id padding_index pad_index pad_token pad_token_id PAD pad_value padding_value pidx pad_num "
        "p_idx padid padding_num",
        "padding p",
    ),
    role(
        "num_layers",
        "number of layers",
        "層の数",
        "n_layers layers num_layer n_layer layer_num layer_size n_rnn_layers rnn_layers num_rnn_layers nlayers nlayer layers_count layer_count depth "
        "num_hidden_layers lstm_layers n_lstm_layers layer",
        "n",
    ),
    role(
        "out_channels",
        "number of filters",
        "フィルタ数（出力チャネル数）",
        "out_channel n_filters num_filters filter_num filters n_filter num_filter channels n_channels num_channels "
        "channel_size channel_num out_ch kernel_num n_kernels num_kernels cnn_dim conv_dim n_out_channels conv_channels "
        "filter_out output_channel output_channels hidden_size hidden_dim dh d_h hidden hid_dim hid_size n_hidden conv_size h_size h_dim n_hid",
        "out_size filter_size h C channel",
    ),
    role(
        "kernel_heights",
        "words in a window",
        "窓の単語数（カーネルの高さ）",
        "kernel_height kernel_size kernel_sizes kernel_h kernel_width kernel filter_size filter_sizes filter_height "
        "filter_heights window window_size window_sizes ngram n_gram ks k_size conv_kernel kernel_len filter_h",
        "k filter width",
    ),
    role("stride", "step of the window", "窓の移動幅（ストライド）", "strides stride_size conv_stride step", "s"),
    role("padding", "padding of the convolution", "畳み込みのパディング", "pad_size paddings conv_padding padding_size", "pad p"),
    role("encoder", "the pretrained encoder", "事前学習済みエンコーダ",
         "bert bert_model pretrained pretrained_model base base_model backbone lm transformer plm roberta", "model"),
    # -- functions --------------------------------------------------------------------------------
    role("titles", "the titles", "題名のリスト",
         "title texts text sentences sentence corpus docs documents headlines lines train_titles train_text train_texts "
         "train_title train_x x_train token_list tokens tokenized word_list",
         "data df train train_data train_df dataset train_set x words"),
    role("words", "the words of a title", "題名の単語列",
         "word_list tokens token text sentence title headline line sent s string txt words_list tokenized seq sequence", "x data"),
    role("vocab", "the dict from word to id", "単語から ID への辞書",
         "word2id word_to_id word2idx word_to_idx word2index w2i w2id word_id word_ids wordid word_dict word_dic dic dict_ "
         "dictionary vocab_dict vocab_dic id_dict id_dic ids token2id token_to_id stoi ranking rank word2rank mapping table "
         "vocabulary word_id_dict word2id_dict id_map voc", "d v dict"),
    role("vectors", "the pretrained vectors", "学習済み単語ベクトル",
         "model wv word_vectors word2vec w2v word_vec kv keyed_vectors vecs embeddings pretrained glove w2v_model wordvec", "emb"),
    role("dim", "width of a word vector", "単語ベクトルの次元",
         "emb_size emb_dim embedding_dim embedding_size embed_size embed_dim dw d_w vector_size size dims d", ""),
    role("batch", "the titles of a batch", "バッチ", "examples samples items data batch_data list_of_samples xs insts minibatch", "x"),
    role("model", "the model", "モデル", "net network rnn cnn classifier my_model mdl", "m"),
    role("train_set", "the training data", "学習データ",
         "train_dataset dataset_train train_data data_train train ds_train train_ds trainset traindata train_dataset_ tr_set "
         "train_list", "dataset data ds"),
    role("valid_set", "the validation data", "検証データ",
         "valid_dataset dataset_valid valid_data data_valid valid ds_valid valid_ds validset validdata val_dataset val_set "
         "val_data dev_dataset dev_set dev_data dev val validation_set validation_data test_set eval_set data_val dataset_val "
         "valid_list", "test"),
    role("epochs", "number of epochs", "エポック数",
         "num_epochs n_epochs n_epoch epoch num_epoch max_epoch max_epochs epoch_num epoch_size nb_epoch iters n_iter "
         "num_iter iteration iterations ep", "n"),
    role("lr", "learning rate", "学習率", "learning_rate eta alpha l_rate rate step_size learn_rate learningrate", ""),
    role("batch_size", "titles in a batch", "バッチサイズ", "batchsize bs batch n_batch b_size batch_num minibatch_size", "b"),
    role("device", "where to compute", "計算するデバイス", "dev_ gpu cuda", ""),
    role("criterion", "the loss function", "損失関数",
         "loss_fn loss_func loss_function lossfn loss loss_fun cost objective loss_f criteria", ""),
    role("optimizer", "the optimizer", "最適化手法", "optim opt optimiser optm", ""),
    role("collate_fn", "what makes a batch", "バッチを作る関数", "collate collator collate_func pad_fn", ""),
    role("train_loader", "batches of the training data", "学習データの DataLoader",
         "train_dataloader dataloader_train loader_train train_iter train_dl trainloader traindataloader dl_train loader_tr "
         "train_batches train_iterator trn_dl trn_loader trn_dataloader tr_dl tr_loader training_loader", "loader dataloader"),
    role("valid_loader", "batches of the validation data", "検証データの DataLoader",
         "valid_dataloader dataloader_valid loader_valid valid_iter valid_dl validloader val_loader val_dataloader "
         "dev_loader dev_dataloader val_iter val_dl validation_loader test_loader test_dataloader valid_batches va_loader va_dl "
         "dev_dl test_dl tst_dl eval_loader eval_dataloader", ""),
    role("scheduler", "a schedule of the learning rate", "学習率のスケジューラ", "lr_scheduler sched lr_sched schedule scheduler_", ""),
    role("loaders", "batches of both, by the name of the part", "分割名ごとの DataLoader",
         "dataloaders data_loaders dataloaders_dict dataloader_dict data_loaders_dict data_loader_dict loader_dict loaders_dict "
         "dict_loaders dls", ""),
    role("set_sizes", "titles in both, by the name of the part", "分割名ごとの件数",
         "dataset_sizes data_sizes dataset_size data_size datasets_sizes sizes_dict", ""),
    role("tokenizer", "the encoder's tokenizer", "トークナイザ", "tok bert_tokenizer tokeniser", ""),
    # -- the other lessons ------------------------------------------------------------------------
    role("d_model", "width of the model", "モデルの次元",
         "dim_model model_dim embed_dim emb_dim emb_size embedding_dim embed_size embedding_size ninp d_embed d_emb n_embd n_embed n_emb "
         "emb_dims embed_dims emb hidden_size hidden_dim hid_dim num_hiddens dim model_size width", "d n k size hidden features ndim embed d_in dim_in in_dim d_input input_dim input_size"),
    role("num_heads", "number of heads", "ヘッド数", "n_heads nhead n_head heads num_head head_num head h_num nr_heads attn_heads num_attention_heads n_attn_heads "
         "no_of_heads number_of_heads nheads heads_count head_count", "h"),
    role("d_ff", "width of the feed-forward layer", "フィードフォワード層の次元",
         "dim_ff ff_dim d_hid nhid dim_feedforward ffn_dim hidden_ff inner_dim mlp_dim d_inner hidden_size hidden_dim hid_dim ffn_num_hiddens "
         "ffn_hidden ff_hidden ff_hidden_dim d_inner_hid ff_size ff_hidden_size feed_forward_dim feedforward_dim feed_forward_hidden pf_dim d_mlp "
         "ffn_size intermediate_size mlp_size mlp_hidden n_hidden feed_forward_size filter_size", "hidden"),
    role("query_size", "width of the query", "query の次元",
         "query_dim q_dim q_size dec_hidden dec_hidden_size decoder_hidden_size dec_hid_dim dec_dim decoder_dim dec_hidden_dim "
         "decoder_hidden_dim hidden_size hidden_dim hidden hid_dim hid_size units num_hiddens d_model query_hidden", "dim d h n"),
    role("key_size", "width of a key", "key の次元",
         "key_dim k_dim k_size enc_hidden enc_hidden_size encoder_hidden_size enc_hid_dim enc_dim encoder_dim enc_hidden_dim "
         "encoder_hidden_dim value_size value_dim annotation_dim encoder_output_size enc_out_dim", ""),
    role("attn_size", "width of the scores' layer", "スコアの層の次元",
         "attn_dim attention_dim attention_size att_size att_dim attn_hidden attn_hidden_size align_size align_dim", ""),
    role("src_vocab", "number of words of the source", "原文の単語数",
         "src_vocab_size source_vocab_size enc_voc_size n_src_vocab input_vocab_size src_voc_size src_size enc_vocab_size encoder_vocab_size "
         "vocab_size_src src_ntoken num_src_words src_words src_vocab_len len_src_vocab source_vocab src_n_vocab num_encoder_tokens inp_vocab_size "
         "src_num_embeddings in_vocab_size i_vocab_size input_vocab src_tokens src_dim s_vocab",
         "input_dim input_size vocab_size vocab vocab_src n_vocab num_tokens ntoken v_size"),
    role("tgt_vocab", "number of words of the target", "訳文の単語数",
         "tgt_vocab_size target_vocab_size dec_voc_size n_trg_vocab n_tgt_vocab output_vocab_size trg_vocab_size trg_voc_size tgt_voc_size tgt_size "
         "dec_vocab_size decoder_vocab_size vocab_size_tgt vocab_size_trg tgt_ntoken num_tgt_words tgt_words tgt_vocab_len len_tgt_vocab target_vocab "
         "trg_vocab trg_n_vocab tgt_n_vocab num_decoder_tokens targ_vocab_size trg_num_embeddings out_vocab_size t_vocab_size output_vocab tgt_tokens tgt_dim t_vocab",
         "output_dim output_size vocab_tgt vocab_trg"),
    role("eps", "what keeps the root away from zero", "0 除算を防ぐ小さな値", "epsilon variance_epsilon layer_norm_eps norm_eps e", ""),
    role("ids", "the text as ids", "ID の列にした本文", "text_ids token_ids data_ids", ""),
    role("length", "length of a window", "窓の長さ",
         "block_size seq_len seq_length sequence_length context_length context_len context_size context_window ctx_len max_len "
         "max_length window_size bptt n_ctx window", ""),
    role("steps", "number of updates", "更新の回数", "max_iters max_steps num_steps n_steps iterations num_iters", ""),
    role("logits", "the scores", "スコア（logits）", "outputs output preds predictions scores", ""),
    role("targets", "the right answers", "正解", "target labels y", ""),
    role("prompt", "the beginning of the text", "書き出し",
         "idx context start input_ids start_ids start_tokens prompt_ids prompt_tokens tokens ids x seed inputs prompt_text start_text "
         "seed_text start_string start_str initial_text initial_prompt prefix context_tokens", ""),
    role("n", "number of words to write", "書き足す数",
         "max_new_tokens num_tokens n_tokens new_tokens n_new num_new_tokens max_tokens n_generate num_generate steps length_to_write "
         "num_characters num_chars n_characters n_chars num_output_tokens max_output_tokens num_steps n_steps gen_len gen_length output_len "
         "output_length num_words n_words max_words", ""),
    role("temperature", "the temperature", "温度", "temp t tau", ""),
    role("top_k", "how many of the best may be drawn", "上位いくつから引くか", "topk k", ""),
    role("special", "which places hold special tokens", "特別なトークンの位置", "special_mask special_tokens_mask", ""),
    role("mask_id", "the id of [MASK]", "[MASK] の ID", "mask_token_id mask_token mask_idx", ""),
    role("size", "number of places", "位置の数", "sz length seq_len seq_length n T", ""),
    role("q", "the query", "query", "query queries", ""),
    role("k", "the keys", "key", "key keys", ""),
    role("v", "the values", "value", "value values", ""),
    role("mask", "what may be looked at", "見てよい場所", "attn_mask attention_mask src_mask", ""),
    role("max_len", "longest text", "最大長",
         LONGEST_TEXT, "T n"),
)  # fmt: skip
