"""A small Salesforce organization in process with a frozen clock, and the calls that tests make of it."""

import json
from typing import Any

import requests

from sandbox.app import Sandbox
from sandbox.clock import Clock
from sandbox.salesforce.ids import KEY_PREFIXES, make_id
from sandbox.store import Row
from tests.adapter import session

NOW = 1_772_366_400_000  # 2026-03-01T12:00:00Z
HOST = "https://org.my.salesforce.com"
DATA = "/services/data/v66.0"
JSON_TYPE = {"Content-Type": "application/json"}
STAGES = (
    ("Prospecting", 10, "Pipeline", False, False),
    ("Proposal/Price Quote", 75, "Best Case", False, False),
    ("Closed Won", 100, "Closed", True, True),
    ("Closed Lost", 0, "Omitted", True, False),
)


class Org:
    """An organization with a user and stages, and a session of the reader and of the writer."""

    def __init__(self) -> None:
        self.sandbox = Sandbox(clock=Clock(NOW))
        self.store = self.sandbox.store
        self.http = session(self.sandbox)
        self.put("user", 1, LastName="Robot", Username="robot@sandbox.example", IsActive=True)
        self.put("organization", 1, Name="Example Org", IsSandbox=True)
        for number, (name, probability, forecast, closed, won) in enumerate(STAGES, 1):
            facts: dict[str, Any] = {
                "DefaultProbability": probability,
                "ForecastCategoryName": forecast,
                "SortOrder": number,
            }
            self.put("stage", number, ApiName=name, MasterLabel=name, IsClosed=closed, IsWon=won, **facts)
        self.tokens = {name: self.login(name) for name in ("reader", "writer")}

    def put(self, kind: str, seq: int, at: int = NOW, **fields: Any) -> str:
        """Seed one record and answer its id."""
        id18 = make_id(KEY_PREFIXES[kind], seq)
        self.store.put(Row("salesforce", kind, id18, seq, at, at, at, False, None, fields))
        return id18

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.sandbox.clock.advance(seconds)

    def token(self, **form: str) -> requests.Response:
        """A call of the token endpoint."""
        return self.http.post(f"{HOST}/services/oauth2/token", data=form)

    def login(self, name: str) -> str:
        """A new access token of the reader or the writer."""
        secrets = {"client_id": f"sandbox-{name}", "client_secret": f"sandbox-{name}-secret"}
        return str(self.token(grant_type="client_credentials", **secrets).json()["access_token"])

    def call(self, method: str, path: str, body: Any = None, who: str = "writer", **headers: str) -> requests.Response:
        """One REST call; paths without /services are below v66.0, header names are written with underscores."""
        own = {name.replace("_", "-"): value for name, value in headers.items()}
        own["Authorization"] = f"Bearer {self.tokens[who]}"
        url = HOST + (path if path.startswith("/services") else DATA + path)
        return self.http.request(
            method, url, data=None if body is None else json.dumps(body), headers={**JSON_TYPE, **own}
        )

    def create(self, sobject: str, **fields: Any) -> str:
        """Make a record over REST and answer its id."""
        answer = self.call("POST", f"/sobjects/{sobject}", fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def get(self, sobject: str, id18: str) -> dict[str, Any]:
        """All the fields of one record."""
        answer = self.call("GET", f"/sobjects/{sobject}/{id18}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def query(self, text: str, path: str = "/query", **headers: str) -> Any:
        """The body of a query's answer."""
        own = {
            "Authorization": f"Bearer {self.tokens['writer']}",
            **{n.replace("_", "-"): v for n, v in headers.items()},
        }
        return self.http.get(HOST + DATA + path, params={"q": text}, headers=own).json()

    def ids(self, text: str) -> list[str]:
        """The ids that a query finds."""
        answer = self.query(text)
        assert "records" in answer, answer
        return [record["Id"] for record in answer["records"]]

    def notes(self) -> list[tuple[str, str]]:
        """(verb, kind) of every mutation so far."""
        return [(entry["verb"], entry["kind"]) for entry in self.store.ledger()]

    def soap(self, body: str, token: str | None = None, version: int = 66, headers: str = "") -> requests.Response:
        """One SOAP call with the operation given as XML in the namespaces `p` and `o`."""
        own = f"<p:SessionHeader><p:sessionId>{token or self.tokens['writer']}</p:sessionId></p:SessionHeader>"
        spaces = 'xmlns:p="urn:partner.soap.sforce.com" xmlns:o="urn:sobject.partner.soap.sforce.com"'
        head = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
        xml = f"{head} {spaces}><s:Header>{own}{headers}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        url = f"{HOST}/services/Soap/u/{version}.0"
        return self.http.post(url, data=xml.encode(), headers={"Content-Type": "text/xml", "SOAPAction": '""'})

    def merge(self, sobject: str, master: str, *losers: str, **fields: str) -> str:
        """The XML that a merge answers."""
        values = "".join(f"<o:{name}>{value}</o:{name}>" for name, value in fields.items())
        record = f"<p:masterRecord><o:type>{sobject}</o:type><o:Id>{master}</o:Id>{values}</p:masterRecord>"
        others = "".join(f"<p:recordToMergeIds>{loser}</p:recordToMergeIds>" for loser in losers)
        return self.soap(f"<p:merge><p:request>{record}{others}</p:request></p:merge>").text
