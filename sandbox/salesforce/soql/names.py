"""Which field a path in a SOQL text names."""

from dataclasses import dataclass

from sandbox.salesforce.errors import QueryError
from sandbox.salesforce.schema import Child, Field, Schema, SObject, parse_field
from sandbox.salesforce.soql.tree import Path, Query

MOST_LEVELS = 5
# What Who, What and other references to several types offer, whatever record stands behind them.
NAME = SObject(
    name="Name",
    kind="",
    label="Name",
    plural="Names",
    abilities=frozenset(),
    fields={
        field.name.lower(): field
        for field in map(
            parse_field,
            (
                "Id id d Name ID",
                "Name string:255 m Name",
                "FirstName string:40 n First Name",
                "LastName string:80 n Last Name",
                "Email email:128 n Email",
                "Phone phone:40 n Phone",
                "Title string:128 n Title",
                "Type string:40 n Type",
            ),
        )
    },
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A path's way: the reference fields it follows, and the field at its end."""

    relations: tuple[Field, ...]
    field: Field


@dataclass(frozen=True, slots=True)
class Names:
    """The names that one SELECT can use."""

    query: Query
    schema: Schema
    sobject: SObject

    def resolve(self, path: Path) -> Resolved:
        """The way of a path; INVALID_FIELD for a name that is none."""
        names = self.rooted(path)
        sobject = self.sobject
        relations: list[Field] = []
        for name in names[:-1]:
            relation = sobject.relation(name)
            if relation is None or len(relations) == MOST_LEVELS:
                raise self.unknown_relationship(name, path)
            relations.append(relation)
            sobject = target(self.schema, relation)
        field = sobject.field(names[-1])
        if field is None:
            raise self.unknown(names[-1], sobject, path)
        return Resolved(tuple(relations), field)

    def rooted(self, path: Path) -> list[str]:
        """A path's names from the type on: its own name or alias is dropped, another alias of FROM spelled out."""
        names = list(path.names)
        for source in self.query.joined:
            if source.alias and len(names) > 1 and names[0].lower() == source.alias.lower():
                names = [*self.rooted(Path((*source.path.names, ""), path.at))[:-1], *names[1:]]
        if len(names) > 1 and names[0].lower() in self.own_names():
            names.pop(0)
        return names

    def own_names(self) -> set[str]:
        """The type's own name and its alias, either of which may stand before a field."""
        own = self.query.source.rpartition(".")[2].lower()
        return {own, (self.query.alias or own).lower()}

    def check_joined(self) -> None:
        """Every further name of FROM must be a relationship that starts at the first one."""
        for source in self.query.joined:
            started = self.own_names() | {(each.alias or "").lower() for each in self.query.joined}
            if len(source.path.names) < 2 or source.path.names[0].lower() not in started:
                message = "A driving SObject type has already been set, all other entity types in the FROM clause must"
                message += f" be relationships to the initial object.  The driving object is {self.sobject.name}."
                raise self.refuse("INVALID_TYPE", message, source.path.at)

    def polymorphic(self, path: Path) -> tuple[tuple[Field, ...], Field]:
        """The way to a relationship that TYPEOF looks at, and the reference behind it."""
        names = self.rooted(path)
        sobject, way = self.sobject, list[Field]()
        for name in names:
            relation = sobject.relation(name)
            if relation is None:
                raise self.unknown_relationship(name, path)
            way.append(relation)
            sobject = target(self.schema, relation)
        if len(way[-1].refers_to) < 2:
            message = f"TYPEOF can only be used with a polymorphic relationship, which {names[-1]} is not"
            raise self.refuse("INVALID_FIELD", message, path.at)
        return tuple(way[:-1]), way[-1]

    def child(self, query: Query) -> Child:
        """The children that a sub-select's source names."""
        head, _, last = query.source.rpartition(".")
        wanted = last if head.lower() in self.own_names() else query.source
        for child in self.schema.children(self.sobject):
            if (child.field.child_name or "").lower() == wanted.strip().lower():
                return child
        message = f"Didn't understand relationship '{query.source}' in FROM part of query call. If you are attempting"
        raise self.refuse("INVALID_TYPE", f"{message} to use a custom relationship, {APPEND_R}", query.source_at)

    def unknown(self, name: str, sobject: SObject, path: Path) -> QueryError:
        """The refusal of a field."""
        message = f"No such column '{name}' on entity '{sobject.name}'. If you are attempting to use a custom field,"
        message += " be sure to append the '__c' after the custom field name."
        return self.refuse("INVALID_FIELD", f"{message} {REFERENCE}", path.at)

    def unknown_relationship(self, name: str, path: Path) -> QueryError:
        """The refusal of a relationship."""
        message = f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom"
        return self.refuse("INVALID_FIELD", f"{message} relationship, {APPEND_R}", path.at)

    def refuse(self, code: str, message: str, at: int) -> QueryError:
        """An error at a place of the text."""
        return QueryError(code, message, self.query.text, at)


REFERENCE = "Please reference your WSDL or the describe call for the appropriate names."
APPEND_R = f"be sure to append the '__r' after the custom relationship name. {REFERENCE}"


def target(schema: Schema, relation: Field) -> SObject:
    """The type that a relationship leads to; several types show as Name."""
    found = schema.get(relation.refers_to[0]) if len(relation.refers_to) == 1 else None
    return found or NAME


def source_of(query: Query, schema: Schema) -> SObject:
    """The type of a SELECT's FROM; INVALID_TYPE for one that is none or cannot be queried."""
    found = schema.get(query.source)
    if found is None or "queryable" not in found.abilities:
        message = f"sObject type '{query.source}' is not supported. If you are attempting to use a custom object, be"
        message += f" sure to append the '__c' after the entity name. {REFERENCE}"
        raise QueryError("INVALID_TYPE", message, query.text, query.source_at)
    return found
