"""The answers to problem 89 that are known beforehand, right and wrong, as edits of the reference."""

from grader.checks import accepts, edit, misconception
from grader.lessons.knock80_89 import _models
from grader.model import Edit

CLS = "states[:, 0]"
HEAD = "self.fc = nn.Linear(encoder.config.hidden_size, output_size)"
MEAN = "(states * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)"

pooler = accepts(edit(CLS, "output[1]"))
mean_pooling = accepts(edit(CLS, MEAN))
not_as_dict = accepts(edit("attention_mask=mask)", "attention_mask=mask, return_dict=False)"))
dropout = accepts(edit(f"self.fc({CLS})", f"self.fc(F.dropout({CLS}, 0.1, self.training))"))
frozen = accepts(edit("self.encoder = encoder", "self.encoder = encoder.requires_grad_(False)"))
plain_sgd = accepts(
    edit("torch.optim.AdamW(model.parameters(), lr=lr)", "torch.optim.SGD(model.parameters(), lr=50 * lr)")
)
as_mapping = accepts(
    edit('return batch["input_ids"], batch["attention_mask"]', "return batch"),
    edit(
        "ids, mask = encode(tokenizer, [title for title, _ in pairs])",
        "ids, _, mask = encode(tokenizer, [title for title, _ in pairs]).values()",
    ),
)
LOOK = edit(
    "self.encoder = encoder", "self.encoder, self.look = encoder, nn.Linear(encoder.config.hidden_size, 1)"
)  # a learned weight for each token
LOOKED = '(self.look(states).masked_fill(mask[:, :, None] == 0, float("-inf")).softmax(dim=1) * states).sum(dim=1)'


def two_layers(activation: str) -> Edit:
    """A head with a hidden layer as wide as the encoder, as RoBERTa has it."""
    made = f"width = encoder.config.hidden_size; self.fc = nn.Sequential(nn.Linear(width, width), nn.{activation}(), nn.Linear(width, output_size))"
    return edit(HEAD, made)


two_layers_relu = accepts(two_layers("ReLU"))
two_layers_tanh = accepts(two_layers("Tanh"))
two_layers_gelu = accepts(two_layers("GELU"))
mean_two_layers_relu = accepts(two_layers("ReLU"), edit(CLS, MEAN))
mean_two_layers_tanh = accepts(two_layers("Tanh"), edit(CLS, MEAN))
mean_two_layers_gelu = accepts(two_layers("GELU"), edit(CLS, MEAN))
attention_pooling = accepts(LOOK, edit(CLS, LOOKED))
attention_pooling_two_layers = accepts(LOOK, two_layers("GELU"), edit(CLS, LOOKED))
fixed_length = accepts(edit("padding=True", 'padding="max_length"'))

names_for_tensors = misconception(
    edit("states = output[0]", "states, _ = output"),
    edit(CLS, "states[:, 0]"),
    en="A ModelOutput is unpacked like a tuple. It is a mapping, and unpacking a mapping gives its names: states is then the string "
    '"last_hidden_state". Use output.last_hidden_state or output[0], or ask for return_dict=False.',
    ja='ModelOutput をタプルのように展開しています。これは辞書の一種なので、展開して得られるのは名前（"last_hidden_state" という文字列）です。'
    "output.last_hidden_state か output[0] を使うか、return_dict=False を指定しましょう。",
)
mask_dropped = misconception(
    edit("self.encoder(ids, attention_mask=mask)", "self.encoder(ids)"),
    en="The mask is not handed to the encoder. It then reads the padding as words, and a title's scores depend on how long the others "
    "in its batch are. Pass attention_mask=mask.",
    ja="マスクをエンコーダーに渡していません。パディングまで単語として読むため、同じバッチにあるほかの題名の長さで得点が変わります。attention_mask=mask を渡しましょう。",
)
mean_over_padding = misconception(
    edit(CLS, "states.mean(dim=1)"),
    en="The mean runs over the padding too. Short titles in a long batch are then mostly padding. Weigh by the mask: sum of states * mask, "
    "divided by the number of real tokens.",
    ja="パディングまで平均に入れています。長いバッチの中の短い題名は、ほとんどパディングの平均になってしまいます。states * mask の和を、実際のトークン数で割りましょう。",
)
last_token = misconception(
    edit(CLS, "states[:, -1]"),
    en="The last position is used, which is padding for all but the longest title. BERT gathers the sentence in [CLS], the first: "
    "states[:, 0].",
    ja="最後の位置の状態を使っていますが、いちばん長い題名以外ではそこはパディングです。BERT で文全体を代表するのは先頭の [CLS]、つまり states[:, 0] です。",
)
first_title = misconception(
    edit(CLS, "states[0]"),
    en="states[0] is the first title of the batch, all its tokens, not the first token of each title. The axes are (B, T, D): "
    "states[:, 0].",
    ja="states[0] は「バッチの 1 件目の全トークン」で、「各題名の先頭トークン」ではありません。軸は (B, T, D) なので states[:, 0] です。",
)
word_ids_of_80 = misconception(
    edit(
        'batch = tokenizer(titles, padding=True, truncation=True, max_length=64, return_tensors="pt")',
        "vocab = build_vocab(titles + titles)\n"
        "    ids = pad_sequence([torch.tensor(to_ids(title, vocab)) for title in titles], batch_first=True)\n"
        '    batch = {"input_ids": ids, "attention_mask": (ids != 0).long()}',
    ),
    en="The encoder is given the word ids of problem 80. Number 5 of your vocabulary is some other word in BERT's, so it reads nonsense, "
    "and everything it has learned is lost. Use its own tokenizer.",
    ja="80 の単語 ID をエンコーダーに渡しています。あなたの語彙の 5 番は、BERT の語彙では別の単語です。でたらめな文を読ませることになり、事前学習が無駄になります。"
    "そのモデルのトークナイザーを使いましょう。",
)
no_special_tokens = misconception(
    edit("truncation=True,", "truncation=True, add_special_tokens=False,"),
    en="The special tokens are left out. Without [CLS] the first position is an ordinary word, and the encoder has never seen a text "
    "that begins so. Keep add_special_tokens=True, the default.",
    ja="特別なトークンが抜けています。[CLS] がないと先頭がただの単語になり、事前学習で見たことのない形の入力になります。add_special_tokens は既定値の True のままにしましょう。",
)
mask_of_ones = misconception(
    edit('batch["attention_mask"]', 'torch.ones_like(batch["input_ids"])'),
    en="The mask is all ones, so the padding counts as text. Return the tokenizer's attention_mask.",
    ja="マスクがすべて 1 で、パディングも本文扱いになっています。トークナイザーの attention_mask を返しましょう。",
)
learns_nothing = misconception(
    edit(
        "output = self.encoder(ids, attention_mask=mask)",
        "output = self.encoder(ids, attention_mask=mask)\n        self.fc.requires_grad_(False)",
    ),
    en="The output layer is frozen. It starts from random numbers and has to be learned, whatever is done with the encoder. Freeze "
    "encoder.parameters(), never model.parameters().",
    ja="出力層が固定されています。出力層は乱数から始まるので、エンコーダーをどう扱うにせよ学習が必要です。固定するなら model.parameters() ではなく encoder.parameters() です。",
)
labels_in_another_order = misconception(
    edit("for _, label in pairs])", "for _, label in sorted(pairs)])"),
    en="Titles and labels are in different orders within the batch, so titles learn with the labels of others. Take both from the same list "
    "of pairs.",
    ja="バッチの中で、題名とラベルの並び順が食い違っています。題名が別の題名のラベルで学習されてしまうので、同じ組のリストから両方を取り出しましょう。",
)
optimizer_of_the_encoder_alone = misconception(
    edit("torch.optim.AdamW(model.parameters(), lr=lr)", "torch.optim.AdamW(model.encoder.parameters(), lr=lr)"),
    en="The optimizer holds the encoder's parameters alone, so the output layer, which starts from random numbers, never changes. Give it "
    "model.parameters().",
    ja="optimizer に渡しているのがエンコーダーのパラメータだけなので、乱数で始まった出力層がそのまま変わりません。model.parameters() を渡しましょう。",
)
titles_cut = misconception(
    edit("max_length=64", "max_length=8"),
    en="Titles are cut off after a few tokens. max_length counts [CLS] and [SEP] too, and long titles lose their end. The longest headlines have some thirty "
    "tokens: give max_length=64, or leave it out.",
    ja="題名が数トークンで切られています。max_length には [CLS] と [SEP] も数えられ、長い題名の末尾が失われます。見出しは長いもので 30 トークンほどです。"
    "max_length=64 にするか、指定を外しましょう。",
)
lr_ignored = misconception(
    edit("AdamW(model.parameters(), lr=lr)", "AdamW(model.parameters(), lr=0.01)"),
    en="The learning rate is a fixed number, and the argument lr does nothing. A large BERT needs far smaller steps than a small one. Hand lr on.",
    ja="学習率が固定値で、引数 lr が使われていません。大きな BERT には、小さなモデルよりずっと小さい学習率が必要です。lr を渡しましょう。",
)
batch_size_ignored = misconception(
    edit("train_loader = DataLoader(train_set, batch_size,", "train_loader = DataLoader(train_set, 16,"),
    en="The batch size is a fixed number, and the argument batch_size does nothing. Hand it on to the DataLoader.",
    ja="バッチサイズが固定値で、引数 batch_size が使われていません。DataLoader に渡しましょう。",
)
epochs_ignored = misconception(
    edit("optimizer, epochs, device)", "optimizer, 3, device)"),
    en="The number of epochs is fixed, and the argument epochs does nothing. Hand it on.",
    ja="エポック数が固定され、引数 epochs が使われていません。渡しましょう。",
)
sets_swapped = misconception(
    edit("learn(model, train_loader, valid_loader,", "learn(model, valid_loader, train_loader,"),
    en="Training and validation data are swapped. The model learns from the small set, and what is called validation is the "
    "other. Keep the order train, valid.",
    ja="学習データと検証データが入れ替わっています。小さいほうで学習し、検証と呼んでいるのが学習データです。学習用、検証用の順に渡しましょう。",
)
validation_learnt_too = misconception(
    edit(
        "train_loader = DataLoader(train_set, batch_size,",
        "train_loader = DataLoader([*train_set, *valid_set], batch_size,",
    ),
    en="The validation data is learned from as well. Its loss and accuracy then say nothing about new titles. Learn from train_set alone.",
    ja="検証データまで学習に使っています。これでは検証の損失・正解率が新しい題名での成績を表しません。学習には train_set だけを使いましょう。",
)
nothing_is_learnt = misconception(
    edit("model.to(device)", "model.to(device).requires_grad_(False)"),
    edit("optimizer = torch.optim.AdamW(model.parameters(), lr=lr)", "optimizer = None"),
    en="Nothing is learned: all parameters are the same after fine-tuning. Either everything is frozen, or no optimizer holds the model's parameters. Give "
    "model.parameters() to an optimizer, and that to the training.",
    ja="何も学習していません。ファインチューニングの前後ですべてのパラメータが同じです。全部を固定しているか、optimizer にモデルのパラメータを渡していません。"
    "model.parameters() から optimizer を作り、学習に渡しましょう。",
)
mask_inverted = misconception(
    edit("attention_mask=mask)", "attention_mask=1 - mask)"),
    en="The mask is upside down: 1 stands for padding, so the encoder reads the padding alone. 1 is for tokens, 0 for padding; pass the tokenizer's mask as it is.",
    ja="マスクが逆で、パディングが 1 になっています。エンコーダーはパディングだけを読んでいます。トークンが 1、パディングが 0 です。トークナイザーのマスクをそのまま渡しましょう。",
)
maximum_of_tokens = misconception(
    edit(CLS, "states.amax(dim=1)"),
    en="The maximum runs over all positions, padding too. Use [CLS], states[:, 0], or a mean over the tokens where the mask is 1.",
    ja="パディングの位置まで含めて最大値をとっています。[CLS] の states[:, 0] か、マスクが 1 の位置だけの平均を使いましょう。",
)
second_token = misconception(
    edit(CLS, "states[:, 1]"),
    en="states[:, 1] is the first word of the title. [CLS], which stands for the whole, is at place 0: states[:, 0].",
    ja="states[:, 1] は題名の最初の単語です。文全体を代表する [CLS] は 0 番目なので states[:, 0] です。",
)
size_ignored = misconception(
    edit("_size, output_size)", "_size, 4)"),
    en="output_size stands in the signature and does nothing: the head always has the same number of outputs. Hand it on to nn.Linear.",
    ja="引数の output_size が使われず、出力の数がいつも同じです。nn.Linear に渡しましょう。",
)
dropout_left_on = misconception(
    edit(f"self.fc({CLS})", f"self.fc(F.dropout({CLS}, 0.3))"),
    en=_models.DROPOUT_EN,
    ja=_models.DROPOUT_JA,
)
