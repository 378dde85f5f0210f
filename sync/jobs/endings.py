"""What of a CRM's interface this tool leans on, until when the CRM promises it, and who has to act before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.base import Identity
from sync.environment import Environment

SOON = timedelta(days=183)
MONTHS = 18
"""HubSpot supports a dated version until so long after its release: its docs, developer tooling, versioning."""
YEARS = 3
"""Salesforce supports a version for that long at least: its REST API guide, API end-of-life policy."""
KNOWN, RELEASES = (66, 2026), (2, 6, 10)
"""A Salesforce version of a spring with its year, and the months of a year's spring, summer and winter versions."""
NUMBERED = date(2027, 9, 1)
"""From this month HubSpot supports neither v1 to v3 nor legacy private apps: its changelog, legacy APIs and apps."""
LOGIN = date(2027, 6, 1)
"""In Summer '27 SOAP login() is retired: Salesforce's SOAP API guide, login()."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What ends, the first day on which nothing promises it any more, and what to do; nothing where none has to."""

    what: str
    on: date
    mend: str = ""

    def said(self, today: date) -> tuple[str, str]:
        """(ok | warning, text): a warning from the last half year on. What is promised no more may still work, so it is
        no error, by which `apply` would be refused."""
        if not self.mend:
            return "ok", self.what
        left = self.on - today
        when = f"until {self.on:%B %Y}, {left.days} days"
        if left <= timedelta():
            when = f"no more since {self.on:%B %Y}"
        return "warning" if left <= SOON else "ok", f"{self.what} is promised {when}: {self.mend}"


def endings(identity: Identity, env: Environment) -> Iterator[Ending]:
    """Everything that will break some day in the account, the soonest of it first."""
    found = _hubspot(identity, env) if identity.workspace.startswith("hubspot:") else _salesforce(identity)
    yield from sorted(found, key=lambda item: item.on)


def _hubspot(identity: Identity, env: Environment) -> Iterator[Ending]:
    update = "update revops-sync before, a newer one speaks a newer version"
    if until := _dated(identity.api_version):
        yield Ending(f"HubSpot's API {identity.api_version}", until, update)
    yield Ending("HubSpot's account details v3, by which an account is known,", NUMBERED, update)
    if env.hubspot_access_token.get_secret_value().startswith("pat-"):
        mend = "an administrator makes a service key with the same scopes and puts it into HUBSPOT_ACCESS_TOKEN"
        yield Ending("a private app's token, as HUBSPOT_ACCESS_TOKEN may hold one,", NUMBERED, mend)


def _salesforce(identity: Identity) -> Iterator[Ending]:
    number = identity.api_version.removeprefix("v").partition(".")[0]
    if number.isdigit():
        years, season = divmod(int(number) - KNOWN[0], len(RELEASES))
        until = date(KNOWN[1] + years + YEARS, RELEASES[season], 1)
        yield Ending(f"Salesforce's API {identity.api_version}", until, "update revops-sync before")
    yield Ending(f"the end of SOAP login() in {LOGIN:%B %Y} breaks nothing here: merges go with the OAuth token", LOGIN)


def _dated(version: str) -> date | None:
    """The first month after the support of a HubSpot version `YYYY-MM`."""
    year, _, month = version.partition("-")
    if not (year.isdigit() and month.isdigit()):
        return None
    months = int(year) * 12 + int(month) + MONTHS
    return date(months // 12, months % 12 + 1, 1)
