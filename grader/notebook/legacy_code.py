"""Code of another year: what libraries took away since, packages that are not here, and characters Python does not know.

How a cell ended (its error) or what it says (its code) tells; the remark says what it is and gives the one line that
mends it. It costs nothing: the exercise is judged from its definitions. docs/understands.md is made from this table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from grader.model import Ending, Run, Submission, Text


@dataclass(frozen=True, slots=True)
class Trace:
    """A pattern `in_` the error or the code of a cell, and the remark; `{0}` in it is the pattern's first group.

    shown: for the docs. example: text that the pattern finds, for the tests.
    """

    in_: Literal["error", "code"]
    pattern: re.Pattern[str]
    remark: Text
    example: str


def trace(in_: Literal["error", "code"], pattern: str, en: str, ja: str, example: str) -> Trace:
    return Trace(in_, re.compile(pattern), Text(en=en, ja=ja), example)


TRACES = (
    # characters
    trace("error", r"U\+3000", "A full-width space stands in the code; replace it by an ordinary one.",
          "コードに全角スペースが入っています。半角に直しましょう。", "SyntaxError: invalid non-printable character U+3000"),
    trace("error", r"U\+20(?:18|19|1C|1D)", "Curly quotes stand in the code; type ' or \" instead.",
          "引用符が曲がった引用符（‘ ’ “ ”）になっています。' か \" に直しましょう。", "SyntaxError: invalid character '“' (U+201C)"),
    trace("error", r"U\+(FF\w\w|00A0|200B|FEFF|2212|2013|2014)", "A character that only looks like ASCII (U+{0}) stands in the code; type it anew.",
          "見た目だけ半角に似た文字（U+{0}）がコードに入っています。半角で打ち直しましょう。", "SyntaxError: invalid character '（' (U+FF08)"),
    # packages
    trace("error", r"No module named '(torchtext|pytorch_lightning|lightning|torchvision|gensim|optuna|wandb|mlflow|transformers|datasets|pandas|sklearn|seaborn|nltk|spacy|MeCab|janome|sentencepiece|tqdm|matplotlib|joblib|scipy|ipywidgets)(?:[.'])",
          "The package {0} is not installed where this was graded; what needs it did not run, the rest was judged from its definitions.",
          "採点環境に {0} が入っていません。これを使う行は実行できないので、残りを定義から採点しました。", "ModuleNotFoundError: No module named 'optuna'"),
    trace("error", r"No module named '([\w.]+)'", "There is no module {0}: neither a package that is installed here nor a file that was handed in.",
          "モジュール {0} がありません（インストールされておらず、提出物にもありません）。", "ModuleNotFoundError: No module named 'my_utils'"),
    # transformers
    trace("code", r"^[ \t]*from transformers[.\w]{0,30} import [^\n]{0,200}\bAdamW\b|\btransformers\.(?:optimization\.)?AdamW\b", "AdamW has left transformers: from torch.optim import AdamW.",
          "AdamW は transformers から削除されました。from torch.optim import AdamW としましょう。", "from transformers import BertModel, AdamW"),
    trace("error", r"pad_to_max_length", "pad_to_max_length is gone: padding='max_length', truncation=True.",
          "pad_to_max_length は廃止されました。padding='max_length', truncation=True としましょう。", "TypeError: got an unexpected keyword argument 'pad_to_max_length'"),
    trace("code", r"pad_to_max_length\s*=\s*True", "pad_to_max_length is out of date: padding='max_length', truncation=True.",
          "pad_to_max_length は古い書き方です。padding='max_length', truncation=True としましょう。", "tokenizer.encode_plus(t, pad_to_max_length=True)"),
    trace("code", r"\.((?:batch_)?encode_plus)\(", "{0} is gone from tokenizers: call the tokenizer itself, tokenizer(text, ...).",
          "{0} はなくなりました。tokenizer(text, ...) のように直接呼びましょう。", "inputs = tokenizer.encode_plus(text, max_length=64)"),
    trace("error", r"has no attribute '(prepare_for_model)'", "{0} is gone from tokenizers: call the tokenizer itself, tokenizer(text, ...).",
          "{0} はなくなりました。tokenizer(text, ...) のように直接呼びましょう。", "AttributeError: BertTokenizer has no attribute 'prepare_for_model'"),
    trace("code", r"^[ \t]*_[ \t]*,\s*\w+\s*=\s*self\.\w{0,40}bert\w{0,40}\((?![^\n]*return_dict\s*=\s*False)", "`_, out = bert(...)` unpacks the names of a ModelOutput since transformers 4: out = bert(...).pooler_output, or return_dict=False.",
          "`_, out = bert(...)` は transformers 4 以降では ModelOutput のキー名になります。bert(...).pooler_output とするか、return_dict=False を付けましょう。", "    _, out = self.bert(ids, attention_mask=mask)"),
    trace("error", r"(?:huggingface\.co|Can't load (?:the )?(?:tokenizer|model|configuration)|couldn't connect|LocalEntryNotFound|offline mode|not a local folder)",
          "A pretrained model was to be fetched from the network, which cannot be reached while grading; what follows was judged from its definitions.",
          "事前学習済みモデルの取得にはネットワークが必要ですが、採点中は接続できません。以降は定義から採点しました。", "OSError: We couldn't connect to 'https://huggingface.co' to load the files"),
    # torch
    trace("error", r"torchtext\.(?:legacy|data)|cannot import name '(?:Field|BucketIterator|TabularDataset)'|module 'torchtext", "torchtext's Field and BucketIterator are gone: read the file with csv or pandas, make batches with DataLoader(collate_fn=...).",
          "torchtext の Field や BucketIterator は廃止されました。csv や pandas で読み、DataLoader(collate_fn=...) でバッチを作りましょう。", "ImportError: cannot import name 'Field' from 'torchtext.data'"),
    trace("error", r"[Ww]eights_only|Weights only load failed", "torch.load reads only weights by default since 2.6: torch.load(path, weights_only=False) for your own files.",
          "torch.load は 2.6 から重みだけを読みます。自分のファイルなら weights_only=False を付けましょう。", "UnpicklingError: Weights only load failed"),
    trace("error", r"'lengths' argument should be a 1D CPU int64 tensor, but got \d+D (?!cpu)", "pack_padded_sequence wants the lengths on the CPU: lengths.cpu().",
          "pack_padded_sequence の lengths は CPU 上に置きます: lengths.cpu()", "RuntimeError: 'lengths' argument should be a 1D CPU int64 tensor, but got 1D cuda:0 Long tensor"),
    trace("error", r"unexpected keyword argument 'verbose'", "Learning-rate schedulers have no `verbose` any more: leave it out.",
          "学習率スケジューラの verbose は廃止されました。外しましょう。", "TypeError: ReduceLROnPlateau.__init__() got an unexpected keyword argument 'verbose'"),
    trace("error", r"invalid index of a 0-dim tensor", "loss.data[0] is gone: loss.item().", "loss.data[0] は使えません。loss.item() としましょう。", "IndexError: invalid index of a 0-dim tensor"),
    trace("code", r"\)\.next\(\)|\b(?:it|iterator|\w*iter|\w*loader)\.next\(\)", "Iterators have no .next() any more: next(iterator).",
          "イテレータの .next() はなくなりました。next(iterator) としましょう。", "batch = iter(loader).next()"),
    trace("error", r"has no attribute 'next'|object has no attribute 'next'", "Iterators have no .next() any more: next(iterator).",
          "イテレータの .next() はなくなりました。next(iterator) としましょう。", "AttributeError: '_SingleProcessDataLoaderIter' object has no attribute 'next'"),
    # pandas, numpy, sklearn, gensim
    trace("error", r"'(?:DataFrame|Series)' object has no attribute 'append'", "DataFrame.append is gone since pandas 2: pd.concat([a, b]).",
          "DataFrame.append は pandas 2 で削除されました。pd.concat([a, b]) としましょう。", "AttributeError: 'DataFrame' object has no attribute 'append'"),
    trace("error", r"object has no attribute '(ix|as_matrix|iteritems|get_value)'", "pandas has no .{0} any more: .loc / .iloc, .to_numpy(), .items(), .at.",
          "pandas の .{0} は削除されました。.loc / .iloc、.to_numpy()、.items()、.at を使いましょう。", "AttributeError: 'DataFrame' object has no attribute 'ix'"),
    trace("error", r"unexpected keyword argument '(error_bad_lines|warn_bad_lines|squeeze)'", "read_csv has no {0} any more: on_bad_lines='skip'.",
          "read_csv の {0} は削除されました。on_bad_lines='skip' としましょう。", "TypeError: read_csv() got an unexpected keyword argument 'error_bad_lines'"),
    trace("code", r"\bnp\.(float|int|bool|object|str|complex)\b(?![\d_])", "np.{0} is gone since numpy 1.24: write {0}, or np.{0}64 for numbers.",
          "np.{0} は numpy 1.24 で削除されました。{0}（数値なら np.{0}64）と書きましょう。", "x = np.array([1], dtype=np.float)"),
    trace("error", r"module 'numpy' has no attribute '(float|int|bool|object|str|complex|unicode|float_)'", "np.{0} is gone since numpy 1.24: write {0}, or np.{0}64 for numbers.",
          "np.{0} は numpy 1.24 で削除されました。{0}（数値なら np.{0}64）と書きましょう。", "AttributeError: module 'numpy' has no attribute 'float'"),
    trace("code", r"\.get_feature_names\(\)", "get_feature_names is gone from scikit-learn: get_feature_names_out().",
          "get_feature_names は scikit-learn から削除されました。get_feature_names_out() としましょう。", "words = vectorizer.get_feature_names()"),
    trace("error", r"has no attribute 'get_feature_names'", "get_feature_names is gone from scikit-learn: get_feature_names_out().",
          "get_feature_names は scikit-learn から削除されました。get_feature_names_out() としましょう。", "AttributeError: 'TfidfVectorizer' object has no attribute 'get_feature_names'"),
    trace("error", r"unexpected keyword argument 'sparse'|unexpected keyword argument 'multi_class'", "scikit-learn dropped this argument: sparse_output= for OneHotEncoder, leave multi_class out.",
          "scikit-learn からこの引数は削除されました。OneHotEncoder は sparse_output= とし、multi_class は外しましょう。", "TypeError: LogisticRegression.__init__() got an unexpected keyword argument 'multi_class'"),
    trace("error", r"(?:vocab|index2word|wv\.syn0|index2entity) attribute was removed|object has no attribute '(?:index2word|syn0|vocab)'", "gensim 4 renamed it: model.key_to_index, model.index_to_key, model.vectors.",
          "gensim 4 で名前が変わりました。model.key_to_index、model.index_to_key、model.vectors を使いましょう。", "AttributeError: The vocab attribute was removed from KeyedVector in Gensim 4.0.0"),
    trace("error", r"NLTK Downloader|Resource \S{0,40}?(?:punkt|stopwords|wordnet|averaged_perceptron_tagger)\S{0,40} not found|Can't find model '\w+'", "The data of a language package (nltk, spacy) are not installed where this was graded; what needs them did not run.",
          "言語処理パッケージ（nltk・spacy）のデータが採点環境に入っていません。これを使う行は実行できませんでした。", "LookupError: Resource punkt not found. Please use the NLTK Downloader"),
    trace("error", r"cannot import name '(\w+)' from '[\w.]+' \((?:[^()\n]{0,200}(?:site-packages|dist-packages|/lib/python)|unknown location)",
          "{0} is not in the package any more that is installed where this was graded; what needs it did not run.",
          "採点環境のパッケージには {0} がありません（廃止された可能性があります）。これを使う行は実行できませんでした。",
          "ImportError: cannot import name 'set_matplotlib_formats' from 'IPython.display' (/usr/lib/python3/site-packages/IPython/display.py)"),
    trace("error", r"(gensim|spacy) is not installed here, and its stand-in", "The package {0} is not installed where this was graded; what needs it did not run, the rest was judged from its definitions.",
          "採点環境に {0} が入っていません。これを使う行は実行できないので、残りを定義から採点しました。", "AttributeError: gensim is not installed here, and its stand-in lacks: KeyedVectors.load"),
    # files
    trace("error", r"No such file or directory: '([^']{1,120})'", "The file {0} was not handed in, and is none of the usual ones that are laid out here.",
          "ファイル {0} が提出物になく、こちらで用意しているデータでもありません。", "FileNotFoundError: [Errno 2] No such file or directory: 'my_data.csv'"),
    trace("error", r"^(?:FileNotFoundError|NotADirectoryError|OSError): ([^\s'\"]{1,120}) (?:not found|does not exist)",
          "The file {0} was not handed in, and is none of the usual ones that are laid out here.",
          "ファイル {0} が提出物になく、こちらで用意しているデータでもありません。", "FileNotFoundError: ../data/Y_train.txt not found."),
    trace("error", r"^(?:FileNotFoundError|NotADirectoryError)", "A file was not handed in, and is none of the usual ones that are laid out here.",
          "必要なファイルが提出物になく、こちらで用意しているデータでもありません。", "FileNotFoundError: no such folder"),
    trace("error", r"(?:URLError|ConnectionError|Name or service not known|Temporary failure in name resolution|Max retries exceeded|Network is unreachable)",
          "The cell wanted the network, which cannot be reached while grading.", "このセルはネットワークを使いますが、採点中は接続できません。", "URLError: <urlopen error [Errno -3] Temporary failure in name resolution>"),
    trace("error", r"requires the (?:PIL|IPython|ipywidgets)|IProgress not found", "A widget was wanted; there is no browser while grading.",
          "ウィジェットの表示が必要ですが、採点中はブラウザがありません。", "ImportError: IProgress not found"),
)  # fmt: skip
TROUBLED = (Ending.RAISED, Ending.UNPARSED)


def environment_remarks(submission: Submission, run: Run) -> tuple[Text, ...]:
    """One remark for each trace that was met, with the cells it was met in."""
    found: dict[Text, list[int]] = {}
    sources = {cell.index: cell.source for cell in submission.cells if cell.kind == "code"}
    for cell in run.cells:
        if cell.ending in TROUBLED:
            remark = remark_on(cell.error, "error")
            if remark:
                found.setdefault(remark, []).append(cell.index + 1)
    for index, source in sources.items():
        remark = remark_on(source, "code")
        if remark:
            found.setdefault(remark, []).append(index + 1)
    return tuple(in_cells(remark, numbers) for remark, numbers in found.items())


def remark_on(text: str, in_: Literal["error", "code"]) -> Text | None:
    for known in TRACES:
        match = re.search(known.pattern.pattern, text, re.MULTILINE) if known.in_ == in_ else None
        if match:
            group = (match.groups() or ("",))[0] or ""
            return Text(en=known.remark.en.replace("{0}", group), ja=known.remark.ja.replace("{0}", group))
    return None


def in_cells(remark: Text, numbers: list[int]) -> Text:
    cells = ", ".join(map(str, dict.fromkeys(numbers)))
    plural = "s" if len(set(numbers)) > 1 else ""
    return Text(en=f"Cell{plural} {cells}: {remark.en}", ja=f"{cells} 番目のセル: {remark.ja}")
