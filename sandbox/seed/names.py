"""The words that people and companies are named with, by culture."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Culture:
    """First and last names of one culture."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    last: tuple[str, ...]


def _sections() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in files(__package__).joinpath("names.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            name = line.strip("[]")
        elif not line.startswith("#"):
            found[name] = (*found.get(name, ()), *(word.replace("_", " ") for word in line.split()))
    return found


def _below(prefix: str) -> dict[str, tuple[str, ...]]:
    return {name.removeprefix(prefix): words for name, words in SECTIONS.items() if name.startswith(prefix)}


SECTIONS: Mapping[str, tuple[str, ...]] = _sections()
CULTURES: Mapping[str, Culture] = {
    name.removesuffix(".last"): Culture(
        *(SECTIONS[name.replace(".last", part)] for part in (".women", ".men", ".last"))
    )
    for name in SECTIONS
    if name.endswith(".last")
}
NICKNAMES: Mapping[str, tuple[str, ...]] = {
    word.partition(":")[0]: tuple(word.partition(":")[2].split("/")) for word in SECTIONS["nicknames"]
}
ONSETS, MIDDLES, CODAS = SECTIONS["onsets"], SECTIONS["middles"], SECTIONS["codas"]
FIRST_WORDS, SECOND_WORDS = SECTIONS["first_words"], SECTIONS["second_words"]
LETTERS = "ABCDEFGHJKLMNPRSTVWZ"
TRADES: Mapping[str, tuple[str, ...]] = _below("trade.")
"""The last word of company names, by HubSpot's name of the industry."""
TITLES: Mapping[str, tuple[str, ...]] = _below("title.")
FREE_MAIL: Mapping[str, tuple[str, ...]] = _below("mail.")


def free_mail(country: str) -> tuple[str, ...]:
    """The mail providers that private people of a country use."""
    return FREE_MAIL.get(country, FREE_MAIL["US"])
