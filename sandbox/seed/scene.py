"""What both CRMs' projections share: the world, the cast, the time, and which records know their twin."""

from dataclasses import dataclass

from sandbox.seed import dirt, story
from sandbox.seed.cast import Cast, Roster
from sandbox.seed.entities import Company, Kin, Person, dice
from sandbox.seed.pen import Marks, Pen
from sandbox.seed.world import World


@dataclass(frozen=True, slots=True)
class Twin:
    """The record of the other CRM that this one is linked with, and whether this one, or the other, says so."""

    seq: int
    told_here: bool
    told_there: bool


@dataclass
class Scene:
    """Everything a projection reads, and the pen it writes with."""

    seed: int
    now: int
    world: World
    cast: Cast
    pen: Pen

    def __post_init__(self) -> None:
        self.marks = {key: Marks(len(roster)) for key, roster in self.cast.rosters.items()}

    def roster(self, crm: str, kind: str) -> Roster:
        """The records of one kind in one CRM."""
        return self.cast.rosters[crm, kind]

    def twin(self, crm: str, kind: str, entity: int, copy: int) -> Twin | None:
        """The linked record of the other CRM: the same copy of the same entity, in six of ten cases that have one."""
        other = "salesforce" if crm == "hubspot" else "hubspot"
        there = self.roster(other, kind).seqs(entity)
        here = self.roster(crm, kind).seqs(entity)
        if copy >= min(len(here), len(there)):
            return None
        chance = (entity * 2_654_435_761 + copy * 40_503) % 4_294_967_296 / 4_294_967_296
        if chance > 0.6:
            return None
        # One link in six is known to HubSpot alone, one in six to Salesforce alone.
        hubspot, salesforce = chance > 0.1, not 0.1 < chance <= 0.2
        return Twin(there[copy], *((hubspot, salesforce) if crm == "hubspot" else (salesforce, hubspot)))

    def company(self, crm: str, entity: int, copy: int) -> tuple[Company, str]:
        """The company as one record has it, and its truth note."""
        made, labels = dirt.company_copy(self.world.company(entity), copy, dice(self.seed, f"{crm[0]}c{copy}", entity))
        return made, _note("company", self.cast.company_kin.get(entity), copy, labels)

    def person(self, crm: str, kind: str, entity: int, copy: int) -> tuple[Person, str]:
        """The person as one record of a contact or lead has it, and its truth note."""
        roll = dice(self.seed, f"{crm[0]}{kind[0]}{copy}", entity)
        made, labels = dirt.person_copy(self.world.person(entity), copy, roll)
        return made, _note("person", self.cast.person_kin.get(entity), copy, labels)

    def deal(self, crm: str, entity: int, copy: int, created: int) -> story.Deal:
        """The deal as one record has it."""
        number = self.cast.deal_companies[entity]
        company = self.world.company(number) if number >= 0 else None
        born = min(
            roster.created[seqs[0] - 1]
            for roster in (self.roster("hubspot", "deal"), self.roster("salesforce", "deal"))
            if (seqs := roster.seqs(entity))
        )
        told = story.tell(entity, born, self.now, company, dice(self.seed, "de", entity))
        if copy:
            return story.entered_again(told, created)
        return story.moved(told, created - born)

    def team(self, entity: int) -> list[int]:
        """The people on a deal: one, and up to two colleagues hired before."""
        person, found = self.cast.deal_people[entity], list[int]()
        while person >= 0 and len(found) < 1 + entity % 3:
            found.append(person)
            person = self.cast.colleagues[person]
        return found

    def parent(self, crm: str, entity: int) -> int | None:
        """The record of the company that a subsidiary belongs to."""
        kin = self.cast.company_kin.get(entity)
        return self.record_of(crm, "company", kin.base, 0) if kin and kin.trap == "subsidiary" else None

    def record_of(self, crm: str, kind: str, entity: int, salt: int) -> int | None:
        """One of the entity's records, the same for the same salt; later copies get their share."""
        seqs = self.roster(crm, kind).seqs(entity) if entity >= 0 else []
        return seqs[salt * 7 % len(seqs)] if seqs else None


def _note(noun: str, kin: Kin | None, copy: int, labels: str) -> str:
    parts = [f"{kin.trap}: {noun}-{kin.base}"] if kin else []
    if copy:
        parts.append(f"copy {copy}: {labels}")
    return "; ".join(parts)
