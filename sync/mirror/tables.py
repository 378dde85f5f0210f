"""The tables of the mirror, nothing else. Moments are milliseconds since 1970, values in their JSON form."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index
from sqlmodel import Field, SQLModel

from sync.database import MIRROR


class MirrorTable(SQLModel):
    """The tables of this store share one MetaData of their own."""

    metadata = MIRROR


class RecordRow(MirrorTable, table=True):
    """One record as last seen, and when first. `gone` is empty while it lives, else archived, merged or missing."""

    __tablename__ = "record"
    __table_args__ = (Index("ix_record_changed", "workspace", "kind", "changed_at"),)
    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    modified_at: int | None = Field(default=None, sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)
    hash: str
    gone: str = ""
    merged_into: str = ""
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    first_at: int = Field(sa_type=BigInteger)


class LinkRow(MirrorTable, table=True):
    """One tie, kept at the record that the CRM reported it for."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_back", "workspace", "to_kind", "to_id", "kind"),)
    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    to_kind: str = Field(primary_key=True)
    to_id: str = Field(primary_key=True)
    label: str = Field(primary_key=True, default="")
    direction: str = Field(primary_key=True, default="both")


class DeltaRow(MirrorTable, table=True):
    """What a record held before a change that we saw at `at`: a reverse delta.

    `before` names the `fields` that changed, those of them that were `absent`, and where they changed too the `links`,
    the moment of modification (`modified`), `gone` and `merged_into`.
    """

    __tablename__ = "delta"
    __table_args__ = (Index("ix_delta_record", "workspace", "kind", "id", "at"),)
    seq: int | None = Field(default=None, primary_key=True)
    workspace: str
    kind: str
    id: str
    at: int = Field(sa_type=BigInteger)
    before: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class PastRow(MirrorTable, table=True):
    """One value in the CRM's own history of a field, and when a pull first showed it."""

    __tablename__ = "past"
    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    place: int = Field(primary_key=True)
    value: Any = Field(sa_column=Column(JSON))
    source: str = ""
    seen_at: int = Field(sa_type=BigInteger)


class CursorRow(MirrorTable, table=True):
    """Up to where a kind was pulled; moves in the transaction that stores the data."""

    __tablename__ = "cursor"
    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    since: int = Field(sa_type=BigInteger)


class CertificateRow(MirrorTable, table=True):
    """What one pull can vouch for; only a certified full sweep may conclude that a record is gone."""

    __tablename__ = "certificate"
    seq: int | None = Field(default=None, primary_key=True)
    workspace: str
    kind: str
    mode: str
    started_at: int = Field(sa_type=BigInteger)
    finished_at: int = Field(sa_type=BigInteger)
    pages: int
    seen: int
    total: int | None = None
    fingerprint: str
    doubts: list[str] = Field(sa_column=Column(JSON, nullable=False))


class SpecRow(MirrorTable, table=True):
    """What the CRM said of a kind, or of its pipelines, and since when: definitions are versioned too."""

    __tablename__ = "spec"
    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    fingerprint: str
    data: Any = Field(sa_column=Column(JSON, nullable=False))


class SeenRow(MirrorTable, table=True):
    """The ids that the sweep now under way has seen; empty between sweeps."""

    __tablename__ = "seen"
    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
