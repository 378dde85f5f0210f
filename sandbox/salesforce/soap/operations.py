"""The SOAP operations by name; each answers the content of its `result` elements."""

from collections.abc import Callable
from functools import partial
from xml.etree.ElementTree import Element

from sandbox.salesforce.session import Call
from sandbox.salesforce.soap import describes, reads, rows, sessions
from sandbox.salesforce.soap.results import Headers

Operation = Callable[[Call, Element, Headers], list[str]]

OPERATIONS: dict[str, Operation] = {
    "merge": rows.merge_all,
    "create": rows.create,
    "update": rows.update,
    "upsert": rows.upsert,
    "delete": rows.delete,
    "undelete": rows.undelete,
    "emptyRecycleBin": rows.empty_recycle_bin,
    "convertLead": rows.convert_leads,
    "query": reads.query,
    "queryAll": partial(reads.query, deleted=True),
    "queryMore": reads.query_more,
    "retrieve": reads.retrieve,
    "getUpdated": reads.get_updated,
    "getDeleted": reads.get_deleted,
    "findDuplicates": reads.find_duplicates,
    "findDuplicatesByIds": reads.find_duplicates_by_ids,
    "describeGlobal": describes.every,
    "describeSObject": describes.one,
    "describeSObjects": describes.several,
    "logout": sessions.logout,
    "getServerTimestamp": sessions.server_timestamp,
    "getUserInfo": sessions.user_info,
}
