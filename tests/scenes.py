"""One scene a connector verb: what it starts from, and the verb itself with what it came to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from connectors.changes import Archive, Connect, Create, Merge, Restore, Set, Unlink
from connectors.errors import RemoteError
from connectors.fields import NAMES
from connectors.records import Link, Ref
from tests.halves import DESCRIBED, Edge, plain

Given = dict[str, Any]
"""What a scene starts from: refs as texts, and plain values. It is kept in the cassette, beside the calls."""

ABSENT = {"hubspot": "99999999999", "salesforce": "001000000000001AAA"}


# What scenes start from


def nothing(edge: Edge) -> Given:
    return {}


def two_contacts(edge: Edge) -> Given:
    page = next(edge.reader.pull("contact"))
    return {"refs": [str(record.ref) for record in page.records[:2]]}


def a_moment(edge: Edge) -> Given:
    """A second after all but the newest company was changed."""
    moments = sorted(
        record.modified_at for page in edge.reader.pull("company") for record in page.records if record.modified_at
    )
    return {"since": (moments[-2] + timedelta(seconds=1)).isoformat()}


def gone_companies(edge: Edge) -> Given:
    """One that was merged, one archived, and one that never was; without leave to write only the last."""
    refs = []
    if edge.writes:
        kept, merged, archived = edge.create("company", 3)
        edge.push("company", Merge(kept, (merged,)))
        edge.push("company", Archive(archived))
        refs = [merged, archived]
    return {"refs": [str(ref) for ref in (*refs, Ref(edge.workspace, "company", ABSENT[edge.crm]))]}


def two_companies(edge: Edge) -> Given:
    return {"refs": [str(ref) for ref in edge.create("company", 2)]}


def one_bad_company(edge: Edge) -> Given:
    refs = (*edge.create("company", 1), Ref(edge.workspace, "company", ABSENT[edge.crm]))
    return {"refs": [str(ref) for ref in refs]}


def a_key(edge: Edge) -> Given:
    return {"key": f"{edge.stamp}-new"}


def a_contact_and_a_company(edge: Edge) -> Given:
    return {"refs": [str(ref) for kind in ("contact", "company") for ref in edge.create(kind, 1)]}


def linked(edge: Edge) -> Given:
    given = a_contact_and_a_company(edge)
    link(edge, given)
    return given


def archived_company(edge: Edge) -> Given:
    given = {"refs": [str(ref) for ref in edge.create("company", 1)]}
    archive(edge, given)
    return given


def budget_spent(edge: Edge) -> Given:
    """Other tools of the account have spent what was left: HubSpot's ten seconds, Salesforce's day."""
    assert edge.sandbox is not None
    edge.sandbox.store.set("hubspot", "rate_ten_seconds", edge.reader.calls)
    edge.sandbox.store.set("salesforce", "daily_limit", 1)
    return {}


# The verbs


def refs_of(given: Given) -> list[Ref]:
    return [Ref.parse(text) for text in given["refs"]]


def sign_in(edge: Edge, given: Given) -> Any:
    return edge.reader.identity()


def describe(edge: Edge, given: Given) -> Any:
    specs = [edge.reader.describe(kind) for kind in DESCRIBED]
    return {
        spec.kind: {
            "mergeable": spec.mergeable,
            "fields": len(spec.fields),
            "mapped": [f"{item.name} is {item.type}" for item in spec.fields if item.name in NAMES[spec.kind]],
        }
        for spec in specs
    }


def pull_full(edge: Edge, given: Given) -> Any:
    return list(edge.reader.pull("contact"))


def pull_changes(edge: Edge, given: Given) -> Any:
    return list(edge.reader.pull("company", datetime.fromisoformat(given["since"])))


def read(edge: Edge, given: Given) -> Any:
    refs = refs_of(given)
    links = ("company",) if refs[0].kind == "contact" else ()
    return edge.reader.read(refs, ("first_name", "email", "title", "name"), links)


def history(edge: Edge, given: Given) -> Any:
    return [item for page in edge.reader.pull("deal") for item in page.past]


def pipelines(edge: Edge, given: Given) -> Any:
    return edge.reader.pipelines("deal")


def set_fields(edge: Edge, given: Given) -> Any:
    return edge.push("company", *(Set(ref, {"city": "Zürich", "description": None}) for ref in refs_of(given)))


def create(edge: Edge, given: Given) -> Any:
    facts = {"name": "Müller & Söhne <GmbH>", "city": "Köln"}
    return edge.push("company", Create(edge.workspace, "company", given["key"], facts, "revops_key"))


def merge(edge: Edge, given: Given) -> Any:
    survivor, merged = refs_of(given)
    return edge.push("company", Merge(survivor, (merged,), {"city": "Bern & Thun"} if edge.crm == "salesforce" else {}))


def link(edge: Edge, given: Given) -> Any:
    contact, company = refs_of(given)
    return edge.push("contact", Connect(contact, Link(company)))


def unlink(edge: Edge, given: Given) -> Any:
    contact, company = refs_of(given)
    return edge.push("contact", Unlink(contact, Link(company)))


def archive(edge: Edge, given: Given) -> Any:
    return edge.push("company", *(Archive(ref) for ref in refs_of(given)))


def restore(edge: Edge, given: Given) -> Any:
    return edge.push("company", *(Restore(ref) for ref in refs_of(given)))


def rate_limited(edge: Edge, given: Given) -> Any:
    return {"pipelines": len(edge.reader.pipelines("deal")), "waited": list(edge.time.waits)}


@dataclass(frozen=True, slots=True)
class Scene:
    """One verb: `prepare` finds or makes what it starts from, unrecorded; `act` is what the cassette holds.

    `writes` says that records are made or changed; `provoked` that it needs a budget which only a sandbox may spend.
    """

    act: Callable[[Edge, Given], Any]
    prepare: Callable[[Edge], Given] = nothing
    writes: bool = False
    provoked: bool = False
    crms: tuple[str, ...] = ("hubspot", "salesforce")


SCENES: dict[str, Scene] = {
    "sign_in": Scene(sign_in),
    "describe": Scene(describe),
    "pull_full": Scene(pull_full),
    "pull_changes": Scene(pull_changes, a_moment),
    "read": Scene(read, two_contacts),
    "read_gone": Scene(read, gone_companies),
    "history": Scene(history),
    "pipelines": Scene(pipelines),
    "rate_limited": Scene(rate_limited, budget_spent, provoked=True),
    "set": Scene(set_fields, two_companies, writes=True),
    "set_one_bad_row": Scene(set_fields, one_bad_company, writes=True),
    "create": Scene(create, a_key, writes=True),
    "merge": Scene(merge, two_companies, writes=True),
    "link": Scene(link, a_contact_and_a_company, writes=True),
    "unlink": Scene(unlink, linked, writes=True),
    "archive": Scene(archive, two_companies, writes=True),
    "restore": Scene(restore, archived_company, writes=True, crms=("salesforce",)),
}
"""In the order of recording: sign-in and describe come first, since replays of the others begin with them."""

WARM = ("sign_in", "describe")


def played(scene: Scene, edge: Edge, given: Given) -> Any:
    """What the verb came to, as JSON would hold it; an error is a result too."""
    try:
        return plain(scene.act(edge, given))
    except RemoteError as error:
        return plain(error)
