"""Hard merges on the sandbox: hierarchies, converted leads, several addresses, and caps; there and back."""

from collections.abc import Callable
from itertools import combinations

import pytest

from connectors.changes import Merge, verb
from connectors.records import Ref
from hygiene.view import Judgement
from sandbox.edits import edit
from sandbox.store import Row
from sync.jobs.plan import Made
from sync.jobs.pull import pull_all
from sync.jobs.undo import undo_run
from sync.plan.model import About, Group
from tests.sync.jobs.test_apply import merging
from tests.sync.stage import Stage


def group_of(made: Made, crm: str, kind: str) -> Group:
    """The first merge of a kind in the plan."""
    return next(group for group in made.plan.groups if (group.refs[0].crm, group.refs[0].kind) == (crm, kind))


def parties(group: Group) -> list[Ref]:
    """The survivor first."""
    return [item.ref for item in group.expects]


def changed(stage: Stage, ref: Ref, **fields: object) -> None:
    """A person changes a record in the CRM."""
    spec = {"crm": ref.crm, "kind": ref.kind, "id": ref.id, "fields": fields}
    edit(stage.sandbox.store, stage.sandbox.clock.now_ms(), spec)


def pulled(stage: Stage) -> Stage:
    stage.sandbox.clock.advance(60)
    with stage.opened() as session:
        pull_all(session)
    return stage


def one(stage: Stage, *refs: Ref) -> None:
    """A person says that they are one, whatever stands between them."""
    with stage.opened() as session:
        session.ledger.judge(combinations(refs, 2), Judgement.DUPLICATE, "test")


def row(stage: Stage, ref: Ref) -> Row:
    found = stage.sandbox.store.get(ref.crm, ref.kind, ref.id)
    assert found is not None
    return found


def undone(stage: Stage, run: str) -> None:
    with stage.opened() as session:
        back, _ = undo_run(session, run)
    assert stage.applied(back.content, approve=back.hash).report.exit_code == 0


def stranger(made: Made, stage: Stage) -> Ref:
    """A Salesforce company that the plan leaves alone."""
    taken = {ref.id for group in made.plan.groups for ref in group.refs}
    free = stage.sandbox.store.rows("crm='salesforce' AND kind='company' AND archived=0")
    return next(Ref(parties(group_of(made, "salesforce", "company"))[0].workspace, "company", item.id)
                for item in free if item.id not in taken and not item.fields.get("ParentId"))  # fmt: skip


@pytest.mark.parametrize("strategy", ["native", "soft"])
def test_a_child_that_survives_its_parent_keeps_the_children_and_all_come_back(stage: Stage, strategy: str) -> None:
    stage = merging(stage, strategy)
    survivor, parent, *_ = parties(group_of(stage.planned(), "salesforce", "company"))
    child = stranger(stage.planned(), stage)
    changed(stage, survivor, ParentId=parent.id)
    changed(stage, child, ParentId=parent.id)
    one(stage, survivor, parent)
    made = pulled(stage).planned()
    group = next(group for group in made.plan.groups if survivor in parties(group))
    assert parties(group)[0] == survivor and verb(group.steps[0].change) in ("link", "unlink")
    applied = stage.applied(made.content, approve=made.hash)
    assert applied.report.exit_code == 0 and applied.made == applied.forecast
    assert row(stage, child).fields["ParentId"] == survivor.id != row(stage, survivor).fields["ParentId"]
    undone(stage, applied.report.run)
    assert not row(stage, parent).archived
    assert row(stage, child).fields["ParentId"] == row(stage, survivor).fields["ParentId"] == parent.id


def test_a_company_between_the_two_is_for_a_person(stage: Stage) -> None:
    stage = merging(stage, "native")
    survivor, parent, *_ = parties(group_of(stage.planned(), "salesforce", "company"))
    between = stranger(stage.planned(), stage)
    changed(stage, between, ParentId=parent.id)
    changed(stage, survivor, ParentId=between.id)
    left = {item.finding.refs[0]: item.reason for item in pulled(stage).planned().left}
    assert "between them in the hierarchy" in left[survivor]


def leads(made: Made) -> list[Group]:
    return [group for group in made.plan.groups if group.refs[0].kind == "lead"]


def doubled(stage: Stage) -> list[Ref]:
    """Two leads of one person."""
    rows = stage.sandbox.store.rows("crm='salesforce' AND kind='lead' AND archived=0")
    one, two = [item for item in rows if not item.fields.get("IsConverted")][:2]
    with stage.opened() as session:
        space = next(name for name in session.readers if name.startswith("salesforce"))
    refs = [Ref(space, "lead", item.id) for item in (one, two)]
    names = ("FirstName", "LastName", "Email", "Phone", "Company", "City", "Country", "Website", "State", "Title")
    changed(stage, refs[1], **{name: one.fields.get(name) for name in names})
    return refs


def converted(stage: Stage, ref: Ref) -> None:
    found = row(stage, ref)
    found.fields["IsConverted"] = True
    found.modified = found.visible = stage.sandbox.clock.now_ms()
    stage.sandbox.store.put(found)


def test_converted_leads_are_not_planned_and_one_converted_since_is_not_merged(stage: Stage) -> None:
    stage = merging(stage, "native")
    refs = doubled(stage)
    made = pulled(stage).planned()
    (group,) = [group for group in leads(made) if set(parties(group)) == set(refs)]
    converted(stage, refs[1])
    report = stage.applied(made.content, approve=made.hash).report
    assert "converted" in report.reasons[group.id] and group.id not in report.through
    assert not row(stage, refs[0]).archived and not row(stage, refs[1]).archived
    assert not [group for group in leads(pulled(stage).planned()) if set(parties(group)) & set(refs)]


def said(made: Made, crm: str, about: About, *names: str) -> list[tuple[Group, object]]:
    """What the merges of contacts say of their addresses."""
    groups = [group for group in made.plan.groups if (group.refs[0].crm, group.refs[0].kind) == (crm, "contact")]
    effects = [(group, item) for group in groups for item in group.impact]
    return [
        (group, item.before if about is About.LOST else item.after)
        for group, item in effects
        if item.about is about and item.name in names
    ]


def test_an_address_that_goes_with_a_salesforce_contact_is_told(stage: Stage) -> None:
    stage = merging(stage, "native")
    made = stage.planned()
    gone = said(made, "salesforce", About.LOST, "email")
    addresses = {row(stage, ref).fields["Email"] for group, _ in gone for ref in parties(group)[1:]}
    assert gone and {value for _, value in gone} <= addresses
    assert stage.applied(made.content, approve=made.hash).report.exit_code == 0
    assert all(row(stage, parties(group)[0]).fields["Email"] != value for group, value in gone)


def test_hubspot_keeps_every_address_of_a_merged_contact_and_a_soft_merge_says_that_it_goes(stage: Stage) -> None:
    native, soft = (merging(stage, strategy).planned() for strategy in ("native", "soft"))
    kept = said(native, "hubspot", About.KEPT, "more_emails")
    assert len(kept) == len({group.id for group, _ in said(soft, "hubspot", About.LOST, "email")}) > 0
    assert said(native, "hubspot", About.LOST, "email") == []


def crowded(stage: Stage, ref: Ref, count: int) -> None:
    """As if so many records had been merged into it before."""
    found = row(stage, ref)
    found.fields["hs_merged_object_ids"] = ";".join(str(900_000 + at) for at in range(count))
    found.modified = found.visible = stage.sandbox.clock.now_ms()
    stage.sandbox.store.put(found)


CAPPED: list[Callable[[Group], Ref]] = [lambda group: parties(group)[0], lambda group: parties(group)[1]]


@pytest.mark.parametrize("party", CAPPED, ids=["survivor", "other"])
def test_the_cap_of_merges_is_foreseen_and_looked_at_again_before_the_write(
    stage: Stage, party: Callable[[Group], Ref]
) -> None:
    stage = merging(stage, "native")
    made = stage.planned()
    group = group_of(made, "hubspot", "contact")
    assert isinstance(next(step.change for step in group.steps if verb(step.change) == "merge"), Merge)
    crowded(stage, party(group), 249)
    report = stage.applied(made.content, approve=made.hash).report
    assert "at most 250 merged ids" in report.reasons[group.id]
    assert not any(
        effect["verb"] == "merge" and effect["detail"].get("primary") == parties(group)[0].id
        for effect in stage.effects()
    )
    left = {ref: item.reason for item in pulled(stage).planned().left for ref in item.finding.refs}
    assert "at most 250 merged ids" in left[party(group)]
