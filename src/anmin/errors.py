"""Every error anmin raises on purpose.

    AnminError
    ├── InputError            something typed or read from a file is not usable; the command exits with 2
    │   ├── ProfileError      a field of profile.yaml
    │   ├── ClaimError        a field of a claims file
    │   ├── AmountError       a quantity: unit, substance or basis do not fit
    │   ├── ClockError        a time of day
    │   └── UnknownId         an id that no fact, rule, study or example has
    ├── KnowledgeError        a shipped fact is broken: file, line, reason
    └── GateError             a chosen regimen failed the second door; never shown as a plan

An ``InputError`` always names the field, the value that was given and what is allowed.
"""

from __future__ import annotations


class AnminError(Exception):
    """Root of the tree."""


class InputError(AnminError):
    """Unusable input: names the field, the value and what is allowed."""

    def __init__(self, field: str, value: object, allowed: str, hint: str = "") -> None:
        self.field = field
        self.value = value
        self.allowed = allowed
        self.hint = hint
        shown = repr(value)
        if len(shown) > 80:
            shown = shown[:77] + "..."
        text = f"{field}: {shown} cannot be used; allowed: {allowed}."
        super().__init__(f"{text} {hint}".rstrip())


class PlacedError(InputError):
    """A field of a file, with the line it stands in where that is known; ``reason`` is the text without the place."""

    def __init__(
        self, field: str, value: object, allowed: str, hint: str = "", *, file: str = "", line: int | None = None
    ) -> None:
        super().__init__(field, value, allowed, hint)
        self.file = file
        self.line = line
        self.reason = str(self.args[0])
        if file:
            where = f"{file}:{line}" if line is not None else file
            self.args = (f"{where}: {self.reason}",)


class ProfileError(PlacedError):
    """A field of ``profile.yaml``."""


class ClaimError(PlacedError):
    """A field of a claims file."""


class AmountError(InputError):
    """A quantity whose unit, substance or basis does not fit."""


class ClockError(InputError):
    """A time of day that is none."""


class UnknownId(InputError):
    """An id that no fact, rule, study or example has."""


class KnowledgeError(AnminError):
    """A shipped fact is broken."""

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        self.file = file
        self.line = line
        self.reason = reason
        where = f"{file}:{line}" if line is not None else file
        super().__init__(f"{where}: {reason}")


class GateError(AnminError):
    """A regimen that the planner chose and the second door refused: a defect of anmin, never output."""
