"""A vocabulary made straight from the file of the training titles: `word2id = make_dict("train.txt")`, or a loop over its lines.

The statements that lead to it are run again, with the judge's titles in that file. It is taken only where the words of those
titles come out.
"""

from __future__ import annotations

from dataclasses import replace

from grader.matching.adapters.top_level import TopLevelSlice
from grader.matching.match import Argument, Match, plain
from grader.matching.payloads.title_files import run_on_file
from grader.model import Text
from grader.sandbox.guest.codec import RemoteExpr
from grader.sandbox.payload import remote

NOTE = Text(
    en="{wanted} is made of the file of the training titles: the statements that make `{result}` were run again, with other "
    "titles in that file",
    ja="{wanted} は学習データのファイルから作られています。ファイルの題名を差し替え、`{result}` を作る文をそのまま実行し直しました",
)


def of_the_file(base: Match, found: TopLevelSlice) -> Match:
    """The statements as the function that the contract asks for."""
    note = Text(**{k: getattr(NOTE, k).format(wanted=base.wanted, result=found.result) for k in ("en", "ja")})
    return replace(
        base,
        own=base.wanted,
        target=remote(run_on_file, RemoteExpr(name="globals()"), found.source, found.result),
        arguments=(Argument("titles", ("titles",), plain("titles")),),
        notes=(note,),
        lifted=True,
    )
