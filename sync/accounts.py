"""Environment -> a connector for each CRM, its reading and its writing half from separate credentials."""

from pathlib import Path

from requests.adapters import BaseAdapter

from connectors import hubspot, salesforce
from connectors.base import Connector, Writer
from connectors.errors import CredentialError, UsageError
from sync.settings import Environment

TEST_LOGIN = "https://test.salesforce.com"
LIVE_LOGIN = "https://login.salesforce.com"


def reader(crm: str, env: Environment, kinds: tuple[str, ...], adapter: BaseAdapter | None = None) -> Connector:
    """The reading half: it has no way to write."""
    if crm == "hubspot":
        token = env.hubspot_access_token.get_secret_value()
        wanted = tuple(kind for kind in kinds if kind in hubspot.KINDS)
        return hubspot.connect(hubspot.Account(token, env.hubspot_base_url, env.revops_ca_bundle, wanted), adapter)
    return salesforce.connect(_salesforce(env, write=False, kinds=kinds), adapter)


def writer(crm: str, env: Environment, adapter: BaseAdapter | None = None) -> Writer | None:
    """The writing half, None where no writer's credential is set."""
    if crm == "hubspot":
        token = env.hubspot_write_token.get_secret_value()
        account = hubspot.Account(token, env.hubspot_base_url, env.revops_ca_bundle)
        return hubspot.writer(account, adapter) if token else None
    return salesforce.writer(_salesforce(env, write=True), adapter) if env.salesforce_write_client_id else None


def _salesforce(env: Environment, write: bool, kinds: tuple[str, ...] = ()) -> salesforce.Account:
    prefix = "salesforce_write_" if write else "salesforce_"
    client, secret, username, key_file = (
        getattr(env, prefix + name) for name in ("client_id", "client_secret", "username", "private_key_file")
    )
    if key_file is None and not secret.get_secret_value():
        name = prefix.upper()
        raise CredentialError(
            f"{name}CLIENT_ID is set without a secret", f"Set {name}CLIENT_SECRET or {name}PRIVATE_KEY_FILE"
        )
    return salesforce.Account(
        env.salesforce_instance_url,
        client,
        secret.get_secret_value(),
        username,
        _key(key_file, prefix.upper()) if key_file else "",
        TEST_LOGIN if ".sandbox." in env.salesforce_instance_url else LIVE_LOGIN,
        env.revops_ca_bundle,
        tuple(kind for kind in salesforce.KINDS if not kinds or kind in kinds),
    )


def _key(path: Path, prefix: str) -> str:
    try:
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {type(error).__name__}", f"Name the PEM file in {prefix}PRIVATE_KEY_FILE") from None
