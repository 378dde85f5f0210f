"""People of the sandbox find their companies, and the plan that ties them is carried out."""

import random
from dataclasses import replace
from operator import attrgetter

from connectors.changes import Connect
from connectors.records import Ref
from hygiene.check import Band
from hygiene.checks.unlinked_contact import UnlinkedContact
from hygiene.checks.unlinked_lead import UnlinkedLead
from sandbox.seed.cast import Sizes, assemble
from sync.jobs.check import ask
from sync.jobs.plan import plan
from sync.jobs.pull import pull_all
from sync.mirror.store import Mirror
from tests.book import Book
from tests.sync.stage import SEED, SIZES, Stage


def employers(stage: Stage) -> dict[str, str]:
    """Person -> company, as the seed made them."""
    cast = assemble(random.Random(SEED), Sizes(*SIZES.values()), stage.sandbox.clock.now_ms())
    return {f"person-{at}": f"company-{cast.employer(at)[0]}" for at in range(len(cast.employers))}


def untied(view: Mirror) -> Book:
    """The same records, none of them tied to a company."""
    records = [item for kind in ("company", "contact", "lead") for item in view.records(kind)]
    cut = [replace(item, links=tuple(link for link in item.links if link.to.kind != "company")) for item in records]
    return Book(cut)


def test_people_of_the_sandbox_find_their_companies(first_stage: Stage) -> None:
    rows, employer = (
        first_stage.sandbox.store.db.execute("SELECT crm, kind, id, entity FROM truth"),
        employers(first_stage),
    )
    truth = {(crm, kind, id_): entity for crm, kind, id_, entity in rows}
    with first_stage.opened() as session:
        view = untied(session.mirror())
    found = {item.refs: item.band for check in (UnlinkedContact(), UnlinkedLead()) for item in check.find(view)}

    def named(ref: Ref) -> str:
        return truth[ref.crm, ref.kind, ref.id]

    right = {refs for refs in found if employer[named(refs[0])] == named(refs[1])}
    there = {(ref.crm, named(ref)) for ref in map(attrgetter("ref"), view.records("company"))}
    people = [
        item
        for kind in ("contact", "lead")
        for item in view.records(kind)
        if item.text("company") or item.text("email")
    ]
    linkable = {item.ref for item in people if (item.ref.crm, employer[named(item.ref)]) in there}
    auto = {refs for refs, band in found.items() if band is Band.AUTO}
    assert len({refs[0] for refs in right} & linkable) >= 0.95 * len(linkable) > 50
    assert len(auto & right) >= 0.97 * len(auto)


def test_a_plan_ties_the_hubspot_leads_to_their_companies(stage: Stage) -> None:
    check = UnlinkedLead()
    with stage.opened() as session:
        made = plan(session, ask(session, [check]))
    groups = [group for group in made.plan.groups if isinstance(group.steps[0].change, Connect)]
    applied = stage.applied(made.content, approve=made.hash)
    assert groups and applied.report.exit_code == 0 and applied.report.groups_done == len(groups)
    with stage.opened() as session:
        pull_all(session)
        left = plan(session, ask(session, [check])).plan.groups
    assert not left
