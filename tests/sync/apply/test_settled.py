"""What is known without a clean answer: a wrong id in one, a person's word, and the other end of a tie."""

from connectors.base import Writer
from connectors.changes import Archive, Batch, Connect, Merge, Outcome, Row, Set, Status
from connectors.records import Link
from connectors.values import frozen
from sync.apply.progress import PERSON
from sync.ledger.journal import Entry, State
from tests.sync.desk import Answers, desk, expected, group, plan_of, record, ref, swallowed, through


def misnamed(writer: Writer, batch: Batch) -> Answers:
    """Carried out; the answer names a record that has nothing to do with it."""
    said = writer.push(batch)
    return tuple(Outcome(item.key, Status.APPLIED, ref("z")) for item in said)


def test_a_merge_whose_answer_names_a_wrong_record_is_found_by_its_parties() -> None:
    crm = desk(record("a", name="A"), record("b", phone="1"), record("z", name="Z"), renumbers=True)
    plan = plan_of(
        group("m", Merge(ref("a"), (ref("b"),)), expects=[expected("a", name="A"), expected("b", phone="1")])
    )
    report = crm.apply(plan, misnamed)
    assert report.exit_code == 0 and report.merged == 1 and len(crm.writer.pushed) == 1
    assert crm.resolve(ref("a")) == crm.resolve(ref("b")) != ref("z") and crm.value("a", "phone") == "1"


def test_after_a_persons_word_the_rest_of_the_group_goes_on() -> None:
    crm = desk(record("a", name="A"))
    steps = (Set(ref("a"), frozen({"name": "B"})), Set(ref("a"), frozen({"phone": "1"})))
    plan = plan_of(group("g", *steps, expects=[expected("a", name="A")]))
    crm.apply(plan, swallowed)
    crm.edit("a", name="b, as the CRM spells it")
    (first, *_) = crm.journal.kept
    crm.journal.append([Entry("r", first.key, "g-g", "1", State.VERIFIED, str(ref("a")), {"by": PERSON})])
    assert crm.apply(plan).exit_code == 0 and crm.value("a", "phone") == "1"


def test_a_tie_to_a_record_that_went_meanwhile_is_never_sent() -> None:
    crm = desk(record("a", name="A"), record("p", "contact"))

    def archives(writer: Writer, batch: Batch) -> Answers:
        gone = through(writer, batch)
        crm.crm.writer().push(batch_of_archive())
        return gone

    steps = (Set(ref("a"), frozen({"name": "B"})), Connect(ref("a"), Link(ref("p", "contact"))))
    report = crm.apply(plan_of(group("g", *steps, expects=[expected("a", name="A")])), archives)
    assert report.exit_code == 3 and crm.states("g")[-1] is State.HALTED and len(crm.writer.pushed) == 1
    assert "the other end of the tie is gone" in report.reasons["g-g"]


def batch_of_archive() -> Batch:
    """Somebody else archives the contact."""
    gone = ref("p", "contact")
    return Batch(gone.workspace, "contact", "archive", (Row("x", Archive(gone)),))
