"""The properties and pipelines of this account: HubSpot's own and those added or changed through the API."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from sandbox.hubspot import catalog
from sandbox.hubspot.catalog import Option, Pipeline, Property, Stage
from sandbox.store import Store


def properties(store: Store, kind: str) -> Mapping[str, Property]:
    """Every live property of a kind by name."""
    base = own(store, kind)
    added = store.setting("hubspot", f"properties:{kind}")
    return {**base, **{name: _read(data) for name, data in added.items()}} if added else base


def own(store: Store, kind: str) -> Mapping[str, Property]:
    """The properties that HubSpot defines for a kind, with those it calculates for each stage of its pipelines."""
    group = f"{store.setting('hubspot', 'schemas')[kind]['name']}_information" if kind.startswith("2-") else ""
    base = catalog.properties(kind, group)
    changed = store.setting("hubspot", f"pipelines:{kind}")
    if changed is None:
        return base
    found = {**base, **catalog.stamps(map(_pipeline, changed))}
    if "lifecyclestage" in found:  # a lifecycle stage is a stage of the one pipeline that contacts and companies have
        stages = tuple(Option(item.id, item.label) for line in map(_pipeline, changed) for item in line.stages)
        found["lifecyclestage"] = replace(found["lifecyclestage"], options=stages)
    return found


def add(store: Store, kind: str, item: Property) -> None:
    """Define one more property, or replace one of the same name; an archived one of that name is forgotten."""
    for name, value in ((f"properties:{kind}", {item.name: asdict(item)}), (f"archived_properties:{kind}", {})):
        kept = store.setting("hubspot", name, {})
        store.set("hubspot", name, {key: data for key, data in kept.items() if key != item.name} | value)


def remove(store: Store, kind: str, name: str, now: int) -> bool:
    """Archive an added property; False where there is none of this name."""
    added = store.setting("hubspot", f"properties:{kind}", {})
    if name not in added:
        return False
    gone = replace(_read(added.pop(name)), updated=now)
    store.set("hubspot", f"properties:{kind}", added)
    every = store.setting("hubspot", f"archived_properties:{kind}", {})
    store.set("hubspot", f"archived_properties:{kind}", {**every, name: asdict(gone)})
    return True


def archived(store: Store, kind: str) -> Mapping[str, Property]:
    """The archived properties of a kind by name; `updated` is when they were archived."""
    every = store.setting("hubspot", f"archived_properties:{kind}", {})
    return {name: _read(data) for name, data in every.items()}


def pipelines(store: Store, kind: str) -> tuple[Pipeline, ...]:
    """The live pipelines of a kind, in their order."""
    return tuple(item for item in every_pipeline(store, kind) if not item.archived)


def every_pipeline(store: Store, kind: str) -> tuple[Pipeline, ...]:
    """The pipelines of a kind, live and archived."""
    changed = store.setting("hubspot", f"pipelines:{kind}")
    return catalog.PIPELINES.get(kind, ()) if changed is None else tuple(map(_pipeline, changed))


def set_pipelines(store: Store, kind: str, every: Iterable[Pipeline]) -> None:
    """Make these the pipelines of a kind, archived ones among them."""
    store.set("hubspot", f"pipelines:{kind}", [asdict(item) for item in every])


def stage(store: Store, kind: str, stage_id: str) -> tuple[Pipeline, Stage] | None:
    """A stage and the pipeline it belongs to, or None."""
    every = ((pipeline, item) for pipeline in pipelines(store, kind) for item in pipeline.stages)
    return next((found for found in every if found[1].id == stage_id), None)


def _pipeline(data: dict[str, Any]) -> Pipeline:
    return Pipeline(**{**data, "stages": tuple(Stage(**item) for item in data["stages"])})


def _read(data: dict[str, Any]) -> Property:
    return Property(**{**data, "options": tuple(Option(**item) for item in data["options"])})
