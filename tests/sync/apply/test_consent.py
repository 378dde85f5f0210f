"""Consent never loosens: whoever refused before a merge refuses after it, in the CRM's own raw flags."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.changes import Merge
from connectors.records import Ref
from connectors.values import frozen
from sandbox.app import Sandbox
from sandbox.edits import edit
from sync.plan.strategy import Strategy
from tests.connectors.crms import MAKERS
from tests.sync.apply.test_catalogue_crms import Bench
from tests.sync.desk import plan_of

RAW = {
    "salesforce": {"opted_out": "HasOptedOutOfEmail", "do_not_call": "DoNotCall"},
    "hubspot": {"opted_out": "hs_email_optout"},
}
FLAGS = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=3)


def sandbox_of(bench: Bench) -> Sandbox:
    reader = bench.crm.reader
    transport = getattr(reader, "transport", None) or reader.portal.transport  # type: ignore[attr-defined]
    return transport.adapter.sandbox  # type: ignore[no-any-return]


def refuse(bench: Bench, ref: Ref, fields: dict[str, object]) -> None:
    """A person says no in the CRM, in its own fields."""
    sandbox = sandbox_of(bench)
    spec = {"crm": ref.crm, "kind": "contact", "id": ref.id, "fields": fields, "actor": "person"}
    edit(sandbox.store, sandbox.clock.now_ms(), spec)


def refusals(bench: Bench, ref: Ref, raw: dict[str, str]) -> set[str]:
    """The raw flags that say no on the record that an id stands for now."""
    row = sandbox_of(bench).store.get(ref.crm, "contact", bench.resolve(ref).id)
    assert row is not None
    return {name for name in raw.values() if str(row.fields.get(name)).lower() == "true"}


@pytest.mark.parametrize("strategy", list(Strategy))
@pytest.mark.parametrize("crm", sorted(RAW))
@settings(max_examples=8, deadline=None)
@given(flags=FLAGS)
def test_a_no_of_anybody_is_a_no_afterwards(crm: str, strategy: Strategy, flags: list[tuple[bool, bool]]) -> None:
    bench, raw = Bench(MAKERS[crm]()), RAW[crm]
    refs = bench.crm.make("contact", *(f"Doe {place}" for place in range(len(flags))))
    said = [{name for name, no in zip(raw.values(), nos, strict=False) if no} for nos in flags]
    for ref, names in zip(refs, said, strict=True):
        if names:
            refuse(bench, ref, dict.fromkeys(names, "true" if crm == "hubspot" else True))
    bench.crm.wait()
    carry = frozen({field: True for field, name in raw.items() if name in set().union(*said[1:]) - said[0]})
    groups = bench.planned(strategy, Merge(refs[0], tuple(refs[1:]), carry))
    report = bench.apply(plan_of(*groups))
    assert report.exit_code == 0 and refusals(bench, refs[0], raw) >= said[0]
    if groups and strategy is not Strategy.MARK:
        assert refusals(bench, refs[0], raw) >= set().union(*said)
