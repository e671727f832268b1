"""A trial from its declaration to its end: what was frozen, what was opened, and what the log said by then."""

from __future__ import annotations

from datetime import date

import msgspec

from anmin.errors import InputError
from anmin.trial.blinding import Guess
from anmin.trial.diary import Entry
from anmin.trial.protocol import Protocol
from anmin.trial.schedule import Commitment, Schedule, is_genuine


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """A declared trial: its protocol, the digest that was shown, the bag codes by block, where the sealed file is.

    ``slips``: codes of the slips of a trial packed alone, in the order of the sealed list; which slip lies in which
    bag nobody knows before the end.
    """

    protocol: Protocol
    digest: str
    codes: tuple[str, ...]
    sealed: str
    slips: tuple[str, ...] = ()


class Unlocked(msgspec.Struct, frozen=True, kw_only=True):
    """The end: the schedule, and whether it came before the declared look.

    ``order``: the schedule as the slips gave it, of a trial packed alone. ``stopped_at``: nights after which a
    declared look had ended it. ``empty``: it was given up before there were nights enough for any result.
    """

    commitment: Commitment
    early: bool
    order: Schedule = ()
    stopped_at: int | None = None
    empty: bool = False


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a trial that was unlocked, as the log stood then. ``opened``: blocks, from 0."""

    started: Started
    end: Unlocked
    entries: tuple[Entry, ...]
    guesses: dict[int, Guess]
    opened: tuple[int, ...]
    measured: dict[date, float]

    @property
    def schedule(self) -> Schedule:
        """The arm of every block as it was really slept."""
        return self.end.order or self.end.commitment.schedule

    def verify(self) -> None:
        """:class:`InputError` when the seal does not fit what was committed."""
        commitment, digest = self.end.commitment, self.started.digest
        if not is_genuine(commitment) or commitment.digest != digest:
            raise InputError("seal", commitment.digest[:16], f"the schedule and protocol committed as {digest[:16]}…")
