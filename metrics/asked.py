"""Asked: a share of records that a check has something to say of, so that figure and report cannot disagree."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from connectors.records import Record, Ref
from hygiene.check import Check, Finding, run
from hygiene.view import View
from metrics.share import Case, Counted, Share, accounts_of, hidden


class Asked(Share):
    """The records that findings of the check `rule` name, among those of `population`.

    With `LISTED` false what counts are the records that no finding names. Without any field of `NEEDS` (a kind and
    its fields) in sight nothing is known.
    """

    NEEDS: ClassVar[tuple[str, tuple[str, ...]]] = ("", ())

    def asked(self) -> Check:
        """The check, with the options that this figure needs."""
        raise TypeError(f"{type(self).__name__} does not say what it asks")

    def population(self, view: View) -> Iterable[Record]:
        """The records that are counted."""
        raise TypeError(f"{type(self).__name__} does not say whom it counts")

    def named(self, finding: Finding) -> Sequence[Ref]:
        """The records that a finding speaks of."""
        return finding.refs

    def counted(self, view: View) -> Counted:
        """The population, by what the check says of it."""
        findings = list(run([self.asked()], view))
        found = {ref for finding in findings for ref in self.named(finding)}
        kind, names = self.NEEDS
        dark = hidden(view, kind, names, accounts_of(view, kind)) if names else {}
        return Counted(self._cases(view, found), dark, _notes(findings))

    def _cases(self, view: View, found: set[Ref]) -> Iterator[Case]:
        for record in self.population(view):
            yield Case(record, (record.ref in found) is self.LISTED)


def _notes(findings: Iterable[Finding]) -> Mapping[str, str]:
    """What the check could not see: findings about no record, which name account and field."""
    notes: dict[str, list[str]] = {}
    for finding in findings:
        account, slash, field = finding.discriminator.partition("/")
        if not finding.refs and slash:
            notes.setdefault(account, []).append(field)
    return {account: f"{', '.join(names)} not visible" for account, names in notes.items()}
