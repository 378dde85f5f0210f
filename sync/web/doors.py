"""The secrets that open each endpoint of the gate, and the address by which the world knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from connectors.errors import CredentialError, UsageError
from sync.environment import Environment, Secrets
from sync.web.signature import secrets_of

LEAST = 16
"""Characters of a secret that nobody guesses."""
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Doors:
    """`url` is the public address that callers sign, without a slash at its end; a door without a secret is shut."""

    url: str
    hubspot: tuple[bytes, ...] = field(default=(), repr=False)
    flow: tuple[bytes, ...] = field(default=(), repr=False)
    outbound: tuple[bytes, ...] = field(default=(), repr=False)
    tokens: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def open(self) -> tuple[str, ...]:
        """The endpoints that have a secret."""
        paths = {"/gate/hubspot": self.hubspot, "/gate/salesforce": self.flow, "/gate": self.tokens}
        more = {"/gate/salesforce/SECRET": self.outbound}
        return tuple(path for path, secrets in {**paths, **more}.items() if secrets)


def doors(env: Environment, host: str, port: int) -> Doors:
    """The doors of a process that listens there; `UsageError` for a weak secret, none at all, or a plain http address
    that is not this machine."""
    url = (env.revops_gate_url or f"http://{f'[{host}]' if ':' in host else host}:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise UsageError("REVOPS_GATE_URL is no address", "Write it as in https://gate.example.com")
    if parts.scheme != "https" and not {host, parts.hostname} <= set(LOOPBACK):
        raise UsageError(
            f"{host} without an https address", "Put TLS before the gate and set REVOPS_GATE_URL to that address"
        )
    named = {
        "hubspot": ("REVOPS_HUBSPOT_WEBHOOK_SECRETS", env.revops_hubspot_webhook_secrets),
        "flow": ("REVOPS_SALESFORCE_WEBHOOK_SECRETS", env.revops_salesforce_webhook_secrets),
        "outbound": ("REVOPS_SALESFORCE_OUTBOUND_PATHS", env.revops_salesforce_outbound_paths),
        "tokens": ("REVOPS_GATE_TOKEN", env.revops_gate_token),
    }
    found = {door: secrets_of(secret.get_secret_value()) for door, (_, secret) in named.items()}
    weak = [named[door][0] for door, secrets in found.items() if any(len(secret) < LEAST for secret in secrets)]
    if weak:
        raise UsageError(f"{', '.join(weak)}: shorter than {LEAST} characters", "Make one by `openssl rand -hex 32`")
    if not any(found.values()):
        raise UsageError(
            "no door of the gate has a secret", f"Set one of {', '.join(name for name, _ in named.values())}"
        )
    return Doors(url, **found)


def unarmed(environ: Mapping[str, str]) -> None:
    """`CredentialError` where a writer's credential is in the environment: what faces the network must not hold one."""
    held = [name for name in map(str.upper, Secrets.model_fields) if environ.get(name)]
    if held:
        raise CredentialError(
            f"{', '.join(held)} is set: the gate faces the network and must not be able to write",
            "Start it from an environment with the readers' credentials alone; `apply --queue` runs apart from it",
        )
