"""What an answer looks like: which exercise a cell answers where no heading says so, and which lesson a notebook is.

A sign is a pattern of code. It says which exercise somebody was working on, never how well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.model import Cell, Lesson, Text


@dataclass(frozen=True, slots=True)
class Sign:
    """Code that answers `exercise`. after: only once this other exercise has been met."""

    exercise: str
    pattern: re.Pattern[str]
    shown: Text
    after: str = ""


def sign(exercise: str, pattern: str, en: str, ja: str, after: str = "") -> Sign:
    bounded = pattern.replace(r"\w*", r"\w{0,60}")  # `class CNNCNNCNN...`: a name may be as long as the file
    return Sign(exercise, re.compile(bounded, re.MULTILINE), Text(en=en, ja=ja), after)


# The head of the first class of modules, and whatever follows it. (?>...): where nothing follows the first one, nothing
# follows any, so no other is tried.
MODULE = r"\A(?>[\s\S]*?^class\s+\w+\s*\([^)]{0,300}Module\w*\))[\s\S]*?"
# In this order: the first that fits is taken.
SIGNS = (
    sign("knock89", MODULE + r"(?:BertModel\b|AutoModel)|^class\s+\w*(?:Bert|BERT)\w*\(", "a class around BERT", "BERT を使うクラス"),
    sign("knock88", r"\boptuna\b|^def\s+(?:objective|tune)\b|ParameterGrid", "a search over settings", "ハイパーパラメータの探索"),
    sign("knock86", MODULE + r"Conv[12]d\s*\(|^class\s+\w*CNN\w*\(", "a class with a convolution", "畳み込みのあるクラス"),
    sign("knock85", MODULE + r"bidirectional\s*=\s*True|^class\s+\w*Bi\w*(?:RNN|LSTM|GRU)\w*\(", "a class with a bidirectional RNN", "双方向 RNN のクラス"),
    sign("knock81", MODULE + r"\b(?:RNN|LSTM|GRU)(?:Cell)?\s*\(|^class\s+\w*(?:RNN|LSTM|GRU)\w*\(", "a class with an RNN", "RNN のクラス"),
    sign("knock84", r"KeyedVectors|load_word2vec_format|GoogleNews|^def\s+init_embedding\b", "word vectors from a file", "単語ベクトルの読み込み"),
    sign("knock87", r"^def\s+(?:train|fit)\w*|\.backward\(", "training, after the CNN", "CNN の後の学習", after="knock86"),
    sign("knock83", r"^def\s+\w*collate\w*|\bpad_sequence\b", "batches that are padded", "パディングしたミニバッチ"),
    sign("knock82", r"^def\s+(?:train|fit)\w*|\.backward\(", "training", "学習", after="knock81"),
    sign("knock80", r"^def\s+\w*(?:to_?ids?|2ids?|build_vocab|make_vocab|tokenizer)\w*|\bword_?(?:2|to)_?id\w*\s*=", "a dictionary from words to ids", "単語から ID への辞書"),
    sign("attn_decoder", r"^class\s+\w*Att\w*Decoder\w*\(|^class\s+\w*Decoder\w*Att\w*\(", "a decoder with attention", "Attention 付きデコーダーのクラス"),
    sign("seq2seq", r"^class\s+(?:Encoder(?:RNN|LSTM|GRU)|Decoder(?:RNN|LSTM|GRU)|Seq2Seq)\w*\(", "an encoder or decoder RNN", "RNN のエンコーダー・デコーダー"),
    sign("additive_attention", r"^class\s+\w*(?:Additive|Bahdanau|Concat)\w*\(", "an additive attention", "加法型 Attention のクラス"),
    sign("dot_attention", r"^def\s+\w*dot_product\w*|^class\s+\w*DotProduct\w*\(", "a dot-product attention", "内積型 Attention"),
    sign("translation", r"^def\s+(?:translate|beam_search)\w*|\bsacrebleu\b|\b(?:corpus|sentence)_bleu\b", "translating", "翻訳"),
    sign("positional_encoding", r"^(?:class|def)\s+_?[Pp]osition\w*_?[Ee](?:ncod|mbed)\w*", "a positional encoding", "位置エンコーディング"),
    sign("causal_mask", r"^(?:    )?def\s+\w*(?:causal|subsequent|look_?ahead)\w*mask\w*", "a mask of the future", "未来を隠すマスク"),
    sign("multi_head", r"^class\s+(?:Multi_?Head\w*|MHA)\b", "multi-head attention", "マルチヘッド Attention のクラス"),
    sign("encoder_block", r"^class\s+(?:Transformer)?(?:Encoder)?(?:Block|Layer)\b|^class\s+(?:LayerNorm|FeedForward)\w*\(", "a block of the Transformer", "Transformer のブロック"),
    sign("transformer", r"^class\s+(?:\w*Transformer\w*|\w*GPT\w*)\(", "a Transformer", "Transformer のクラス"),
    sign("lm_training", r"^def\s+(?:get_batch|perplexity|evaluate)\b", "batches of a text, perplexity", "言語モデルの学習"),
    sign("generate", r"^def\s+(?:generate(?!\w*mask)|sample)\w*\b", "generating text", "文章の生成"),
    sign("mask_tokens", r"^def\s+\w*mask_?(?:tokens|inputs|words)\w*", "masking of tokens", "トークンのマスク"),
    sign("masked_lm", r"^class\s+\w*(?:MaskedLM|MLM|MaskedLanguage\w*)\w*\(", "a masked language model", "マスク言語モデルのクラス"),
    sign("heads", r"^class\s+\w*(?:QuestionAnswering|SpanHead|Tagging|TokenClassif|SequenceClassif)\w*\(", "a head for BERT", "BERT の出力層"),
    sign("fine_tuning", r"^def\s+fine_?tun\w*", "fine-tuning", "ファインチューニング"),
    sign("encoder_decoder", r"^class\s+(?:EncoderDecoder|Seq2SeqTransformer)\w*\(", "encoder and decoder together", "エンコーダー・デコーダー"),
)  # fmt: skip

# What is only met in one lesson. Each pattern counts once.
CUES: dict[str, tuple[str, ...]] = {
    "knock80_89": (r"newsCorpora", r"Huffington Post", r"\A(?>[\s\S]*?\btrain\.txt\b)[\s\S]*CATEGORY", r"GoogleNews", r"(?i)knock_?8\d|言語処理\s*100\s*本", r"^class\s+(?:\w*Bi)?(?:RNN|CNN)\(",
                   r"kernel_heights", r"\bword2id\b|\bword_to_id\b", r"category_dict|\bCATEGORY\b", r"^class\s+BERTClass\b"),
    "attention_translation": (r"AttnDecoder", r"EncoderRNN|DecoderRNN|class\s+Seq2Seq", r"teacher_forcing", r"\bSOS_token\b|\bEOS_token\b", r"jpn\.txt|eng-jpn|eng-fra",
                              r"input_lang|output_lang", r"AdditiveAttention|Bahdanau", r"decoder_hidden"),
    "transformer_lm": (r"PositionalEncoding|positional_encoding", r"generate_square_subsequent_mask|causal_mask", r"TransformerModel|TransformerLM|TransformerEncoder\b", r"\bbptt\b",
                       r"(?i)wikitext", r"perplexity|\bppl\b", r"batchify|get_batch", r"class\s+Multi_?Head", r"class\s+GPT"),
    "bert": (r"mask_tokens", r"\[MASK\]", r"ForMaskedLM|MaskedLM\b", r"DataCollatorForLanguageModeling", r"SpanHead|QuestionAnswering", r"next_sentence"),
    "quiz": (r"^ANSWERS\b",),
}  # fmt: skip


def recognised(cell: Cell, lessons: Iterable[Lesson], met: Sequence[str]) -> str | None:
    """The exercise this code cell answers, to judge by what it defines; `met` are the exercises before it.

    An exercise begins once: what looks like it again (another `class RNN` for a later problem) goes on with the section
    it stands in.
    """
    known = {exercise.id for lesson in lessons for exercise in lesson.exercises}
    code = without_comments(cell.source)
    for found in SIGNS:
        if found.exercise not in known or (found.after and found.after not in met):
            continue
        if found.pattern.search(code):
            return None if found.exercise in met else found.exercise
    return None


def lesson_of_contents(cells: Iterable[Cell]) -> str | None:
    """The lesson whose cues a notebook is full of, or None where that is not clear."""
    text = "\n".join(cell.source for cell in cells if cell.kind != "raw")
    counts = dict(counted(text))
    first, second = sorted(counts.values(), reverse=True)[:2]
    best = max(counts, key=lambda name: counts[name])
    return best if first and first > second else None


def counted(text: str) -> Iterator[tuple[str, int]]:
    for lesson, cues in CUES.items():
        yield lesson, sum(bool(re.search(cue, text, re.MULTILINE)) for cue in cues)


def without_comments(source: str) -> str:
    """Lines that only say something. A `#` behind code stays: the code before it counts."""
    return "\n".join(line for line in source.split("\n") if not line.lstrip().startswith("#"))
