"""One JSON object: the facts, and the rows where the sheet has columns."""

import json

from sync.render import Sheet


def show(sheet: Sheet) -> str:
    """Facts first, then `rows`."""
    rows = {"rows": sheet.records()} if sheet.columns else {}
    return json.dumps({**sheet.facts, **rows}, ensure_ascii=False, indent=2, default=str)
