"""Who may speak to the page: only a browser on this machine that was given the address, and only from the page itself.

Theory of operation. The address holds a secret, one for each reviewer, as the first part of its path; everything else is 404. So
no cookie is needed (cookies of 127.0.0.1 are sent to every port), a page of somebody else cannot name an address to send a form to,
and who gave a mark is known by the address that was used. A name that was made to point to 127.0.0.1 (DNS rebinding) is
refused by the `Host` header, a page of another origin by `Origin` and `Sec-Fetch-Site`. Nothing is cached, framed or referred to.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 1 << 18  # of what a browser sends
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
    " form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Stands before the application. keys: the secret -> the reviewer who has it. port: where the page is."""

    def __init__(self, app: ASGIApp, keys: Mapping[str, str], port: int) -> None:
        self.app = app
        self.keys = keys
        self.hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no websockets here
        headers = Headers(scope=scope)
        refused = self.refusal(scope, headers)
        if refused is not None:
            await PlainTextResponse(refused[1], refused[0])(scope, receive, hardened(send))
            return
        key, _, rest = scope["path"][1:].partition("/")
        told: dict[str, Any] = {"by": self.reviewer(key) or "", "base": f"/{key}"}
        inner = {**scope, "path": f"/{rest}", "raw_path": None, "root_path": "", "state": told}
        await self.app(inner, receive, hardened(send))

    def refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Why this is not answered: a status and a word. None where it is."""
        if len(headers.getlist("host")) != 1 or headers["host"] not in self.hosts:
            return 421, "not this host"
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "same-origin")
        if origin not in (None, f"http://{headers['host']}") or site not in ("same-origin", "none"):
            return 403, "not from here"
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "not this method"
        if self.reviewer(scope["path"][1:].partition("/")[0]) is None:
            return 404, "not found"
        if scope["method"] == "POST":
            return unfit(headers)
        return None

    def reviewer(self, key: str) -> str | None:
        """Whose secret it is. All are compared, each in a time that does not depend on where they differ."""
        given = key.encode("utf-8", "replace")
        found = [by for known, by in self.keys.items() if hmac.compare_digest(known.encode(), given)]
        return found[0] if found else None


def unfit(headers: Headers) -> tuple[int, str] | None:
    """Why a body is not read."""
    if "origin" not in headers:
        return 403, "not from here"
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        return 415, "JSON only"
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        return 411, "how long?"
    return (413, "too long") if int(length[:20]) > MOST_BYTES else None


def hardened(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return sent
