"""The HubSpot connector: `connect` for reading, `writer` for writing, each with a credential of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from requests.adapters import BaseAdapter

from connectors.hubspot.allowed import BUDGETS, READER, WRITER
from connectors.hubspot.answers import learning
from connectors.hubspot.portal import Bearer, Portal
from connectors.hubspot.read import KINDS, Reader
from connectors.hubspot.write import Writer
from connectors.pace import Pace
from connectors.transport import Allowed, Transport

BASE_URL = "https://api.hubapi.com"


@dataclass(frozen=True, slots=True)
class Account:
    """Where and with what to sign in, and what to pull: `types` maps further kinds to type ids (`2-123456`), `extra`
    names further properties of a kind. The token is shown nowhere."""

    token: str = field(repr=False)
    base_url: str = BASE_URL
    ca_bundle: str = ""
    kinds: tuple[str, ...] = KINDS
    types: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def connect(account: Account, adapter: BaseAdapter | None = None, pace: Pace | None = None) -> Reader:
    """A reader: no call of it changes anything. `adapter` and `pace` replace the network and the clock in tests."""
    return Reader(_portal(account, READER, adapter, pace), account.kinds, account.extra)


def writer(account: Account, adapter: BaseAdapter | None = None, pace: Pace | None = None) -> Writer:
    """A writer, to be built only by what writes, with the writer's token."""
    return Writer(_portal(account, WRITER, adapter, pace))


def _portal(account: Account, allowed: tuple[Allowed, ...], adapter: BaseAdapter | None, pace: Pace | None) -> Portal:
    pace = pace or Pace(BUDGETS)
    transport = Transport(account.base_url, allowed, Bearer(account.token), pace, partial(learning, pace))
    if account.ca_bundle:
        transport.trust(account.ca_bundle)
    if adapter is not None:
        transport.use(adapter)
    return Portal(transport, account.types)


__all__ = ["BASE_URL", "KINDS", "Account", "Reader", "Writer", "connect", "writer"]
