"""A sandbox is measured as its figures are: seeded in a process of its own, read in every way, and without a bug."""

from bench.sandbox_scale import WAYS, main


def test_every_way_to_read_is_measured_on_a_small_world() -> None:
    figures = {figure["what"]: figure for figure in main(["--companies=200", "--contacts=450", "--pages=3"])}
    assert figures["seed"]["peak_mib"] < 300
    read = [figures[way.__name__] for way in WAYS]
    assert [figure["records"] for figure in read[:2]] == [300, 300] and all(figure["pages"] for figure in read)
    assert [figure["records"] for figure in read[3:]] == [450, 450]
    assert figures["bugs of the sandbox"]["count"] == 0
