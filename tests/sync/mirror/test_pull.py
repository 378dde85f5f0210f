"""Pulling: only a certified full sweep may conclude that a record is gone, whatever goes wrong on the way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from connectors.base import Gone, Page
from connectors.errors import Garbled, RemoteError
from connectors.memory import Memory
from connectors.records import FieldSpec, ObjectSpec, Record
from connectors.values import frozen
from sync.database import moment, writing
from sync.mirror.pull import OVERLAP, Certificate, Pull, certificates
from sync.mirror.store import Mirror
from tests.sync.desk import NOW, SPACE, record, ref
from tests.sync.stores import new_store, refuse_rows

KEYS = "abcdefgh"


class Pages(Memory):
    """A CRM that answers a pull with these pages and fails at one of them, if told to; `asked` is since when."""

    def __init__(self, *pages: Page, fails_at: int | None = None, fields: tuple[str, ...] = ("name",)) -> None:
        super().__init__([record("x", **dict.fromkeys(fields, "x"))])
        self.pages, self.fails_at, self.fields = pages, fails_at, fields
        self.asked: list[datetime | None] = []

    def describe(self, kind: str) -> ObjectSpec:
        return ObjectSpec(kind, kind, tuple(FieldSpec(name, name, "string") for name in self.fields))

    def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
        self.asked.append(since)
        for place, page in enumerate(self.pages):
            if place == self.fails_at:
                raise RemoteError("the CRM failed", status=500)
            yield page


def pages(keys: str = KEYS, size: int = 2, total: int | None = None) -> tuple[Page, ...]:
    """Records of these keys, so many on a page."""
    rows = [record(key, name=key) for key in keys]
    return tuple(Page(tuple(rows[start : start + size]), total=total) for start in range(0, len(rows), size))


@pytest.fixture
def store() -> Iterator[Engine]:
    engine = new_store("mirror")
    yield engine
    engine.dispose()


def pulled(store: Engine, crm: Pages, at: datetime = NOW, full: bool = True) -> Certificate:
    return Pull(crm, store, lambda: at).kind("company", full)


def live(store: Engine) -> str:
    return "".join(item.ref.id for item in Mirror(store, NOW).records("company"))


def cursor(store: Engine) -> datetime | None:
    with store.connect() as connection:
        since = connection.scalar(text("SELECT since FROM cursor"))
    return None if since is None else moment(since)


def test_a_full_sweep_is_certified_and_finds_what_is_gone(store: Engine) -> None:
    first = pulled(store, Pages(*pages(total=8)))
    assert (first.mode, first.pages, first.seen, first.changed, first.doubts) == ("full", 4, 8, 8, ())
    second = pulled(store, Pages(*pages("abcdef", total=6)))
    assert (second.seen, second.changed, second.gone, second.doubts) == (6, 0, 2, ())
    assert live(store) == "abcdef" and certificates(store)[SPACE, "company"].gone in (0, 2)


@pytest.mark.parametrize("page", range(4))
def test_a_pull_that_fails_at_any_page_takes_nothing_away_and_keeps_its_cursor(store: Engine, page: int) -> None:
    pulled(store, Pages(*pages()))
    with pytest.raises(RemoteError):
        pulled(store, Pages(*pages(), fails_at=page), at=NOW + timedelta(hours=1))
    assert live(store) == KEYS and cursor(store) == NOW


@pytest.mark.parametrize("page", range(4))
def test_what_a_failed_sweep_saw_does_not_vouch_for_the_next(store: Engine, page: int) -> None:
    pulled(store, Pages(*pages()))
    with pytest.raises(RemoteError):
        pulled(store, Pages(*pages(), fails_at=page))
    assert pulled(store, Pages(*pages("abc", total=3))).gone == 5 and live(store) == "abc"


def test_without_a_count_of_the_crms_own_nothing_is_taken_for_gone(store: Engine) -> None:
    pulled(store, Pages(*pages(total=len(KEYS))))
    certificate = pulled(store, Pages(*pages("abc")))
    assert (certificate.gone, certificate.doubts) == (0, ()) and live(store) == KEYS


@pytest.mark.parametrize("crm", [Pages(), Pages(Page(())), Pages(Page((), total=0))])
def test_an_empty_pull_is_never_believed(store: Engine, crm: Pages) -> None:
    pulled(store, Pages(*pages()))
    for _ in range(2):
        certificate = pulled(store, crm)
        assert certificate.gone == 0 and "showed no company at all" in certificate.doubts[0]
    assert live(store) == KEYS


def test_a_first_pull_of_nothing_is_fine(store: Engine) -> None:
    assert pulled(store, Pages(Page((), total=0))).doubts == ()


@pytest.mark.parametrize("total", [7, 9, 0])
def test_a_sweep_that_differs_from_the_crms_own_count_takes_nothing_away(store: Engine, total: int) -> None:
    pulled(store, Pages(*pages("abcdefghi")))
    certificate = pulled(store, Pages(*pages(total=total)))
    assert certificate.gone == 0 and f"counts {total}" in certificate.doubts[0] and live(store) == "abcdefghi"


def test_a_record_listed_twice_is_counted_once(store: Engine) -> None:
    certificate = pulled(store, Pages(*pages("abcd"), *pages("cdef"), Page((), total=6)))
    assert (certificate.seen, certificate.doubts) == (6, ())


def test_fields_that_are_no_longer_visible_make_a_sweep_doubtful(store: Engine) -> None:
    pulled(store, Pages(*pages(), fields=("name", "phone")))
    certificate = pulled(store, Pages(*pages("abc"), fields=("name",)))
    assert certificate.gone == 0 and "phone" in certificate.doubts[0] and live(store) == KEYS


def test_a_failed_pull_does_not_use_up_the_doubt_about_lost_fields(store: Engine) -> None:
    pulled(store, Pages(*pages(), fields=("name", "phone")))
    with pytest.raises(RemoteError):
        pulled(store, Pages(*pages(), fields=("name",), fails_at=1))
    assert pulled(store, Pages(*pages("abc"), fields=("name",))).gone == 0 and live(store) == KEYS


def test_a_pull_of_changes_looks_back_behind_its_cursor_and_takes_nothing_away(store: Engine) -> None:
    pulled(store, Pages(*pages()))
    crm = Pages(*pages("ab"))
    certificate = pulled(store, crm, NOW + timedelta(hours=1), full=False)
    assert crm.asked == [NOW - OVERLAP]
    assert (certificate.mode, certificate.gone, live(store)) == ("changes", 0, KEYS)


def test_a_pull_of_changes_believes_what_the_crm_says_is_gone(store: Engine) -> None:
    pulled(store, Pages(*pages()))
    told = Page((), gone=(Gone(ref("a"), ref("b")), Gone(ref("c"))))
    assert pulled(store, Pages(told), full=False).gone == 2 and live(store) == "bdefgh"


@pytest.mark.parametrize(
    ("stamps", "wanted"),
    [([], 60), ([30], 30), ([30, 45], 45), ([-30], 0), ([90], 60)],
)
def test_a_cursor_never_moves_back_nor_beyond_what_was_seen(store: Engine, stamps: list[int], wanted: int) -> None:
    pulled(store, Pages(*pages()))
    rows = [replace(record(str(at)), modified_at=NOW + timedelta(minutes=at)) for at in stamps]
    pulled(store, Pages(Page(tuple(rows))), NOW + timedelta(hours=1), full=False)
    assert cursor(store) == NOW + timedelta(minutes=wanted)


def test_the_cursor_is_not_moved_where_the_last_word_cannot_be_kept(store: Engine) -> None:
    pulled(store, Pages(*pages()))
    with writing(store) as connection:
        refuse_rows(connection, "certificate")
    with pytest.raises(Exception, match="disk_full"):
        pulled(store, Pages(*pages("abc")), NOW + timedelta(hours=1))
    assert cursor(store) == NOW and live(store) == KEYS


def test_progress_is_told_page_by_page(store: Engine) -> None:
    heard: list[tuple[str, int, int | None]] = []
    Pull(Pages(*pages(total=8)), store, lambda: NOW, lambda *told: heard.append(told)).kind("company")
    assert heard == [("company", seen, 8) for seen in (2, 4, 6, 8)]


def test_a_definition_is_kept_where_it_changed_and_the_newest_is_shown(store: Engine) -> None:
    for place, fields in enumerate([("name",), ("name",), ("name", "city")]):
        pulled(store, Pages(*pages(), fields=fields), NOW + timedelta(hours=place))
    with store.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM spec WHERE what = 'object'")) == 2
    assert Mirror(store, NOW).known(SPACE, "company") == {"name", "city"}


def test_a_garbled_page_is_an_error_and_not_an_end(store: Engine) -> None:
    class Broken(Pages):
        def pull(self, kind: str, since: datetime | None = None) -> Iterator[Page]:
            yield from super().pull(kind, since)
            raise Garbled("half an answer")

    pulled(store, Pages(*pages()))
    with pytest.raises(Garbled):
        pulled(store, Broken(*pages("ab")))
    assert live(store) == KEYS and Record(ref("a"), frozen({})).get("name") is None
