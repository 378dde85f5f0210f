"""The API version, in this one place, and the addresses made from it."""

API_VERSION = "66.0"
DATA = f"/services/data/v{API_VERSION}"
SOAP = f"/services/Soap/u/{API_VERSION}"
TOKEN = "/services/oauth2/token"  # noqa: S105 - an address, not a secret
QUERY = f"{DATA}/query"
QUERY_ALL = f"{DATA}/queryAll"
COLLECTIONS = f"{DATA}/composite/sobjects"
COMPOSITE = f"{DATA}/composite"
INGEST = f"{DATA}/jobs/ingest"


def describe(native: str) -> str:
    """Where one object type is described."""
    return f"{DATA}/sobjects/{native}/describe"


def retrieve(native: str) -> str:
    """Where up to 2,000 records of a type are read by id."""
    return f"{COLLECTIONS}/{native}"
