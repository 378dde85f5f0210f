"""What a HubSpot account of a recording defines: object types, properties, groups, pipelines, switches."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sandbox.app import Sandbox
from sandbox.hubspot import definitions, groups, kinds, links
from sandbox.hubspot.catalog import Option, Pipeline, Property, Stage, stage_of
from sandbox.hubspot.object_types import ObjectType
from sandbox.hubspot.times import parse
from sandbox.settings import setting

CUSTOM = re.compile(r"2-\d+")
FULL_NAME = re.compile(r"p\d*_\w+")
VERBS = ("read", "write")


class Model:
    """Definitions written into the store, never through the API that is compared."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.store = sandbox.store
        self.now = sandbox.clock.now_ms()
        self.switch("search_lag_seconds", 0)

    def switch(self, name: str, value: Any) -> None:
        """A switch of the account."""
        self.store.set("hubspot", name, value)

    def setting(self, name: str) -> Any:
        """A switch as it stands."""
        return setting(self.store, "hubspot", name)

    def every_scope(self) -> list[str]:
        """All that an app may be allowed; what a recorded call was answered, it was allowed."""
        areas = {item.scope for item in self.kinds()} | {"custom", "owners"}
        named = [f"crm.{part}.{area}.{verb}" for part in ("objects", "schemas") for area in areas for verb in VERBS]
        return [*named, "oauth", "tickets", "e-commerce"]

    def kind(self, name: str) -> ObjectType | None:
        """The object type that a path names, or None where the account knows none of this name."""
        found = kinds.object_type(self.store, name)
        if found is None and (CUSTOM.fullmatch(name.lower()) or FULL_NAME.fullmatch(name.lower())):
            self.schema({"objectTypeId": name if CUSTOM.fullmatch(name) else "2-1000001", "name": name})
            found = kinds.object_type(self.store, name)
        return found

    def kinds(self) -> Iterable[ObjectType]:
        """Every object type of the account."""
        return kinds.every(self.store)

    def numbers(self, item: ObjectType, to: ObjectType) -> set[int]:
        """The ids of the association types from one type to another."""
        return {kind.type_id for kind in links.types(self.store, item.kind, to.kind)}

    def plain(self, item: ObjectType, to: ObjectType) -> int:
        """The id of the association type without a label; 0 where the types cannot be joined."""
        found = links.unlabelled(self.store, item.kind, to.kind)
        return found.type_id if found else 0

    # properties

    def known(self, item: ObjectType) -> Mapping[str, Property]:
        """The properties of a type."""
        return definitions.properties(self.store, item.kind)

    def define(self, item: ObjectType, name: str, value: object = None, unique: bool = False) -> None:
        """A property of this name is there, of a type that fits the value."""
        spec = self.known(item).get(name)
        if spec is None:
            kind, field = ("number", "number") if _is_number(value) else ("string", "text")
            group = f"{item.kind}information"
            made = Property(name, kind, field, name, group, unique=unique, custom=not name.startswith("hs_"))
            definitions.add(self.store, item.kind, made)
        elif unique and not spec.unique:
            definitions.add(self.store, item.kind, replace(spec, unique=True))

    def accepts(self, item: ObjectType, name: str, value: object) -> None:
        """A write of this value is taken: its option, owner or stage is there."""
        self.define(item, name, value)
        spec, text = self.known(item)[name], str(value)
        if value in ("", None):
            return
        if name in (stage_of(item.kind) or ()):
            self._staged(item, name, text)
        elif spec.type == "enumeration" and not spec.external and spec.options:
            parts = [part for part in text.split(";") if part]
            fresh = tuple(Option(part, part) for part in parts if part not in {option.value for option in spec.options})
            if fresh:
                definitions.add(self.store, item.kind, replace(spec, options=(*spec.options, *fresh)))

    def _staged(self, item: ObjectType, name: str, value: str) -> None:
        """The pipeline or stage is there; a stage nobody knows becomes one of the first pipeline's."""
        have = definitions.pipelines(self.store, item.kind)
        if name == (stage_of(item.kind) or ("",))[0]:
            if all(pipeline.id != value for pipeline in have):
                self.pipelines(item, [*map(drawn, have), {"id": value, "label": value, "stages": []}])
        elif definitions.stage(self.store, item.kind, value) is None and have:
            first = drawn(have[0])
            first["stages"].append({"id": value, "label": value, "metadata": {}})
            self.pipelines(item, [first, *map(drawn, have[1:])])

    def property(self, item: ObjectType, shown: Mapping[str, Any]) -> None:
        """The property is there as the API shows it."""
        change = shown.get("modificationMetadata") or {}
        made = Property(
            name=str(shown["name"]),
            type=str(shown.get("type", "string")),
            field_type=str(shown.get("fieldType", "text")),
            label=str(shown.get("label", shown["name"])),
            group=str(shown.get("groupName", "")),
            description=str(shown.get("description", "")),
            options=tuple(map(_option, shown.get("options") or ())),
            read_only=bool(change.get("readOnlyValue")),
            calculated=bool(shown.get("calculated")),
            unique=bool(shown.get("hasUniqueValue")),
            external=bool(shown.get("externalOptions")),
            hidden=bool(shown.get("hidden")),
            custom=not shown.get("hubspotDefined"),
            order=int(shown.get("displayOrder", -1)),
            refers_to=str(shown.get("referencedObjectType", "")),
            formula=str(shown.get("calculationFormula", "")),
            show_currency=shown.get("showCurrencySymbol"),
            created=_born(shown.get("createdAt")),
            updated=_born(shown.get("updatedAt")),
        )
        definitions.add(self.store, item.kind, made)
        if made.group:
            self.group(item, {"name": made.group, "label": made.group})

    def pipelines(self, item: ObjectType, shown: Iterable[Mapping[str, Any]]) -> None:
        """The pipelines are these, as the API shows them."""
        made = [
            Pipeline(
                str(one["id"]),
                str(one.get("label", one["id"])),
                tuple(_stage(stage) for stage in one.get("stages") or ()),
                order=one.get("displayOrder"),
                created=_born(one.get("createdAt")),
                updated=_born(one.get("updatedAt")),
                archived=bool(one.get("archived")),
            )
            for one in shown
        ]
        definitions.set_pipelines(self.store, item.kind, made)

    def group(self, item: ObjectType, shown: Mapping[str, Any]) -> None:
        """A property group is there; one that is known already stays as it is."""
        if shown["name"] not in groups.known(self.store, item.kind):
            made = {"label": shown["name"], "displayOrder": -1, "archived": False, **shown}
            added = self.store.setting("hubspot", f"groups:{item.kind}", {})
            self.switch(f"groups:{item.kind}", {**added, made["name"]: made})

    def schema(self, shown: Mapping[str, Any]) -> None:
        """A custom object type is there as the API shows it, with its properties and associations."""
        type_id = str(shown.get("objectTypeId") or f"2-{shown.get('id', '1000001')}")
        name = str(shown.get("name") or type_id.replace("-", "_"))
        full = str(shown.get("fullyQualifiedName") or f"p{self.setting('portal_id')}_{name}")
        lists = ("requiredProperties", "searchableProperties", "secondaryDisplayProperties")
        made = {
            **{part: shown.get(part) or [] for part in lists},
            "primaryDisplayProperty": str(shown.get("primaryDisplayProperty") or ""),
            "description": str(shown.get("description") or ""),
            "labels": shown.get("labels") or {"singular": name, "plural": name},
            "id": type_id.partition("-")[2],
            "name": name,
            "fullyQualifiedName": full,
            "sensitive": bool(shown.get("allowsSensitiveProperties")),
            "restorable": bool(shown.get("restorable", True)),
            "archived": bool(shown.get("archived")),
            "created": _born(shown.get("createdAt")),
            "updated": _born(shown.get("updatedAt")),
        }
        self.switch("schemas", {**kinds.schemas(self.store), type_id: made})
        item = kinds.of_kind(self.store, type_id)
        for each in shown.get("properties") or ():
            self.property(item, each)
        for each in shown.get("associations") or ():
            self._joins(type_id, each)

    def _joins(self, type_id: str, shown: Mapping[str, Any]) -> None:
        ends = []
        for name in ("fromObjectTypeId", "toObjectTypeId"):
            found = kinds.object_type(self.store, str(shown[name]))
            ends.append(found.kind if found else str(shown[name]))
        number = int(shown["id"])
        made = {"from": ends[0], "to": ends[1], "typeId": number, "label": None, "name": shown.get("name")}
        inverse = number + 1 if ends[0] == type_id else number - 1
        added = self.store.setting("hubspot", "labels", [])
        self.switch("labels", [*added, {**made, "inverse": inverse, "created": _born(shown.get("createdAt"))}])


def drawn(pipeline: Pipeline) -> dict[str, Any]:
    """A pipeline in the form that `Model.pipelines` takes."""
    stages = [{"id": stage.id, "label": stage.label, "metadata": dict(stage.metadata)} for stage in pipeline.stages]
    return {"id": pipeline.id, "label": pipeline.label, "stages": stages}


def _option(shown: Mapping[str, Any]) -> Option:
    words = str(shown["value"]), str(shown.get("label", shown["value"])), str(shown.get("description") or "")
    return Option(*words, shown.get("displayOrder"), bool(shown.get("hidden")))


def _stage(shown: Mapping[str, Any]) -> Stage:
    return Stage(str(shown["id"]), str(shown.get("label", shown["id"])), shown.get("metadata") or {})


def _born(text: object) -> int:
    """A moment as the API shows it, epoch ms; 0 where it shows none."""
    return (parse(str(text)) or 0) if text else 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
