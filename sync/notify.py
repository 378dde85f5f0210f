"""Tells people of a change of state: a Slack incoming webhook, a plain webhook, an e-mail; counts and ids alone."""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit

import requests

from connectors.errors import UsageError
from sync.environment import Environment

SECONDS = 10.0
TOP = 5


@dataclass(frozen=True, slots=True)
class Message:
    """One change of state: a headline, counts, and the ids of groups. No value of a record is in it."""

    state: str
    headline: str
    counts: tuple[tuple[str, int], ...] = ()
    ids: tuple[str, ...] = ()
    act: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The text, twenty lines at most."""
        shown = [f"{name}: {count}" for name, count in self.counts if count]
        rest = len(self.ids) - TOP
        more = [f"... and {rest} more"] if rest > 0 else []
        return (f"revops-sync: {self.headline}", *shown[:8], *self.ids[:TOP], *more, *([self.act] if self.act else []))


def send(message: Message, env: Environment) -> tuple[int, list[str]]:
    """To every channel that is set: how many took it, and in words which did not. Nothing is raised: a job that went
    well does not fail because nobody could be told."""
    taken, failed = 0, []
    for name, deliver in _channels(message, env):
        try:
            deliver()
            taken += 1
        except (requests.RequestException, OSError, smtplib.SMTPException, UsageError, ValueError) as error:
            # An address holds its secret, and an exception may quote the address.
            failed.append(f"{name} could not be told: {type(error).__name__}")
    return taken, failed


@dataclass(frozen=True, slots=True)
class Post:
    """JSON to a webhook; anything but a 2xx is a failure, a redirect too."""

    url: str
    body: dict[str, object]

    def __call__(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            response = session.post(self.url, json=self.body, timeout=SECONDS, allow_redirects=False)
        if not 200 <= response.status_code < 300:
            raise ValueError(f"HTTP {response.status_code}")


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail by `smtp[s]://user:password@host:port?from=A&to=B[,C]`; STARTTLS wherever a password is given."""

    url: str
    subject: str
    lines: Sequence[str]

    def __call__(self) -> None:
        parts, asked = urlsplit(self.url), parse_qs(urlsplit(self.url).query)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or not {"from", "to"} <= asked.keys():
            raise UsageError("REVOPS_SMTP_URL is not smtp[s]://user:password@host:port?from=A&to=B")
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = asked["from"][0], asked["to"][0], self.subject
        mail.set_content("\n".join(self.lines))
        trust = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, parts.port or 465, timeout=SECONDS, context=trust)
        else:
            server = smtplib.SMTP(parts.hostname, parts.port or 587, timeout=SECONDS)
        with server:
            if parts.username and parts.scheme == "smtp":
                server.starttls(context=trust)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)


def _channels(message: Message, env: Environment) -> Iterator[tuple[str, Post | Mail]]:
    lines = message.lines
    if slack := env.slack_webhook_url.get_secret_value():
        yield "Slack", Post(slack, {"text": "\n".join(lines)})
    if hook := env.revops_webhook_url.get_secret_value():
        counts: dict[str, object] = dict(message.counts)
        facts = {"state": message.state, "headline": message.headline, "counts": counts, "ids": list(message.ids[:TOP])}
        yield "the webhook", Post(hook, {"text": "\n".join(lines), **facts})
    if smtp := env.revops_smtp_url.get_secret_value():
        yield "e-mail", Mail(smtp, lines[0], lines)
