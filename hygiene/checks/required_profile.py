"""Finds companies and contacts that lack what their lifecycle stage asks for."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from connectors.records import Record
from hygiene.blank import PLACEHOLDERS, blank, unseen
from hygiene.check import Finding, SetCheck, Severity
from hygiene.match.survive import LIFECYCLE
from hygiene.sight import unknown, untied
from hygiene.standing import Standing, lifecycle, standing
from hygiene.view import View

EVERY = "*"
TIES = frozenset({"company", "contact", "deal"})
"""Names that ask for a tie to a record of that kind, not for a field."""

Profile = Mapping[str, tuple[str, ...]]
DEFAULTS: Mapping[str, Profile] = {
    "company": {
        EVERY: ("name", "owner"),
        "marketingqualifiedlead": ("industry", "country"),
        "salesqualifiedlead": ("employees",),
        "opportunity": ("revenue", "contact"),
        "customer": ("phone",),
    },
    "contact": {
        EVERY: ("email",),
        "lead": ("last_name", "source"),
        "marketingqualifiedlead": ("company", "owner"),
        "salesqualifiedlead": ("title",),
        "opportunity": ("phone",),
    },
}
"""The usual lists of an account's and a contact's fields, as far as standard fields hold them, each from the stage
where it can be known; tiers, scores and personas are fields of the team's own, to be added under their names."""


class RequiredProfile(SetCheck):
    """A company or a contact that has come as far as a lifecycle stage without the fields asked for on the way.

    What a stage asks for holds from it on. How far a record has come is what its lifecycle stage says; an open deal
    makes it an opportunity and a won one a customer at least, which is all there is to go by on Salesforce.

    Why: asking for everything at once makes people enter anything; asking for nothing leaves lists that nobody can cut.
    Proposes: nothing; a person or an enrichment supplies the values.
    """

    kind: Literal["company", "contact"] = Field("company", description="company or contact.")
    rules: Profile = Field({}, description="Lifecycle stage or `*` -> fields or ties; by default those of the kind.")
    stages: tuple[str, ...] = Field(LIFECYCLE, description="Lifecycle stages in their order.")
    deals: bool = Field(True, description="Whether deals say how far a record has come.")
    placeholders: tuple[str, ...] = Field(PLACEHOLDERS, description="Texts that count as empty, in any case.")
    severity: Severity = Severity.INFO

    @property
    def label(self) -> str:
        """The check with its kind: both kinds stand side by side."""
        return f"{self.name()}:{self.kind}"

    def reads(self) -> Mapping[str, set[str]]:
        """Every field that a rule asks for."""
        rules = self.rules or DEFAULTS[self.kind]
        return {self.kind: {name for asked in rules.values() for name in asked} - TIES}

    def find(self, view: View) -> Iterator[Finding]:
        """First what cannot be seen, then one finding for each record that lacks something, in their order."""
        rules, names = self.rules or DEFAULTS[self.kind], self.reads()[self.kind]
        held = standing(view) if self.deals else Standing(frozenset(), frozenset())
        met = set[str]()
        for record in view.records(self.kind, "lifecycle_stage", "merged_into", *sorted(names)):
            workspace = record.ref.workspace
            if workspace not in met:
                met.add(workspace)
                yield from unseen(self.label, view, self.kind, [workspace], names)
            asked = () if record.text("merged_into") else self._asked(rules, self._come(record, held))
            lacks = [name for name in asked if self._lacks(record, name, view)]
            if lacks:
                yield Finding(
                    check=self.label,
                    refs=(record.ref,),
                    message=f"{self.kind} {record.ref.id} lacks {', '.join(lacks)}",
                    severity=self.severity,
                    discriminator=",".join(lacks),
                )

    def _come(self, record: Record, held: Standing) -> int:
        """The place of the furthest lifecycle stage that the record has come to, -1 for none."""
        found = [lifecycle(record.get("lifecycle_stage"), self.stages)]
        found += [lifecycle("opportunity", self.stages)] if record.ref in held.open else []
        found += [lifecycle("customer", self.stages)] if record.ref in held.won else []
        return max(found)

    def _asked(self, rules: Profile, come: int) -> Iterator[str]:
        reached = [name.casefold() for name in (EVERY, *self.stages[: come + 1])]
        asked: dict[str, None] = {}
        for stage, names in sorted(rules.items(), key=lambda item: lifecycle(item[0], self.stages)):
            asked |= dict.fromkeys(names if stage.casefold() in reached else ())
        yield from asked

    def _lacks(self, record: Record, name: str, view: View) -> bool:
        if name in TIES - {self.kind}:
            return not view.linked(record.ref, name) and not untied(view, record.ref)
        seen = name in view.known(record.ref.workspace, self.kind) and not unknown(view, record.ref, name)
        return seen and blank(record.get(name), self.placeholders)
