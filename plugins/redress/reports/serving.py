"""The site behind a log-in: a web application that shows its pages, and accepts warnings for those who may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from redress.paths import Home
from redress.reports.asking import (
    Accepting,
    Act,
    Asked,
    Refusal,
    Withdrawing,
    accepted,
    body_of,
    check_sender,
    check_token,
    done,
    withdrawn,
)

if TYPE_CHECKING:
    from fastapi import FastAPI, Request, Response

TOKEN_HEADER = "X-Redress-Token"
TOKEN_SECONDS = 8 * 60 * 60
"""A working day: a page left open over night asks to be loaded again."""

MOST_WAITING = 4
"""How many acceptances may wait for a lock at once; the next ones wait for these, and hold up nothing else."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    # The pages say more of themselves; this holds for whatever lies beside them too.
    "Content-Security-Policy": (
        "default-src 'self' 'unsafe-inline' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
}

NO_SITE = (
    "The pages have not been built yet. They are built each night after the load; "
    "to have them now, run `redress reports` where Redress is installed."
)

Right = Literal["read", "accept"]


@dataclass(frozen=True)
class Visitor:
    """Who is logged in: an id no other user has, the name a record gets, and what the log-in knows them by."""

    id: str
    name: str
    account: Any = None


class Gate(Protocol):
    """What the application asks of the log-in it stands behind."""

    hosts: frozenset[str]
    """Hosts, with their ports, under which readers know the site, beside the one a request names."""

    async def visitor(self, request: "Request") -> Visitor | None:
        """Who asks; None if nobody is logged in."""

    def may(self, visitor: Visitor, right: Right) -> bool:
        """Whether they may read the pages, or accept warnings. It may take its time."""

    def login_address(self, back: str) -> str:
        """Where to log in, to come back afterwards to an address that begins with `site/`."""

    def secret(self) -> str:
        """What tokens are signed with: the same in every process of the server."""


def create_app(home: Home, gate: Gate, token_seconds: int = TOKEN_SECONDS) -> "FastAPI":
    """The application, to be mounted anywhere: site/..., session, accept and withdraw (docs/run/pages-in-airflow.md).

    Nothing it does is done for someone the gate does not know, or who may not.
    """
    from anyio import CapacityLimiter, to_thread
    from fastapi import FastAPI, Request
    from fastapi.concurrency import run_in_threadpool
    from fastapi.responses import JSONResponse, RedirectResponse, Response
    from itsdangerous import URLSafeTimedSerializer

    app = FastAPI(title="Redress", openapi_url=None, redirect_slashes=False)
    waiting_room = CapacityLimiter(MOST_WAITING)

    def tokens() -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(gate.secret(), salt="redress.acceptances")

    async def admitted(request: Request, right: Right) -> Visitor:
        visitor = await gate.visitor(request)
        if visitor is None:
            raise Refusal(401, "Nobody is logged in; log in to Airflow and try again.")
        if not await run_in_threadpool(gate.may, visitor, right):
            raise Refusal(403, _NOT_ALLOWED[right])
        return visitor

    async def decided(request: Request, model: type[Asked], act: Act[Asked]) -> Any:
        visitor = await admitted(request, "accept")
        check_sender(request, gate.hosts)
        check_token(tokens(), request.headers.get(TOKEN_HEADER, ""), visitor.id, token_seconds)
        body = await body_of(request, model)
        return await to_thread.run_sync(done, act, home, body, visitor.name, limiter=waiting_room)

    @app.middleware("http")
    async def with_headers(request: Request, call_next: Callable[[Request], Any]) -> Response:
        response: Response = await call_next(request)
        for name, value in (HEADERS | {"Cache-Control": "no-store"}).items():
            response.headers.setdefault(name, value)
        return response

    @app.exception_handler(Refusal)
    async def refuse(request: Request, refusal: Refusal) -> Response:
        if not _is_for_a_page(request):
            return JSONResponse({"detail": refusal.sentence}, refusal.status)
        if refusal.status == 401:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(gate.login_address(f"site/{request.path_params['path']}{query}"), 303)
        return Response(_page(refusal.sentence), refusal.status, media_type="text/html; charset=utf-8")

    @app.get("/")
    @app.get("/site")
    async def front() -> Response:
        return RedirectResponse("site/index.html", 303)

    @app.api_route("/site/{path:path}", methods=["GET", "HEAD"])
    async def site(request: Request, path: str) -> Response:
        await admitted(request, "read")
        return await run_in_threadpool(_file, home, path, request.headers.get("If-None-Match", ""))

    @app.get("/session")
    async def session(request: Request) -> dict[str, Any]:
        visitor = await admitted(request, "read")
        may_accept = await run_in_threadpool(gate.may, visitor, "accept")
        return {"user": visitor.name, "may_accept": may_accept, "token": tokens().dumps(visitor.id)}

    @app.post("/accept", status_code=201)
    async def accept(request: Request) -> Any:
        return await decided(request, Accepting, accepted)

    @app.post("/withdraw")
    async def withdraw(request: Request) -> Any:
        return await decided(request, Withdrawing, withdrawn)

    return app


_NOT_ALLOWED: dict[Right, str] = {
    "read": "You are logged in, but may not see these pages; ask for the right to read the DAG nightly_load.",
    "accept": "You may read these pages, but not accept warnings; ask for the right to edit the DAG nightly_load.",
}

_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Quality of the complaints records</title>
<style>body {{ font: 1.1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem; }}</style>
<main>
<h1>Quality of the complaints records</h1>
<p>{sentence}</p>
</main>
"""


def _page(sentence: str) -> str:
    from html import escape

    return _PAGE.format(sentence=escape(sentence))


def _is_for_a_page(request: "Request") -> bool:
    """Whether a person will look at the answer: a browser says so, an older one by what it would rather have."""
    if "path" not in request.path_params:
        return False
    mode = request.headers.get("Sec-Fetch-Mode")
    return mode == "navigate" if mode else "text/html" in request.headers.get("Accept", "")


def _file(home: Home, path: str, known_tags: str) -> "Response":
    from fastapi.responses import Response

    from redress.reports.folders import site_folder
    from redress.reports.site_files import read_site_file

    if not site_folder(home).exists():
        raise Refusal(404, NO_SITE)
    file = read_site_file(home, path)
    if file is None:
        raise Refusal(404, "There is no such page or file; the menu of the first page, index.html, leads to all.")
    # Kept by the browser, and asked after each time: the pages change when a warning is accepted.
    headers = {"ETag": file.tag, "Cache-Control": "private, no-cache"}
    if file.tag in (tag.strip() for tag in known_tags.split(",")):
        return Response(status_code=304, headers=headers)
    if file.is_download:
        headers["Content-Disposition"] = "attachment"
    return Response(file.content, headers=headers, media_type=file.media_type)
