"""What `nwb_models.validate` gives: findings, and a report that lists them."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from nwb_models.models.issues import printable

if TYPE_CHECKING:
    from nwb_models.models.consistency import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One place where a file or a model is not as it has to be."""

    path: str
    """Where: the path of the object, with ``@name`` behind it for an attribute."""
    rule: str
    """What kind of departure: a short name that does not change, see ``docs/validation.md``."""
    expected: str
    """What was expected there."""
    found: str
    """What is there."""
    severity: Severity
    """``error``, or ``warning`` for what the specification allows or does not speak of, and is odd all the same."""
    neurodata_type: str | None = None
    """The type whose specification is concerned, as far as one is."""

    def __str__(self) -> str:
        """Return the finding in one line."""
        owner = f" ({self.neurodata_type})" if self.neurodata_type else ""
        text = f"{self.severity}: {self.path}{owner}: {self.rule}: expected {self.expected}, found {self.found}"
        return printable(text)

    def to_dict(self) -> dict[str, Any]:
        """Return what it says as a dictionary, which ``json.dumps`` takes."""
        return dataclasses.asdict(self)


@dataclass(frozen=True, eq=False)
class Report(Sequence[Finding]):
    """What was found in a file or a model: a sequence of findings, in the order of their paths.

    A report is true where it is valid, that is, where it has no error, and whether or not it has warnings::

        if not nwb.validate("session.nwb"):
            ...

    How many findings there are says ``len(report)``.
    """

    name: str
    """The file, or the model."""
    findings: tuple[Finding, ...] = ()
    """All of them."""
    is_readable: bool = True
    """Whether the file could be opened; where it could not, the only finding says why."""

    @property
    def ok(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not self.errors

    def __bool__(self) -> bool:
        """Tell whether there is no error, as `ok` does."""
        return self.ok

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What is not as the specifications say, or cannot be used."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is allowed, or not spoken of, and odd all the same."""
        return tuple(finding for finding in self.findings if finding.severity == "warning")

    def __len__(self) -> int:
        """Return the number of findings."""
        return len(self.findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        """Return a finding by its number."""
        return self.findings[index]

    @property
    def summary(self) -> str:
        """One line: the name, and how many errors and warnings there are."""
        if not self.is_readable:
            return printable(f"{self.name}: cannot be read")
        if not self.findings:
            return printable(f"{self.name}: valid")
        counts = Counter(finding.severity for finding in self.findings)
        listed = [f"{counts[kind]} {kind}{'s' * (counts[kind] != 1)}" for kind in ("error", "warning") if counts[kind]]
        return printable(f"{self.name}: {'valid, with' if self.ok else 'not valid:'} {' and '.join(listed)}")

    def __str__(self) -> str:
        """Return the summary, and each finding in a line."""
        return "\n".join([self.summary, *(f"  {finding}" for finding in self.findings)])

    def __repr__(self) -> str:
        """Return the summary."""
        return f"<Report {self.summary}>"

    def to_dict(self) -> dict[str, Any]:
        """Return what it says as a dictionary, which ``json.dumps`` takes."""
        return {
            "name": self.name,
            "valid": self.ok,
            "readable": self.is_readable,
            "findings": [finding.to_dict() for finding in self.findings],
        }
