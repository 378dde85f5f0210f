"""Hostile SOAP: envelopes with entities, bombs and depth, and valid operations that were spoiled."""

from random import Random
from xml.sax.saxutils import escape

from sandbox.wire import Request
from tests.sandbox.hostile import mutate
from tests.sandbox.hostile.target import Facts

SPACES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:p="urn:partner.soap.sforce.com"'
    ' xmlns:o="urn:sobject.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
OBJECT = "<o:type>Account</o:type>"
OPERATIONS = (
    f"<p:create><p:sObjects>{OBJECT}<o:Name>A</o:Name></p:sObjects></p:create>",
    f"<p:update><p:sObjects>{OBJECT}<o:Id>ID1</o:Id><o:fieldsToNull>Website</o:fieldsToNull></p:sObjects></p:update>",
    f"<p:upsert><p:externalIDFieldName>Id</p:externalIDFieldName><p:sObjects>{OBJECT}</p:sObjects></p:upsert>",
    "<p:delete><p:ids>ID1</p:ids></p:delete>",
    "<p:undelete><p:ids>ID1</p:ids></p:undelete>",
    "<p:emptyRecycleBin><p:ids>ID1</p:ids></p:emptyRecycleBin>",
    f"<p:merge><p:request><p:masterRecord>{OBJECT}<o:Id>ID1</o:Id></p:masterRecord>"
    "<p:recordToMergeIds>ID2</p:recordToMergeIds></p:request></p:merge>",
    "<p:convertLead><p:leadConverts><p:leadId>ID3</p:leadId><p:convertedStatus>Closed - Converted</p:convertedStatus>"
    "<p:doNotCreateOpportunity>false</p:doNotCreateOpportunity></p:leadConverts></p:convertLead>",
    "<p:query><p:queryString>SELECT Id, Owner.Name FROM Account LIMIT 5</p:queryString></p:query>",
    "<p:queryAll><p:queryString>SELECT Id, (SELECT Id FROM Contacts) FROM Account</p:queryString></p:queryAll>",
    "<p:queryMore><p:queryLocator>01gSB-2000</p:queryLocator></p:queryMore>",
    "<p:retrieve><p:fieldList>Id, Name</p:fieldList><p:sObjectType>Account</p:sObjectType>"
    "<p:ids>ID1</p:ids></p:retrieve>",
    "<p:getUpdated><p:sObjectType>Account</p:sObjectType><p:startDate>2026-03-01T00:00:00Z</p:startDate>"
    "<p:endDate>2026-03-02T00:00:00Z</p:endDate></p:getUpdated>",
    "<p:getDeleted><p:sObjectType>Account</p:sObjectType><p:startDate>2026-03-01T00:00:00Z</p:startDate>"
    "<p:endDate>2026-03-02T00:00:00Z</p:endDate></p:getDeleted>",
    f"<p:findDuplicates><p:sObjects>{OBJECT}<o:Name>A</o:Name></p:sObjects></p:findDuplicates>",
    "<p:findDuplicatesByIds><p:ids>ID1</p:ids></p:findDuplicatesByIds>",
    "<p:describeGlobal/>",
    "<p:describeSObject><p:sObjectType>Account</p:sObjectType></p:describeSObject>",
    "<p:describeSObjects><p:sObjectType>Account</p:sObjectType></p:describeSObjects>",
    "<p:getServerTimestamp/>",
    "<p:getUserInfo/>",
    "<p:login><p:username>writer@sandbox.example</p:username><p:password>wrong</p:password></p:login>",
    "<p:search><p:searchString>FIND {a}</p:searchString></p:search>",
)
HEADERS = (
    "<p:DuplicateRuleHeader><p:allowSave>true</p:allowSave></p:DuplicateRuleHeader>",
    "<p:QueryOptions><p:batchSize>200</p:batchSize></p:QueryOptions>",
    "<p:AllOrNoneHeader><p:allOrNone>true</p:allOrNone></p:AllOrNoneHeader>",
    "<p:AssignmentRuleHeader><p:assignmentRuleId>ID1</p:assignmentRuleId></p:AssignmentRuleHeader>",
    "",
)
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
BROKEN = (
    f'<!DOCTYPE x [<!ENTITY e0 "ha">{BOMB}]><x>&e11;</x>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>',
    '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><x/>',
    "<a>" * mutate.DEEP + "</a>" * mutate.DEEP,
    f"<s:Envelope {SPACES}><s:Body>{'<p:create>' * mutate.DEEP}{'</p:create>' * mutate.DEEP}</s:Body></s:Envelope>",
    f"<s:Envelope {SPACES}><s:Body/></s:Envelope>",
    f"<s:Envelope {SPACES}><s:Body><p:create {'a' * 9000}='1'/></s:Body></s:Envelope>",
    f"<s:Envelope {SPACES} " + " ".join(f'a{n}="1"' for n in range(5000)) + "><s:Body><p:x/></s:Body></s:Envelope>",
    f"<s:Envelope {SPACES}><s:Body><!-- c --><?php 1 ?><p:getUserInfo/></s:Body></s:Envelope>",
    '<?xml version="1.1" encoding="utf-7"?><x/>', '<?xml version="1.0" encoding="nothing"?><x/>', "", "<", "{}",
    "\x00", "<x>&#0;</x>",
    '<?xml version="1.0" encoding="UTF-16"?><x/>', "<x xmlns:a=''/>", "<x a='1' a='2'/>", "<![CDATA[" * 2000,
)  # fmt: skip


def request(chance: Random, facts: Facts) -> Request:
    """One call of the SOAP address."""
    number = chance.choice(("66.0", "62.0", "53.0", "31.0") * 4 + ("30.0", "99.0", "66.0/00DSB0000000001"))
    text = chance.choice(BROKEN) if chance.random() < 0.15 else _envelope(chance, facts)
    body = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.08:
        body = chance.choice(
            (body[: len(body) // 2], text.encode("utf-16", "surrogatepass"), b"\xff" + body, body + body)
        )
    kind = chance.choice(("text/xml", "text/xml; charset=UTF-8", "application/soap+xml", "", "text/xml; charset=none"))
    named = {"content-type": kind, "soapaction": chance.choice(('""', "merge", ""))}
    method = "POST" if chance.random() < 0.95 else chance.choice(("GET", "PUT", "DELETE"))
    return Request(method, f"/services/Soap/u/{number}", (), named, body)


def _envelope(chance: Random, facts: Facts) -> str:
    """A valid operation on live records, most often with a text or an element of it changed."""
    operation = chance.choice(OPERATIONS)
    for name, kind in (("ID1", "Account"), ("ID2", "Account"), ("ID3", "Lead")):
        operation = operation.replace(name, chance.choice(facts.ids[kind] or ["x"]))
    if chance.random() < 0.85:
        operation = _spoiled(chance, operation)
    session = facts.session if chance.random() < 0.97 else escape(mutate.text(chance))
    head = f"<p:SessionHeader><p:sessionId>{session}</p:sessionId></p:SessionHeader>{_header(chance)}"
    return f"<s:Envelope {SPACES}><s:Header>{head}</s:Header><s:Body>{operation}</s:Body></s:Envelope>"


def _header(chance: Random) -> str:
    header = chance.choice(HEADERS)
    return _spoiled(chance, header) if header and chance.random() < 0.5 else header


def _spoiled(chance: Random, operation: str) -> str:
    """One text, element or part of it is another."""
    parts = operation.split("><")
    texts = [n for n, part in enumerate(parts) if ">" in part.strip(">") and "</" in part]
    kind = chance.random()
    if texts and kind < 0.6:
        n = chance.choice(texts)
        start, _, rest = parts[n].partition(">")
        new = escape("".join(c for c in mutate.text(chance) if c in "\t\n\r" or c >= " "))
        parts[n] = f"{start}>{new}</{rest.partition('</')[2]}"
    elif texts and kind < 0.75:
        n = chance.choice(texts)
        parts[n : n + 1] = [parts[n]] * chance.choice((0, 2, 250))
    elif texts and kind < 0.9:
        n = chance.choice(texts)
        parts[n] = parts[n].replace(">", ' xsi:nil="true" xsi:type="xsd:int">', 1)
    else:
        return mutate.cut(chance, operation)
    return "><".join(parts)
