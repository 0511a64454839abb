"""The answers to problem 87 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception

BUILD = "cnn = CNN(vocab_size, 64, padding_idx, output_size, out_channels=128)"

history_first = accepts(edit("return cnn, history", "return history, cnn"))
few_sizes = accepts(edit("64, padding_idx, output_size, out_channels=128", "24, padding_idx, output_size, 16"))
other_sizes = accepts(
    edit("64, padding_idx, output_size, out_channels=128", "100, padding_idx, output_size, 50, 5, 1, 2")
)
seeded = accepts(edit("padding_idx = vocab_size - 1", "torch.manual_seed(0)\n    padding_idx = vocab_size - 1"))

model_reused = misconception(
    edit("def fit_cnn(", "MODELS = {}\n\n\ndef fit_cnn("),
    edit(BUILD, "cnn = MODELS.setdefault(vocab_size, CNN(vocab_size, 64, padding_idx, output_size, out_channels=128))"),
    en="The model is made once and trained on at every call. A second run then continues the first, and comparing settings in "
    "88 means nothing. Make a new CNN inside the function.",
    ja="モデルが一度しか作られず、呼ぶたびに続きから学習しています。2 回目の実行が 1 回目の続きになり、88 で設定を比べる意味がなくなります。関数の中で毎回新しい CNN を作りましょう。",
)
untrained_model_returned = misconception(
    edit("return cnn, history", "return CNN(vocab_size, 64, padding_idx, output_size, out_channels=128), history"),
    en="The model that is returned is a new one and not the trained one. Making the object again starts from random "
    "parameters. Return the object that was handed to the training.",
    ja="学習したモデルではなく、新しく作ったモデルを返しています。作り直すとパラメータは乱数に戻ります。学習に渡したものを返しましょう。",
)
padding_ids_differ = misconception(
    edit("device, padding_idx)", "device)"),
    en="The batches are filled up with another id than the padding_idx of the model. The padding then has a vector that is "
    "learned as if it were a word. Hand the same id to both.",
    ja="バッチを埋める ID と、モデルの padding_idx が違います。パディングにもベクトルが学習され、単語のように扱われてしまいます。両方に同じ ID を渡しましょう。",
)
padding_is_a_word = misconception(
    edit("padding_idx = vocab_size - 1", "padding_idx = 0"),
    en="A word has the id that is taken for the padding, so its vector stays zero and it is never learned. The ids of 80 begin with 0 for unknown words; "
    "the padding is the last id, vocab_size - 1.",
    ja="単語の ID がパディングとして扱われているので、その単語のベクトルは 0 のままで、学習されません。80 の ID では 0 は未知の単語です。パディングは最後の ID、vocab_size - 1 にします。",
)
sets_swapped = misconception(
    edit("cnn, train_set, valid_set,", "cnn, valid_set, train_set,"),
    en="Training and validation data are swapped. The model learns from the small set, and what is called validation is the "
    "other. Keep the order train_set, valid_set.",
    ja="学習データと検証データが入れ替わっています。小さいほうで学習し、検証と呼んでいるのが学習データです。train_set、valid_set の順に渡しましょう。",
)
rnn_trained = misconception(
    edit(BUILD, "cnn = RNN(vocab_size, 64, padding_idx, output_size, 128)"),
    en="It is the RNN that is trained here. The name of the variable is no help: build the CNN of problem 86.",
    ja="学習しているのは RNN です。変数名を変えても中身は変わりません。86 の CNN を作りましょう。",
)
epochs_ignored = misconception(
    edit("valid_set, epochs, lr, batch_size, device", "valid_set, 1, lr, batch_size, device"),
    en="There is always one epoch, whatever is asked for. Hand epochs on.",
    ja="指定にかかわらず、いつも 1 エポックです。epochs を渡しましょう。",
)
lr_ignored = misconception(
    edit("epochs, lr, batch_size, device, padding_idx)", "epochs, 1e-4, batch_size, device, padding_idx)"),
    en="The learning rate is a fixed 1e-4, and lr does nothing. That is a habit from Adam; SGD hardly moves with it. Hand lr on.",
    ja="学習率が 1e-4 に固定され、lr が使われていません。Adam でよく見る値ですが、SGD ではほとんど動きません。lr を渡しましょう。",
)
sizes_swapped = misconception(
    edit("padding_idx, output_size, out_channels=128)", "padding_idx, 128, out_channels=output_size)"),
    en="The number of channels and that of categories are swapped. The model has 128 outputs and a handful of patterns to "
    "judge by. Give the arguments by name.",
    ja="チャネル数とカテゴリ数が逆です。出力が 128 個になり、手がかりのパターンは数個しかありません。引数は名前を付けて渡しましょう。",
)
softmax_before_cross_entropy = misconception(
    edit(BUILD, BUILD + "\n    cnn = nn.Sequential(cnn, nn.Softmax(dim=-1))"),
    en="The model ends in a softmax, and cross_entropy contains one itself. Applied twice, the probabilities can never come near 0 or "
    "1, so the loss stays high and gradients are small. Train on the logits; a softmax is for when probabilities are to be shown.",
    ja="モデルの最後に softmax があり、cross_entropy の中にも softmax があるので二重になっています。確率が 0 や 1 に近づけず、損失は下がりきらず勾配も小さくなります。"
    "学習にはロジットを渡し、softmax は確率を表示するときだけにしましょう。",
)
model_not_returned = misconception(
    edit("return cnn, history", "return history"),
    en="Only the history is returned, and the trained model is lost. Return both.",
    ja="履歴しか返しておらず、学習したモデルが失われています。両方を返しましょう。",
)
everything_frozen = misconception(
    edit(
        BUILD,
        BUILD
        + "\n    cnn.conv.requires_grad_(False), cnn.emb.requires_grad_(False)\n    cnn.fc.weight.requires_grad_(False)",
    ),
    en="Nearly everything is frozen: requires_grad_(False) on all but a bias leaves nothing to learn with. Freeze at most the "
    "pretrained vectors.",
    ja="ほとんどのパラメータを固定しています。requires_grad_(False) をここまで掛けると、学習できるものが残りません。固定するとしても訓練済みのベクトルだけにしましょう。",
)
batch_size_ignored = misconception(
    edit("epochs, lr, batch_size, device, padding_idx)", "epochs, lr, 32, device, padding_idx)"),
    en="The batch size is a fixed number, and the argument batch_size does nothing. 88 would try batch sizes in vain. Hand it on.",
    ja="バッチサイズが固定値で、引数 batch_size が使われていません。88 で試しても結果が変わりません。batch_size を渡しましょう。",
)
nothing_is_learnt = misconception(
    edit("epochs, lr, batch_size, device, padding_idx)", "epochs, 0.0, batch_size, device, padding_idx)"),
    en="Nothing is learned: the loss on the training data stays the same to the last digit. Either step() is never called, or the optimizer holds "
    "the parameters of another model. Make the optimizer of cnn.parameters(), and call step() after backward().",
    ja="何も学習していません。学習データの損失が最後の桁まで変わりません。step() を呼んでいないか、optimizer に別のモデルのパラメータを渡しています。"
    "optimizer は cnn.parameters() から作り、backward() の後に step() を呼びましょう。",
)
validation_learnt_too = misconception(
    edit("(cnn, train_set, valid_set,", "(cnn, list(train_set) + list(valid_set), valid_set,"),
    en="The validation data is learned from as well. Its loss and accuracy then say nothing about new titles, and 88 would choose by what was learned by heart. "
    "Learn from train_set alone.",
    ja="検証データまで学習に使っています。これでは検証の損失・正解率が新しい題名での成績を表さず、88 の選択も丸暗記の度合いで決まってしまいます。学習には train_set だけを使いましょう。",
)
padding_has_no_row = misconception(
    edit("device, padding_idx)", "device, vocab_size)"),
    en="The batches are filled up with the id vocab_size, for which the embedding has no row: its rows are 0 to vocab_size - 1. As soon as two titles of a batch "
    "differ in length there is an IndexError. The padding is the last id, vocab_size - 1.",
    ja="バッチを埋める ID が vocab_size ですが、埋め込みの行は 0 から vocab_size − 1 までなので、その行はありません。1 つのバッチに長さの違う題名が入ると IndexError になります。"
    "パディングは最後の ID、vocab_size − 1 です。",
)
