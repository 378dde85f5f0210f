"""Answers of live orgs and the vendor's WSDL: what they sent, we understand; what we send, the schema takes."""

from contextlib import nullcontext
from typing import Any

import pytest
from lxml import etree

from connectors import errors
from connectors.changes import Batch, Merge, Outcome, Row, Status
from connectors.errors import Garbled, RevopsError
from connectors.records import Ref
from connectors.salesforce import match, pages, paths, schema, soap
from connectors.salesforce.answers import faults_of, refusal
from connectors.transport import Answer
from sandbox.wire import Response
from tests.connectors.salesforce_edge import (
    REFERENCE,
    TOKEN,
    WORKSPACE,
    Edge,
    built,
    reader,
    recordings,
    replayed,
    scripted,
    writer,
)

WSDL = REFERENCE / "specs" / "salesforce" / "wsdl" / "partner-66.0.wsdl"
KINDS = {"Account": "company", "Contact": "contact", "Lead": "lead", "Opportunity": "deal", "Task": "task"}

pytestmark = pytest.mark.reference


def answer(recording: Any) -> Answer:
    response = replayed(recording)
    return Answer(response.status, response.headers, response.body)


@pytest.mark.parametrize("recording", recordings("query-"))
def test_a_recorded_query_is_read_to_its_end(recording: Any) -> None:
    rows = answer(recording).json()["records"]
    name = rows[0]["attributes"]["type"] if rows else "Account"
    edge = scripted(replayed(recording), replayed(recording))
    found = list(pages.rows(reader(edge).transport, f"SELECT Id FROM {name}"))
    assert found == rows and len(edge.seen) == 1
    with pytest.raises(Garbled) if rows else nullcontext():
        list(pages.rows(reader(edge).transport, "SELECT Id FROM Other"))


def test_a_recorded_query_of_two_pages_is_followed() -> None:
    first, last = recordings("querymore-200-85")[0].values[0], recordings("querymore-200-70")[0].values[0]
    if first is None:
        pytest.skip("no reference data")
    edge = scripted(replayed(first), replayed(last))
    found = list(pages.rows(reader(edge).transport, "SELECT Text_Label FROM Whizbang"))
    assert [row["Text_Label"] for row in found] == ["First Page", "Last Page"]
    assert edge.seen[1].path == f"{paths.QUERY}/01gD"


@pytest.mark.parametrize("recording", recordings("collections"))
def test_a_recorded_collections_answer_has_a_result_for_each_record(recording: Any) -> None:
    found = match.results(answer(recording).json())
    assert len(found) == len(recording["request"]["body"]["records"])
    assert all(bool(result.id) == result.success != bool(result.fault.code) for result in found)


@pytest.mark.parametrize("recording", recordings("error-4", "error-5", "oauth-4"))
def test_a_recorded_error_is_an_error_with_its_code(recording: Any) -> None:
    error = refusal(answer(recording))
    assert isinstance(error, RevopsError)
    assert bool(faults_of(answer(recording))) == bool(recording["response"]["body"])


@pytest.mark.parametrize(
    ("family", "kind"),
    [
        ("error-401", errors.Expired),
        ("error-403", errors.Exhausted),
        ("error-404", errors.Rejected),
        ("error-409", errors.Rejected),
        ("error-500", errors.Ambiguous),
        ("soap-500", errors.Expired),
    ],
)
def test_a_recorded_error_is_sorted_by_who_must_act(family: str, kind: type[Exception]) -> None:
    for recording in recordings(family):
        if recording.values[0] is None:
            pytest.skip("no reference data")
        assert type(refusal(answer(recording.values[0]))) is kind


@pytest.mark.parametrize("recording", recordings("sobject-20", "upsert", "limits", "composite-200"))
def test_a_recorded_success_is_no_error(recording: Any) -> None:
    assert refusal(answer(recording)) is None


@pytest.mark.parametrize("recording", recordings("oauth-200-8", "oauth-200-ac", "oauth-200-f"))
def test_a_recorded_sign_in_gives_token_and_org(recording: Any) -> None:
    made = reader(Edge(lambda _: Response(200)))
    made.transport.use(_Whole(replayed(recording)))
    token = made.transport.auth
    assert token.value(made.transport) == "SCRUBBED_access_token"
    assert token.organization(made.transport).startswith("00D000000000001")


class _Whole(Edge):
    """Answers signing in from the recording too."""

    def __init__(self, response: Response) -> None:
        super().__init__(lambda _: response)
        self.response = response

    def send(self, request: Any, *_: Any, **__: Any) -> Any:
        return built(request, self.response)


@pytest.mark.parametrize("native", list(KINDS))
def test_a_recorded_describe_names_the_standard_fields(native: str) -> None:
    paths = sorted((REFERENCE / "specs" / "salesforce" / "describe").glob(f"{native}.*.json"))
    if not paths:
        pytest.skip("no reference data")
    for path in paths:
        shape = schema.described(KINDS[native], Answer(200, {}, path.read_bytes()).json())
        assert {"Id", "SystemModstamp", "IsDeleted"} <= set(shape.system())
        assert shape.spec.mergeable == (native in ("Account", "Contact", "Lead"))
        assert not shape.types.keys() & {"BillingAddress", "MailingAddress", "Address"}


def test_the_fields_of_a_recorded_lead_keep_their_facts() -> None:
    path = REFERENCE / "specs" / "salesforce" / "describe" / "Lead.v5x-cumulusci.json"
    if not path.exists():
        pytest.skip("no reference data")
    shape = schema.described("lead", Answer(200, {}, path.read_bytes()).json())
    status, name = shape.spec.field("status"), shape.spec.field("last_name")
    assert status is not None and "Closed - Converted" in status.options
    assert name is not None and (name.native, name.required, name.length) == ("LastName", True, 80)
    assert shape.ties == ("ConvertedAccountId", "ConvertedContactId", "ConvertedOpportunityId")


@pytest.mark.parametrize("recording", recordings("soap-200-2b"))
def test_a_recorded_merge_is_applied(recording: Any) -> None:
    refs = [
        Ref(WORKSPACE, "company", id_) for id_ in ("001160000000000AAG", "001140000000000AA4", "001150000000000AAO")
    ]
    batch = Batch(WORKSPACE, "company", "merge", (Row("a", Merge(refs[0], (refs[1], refs[2]))),))
    assert writer(scripted(replayed(recording))).push(batch) == (Outcome("a", Status.APPLIED, refs[0]),)


@pytest.mark.parametrize("recording", recordings("soap-200-fe"))
def test_a_recorded_soap_refusal_keeps_its_code(recording: Any) -> None:
    (result,) = soap.results(answer(recording).body)
    assert (result.id, result.success, result.fault.code) == ("", False, "MALFORMED_ID")


@pytest.fixture(scope="module")
def partner() -> Any:
    """The vendor's schema, read by an outsider."""
    if not WSDL.exists():
        pytest.skip("no reference data")
    zeep = pytest.importorskip("zeep")
    return zeep.Client(str(WSDL))


MASTER, LOSERS = "001160000000000AAA", ("001140000000000AAA", "001150000000000AAA")
FIELDS = {"Phone": "+1 555 0100", "Name": 'A & B <"Ltd">', "Fax": None, "Site": None}


def parts(envelope: bytes) -> tuple[Any, Any]:
    """The session id and the operation of an envelope."""
    root = etree.fromstring(envelope)
    return root.findtext(f".//{{{soap.PARTNER}}}sessionId"), root.find(f"{{{soap.ENVELOPE}}}Body")[0]


def test_our_merge_is_what_the_vendors_schema_says(partner: Any) -> None:
    session, operation = parts(soap.merge(TOKEN, [soap.Request("Account", MASTER, LOSERS, FIELDS)]))
    element = partner.get_element(f"{{{soap.PARTNER}}}merge")
    (request,) = element.parse(operation, partner.wsdl.types).request
    assert session == TOKEN
    assert (request.masterRecord.type, request.masterRecord.Id) == ("Account", MASTER)
    assert tuple(request.recordToMergeIds) == LOSERS
    assert request.masterRecord.fieldsToNull == ["Fax", "Site"]
    values = {etree.QName(item).localname: item.text for item in request.masterRecord._value_1}
    assert values == {"Phone": FIELDS["Phone"], "Name": FIELDS["Name"]}


def test_our_undelete_is_what_the_vendors_schema_says(partner: Any) -> None:
    _, operation = parts(soap.undelete(TOKEN, LOSERS))
    element = partner.get_element(f"{{{soap.PARTNER}}}undelete")
    assert tuple(element.parse(operation, partner.wsdl.types).ids) == LOSERS


def test_an_answer_built_from_the_vendors_schema_is_understood(partner: Any) -> None:
    element = partner.get_element(f"{{{soap.PARTNER}}}mergeResponse")
    failed = {
        "errors": [{"fields": [], "message": "no", "statusCode": "ENTITY_IS_DELETED"}],
        "id": None,
        "success": False,
    }
    merged = {"id": MASTER, "mergedRecordIds": list(LOSERS), "success": True, "updatedRelatedIds": []}
    holder = etree.Element("holder")
    element.render(holder, element(result=[merged, failed]))
    good, bad = soap.results(etree.tostring(holder[0]))
    assert (good.id, good.success, good.merged) == (MASTER, True, LOSERS)
    assert (bad.id, bad.success, bad.fault.code) == ("", False, "ENTITY_IS_DELETED")
