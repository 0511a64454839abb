"""Habits of Colab and the shell that a notebook brings along, and what becomes of each: the policy table.

The page docs/understands.md is made from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from grader.model import Text

Action = Literal["keep", "imitate", "leave_out"]
ROOM = "grader_colab"  # the stand-ins' module in the sandbox


@dataclass(frozen=True, slots=True)
class LinePolicy:
    """A kind of line. keep: runs as it is; imitate: runs against a stand-in, as `rewrite` puts it; leave_out: not run.

    whole: on the first line of a cell, it is about the whole cell. example: for the docs, and for the tests.
    """

    pattern: re.Pattern[str]
    action: Action
    remark: Text
    example: str
    rewrite: Callable[[re.Match[str]], str] | None = None
    whole: bool = False


def habit(
    pattern: str,
    action: Action,
    en: str,
    ja: str,
    *,
    example: str,
    rewrite: Callable[[re.Match[str]], str] | None = None,
    whole: bool = False,
) -> LinePolicy:
    return LinePolicy(re.compile(pattern), action, Text(en=en, ja=ja), example, rewrite, whole)


def unzipped(found: re.Match[str]) -> str:
    return f"{found.group('indent')}__import__({ROOM!r}).unzip({found.group('rest').strip()!r})"


def once(found: re.Match[str]) -> str:
    return f"{found.group('indent')}{found.group('statement')}"


def own_cleaner(found: re.Match[str]) -> str:
    return f"{found['indent']}{found['as'] or found['imported']} = __import__({ROOM!r}).cleaner({found['module']!r}, {found['imported']!r})"


def no_dot(found: re.Match[str]) -> str:
    """`from ..model import BERT` is `from model import BERT`, and `from . import encoder` is `import encoder`."""
    if found["module"]:
        return found.string.replace(found.group(0), f"{found['indent']}from {found['module']}", 1)
    return re.sub(r"^(\s*)from\s+\.+\s*import\b", r"\1import", found.string, count=1)


CUDA = r"""\.cuda\(|['"](?:cuda|mps|xpu)(?::(?:\d+|\{[^{}\n]{0,40}\}))?['"](?!\s*if\b)|torch\.mps\.|torch\.cuda\.(?:set_device|get_device_name|synchronize|FloatTensor)"""

# The first one that fits a line decides; `whole` ones are looked for on a cell's first line only.
HABITS = (
    habit(
        r"^\s*%%(?:time|timeit|capture|prun|memit|snakeviz)\b", "imitate",
        "only measures or hides; the cell was run once, without it.",
        "は時間の計測や出力の抑制だけなので、外して 1 回だけ実行しました。",
        example="%%time", rewrite=lambda _found: "", whole=True,
    ),
    habit(
        r"^\s*%%(?:bash|sh|shell|script|html|HTML|javascript|js|latex|svg|perl|ruby|R|cython|sql|bigquery)\b", "leave_out",
        "makes the cell something other than Python; the cell was not run.",
        "で始まるセルは Python ではないので、実行していません。",
        example="%%bash", whole=True,
    ),
    habit(
        r"^\s*(?:(?:[!%]|!\s*sudo\s)\s*(?:pip3?|conda|mamba|uv|poetry|apt(?:-get)?|python3? -m (?:pip|spacy download|unidic))\b"
        r"|(?:pip3?|conda|mamba|uv pip)\s+(?:un)?install\s)", "leave_out",  # IPython runs a bare `pip install optuna` too
        "was not run: grading uses the packages that are installed here.",
        "は実行していません。採点では、ここに入っているパッケージを使います。",
        example="!pip install transformers",
    ),
    habit(
        r"^\s*!\s*(?:wget|curl|git\s+(?:clone|lfs|pull)|gdown|kaggle|aria2c|gsutil|aws|huggingface-cli|7z|unrar)\b", "leave_out",
        "was not run: nothing is downloaded while grading; the usual data files are laid out instead.",
        "は実行していません。採点中は何もダウンロードせず、よく使われるデータファイルはこちらで用意します。",
        example="!wget https://archive.ics.uci.edu/ml/machine-learning-databases/00359/NewsAggregatorDataset.zip",
    ),
    habit(
        r"^(?P<indent>\s*)!\s*unzip\b(?P<rest>[^\\]*)$", "imitate",
        "was done in Python; an archive that is not there is passed over.",
        "は Python で展開しました。アーカイブがない場合は飛ばします。",
        example="!unzip -o NewsAggregatorDataset.zip", rewrite=unzipped,
    ),
    habit(
        r"^\s*(?:[!%]\s*cd|%pushd|%popd)\b", "leave_out",
        "was not followed: all files lie in one working folder.",
        "は実行していません。ファイルはすべて 1 つの作業フォルダにあります。",
        example="%cd /content/drive/MyDrive",
    ),
    habit(
        r"^\s*!\s*(?:nvidia-smi|nvcc|nvtop|lscpu|free|df)\b", "leave_out",
        "was not run: it only looks at the machine, and grading uses the CPU.",
        "は実行していません。マシンの情報を見るだけで、採点は CPU で行います。",
        example="!nvidia-smi",
    ),
    habit(
        r"^\s*!\s*(?:kill|pkill|killall|reboot|shutdown)\b", "leave_out",
        "was not run: it would end the kernel.",
        "は実行していません。カーネルが終了してしまうためです。",
        example="!kill -9 -1",
    ),
    habit(
        r"^\s*%(?:reset|reset_selective|xdel)\b", "leave_out",
        "was not run: grading asks for what the notebook has defined.",
        "は実行していません。ノートブックが定義したものを採点で使うためです。",
        example="%reset -f",
    ),
    habit(
        r"^\s*%(?:load_ext|reload_ext|unload_ext|autoreload|tensorboard|tensorflow_version|lprun|mprun|memit|debug|pdb)\b", "leave_out",
        "was not run: this extension is not loaded while grading.",
        "は実行していません。採点中はこの拡張機能を読み込みません。",
        example="%load_ext tensorboard",
    ),
    habit(
        r"^\s*%matplotlib\s+(?:notebook|widget|ipympl|qt\d?|tk|osx|gtk\d?|wx)\b", "leave_out",
        "was not run: there is no window to draw in; figures are drawn as pictures.",
        "は実行していません。描画用の画面がないため、図は画像として描きます。",
        example="%matplotlib notebook",
    ),
    habit(
        r"^(?P<indent>\s*)%timeit\s+(?:-\w+\s+(?:\d+\s+)?)*(?P<statement>.+)$", "imitate",
        "was run once, without measuring.",
        "は計測せず、1 回だけ実行しました。",
        example="%timeit model(x)", rewrite=once,
    ),
    habit(
        r"^\s*!\s*(?:sudo\s+)?(?:rm|rmdir)\b", "leave_out",
        "was not run: nothing is deleted while grading, since nothing can be downloaded again.",
        "は実行していません。再ダウンロードできないため、採点中はファイルを削除しません。",
        example="!rm NewsAggregatorDataset.zip",
    ),
    habit(
        r"^\s*!\s*\S+", "keep",
        "is a line for the shell; it was run as it is.",
        "はシェルの命令で、そのまま実行しました。",
        example="!head -3 train.txt",
    ),
    habit(
        r"\bgoogle\.colab\b|\bdrive\.mount\(|\bfiles\.(?:upload|download)\(", "imitate",
        "is Colab's; a stand-in answered for it.",
        "は Colab の機能なので、代わりのもので実行しました。",
        example="from google.colab import drive",
    ),
    habit(
        r"^(?P<indent>\s*)from\s+(?P<module>(?:\w{1,40}\.){0,5}\w{0,40}(?:util|common|helper|preprocess|func|knock|chapter|ch_?\d|nlp|lib|\d\d)\w{0,40})"
        r"\s+import\s+(?P<imported>(?:preprocess|clean)\w{0,40})(?:\s+as\s+(?P<as>\w{1,40}))?\s*(?:#.*)?$", "imitate",
        "cleans texts in a file of yours; where that was not handed in, texts were taken as they are.",
        "は自作のファイルにある文字列の前処理です。そのファイルが提出物にない場合は、文字列をそのまま使いました。",
        example="from util import preprocess", rewrite=own_cleaner,
    ),
    habit(
        r"^(?P<indent>\s*)from\s+\.++(?P<module>\w*+)(?=[\s\w.]*import\b)", "imitate",
        "was read without the dot: the files of a submission share one room.",
        "は先頭のドットを外して読みました。答案のファイルは同じ場所で実行されます。",
        example="from .data import load", rewrite=no_dot,
    ),
    habit(
        r"\b(?:input|getpass(?:\.getpass)?)\(\s*['\")fr]", "imitate",
        "asks somebody; nobody is there while grading, so the answer is an empty line.",
        "は入力を求めますが、採点中は誰もいないので、空行を返しました。",
        example='name = input("title: ")',
    ),
    habit(
        r"^\s*(?:import|from)\s+(?:wandb|mlflow|comet_ml|neptune|tensorboardX|torch\.utils\.tensorboard)\b", "imitate",
        "records runs elsewhere; a stand-in took the calls and kept nothing.",
        "は実験記録のためのものなので、何も記録しない代わりのもので実行しました。",
        example="import wandb",
    ),
    habit(
        r"^\s*(?:import|from)\s+gensim\b",
        "imitate",
        "reads word vectors; where gensim is not installed, a stand-in that knows only KeyedVectors did.",
        "は単語ベクトルの読み込みに使います。gensim がない環境では、KeyedVectors だけの代わりのもので実行します。",
        example="from gensim.models import KeyedVectors",
    ),
    habit(
        r"^\s*(?:import|from)\s+texthero\b",
        "imitate",
        "cleans texts; where texthero is not installed, a stand-in with its usual steps did.",
        "はテキストの前処理に使います。texthero がない環境では、ふつうの手順だけの代わりのもので実行します。",
        example="import texthero as hero",
    ),
    habit(
        r"^\s*(?:import|from)\s+transformers\b",
        "imitate",
        "loads pretrained models; where transformers is not installed, a small untrained stand-in for BERT and its tokenizer did.",
        "は事前学習済みモデルの読み込みに使います。transformers がない環境では、BERT とトークナイザーの代わりになる小さな（未学習の）もので実行します。",
        example="from transformers import BertModel, BertTokenizer",
    ),
    habit(
        r"^\s*(?:import|from)\s+(?:pytorch_lightning|lightning)\b", "imitate",
        "trains modules; where it is not installed, its modules are plain ones of PyTorch, and it trains nothing.",
        "はモジュールの学習に使います。インストールされていない環境では、モジュールは PyTorch のふつうのものとして動きますが、Trainer による学習はできません。",
        example="import pytorch_lightning as pl",
    ),
    habit(
        r"^\s*(?:import|from)\s+(?:jaxtyping|torchtyping|nptyping|beartype|typeguard)\b", "imitate",
        "writes types beside the code, on which no value depends; where it is not installed, nothing was checked.",
        "は型の注釈のためのもので、値には影響しません。インストールされていない環境では、型の検査はしていません。",
        example="from jaxtyping import Float",
    ),
    habit(
        r"^\s*(?:import|from)\s+(?:tqdm\.(?:notebook|auto|autonotebook)|japanize_matplotlib)\b", "imitate",
        "is only for display; a plain stand-in was used where it needs more than is installed here.",
        "は表示のためだけのものなので、必要なら簡単な代わりのもので実行しました。",
        example="from tqdm.notebook import tqdm",
    ),
    habit(
        r"\btorch\.hub\.(?:load|download)\w*\(|\bnltk\.download\(|\bspacy\.cli\.download\(|\bgensim\.downloader\b|\bload_dataset\(", "keep",
        "fetches something from the network, which cannot be reached while grading.",
        "はネットワークから取得しますが、採点中は接続できません。",
        example="torch.hub.load('huggingface/pytorch-transformers', 'model', 'bert-base-uncased')",
    ),
    habit(
        r"""['"]/?(?:content|kaggle|mnt|users|Users|home)/|['"][A-Z]:[\\/]|\bMy ?Drive\b""", "imitate",
        "is a path on another machine; where nothing lies there, it leads to the file of that name in the working folder.",
        "は別のマシンのパスです。そこに何もなければ、作業フォルダにある同じ名前のファイルを指すものとして扱いました。",
        example='df = pd.read_csv("/content/drive/MyDrive/nlp100/newsCorpora.csv", sep="\\t")',
    ),
    habit(
        r"\btorch\.compile\b", "imitate",
        "only makes it faster; it was run without compiling.",
        "は速くするためだけのものなので、コンパイルせずに実行しました。",
        example="model = torch.compile(model)",
    ),
    habit(
        CUDA, "imitate",
        "asks for a GPU; it was run on the CPU.",
        "は GPU を使う書き方ですが、CPU で実行しました。",
        example="model.cuda()",
    ),
)  # fmt: skip
