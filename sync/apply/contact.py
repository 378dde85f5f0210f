"""First contact with a live account: refused until it was looked over, and then only a few groups go first."""

from collections.abc import Mapping

from connectors.base import Connector
from connectors.errors import RefusedError
from sync.apply.rehearse import touched
from sync.ledger.contact import Contacts
from sync.plan.model import Plan

MOST = 10
"""Groups that the first run on a live account may carry out before a person looks at what came of them."""


def strangers(plan: Plan, readers: Mapping[str, Connector], contacts: Contacts, canary: int) -> frozenset[str]:
    """The live accounts of the plan that no run was verified on yet; whether an account is live is the CRM's word.

    `RefusedError` where one of them was not looked over, or the run is not to begin with a few groups alone.
    """
    live = {name: readers[name].identity() for name in touched(plan)}
    found = {name: contacts.of(name) for name, identity in live.items() if identity.production}
    for name, known in found.items():
        if known.examined_at is None or known.api_version != live[name].api_version:
            why = "since its API version changed" if known.examined_at else "without an error"
            raise RefusedError(
                f"{name} is a PRODUCTION account that `doctor` has not looked over {why}",
                "Run `revops-sync doctor`, mend what it calls an error, then apply again",
            )
    new = sorted(name for name, known in found.items() if not known.proved_by)
    if new and not 1 <= canary <= MOST:
        raise RefusedError(
            f"nothing was ever written to the PRODUCTION account {', '.join(new)} by this tool",
            f"Apply with `--canary 3` ({MOST} at most): so many groups are carried out and verified, then it stops "
            "for you to look at them in the CRM",
        )
    return frozenset(new)
