"""What can go wrong, sorted by who must act.

RevopsError
├── UsageError          you: an argument, a setting, a plan file            exit 2
│   └── CredentialError     you or the CRM's administrator: a token, a scope
├── RefusedError        a guard: stale, tampered, unapproved, locked        exit 4
├── LocalError          this machine: the disk, the store                   exit 5
└── RemoteError         the CRM or the way to it                            exit 5
    ├── NotProcessed        nothing was done: it may be sent again
    │   ├── Unreachable         no connection was made
    │   ├── Busy                a rate limit, a lock, a migration; `wait` says how long
    │   └── Expired             the token ran out
    ├── Exhausted           the day's call budget is gone: resume later
    ├── Rejected            the CRM refused the request as a whole and did nothing
    ├── Ambiguous           sent, no usable answer: only a read-back can tell
    └── Garbled             an answer to a read that is not what the API promises
"""

from typing import ClassVar


class RevopsError(Exception):
    """Anything this tool says on purpose; `exit_code` is the process's, `act` names who must do what."""

    exit_code: ClassVar[int] = 5

    def __init__(self, message: str, act: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.act = act

    def __str__(self) -> str:
        return f"{self.message}\n  {self.act}" if self.act else self.message


class UsageError(RevopsError):
    """You can mend it: an argument, a setting, a file."""

    exit_code = 2


class CredentialError(UsageError):
    """The CRM does not accept the credential, or the credential may not do this."""


class RefusedError(RevopsError):
    """A guard stopped the work before any harm."""

    exit_code = 4


class LocalError(RevopsError):
    """The disk or the store failed; nothing more is sent."""


class RemoteError(RevopsError):
    """The CRM's answer, in facts. No record's values and no secret are ever part of it."""

    mend: ClassVar[str] = ""

    def __init__(self, message: str, *, status: int = 0, code: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id

    def __str__(self) -> str:
        facts = (f"HTTP {self.status}" if self.status else "", self.code, self.request_id and f"id {self.request_id}")
        tail = ", ".join(fact for fact in facts if fact)
        told = f"{self.message} ({tail})" if tail else self.message
        return f"{told}\n  {self.mend}" if self.mend else told


class NotProcessed(RemoteError):
    """The CRM did nothing with the request, so that sending it again is safe for any method."""


class Unreachable(NotProcessed):
    """No connection was made, so that nothing was sent."""

    mend = "Look at the network and at HUBSPOT_BASE_URL or SALESFORCE_INSTANCE_URL; nothing was sent"


class Busy(NotProcessed):
    """Refused for now; `wait` is the number of seconds that the CRM or its documentation names."""

    def __init__(self, message: str, *, wait: float, status: int = 0, code: str = "", request_id: str = "") -> None:
        super().__init__(message, status=status, code=code, request_id=request_id)
        self.wait = wait


class Expired(NotProcessed):
    """The access token is no longer valid."""


class Exhausted(RemoteError):
    """The day's calls are used up: a clean stop, to be resumed when the budget is back."""

    mend = "Run the same command again tomorrow, or raise the account's limit"


class Rejected(RemoteError):
    """The CRM refused the request as a whole (HTTP 4xx) and processed nothing of it."""


class Ambiguous(RemoteError):
    """The request was sent and no usable answer came: it may or may not have been carried out."""


class Garbled(RemoteError):
    """A read was answered with something that is not what the API promises."""
