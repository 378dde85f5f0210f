"""Hostile calls in their thousands, each made from a documented operation and drawn from a seed."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any
from urllib.parse import urlencode

from sandbox.wire import Request
from tests.sandbox.hostile import bodies, mutate, soap, soql
from tests.sandbox.hostile.target import FORM, HUBSPOT_TOKEN, Facts

Json = dict[str, Any]
DATA = "/services/data/v66.0"
KINDS = ("contacts", "companies", "deals")
TYPES = (
    "application/json",
    "text/plain",
    "",
    "application/json; charset=utf-16",
    "multipart/form-data; boundary=x",
    "x",
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 300, "")
# Header names that handlers look at; the last of each pair of texts is as it should be.
HEADERS = {
    "if-modified-since": ("never", "Sun, 01 Mar 2026 12:00:00 GMT"),
    "if-unmodified-since": ("Sun, 99 Foo 2026", "Sun, 01 Mar 2026 12:00:00 GMT"),
    "if-match": ("x", '"x"'),
    "sforce-query-options": ("batchSize=a", "batchSize=200"),
    "sforce-duplicate-rule-header": ("=;=", "allowSave=true"),
    "sforce-auto-assign": ("\x00", "FALSE"),
    "sforce-call-options": ("client=", "client=a"),
    "sforce-locator": ("x", "null"),
    "accept-encoding": ("gzip;q=x", "gzip"),
    "accept": ("*", "text/csv"),
    "host": ("a\r\nb", "127.0.0.1"),
    "x-forwarded-proto": ("x", "https"),
    "cookie": ("a" * 9000, "a=b"),
}
JOINED = ("batchRequests", "compositeRequest", "graphs")


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented operation."""

    method: str
    path: str
    spec: Json


@dataclass(frozen=True, slots=True)
class Attack:
    """A call, and what it is about (for the report)."""

    about: str
    request: Request


def operations(document: Json) -> tuple[Operation, ...]:
    """Every operation of an OpenAPI document."""
    found = document["paths"].items()
    return tuple(Operation(method.upper(), path, spec) for path, each in found for method, spec in each.items())


def attacks(document: Json, facts: Facts, seed: int, control: bool = False) -> Iterator[Attack]:
    """Calls without end; with `control`, to the control calls alone, which change what the others may expect."""
    chance = Random(seed)
    every = [item for item in operations(document) if (item.spec["tags"] == ["control"]) == control]
    crm: list[tuple[str, float, Callable[[], Request]]] = [
        ("operation", 0.55, lambda: operation(chance, every, facts)),
        ("soql", 0.2, lambda: queried(chance, facts)),
        ("soap", 0.12, lambda: soap.request(chance, facts)),
        ("parts", 0.05, lambda: parts(chance, facts)),
        ("address", 0.04, lambda: odd_address(chance, facts)),
        ("login", 0.04, lambda: login(chance)),
    ]
    kinds = crm[:1] if control else crm
    while True:
        about, _, make = chance.choices(kinds, [weight for _, weight, _ in kinds])[0]
        yield Attack(about, _travelled(make()))


def _travelled(request: Request) -> Request:
    """The call as a server reads it from the wire: half a surrogate pair in an address is no character there."""
    path, *texts = (
        text.encode("utf-8", "replace").decode()
        for text in (request.path, *(text for pair in request.query for text in pair))
    )
    return replace(request, path=path, query=tuple(zip(texts[::2], texts[1::2], strict=True)))


def operation(chance: Random, every: Sequence[Operation], facts: Facts) -> Request:
    """A documented operation, with some of its parts spoiled and the others as they should be."""
    item = chance.choice(every)
    query = tuple((name, _parameter(chance, name)) for name in _names(item, "query") if chance.random() < 0.4)
    path = re.sub(r"\{(\w+)\}", lambda found: _segment(chance, item, found[1], facts), item.path)
    request = Request(item.method, path, query, _headers(chance, item.path, facts))
    if "requestBody" in item.spec:
        request = replace(request, body=_body(chance, item))
    if chance.random() < 0.03:
        request = replace(request, method=chance.choice(METHODS))
    return request


def _names(item: Operation, place: str) -> list[str]:
    return [one["name"] for one in item.spec.get("parameters", ()) if one["in"] == place]


def _segment(chance: Random, item: Operation, name: str, facts: Facts) -> str:
    """A value for a part of the path: as a rule one that leads somewhere."""
    if chance.random() < 0.1:
        return mutate.text(chance)
    known = {"id": facts.ids["contacts"] + facts.ids["companies"], "row": facts.ids["Account"] + facts.ids["Contact"]}
    if known.get(name):
        return chance.choice(known[name])
    spec: Json = next((one["schema"] for one in item.spec["parameters"] if one["name"] == name), {})
    values = spec.get("enum") or [text for each in spec.get("anyOf", ()) for text in each.get("enum", ())]
    return chance.choice(values) if values else "x1"


def _parameter(chance: Random, name: str) -> str:
    good = {
        "q": "SELECT Id FROM Account",
        "limit": "5",
        "ids": "001SB0000000001AAA,003SB0000000001AAA",
        "fields": "Id,Name",
        "start": "2026-03-01T00:00:00Z",
        "end": "2026-03-02T00:00:00Z",
        "maxRecords": "10",
        "properties": "email,name",
        "archived": "true",
        "allOrNone": "true",
    }
    return mutate.text(chance) if chance.random() < 0.5 else good.get(name, "1")


def _headers(chance: Random, path: str, facts: Facts) -> dict[str, str]:
    token = facts.session if path.startswith(("/services", "/id")) else HUBSPOT_TOKEN
    found = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    kind = chance.random()
    if kind < 0.04:
        odd = ("", "Bearer", "Bearer ", f"bearer  {token}", "Basic eA==", "Bearer é", f"Bearer {token}\x00", token)
        found["authorization"] = chance.choice(odd)
    elif kind < 0.1:
        found["content-type"] = chance.choice(TYPES)
    elif kind < 0.25:
        name = chance.choice(list(HEADERS))
        found[name] = chance.choice((*HEADERS[name], mutate.text(chance)))
    return found


def _body(chance: Random, item: Operation) -> bytes:
    content = next(iter(item.spec["requestBody"]["content"]))
    if content == "text/csv":
        return table(chance)
    if content == "application/x-www-form-urlencoded":
        return login(chance).body
    plain = chance.choice(bodies.valid(item.path))
    kind = chance.random()
    if kind < 0.12:
        return mutate.raw(chance, json.dumps(plain).encode())
    spoiled = mutate.spoiled(chance, plain, chance.choice((0, 1, 1, 1, 2, 3)))
    return json.dumps(spoiled, ensure_ascii=chance.random() < 0.7).encode("utf-8", "surrogatepass")


def table(chance: Random) -> bytes:
    """CSV for a Bulk job: formulas, quotes that never end, rows that do not fit, floods of columns and of rows."""
    shapes = (
        "Name\n=cmd|' /C calc'!A0\n@SUM(1)\n+1\n-1\n", 'Name\n"never ends', 'Name\n"a"b"c"\n', "Name,Name\na,b\n",
        "\n\n\n",
        "Id,Name\n001SB0000000001AAA\n", "Name\n" + "a,b,c,d\n" * 2000, ",".join(["Name"] * 20_000) + "\nx\n", "",
        "Name\n" + '"' * 50_001, "Name\n" + "a" * 200_000, "Name\r\na\rb\n\r", "\ufeffName\na\n", "Owner.Name\nx\n",
        "Account.Owner.Name.X\nx\n", "Name;Website\na;b\n", "Name\n#N/A\n", "CloseDate\n9999-99-99\n", "Name\n\x00\n",
        "Id\n\n",
    )  # fmt: skip
    data = chance.choice(shapes).encode()
    return chance.choice((data, data, data, b"\xff\xfe" + data, b"\x1f\x8b\x08" + data, data.decode().encode("utf-16")))


def queried(chance: Random, facts: Facts) -> Request:
    """A query or a search, over GET or as a Bulk job."""
    headers = {"authorization": f"Bearer {facts.session}", "content-type": "application/json"}
    kind = chance.random()
    if kind < 0.1:
        return Request("GET", f"{DATA}/search", (("q", soql.search(chance)),), headers)
    text = soql.query(chance)
    if kind < 0.2:
        order = json.dumps({"operation": chance.choice(("query", "queryAll")), "query": text}).encode()
        return Request("POST", f"{DATA}/jobs/query", (), headers, order)
    name = chance.choice(("explain", "q", "q", "q", "q", "q"))
    return Request("GET", f"{DATA}/{chance.choice(('query', 'query', 'queryAll'))}", ((name, text),), headers)


def parts(chance: Random, facts: Facts) -> Request:
    """Composites within composites, references in circles, batches of batches."""
    kind = chance.choice(JOINED)
    place = {"batchRequests": "composite/batch", "compositeRequest": "composite", "graphs": "composite/graph"}
    inner: Any = {"method": "GET", "url": f"{DATA}/limits", "referenceId": "a"}
    for level in range(chance.choice((1, 3, 50))):
        below = chance.choice(("batchRequests", "compositeRequest"))
        body = {below: [inner]}
        told = chance.choice(("body", "richInput"))
        inner = {"method": "POST", "url": f"{DATA}/{place[below]}", "referenceId": f"r{level}", told: body}
    circle = [
        {
            "method": "PATCH",
            "url": f"{DATA}/sobjects/Account/@{{n{(n + 1) % 5}.id}}",
            "referenceId": f"n{n}",
            "body": {},
        }
        for n in range(5)
    ]
    odd = {"method": 5, "url": chance.choice((None, "//x", "http://[", "?", "v66.0", [1])), "referenceId": "o"}
    nodes = chance.choice(([inner], circle, [inner] * 26, [odd], [*circle, odd]))
    body = {kind: [{"graphId": "1", "compositeRequest": nodes}] if kind == "graphs" else nodes}
    spoiled = mutate.spoiled(chance, body, chance.choice((0, 1, 2)))
    headers = {"authorization": f"Bearer {facts.session}", "content-type": "application/json"}
    return Request("POST", f"{DATA}/{place[kind]}", (), headers, json.dumps(spoiled).encode())


def odd_address(chance: Random, facts: Facts) -> Request:
    """An address that nothing serves, or that only looks like one that is served."""
    starts = (
        "/crm/v3/objects",
        "/crm/v4/associations",
        DATA,
        "/services",
        "/oauth",
        "/id",
        "/webhooks/v3",
        "/_sandbox",
        "/crm",
    )
    ends = (
        "/contacts/../../../etc/passwd", "//contacts", "/contacts//", "/contacts/%2e%2e", "/contacts;x=1", "/a" * 3000,
        "/contacts/" + "9" * 9000, "/contacts/٣", "/\x00", "/é", "/contacts/501/associations/companies/502/1/2/3",
        "/.", "",
        "/sobjects/Account/\n", "/sobjects/Аccount", "/query/01g", "/v3/objects", "/contacts?x", "/contacts#x",
        "\\contacts", " ",
    )  # fmt: skip
    path = chance.choice(starts) + chance.choice((*ends, f"/{mutate.text(chance)}"))
    return Request(chance.choice(METHODS), path, (), _headers(chance, path, facts), b"{}")


def login(chance: Random) -> Request:
    """A token endpoint with a form that is not quite one."""
    form: dict[str, Any] = {
        "grant_type": chance.choice(("client_credentials", "refresh_token", "password", "authorization_code",
                                     "urn:ietf:params:oauth:grant-type:jwt-bearer", "x")),
        "client_id": "sandbox-client", "client_secret": "sandbox-client-secret",
        "refresh_token": "sandbox-refresh-reader",
        "assertion": chance.choice(("a.b.c", "..", "e30.e30.e30", "x", "eyJhbGciOiJub25lIn0.eyJzdWIiOjF9.")),
        "username": "a@b.example", "password": "x", "token": "x", "code": "x",
    }  # fmt: skip
    for name in list(form):
        if chance.random() < 0.2:
            form[name] = mutate.text(chance)
    body = urlencode(form, errors="surrogatepass").encode()
    if chance.random() < 0.2:
        body = mutate.raw(chance, body)
    where = (
        "/oauth/v1/token",
        "/oauth/v3/token",
        "/oauth/v3/introspect",
        "/services/oauth2/token",
        "/services/oauth2/revoke",
    )
    headers = FORM if chance.random() < 0.8 else {"content-type": chance.choice(TYPES)}
    return Request("POST", chance.choice(where), (), headers, body)
