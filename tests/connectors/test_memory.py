"""A CRM in a dict, and the CSV files it is made from."""

from pathlib import Path

import pytest

from connectors.base import Gone
from connectors.changes import Archive, Batch, Connect, Merge, Restore, Row, Set, Status
from connectors.errors import UsageError
from connectors.memory import Memory, from_csv
from connectors.records import Link, Record, Ref
from connectors.values import frozen

SPACE = "memory:local"
COLUMNS = {"id": "Id", "name": "Company", "phone": "Phone"}


def company(key: str, **fields: str) -> Record:
    return Record(Ref(SPACE, "company", key), frozen(fields))


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


GOOD = [
    "Id,Company,Phone\n1,Acme,555\n2,Globex,\n",
    "\ufeffId,Company,Phone\r\n1,Acme,555\r\n2,Globex,\r\n",
    "Phone,Id,Other,Company\n555,1,x,Acme\n\n,2,y,Globex\n",
    '"Id","Company","Phone"\n"1","Acme","555"\n"2","Globex"," "\n',
]


@pytest.mark.parametrize("text", GOOD)
def test_a_list_becomes_records(tmp_path: Path, text: str) -> None:
    (page,) = from_csv(written(tmp_path, text), "company", COLUMNS).pull("company")
    assert [dict(record.fields) for record in page.records] == [
        {"name": "Acme", "phone": "555"},
        {"name": "Globex", "phone": None},
    ]


BAD = [
    ("", 1, "header"),
    ("Id,Company\n1,Acme\n", 1, "Phone"),
    ("Id,Phone,Company,Phone\n", 1, "two columns"),
    ("Id,Company,Phone\n1,Acme\n", 2, "2 cells under 3 columns"),
    ("Id,Company,Phone\n1,Acme,5\n2,Smith, Jones,5\n", 3, "4 cells"),
    ("Id,Company,Phone\n1,Acme,5\n1,Globex,5\n", 3, "line 2"),
    ("Id,Company,Phone\n,Acme,5\n", 2, "the id"),
    ("Id,Company,Phone\na/b,Acme,5\n", 2, "the id"),
    (b"Id,Company,Phone\n1,Z\xfcrich,5\n", 2, "UTF-8"),
    ('Id,Company,Phone\n1,"Acme,5\n', 2, "CSV"),
]


@pytest.mark.parametrize(("text", "line", "what"), BAD, ids=[what for _, _, what in BAD])
def test_a_mistake_is_named_by_file_line_and_mend(tmp_path: Path, text: str | bytes, line: int, what: str) -> None:
    with pytest.raises(UsageError, match=what) as mistake:
        from_csv(written(tmp_path, text), "company", COLUMNS)
    assert f"list.csv, line {line}" in str(mistake.value) and mistake.value.act


def test_a_value_over_two_lines_does_not_shift_the_line_numbers(tmp_path: Path) -> None:
    text = 'Id,Company,Phone\n1,"Acme\nInc",5\n2,short\n'
    with pytest.raises(UsageError, match="line 4"):
        from_csv(written(tmp_path, text), "company", COLUMNS)


def test_without_an_id_the_line_is_the_id(tmp_path: Path) -> None:
    crm = from_csv(written(tmp_path, "Company\nAcme\n\nGlobex\n"), "company", {"name": "Company"})
    assert [record.ref.id for page in crm.pull("company") for record in page.records] == ["2", "4"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.csv"):
        from_csv(tmp_path / "none.csv", "company", COLUMNS)


@pytest.mark.parametrize("renumbers", [False, True])
def test_a_merge_fills_blanks_keeps_ties_and_takes_what_is_carried(renumbers: bool) -> None:
    contact = Record(Ref(SPACE, "contact", "c"))
    records = [company("1", name="Acme", city="Bonn"), company("2", name="Acme Inc", phone="5"), contact]
    crm = Memory(records, renumbers=renumbers)
    one, two = Ref(SPACE, "company", "1"), Ref(SPACE, "company", "2")
    writer = crm.writer()
    writer.push(Batch(SPACE, "contact", "link", (Row("l", Connect(contact.ref, Link(two))),)))
    merge = Merge(one, (two,), frozen({"city": "Berlin"}))
    (outcome,) = writer.push(Batch(SPACE, "company", "merge", (Row("m", merge),)))
    assert outcome.ref is not None and (outcome.ref == one) is not renumbers
    left = crm.read([outcome.ref], ["name", "phone", "city"], ["contact"])[outcome.ref]
    assert isinstance(left, Record) and dict(left.fields) == {"name": "Acme", "phone": "5", "city": "Berlin"}
    assert [link.to for link in left.links] == [contact.ref]


def test_what_was_archived_comes_back_with_its_ties() -> None:
    crm = Memory([company("1"), Record(Ref(SPACE, "contact", "c"))])
    ref, contact, writer = Ref(SPACE, "company", "1"), Ref(SPACE, "contact", "c"), crm.writer()
    writer.push(Batch(SPACE, "contact", "link", (Row("l", Connect(contact, Link(ref))),)))
    writer.push(Batch(SPACE, "company", "archive", (Row("a", Archive(ref)),)))
    assert crm.read([ref], []) == {ref: Gone(ref)}
    (outcome,) = writer.push(Batch(SPACE, "company", "restore", (Row("r", Restore(ref)),)))
    assert outcome.status is Status.APPLIED
    reading = crm.read([ref], [], ["contact"])[ref]
    assert isinstance(reading, Record) and [link.to for link in reading.links] == [contact]


def test_a_record_of_another_account_has_no_place_here() -> None:
    with pytest.raises(UsageError):
        Memory([company("1")], workspace="memory:other")


def test_restoring_what_is_not_archived_is_rejected() -> None:
    crm = Memory([company("1")])
    (outcome,) = crm.writer().push(Batch(SPACE, "company", "restore", (Row("r", Restore(Ref(SPACE, "company", "1"))),)))
    assert outcome.status is Status.REJECTED


def test_records_given_are_not_changed_by_writes() -> None:
    given = company("1", name="Acme")
    Memory([given]).writer().push(Batch(SPACE, "company", "set", (Row("s", Set(given.ref, {"name": "B"})),)))
    assert given.get("name") == "Acme"
