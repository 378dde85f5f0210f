"""Finds fields in which two records that are one thing differ, one in either CRM."""

from collections.abc import Iterator
from datetime import timedelta
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from connectors.changes import Set
from connectors.records import Ref
from connectors.values import Value, dump, frozen, same
from hygiene.check import Evidence, Finding, SetCheck, Severity
from hygiene.sync.convert import Owners
from hygiene.sync.gone import Partings
from hygiene.sync.mapping import DEFAULTS, FieldRule, Mapping, Side
from hygiene.sync.native import Native, native
from hygiene.sync.pairs import Matched, Pair, matched
from hygiene.sync.pingpong import flips, recent, seen
from hygiene.sync.threeway import Verdict, decide
from hygiene.view import View

Said = tuple[FieldRule, Verdict]


class FieldSync(SetCheck):
    """A field that differs between two records that are one thing in the two CRMs.

    What only one side changed since both last agreed is that side's change and goes over. Where both did, or nothing
    was ever agreed on, the field's policy decides, or a person. A field that keeps being set back, one that HubSpot's
    own Salesforce integration takes care of, and a value that the other CRM has no word for are reported and left.

    Why: two teams that read two values of one customer act on different facts.
    Proposes: the value that counts, on the side that lacks it; where one of two twins was archived, deleted or merged
    away the same on the other side, which a person is asked.
    """

    mappings: tuple[Mapping, ...] = Field(
        (), description="The fields by kind, by default those of `sync` in the settings, else the standard ones."
    )
    native: Literal["auto", "on", "off"] = Field(
        "auto", description="Whether HubSpot's own Salesforce integration runs; auto looks for its traces."
    )
    native_fields: tuple[str, ...] | None = Field(
        None, description="HubSpot's fields that it takes care of; not said, all are left to it where it runs."
    )
    flips: int = Field(3, ge=1, description="A field set back so often within the window is left alone.")
    window_days: float = Field(7, gt=0, description="The window in which it is counted how often a field was set back.")
    severity: Severity = Severity.WARNING

    def reads(self) -> dict[str, set[str]]:
        """The fields of either side, by its kind."""
        asked: dict[str, set[str]] = {}
        for mapping in self.mappings:
            for side in Side:
                asked.setdefault(mapping.kind_on(side), set()).update(mapping.names(side))
        return asked

    def find(self, view: View) -> Iterator[Finding]:
        """By mapping: what is not seen, what the integration does, then each twin in the order of HubSpot's refs."""
        owners = Owners.of({twin.hubspot: twin.salesforce for twin in view.memory.paired("owner", "owner")})
        taken: set[Ref] = set()
        for mapping in self.mappings or DEFAULTS:
            found = matched(view, mapping, taken)
            taken |= {pair.records[0].ref for pair in found.pairs}
            theirs = native(view, mapping, found, self.native, self.native_fields)
            yield from self._theirs(mapping, theirs)
            yield from self._unseen(view, mapping, found)
            for pair in found.pairs:
                yield from self._pair(view, mapping, pair, theirs, owners)
            yield from Partings(self.label, mapping, found, self.severity).findings(view)

    def _pair(self, view: View, mapping: Mapping, pair: Pair, theirs: Native, owners: Owners) -> Iterator[Finding]:
        asked: dict[Side, list[Said]] = {}
        for rule in mapping.fields:
            if rule.hubspot in theirs.fields or not pair.shows(rule):
                continue
            verdict = decide(rule, pair.values(rule), pair.twin.agreed.get(rule.key), pair.times(view, rule), owners)
            if verdict is None:
                continue
            if why := self._held(view, rule, verdict, pair):
                yield self._open(mapping, rule, verdict, pair, why)
            elif verdict.to is not None:
                asked.setdefault(verdict.to, []).append((rule, verdict))
        for to, said in sorted(asked.items()):
            yield self._written(mapping, pair, to, said)

    def _held(self, view: View, rule: FieldRule, verdict: Verdict, pair: Pair) -> str:
        """Why a person is needed; blank where the change may be made."""
        if verdict.lacks:
            return verdict.lacks
        if verdict.to is None:
            return f"{verdict.why}: a person decides"
        if rule.currency and not same(*(record.get(rule.currency) for record in pair.records)):
            return "its currencies differ"
        if self._tossed(view, rule, verdict, pair):
            return f"it was set back {self.flips} times within {self.window_days:g} days, somebody else sets it too"
        return ""

    def _tossed(self, view: View, rule: FieldRule, verdict: Verdict, pair: Pair) -> bool:
        window = timedelta(days=self.window_days)
        source = pair.record(verdict.to.other if verdict.to else Side.HUBSPOT).get(rule.hubspot)
        wanted = verdict.value if verdict.to is Side.HUBSPOT else source
        if flips(recent(pair.twin.agreed.get(rule.key), wanted, view.as_of, window)) >= self.flips:
            return True
        if verdict.to is None:
            return False
        past = view.history(pair.record(verdict.to).ref, rule.name(verdict.to))
        told = seen(((item.at, item.value) for item in past), verdict.value, view.as_of, window)
        return flips(told) >= self.flips

    def _written(self, mapping: Mapping, pair: Pair, to: Side, said: list[Said]) -> Finding:
        target, source = pair.record(to), pair.record(to.other)
        names = {rule.name(to): (rule, verdict) for rule, verdict in said}
        after = frozen({name: verdict.value for name, (_, verdict) in names.items()})
        before = frozen({name: target.get(name) for name in names})
        return Finding(
            check=self.label,
            refs=(target.ref, source.ref),
            message=f"{', '.join(sorted(names))} of {mapping.kind_on(to)} {target.ref.id} differ"
            f"{'s' if len(names) == 1 else ''} from {mapping.kind_on(to.other)} {source.ref.id}",
            severity=self.severity,
            evidence=tuple(
                Evidence(rule.hubspot, str(verdict.why), 1.0, shown(*pair.values(rule))) for rule, verdict in said
            ),
            changes=(Set(target.ref, after, before),),
            why=MappingProxyType({name: str(verdict.why) for name, (_, verdict) in names.items()}),
            discriminator=to.value,
        )

    def _open(self, mapping: Mapping, rule: FieldRule, verdict: Verdict, pair: Pair, why: str) -> Finding:
        hubspot, salesforce = pair.records
        return Finding(
            check=self.label,
            refs=(hubspot.ref, salesforce.ref),
            message=f"{rule.hubspot} of {mapping.kind} {hubspot.ref.id} and {mapping.kind_on(Side.SALESFORCE)} "
            f"{salesforce.ref.id} differs and is left: {why}",
            severity=self.severity,
            evidence=(Evidence(rule.hubspot, str(verdict.why), -1.0, shown(*pair.values(rule))),),
            discriminator=rule.key,
        )

    def _theirs(self, mapping: Mapping, theirs: Native) -> Iterator[Finding]:
        if theirs.fields:
            yield Finding(
                check=self.label,
                refs=(),
                message=f"HubSpot's own Salesforce integration takes care of {mapping.kind} fields, which are left to "
                f"it: {', '.join(sorted(theirs.fields))}",
                severity=Severity.INFO,
                evidence=(Evidence("integration", theirs.told, 1.0),),
                discriminator=f"native/{mapping.kind}/{mapping.kind_on(Side.SALESFORCE)}",
            )

    def _unseen(self, view: View, mapping: Mapping, found: Matched) -> Iterator[Finding]:
        """What a credential cannot see is unknown, never empty: it is neither read as a change nor written."""
        for workspace in sorted(found.workspaces):
            side = Side(workspace.partition(":")[0])
            for name in sorted({*mapping.names(side)} - view.known(workspace, mapping.kind_on(side))):
                yield Finding(
                    check=self.label,
                    refs=(),
                    message=f"{mapping.kind_on(side)} {name} is not visible in {workspace}: it is not synced",
                    severity=Severity.INFO,
                    discriminator=f"unseen/{workspace}/{mapping.kind_on(side)}/{name}",
                )


def shown(*values: Value) -> tuple[str, ...]:
    """HubSpot's value and Salesforce's, as a person reads them."""
    return tuple("" if value is None else str(dump(value) if isinstance(value, tuple) else value) for value in values)
