"""The addresses of Bulk API 2.0 below a version."""

from collections.abc import Callable

from sandbox.salesforce.bulk import extract, ingest
from sandbox.salesforce.errors import not_found
from sandbox.salesforce.session import Call
from sandbox.wire import Request, Response

Handler = Callable[..., Response]


def since(version: float, handler: Handler) -> Handler:
    """The handler from an API version on; NOT_FOUND before."""

    def served(call: Call, request: Request, *names: str) -> Response:
        if float(call.version) < version:
            raise not_found()
        return handler(call, request, *names)

    return served


def _of(version: float, **methods: Handler) -> dict[str, Handler]:
    return {method: since(version, handler) for method, handler in methods.items()}


# Ingest came with version 41, queries with 47.
INGEST, QUERY = 41.0, 47.0
ID = r"/([A-Za-z0-9]{15,18})"
ROUTES: tuple[tuple[str, dict[str, Handler]], ...] = (
    (r"/jobs/ingest", _of(INGEST, GET=ingest.every, POST=ingest.create)),
    (rf"/jobs/ingest{ID}", _of(INGEST, GET=ingest.one, PATCH=ingest.change, DELETE=ingest.delete)),
    (rf"/jobs/ingest{ID}/batches", _of(INGEST, PUT=ingest.put_data)),
    (rf"/jobs/ingest{ID}/(\w+)", _of(INGEST, GET=ingest.results)),
    (r"/jobs/query", _of(QUERY, GET=extract.every, POST=extract.create)),
    (rf"/jobs/query{ID}", _of(QUERY, GET=extract.one, PATCH=extract.change, DELETE=extract.delete)),
    (rf"/jobs/query{ID}/results", _of(QUERY, GET=extract.results)),
    (rf"/jobs/query{ID}/resultPages", _of(extract.PARALLEL_SINCE, GET=extract.pages)),
)
