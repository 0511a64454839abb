"""Requests to an LMS. The token goes to that one place only: no redirect is followed, and nothing but HTTPS, or this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from grader.errors import DataError, UsageError
from grader.model.printable import one_line

TRIES, PAUSE, PATIENCE = 4, 1.0, 30.0
AGAIN = (429, 500, 502, 503, 504)
MOST_BYTES = 32 << 20


@contextmanager
def understood(web: Web) -> Iterator[None]:
    """Raises DataError where the LMS answers with something else than its API documents say."""
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise web.failed(
            f"not what its API documents say ({type(error).__name__}: {one_line(str(error))[:100]})"
        ) from error


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class Web:
    """base: where the LMS is, without a slash at the end. pause: waits between two tries."""

    base: str
    headers: Mapping[str, str]
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise UsageError(
                f"{self.base} does not begin with https://, and the token would be seen on the way.",
                ja=f"{self.base} は https:// で始まらないため、トークンが途中で読まれるおそれがあります。",
            )

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[Any, Message]:
        """The JSON of the answer, and its headers. Every request sets absolute values, so it can be made again.

        path: below the base, or a whole address there. Raises DataError with a sentence.
        """
        whole = path == self.base or path.startswith((f"{self.base}/", f"{self.base}?"))
        address = path if whole else f"{self.base}/{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(address, body, {**self.headers, **named}, method=method)
        for left in range(TRIES - 1, -1, -1):
            try:
                with build_opener(NoRedirects).open(request, timeout=PATIENCE) as answer:
                    content = answer.read(MOST_BYTES)
                    return (json.loads(content) if content.strip() else None), answer.headers
            except HTTPError as error:
                error.close()
                if error.code not in AGAIN or not left:
                    raise self.failed(f"{error.code} {one_line(error.reason or '')}") from error
            except (URLError, TimeoutError, HTTPException) as error:
                if not left:
                    raise self.unreached(error) from error
            except ValueError as error:
                raise self.failed("the answer is no JSON") from error
            self.pause(PAUSE * 2 ** (TRIES - 1 - left))
        raise AssertionError("the last try returns or raises")

    def unreached(self, error: Exception) -> DataError:
        cause = error.reason if isinstance(error, URLError) else error
        why = one_line(str((cause.strerror if isinstance(cause, OSError) else "") or cause) or type(error).__name__)
        return DataError(
            f"{self.base} cannot be reached: {why}. What was pushed before stays; run the same again.",
            ja=f"{self.base} に接続できません: {why}。送信済みの分はそのままです。同じコマンドをもう一度実行してください。",
        )

    def failed(self, why: str) -> DataError:
        return DataError(
            f"{self.base} answered: {why}. What was pushed before stays; run the same again.",
            ja=f"{self.base} の応答: {why}。送信済みの分はそのままです。同じコマンドをもう一度実行してください。",
        )
