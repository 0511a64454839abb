"""Serve the review on this machine, until it is stopped."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Sequence

import uvicorn

from grader.errors import UsageError
from grader.server.app import Review
from grader.server.guard import Guard

LOOPBACK = "127.0.0.1"
AT_ONCE = 64  # connections


def serve(review: Review, reviewers: Sequence[str], port: int, announce: Callable[[str, str], None]) -> None:
    """Returns when it is stopped. announce: told each reviewer and their address, once the page answers there.

    port: 0 for any. Raises UsageError for a port that is taken.
    """
    with listening(port) as place:
        port = place.getsockname()[1]
        keys = {secrets.token_urlsafe(24): by for by in reviewers}
        server = uvicorn.Server(configured(Guard(review.app(), keys, port)))
        for key, by in keys.items():
            announce(by, f"http://{LOOPBACK}:{port}/{key}/")
        server.run(sockets=[place])


def configured(app: Guard) -> uvicorn.Config:
    """No log of addresses, which hold the secret, and no trust in headers about who is asking."""
    return uvicorn.Config(
        app, http="h11", ws="none", loop="asyncio", lifespan="off", log_config=None, access_log=False,
        proxy_headers=False, server_header=False, limit_concurrency=AT_ONCE, timeout_graceful_shutdown=2,
    )  # fmt: skip


def listening(port: int) -> socket.socket:
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a server that just ended still holds its port a while
    try:
        place.bind((LOOPBACK, port))
        place.listen(AT_ONCE)
    except OSError as error:
        place.close()
        raise UsageError(
            f"Port {port} cannot be used: {error.strerror}. Leave --port out to take any that is free.",
            ja=f"ポート {port} は使えません（{error.strerror}）。--port を省略すると空いているものを使います。",
        ) from error
    return place
