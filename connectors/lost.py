"""Tells "never connected", safe to send again, from "lost after sending", which only a read-back can decide."""

from collections.abc import Iterator

import requests

from connectors.errors import Ambiguous, RemoteError, Unreachable

NEVER_CONNECTED = frozenset(
    (
        *("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "ConnectionRefusedError"),
        "SSLCertVerificationError",
    )
)


CUT_OFF = frozenset((408, 499))
"""Statuses by which something on the way says that it stopped waiting: what the CRM did meanwhile is not known."""

UNSENDABLE = (UnicodeError, requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader)
"""A header or an address that no library would send."""


def lost(error: BaseException, host: str) -> RemoteError:
    """What a library's failure to get an answer means; the message names its class and nothing that it holds.

    A TLS failure is either: a refused certificate comes before the request, a cut connection may come after it.
    """
    name = type(error).__name__
    if isinstance(error, requests.ConnectTimeout) or any(
        type(item).__name__ in NEVER_CONNECTED for item in _causes(error)
    ):
        return Unreachable(f"no connection to {host}: {name}")
    if isinstance(error, UNSENDABLE):
        return Unreachable(f"the request to {host} could not be put together: {name}")
    return Ambiguous(f"the connection to {host} was lost after the request was sent: {name}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it wraps: libraries keep the cause in `reason`, in `args` or in `__cause__`."""
    waiting, seen = [error], set()
    while waiting:
        item = waiting.pop()
        if id(item) not in seen:
            seen.add(id(item))
            yield item
            inner = (getattr(item, "reason", None), *item.args, item.__cause__)
            waiting.extend(part for part in inner if isinstance(part, BaseException))
