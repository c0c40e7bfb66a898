"""A web service on this machine that answers as told, and badly when told so."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What the service was asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    at: float


@dataclass(frozen=True)
class Answer:
    """What it says. length: what Content-Length claims, None for none. sent: how many bytes come before it hangs up.

    pause: seconds before each byte of the body.
    """

    body: bytes = b"[]"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = -1
    sent: int | None = None
    pause: float = 0


Says = Callable[[Request], Answer]


def as_json(document: Any, status: int = 200, **headers: str) -> Answer:
    """A JSON document as an answer."""
    return Answer(json.dumps(document).encode(), status, {"Content-Type": "application/json", **headers})


class Service:
    """The service. asked: what it was asked, in order. Paths it was told nothing of are not there."""

    def __init__(self) -> None:
        self.asked: list[Request] = []
        self._says: dict[str, list[Answer | Says]] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                service._handle(self)

            do_POST = do_GET

            def log_message(self, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """Where it listens, on loopback."""
        return self._server.server_address[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def says(self, path: str, *answers: Answer | Says) -> None:
        """Answers to a path, one after another; the last one from then on."""
        self._says[path] = list(answers)

    def asked_for(self, path: str) -> list[Request]:
        """The requests for one path."""
        return [request for request in self.asked if request.path == path]

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        address = urlsplit(handler.path)
        content = handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode()
        request = Request(
            handler.command,
            address.path,
            dict(parse_qsl(address.query)),
            {name.lower(): value for name, value in handler.headers.items()},
            dict(parse_qsl(content)),
            time.monotonic(),
        )
        self.asked.append(request)
        said = self._says.get(address.path, [Answer(b"nothing here", 404)])
        told = said.pop(0) if len(said) > 1 else said[0]
        _send(handler, told(request) if callable(told) else told)


def _send(handler: BaseHTTPRequestHandler, answer: Answer) -> None:
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if answer.length is not None:
        handler.send_header("Content-Length", str(len(answer.body) if answer.length < 0 else answer.length))
    whole = answer.length == -1 and answer.sent is None
    if not whole:
        handler.send_header("Connection", "close")
    handler.end_headers()
    try:
        for piece in [answer.body[i : i + 1] for i in range(len(answer.body))] if answer.pause else [answer.body]:
            time.sleep(answer.pause)
            handler.wfile.write(piece[: answer.sent])
    except OSError:
        pass
    handler.close_connection = not whole
