"""Splink 5 on DuckDB as its documentation has it: u from random pairs, m by EM in blocks, term frequencies, predict."""

import duckdb
import numpy as np
import splink.comparison_library as cl
from exchange import Asked, answer, asked
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FLOOR, SURE, LIKELY = 0.01, 0.99, 0.5
"""Probabilities: what is returned at all, and the bands that its users put first."""

FORMS = "inc|incorporated|llc|ltd|limited|corp|corporation|co|company|gmbh|ag|kg|ug|sarl|sas|sa|bv|nv|sl|ab|plc|llp|lp"
LETTERS = "regexp_replace(lower(strip_accents({0})), '[^a-z0-9 ]', ' ', 'g')"
PLAIN = f"nullif(trim(regexp_replace({LETTERS}, ' +', ' ', 'g')), '')"
NAME = PLAIN.format(f"regexp_replace(lower({{0}}), '\\b({FORMS})\\b\\.?', ' ', 'g')")
SITE = "nullif(split_part(regexp_replace(lower(trim({0})), '^(https?://)?(www\\.)?', ''), '/', 1), '')"
DIGITS = "nullif(right(regexp_replace({0}, '[^0-9]', '', 'g'), 9), '')"
MAIL = "nullif(lower(trim({0})), '')"
RAW = {"name": NAME, "company": NAME, "domain": SITE, "phone": DIGITS, "mobile": DIGITS, "email": MAIL}
RAW |= {"tax_id": "nullif(trim({0}), '')", "birth_date": "nullif(regexp_replace({0}, '[^0-9]', '', 'g'), '')"}
RENAMED = {"first_name": "first", "last_name": "last", "website": "employer"}
RULES = {
    "company": [
        *(["domain"], ["label"], ["phone"], ["name"], ["tax_id"], ["substr(name, 1, 7)", "city"]),
        *(["substr(name, 1, 5)", "postcode"], ["street", "postcode"], ["street", "city"]),
    ],
    "contact": [
        *(["email"], ["mobile"], ["phone"], ["first", "last"], ["last", "company"], ["last", "employer"], ["name"]),
        *(["first", "employer"], ["substr(first, 1, 1)", "last", "city"], ["tax_id"], ["birth_date"]),
        *(["last", "postcode"], ["first", "postcode"], ["mailbox", "label"]),
    ],
}
SESSIONS = {
    "company": (["domain"], ["phone"], ["name"], ["postcode"], ["city"]),
    "contact": (["email"], ["first", "last"], ["company", "last"], ["birth_date"], ["postcode"], ["name"]),
}
CERTAIN = {
    "company": (["domain", "name"], ["phone", "name"], ["name", "street"], ["name", "postcode"], ["name"]),
    "contact": (["email"], ["mobile", "last"], ["first", "last", "company"], ["first", "last", "birth_date"], ["name"]),
}
FIRST_GUESS = 0.6
"""The recall that is said of the certain rules: an opinion, as Splink asks for one."""


def main() -> None:
    """Prepare, train, predict, cluster."""
    to = asked()
    base = duckdb.connect()
    base.execute("set enable_progress_bar = false")
    present = prepared(base, to)
    linker = trained(base, to.kind, present)
    found = linker.inference.predict(threshold_match_probability=FLOOR)
    groups = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=SURE)
    query = f"select unique_id_l a, unique_id_r b, match_weight w, match_probability p from {found.physical_name}"
    got = base.execute(query).fetchnumpy()
    told = base.execute(f"select cluster_id c from {groups.physical_name} order by unique_id").fetchnumpy()
    verdict = np.where(got["p"] >= SURE, 2, np.where(got["p"] >= LIKELY, 1, 0))
    _, label = np.unique(np.asarray(told["c"]), return_inverse=True)
    answer(to, np.asarray(got["a"]), np.asarray(got["b"]), np.asarray(got["w"]), verdict=verdict, group=label)


def prepared(base: duckdb.DuckDBPyConnection, to: Asked) -> set[str]:
    """The table `rows`, and which of its columns hold something."""
    source = f"read_csv('{to.file}', all_varchar = true, header = true)"
    names = [one[0] for one in base.execute(f"describe select * from {source}").fetchall() if one[0] != "id"]
    raw = to.file.name == "raw.csv"
    parts = [f"{_cleaned(name, raw)} as {RENAMED.get(name, name)}" for name in names]
    base.execute(f"create table read_in as select id::bigint unique_id, {', '.join(parts)} from {source}")
    held = {RENAMED.get(name, name) for name in names}
    made = ["*"]
    if raw and "email" in held:
        made += ["split_part(email, '@', 1) mailbox"]
        made += [] if "employer" in held else ["split_part(email, '@', 2) employer"]
        held |= {"mailbox", "employer"}
    if raw and held & {"domain", "employer"}:
        made.append(f"split_part({'domain' if 'domain' in held else 'employer'}, '.', 1) as label")
        held.add("label") if "domain" in held else None
    base.execute(f"create table rows as select {', '.join(made)} from read_in")
    shares = base.execute(
        f"select {', '.join(f'count({name}) / count(*)' for name in sorted(held))} from rows"
    ).fetchall()[0]
    return {name for name, share in zip(sorted(held), shares, strict=True) if share >= 0.02}


def trained(base: duckdb.DuckDBPyConnection, kind: str, present: set[str]) -> Linker:
    """The model of a kind over the columns that are there."""
    compared = comparisons(kind, present)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=compared,
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in _usable(RULES[kind], present)],
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=base)
    linker = Linker(api.register("rows"), settings, log_level="ERROR")
    train = linker.training
    certain = [block_on(*rule) for rule in _usable(CERTAIN[kind], present)][:4]
    train.estimate_probability_two_random_records_match(certain, recall=FIRST_GUESS)
    train.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    sessions = [rule for rule in _usable(SESSIONS[kind], present) if len(compared) > len(rule)]
    for rule in sessions[:4]:
        try:
            train.estimate_parameters_using_expectation_maximisation(block_on(*rule), record_sample_proportion=1.0)
        except Exception as error:  # noqa: BLE001 - it names no class for "too few pairs in this block"
            print(f"session {rule}: {error}")
    return linker


def comparisons(kind: str, present: set[str]) -> list[object]:
    """One comparison a column, with its term frequencies where equality is evidence."""
    usual = (
        ("phone", cl.LevenshteinAtThresholds("phone", [1]).configure(term_frequency_adjustments=True)),
        ("street", cl.JaroWinklerAtThresholds("street", [0.92, 0.8])),
        ("city", cl.JaroWinklerAtThresholds("city", [0.9]).configure(term_frequency_adjustments=True)),
        ("postcode", cl.LevenshteinAtThresholds("postcode", [1])),
        ("country", cl.ExactMatch("country")),
        ("tax_id", cl.LevenshteinAtThresholds("tax_id", [1])),
    )
    company = (
        ("name", cl.JaroWinklerAtThresholds("name", [0.95, 0.88, 0.76]).configure(term_frequency_adjustments=True)),
        ("domain", cl.JaroWinklerAtThresholds("domain", [0.9]).configure(term_frequency_adjustments=True)),
    )
    contact = (
        ("first", cl.JaroWinklerAtThresholds("first", [0.92, 0.8]).configure(term_frequency_adjustments=True)),
        ("last", cl.JaroWinklerAtThresholds("last", [0.92, 0.8]).configure(term_frequency_adjustments=True)),
        ("name", cl.JaroWinklerAtThresholds("name", [0.95, 0.88]).configure(term_frequency_adjustments=True)),
        ("email", cl.EmailComparison("email")),
        ("mobile", cl.LevenshteinAtThresholds("mobile", [1]).configure(term_frequency_adjustments=True)),
        ("company", cl.JaroWinklerAtThresholds("company", [0.9]).configure(term_frequency_adjustments=True)),
        ("birth_date", cl.DamerauLevenshteinAtThresholds("birth_date", [1, 2])),
    )
    own = company if kind == "company" else contact
    return [comparison for name, comparison in (*own, *usual) if name in present]


def _usable(rules: "list[list[str]] | tuple[list[str], ...]", present: set[str]) -> list[list[str]]:
    names = ({part.partition("(")[2].partition(",")[0] or part for part in rule} for rule in rules)
    return [rule for rule, needed in zip(rules, names, strict=True) if needed <= present]


def _cleaned(name: str, raw: bool) -> str:
    return (RAW.get(name, PLAIN) if raw else "nullif({0}, '')").format(f'"{name}"')


if __name__ == "__main__":
    main()
