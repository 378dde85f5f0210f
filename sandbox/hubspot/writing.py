"""Every effective change of a HubSpot record: values, history, index lag and ledger in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.hubspot import computed, definitions, events, records, values
from sandbox.hubspot.catalog import stage_of
from sandbox.hubspot.errors import Issue, Refusal, not_valid
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import iso
from sandbox.settings import setting
from sandbox.store import Row, Store

# HubSpot numbers new records far above anything a seed holds in a short run.
FIRST_ID = 10_000_000_000
RESTORABLE_MS = 90 * 86_400_000


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes at one moment on behalf of one source (as property history describes it)."""

    store: Store
    now: int
    source: Mapping[str, Any]
    quiet: bool = False  # a merge tells of itself alone, not of what it changes

    @property
    def visible(self) -> int:
        """When the search index will know a change made now."""
        return self.now + round(float(setting(self.store, "hubspot", "search_lag_seconds")) * 1000)

    def create(self, kind: str, given: Mapping[str, str]) -> Row:
        """A new record of checked values; 409 for an e-mail or other unique value that is taken."""
        self.refuse_taken(kind, given, None)
        seq, new_id = self.next_id(kind)
        set_now = {**computed.on_create(kind, given, new_id), **{name: value for name, value in given.items() if value}}
        origin = {"hs_object_source": "INTEGRATION", "hs_object_source_label": "INTEGRATION"}
        origin["hs_object_source_id"] = str(self.source.get("sourceId", ""))
        filled = {"createdate": iso(self.now), **set_now}
        fields = {**set_now, **origin, **self._kept(computed.derived(self.store, kind, filled, set_now, self.now))}
        fields |= {
            name: value for name, value in given.items() if value
        }  # what the caller says goes before what follows
        row = Row("hubspot", kind, new_id, seq, self.now, self.now, self.visible, False, None, fields)
        self.store.put_later(row, self.now)
        self._remember(row, fields)
        self._note("create", row, {"fields": dict(given)})
        events.happened(self, row, "creation", changeFlag="CREATED")
        events.changed(self, row, fields)
        return row

    def change(self, row: Row, given: Mapping[str, str]) -> Row:
        """The record with checked values written; a change that changes nothing leaves no trace."""
        self.refuse_taken(row.kind, given, row)
        wanted = {name: values.appended(row.fields.get(name), value) for name, value in given.items()}
        wanted = computed.forward_only(row.fields, wanted)
        changed = {name: value for name, value in wanted.items() if value != (row.fields.get(name) or "")}
        if not changed:
            return row
        before = {name: row.fields.get(name) for name in changed}
        after = {**{name: value or "" for name, value in row.fields.items()}, "createdate": iso(row.created), **changed}
        follows = computed.derived(self.store, row.kind, after, changed, self.now)
        follows = {name: value for name, value in follows.items() if name not in given and value != after.get(name, "")}
        self.apply(row, {**changed, **follows})
        self._note("update", row, {"fields": changed, "before": before})
        return row

    def apply(self, row: Row, changed: Mapping[str, str]) -> None:
        """Write values as they are, with their history."""
        row.fields.update(changed)
        row.modified, row.visible = self.now, self.visible
        self.store.put_later(row, self.now)
        self._remember(row, changed)
        events.changed(self, row, changed)

    def archive(self, row: Row) -> None:
        """Put the record into the recycle bin; one that is there already stays as it is."""
        if row.archived:
            return
        row.archived, row.modified, row.visible = True, self.now, self.visible
        self.store.put_later(row, self.now)
        self._note("archive", row, {})
        events.happened(self, row, "deletion", changeFlag="DELETED")

    def gone(self, row: Row) -> None:
        """Note that a record was removed for good; its id is never given again."""
        self.store.set(
            "hubspot",
            f"last_id:{row.kind}",
            [max(pair) for pair in zip([row.seq, int(row.id)], self._last_id(row.kind), strict=True)],
        )
        self._note("delete", row, {"privacy": True})
        events.happened(self, row, "privacyDeletion")
        events.happened(self, row, "deletion", changeFlag="DELETED")

    def restore(self, row: Row) -> None:
        """Take the record out of the recycle bin; 400 after 90 days or where its unique values are taken again."""
        if self.now - row.modified > RESTORABLE_MS:
            raise Refusal(400, f"{row.id} was deleted more than 90 days ago", "VALIDATION_ERROR")
        self.refuse_taken(row.kind, {name: str(value or "") for name, value in row.fields.items()}, row)
        row.archived, row.modified, row.visible = False, self.now, self.visible
        self.store.put_later(row, self.now)
        self._note("restore", row, {})
        events.happened(self, row, "restore")

    def refuse_taken(self, kind: str, given: Mapping[str, str], row: Row | None) -> None:
        """409 where another contact has the e-mail; 400 where another record has a unique value."""
        email = given.get("email") if kind == "contact" else None
        if email and email in self.store.setting("hubspot", "blocked_emails", []):
            text = f"{email} was deleted for good and cannot be used again"
            raise Refusal(400, text, "VALIDATION_ERROR")
        other = records.by_value(self.store, kind, "email", email) if email else None
        if other is not None and (row is None or other.id != row.id):
            text = f"Contact already exists. Existing ID: {other.id}"
            raise Refusal(409, text, "CONFLICT", row_context={"existingId": [other.id]})
        for name in self._unique(kind) & given.keys():
            taken = records.by_value(self.store, kind, name, given[name]) if given[name] else None
            if taken is not None and (row is None or taken.id != row.id):
                text = f"Cannot set {name}={given[name]} on {row.id if row else 0}. {taken.id} already has that value."
                raise not_valid([Issue(name, "CONFLICTING_UNIQUE_VALUE", text)])

    def _unique(self, kind: str) -> frozenset[str]:
        added = self.store.setting("hubspot", f"properties:{kind}", {})
        return frozenset(name for name, spec in added.items() if spec["unique"])

    def next_id(self, kind: str) -> tuple[int, str]:
        """The sequence number and the id of the next new record."""
        seq = self.store.next_seq("hubspot", kind)
        last = self.store.rows("crm='hubspot' AND kind=?", (kind,), order="seq DESC", limit=1)
        deleted_seq, deleted_id = self._last_id(kind)
        return max(seq, deleted_seq + 1), str(max(FIRST_ID, deleted_id, *(int(row.id) for row in last)) + 1)

    def _last_id(self, kind: str) -> list[int]:
        """The last sequence number and id of a record that was removed for good."""
        found: list[int] = self.store.setting("hubspot", f"last_id:{kind}", [0, 0])
        return found

    def _remember(self, row: Row, changed: Mapping[str, str]) -> None:
        source = dict(self.source)
        items = ((row.crm, row.kind, row.id, name, self.now, value, source) for name, value in changed.items())
        self.store.remember(items)

    def _note(self, verb: str, row: Row, detail: dict[str, Any]) -> None:
        actor = {"actor": self.source["actor"]} if "actor" in self.source else {}
        self.store.note(self.now, "hubspot", verb, row.kind, row.id, {**detail, **actor})

    @staticmethod
    def _kept(found: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in found.items() if value}


def refuse_incomplete(item: ObjectType, given: Mapping[str, str]) -> None:
    """400 where a create lacks what its type needs."""
    missing = [name for name in item.required if not given.get(name)]
    if missing:
        text = f"Error creating {item.name.upper()}. Some required properties were not set."
        raise Refusal(400, text, "VALIDATION_ERROR", context={"properties": missing})
    if item.one_of and not any(given.get(name) for name in item.one_of):
        text = f"Error creating {item.name.upper()}. Some required properties were not set."
        raise Refusal(400, text, "VALIDATION_ERROR", context={"properties": list(item.one_of)})


def refuse_foreign_stage(store: Store, kind: str, after: Mapping[str, str | None]) -> None:
    """400 where the stage is not one of the record's pipeline."""
    named = stage_of(kind)
    if named is None or kind in ("contact", "company"):
        return
    pipeline_name, stage_name = named
    found = definitions.stage(store, kind, after.get(stage_name) or "")
    pipeline = after.get(pipeline_name)
    if found is not None and pipeline and found[0].id != pipeline:
        text = f"Stage {after.get(stage_name)} does not belong to pipeline {pipeline}"
        raise not_valid([Issue(stage_name, "INVALID_OPTION", text)])
