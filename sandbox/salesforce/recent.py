"""GET /recent: the records that the user looked at last."""

from sandbox.salesforce.bodies import whole
from sandbox.salesforce.rows import CRM, value_of
from sandbox.salesforce.session import Call
from sandbox.store import Row
from sandbox.wire import Request, Response

MOST = 200


def show(call: Call, request: Request) -> Response:
    """The records with a LastViewedDate, latest first, at most `limit` of them; only their names are shown."""
    where = "crm=? AND archived=0 AND json_extract(data, '$.LastViewedDate') IS NOT NULL"
    rows = call.store.rows(where, (CRM,), order="json_extract(data, '$.LastViewedDate') DESC, seq")
    known = [row for row in rows if row.kind in call.schema.by_kind]
    most = min(whole(dict(request.query), "limit") or MOST, MOST)
    return Response.of_json(200, [_shown(call, row) for row in known[:most]])


def _shown(call: Call, row: Row) -> dict[str, object]:
    sobject = call.schema.by_kind[row.kind]
    attributes = {"type": sobject.name, "url": f"{call.base}/sobjects/{sobject.name}/{row.id}"}
    name = sobject.field("Name")
    return {"attributes": attributes, "Id": row.id, **({"Name": value_of(row, name)} if name else {})}
