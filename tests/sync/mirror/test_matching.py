"""The duplicate check over a mirror matches only what changed since its last run, and finds what a full run finds."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from hygiene.checks.duplicate import Duplicate
from hygiene.match.matching import Matching
from hygiene.match.table import Table
from sync.database import writing
from sync.mirror.columns import Beside
from sync.mirror.store import Mirror
from sync.mirror.write import store_gone, store_records
from tests.hygiene.test_index import ID, Held, rows_of
from tests.hygiene.test_rounds_indexed import Full
from tests.sync.desk import NOW, record, ref
from tests.sync.stores import in_files, new_store

pytestmark = in_files  # the index is one beside the mirror's own

CHECK = Duplicate(kind="company")
PLENTY: Held = {str(at): {"name": f"Firm{at} Works", "domain": f"firm{at}.com"} for at in range(100, 140)}
CHANGES = st.dictionaries(ID, rows_of("company"), max_size=3)


class Plain(Mirror):
    """A mirror that compares everything under the statistics of the index beside it."""

    def matching(self, kind: str, table: Table, region: str) -> Matching:
        index = Beside(Path(str(self.engine.url.database)).with_suffix(".match"), kind).opened(table, region)
        assert index is not None
        return Full(table, index.statistics)


def stored(folder: str | Path) -> Engine:
    return new_store("mirror", Path(folder))


def pull(engine: Engine, held: Held, gone: list[str]) -> None:
    with writing(engine) as connection:
        store_records(connection, [record(key, "company", (), **row) for key, row in held.items()], NOW)
        for key in gone:
            store_gone(connection, ref(key), "merged", "100", NOW)


@settings(max_examples=5, deadline=None)
@given(
    st.dictionaries(ID, rows_of("company"), max_size=10),
    st.lists(st.tuples(CHANGES, st.lists(ID, max_size=2)), max_size=2),
)
def test_after_any_pulls_the_findings_are_those_of_a_full_run(held: Held, pulls: list[tuple[Held, list[str]]]) -> None:
    with TemporaryDirectory() as folder:
        engine = stored(folder)
        for fresh, gone in [(PLENTY | held, list[str]()), *pulls]:
            pull(engine, fresh, gone)
            through = list(CHECK.find(Mirror(engine, NOW, least=0)))
            assert through == list(CHECK.find(Plain(engine, NOW)))
        engine.dispose()


def kept(folder: Path) -> int:
    index = Beside(folder / "mirror.match", "company").opened(CHECK.matched, "")
    return len(index.added) if index else -1


def test_a_pull_adds_to_the_index_until_it_is_counted_anew(tmp_path: Path) -> None:
    engine, said, sizes = stored(tmp_path), list[str](), list[int]()
    changes = {f"2{at}": {"name": f"Later{at}"} for at in range(5)}
    for fresh in (PLENTY, {"1": {"name": "Acme Robotics"}}, changes):
        pull(engine, fresh, [])
        list(CHECK.find(Mirror(engine, NOW, say=said.append, least=0)))
        sizes.append(kept(tmp_path))
    engine.dispose()
    assert sizes == [0, 1, 0] and ["a tenth changed" in text for text in said] == [True]


def test_whoever_asks_has_everything_counted_anew(tmp_path: Path) -> None:
    engine = stored(tmp_path)
    mirror = Mirror(engine, NOW, least=0)
    for fresh in (PLENTY, {"1": {"name": "Acme Robotics"}}):
        pull(engine, fresh, [])
        list(CHECK.find(mirror))
    mirror.recount("company")
    assert kept(tmp_path) == -1
    list(CHECK.find(mirror))
    engine.dispose()
    assert kept(tmp_path) == 0


def test_few_records_are_compared_whole_and_no_index_is_kept(tmp_path: Path) -> None:
    engine = stored(tmp_path)
    pull(engine, PLENTY, [])
    list(CHECK.find(Mirror(engine, NOW, least=len(PLENTY) + 1)))
    engine.dispose()
    assert sorted(path.name for path in (tmp_path / "mirror.match").iterdir()) == ["company.columns"]
