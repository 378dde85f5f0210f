"""Erasing a person reaches every store and file, keeps the chain valid, and what was erased stays away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.errors import RefusedError
from connectors.records import Record, Ref
from sync.database import writing
from sync.files import write
from sync.jobs.forget import forget, forget_expired
from sync.jobs.pull import pull_all
from sync.mirror.erase import mentions
from sync.mirror.write import store_records
from sync.plan.file import encode, plan_hash
from tests.sync.stage import Stage
from tests.sync.stores import in_files


def person(stage: Stage) -> Record:
    """A contact whose address stands in no other record, and in no other's past."""
    with stage.opened() as session:
        people = [one for one in session.mirror().records("contact") if one.text("email")]
        texts = [address for one in people for address in [one.text("email").casefold()]]
        return next(
            one
            for one, text in zip(people, texts, strict=True)
            if {*mentions(session.mirror_store, [text])} == {one.ref}
        )


def bytes_of(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()).lower()


def applied(stage: Stage) -> None:
    """Every planned change is made, so that the journal holds values."""
    made = stage.planned()
    content = encode(made.plan)
    write(stage.state / "plan.json", content)
    stage.applied(content, approve=plan_hash(content))


@in_files
def test_no_byte_of_a_person_is_left_in_the_state(stage: Stage) -> None:
    applied(stage)
    chosen = person(stage)
    address = chosen.text("email").casefold().encode()
    assert address in bytes_of(stage.state)
    with stage.opened() as session:
        done = forget(session, chosen.ref)
        assert session.journal.verify()[1] == []
    assert done.rows and address not in bytes_of(stage.state)


def test_what_was_merged_into_a_person_and_its_twins_go_along(stage: Stage) -> None:
    applied(stage)
    with stage.opened() as session:
        old, new = next((old, new) for old, new in session.mirror().merged() if old.kind == "contact")
        assert {old, new} <= set(forget(session, new).refs)


def test_an_erased_person_does_not_come_back(stage: Stage) -> None:
    chosen = person(stage)
    with stage.opened() as session:
        forget(session, chosen.ref)
    with stage.opened() as session:
        away = sum(item.away for item in pull_all(session, full=True)[0])
        assert session.mirror().get(chosen.ref) is None
    assert away >= 1
    assert chosen.text("email").casefold().encode() not in bytes_of(stage.state)


def test_a_plan_that_names_the_person_goes_and_others_stay(stage: Stage, tmp_path: Path) -> None:
    made = stage.planned()
    one, other = made.plan.groups[0], tmp_path / "state" / "findings.json"
    write(stage.state / "plan.json", encode(made.plan))
    other.write_text("[]", "utf-8")
    with stage.opened() as session:
        done = forget(session, one.refs[0])
    assert done.files == (stage.state / "plan.json",) and other.exists()


def test_a_backup_loses_the_rows_of_the_person_alone(stage: Stage) -> None:
    chosen = person(stage).ref
    path = stage.state / "backup-abc.csv"
    path.write_text(f"run,record,field,before,after\nabc,{chosen},phone,1,2\nabc,{chosen}0,phone,3,4\n", "utf-8")
    with stage.opened() as session:
        forget(session, chosen)
    assert path.read_text("utf-8") == f"run,record,field,before,after\nabc,{chosen}0,phone,3,4\n"


def test_a_shared_mailbox_keeps_nobody_else_away(stage: Stage) -> None:
    with stage.opened() as session:
        people = [record for record in session.mirror().records("contact") if record.text("email")]
        first = people[0]
        stranger = Record(Ref(first.ref.workspace, "contact", "999999"), first.fields)
        with writing(session.mirror_store) as connection:
            store_records(connection, [stranger], session.now())
        done = forget(session, first.ref)
        assert session.mirror().get(stranger.ref) is not None and stranger.ref not in done.refs


def test_a_run_that_is_not_finished_keeps_what_it_needs(stage: Stage) -> None:
    applied(stage)
    with stage.opened() as session:
        run = session.ledger.runs()[-1]
        named = next(entry.ref for entry in session.journal.entries(run.id) if entry.ref)
        session.ledger.finish(run.id, "stopped")
        with pytest.raises(RefusedError, match="is not finished"):
            forget(session, Ref.parse(named))


def test_retention_erases_what_is_past_its_time_and_nothing_else(stage: Stage) -> None:
    applied(stage)
    with stage.opened() as session:
        assert forget_expired(session).values == 0
    later = datetime.now(UTC) + timedelta(days=800)
    with stage.opened() as session:
        object.__setattr__(session, "now", lambda: later)
        done = forget_expired(session)
        assert done.values and done.rows and session.journal.verify()[1] == []
        assert session.mirror().counts()
