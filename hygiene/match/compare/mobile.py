"""Compares personal mobile numbers, also with the number in the other record's phone field."""

from hygiene.match.compare import UNKNOWN, Levels, Reason, Sharing, filled, levels
from hygiene.match.features import Features, Rows

REASONS = (
    UNKNOWN,
    Reason("same mobile", 1.0),
    Reason("the mobile of one is the phone of the other", 0.8),
    Reason("different mobiles", -1.0),
    Reason("different mobiles and different e-mail addresses", -1.0, veto=True),
)
SHOWN = ("mobile",)
SHARING = Sharing("mobile", by="identity", free=2, most=10)


def compare(rows: Features, a: Rows, b: Rows) -> Levels:
    """A person may have two mobiles or two addresses; both at once may be two persons."""
    mobile, phone = rows["mobile"], rows["phone"]
    numbers, lines = mobile.text(), phone.text()
    crossed = ((numbers[a] == lines[b]) & (mobile.codes[a] > 0)) | ((numbers[b] == lines[a]) & (mobile.codes[b] > 0))
    apart = filled(mobile, a, b)
    conditions = [rows.equal("mobile", a, b), crossed.astype(bool), apart & rows.differ("email", a, b), apart]
    return levels(conditions, [1, 2, 4, 3])
