"""What the mirror is asked often, as statements that are built once; `rows.given` and names with `_` fill them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Engine, bindparam, func, select, true

from sync.mirror.rows import LINK, PAGE, RECORD, SPEC, text_of, these

_record, _link, _spec = RECORD.c, LINK.c, SPEC.c
_other = RECORD.alias().c
_workspace: BindParameter[str] = bindparam("_workspace")
_kind: BindParameter[str] = bindparam("_kind")
_ids: BindParameter[str] = bindparam("_ids", expanding=True)
_to = (_link.workspace == _workspace, _link.to_kind == _kind, _link.to_id.in_(_ids))
_alive = (_other.workspace == _workspace, _other.gone == "")

NEXT = (
    select(RECORD)
    .where(_record.workspace == _workspace, _record.kind == _kind, _record.id > bindparam("_last"), _record.gone == "")
    .order_by(_record.id)
    .limit(PAGE)
)
"""The next page of a workspace's live records of a kind: a range of the primary key, however far in it begins."""
BEYOND = select(func.min(_record.workspace)).where(_record.workspace > bindparam("_workspace"))
"""The next workspace that has records: one step down an index."""
LIVE = select(RECORD).where(*these(RECORD), _record.gone == "")
PRESENT = select(_record.id).where(*these(RECORD), _record.gone == "")
AWAY = select(_record.id).where(*these(RECORD), _record.gone != "")
TIES_TO = select(LINK).where(*_to)
"""The ties of others to these records."""
THERE = select(_link.id, _other.kind, _other.id).where(
    *these(LINK), *_alive, _other.kind == _link.to_kind, _other.id == _link.to_id
)
BACK = select(_link.to_id, _other.kind, _other.id).where(
    *_to, *_alive, _other.kind == _link.kind, _other.id == _link.id
)
"""Live records at the other end of ties: of those that these records hold, and of those that others hold to them."""
DEFINED = select(SPEC).where(_spec.kind == _kind, _spec.what == bindparam("_what")).order_by(_spec.workspace, _spec.at)


class Cells:
    """Fields of records as text. SQLite takes them out of the JSON; of a server the whole of it is asked, since
    PostgreSQL refuses to take JSON apart that has a NUL in it."""

    def __init__(self, engine: Engine, fields: Sequence[str]) -> None:
        self._fields, self._whole = fields, engine.dialect.name != "sqlite"
        self.columns: list[ColumnElement[Any]] = (
            [_record.data] if self._whole else [_record.data[name].as_string() for name in fields]
        )

    @property
    def filled(self) -> ColumnElement[bool]:
        """Rows that hold something in the first field, or that may."""
        return true() if self._whole else self.columns[0] != ""

    def texts(self, cells: Sequence[Any]) -> list[str]:
        """What the columns showed of one record, a text a field."""
        found = [cells[0].get(name) for name in self._fields] if self._whole else cells
        return [text_of(cell) for cell in found]
