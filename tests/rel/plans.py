"""Plans for the small world, one for each kind of write, and one that holds them all."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from connectors.changes import Archive, Change, Connect, Create, Merge, Restore, Set, Survivor, Unlink
from connectors.records import Link, Ref
from connectors.values import Fields, frozen
from hygiene.check import Finding
from sync.jobs.plan import Made, basis_of, bind
from sync.jobs.undo import undo_run
from sync.plan.build import Policy, build
from sync.plan.model import Expectation, Grade, Group, Step
from sync.plan.strategy import Strategy
from sync.session import Session
from tests.rel.world import CANARY, COUNT, Names

Writes = Callable[[Session, Names], list[Group]]
TEXT = f"{CANARY} written"


def planned(session: Session, names: Names, *kinds: str) -> Made:
    """The plan of these kinds of write."""
    groups = [group for kind in kinds for group in WRITES[kind](session, names)]
    identities = {name: reader.identity() for name, reader in session.readers.items()}
    return bind(groups, basis_of(session), identities)


def undoing(session: Session) -> Made:
    """The plan that undoes the last run."""
    return undo_run(session, session.ledger.runs()[-1].id)[0]


def update(session: Session, names: Names) -> list[Group]:
    """Two fields of three companies in each CRM."""
    refs = [names[f"{crm}.company.{at}"] for crm in "hs" for at in (0, 1, 2)]
    return sets(session, refs)


def sets(session: Session, refs: Sequence[Ref]) -> list[Group]:
    """A description and a city for each of these companies."""
    after, before = frozen({"description": TEXT, "city": CANARY}), frozen({"description": None, "city": None})
    findings = [Finding("test", (ref,), "a text", changes=(Set(ref, after, before),)) for ref in refs]
    return _built(session, Strategy.NATIVE, findings)


def create(session: Session, names: Names) -> list[Group]:
    """A contact in each CRM, tied to a company once it is there."""
    found = []
    for crm in "hs":
        workspace = names[f"{crm}.company.0"].workspace
        fields = frozen({"last_name": TEXT, "title": TEXT})
        for at in (0, 1):
            made = Create(workspace, "contact", f"{CANARY}-{crm}-{at}", fields, "revops_key")
            to = names[f"{crm}.company.{at}"]
            tie = Connect(Survivor("1"), Link(to))
            found.append(_group(f"create-{crm}{at}", made, tie, expects=[Expectation(to)]))
    return found


def link(session: Session, names: Names) -> list[Group]:
    """Ties made and cut between contacts and companies."""
    found = []
    for crm in "hs":
        for at in (0, 1):
            ref, to = names[f"{crm}.contact.{at}"], names[f"{crm}.company.{at + 2}"]
            found.append(
                _group(f"link-{crm}{at}", Connect(ref, Link(to)), expects=[_tied(ref, "company"), Expectation(to)])
            )
        ref, to = names[f"{crm}.contact.4"], names[f"{crm}.company.4"]
        found.append(_group(f"unlink-{crm}", Unlink(ref, Link(to)), expects=[_tied(ref, "company", to)]))
    return found


def archive(session: Session, names: Names) -> list[Group]:
    """Records of each CRM to its recycle bin."""
    refs = [names[name] for name in ("h.contact.2", "h.contact.3", "s.contact.2", "s.contact.3")]
    return [_group(f"archive-{ref.id}", Archive(ref), expects=[_known(session, ref)]) for ref in refs]


def native(session: Session, names: Names) -> list[Group]:
    """HubSpot's own merge: three contacts by two merges, each of which leaves a new id, and a set by an old one."""
    refs = [names[f"h.contact.{at}"] for at in (7, 8, 9)]
    (merge,) = _merged(session, Strategy.NATIVE, refs, "mobile", "phone")
    later = _group("later", Set(refs[0], texts_of(city=TEXT), frozen({"city": None})))
    return [merge, replace(later, after=(merge.id,))]


def soft(session: Session, names: Names) -> list[Group]:
    """A merge by writing, tying and archiving, in each CRM."""
    found = _merged(session, Strategy.SOFT, [names["h.company.5"], names["h.company.6"]], "description")
    return found + _merged(session, Strategy.SOFT, [names["s.company.5"], names["s.company.6"]], "description")


def soap(session: Session, names: Names) -> list[Group]:
    """Salesforce's merge: three accounts whose contacts move along."""
    return _merged(session, Strategy.NATIVE, [names[f"s.company.{at}"] for at in (7, 8, 9)], "description")


def mark(session: Session, names: Names) -> list[Group]:
    """The survivor's id written onto the others."""
    refs = [names["h.company.7"], names["h.company.8"]]
    return _merged(session, Strategy.MARK, refs)


def restore(session: Session, names: Names) -> list[Group]:
    """A record back from Salesforce's recycle bin."""
    return [_group("restore", Restore(names["s.contact.9"]))]


def reversible(session: Session, names: Names) -> list[Group]:
    """Writes that can all be undone."""
    back = {group.id for group in archive(session, names) if group.steps[0].change.ref.crm == "salesforce"}  # type: ignore[union-attr]
    archives = [group for group in archive(session, names) if group.id in back]
    return [*update(session, names), *link(session, names), *archives]


def mixed(session: Session, names: Names) -> list[Group]:
    """Good changes, and among them two groups whose first step no CRM takes."""
    bad = {"h": texts_of(lifecycle_stage=f"{CANARY}-no-such-stage"), "s": texts_of(city=CANARY * 60)}
    found = update(session, names)
    for crm, after in bad.items():
        ref, to = names[f"{crm}.company.3"], names[f"{crm}.contact.3"]
        steps = (Set(ref, after), Connect(to, Link(ref)))
        found.append(_group(f"bad-{crm}", *steps, expects=[Expectation(ref), Expectation(to)]))
    return found


def texts_of(**fields: str) -> Fields:
    """Fields as a change bears them."""
    return frozen(fields)


def crowd_update(session: Session, names: Names) -> list[Group]:
    """Two fields of every further company."""
    return sets(session, _crowd(names))


def crowd_create(session: Session, names: Names) -> list[Group]:
    """A contact for every further company."""
    fields = frozen({"last_name": TEXT})
    made = [Create(ref.workspace, "contact", f"{CANARY}-{ref.crm}-{at}", fields, "revops_key")
            for at, ref in enumerate(_crowd(names))]  # fmt: skip
    return [_group(f"create-{change.key}", change) for change in made]


def crowd_link(session: Session, names: Names) -> list[Group]:
    """A contact for every further company of HubSpot: a Salesforce contact has one account."""
    refs = [ref for ref in _crowd(names) if ref.crm == "hubspot"]
    return [_group(f"link-{ref.id}", Connect(ref, Link(names[f"h.contact.{at % 4}"]))) for at, ref in enumerate(refs)]


def crowd_archive(session: Session, names: Names) -> list[Group]:
    """Every further company."""
    return [_group(f"archive-{ref.id}", Archive(ref)) for ref in _crowd(names)]


def crowd_merge(session: Session, names: Names) -> list[Group]:
    """Every further company with the next one."""
    refs = _crowd(names)
    pairs = [pair for pair in zip(refs[::2], refs[1::2], strict=False) if pair[0].crm == pair[1].crm]
    return [group for pair in pairs for group in _merged(session, Strategy.NATIVE, pair, "description")]


def _crowd(names: Names) -> list[Ref]:
    return [ref for name, ref in names.items() if ".company." in name and int(name.rpartition(".")[2]) >= COUNT]


WRITES: dict[str, Writes] = {
    **{"update": update, "create": create, "link": link, "archive": archive, "native": native, "soft": soft},
    **{"soap": soap, "mark": mark, "restore": restore, "reversible": reversible, "mixed": mixed},
    **{"crowd_update": crowd_update, "crowd_create": crowd_create, "crowd_link": crowd_link},
    **{"crowd_archive": crowd_archive, "crowd_merge": crowd_merge},
}
EVERY = ("update", "create", "link", "archive", "native", "soft", "soap", "mark", "restore")


def _built(session: Session, strategy: Strategy, findings: Sequence[Finding]) -> list[Group]:
    limits = {name: reader.limits for name, reader in session.readers.items()}
    groups, left = build(findings, session.mirror(), Policy(lambda workspace, kind: strategy, limits))
    if left:
        raise ValueError(f"left out: {[item.reason for item in left]}")
    return list(groups)


def _merged(session: Session, strategy: Strategy, refs: Sequence[Ref], *carried: str) -> list[Group]:
    """One merge into the first of these, with a value to carry for each field named."""
    merge = Merge(refs[0], tuple(refs[1:]), frozen(dict.fromkeys(carried, TEXT)))
    return _built(session, strategy, [Finding("test", tuple(refs), "the same", changes=(merge,))])


def _group(name: str, *changes: Change, expects: Sequence[Expectation] = ()) -> Group:
    steps = tuple(Step(str(at), change) for at, change in enumerate(changes, 1))
    return Group(f"g-{name}", "test", name, name, Grade.REVERSIBLE, steps, tuple(expects))


def _known(session: Session, ref: Ref) -> Expectation:
    record = session.mirror().get(ref)
    if record is None:
        raise ValueError(f"{ref} is not in the mirror")
    return Expectation(ref, frozen({name: record.get(name) for name in ("last_name", "title")}))


def _tied(ref: Ref, kind: str, *to: Ref) -> Expectation:
    return replace(Expectation(ref), links={kind: tuple(item.id for item in to)})
