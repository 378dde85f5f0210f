"""Hostile SOQL and SOSL: valid texts that were cut, mixed, nested and filled with odd literals."""

from pathlib import Path
from random import Random

from tests.sandbox.hostile import mutate

LINES = Path(__file__).parents[1].joinpath("soql_verdicts.txt").read_text("utf-8").splitlines()
VALID = [line[2:] for line in LINES]
OWN = (
    "SELECT Id, Name, Owner.Name FROM Account WHERE Name LIKE 'A%' AND Rating > 'a' ORDER BY Name LIMIT 3 OFFSET 1",
    "SELECT Name, (SELECT Id, LastName FROM Contacts WHERE Email != null LIMIT 2) FROM Account WHERE Id = 'x'",
    "SELECT Industry, COUNT(Id) n, SUM(AnnualRevenue) FROM Account GROUP BY Industry HAVING COUNT(Id) > 1",
    "SELECT CALENDAR_YEAR(CreatedDate), MAX(Amount) FROM Opportunity GROUP BY ROLLUP(CALENDAR_YEAR(CreatedDate))",
    "SELECT Id FROM Opportunity WHERE CloseDate = LAST_N_DAYS:30 AND StageName IN ('a','x') AND IsWon = false",
    "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE CreatedDate > 2020-01-01T00:00:00Z)",
    "SELECT Id, Amount FROM Opportunity WHERE Amount > USD5000 ORDER BY Amount DESC NULLS LAST",
    "SELECT TYPEOF What WHEN Account THEN Name ELSE Id END FROM Task WHERE IsDeleted = false ALL ROWS",
    "SELECT FIELDS(STANDARD) FROM Lead WHERE Status = 'Working - Contacted' LIMIT 200",
    "SELECT COUNT() FROM Contact WHERE DISTANCE(MailingAddress, GEOLOCATION(1.0,2.0), 'km') < 20",
    "SELECT Id FROM Account WHERE NOT (Name = 'a' OR (Website = 'b' AND NumberOfEmployees >= 3)) FOR VIEW",
)
LITERALS = (
    "LAST_N_DAYS:99999999999999", "NEXT_N_YEARS:9999", "LAST_N_FISCAL_QUARTERS:-1", "99999-01-01",
    "0000-00-00T00:00:00Z",
    "2026-02-30", "1e400", "1e-400", "9" * 400, "'\\u0000'", "'\\u12'", "'\\q'", "'%_%'", "NULL", "''",
    "'" + "a" * 30_000 + "'",
    "TODAY", "USD1e9", "-", "+5", ".5", "5.", ":x", "2026-03-01T12:00:00+99:99", "N_DAYS_AGO:0", "9999-12-31T23:59:59Z",
)  # fmt: skip
SEARCHES = (
    "FIND {acme} IN ALL FIELDS RETURNING Account(Id, Name WHERE Name LIKE 'a%' LIMIT 3), Contact",
    "FIND {a* AND \"b c\"} IN EMAIL FIELDS RETURNING Contact(Id) LIMIT 5",
    "FIND {a OR b AND NOT c} RETURNING Lead(Id ORDER BY Name)",
)  # fmt: skip


def query(chance: Random) -> str:
    """A query, most often one that no parser should like."""
    text = chance.choice(OWN if chance.random() < 0.5 else VALID)
    kind = chance.random()
    if kind < 0.3:
        return mutate.cut(chance, text)
    if kind < 0.6:
        return mutate.words(chance, text)
    if kind < 0.75:
        parts = text.split(" ")
        parts[chance.randrange(len(parts))] = chance.choice(LITERALS)
        return " ".join(parts)
    if kind < 0.8:
        return nested(chance)
    return f"{text} {chance.choice(VALID)[-60:]}" if kind < 0.9 else text


def nested(chance: Random) -> str:
    """A query that is deep, wide or both."""
    many = chance.choice((30, 300, 5000))
    shapes = (
        f"SELECT Id FROM Account WHERE {'(' * many}Name = 'a'{')' * many}",
        f"SELECT Id FROM Account WHERE {'NOT (' * many}Name = 'a'{')' * many}",
        f"SELECT Id FROM Account WHERE {'NOT ' * many}Name = 'a'",
        f"SELECT {'Parent.' * many}Name FROM Account",
        f"SELECT {', '.join(['Id'] * many)} FROM Account",
        "SELECT Id FROM Account WHERE " + " OR ".join(["Name = 'a'"] * many),
        "SELECT Id FROM Account WHERE " + " AND ".join(["Name != 'a'"] * many),
        f"SELECT Id FROM Account WHERE Name IN ({','.join(['1'] * many)})",
        "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Id IN " * min(many, 300),
        f"SELECT {'(SELECT Id, ' * many}Id FROM Contacts{')' * many} FROM Account",
        f"SELECT {'MAX(' * many}Name{')' * many} FROM Account",
        "SELECT Id FROM Account ORDER BY " + ", ".join(["Name"] * many),
        "SELECT Id FROM Account GROUP BY " + ", ".join(["Name"] * many),
        f"SELECT Id FROM Account WHERE Name LIKE '{'%a' * min(many, 300)}%'",
        f"SELECT Id FROM Account WHERE Name LIKE '{'%_' * min(many, 300)}b'",
        f"SELECT Id FROM Account LIMIT {'9' * many}",
        f"SELECT Id FROM Account OFFSET {'9' * many}",
        "SELECT Id FROM Account" + " " * many + "\n" * many,
    )
    return chance.choice(shapes)


def search(chance: Random) -> str:
    """A SOSL search, cut or mixed."""
    text = chance.choice(SEARCHES)
    if chance.random() < 0.1:
        return f"FIND {{{'(' * 5000}a{')' * 5000}}} RETURNING Account"
    return chance.choice((mutate.cut, mutate.words))(chance, text)
