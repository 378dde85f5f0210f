"""The organization as zeep sees it through the vendor's Partner WSDL, which is strict about every answer."""

import importlib
import os
from functools import cache
from pathlib import Path
from typing import Any

from tests.adapter import session
from tests.sandbox.salesforce_org import HOST, Org

REFERENCE = Path(os.environ.get("REVOPS_REFERENCE", "../shared"))
WSDL = REFERENCE / "specs" / "salesforce" / "wsdl" / "partner-66.0.wsdl"
SOBJECT = "{urn:sobject.partner.soap.sforce.com}"

zeep: Any = importlib.import_module("zeep")
xsd: Any = importlib.import_module("zeep.xsd")


@cache
def client() -> Any:
    """The client of the WSDL, which takes seconds to read."""
    return zeep.Client(str(WSDL))


class Partner:
    """An organization and its SOAP service in one API version."""

    def __init__(self, version: int = 66) -> None:
        self.org = Org()
        client().transport.session = session(self.org.sandbox)
        address = f"{HOST}/services/Soap/u/{version}.0"
        self.service = client().create_service("{urn:partner.soap.sforce.com}SoapBinding", address)

    def envelope(self, name: str, headers: dict[str, Any] | None = None, **arguments: Any) -> Any:
        """The header and body of an answer, parsed strictly; `headers` go beside the session."""
        own = {"SessionHeader": {"sessionId": self.org.tokens["writer"]}, **(headers or {})}
        return getattr(self.service, name)(**arguments, _soapheaders=own)

    def call(self, name: str, headers: dict[str, Any] | None = None, **arguments: Any) -> Any:
        """The results of an operation."""
        return self.envelope(name, headers, **arguments).body.result

    def record(self, kind: str, id18: str | None = None, **fields: str) -> Any:
        """An sObject built from the WSDL's type."""
        sobject = client().get_type(f"{SOBJECT}sObject")
        extra = [xsd.AnyObject(xsd.Element(SOBJECT + name, xsd.String()), value) for name, value in fields.items()]
        return sobject(type=kind, Id=id18 or xsd.SkipValue, _value_1=extra)
