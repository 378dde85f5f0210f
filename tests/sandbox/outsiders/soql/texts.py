"""Makes SOQL texts: right ones from a grammar, and doubtful ones by mutation of those, all from one seed."""

import random
import re
from collections.abc import Callable, Iterator

FIELDS = {
    "Account": ("Id", "Name", "Industry", "NumberOfEmployees", "AnnualRevenue", "CreatedDate", "Owner.Name", "Site"),
    "Contact": ("Id", "LastName", "Email", "AccountId", "Account.Name", "CreatedDate", "Birthdate", "DoNotCall"),
    "Opportunity": ("Id", "Name", "Amount", "CloseDate", "StageName", "IsWon", "AccountId", "Account.Owner.Email"),
    "Task": ("Id", "Subject", "WhoId", "Who.Name", "ActivityDate", "Status", "IsClosed", "What.Type"),
}
CHILDREN = {"Account": ("Contacts", "Contact"), "Contact": ("Tasks", "Task"), "Opportunity": ("Tasks", "Task")}
UNITS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")
DATE_PARTS = ("CALENDAR_YEAR", "CALENDAR_MONTH", "DAY_ONLY", "FISCAL_QUARTER", "WEEK_IN_YEAR", "HOUR_IN_DAY")
PLACE = "DISTANCE(BillingAddress, GEOLOCATION(52.5, -13.4), 'km')"
STRINGS = ("'a'", "''", r"'O\'Brien'", r"'back\\slash'", r"'\u0041\n'", "'50%'", "'ü'")
PATTERNS = ("'a%'", r"'50\%'", r"'a\_b'", "'_x'")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STRAY = _words(
    "SELECT FROM WHERE AND OR NOT IN LIKE ( ) , = != <> < > : + - . ' null TRUE 5 5.5 'a' TODAY LAST_N_DAYS:3 GROUP BY"
    " ORDER LIMIT OFFSET HAVING WITH USING SCOPE FOR VIEW UPDATE TYPEOF WHEN THEN ELSE END ROLLUP CUBE INCLUDES COUNT()"
    " FIELDS(ALL) DISTANCE ASC DESC NULLS FIRST LAST AS a Id Name.x 2026-01-01 2026-01-01T00:00:00Z"
)
TIMES = ("2026-01-31", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000+01:00", "10:00:00Z")
CATEGORIES = "DATA CATEGORY Geo__c ABOVE usa__c AND P__c AT (a__c, b__c)"
MODES = ("USER_MODE", "SYSTEM_MODE", "SECURITY_ENFORCED", CATEGORIES)
PURPOSES = ("FOR VIEW", "FOR REFERENCE", "UPDATE TRACKING", "FOR VIEW UPDATE VIEWSTAT", "ALL ROWS")
PIECES = re.compile(r"'(?:[^'\\]|\\.)*'|[\w.:-]+|[^\s\w]|\s+")


class Writer:
    """Writes texts about one organization."""

    def __init__(self, seed: int):
        self.dice = random.Random(seed)

    def texts(self, count: int) -> Iterator[str]:
        """So many texts, every second one mutated."""
        for number in range(count):
            text = self.query()
            for _ in range(number % 2 * self.dice.randint(1, 2)):
                text = self.mutated(text)
            yield text

    def mutated(self, text: str) -> str:
        """The text with a piece lost, doubled, swapped with its neighbor, replaced or put in."""
        pieces = PIECES.findall(text)
        at = self.dice.randrange(len(pieces))
        how = self.dice.randrange(5)
        if how == 0:
            del pieces[at]
        elif how == 1:
            pieces.insert(at, pieces[at] + " ")
        elif how == 2 and at:
            pieces[at - 1], pieces[at] = pieces[at], pieces[at - 1]
        elif how == 3:
            pieces[at] = self.dice.choice(STRAY)
        else:
            pieces.insert(at, f" {self.dice.choice(STRAY)} ")
        return "".join(pieces)

    def chance(self, rule: Callable[[], str], of: int = 3) -> str:
        """What a rule writes, once in so many times, else nothing."""
        return " " + rule() if self.dice.randrange(of) == 0 else ""

    def query(self) -> str:
        """A whole SELECT, of records or of groups."""
        sobject = self.dice.choice(list(FIELDS))
        grouped = self.dice.randrange(4) == 0
        head = f"SELECT {self.groups(sobject) if grouped else self.selected(sobject)}"
        group = head.partition("\0")[2]
        body = head.partition("\0")[0] + f" FROM {sobject}" + self.chance(self.using, 8)
        body += self.chance(lambda: f"WHERE {self.condition(sobject, 2)}", 2) + self.chance(self.access, 10)
        if grouped:
            body += group
        else:
            body += self.chance(lambda: f"ORDER BY {self.order(sobject)}")
        body += self.chance(lambda: f"LIMIT {self.dice.choice((0, 1, 5, 200, 2000))}")
        return body + self.chance(lambda: f"OFFSET {self.dice.choice((0, 5, 2000))}", 8) + self.chance(self.purpose, 10)

    def selected(self, sobject: str) -> str:
        """Fields, sub-selects and functions of one type, each at most once."""
        fields = self.dice.sample(FIELDS[sobject], self.dice.randint(1, 4))
        extra = [self.child(sobject)] if sobject in CHILDREN and self.dice.randrange(5) == 0 else []
        if sobject == "Task" and self.dice.randrange(4) == 0:
            extra.append(self.typeof())
        if sobject == "Account" and self.dice.randrange(8) == 0:
            extra.append(f"{PLACE} far")
        if self.dice.randrange(8) == 0:
            return self.dice.choice(("COUNT()", "FIELDS(STANDARD)", "FIELDS(ALL)", f"toLabel({fields[0]})"))
        return ", ".join(fields + extra)

    def child(self, sobject: str) -> str:
        """A sub-select of children."""
        relationship, kind = CHILDREN[sobject]
        where = self.chance(lambda: f"WHERE {self.comparison(kind)}")
        order = self.chance(lambda: f"ORDER BY {self.order(kind)}") + self.chance(lambda: "LIMIT 5")
        return f"(SELECT {', '.join(self.dice.sample(FIELDS[kind], 2))} FROM {relationship}{where}{order})"

    def typeof(self) -> str:
        """A TYPEOF of who or what a task is about."""
        other = self.chance(lambda: "ELSE Name, Id", 2)
        return f"TYPEOF Who WHEN Contact THEN LastName, Account.Name WHEN Lead THEN Company{other} END"

    def groups(self, sobject: str) -> str:
        """Aggregates, and behind a zero byte the clauses that group them."""
        field = self.dice.choice(FIELDS[sobject][1:5])
        key = f"{self.dice.choice(DATE_PARTS)}(CreatedDate)" if self.dice.randrange(3) == 0 else field
        values = self.dice.sample(("COUNT(Id)", "COUNT_DISTINCT(Id) n", "MAX(CreatedDate) newest", "MIN(Id)"), 2)
        having = self.chance(lambda: "HAVING COUNT(Id) > 1")
        keys = self.dice.choice(("{}", "{}", "ROLLUP({})", "CUBE({})")).format(key)
        order = self.chance(lambda: "ORDER BY COUNT(Id) DESC NULLS LAST")
        return f"{', '.join([key, *values])}\0 GROUP BY {keys}{having}{order}"

    def condition(self, sobject: str, deep: int) -> str:
        """Comparisons joined by AND or OR, some in parentheses and under NOT."""
        if not deep or self.dice.randrange(3) == 0:
            return self.comparison(sobject)
        op = self.dice.choice((" AND ", " OR "))
        parts = [self.part(sobject, deep - 1) for _ in range(self.dice.randint(1, 3))]
        return op.join(parts)

    def part(self, sobject: str, deep: int) -> str:
        """One comparison, or a condition in parentheses."""
        inner = self.condition(sobject, deep)
        if " AND " not in inner and " OR " not in inner and self.dice.randrange(2):
            return inner
        return f"(NOT ({inner}))" if self.dice.randrange(4) == 0 else f"({inner})"

    def comparison(self, sobject: str) -> str:
        """One field against values of any kind, which may not fit it."""
        field = self.dice.choice(FIELDS[sobject])
        rules: tuple[Callable[[], str], ...] = (
            lambda: f"{field} {self.dice.choice(('=', '!=', '<>', '<', '<=', '>', '>='))} {self.value()}",
            lambda: f"{field} LIKE {self.dice.choice(PATTERNS)}",
            lambda: f"{field} {self.dice.choice(('IN', 'NOT IN'))} ({', '.join(self.value() for _ in range(2))})",
            lambda: f"{field} {self.dice.choice(('INCLUDES', 'EXCLUDES'))} ('a;b', 'c')",
            lambda: f"Id IN (SELECT AccountId FROM Contact WHERE {self.comparison('Contact')})",
            lambda: f"{self.dice.choice(DATE_PARTS)}(CreatedDate) = {self.dice.choice((1, 2026))}",
            lambda: f"{PLACE} < 20" if sobject == "Account" else f"toLabel({field}) = 'a'",
        )
        return self.dice.choices(rules, weights=(8, 2, 3, 1, 1, 2, 1))[0]()

    def value(self) -> str:
        """A literal."""
        kinds: tuple[Callable[[], str], ...] = (
            lambda: self.dice.choice(STRINGS),
            lambda: self.dice.choice(("5", "-5", "+5", "5.25", ".5", "USD500", "eur5.5")),
            lambda: self.dice.choice(("null", "TRUE", "false")),
            lambda: self.dice.choice(
                ("2026-01-31", "2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000+01:00", "10:00:00Z")
            ),
            self.period,
        )
        return self.dice.choice(kinds)()

    def period(self) -> str:
        """A date literal."""
        unit, number = self.dice.choice(UNITS), self.dice.randint(1, 9)
        counted = (f"LAST_N_{unit}S:{number}", f"NEXT_N_{unit}S:{number}", f"N_{unit}S_AGO:{number}")
        plain = ("TODAY", "YESTERDAY", "TOMORROW", "LAST_90_DAYS", "THIS_WEEK", "last_fiscal_year", "NEXT_QUARTER")
        return self.dice.choice((*counted, *plain))

    def order(self, sobject: str) -> str:
        """One sort key or two."""
        keys = self.dice.sample(FIELDS[sobject], self.dice.randint(1, 2))
        ends = ("", " ASC", " DESC", " NULLS LAST", " DESC NULLS FIRST")
        return ", ".join(key + self.dice.choice(ends) for key in keys)

    def using(self) -> str:
        """A scope."""
        return f"USING SCOPE {self.dice.choice(('everything', 'mine', 'team'))}"

    def access(self) -> str:
        """A mode of access, or data categories."""
        return f"WITH {self.dice.choice(MODES)}"

    def purpose(self) -> str:
        """What the records are read for."""
        return self.dice.choice(
            ("FOR VIEW", "FOR REFERENCE", "UPDATE TRACKING", "FOR VIEW UPDATE VIEWSTAT", "ALL ROWS")
        )
