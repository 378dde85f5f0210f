"""The sandbox's organization on bad days: lost answers, dead tokens, spent limits."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors import errors, salesforce
from connectors.changes import (
    Archive,
    Batch,
    Change,
    Create,
    Merge,
    Restore,
    Row,
    Set,
    Status,
)
from connectors.salesforce import Account, Reader, Writer
from tests.adapter import SandboxAdapter
from tests.connectors.salesforce_org import URL, WORKSPACE, Org


@pytest.fixture
def org() -> Org:
    return Org()


def test_a_full_pull_finds_its_place_again(org: Org) -> None:
    made = org.companies(9)
    org.sandbox.store.set("salesforce", "batch_size", 3)
    org.fault({"status": 400, "body": [{"message": "x", "errorCode": "INVALID_QUERY_LOCATOR"}]}, path="/query/")
    found = [record.ref for page in org.reader.pull("company") for record in page.records]
    assert found == made


def test_a_list_that_leaves_a_record_out_is_not_believed(org: Org) -> None:
    made = org.companies(3)
    org.fault({"hide": [made[1].id]}, path="/query$", nth=2)
    with pytest.raises(errors.Garbled):
        list(org.reader.pull("company"))


@pytest.mark.parametrize("do", ["drop_after", {"apply_then": 502}, {"truncate": 5}])
@pytest.mark.parametrize("verb", ["set", "merge", "archive", "create", "restore"])
def test_a_lost_answer_leaves_a_row_unknown_and_is_not_sent_again(org: Org, verb: str, do: object) -> None:
    change, before, sent = _one(org, verb), org.done(), org.writer.calls
    org.fault(do, path="/composite|/Soap")
    (outcome,) = org.push(change)
    assert outcome.status is Status.UNKNOWN
    assert org.writer.calls == sent + 1
    assert org.done() > before


@pytest.mark.parametrize("verb", ["set", "archive"])
def test_an_answer_without_results_leaves_a_row_unknown(org: Org, verb: str) -> None:
    change = _one(org, verb)
    org.fault({"garble": "empty"}, path="/composite")
    assert [outcome.status for outcome in org.push(change)] == [Status.UNKNOWN]


def test_results_in_another_order_are_joined_by_id(org: Org) -> None:
    refs = org.companies(3)
    org.fault({"garble": "reorder"}, path="/composite")
    outcomes = org.push(Set(refs[0], {"nope": "x"}), *(Set(ref, {"phone": "1"}) for ref in refs[1:]))
    assert [item.status for item in outcomes] == [Status.REJECTED, Status.APPLIED, Status.APPLIED]


def _one(org: Org, verb: str) -> Change:
    ref, other = org.companies(2)
    if verb == "restore":
        org.push(Archive(ref))
    changes: dict[str, Change] = {
        "set": Set(ref, {"phone": "1"}),
        "merge": Merge(ref, (other,)),
        "archive": Archive(ref),
        "create": Create(WORKSPACE, "company", "new", {"name": "New"}, "revops_key"),
        "restore": Restore(ref),
    }
    return changes[verb]


@pytest.mark.parametrize("verb", ["set", "merge", "archive", "create", "restore"])
def test_an_expired_token_is_renewed_once_and_the_change_done_once(org: Org, verb: str) -> None:
    calm, change = Org(), _one(org, verb)
    calm.push(_one(calm, verb))
    org.fault("expire_token", path="/composite|/Soap")
    (outcome,) = org.push(change)
    assert outcome.status is Status.APPLIED
    assert org.done() == calm.done()


def test_a_token_that_is_never_good_ends_the_work(org: Org) -> None:
    org.fault({"status": 401}, path="/query", times=0)
    for _ in range(2):
        with pytest.raises(errors.Expired):
            org.reader.identity()
    with pytest.raises(errors.CredentialError):
        org.reader.identity()
    assert org.reader.calls == 3


@pytest.mark.parametrize("do", [{"status": 503}, "drop_after", {"truncate": 9}])
def test_a_write_whose_sign_in_fails_was_not_processed(org: Org, do: object) -> None:
    (ref,) = org.companies(1)
    before = org.done()
    org.writer.token.renew()
    org.fault(do, path="/oauth2/token", times=0)
    with pytest.raises(errors.NotProcessed):
        org.push(Set(ref, {"phone": "1"}))
    assert org.done() == before


def test_the_end_of_the_days_calls_is_a_clean_stop(org: Org) -> None:
    (ref,) = org.companies(1)
    org.sandbox.store.set("salesforce", "daily_limit", 1)
    with pytest.raises(errors.Exhausted):
        org.push(Set(ref, {"phone": "1"}))


def test_the_calls_left_are_known_after_the_first(org: Org) -> None:
    assert org.reader.calls_left is None
    org.reader.identity()
    assert org.reader.calls_left is not None and org.reader.calls_left > 100_000


def test_the_readers_credential_cannot_write_even_through_a_writer(org: Org) -> None:
    (ref,) = org.companies(1)
    account = Account(URL, "sandbox-reader", "sandbox-reader-secret")
    writer = salesforce.writer(account, SandboxAdapter(org.sandbox))
    before = org.done()
    try:
        statuses = {item.status for item in writer.push(Batch(WORKSPACE, "company", "set", (Row("a", Set(ref, {})),)))}
    except errors.CredentialError:
        statuses = {Status.REJECTED}
    assert (statuses, org.done()) == ({Status.REJECTED}, before)


def test_a_wrong_secret_is_a_credential_error(org: Org) -> None:
    reader = salesforce.connect(Account(URL, "sandbox-reader", "canary"), SandboxAdapter(org.sandbox))
    with pytest.raises(errors.CredentialError, match="invalid_client") as caught:
        reader.identity()
    assert "canary" not in f"{caught.value} {reader.transport.auth!r} {Account(URL, 'x', 'canary')!r}"


def test_a_signed_assertion_opens_the_org(org: Org) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(*_PEM, serialization.NoEncryption()).decode()
    public = key.public_key().public_bytes(_PEM[0], serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    client = {"secret": "", "write": False, "public_key": public}
    org.sandbox.store.set("salesforce", "clients", {"app": client})
    account = Account(URL, "app", username="ops@example.com", private_key=pem)
    assert salesforce.connect(account, SandboxAdapter(org.sandbox)).identity().workspace == WORKSPACE


_PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)


@pytest.mark.parametrize("half", [Reader, Writer])
def test_neither_half_signs_out_or_hard_deletes(half: type) -> None:
    allowed = salesforce.allowed.READER if half is Reader else salesforce.allowed.WRITER
    paths = ["/services/oauth2/revoke", "/secur/logout.jsp"]
    paths += ["/services/data/v66.0/jobs/ingest"] if half is Reader else []  # the writer's jobs are updates: see bulk
    assert not any(item.path.fullmatch(path) for item in allowed for path in paths)
