"""The merge of two records: no way back, and in the default reading a new id for the result."""

from dataclasses import replace
from typing import Any

from sandbox.hubspot import events, objects, records
from sandbox.hubspot.call import Call
from sandbox.hubspot.catalog import LIFECYCLE
from sandbox.hubspot.errors import Refusal, invalid, not_found
from sandbox.hubspot.links import PRIMARY_LABELS, recount, types
from sandbox.hubspot.writing import Writer
from sandbox.settings import setting
from sandbox.store import Row
from sandbox.wire import Response

KINDS = ("contact", "company", "deal", "ticket")
MAX_MERGES = 250
FORWARD = [option.value for option in LIFECYCLE]
MERGED = {"contact": "MERGE_CONTACTS", "company": "MERGE_COMPANIES"}
# Never filled from the other record: identity, origin and what is counted.
OWN = frozenset({"hs_merged_object_ids", "hs_additional_emails", "hs_additional_domains", "hs_all_contact_vids"})


def merge(call: Call) -> Response:
    """200 with the resulting record; both ids keep resolving on single reads."""
    item, body = call.kind(), call.body()
    ids = [str(body.get(name, "")) for name in ("primaryObjectId", "objectIdToMerge")]
    if item.kind not in KINDS and not item.is_custom:
        raise invalid(f"Merging is not supported for object type {item.type_id}")
    if item.kind == "company" and call.setting("salesforce_integration"):
        raise invalid("Companies can't be merged while the Salesforce integration is installed")
    rows = [records.current(call.store, item.kind, record_id) for record_id in ids]
    for record_id, row in zip(ids, rows, strict=True):
        if row is None or row.archived:
            raise not_found(record_id)
    primary, other = rows
    assert primary is not None and other is not None
    if primary.id == other.id:
        raise invalid(f"Cannot merge a {item.kind} with itself")
    result = Merging(objects.writer(call), primary, other).run()
    return call.reply(200, objects.drawing(call, item).full(result))


class Merging:
    """One merge of `other` into `primary`."""

    def __init__(self, writer: Writer, primary: Row, other: Row) -> None:
        self.writer, self.store, self.primary, self.other = writer, writer.store, primary, other

    def run(self) -> Row:
        """Make the result and point the records that went into it at it; 414 beyond 250 merges."""
        merged = self.merged_ids()
        if len(merged) > MAX_MERGES:
            raise Refusal(414, "Cannot have more than 250 identities on a profile", "VALIDATION_ERROR")
        before = {row.id: dict(row.fields) for row in (self.primary, self.other)}
        fields, adopted = self.values()
        result = self.result({**fields, "hs_merged_object_ids": ";".join(merged)})
        crowned = {kind for kind, _, number in self._links(self.primary) if number in PRIMARY_LABELS}
        for row in (self.primary, self.other):
            if row.id != result.id:
                self.move_links(row, result, crowned)
        self.store.put_later(result, self.writer.now)
        self.copy_past(result, adopted)
        self.retire(result)
        recount(replace(self.writer, quiet=True), result.kind, result.id)
        detail: dict[str, Any] = {
            "primary": self.primary.id,
            "merged": self.other.id,
            "result": result.id,
            "before": before,
        }
        if "actor" in self.writer.source:
            detail["actor"] = self.writer.source["actor"]
        self.store.note(self.writer.now, "hubspot", "merge", result.kind, result.id, detail)
        events.merged(self.writer, self.primary, self.other, result, len(adopted))
        return self.store.get("hubspot", result.kind, result.id) or result

    def merged_ids(self) -> list[str]:
        """Every id that has gone into the result, without the one that it keeps."""
        kept = [self.primary.id] if self.keeps_id() else []
        earlier = [row.fields.get("hs_merged_object_ids") or "" for row in (self.primary, self.other)]
        every = [*";".join(earlier).split(";"), self.primary.id, self.other.id]
        return [part for part in dict.fromkeys(every) if part and part not in kept]

    def keeps_id(self) -> bool:
        """Whether this account has primary ids preserved."""
        return bool(setting(self.store, "hubspot", "merge_id") == "primary")

    def values(self) -> tuple[dict[str, Any], dict[str, str]]:
        """The resulting values, and those of them that came from the record merged away.

        Since 2025 the primary's value wins and the other fills what is empty; before, the most recent one won.
        """
        recent = setting(self.store, "hubspot", "merge_values") == "recent"
        fields, adopted = dict(self.primary.fields), {}
        for name, value in self.other.fields.items():
            if not value or name in OWN or (name in ("email", "domain") and fields.get(name)):
                continue
            if not fields.get(name) or (recent and self._newer(name)) or self._further(name, value):
                fields[name] = adopted[name] = value
        self._secondary(fields, "contact", "email", "hs_additional_emails")
        self._secondary(fields, "company", "domain", "hs_additional_domains")
        return fields, {name: value for name, value in adopted.items() if self.primary.fields.get(name) != value}

    def _newer(self, name: str) -> bool:
        past = [self.store.past("hubspot", row.kind, row.id, name) for row in (self.other, self.primary)]
        ends = [versions[-1][0] if versions else 0 for versions in past]
        return ends[0] > ends[1]

    def _further(self, name: str, value: str) -> bool:
        """The lifecycle stage that got furthest stays, whoever has it."""
        mine = self.primary.fields.get(name)
        return (
            name == "lifecyclestage"
            and value in FORWARD
            and mine in FORWARD
            and FORWARD.index(value) > FORWARD.index(mine)
        )

    def _secondary(self, fields: dict[str, Any], kind: str, name: str, more: str) -> None:
        """The other's e-mail or domain is kept beside the primary's."""
        if self.primary.kind != kind:
            return
        rows = (self.primary, self.other)
        every = [part for row in rows for part in [*(row.fields.get(more) or "").split(";"), row.fields.get(name)]]
        kept = [part for part in dict.fromkeys(every) if part and part != fields.get(name)]
        if kept:
            fields[more] = ";".join(kept)

    def result(self, fields: dict[str, Any]) -> Row:
        """The record that both become: as old as the older one."""
        now, visible = self.writer.now, self.writer.visible
        created = min(self.primary.created, self.other.created)
        if self.keeps_id():
            seq, record_id = self.primary.seq, self.primary.id
        else:
            seq, record_id = self.writer.next_id(self.primary.kind)
        if self.primary.kind == "contact":
            fields["hs_all_contact_vids"] = ";".join([record_id, *self.merged_ids()])
            fields["hs_calculated_merged_vids"] = ";".join(f"{part}:{now}" for part in self.merged_ids())
        return Row("hubspot", self.primary.kind, record_id, seq, created, now, visible, False, None, fields)

    def move_links(self, row: Row, result: Row, crowned: set[str]) -> None:
        """Hand a record's associations to the result; a primary label is dropped where the primary record has one."""
        for to_kind, to_id, number in self._links(row):
            known = {item.type_id: item.inverse for item in types(self.store, row.kind, to_kind)}
            inverse = known.get(number, number)
            old = [(row.kind, row.id, to_kind, to_id, number), (to_kind, to_id, row.kind, row.id, inverse)]
            self.store.unlink("hubspot", old)
            surplus = number in PRIMARY_LABELS and row is self.other and to_kind in crowned
            if not surplus and not (to_kind == result.kind and to_id in (self.primary.id, self.other.id, result.id)):
                new = [(row.kind, result.id, to_kind, to_id, number), (to_kind, to_id, row.kind, result.id, inverse)]
                self.store.link("hubspot", new)

    def _links(self, row: Row) -> list[tuple[str, str, int]]:
        return self.store.links("hubspot", row.kind, row.id)

    def copy_past(self, result: Row, adopted: dict[str, str]) -> None:
        """The result has the primary's history; what it took from the other says so."""
        crm_kind = ("hubspot", result.kind)
        if not self.keeps_id():
            sql = (
                "INSERT INTO past SELECT crm, kind, ?, field, at, value, source FROM past "
                "WHERE crm=? AND kind=? AND id=? ORDER BY at, rowid"
            )
            self.store.db.execute(sql, (result.id, *crm_kind, self.primary.id))
        source = {**self.writer.source, "sourceType": MERGED.get(result.kind, "MERGE_OBJECTS")}
        items = ((*crm_kind, result.id, name, self.writer.now, value, source) for name, value in adopted.items())
        self.store.remember(items)

    def retire(self, result: Row) -> None:
        """The ids that went into the result lead to it from now on."""
        for row in (self.primary, self.other):
            if row.id != result.id:
                row.merged_into, row.modified, row.visible = result.id, self.writer.now, self.writer.visible
                self.store.put_later(row, self.writer.now)
