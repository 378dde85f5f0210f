"""Measures an apply of many field updates by each way: calls, the rate that was allowed and used, and lost edits."""

import argparse
import random
import time
from collections.abc import Callable
from math import ceil

from connectors.changes import Batch, Outcome, Set, Way
from connectors.records import Ref
from connectors.values import frozen
from sandbox.app import Sandbox
from sandbox.edits import edit
from sandbox.salesforce.ids import make_id
from sandbox.store import Row
from sandbox.wire import Request, Response
from sync.apply.run import Apply
from sync.apply.scribe import Report
from sync.apply.stop import Rules
from sync.apply.tools import Tools
from sync.ledger.journal import Scratch
from sync.plan.model import Expectation, Grade, Group, Plan, Step
from tests.connectors.desk import SPACE, Desk, opened
from tests.connectors.salesforce_org import WORKSPACE, Org
from tests.sync.desk import plan_of

NAMES = {Way.PLAIN: "hubspot", Way.GUARDED: "guarded", Way.BULK: "bulk", Way.JOB: "job"}
NEW, OLD, THEIRS = "+1 555 0100", "+1 555 0199", "+1 555 0142"


def org_with(count: int) -> tuple[Org, list[Ref]]:
    """An org with so many accounts that have a phone."""
    org = Org()
    now, ids = org.sandbox.clock.now_ms() - 60_000, [make_id("001", number) for number in range(1, count + 1)]
    for seq, id_ in enumerate(ids, 1):
        fields = {"Name": f"Company {seq}", "Phone": OLD}
        org.sandbox.store.put(Row("salesforce", "company", id_, seq, now, now, now, False, None, fields))
    return org, [Ref(WORKSPACE, "company", id_) for id_ in ids]


def plan_for(refs: list[Ref], way: Way) -> Plan:
    """One group with one update for each record, all by one way."""
    new, old = frozen({"phone": NEW}), frozen({"phone": OLD})
    groups = (
        Group(f"g-{at}", "bench", "", "", Grade.REVERSIBLE, (Step("1", Set(ref, new, old)),), (Expectation(ref, old),))
        for at, ref in enumerate(refs)
    )
    return plan_of(*(_by(group, way) for group in groups))


def _by(group: Group, way: Way) -> Group:
    return Group(group.id, group.check, group.finding, group.title, group.grade, group.steps, group.expects, way=way)


class Counting(Sandbox):
    """Counts the calls that it refuses for their rate."""

    refused = 0

    def handle(
        self, request: Request, wait: Callable[[float], None] | None = None, origin: str | None = None
    ) -> Response:
        """As the sandbox does."""
        answer = super().handle(request, wait, origin)
        self.refused += answer.status == 429
        return answer


def portal_with(count: int, **settings: int) -> tuple[Desk, list[Ref]]:
    """A HubSpot account with so many companies that have a phone, whose time stands still but for waiting."""
    desk = opened(Counting())
    for name, value in settings.items():
        desk.sandbox.store.set("hubspot", name, value)
    refs = desk.fill("company", count, phone=OLD)
    desk.sandbox.clock.freeze()
    return desk, refs


def carry_out(org: Org | Desk, plan: Plan) -> Report:
    """Apply the plan in the sandbox's own time, with nothing that stops it."""
    space = WORKSPACE if isinstance(org, Org) else SPACE
    tools = Tools(
        journal=Scratch(),
        readers={space: org.reader},
        writers={space: org.writer},
        resolve=lambda ref: ref,
        alias=lambda old, new: None,
        fence=lambda: None,
        keep=lambda readings: None,
        sleep=org.sandbox.clock.advance,
        age=lambda entry: 60.0,
        clock=lambda: org.sandbox.clock.now_ms() / 1000,
    )
    return Apply(plan, "hash", "run", tools, Rules(10**6, 1.0, 100, 10**6, 10**6)).run()


def calls(way: Way, count: int) -> tuple[int, int, Report]:
    """The calls that an apply made, those that whole batches take, and its report."""
    org, refs = portal_with(count, rate_day=10**6) if way is Way.PLAIN else org_with(count)
    report = carry_out(org, plan_for(refs, way))
    made, limits = org.reader.calls + org.writer.calls, org.reader.limits
    batch = limits.most("set", way)
    size = [min(batch, count - start) for start in range(0, count, batch)]
    reads = 2 * sum(ceil(rows / limits.rows["read"]) for rows in size)
    return made, reads + sum(limits.calls("set", rows, way) for rows in size), report


def share_of_rate(count: int, allowed: int) -> tuple[float, int]:
    """The least time that an apply's calls may take, as a share of what they took, and how many were refused.

    HubSpot counts the calls of each token in any ten seconds; the reader's are the most here.
    """
    desk, refs = portal_with(count, rate_ten_seconds=allowed)
    began = desk.sandbox.clock.now_ms()
    carry_out(desk, plan_for(refs, Way.PLAIN))
    seconds = (desk.sandbox.clock.now_ms() - began) / 1000
    assert isinstance(desk.sandbox, Counting)
    least = 10 * (ceil(max(desk.reader.calls, desk.writer.calls) / allowed) - 1)
    return least / seconds, desk.sandbox.refused


def lost_edits(way: Way, seeds: range) -> tuple[int, int]:
    """How many edits were made a second or more after a read and before its write, and how many were lost."""
    made = lost = 0
    for seed in seeds:
        org, refs = org_with(20)
        chosen = random.Random(seed).sample(refs, 3)
        org.writer.push = _interrupted(org, chosen, seed)  # type: ignore[method-assign,assignment]
        carry_out(org, plan_for(refs, way))
        made += len(chosen)
        lost += sum(org.one(ref, "phone").get("phone") != THEIRS for ref in chosen)
    return made, lost


def _interrupted(org: Org, refs: list[Ref], seed: int) -> Callable[[Batch], tuple[Outcome, ...]]:
    """The writer's push, with a person who edits some records right before it."""
    push = org.writer.push

    def late(batch: Batch) -> tuple[Outcome, ...]:
        org.sandbox.clock.advance(1 + random.Random(seed).random() * 5)
        for ref in refs:
            spec = {"crm": "salesforce", "kind": "company", "id": ref.id, "fields": {"Phone": THEIRS}}
            edit(org.sandbox.store, org.sandbox.clock.now_ms(), spec)
        return push(batch)

    return late


def main() -> None:
    """Print one line for each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=50)
    given = parser.parse_args()
    print(
        f"{'way':8} {'written':>8} {'calls':>6} {'whole batches':>14} {'ratio':>6} {'window':>9} "
        f"{'edits lost':>11} {'CPU':>7}"
    )
    for way in (Way.PLAIN, Way.GUARDED, Way.BULK, Way.JOB):
        began = time.process_time()
        made, wanted, report = calls(way, given.rows)
        spent = time.process_time() - began
        edits, lost = (0, 0) if way is Way.PLAIN else lost_edits(way, range(given.seeds))
        window = max(report.windows.values())
        told = f"{lost} of {edits}" if edits else "-"
        print(
            f"{NAMES[way]:8} {report.written:8} {made:6} {wanted:14} {made / wanted:6.3f} {window:7.1f} s "
            f"{told:>11} {spent:5.0f} s",
            flush=True,
        )
    for allowed in (10, 20, 40):
        share, refused = share_of_rate(given.rows, allowed)
        print(f"HubSpot, {allowed} calls in ten seconds: {share:.1%} of the rate used, {refused} calls refused (429)")


if __name__ == "__main__":
    main()
