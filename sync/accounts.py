"""Environment -> a connector for each CRM, its reading and its writing half from separate credentials."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from requests.adapters import BaseAdapter

from connectors import hubspot, salesforce
from connectors.base import Connector, Writer
from connectors.errors import CredentialError, UsageError
from sync.environment import Environment, Secrets

TEST_LOGIN = "https://test.salesforce.com"
LIVE_LOGIN = "https://login.salesforce.com"
Extra = Mapping[str, tuple[str, ...]]
NO_EXTRA: Extra = MappingProxyType({})


def reader(
    crm: str, env: Environment, kinds: tuple[str, ...], adapter: BaseAdapter | None = None, extra: Extra = NO_EXTRA
) -> Connector:
    """The reading half: it has no way to write. `extra` names further fields to pull, by kind, of either CRM."""
    if crm == "hubspot":
        token = env.hubspot_access_token.get_secret_value()
        wanted = tuple(kind for kind in kinds if kind in hubspot.KINDS)
        account = hubspot.Account(token, env.hubspot_base_url, env.revops_ca_bundle, wanted, extra=extra)
        return hubspot.connect(account, adapter)
    own = Credential(
        "SALESFORCE_",
        env.salesforce_client_id,
        env.salesforce_client_secret.get_secret_value(),
        env.salesforce_username,
        env.salesforce_private_key_file,
    )
    return salesforce.connect(replace(_salesforce(env, own, kinds), extra=extra), adapter)


def writer(crm: str, env: Environment, secrets: Secrets, adapter: BaseAdapter | None = None) -> Writer | None:
    """The writing half, None where no writer's credential is set; a read-only profile has no `secrets` to give."""
    if crm == "hubspot":
        token = secrets.hubspot_write_token.get_secret_value()
        account = hubspot.Account(token, env.hubspot_base_url, env.revops_ca_bundle)
        return hubspot.writer(account, adapter) if token else None
    own = Credential(
        "SALESFORCE_WRITE_",
        secrets.salesforce_write_client_id,
        secrets.salesforce_write_client_secret.get_secret_value(),
        secrets.salesforce_write_username,
        secrets.salesforce_write_private_key_file,
    )
    return salesforce.writer(_salesforce(env, own), adapter) if own.client else None


@dataclass(frozen=True, slots=True)
class Credential:
    """One way into Salesforce; `prefix` begins the names of its variables. The secret is shown nowhere."""

    prefix: str
    client: str
    secret: str = field(repr=False)
    username: str
    key_file: Path | None


def _salesforce(env: Environment, own: Credential, kinds: tuple[str, ...] = ()) -> salesforce.Account:
    name = own.prefix
    if own.key_file is None and not own.secret:
        raise CredentialError(
            f"{name}CLIENT_ID is set without a secret", f"Set {name}CLIENT_SECRET or {name}PRIVATE_KEY_FILE"
        )
    return salesforce.Account(
        env.salesforce_instance_url,
        own.client,
        own.secret,
        own.username,
        _key(own.key_file, name) if own.key_file else "",
        TEST_LOGIN if ".sandbox." in env.salesforce_instance_url else LIVE_LOGIN,
        env.revops_ca_bundle,
        tuple(kind for kind in salesforce.KINDS if not kinds or kind in kinds),
    )


def _key(path: Path, prefix: str) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {type(error).__name__}", f"Name the PEM file in {prefix}PRIVATE_KEY_FILE") from None
