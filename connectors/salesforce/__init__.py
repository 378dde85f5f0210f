"""The Salesforce connector: `connect` for reading, `writer` for writing, each with a credential of its own."""

from requests.adapters import BaseAdapter

from connectors.pace import Budget, Pace
from connectors.salesforce.allowed import BUDGET, READER, WRITER
from connectors.salesforce.answers import ErrorMap
from connectors.salesforce.auth import Account, Token
from connectors.salesforce.fields import OBJECTS
from connectors.salesforce.paths import API_VERSION
from connectors.salesforce.read import Reader
from connectors.salesforce.write import Writer
from connectors.transport import Allowed, Transport

KINDS = tuple(OBJECTS)
BUDGETS = {BUDGET: Budget(50, 1.0)}
"""Salesforce limits days and long requests, not seconds; this keeps a mistake from spending the day at once."""


def connect(account: Account, adapter: BaseAdapter | None = None, pace: Pace | None = None) -> Reader:
    """A reader: no call of it changes anything. `adapter` and `pace` replace the network and the clock in tests."""
    pace = pace or Pace(BUDGETS)
    return Reader(_transport(account, READER, adapter, pace)[0], pace, account.kinds, account.extra)


def writer(account: Account, adapter: BaseAdapter | None = None, pace: Pace | None = None) -> Writer:
    """A writer, to be built only by what writes, with the writer's credential."""
    return Writer(*_transport(account, WRITER, adapter, pace or Pace(BUDGETS)))


def _transport(
    account: Account, allowed: tuple[Allowed, ...], adapter: BaseAdapter | None, pace: Pace
) -> tuple[Transport, Token]:
    token = Token(account)
    transport = Transport(account.instance_url, allowed, token, pace, ErrorMap(pace, token.prove))
    if account.ca_bundle:
        transport.trust(account.ca_bundle)
    if adapter is not None:
        transport.use(adapter)
    return transport, token


__all__ = ["API_VERSION", "BUDGETS", "KINDS", "Account", "Reader", "Writer", "connect", "writer"]
