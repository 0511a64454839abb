"""Files that are fetched or converted once: where they are kept, and how they get there whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import DataError

_STEP = 0.05


def cache_folder() -> Path:
    """The user's cache folder for this project, made if need be.

    This is the one place of `grader.data` where the environment has a say: platformdirs follows XDG_CACHE_HOME on
    Linux and its counterparts elsewhere. Deleting the folder is always safe.
    """
    from platformdirs import user_cache_path

    folder = user_cache_path("notebook-grader", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(
            f"The cache folder {folder} cannot be made ({error.strerror}): make room or allow it.",
            ja=f"キャッシュ用のフォルダ {folder} を作れません（{error.strerror}）。空きを作るか、書き込みを許可してください。",
        ) from error
    return folder


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A path to write to; it takes the place of `target` only when the block ends without an error."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def fetch(url: str, name: str, known_hash: str | None, inspect: Callable[[Path], object] | None = None) -> Path:
    """The file behind `url`, downloaded to the cache as `name` unless it is there already.

    known_hash: "md5:..." or "sha256:...", or None where nobody publishes one. inspect: called with the complete
    download before it takes its place; what it raises as DataError rejects the download. Nothing half written is
    ever left behind. Raises DataError when the download fails, breaks off or has the wrong checksum.
    """
    target = cache_folder() / name
    if target.exists():
        return target
    with whole_file(target) as draft:
        _download(url, draft, known_hash)
        if inspect is not None:
            _inspect(draft, inspect, url)
    return target


def _inspect(draft: Path, inspect: Callable[[Path], object], url: str) -> None:
    try:
        inspect(draft)
    except DataError as error:
        said = str(error).replace(str(draft), "the download")
        told = error.in_("ja").replace(str(draft), "ダウンロードしたファイル")
        raise DataError(
            f"What {url} sent cannot be used, nothing was kept: {said}",
            ja=f"{url} から届いたものは使えないため、保存しませんでした: {told}",
        ) from error


def _download(url: str, draft: Path, known_hash: str | None) -> None:
    try:
        import pooch
        import requests
    except ImportError as error:
        raise DataError(
            "Downloads need the package pooch: pip install 'notebook-grader[download]'.",
            ja="ダウンロードにはパッケージ pooch が必要です。pip install 'notebook-grader[download]' で入れてください。",
        ) from error
    progress = DownloadProgress(url.rsplit("/", 1)[-1])
    downloader = pooch.HTTPDownloader(progressbar=progress, timeout=30)
    try:
        downloader(url, str(draft), None)
    except (requests.RequestException, OSError, ValueError) as error:
        raise DataError(
            f"The download of {url} broke off ({type(error).__name__}); nothing was kept: "
            "try again, or fetch it with a browser and name the file.",
            ja=f"{url} のダウンロードが途中で切れたため、保存しませんでした（{type(error).__name__}）。もう一度試すか、ブラウザで"
            "取得してファイルを指定してください。",
        ) from error
    if known_hash and not pooch.hashes.hash_matches(str(draft), known_hash):
        raise DataError(
            f"What {url} sent has another checksum than {known_hash}; nothing was kept: "
            "try again, or fetch the file elsewhere and name it.",
            ja=f"{url} から届いたもののチェックサムが {known_hash} と違うため、保存しませんでした。もう一度試すか、別の場所から取得して"
            "ファイルを指定してください。",
        )


class DownloadProgress:
    """How much has arrived, on one line of the standard error stream; the protocol is pooch's."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.total = 0
        self._seen = 0
        self._shown = -1.0

    def update(self, amount: int) -> None:
        """`amount` more bytes have arrived."""
        self._seen += amount
        share = min(1.0, self._seen / self.total) if self.total else 0.0
        if share - self._shown >= _STEP or (share == 1.0 and self._shown < 1.0):
            self._shown = share
            sys.stderr.write(f"\r{self.label}: {share:4.0%} of {self.total / 1e6:.1f} MB")
            sys.stderr.flush()

    def reset(self) -> None:
        """Begin again from nothing, as pooch does before it reports the end."""
        self._seen = 0

    def close(self) -> None:
        """End the line."""
        sys.stderr.write("\n")
