"""Findings -> the bytes of a plan: groups, guards, forecast, and the facts the plan is bound to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from types import MappingProxyType

from connectors.base import Connector, Identity
from hygiene.check import Finding
from sync.apply.rehearse import rehearse, touched
from sync.config import Guards
from sync.mirror.pull import Certificate, certificates, fingerprint
from sync.mirror.store import Mirror
from sync.plan.across import ordered
from sync.plan.build import Left, Policy, build
from sync.plan.file import encode, plan_hash
from sync.plan.guards import check_share
from sync.plan.model import Group, Plan, Workspace
from sync.plan.required import Required
from sync.plan.strategy import Strategy
from sync.plan.ways import Writes, assigned
from sync.session import Session


@dataclass(frozen=True, slots=True)
class Made:
    """A plan with its bytes, its hash and the proposals that are not in it."""

    plan: Plan
    content: bytes
    left: tuple[Left, ...] = ()

    @property
    def hash(self) -> str:
        """What an approval names."""
        return plan_hash(self.content)


GUARDED = Writes()


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan rests on: the mirror, the live accounts, the newest pull of each kind, the rules in force."""

    mirror: Mirror
    readers: Mapping[str, Connector]
    certificates: Mapping[tuple[str, str], Certificate]
    guards: Guards
    rules: str
    now: datetime
    writes: Writes = GUARDED
    required: tuple[Required, ...] = ()


def plan(session: Session, findings: Sequence[Finding]) -> Made:
    """The plan for the findings that need no further word from a person."""
    begun = any(run.status == "done" for run in session.ledger.runs())

    def strategy(identity: Identity, kind: str) -> Strategy:
        first = identity.production and not (begun and session.contacts.of(identity.workspace).proved_by)
        return session.settings.config.strategy(identity.workspace, kind, first)

    return make(findings, basis_of(session), strategy)


def basis_of(session: Session) -> Basis:
    """What a plan made now rests on."""
    return Basis(
        mirror=session.mirror(),
        readers=session.readers,
        certificates=certificates(session.mirror_store),
        guards=session.settings.config.guards,
        rules=session.settings.hash,
        now=session.now(),
        writes=session.settings.config.apply.writes,
        required=session.settings.config.required_by_hubspot,
    )


def make(findings: Iterable[Finding], basis: Basis, strategy: Callable[[Identity, str], Strategy]) -> Made:
    """The plan that carries out every finding in the auto band; `RefusedError` where a guard says no."""
    identities = {name: reader.identity() for name, reader in basis.readers.items()}
    limits = {name: reader.limits for name, reader in basis.readers.items()}
    policy = Policy(lambda workspace, kind: strategy(identities[workspace], kind), limits, basis.required)
    groups, left = build(findings, basis.mirror, policy)
    groups = ordered(groups, basis.mirror.memory.twin)
    check_share(groups, basis.mirror.counts(), basis.guards.bounds())
    return bind(groups, basis, identities, left=left)


def bind(
    groups: Sequence[Group],
    basis: Basis,
    identities: Mapping[str, Identity],
    undoes: str = "",
    left: tuple[Left, ...] = (),
) -> Made:
    """Bind groups to the accounts, schemas, pulls and rules they were made from, and forecast their calls."""
    limits = {name: reader.limits for name, reader in basis.readers.items()}
    draft = Plan(
        tool=version("revops-sync"),
        made_at=basis.now.replace(microsecond=0),
        expires_at=basis.now.replace(microsecond=0) + timedelta(hours=basis.guards.expires_hours),
        config=basis.rules,
        workspaces=MappingProxyType({}),
        groups=assigned(groups, basis.writes, limits),
        undoes=undoes,
    )
    kinds = touched(draft)
    calls = rehearse(draft, identities, limits)
    bound = {name: _workspace(identities[name], kinds.get(name, ()), basis, calls[name]) for name in sorted(identities)}
    plan = replace(draft, workspaces=MappingProxyType(bound))
    return Made(plan, encode(plan), left)


def _workspace(identity: Identity, kinds: Sequence[str], basis: Basis, calls: Mapping[str, int]) -> Workspace:
    name = identity.workspace
    specs = {kind: basis.mirror.spec(name, kind) for kind in kinds}
    schema = {kind: fingerprint(spec) for kind, spec in specs.items() if spec is not None}
    pulled = {kind: basis.certificates[name, kind].finished_at for kind in kinds if (name, kind) in basis.certificates}
    return Workspace(
        name,
        identity.production,
        identity.api_version,
        MappingProxyType(schema),
        MappingProxyType(pulled),
        MappingProxyType(dict(calls)),
    )
