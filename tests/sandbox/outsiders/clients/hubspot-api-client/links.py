"""Associations through hubspot-api-client: v4 single and batch, labels, and what v3 still answers."""

from typing import Any

from hubspot import HubSpot
from hubspot.crm.associations import BatchInputPublicAssociation, BatchInputPublicObjectId, PublicAssociation
from hubspot.crm.associations import PublicObjectId as LegacyId
from hubspot.crm.associations.v4 import (
    AssociationSpec,
    BatchInputPublicAssociationMultiArchive,
    BatchInputPublicAssociationMultiPost,
    BatchInputPublicDefaultAssociationMultiPost,
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicAssociationMultiArchive,
    PublicAssociationMultiPost,
    PublicDefaultAssociationMultiPost,
    PublicFetchAssociationsBatchRequest,
    PublicObjectId,
)
from hubspot.crm.associations.v4.schema import (
    PublicAssociationDefinitionCreateRequest,
    PublicAssociationDefinitionUpdateRequest,
)
from records import address, contact
from tell import holds, same

PRIMARY, UNLABELLED = 1, 279  # contact to company


def company(client: HubSpot, name: str) -> str:
    """The id of a new company."""
    return str(client.crm.companies.basic_api.create({"properties": {"name": name}}).id)


def of(client: HubSpot, person: str) -> dict[str, list[tuple[int, str | None]]]:
    """The (type, label) pairs by company of one contact."""
    page = client.crm.associations.v4.basic_api.get_page("contacts", person, "companies")
    return {str(item.to_object_id): types(item) for item in page.results}


def types(item: Any) -> list[tuple[int, str | None]]:
    """The (type, label) pairs of one association, in order of type."""
    return sorted((kind.type_id, kind.label) for kind in item.association_types)


def puts_labels_in_the_place_of_labels(client: HubSpot) -> None:
    api = client.crm.associations.v4.basic_api
    person, firm = contact(client, email=address()), company(client, "Labels")
    label = AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=PRIMARY)
    made = api.create("contacts", person, "companies", firm, [label])
    same((str(made.from_object_id), str(made.to_object_id)), (person, firm))
    same(of(client, person), {firm: [(PRIMARY, "Primary"), (UNLABELLED, None)]})
    api.archive("contacts", person, "companies", firm)
    same(of(client, person), {})


def associates_by_default(client: HubSpot) -> None:
    person, firm = contact(client, email=address()), company(client, "Default")
    made = client.crm.associations.v4.basic_api.create_default("contacts", person, "companies", firm)
    same(made.status, "COMPLETE")
    holds((UNLABELLED, None) in of(client, person)[firm], "no unlabelled association")
    back = client.crm.associations.v4.basic_api.get_page("companies", firm, "contacts")
    same([str(item.to_object_id) for item in back.results], [person])


def creates_and_reads_a_batch_with_one_bad_row(client: HubSpot) -> None:
    api, people = client.crm.associations.v4.batch_api, [contact(client, email=address()) for _ in range(3)]
    firm = company(client, "Batch")
    spec = [AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=UNLABELLED)]
    rows = [multi(person, firm, spec) for person in (*people[:2], "1")]
    made = api.create("contacts", "companies", BatchInputPublicAssociationMultiPost(inputs=rows))
    same({str(item.from_object_id) for item in made.results}, set(people[:2]))
    same((made.num_errors, len(made.errors)), (1, 1))
    asked = [PublicFetchAssociationsBatchRequest(id=person) for person in people]
    batch = BatchInputPublicFetchAssociationsBatchRequest(inputs=asked)
    read = api.get_page("contacts", "companies", batch)
    same(
        {item._from.id: [str(to.to_object_id) for to in item.to] for item in read.results},
        {p: [firm] for p in people[:2]},
    )
    same(read.errors[0].sub_category, "crm.associations.NO_ASSOCIATIONS_FOUND")


def multi(person: str, firm: str, spec: list[AssociationSpec]) -> PublicAssociationMultiPost:
    """One row of a batch of associations."""
    return PublicAssociationMultiPost(_from=PublicObjectId(id=person), to=PublicObjectId(id=firm), types=spec)


def archives_a_batch(client: HubSpot) -> None:
    api, person, firm = client.crm.associations.v4.batch_api, contact(client, email=address()), company(client, "Gone")
    pair = PublicDefaultAssociationMultiPost(_from=PublicObjectId(id=person), to=PublicObjectId(id=firm))
    api.create_default("contacts", "companies", BatchInputPublicDefaultAssociationMultiPost(inputs=[pair]))
    holds(firm in of(client, person), "not associated")
    row = PublicAssociationMultiArchive(_from=PublicObjectId(id=person), to=[PublicObjectId(id=firm)])
    api.archive("contacts", "companies", BatchInputPublicAssociationMultiArchive(inputs=[row]))
    same(of(client, person), {})


def defines_uses_renames_and_removes_a_label(client: HubSpot) -> None:
    api = client.crm.associations.v4.schema.definitions_api
    egg = PublicAssociationDefinitionCreateRequest(name="billing_contact", label="Billing contact")
    made = api.create("contacts", "companies", egg).results
    number = next(item.type_id for item in made if item.label == "Billing contact")
    person, firm = contact(client, email=address()), company(client, "Label")
    spec = AssociationSpec(association_category="USER_DEFINED", association_type_id=number)
    client.crm.associations.v4.basic_api.create("contacts", person, "companies", firm, [spec])
    holds((number, "Billing contact") in of(client, person)[firm], "the label is not on the association")
    change = PublicAssociationDefinitionUpdateRequest(association_type_id=number, label="Pays the bills")
    api.update("contacts", "companies", change)
    listed = {item.type_id: item.label for item in api.get_all("contacts", "companies").results}
    same((listed[number], listed[PRIMARY], listed[UNLABELLED]), ("Pays the bills", "Primary", None))
    api.remove("contacts", "companies", number)
    holds(number not in {item.type_id for item in api.get_all("contacts", "companies").results}, "still listed")


def associates_by_version_three(client: HubSpot) -> None:
    api, person, firm = client.crm.associations.batch_api, contact(client, email=address()), company(client, "Three")
    row = PublicAssociation(_from=LegacyId(id=person), to=LegacyId(id=firm), type="contact_to_company")
    batch = BatchInputPublicAssociation(inputs=[row])
    # Answers 200 since August 2025 where the client maps 201 alone, so that it returns None: its issue 448.
    status = api.create_with_http_info("contacts", "companies", batch)[1]
    holds(status in (200, 201), f"status {status}")
    same(named(client, person, "contact_to_company"), [firm])
    api.archive("contacts", "companies", batch)
    same(named(client, person, "contact_to_company"), [])


def named(client: HubSpot, person: str, name: str) -> list[str]:
    """The companies of a contact by the name of a type, as v3 reads them."""
    asked = BatchInputPublicObjectId(inputs=[LegacyId(id=person)])
    read = client.crm.associations.batch_api.read("contacts", "companies", asked)
    return [to.id for item in read.results for to in item.to if to.type == name]


def lists_the_companies_of_a_contact_with_it(client: HubSpot) -> None:
    person, firm = contact(client, email=address()), company(client, "With")
    client.crm.associations.v4.basic_api.create_default("contacts", person, "companies", firm)
    read = client.crm.contacts.basic_api.get_by_id(person, associations=["companies"])
    same({item.id for item in read.associations["companies"].results}, {firm})


def creates_a_contact_with_its_company(client: HubSpot) -> None:
    firm = company(client, "Born with")
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": UNLABELLED}
    born = {"properties": {"email": address()}, "associations": [{"to": {"id": firm}, "types": [spec]}]}
    person = client.crm.contacts.basic_api.create(born)
    holds(firm in of(client, person.id), "not associated at birth")


OPERATIONS = (
    puts_labels_in_the_place_of_labels,
    associates_by_default,
    creates_and_reads_a_batch_with_one_bad_row,
    archives_a_batch,
    defines_uses_renames_and_removes_a_label,
    associates_by_version_three,
    lists_the_companies_of_a_contact_with_it,
    creates_a_contact_with_its_company,
)
