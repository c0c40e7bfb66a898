"""A message reaches mail and webhooks as each expects it; one that cannot be sent is said so, without a secret."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from redress.telling import sending
from redress.telling.addresses import address_of
from redress.telling.definition import Channel
from redress.telling.messages import Look, Message
from redress.telling.sending import Outcome, as_markdown, send
from tests.redress.telling.receiving import (
    LOGIN,
    PASSWORD,
    MailServer,
    Webhook,
    free_port,
    mail_server,
    silent_server,
    tls,
    webhook,
)

SITE = "https://redress.example/redress/site/"
MESSAGE = Message(
    subject="Barsetshire: 1 file rejected, 30 June 2020",
    lines=(
        "In the night of 30 June 2020, 1 of 3 deliveries of Barsetshire could not be read:",
        "- cases: rejected. Row 12 has 5 columns, of *20* that are <expected>; see case_ref.",
        "- stages: rejected.",
        "Ask for the file again.",
    ),
    look=Look("Issues of a team", "downloads/barsetshire/issues_A_1.xlsx"),
)
TEXT = f"""\
In the night of 30 June 2020, 1 of 3 deliveries of Barsetshire could not be read:

- cases: rejected. Row 12 has 5 columns, of *20* that are <expected>; see case_ref.
- stages: rejected.

Ask for the file again.

Issues of a team: {SITE}downloads/barsetshire/issues_A_1.xlsx"""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as server:
        yield server


def plain_mail(port: int, more: str = "") -> str:
    return f"mailto://127.0.0.1:{port}?from=redress@barset.example&to=team@barset.example&format=text&wait=0{more}"


def test_a_mail_is_plain_text_to_each_recipient(mail: MailServer) -> None:
    address = plain_mail(mail.port, "&name=Redress").replace("team@", "team@barset.example,lead@")
    assert send(MESSAGE, {"team": address}, SITE) == [Outcome("team", True)]
    assert [envelope.rcpt_tos for envelope in mail.envelopes] == [["team@barset.example"], ["lead@barset.example"]]
    first = mail.mails[0]
    assert (first["Subject"], first["From"]) == (MESSAGE.subject, "Redress <redress@barset.example>")
    assert first.get_content_type() == "text/plain"
    assert first.get_content().strip().replace("\r\n", "\n") == TEXT


def test_a_mail_server_of_an_airflow_connection_is_logged_in_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server(tls(tmp_path)) as server:
        connection = {
            "conn_type": "smtp", "host": "127.0.0.1", "port": server.port, "login": LOGIN, "password": PASSWORD,
            "extra": {"disable_ssl": True, "ssl_context": "none"},
        }  # fmt: skip
        monkeypatch.setenv("AIRFLOW_CONN_COUNCIL_MAIL", json.dumps(connection))
        monkeypatch.setenv("REDRESS_HOME", str(tmp_path / "data"))
        address = address_of("team", Channel(connection="council_mail", to=("team@barset.example",)))
        assert send(MESSAGE, {"team": address}, SITE) == [Outcome("team", True)]
    assert server.logins == [LOGIN]
    assert [mail["From"] for mail in server.mails] == [LOGIN]


def test_a_webhook_gets_the_lines_as_json(hook: Webhook) -> None:
    assert send(MESSAGE, {"team": f"json://127.0.0.1:{hook.port}/take"}, SITE) == [Outcome("team", True)]
    [(path, posted)] = hook.posts
    assert (path, posted["title"], posted["message"], posted["type"]) == ("/take", MESSAGE.subject, TEXT, "warning")


def test_teams_gets_an_adaptive_card_with_a_link(tmp_path: Path) -> None:
    """What Teams' workflow "post to a channel when a webhook request is received" takes: a card in a message."""
    with webhook(tls(tmp_path)) as hook:
        address = f"workflows://127.0.0.1:{hook.port}/643e69f8/KODuebW?verify=no"
        assert send(MESSAGE, {"team": address}, SITE) == [Outcome("team", True)]
    [(path, posted)] = hook.posts
    assert path.startswith("/workflows/643e69f8/triggers/manual/paths/invoke?")
    [card] = posted["attachments"]
    assert (posted["type"], card["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert card["content"]["type"] == "AdaptiveCard"
    title, body = card["content"]["body"]
    assert title["text"] == MESSAGE.subject
    assert body["text"] == as_markdown(MESSAGE, SITE)
    assert body["text"].endswith(f"[Issues of a team]({SITE}downloads/barsetshire/issues_A_1.xlsx)")
    assert r"of \*20\* that are \<expected\>; see case\_ref." in body["text"]
    assert "http" not in body["text"].replace(SITE, "")


def test_slack_gets_an_attachment_of_plain_text(hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack's host is fixed in apprise, so it alone is replaced: the path and what is posted are as Slack is sent."""
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{hook.port}/services")
    address = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7xx"
    assert send(MESSAGE, {"team": address}, SITE) == [Outcome("team", True)]
    [(path, posted)] = hook.posts
    assert path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7xx"
    [attachment] = posted["attachments"]
    assert attachment["title"] == MESSAGE.subject
    assert attachment["text"] == TEXT.replace("<", "&lt;").replace(">", "&gt;")
    assert "github" not in str(posted).lower()


def test_a_channel_that_is_down_stops_no_other(mail: MailServer, hook: Webhook) -> None:
    hook.status = 500
    addresses = {
        "dead": plain_mail(free_port()),
        "broken": f"json://redress:{quote(PASSWORD, safe='')}@127.0.0.1:{hook.port}/s3cr3t-token?wait=0",
        "unknown": "https://nothing.example/hook",
        "well": plain_mail(mail.port),
    }
    outcomes = {outcome.channel: outcome for outcome in send(MESSAGE, addresses, SITE)}
    assert [name for name, outcome in outcomes.items() if outcome.is_sent] == ["well"]
    assert len(mail.envelopes) == 1
    assert len(hook.posts) == sending.TRIES
    assert "Connection refused" in outcomes["dead"].sentence
    assert "500" in outcomes["broken"].sentence
    assert "docs/run/telling.md" in outcomes["unknown"].sentence


def test_a_recipient_that_is_refused_is_said_so_and_the_other_has_it_once(mail: MailServer) -> None:
    mail.refuses = {"gone@barset.example"}
    [outcome] = send(MESSAGE, {"team": plain_mail(mail.port).replace("team@", "gone@barset.example,team@")}, SITE)
    assert not outcome.is_sent
    assert "no such mailbox" in outcome.sentence
    assert [envelope.rcpt_tos for envelope in mail.envelopes] == [["team@barset.example"]]


def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with silent_server() as port:
        started = time.monotonic()
        [outcome] = send(MESSAGE, {"team": plain_mail(port, "&cto=30")}, SITE, seconds=0.5)
        assert time.monotonic() - started < 20, "the channel itself would wait for 30"
    assert outcome == Outcome("team", False, "no answer within 0.5 seconds")


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_no_secret_of_an_address_is_logged_or_said(
    level: str, hook: Webhook, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The webhook answers with the path it was asked for, as some do, and the mail server with the login."""
    hook.status = 404
    caplog.set_level(level)
    dead, secret = free_port(), "KODuebWbDGYFr0z0eu"
    addresses = {
        "json": f"json://redress:{secret}@127.0.0.1:{hook.port}/x?wait=0&-sig={secret}",
        "teams": f"workflows://127.0.0.1:{dead}/643e69f83c89/{secret}?wait=0",
        "wrong": f"workflow://127.0.0.1/{secret}",
    }
    with mail_server(tls(tmp_path)) as server:
        login = f"redress%40barset.example:{secret}"
        addresses["mail"] = f"mailtos://{login}@127.0.0.1:{server.port}?from=a@b.example&verify=no&wait=0"
        outcomes = send(MESSAGE, addresses, SITE)
    said = capfd.readouterr()
    assert [outcome.is_sent for outcome in outcomes] == [False] * 4
    assert "Authentication" in outcomes[-1].sentence
    everything = f"{outcomes}{caplog.text}{said.out}{said.err}"
    assert secret not in everything
    assert "643e69f83c89" not in everything
