"""What each exercise asks for under which names, and how an answer under other names is recognised."""

from grader.checks import Interface, Probe, Trait
from grader.matching.vocabulary import CONVOLUTION, LEARNS, PADS, RECURRENT, SIZES, TABLES, TRAINS, words

KNOCK80 = (
    Interface(
        "build_vocab",
        "function",
        words(
            "make_vocab create_vocab get_vocab make_word2id build_word2id get_word2id create_word2id make_dict make_dic "
            "create_dict build_dict get_dict word2id make_id_dict make_word_dict make_word_id word_to_id create_word_id "
            "get_word_id make_ids build_dictionary make_dictionary create_dictionary build_vocabulary make_vocabulary "
            "create_vocabulary make_id create_id_dict assign_ids rank_words ranking"
        ),
        words("vocab word2id dict dic ranking"),
        words("Counter most_common sorted defaultdict items"),
        roles=("titles",),
        probe=Probe.VOCABULARY,
        needed=("titles",),
    ),
    Interface(
        "to_ids",
        "function",
        words(
            "tokens_to_ids words_to_ids text_to_ids sentence_to_ids sent2ids text2ids words2ids tokens2ids get_ids get_id "
            "to_id word_to_id word2id tokenizer tokenize encode convert conv_id title2id text2id sent2id sentence2id "
            "title_to_ids sentence2ids convert_to_ids id_sequence word_to_ids words2id line2id trans_id transform str2id "
            "make_id_list give_id assign_id seq2id text_to_id sentence_to_id"
        ),
        words("id ids token"),
        words("get append split"),
        roles=("words", "vocab"),
        probe=Probe.IDS,
        needed=("words", "vocab"),
    ),
)
KNOCK81 = (
    Interface(
        "RNN",
        "module",
        words(
            "RNNModel MyRNN RnnModel RNNClassifier LSTMClassifier GRUClassifier LSTM GRU LSTMModel GRUModel MyLSTM MyGRU "
            "Net Model NewsClassifier TextClassifier Classifier RNNNet RnnNet SimpleRNN rnn_net RNN_Model RNN81 knock81 "
            "TextRNN NewsRNN NN MyModel"
        ),
        words("rnn lstm gru"),
        RECURRENT,
        CONVOLUTION,
        (*SIZES, "hidden_size"),
        probe=Probe.CLASSIFIER,
    ),
)
KNOCK82 = (
    Interface(
        "train",
        "function",
        words(
            "train_model training fit train_rnn run_train do_train train_loop learn train_sgd trainer train_and_eval "
            "train_network run_training execute_training train_fn model_train train_eval run"
        ),
        words("train fit learn"),
        words("backward step"),
        roles=words("model train_set valid_set epochs lr batch_size"),
        defaults=(("batch_size", 1),),
        needs=LEARNS,
        probe=Probe.TRAINING,
        needed=words("model train_set valid_set epochs lr"),
    ),
)
KNOCK83 = (
    Interface(
        "collate",
        "function",
        words(
            "collate_fn my_collate my_collate_fn collate_batch Padsequence PadSequence padding_collate pad_collate pad_batch "
            "make_batch custom_collate custom_collate_fn collator collate_func Collate Collator pad_sequences gen_batch"
        ),
        words("collate pad batch"),
        words("pad_sequence zeros full cat stack"),
        TRAINS,
        roles=("batch",),
        needs=PADS,
        probe=Probe.BATCH,
        needed=("batch",),
    ),
    Interface(
        "train_batches",
        "function",
        words(
            "train train_model train_minibatch train_mini_batch train_gpu train_batch training fit train_rnn run_train "
            "train_loop train_with_batch train_model_gpu minibatch_train mini_batch_train run_training train_fn learn"
        ),
        words("train fit learn"),
        words("backward step"),
        roles=words("model train_set valid_set epochs lr batch_size device"),
        needs=LEARNS,
        probe=Probe.TRAINING,
        traits=frozenset({Trait.MINI_BATCHES}),
        needed=words("model train_set valid_set epochs lr"),
    ),
)
KNOCK84 = (
    Interface(
        "init_embedding",
        "function",
        words(
            "make_embedding make_weights create_embedding get_embedding get_weights init_weights make_emb get_emb "
            "create_embedding_matrix make_embedding_matrix build_embedding load_embedding init_emb embedding_matrix "
            "make_weight get_embedding_matrix build_embedding_matrix create_weights"
        ),
        words("embed emb weight"),
        words("zeros random normal get_vector empty"),
        TRAINS,
        roles=words("vocab vectors dim"),
        needed=words("vocab vectors"),
        needs=TABLES,
        probe=Probe.TABLE,
    ),
)
KNOCK85 = (
    Interface(
        "BiRNN",
        "module",
        words(
            "RNN BidirectionalRNN BiLSTM BiGRU BLSTM MultiLayerRNN DeepRNN StackedRNN BiRNNModel RNN2 RNN85 RNNModel MyRNN "
            "LSTM GRU LSTMClassifier RNNClassifier LSTMModel RNN_bi RNN_Bi BiRNNClassifier BiLSTMClassifier Net Model MyModel"
        ),
        words("birnn bilstm bigru bidirect rnn lstm gru"),
        (*RECURRENT, "bidirectional", "flip"),
        CONVOLUTION,
        (*SIZES, "hidden_size", "num_layers"),
        (("bidirectional", True),),
        probe=Probe.CLASSIFIER,
        traits=frozenset({Trait.SHOWS_DIRECTIONS}),
    ),
)
KNOCK86 = (
    Interface(
        "CNN",
        "module",
        words(
            "CNNModel MyCNN CNNClassifier TextCNN CnnModel ConvNet Net Model CNNNet Conv CNN_Model NewsCNN CNN86 MyModel "
            "ConvolutionalNet TitleCNN"
        ),
        words("cnn conv"),
        CONVOLUTION,
        RECURRENT,
        (*SIZES, "out_channels", "kernel_heights", "stride", "padding"),
        defaults=(("kernel_heights", 3), ("stride", 1), ("padding", 1)),
        probe=Probe.CLASSIFIER,
        traits=frozenset({Trait.ONE_LENGTH}),
    ),
)
KNOCK87 = (
    Interface(
        "fit_cnn",
        "function",
        words("train_and_make_cnn make_and_train_cnn"),
        roles=words("train_set valid_set vocab_size output_size epochs lr batch_size device"),
        needs=LEARNS,
        also="conv",
    ),
)
KNOCK89 = (
    Interface(
        "BertClassifier",
        "module",
        words(
            "BERTClass BertClass BERTClassifier BERT BertModel_ BERTModel BertNet BERTNet BertForNews MyBert MyBERT "
            "BertTextClassifier NewsBERT BERTNewsClassifier BertClassification BERTClassification BertNewsClassifier "
            "Classifier Net Model"
        ),
        words("bert"),
        words("bert BertModel AutoModel from_pretrained encoder"),
        (*RECURRENT, *CONVOLUTION),
        words("encoder output_size"),
        probe=Probe.CLASSIFIER,
    ),
    Interface(
        "encode",
        "function",
        words("encode_titles tokenize tokenize_titles encode_batch bert_encode encode_texts"),
        words("encode tokeniz dataset"),
        words("tokenizer encode_plus batch_encode_plus"),
        TRAINS,
        roles=words("tokenizer titles"),
        needs=words("tokenizer tokenize encode encode_plus batch_encode_plus convert_tokens_to_ids"),
        probe=Probe.ENCODING,
    ),
    Interface(
        "fine_tune",
        "function",
        words("finetune train_bert fine_tuning train_model fit train train_bert_model"),
        words("finetune train"),
        words("backward step"),
        roles=words("model tokenizer train_set valid_set epochs lr batch_size device"),
        needs=LEARNS,
        probe=Probe.TUNING,
        traits=frozenset({Trait.MINI_BATCHES}),
        needed=words("model train_set epochs"),
    ),
)
