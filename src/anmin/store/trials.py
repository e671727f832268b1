"""Trials in the log: declared, guessed at, opened in an emergency, unlocked, and read back.

The schedule is not in the log before the unlocking: it lies in the sealed file. What is analysed is the log as it stood
at the unlocking, so that no later correction can change a result.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from anmin.errors import InputError
from anmin.knowledge.load import Knowledge
from anmin.store.diary import entries
from anmin.store.log import Event, Fold, Log
from anmin.store.measured import values
from anmin.trial.blinding import Guess, codes, told_by
from anmin.trial.diary import derive
from anmin.trial.finished import Finished as Finished
from anmin.trial.finished import Started as Started
from anmin.trial.finished import Unlocked as Unlocked
from anmin.trial.protocol import Protocol, protocol_text
from anmin.trial.result import Result, evaluate, level_of
from anmin.trial.schedule import Commitment, Schedule, commit, draw, is_genuine
from anmin.trial.several_result import SeveralResult, evaluate_several, p_at_look

START, UNLOCK, ASKED, OPENED, GUESS = "trial.start", "trial.unlock", "trial.asked", "trial.opened", "trial.guess"
LOOK = "trial.look"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A step of an emergency: ``word`` was given to confirm; ``arm`` is known after the second step."""

    block: int
    word: str
    arm: str | None = None


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A declared look before the end: after so many nights, and whether it settled the matter. Nothing else is kept."""

    nights: int
    settled: bool


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How a running trial goes, without a word about the outcome. ``night`` and ``block`` from 1, of this evening; None
    before the first and after the last."""

    trial: str
    blinded: bool
    night: int | None
    nights: int
    block: int | None
    blocks: int
    code: str | None
    so_far: int
    written: int
    late: int
    not_taken: int
    guessed: tuple[int, ...]
    to_guess: tuple[int, ...]
    last_morning: date
    over: bool
    next_look: date | None = None
    settled: bool = False


def trials(fold: Fold) -> dict[str, Started]:
    """Every trial ever declared, oldest first."""
    return {event.key: event.read(Started) for event in fold.notes(START)}


def unlocked(fold: Fold, trial: str) -> tuple[Event, Unlocked] | None:
    """The unlocking of a trial."""
    return next(((event, event.read(Unlocked)) for event in fold.notes(UNLOCK) if event.key == trial), None)


def running(fold: Fold) -> Started | None:
    """The trial that has been declared and not unlocked."""
    return next((started for trial, started in trials(fold).items() if unlocked(fold, trial) is None), None)


def the_running(fold: Fold) -> Started:
    """The same; :class:`InputError` when there is none."""
    started = running(fold)
    if started is None:
        raise InputError("trial", None, "a running trial", "`anmin trial start` declares one.")
    return started


def prepare(log: Log, protocol: Protocol, sealed: str, seed: int | None = None) -> tuple[Started, Commitment]:
    """Draw and commit. Nothing is written yet: first the sealed file must be safe, then :func:`declare`.

    ``seed`` only for simulations; without, the system's entropy decides.
    """
    fold = log.fold()
    if (other := running(fold)) is not None:
        raise InputError("trial", other.protocol.trial, "one trial at a time", "Finish it with `anmin trial unlock`.")
    if protocol.trial in trials(fold):
        raise InputError("--first", protocol.first_evening.isoformat(), "an evening on which no such trial began")
    protocol = msgspec.json.decode(msgspec.json.encode(protocol), type=Protocol)  # as the log will give it back
    commitment = commit(draw(protocol.design, seed), protocol_text(protocol))
    blocks = protocol.design.blocks
    started = Started(
        protocol=protocol, digest=commitment.digest, codes=codes(blocks), sealed=sealed,
        slips=codes(blocks) if protocol.solo else (),
    )  # fmt: skip
    return started, commitment


def declare(log: Log, started: Started) -> None:
    """Write the declaration into the log; it cannot be undone."""
    log.note(START, started.protocol.trial, started)


def guess(log: Log, made: Guess, today: date) -> None:
    """Write down what the person thinks a block was (numbered from 0); it may be changed until the unlocking."""
    protocol = the_running(log.fold()).protocol
    if not 0 <= made.block < protocol.design.blocks:
        raise InputError("--block", made.block + 1, f"1 to {protocol.design.blocks}")
    if made.block in told_by(opened(log.fold(), protocol.trial), protocol.design):
        raise InputError("--block", made.block + 1, "a block that nobody has opened", "What is known is not guessed.")
    if made.arm not in (*protocol.design.arms, "unknown"):
        raise InputError("--arm", made.arm, ", ".join((*protocol.design.arms, "unknown")))
    if protocol.first_evening.toordinal() + made.block * protocol.design.block_nights >= today.toordinal():
        raise InputError("--block", made.block + 1, "a block that has begun")
    log.put(GUESS, f"{protocol.trial}/{made.block:03d}", made)


def guesses(fold: Fold, trial: str) -> dict[int, Guess]:
    """The guesses that hold, by block."""
    found = [event.read(Guess) for key, event in fold.current(GUESS).items() if key.startswith(f"{trial}/")]
    return {made.block: made for made in found}


def ask_to_open(log: Log, block: int) -> str:
    """First step of an emergency: the word that confirms it. Logged."""
    protocol = the_running(log.fold()).protocol
    if not 0 <= block < protocol.design.blocks:
        raise InputError("--block", block + 1, f"1 to {protocol.design.blocks}")
    word = f"{secrets.randbelow(9000) + 1000}"
    log.note(ASKED, protocol.trial, Opened(block=block, word=word))
    return word


def open_block(log: Log, block: int, word: str, commitment: Commitment) -> str:
    """Second step: what the block is. Logged; ends the blind of that block only.

    In a trial packed alone only the slip in the bag knows: the arm is then ``slip``.
    """
    started = the_running(log.fold())
    asked = [event.read(Opened) for event in log.fold().notes(ASKED) if event.key == started.protocol.trial]
    if not any(secrets.compare_digest(step.word, word) and step.block == block for step in asked):
        raise InputError("--confirm", word, "the word that the first step gave for this block")
    _verified(started, commitment)
    arm = "slip" if started.protocol.solo else started.protocol.design.arms[commitment.schedule[block]]
    log.note(OPENED, started.protocol.trial, Opened(block=block, word=word, arm=arm))
    return arm


def opened(fold: Fold, trial: str) -> tuple[int, ...]:
    """The blocks that were opened in an emergency."""
    return tuple(sorted({event.read(Opened).block for event in fold.notes(OPENED) if event.key == trial}))


def told(fold: Fold, started: Started) -> tuple[int, ...]:
    """The blocks that are no longer a riddle: those that were opened, and the others of their rounds."""
    return told_by(opened(fold, started.protocol.trial), started.protocol.design)


def status(fold: Fold, today: date) -> Status:
    """How the running trial goes this evening."""
    started = the_running(fold)
    protocol, design = started.protocol, started.protocol.design
    evening = (today - protocol.first_evening).days
    inside = 0 <= evening < design.nights
    block = evening // design.block_nights if inside else None
    so_far = min(max(evening, 0), design.nights)
    numbered = [(protocol.night_of(entry.night), entry) for entry in entries(fold)]
    mornings = [entry for number, entry in numbered if number is not None and number < so_far]
    said = guesses(fold, protocol.trial)
    known = {*said, *told_by(opened(fold, protocol.trial), design)}
    done = range(min(so_far // design.block_nights, design.blocks))
    return Status(
        trial=protocol.trial,
        blinded=protocol.blinded,
        night=evening + 1 if inside else None,
        nights=design.nights,
        block=block + 1 if block is not None else None,
        blocks=design.blocks,
        code=started.codes[block] if block is not None else None,
        so_far=so_far,
        written=len(mornings),
        late=sum(derive(entry).late for entry in mornings),
        not_taken=sum(entry.taken is False for entry in mornings),
        guessed=tuple(sorted(number + 1 for number in said)),
        to_guess=tuple(number + 1 for number in done if number not in known) if protocol.blinded else (),
        last_morning=protocol.last_morning,
        over=evening >= design.nights,
        next_look=_next_look(fold, protocol),
        settled=_settled(fold, protocol) is not None,
    )


def tonight(started: Started, commitment: Commitment, today: date) -> str | None:
    """The arm of this evening, for a trial that is not blinded; None outside of it or when it is blinded."""
    protocol = started.protocol
    evening = (today - protocol.first_evening).days
    if protocol.blinded or not 0 <= evening < protocol.design.nights:
        return None
    _verified(started, commitment)
    return protocol.design.arms[commitment.schedule[evening // protocol.design.block_nights]]


def open_tonight(started: Started, commitment: Commitment, today: date) -> tuple[str, ...] | None:
    """What of this evening cannot be hidden, in words, in a trial of several; None where everything is, or outside."""
    protocol = started.protocol
    evening = (today - protocol.first_evening).days
    if all(part.open_because is None for part in protocol.parts) or not 0 <= evening < protocol.design.nights:
        return None
    _verified(started, commitment)
    arm = protocol.design.arms[commitment.schedule[evening // protocol.design.block_nights]]
    return tuple(part.what for part in protocol.things_in(arm) if part.open_because is not None)


def looks(fold: Fold, trial: str) -> tuple[Looked, ...]:
    """The declared looks that were taken, in order."""
    return tuple(event.read(Looked) for event in fold.notes(LOOK) if event.key == trial)


def look(log: Log, commitment: Commitment, today: date) -> Looked:
    """Take the next declared look: is the matter settled at its level? Nothing else leaves or is kept."""
    fold = log.fold()
    started = the_running(fold)
    protocol = started.protocol
    _verified(started, commitment)
    day = _next_look(fold, protocol)
    if day is None:
        raise InputError("look", None, "a look that was declared before the end", "This trial has none left.")
    if today < day:
        raise InputError("today", today.isoformat(), f"the look declared for {day.isoformat()}, or later")
    nights = (day - protocol.first_evening).days
    p = p_at_look(protocol, commitment.schedule, entries(fold), nights)
    taken = Looked(nights=nights, settled=p <= level_of(protocol, nights))
    log.note(LOOK, protocol.trial, taken)
    return taken


def unlock(
    log: Log,
    commitment: Commitment,
    today: date,
    knowledge: Knowledge,
    *,
    early: bool,
    slips: Sequence[str] = (),
) -> Result | SeveralResult | None:
    """End the trial: verify the seal, write the schedule into the log, and evaluate the log as it stands.

    ``slips``: of a trial packed alone, the codes of the slips in the order of the blocks. None for a trial that is
    given up (``early``) before there are nights enough for any result, so that nobody is held in it.
    """
    fold = log.fold()
    started = the_running(fold)
    protocol = started.protocol
    stopped_at = _settled(fold, protocol)
    if today < protocol.last_morning and not early and stopped_at is None:
        due = f"the look declared for {protocol.last_morning.isoformat()}, or later"
        raise InputError("today", today.isoformat(), due, "--early ends the trial now, without a verdict.")
    _verified(started, commitment)
    end = Unlocked(
        commitment=commitment, early=today < protocol.last_morning and stopped_at is None, stopped_at=stopped_at
    )
    if early and protocol.solo and not slips:
        log.note(UNLOCK, protocol.trial, msgspec.structs.replace(end, empty=True))
        return None
    end = msgspec.structs.replace(end, order=_order(started, commitment, slips))
    try:
        result = result_from(_finished(fold, started, end, knowledge), knowledge)
    except InputError as error:
        if error.field != "nights":
            raise
        if not early:
            raise InputError(
                "nights", error.value, error.allowed, "--early gives the trial up, without a result."
            ) from None
        log.note(UNLOCK, protocol.trial, msgspec.structs.replace(end, empty=True))
        return None
    log.note(UNLOCK, protocol.trial, end)
    return result


def _order(started: Started, commitment: Commitment, slips: Sequence[str]) -> Schedule:
    """The schedule that the slips give; empty for a trial that a helper packed."""
    design = started.protocol.design
    if not started.protocol.solo:
        if slips:
            raise InputError("--slips", ",".join(slips), "nothing, since a helper packed this trial")
        return ()
    if sorted(slips) != sorted(started.slips):
        raise InputError("--slips", ",".join(slips), f"the {design.blocks} codes of the slips, by block, each once")
    place = [started.slips.index(slip) for slip in slips]
    size = len(design.arms) if design.restriction == "cycles" else design.blocks
    if any(slip // size != block // size for block, slip in enumerate(place)):
        raise InputError("--slips", ",".join(slips), "slips of one round in the blocks of that round",
                         "The envelopes of two rounds were mixed; look at the bags once more.")  # fmt: skip
    return tuple(commitment.schedule[slip] for slip in place)


def _settled(fold: Fold, protocol: Protocol) -> int | None:
    return next((taken.nights for taken in looks(fold, protocol.trial) if taken.settled), None)


def _next_look(fold: Fold, protocol: Protocol) -> date | None:
    """The morning of the next declared look before the end; None when there is none or one has settled it."""
    taken = {each.nights for each in looks(fold, protocol.trial)}
    left = [nights for nights in protocol.looks[:-1] if nights not in taken]
    if not left or _settled(fold, protocol) is not None:
        return None
    return protocol.first_evening + timedelta(days=left[0])


def finished(log: Log, trial: str | None, knowledge: Knowledge) -> Finished:
    """A finished trial (the latest without a name); :class:`InputError` when there is none."""
    fold = log.fold()
    done = [name for name in trials(fold) if (found := unlocked(fold, name)) is not None and not found[1].empty]
    name = trial or (done[-1] if done else None)
    if name not in done:
        raise InputError("trial", trial, ", ".join(done) or "a finished trial", "`anmin trial unlock` finishes one.")
    found = unlocked(fold, name)
    assert found is not None
    event, end = found
    return _finished(log.fold(event.seq), trials(fold)[name], end, knowledge)


def result_of(log: Log, trial: str | None, knowledge: Knowledge) -> tuple[Started, Result | SeveralResult]:
    """The result of a finished trial (the latest without a name), from the log as it stood at the unlocking."""
    found = finished(log, trial, knowledge)
    return found.started, result_from(found, knowledge)


def result_from(found: Finished, knowledge: Knowledge) -> Result | SeveralResult:
    """The analysis of a finished trial."""
    return evaluate_several(found, knowledge) if found.started.protocol.parts else evaluate(found, knowledge)


def _finished(fold: Fold, started: Started, end: Unlocked, knowledge: Knowledge) -> Finished:
    trial = started.protocol.trial
    return Finished(
        started=started,
        end=end,
        entries=tuple(entries(fold)),
        guesses=guesses(fold, trial),
        opened=opened(fold, trial),
        measured=dict(_measured(fold, started.protocol, knowledge)),
    )


def _measured(fold: Fold, protocol: Protocol, knowledge: Knowledge) -> Mapping[date, float]:
    if protocol.measured is None:
        return {}
    return values(fold, protocol.measured, protocol.first_evening, protocol.last_morning, knowledge)


def _verified(started: Started, commitment: Commitment) -> None:
    """The sealed file must be the one committed to, with the very protocol of the log."""
    text = protocol_text(started.protocol)
    if not is_genuine(commitment) or commitment.digest != started.digest or commitment.protocol != text:
        raise InputError("sealed file", commitment.digest[:16], f"the one committed as {started.digest[:16]}…",
                         "It was changed, or belongs to another trial.")  # fmt: skip
