"""What a team writes into `revops.yaml`, and the defaults."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hygiene.check import Severity
from hygiene.days import Zone
from hygiene.sync.mapping import DEFAULTS
from hygiene.sync.mapping import Mapping as Mapped
from sync.apply.stop import Rules
from sync.jobs.policy import Running
from sync.plan.guards import Bound, Guarded
from sync.plan.required import Required
from sync.plan.strategy import Strategy
from sync.plan.ways import Writes

Policy = Literal["alert", "task", "revert"]
"""What a gate does of itself: tell people, ask the owner with a task, or also put the deal back."""
DEFAULT_CHECKS: tuple[dict[str, Any], ...] = (
    {"check": "duplicate", "kind": "company"},
    {"check": "duplicate", "kind": "contact"},
    {"check": "duplicate", "kind": "lead"},
    {"check": "required_field"},
)

DEFAULT_SLOS: tuple[dict[str, Any], ...] = (
    {"id": "duplicate_accounts", "figure": "duplicate_rate", "below": 0.02, "owner": "RevOps", "every": "weekly"},
    {"id": "open_deals_complete", "figure": "complete_deals", "min": 1, "owner": "sales managers", "every": "daily"},
    {"id": "stale_deals", "figure": "stale_deals", "max": 0, "owner": "deal owners", "every": "daily"},
    {"id": "bounced_addresses", "figure": "bounce_rate", "below": 0.05, "owner": "marketing", "every": "monthly"},
    {"id": "matched_leads", "figure": "matched_leads", "min": 0.95, "owner": "RevOps", "every": "daily"},
    {"id": "lost_reasons", "figure": "lost_reasons", "min": 1, "owner": "deal owners", "every": "daily"},
    {"id": "silent_pushes", "figure": "silent_pushes", "max": 0, "owner": "deal owners", "every": "weekly"},
)
"""The usual table of data hygiene rules, each with its threshold, who acts on it and how often it is looked at."""


class Strict(BaseModel):
    """A part of the settings in which an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChangeGuard(Strict):
    """What the changes of one type may not exceed."""

    change: Guarded
    kind: str = ""
    max_records: int = Field(ge=0)
    max_share: float = Field(ge=0, le=1)


class Guards(Strict):
    """What a plan may not exceed unless the team raises it: both numbers must be passed for a refusal."""

    max_records: int = Field(1000, ge=0, description="Records of one kind that one plan may merge or archive.")
    max_share: float = Field(0.25, ge=0, le=1, description="The share of a kind that one plan may merge or archive.")
    changes: tuple[ChangeGuard, ...] = (ChangeGuard(change="set", max_records=10_000, max_share=0.5),)
    expires_hours: float = Field(24.0, gt=0, description="How long a plan may be applied after it was made.")

    def bounds(self) -> tuple[Bound, ...]:
        """The same as the planner takes them."""
        lost = Bound(("merge", "archive"), "", self.max_records, self.max_share, "guards")
        others = enumerate(self.changes)
        return lost, *(
            Bound((i.change,), i.kind, i.max_records, i.max_share, f"guards.changes.{at}") for at, i in others
        )


class Stop(Strict):
    """When a run halts by itself."""

    consecutive: int = Field(5, ge=1)
    share: float = Field(0.02, ge=0, le=1)
    sample: int = Field(100, ge=1)
    reverted: int = Field(3, ge=1)
    unknown_merges: int = Field(1, ge=1)

    def rules(self) -> Rules:
        """The same as the apply loop takes them."""
        return Rules(**self.model_dump())


class Applying(Strict):
    """How a plan is applied."""

    settle_seconds: float = Field(5.0, ge=0, description="How long a CRM may take to show what it has done.")
    reserve_calls: int = Field(1000, ge=0, description="Calls of the day's budget that are left to other tools.")
    writes: Writes = Writes()
    stop: Stop = Stop()


class GateRule(Strict):
    """A check that gates a deal's moves, and what follows where it objects to one that a CRM has let through."""

    check: str
    policy: Policy = "alert"


class Gate(Strict):
    """Which checks gate the moves of deals."""

    rules: tuple[GateRule, ...] = (
        GateRule(check="required_field"),
        GateRule(check="exit_criteria"),
        GateRule(check="stage_skip"),
    )
    severity: Severity = Field(Severity.WARNING, description="Findings that are less grave do not object.")
    pipelines: tuple[str, ...] = Field((), description="Pipelines (id or label) that are gated; none names them all.")


class Retention(Strict):
    """How long personal data is kept; `revops-sync forget --expired` erases what is older."""

    gone_days: int = Field(365, ge=1, description="Days that the mirror keeps a record after its CRM lost it.")
    values_days: int = Field(730, ge=1, description="Days that the journal keeps values; undo needs them.")


class Leaks(Strict):
    """What `leaks` tells the sources of duplicates by."""

    by: tuple[str, ...] = Field(("source",), min_length=1, description="Fields that say what made a record.")
    time_zone: Zone = Field("UTC", description="The zone whose weeks are told apart.")


class Config(Strict):
    """The content of `revops.yaml`."""

    version: Literal[1] = 1
    read_only: bool = Field(False, description="No command can make a writer, whatever credentials are set.")
    crms: tuple[Literal["hubspot", "salesforce"], ...] = ("hubspot", "salesforce")
    kinds: tuple[str, ...] = ("owner", "company", "contact", "lead", "deal", "task")
    merge: dict[str, Strategy] = Field(default_factory=dict, description="Strategy by kind, or by `crm.kind`.")
    checks: tuple[dict[str, Any], ...] = DEFAULT_CHECKS
    guards: Guards = Guards()
    apply: Applying = Applying()
    retention: Retention = Retention()
    gate: Gate = Gate()
    run: Running = Running()
    slo: tuple[dict[str, Any], ...] = Field(DEFAULT_SLOS, description="Targets for figures, each with its owner.")
    leaks: Leaks = Leaks()
    required_by_hubspot: tuple[Required, ...] = Field(
        (), description="What the portal requires where it is written to."
    )
    sync: tuple[Mapped, ...] = Field((), description="The fields that twins share, by kind; none said: the standard.")

    def mappings(self) -> tuple[Mapped, ...]:
        """The fields that twins share."""
        return self.sync or DEFAULTS

    def strategy(self, workspace: str, kind: str, first_live: bool) -> Strategy:
        """What the team chose; else native, or a mere mark on the first run against a live account."""
        crm = workspace.partition(":")[0]
        chosen = self.merge.get(f"{crm}.{kind}", self.merge.get(kind))
        return chosen or (Strategy.MARK if first_live else Strategy.NATIVE)
