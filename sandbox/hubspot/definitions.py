"""The properties and pipelines of this account: HubSpot's own and those added through the API."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sandbox.hubspot import catalog
from sandbox.hubspot.catalog import Option, Pipeline, Property, Stage
from sandbox.store import Store


def properties(store: Store, kind: str) -> Mapping[str, Property]:
    """Every live property of a kind by name."""
    added = store.setting("hubspot", f"properties:{kind}")
    return (
        {**catalog.properties(kind), **{name: _read(data) for name, data in added.items()}}
        if added
        else catalog.properties(kind)
    )


def add(store: Store, kind: str, item: Property) -> None:
    """Define one more property, or replace one that was added before."""
    added = store.setting("hubspot", f"properties:{kind}", {})
    store.set("hubspot", f"properties:{kind}", {**added, item.name: asdict(item)})


def remove(store: Store, kind: str, name: str) -> bool:
    """Archive an added property; False where there is none of this name."""
    added = store.setting("hubspot", f"properties:{kind}", {})
    if name not in added:
        return False
    del added[name]
    store.set("hubspot", f"properties:{kind}", added)
    return True


def pipelines(store: Store, kind: str) -> tuple[Pipeline, ...]:
    """The pipelines of a kind, in their order."""
    changed = store.setting("hubspot", f"pipelines:{kind}")
    if changed is None:
        return catalog.PIPELINES.get(kind, ())
    return tuple(Pipeline(p["id"], p["label"], tuple(Stage(**stage) for stage in p["stages"])) for p in changed)


def stage(store: Store, kind: str, stage_id: str) -> tuple[Pipeline, Stage] | None:
    """A stage and the pipeline it belongs to, or None."""
    every = ((pipeline, item) for pipeline in pipelines(store, kind) for item in pipeline.stages)
    return next((found for found in every if found[1].id == stage_id), None)


def _read(data: dict[str, Any]) -> Property:
    return Property(**{**data, "options": tuple(Option(**item) for item in data["options"])})
