"""HubSpot's own Python client, unmodified, defines things in the sandbox."""

import pytest
from hubspot import HubSpot
from hubspot.crm.associations.v4.schema import (
    PublicAssociationDefinitionCreateRequest,
    PublicAssociationDefinitionUpdateRequest,
)
from hubspot.crm.pipelines import PipelineInput, PipelinePatchInput, PipelineStageInput
from hubspot.crm.properties import (
    BatchReadInputPropertyName,
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

pytestmark = pytest.mark.enable_socket


def car(client: HubSpot) -> str:
    vin = ObjectTypePropertyCreate(name="vin", label="VIN", type="string", field_type="text")
    egg = ObjectSchemaEgg(
        name="cars",
        labels=ObjectTypeDefinitionLabels(singular="Car", plural="Cars"),
        required_properties=["vin"],
        properties=[vin],
        associated_objects=["CONTACT"],
    )
    return str(client.crm.schemas.core_api.create(egg).object_type_id)


def test_client_defines_an_object_type(client: HubSpot) -> None:
    kind, api = car(client), client.crm.schemas.core_api
    assert [item.fully_qualified_name for item in api.get_all().results] == ["p12345678_cars"]
    changed = api.update(kind, ObjectTypeDefinitionPatch(description="They drive"))
    assert (changed.description, changed.portal_id) == ("They drive", 12345678)
    egg = AssociationDefinitionEgg(from_object_type_id=kind, to_object_type_id="0-3", name="car_to_deal")
    made = api.create_association("cars", egg)
    api.archive_association("cars", made.id)
    api.archive("cars")
    assert api.get_all().results == []


def test_client_keeps_records_of_it(client: HubSpot) -> None:
    kind = car(client)
    made = client.crm.objects.basic_api.create(kind, {"properties": {"vin": "A1"}})
    read = client.crm.objects.basic_api.get_by_id("p12345678_cars", made.id, properties=["vin"])
    assert read.properties["vin"] == "A1"


def test_client_defines_properties(client: HubSpot) -> None:
    api = client.crm.properties.core_api
    client.crm.properties.groups_api.create("contacts", PropertyGroupCreate(name="own", label="Own"))
    made = PropertyCreate(name="tier", label="Tier", type="string", field_type="text", group_name="own")
    assert api.create("contacts", made).modification_metadata.archivable
    assert api.update("contacts", "tier", PropertyUpdate(label="Rank")).label == "Rank"
    wanted = BatchReadInputPropertyName(archived=False, inputs=[PropertyName(name="tier")])
    assert [item.label for item in client.crm.properties.batch_api.read("contacts", wanted).results] == ["Rank"]
    api.archive("contacts", "tier")
    assert [item.name for item in api.get_all("contacts", archived=True).results] == ["tier"]


def test_client_defines_pipelines(client: HubSpot) -> None:
    stage = PipelineStageInput(label="Talk", display_order=0, metadata={"probability": "0.3"})
    new = PipelineInput(label="Partners", display_order=3, stages=[stage])
    made = client.crm.pipelines.pipelines_api.create("deals", new)
    changed = client.crm.pipelines.pipelines_api.update("deals", made.id, PipelinePatchInput(label="Allies"))
    assert (changed.label, changed.stages[0].metadata["isClosed"]) == ("Allies", "false")
    audit = client.crm.pipelines.pipeline_audits_api.get_audit("deals", made.id)
    assert [item.action for item in audit.results] == ["UPDATE", "CREATE"]
    client.crm.pipelines.pipelines_api.archive("deals", made.id)


def test_client_defines_labels(client: HubSpot) -> None:
    api = client.crm.associations.v4.schema.definitions_api
    ask = PublicAssociationDefinitionCreateRequest(name="boss", label="Boss", inverse_label="Works for")
    made = api.create("contacts", "companies", ask).results
    number = made[0].type_id
    api.update(
        "contacts", "companies", PublicAssociationDefinitionUpdateRequest(association_type_id=number, label="Chief")
    )
    found = {item.type_id: item.label for item in api.get_all("contacts", "companies").results}
    assert found[number] == "Chief"
    api.remove("contacts", "companies", number)
    assert number not in {item.type_id for item in api.get_all("contacts", "companies").results}
