"""Conditional requests: which headers hold for what, and what is answered when they do not."""

import pytest

from tests.sandbox.salesforce_org import DATA, Org

BEFORE, AT, AFTER = (f"Sun, 01 Mar 2026 {time} GMT" for time in ("11:59:59", "12:00:00", "12:00:01"))


def tagged() -> tuple[Org, str, str]:
    """An organization, an account and its entity tag."""
    org = Org()
    account = org.create("Account", Name="A")
    return org, account, org.call("GET", f"/sobjects/Account/{account}").headers["ETag"]


@pytest.mark.parametrize(
    ("method", "header", "value", "status"),
    [
        ("GET", "If_Modified_Since", BEFORE, 200),
        ("GET", "If_Modified_Since", AT, 304),
        ("GET", "If_Modified_Since", "yesterday", 200),
        ("GET", "If_Unmodified_Since", BEFORE, 412),
        ("GET", "If_Unmodified_Since", AFTER, 200),
        ("GET", "If_Unmodified_Since", "yesterday", 200),
        ("PATCH", "If_Unmodified_Since", BEFORE, 412),
        ("PATCH", "If_Unmodified_Since", AT, 204),
        ("PATCH", "If_Unmodified_Since", "yesterday", 400),
        ("PATCH", "If_Modified_Since", AFTER, 204),
        ("PATCH", "If_Match", '"x"', 412),
        ("PATCH", "If_Match", "*", 204),
        ("PATCH", "If_Match", "x", 400),
        ("PATCH", "If_None_Match", "*", 412),
        ("GET", "If_None_Match", "*", 304),
        ("GET", "If_None_Match", "x", 200),
        ("DELETE", "If_Unmodified_Since", BEFORE, 204),
    ],
)
def test_a_condition_decides_what_is_done(method: str, header: str, value: str, status: int) -> None:
    org, account, _ = tagged()
    body = {"Name": "B"} if method == "PATCH" else None
    answer = org.call(method, f"/sobjects/Account/{account}", body, **{header: value})
    assert answer.status_code == status and (status in (200, 400) or answer.content == b"")


@pytest.mark.parametrize("form", ["{0}", "W/{0}", '"x", {0}', '"{1}-gzip"'])
def test_a_tag_is_known_in_any_form_until_the_record_changes(form: str) -> None:
    org, account, tag = tagged()
    sent = form.format(tag, tag.strip('"'))
    url = f"/sobjects/Account/{account}"
    assert org.call("GET", url, If_None_Match=sent).status_code == 304
    org.advance(1)
    assert org.call("PATCH", url, {"Name": "B"}, If_Match=sent).status_code == 204
    assert org.call("PATCH", url, {"Name": "C"}, If_Match=sent).status_code == 412


def test_tags_are_given_for_accounts_only() -> None:
    org = Org()
    contact = org.create("Contact", LastName="L")
    answer = org.call("GET", f"/sobjects/Contact/{contact}", If_Match='"x"')
    assert answer.status_code == 200 and "ETag" not in answer.headers


def test_parts_of_a_composite_have_conditions_of_their_own() -> None:
    org, account, _ = tagged()
    part = {"method": "PATCH", "url": f"{DATA}/sobjects/Account/{account}", "body": {"Phone": "1"}}
    heads = ({"If-Unmodified-Since": BEFORE}, {"If-Unmodified-Since": AFTER})
    parts = [{**part, "referenceId": f"r{n}", "httpHeaders": head} for n, head in enumerate(heads)]
    answers = org.call("POST", "/composite", {"compositeRequest": parts}).json()["compositeResponse"]
    assert [(each["httpStatusCode"], each["body"]) for each in answers] == [(412, None), (204, None)]


def test_allow_save_of_a_part_counts_for_that_part_alone() -> None:
    org = Org()
    rule = {"name": "R", "object": "Account", "match": [{"rule": "M", "fields": ["Name"]}]}
    org.store.set("salesforce", "duplicate_rules", [rule])
    org.create("Account", Name="A")
    part = {"method": "POST", "url": f"{DATA}/sobjects/Account", "body": {"Name": "A"}}
    heads = ({}, {"Sforce-Duplicate-Rule-Header": "allowSave=true"})
    parts = [{**part, "referenceId": f"r{n}", "httpHeaders": head} for n, head in enumerate(heads)]
    answers = org.call("POST", "/composite", {"compositeRequest": parts}).json()["compositeResponse"]
    assert [each["httpStatusCode"] for each in answers] == [400, 201]
    assert "duplicateResut" in answers[0]["body"][0]
