"""The decisions in the ledger: the last word wins, ids that merges left lead on, one writer at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from connectors.errors import RefusedError
from connectors.records import Record
from connectors.values import frozen
from hygiene.view import Judgement
from sync.database import writing
from sync.ledger.store import Ledger
from sync.ledger.twins import link_twins
from sync.mirror.store import Mirror
from sync.mirror.write import store_records
from tests.sync.desk import NOW, ref
from tests.sync.stores import new_store

KEYS = st.sampled_from("abcdef")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    engine = new_store("ledger", tmp_path)
    yield Ledger(engine, lambda: NOW)
    engine.dispose()


def cleared(ledger: Ledger, table: str) -> Ledger:
    with writing(ledger.engine) as connection:
        connection.execute(text(f"DELETE FROM {table}"))
    return ledger


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(KEYS, KEYS, st.sampled_from(list(Judgement))).filter(lambda item: item[0] != item[1])))
def test_the_last_word_on_a_pair_wins_whichever_way_round_it_was_said(ledger: Ledger, said: list) -> None:  # type: ignore[type-arg]
    cleared(ledger, "judgement")
    for a, b, verdict in said:
        ledger.judge([(ref(a), ref(b))], verdict, "me")
    wanted = {(ref(min(a, b)), ref(max(a, b))): verdict for a, b, verdict in said}
    assert ledger.judgements("company") == wanted and ledger.judgements("contact") == {}


def test_an_earlier_word_stays_on_record(ledger: Ledger) -> None:
    for verdict in Judgement:
        ledger.judge([(ref("b"), ref("a"))], verdict, "me")
    with ledger.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM judgement")) == 2


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations("abcdefgh"), st.data())
def test_merged_ids_lead_to_the_record_that_is_left(ledger: Ledger, keys: list[str], data: st.DataObject) -> None:
    cleared(ledger, "alias")
    stands = {key: key for key in keys}
    for old in keys[:-1]:
        live = sorted(set(stands.values()) - {stands[old]})
        new, gone = data.draw(st.sampled_from(live)), stands[old]
        ledger.alias(ref(gone), ref(new), "r")
        stands = {key: new if at == gone else at for key, at in stands.items()}
    assert {key: ledger.resolve(ref(key)).id for key in keys} == stands


def test_an_id_of_another_kind_or_account_is_another_record(ledger: Ledger) -> None:
    ledger.alias(ref("a"), ref("b"), "r")
    assert ledger.resolve(ref("a", "contact")) == ref("a", "contact")
    assert ledger.resolve(ref("zz")) == ref("zz")


def test_the_newest_writer_fences_off_the_older_one(ledger: Ledger) -> None:
    first = ledger.take_lease("one")
    ledger.check_lease(first)
    second = ledger.take_lease("two")
    ledger.check_lease(second)
    assert second > first
    with pytest.raises(RefusedError, match="two"):
        ledger.check_lease(first)


def test_without_a_lease_nobody_writes(ledger: Ledger) -> None:
    with pytest.raises(RefusedError):
        ledger.check_lease(1)


def test_an_approval_is_for_one_hash(ledger: Ledger) -> None:
    given_ = ledger.approve("a" * 64, "me", {"groups": 3})
    assert ledger.approval("a" * 64) == given_ and given_.at == NOW
    assert ledger.approval("b" * 64) is None


def test_a_run_is_resumed_under_its_own_name(ledger: Ledger) -> None:
    ledger.begin("r1", "plan")
    ledger.finish("r1", "stopped")
    assert [(run.status, run.finished_at) for run in ledger.runs("plan")] == [("stopped", NOW)]
    ledger.begin("r1", "plan")
    assert [(run.status, run.finished_at) for run in ledger.runs("plan")] == [("running", None)]
    assert ledger.runs("other") == [] and len(ledger.runs()) == 1


def mirror_of(folder: Path, *records: Record) -> Mirror:
    engine = new_store("mirror", folder)
    with writing(engine) as connection:
        store_records(connection, records, NOW)
    return Mirror(engine, NOW)


def test_records_that_name_each_other_are_twins(ledger: Ledger, tmp_path: Path) -> None:
    here = Record(ref("1").__class__("hubspot:1", "company", "1"), frozen({"twin": "001SB0000000001"}))
    there = Record(ref("1").__class__("salesforce:00D", "company", "001SB0000000001YAA"), frozen({"twin": None}))
    mirror = mirror_of(tmp_path, here, there)
    assert [link_twins(mirror, ledger), link_twins(mirror, ledger), ledger.twins()] == [1, 0, 1]
    assert (ledger.twin(here.ref), ledger.twin(there.ref)) == (there.ref, here.ref)
    assert ledger.twin(ref("a")) is None


def test_a_record_is_no_twin_of_one_in_its_own_account(ledger: Ledger, tmp_path: Path) -> None:
    pair = [Record(ref("1"), frozen({"twin": "2"})), Record(ref("2"), frozen({"twin": "1"}))]
    other = Record(ref("1").__class__("salesforce:00D", "company", "9"), frozen({"twin": "8"}))
    assert link_twins(mirror_of(tmp_path, *pair, other), ledger) == 0
