"""Reports as any command could give them, drawn at random."""

from dataclasses import replace

from hypothesis import strategies as st

from sync.render import Item, Report, Rule

TEXT = st.text(max_size=12)
LEVELS = ("pass", "note", "warning", "error", "unknown")
ITEMS = st.lists(st.builds(Item, TEXT, TEXT, st.sampled_from(LEVELS), TEXT, st.lists(TEXT, max_size=2).map(tuple)))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Rules with ids of their own, and items of these rules."""
    rules = draw(st.lists(st.builds(Rule, TEXT, TEXT, TEXT), min_size=1, max_size=3, unique_by=lambda rule: rule.id))
    of = st.sampled_from([rule.id for rule in rules])
    return Report("check", tuple(rules), [replace(item, rule=draw(of)) for item in draw(ITEMS)])
