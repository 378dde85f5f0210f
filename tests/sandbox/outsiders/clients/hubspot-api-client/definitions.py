"""What an account defines, through hubspot-api-client: properties, groups, pipelines, owners and object schemas."""

from hubspot import HubSpot
from hubspot.crm.pipelines import (
    ApiException,
    PipelineInput,
    PipelinePatchInput,
    PipelineStageInput,
    PipelineStagePatchInput,
)
from hubspot.crm.properties import ApiException as PropertyRefused
from hubspot.crm.properties import (
    BatchInputPropertyCreate,
    BatchInputPropertyName,
    BatchReadInputPropertyName,
    OptionInput,
    PropertyCreate,
    PropertyGroupCreate,
    PropertyName,
    PropertyUpdate,
)
from hubspot.crm.schemas import (
    AssociationDefinitionEgg,
    ObjectSchemaEgg,
    ObjectTypeDefinitionLabels,
    ObjectTypeDefinitionPatch,
    ObjectTypePropertyCreate,
)
from records import address, contact
from tell import holds, refusal, same


def reads_every_property(client: HubSpot) -> None:
    found = {item.name: item for item in client.crm.properties.core_api.get_all("contacts").results}
    holds(len(found) > 50, f"{len(found)} properties")
    same((found["email"].type, found["email"].field_type), ("string", "text"))
    stage = client.crm.properties.core_api.get_by_name("contacts", "lifecyclestage")
    holds({"lead", "customer"} <= {option.value for option in stage.options}, "no lead or customer")
    same(stage.type, "enumeration")


def creates_changes_and_archives_a_property(client: HubSpot) -> None:
    api = client.crm.properties.core_api
    options = [
        OptionInput(label=name.title(), value=name, hidden=False, display_order=n) for n, name in enumerate("ab")
    ]
    egg = {"name": "outsider_tier", "label": "Tier", "type": "enumeration", "field_type": "select"}
    made = api.create("contacts", PropertyCreate(**egg, group_name="contactinformation", options=options))
    same((made.name, [item.value for item in made.options], made.hubspot_defined), ("outsider_tier", ["a", "b"], None))
    key = contact(client, email=address(), outsider_tier="a")
    same(client.crm.contacts.basic_api.get_by_id(key, properties=["outsider_tier"]).properties["outsider_tier"], "a")
    api.update("contacts", "outsider_tier", PropertyUpdate(label="Tier of interest", options=options[:1]))
    read = api.get_by_name("contacts", "outsider_tier")
    same((read.label, [item.value for item in read.options]), ("Tier of interest", ["a"]))
    refused = refusal(PropertyRefused, api.create, "contacts", PropertyCreate(**egg, group_name="contactinformation"))
    same(refused.status, 409)
    api.archive("contacts", "outsider_tier")
    holds("outsider_tier" not in {item.name for item in api.get_all("contacts").results}, "still listed")
    holds("outsider_tier" in {item.name for item in api.get_all("contacts", archived=True).results}, "not archived")


def works_on_properties_in_batches(client: HubSpot) -> None:
    api, names = client.crm.properties.batch_api, ["outsider_one", "outsider_two"]
    kind = {"type": "number", "field_type": "number", "group_name": "companyinformation"}
    eggs = [PropertyCreate(name=name, label=name, **kind) for name in names]
    same([item.name for item in api.create("companies", BatchInputPropertyCreate(inputs=eggs)).results], names)
    inputs = [PropertyName(name=name) for name in names]
    read = api.read("companies", BatchReadInputPropertyName(archived=False, inputs=inputs))
    same([(item.name, item.type) for item in read.results], [(name, "number") for name in names])
    api.archive("companies", BatchInputPropertyName(inputs=inputs))
    left = {item.name for item in client.crm.properties.core_api.get_all("companies").results}
    same(left & set(names), set())


def groups_properties(client: HubSpot) -> None:
    api = client.crm.properties.groups_api
    made = api.create("deals", PropertyGroupCreate(name="outsiders", label="Outsiders", display_order=-1))
    same((made.name, made.label, made.archived), ("outsiders", "Outsiders", False))
    api.update("deals", "outsiders", {"label": "Outside"})
    same(api.get_by_name("deals", "outsiders").label, "Outside")
    holds({"outsiders", "dealinformation"} <= {item.name for item in api.get_all("deals").results}, "not listed")
    api.archive("deals", "outsiders")
    holds("outsiders" not in {item.name for item in api.get_all("deals").results}, "still listed")


def reads_pipelines(client: HubSpot) -> None:
    found = client.crm.pipelines.pipelines_api.get_by_id("deals", "default")
    ordered = [stage.id for stage in sorted(found.stages, key=lambda stage: stage.display_order)]
    same((ordered[0], ordered[-2:]), ("appointmentscheduled", ["closedwon", "closedlost"]))
    won = client.crm.pipelines.pipeline_stages_api.get_by_id("deals", "default", "closedwon")
    same((won.metadata["isClosed"], won.metadata["probability"]), ("true", "1.0"))


def stage_input(label: str, order: int, probability: str) -> PipelineStageInput:
    """A stage of a deal pipeline."""
    return PipelineStageInput(label=label, display_order=order, metadata={"probability": probability})


def makes_changes_and_deletes_a_pipeline(client: HubSpot) -> None:
    pipelines, stages = client.crm.pipelines.pipelines_api, client.crm.pipelines.pipeline_stages_api
    inputs = [stage_input("Open", 0, "0.2"), stage_input("Won", 1, "1.0")]
    made = pipelines.create("deals", PipelineInput(label="Outside renewals", display_order=3, stages=inputs))
    same((made.label, [stage.label for stage in made.stages]), ("Outside renewals", ["Open", "Won"]))
    added = stages.create("deals", made.id, stage_input("Lost", 2, "0.0"))
    stages.update("deals", made.id, added.id, PipelineStagePatchInput(label="Gone", metadata={"probability": "0.0"}))
    pipelines.update("deals", made.id, PipelinePatchInput(label="Outside renewal", display_order=4))
    restore = PipelinePatchInput(archived=False)  # for an archived pipeline alone, says the specification
    same(refusal(ApiException, pipelines.update, "deals", made.id, restore).status, 400)
    read = pipelines.get_by_id("deals", made.id)
    same((read.label, [stage.label for stage in read.stages]), ("Outside renewal", ["Open", "Won", "Gone"]))
    stages.archive("deals", made.id, added.id)
    same(len(stages.get_all("deals", made.id).results), 2)
    pipelines.archive("deals", made.id)
    same(refusal(ApiException, pipelines.get_by_id, "deals", made.id).status, 404)


def audits_a_pipeline(client: HubSpot) -> None:
    pipelines = client.crm.pipelines.pipelines_api
    made = pipelines.create(
        "deals", PipelineInput(label="Audited", display_order=5, stages=[stage_input("A", 0, "0.5")])
    )
    found = client.crm.pipelines.pipeline_audits_api.get_audit("deals", made.id).results
    same((found[0].identifier, found[-1].action), (made.id, "CREATE"))


def pages_through_owners(client: HubSpot) -> None:
    api, found, after = client.crm.owners.owners_api, [], None
    while True:
        page = api.get_page(limit=5, after=after)
        found += page.results
        if page.paging is None:
            break
        after = page.paging.next.after
    same(len({item.id for item in found}), len(found))
    holds(len(found) > 5, f"{len(found)} owners")
    one = api.get_by_id(int(found[0].id))
    same((one.id, one.email), (found[0].id, found[0].email))
    same([item.id for item in api.get_page(email=one.email).results], [one.id])
    same(api.get_by_id(int(one.user_id), id_property="userId").id, one.id)


def defines_an_object_and_fills_it(client: HubSpot) -> None:
    api = client.crm.schemas.core_api
    name = ObjectTypePropertyCreate(
        name="model", label="Model", type="string", field_type="text", has_unique_value=True
    )
    labels = ObjectTypeDefinitionLabels(singular="Machine", plural="Machines")
    egg = {"name": "machine", "labels": labels, "properties": [name], "primary_display_property": "model"}
    need = {"required_properties": ["model"], "searchable_properties": ["model"], "associated_objects": ["CONTACT"]}
    made = api.create(ObjectSchemaEgg(**egg, **need))
    same((made.name, made.object_type_id[:2], made.labels.plural), ("machine", "2-", "Machines"))
    for key in (made.object_type_id, made.fully_qualified_name, "machine"):
        record = client.crm.objects.basic_api.create(key, {"properties": {"model": f"X {key}"}, "associations": []})
        read = client.crm.objects.basic_api.get_by_id(made.object_type_id, record.id, properties=["model"])
        same(read.properties["model"], f"X {key}")
    same(len(client.crm.objects.get_all(made.object_type_id)), 3)
    change = ObjectTypeDefinitionPatch(labels=ObjectTypeDefinitionLabels(singular="Device", plural="Devices"))
    api.update(made.object_type_id, change)
    same(api.get_by_id(made.object_type_id).labels.plural, "Devices")
    to = AssociationDefinitionEgg(
        from_object_type_id=made.object_type_id, to_object_type_id="0-2", name="machine_owner"
    )
    same(api.create_association(made.object_type_id, to).to_object_type_id, "0-2")
    holds("machine" in {item.name for item in api.get_all().results}, "not listed")


OPERATIONS = (
    reads_every_property,
    creates_changes_and_archives_a_property,
    works_on_properties_in_batches,
    groups_properties,
    reads_pipelines,
    makes_changes_and_deletes_a_pipeline,
    audits_a_pipeline,
    pages_through_owners,
    defines_an_object_and_fills_it,
)
