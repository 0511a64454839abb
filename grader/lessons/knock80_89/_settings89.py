"""Settings of a fine-tuning that may be ignored, for problem 89."""

from __future__ import annotations

from grader.checks import (
    Text,
)
from grader.lessons.knock80_89._tuning89 import (
    LR,
)

TUNING = Text(
    en="fine_tune is: a collate that makes (ids, mask, labels) of pairs, with encode for the titles; two DataLoaders with batch_size; an optimizer of "
    "model.parameters() with lr; learn(model, train_loader, valid_loader, optimizer, epochs, device). Tick off each argument, and print ids.shape, "
    "mask.shape and labels of one batch: do titles and labels belong together, is the mask there when the model is measured too?",
    ja="fine_tune の流れ: 組のリストから (ids, mask, labels) を作る collate（題名は encode に渡す）、batch_size を渡した 2 つの DataLoader、model.parameters() と lr から作る optimizer、"
    "learn(model, train_loader, valid_loader, optimizer, epochs, device)。引数を 1 つずつ確かめ、1 バッチの ids.shape・mask.shape・labels を表示しましょう。"
    "題名とラベルは組のままですか。評価のときもマスクを渡していますか。",
)
SETTINGS = {
    "nothing_is_learnt": Text(
        en="After fine-tuning all parameters are what they were before.",
        ja="ファインチューニングの前後で、どのパラメータも変わっていません。",
    ),
    "optimizer_of_the_encoder_alone": Text(
        en="After fine-tuning the output layer is what it was before.",
        ja="ファインチューニングの前後で、出力層が変わっていません。",
    ),
    "lr_ignored": Text(
        en=f"With lr = {LR} and with lr = {LR / 4} exactly the same model comes out.",
        ja=f"lr = {LR} でも {LR / 4} でも、まったく同じモデルになります。",
    ),
    "batch_size_ignored": Text(
        en="With batch_size=2 and with batch_size=7 exactly the same model comes out.",
        ja="batch_size=2 でも batch_size=7 でも、まったく同じモデルになります。",
    ),
    "sets_swapped": Text(
        en="Only words of the validation data were learned, none of the training data.",
        ja="学習されたのは検証データの単語だけで、学習データの単語は 1 つも学習されていません。",
    ),
    "validation_learnt_too": Text(
        en="Words that only the validation data has were learned too.",
        ja="検証データにしかない単語まで学習されています。",
    ),
    "epochs_ignored": Text(
        en="2 epochs were asked for, but the history has another number of entries.",
        ja="2 エポックを指定したのに、履歴の個数が違います。",
    ),
}
