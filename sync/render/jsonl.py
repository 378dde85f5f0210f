"""One JSON object a row."""

import json

from sync.render import Sheet


def show(sheet: Sheet) -> str:
    """The rows alone; the facts where there are no columns."""
    rows = sheet.records() if sheet.columns else [dict(sheet.facts)]
    return "\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in rows)
