"""The Partner API as zeep makes it of the vendor's WSDL: strict in what it sends and in what it takes."""

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from zeep.exceptions import Fault

zeep: Any = import_module("zeep")  # without annotations of its own
xsd: Any = import_module("zeep.xsd")

WSDL = Path(os.environ["REVOPS_REFERENCE"]) / "specs" / "salesforce" / "wsdl" / "partner-66.0.wsdl"
BINDING = "{urn:partner.soap.sforce.com}SoapBinding"
OBJECTS = "{urn:sobject.partner.soap.sforce.com}"
FAULTS = "{urn:fault.partner.soap.sforce.com}"


class Partner:
    """One organization at version 66, signed in."""

    def __init__(self) -> None:
        self.client = zeep.Client(str(WSDL))
        self.token = token()
        self.service = self.at("66.0")
        self.sobject = self.client.get_type(OBJECTS + "sObject")

    def at(self, version: str) -> Any:
        """The service at an API version."""
        return self.client.create_service(BINDING, f"{os.environ['SALESFORCE_URL']}/services/Soap/u/{version}")

    def answer(self, operation: str, headers: dict[str, Any] | None = None, **arguments: Any) -> Any:
        """The whole envelope of an answer: `body` and `header`."""
        sent = {"SessionHeader": {"sessionId": self.token}, **(headers or {})}
        return getattr(self.service, operation)(**arguments, _soapheaders=sent)

    def call(self, operation: str, headers: dict[str, Any] | None = None, **arguments: Any) -> Any:
        """The results of an operation."""
        return self.answer(operation, headers, **arguments).body.result

    def record(self, kind: str, key: str | None = None, null: tuple[str, ...] = (), **fields: Any) -> Any:
        """An sObject of the vendor's type; `null` names the fields to empty."""
        extra = [xsd.AnyObject(xsd.Element(OBJECTS + name, xsd.String()), value) for name, value in fields.items()]
        return self.sobject(type=kind, fieldsToNull=list(null), Id=key or xsd.SkipValue, _value_1=extra)

    def make(self, kind: str, **fields: Any) -> str:
        """A new record's id."""
        [made] = self.call("create", sObjects=[self.record(kind, **fields)])
        if not made.success:
            raise AssertionError(f"{kind} {fields}: {made.errors}")
        return str(made.id)

    def read(self, kind: str, key: str, *names: str) -> list[str | None]:
        """The values of a record's fields."""
        [found] = self.call("retrieve", fieldList=",".join(names), sObjectType=kind, ids=[key])
        values = fields(found)
        return [values.get(name) for name in names]

    def find(self, soql: str, deleted: bool = False) -> list[dict[str, str | None]]:
        """The records of a query, to its end."""
        page = self.call("queryAll" if deleted else "query", queryString=soql)
        found = list(page.records)
        while not page.done:
            page = self.call("queryMore", queryLocator=page.queryLocator)
            found += page.records
        return [fields(record) for record in found]


def fields(record: Any) -> dict[str, str | None]:
    """The fields of an sObject, which the WSDL leaves open, with its id."""
    values = {item.tag.rpartition("}")[2]: item.text for item in record._value_1 or ()}
    return {"Id": record.Id, **values}


def token() -> str:
    """An access token, which stands for a SOAP session."""
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["SALESFORCE_CLIENT_ID"],
        "client_secret": os.environ["SALESFORCE_CLIENT_SECRET"],
    }
    with urlopen(f"{os.environ['SALESFORCE_URL']}/services/oauth2/token", urlencode(form).encode()) as answer:
        return str(json.load(answer)["access_token"])


def detail(fault: Fault) -> str:
    """The name of the vendor's fault element; fails where there is none."""
    tag: str = fault.detail[0].tag
    if not tag.startswith(FAULTS):
        raise AssertionError(f"the detail of the fault is {tag}")
    return tag.removeprefix(FAULTS)
