"""A whole trial by command: sealed, blind while it runs, opened in an emergency, unlocked once, judged honestly."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from log_places import Place

from anmin.cli.main import cli
from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.person import examples
from anmin.store import diary, trials
from anmin.store.log import Log
from anmin.trial.blinding import open_seal, seal
from anmin.trial.schedule import Commitment, commit
from anmin.trial.simulate import Truth
from anmin.trial.simulate import diary as simulated

FIRST = date(2026, 3, 2)


class Home:
    """A log and a profile in a folder, and the commands on them."""

    def __init__(self, folder: Path, log: str) -> None:
        self.folder = folder
        self.log = log

    def run(self, *words: str, lang: str = "en") -> Result:
        made = CliRunner().invoke(cli, [*words, "--log", self.log, "--lang", lang])
        if made.exception is not None and not isinstance(made.exception, SystemExit | InputError):
            raise made.exception
        return made

    def start(self, component: str = "glycine", *more: str, nights: int = 56) -> Result:
        return self.run(
            "trial", "start", "--example", "cipro" if component == "hot_bath" else "taiwan-34",
            "--outcome", "sleep_onset_latency", "--component", component, "--nights", str(nights),
            "--first", FIRST.isoformat(), "--today", FIRST.isoformat(), "--seed", "3",
            "--folder", str(self.folder), "--json", *more,
        )  # fmt: skip

    def sealed(self) -> Commitment:
        return open_seal(next(self.folder.glob("*.sealed")).read_bytes())

    def sleep(self, truth: Truth) -> None:
        with Log(self.log) as log:
            started = trials.the_running(log.fold())
            mornings = simulated(started.protocol, self.sealed().schedule, truth, seed=11)
            log.put_all(diary.NIGHT, [(entry.night.isoformat(), entry) for entry in mornings])

    def guess(self, how: str) -> None:
        for block, arm in enumerate(self.sealed().schedule):
            said = {"right": ("without", "with")[arm], "even": ("with", "without")[block % 2]}[how]
            made = self.run("trial", "guess", "--block", str(block + 1), "--arm", said, "--today", "2026-05-01")
            assert made.exit_code == 0

    def unlock(self, *words: str) -> dict[str, object]:
        made = self.run("trial", "unlock", "--today", (FIRST + timedelta(days=56)).isoformat(), "--json", *words)
        assert made.exit_code == 0, (made.output, made.exception)
        found: dict[str, object] = json.loads(made.stdout)
        return found


@pytest.fixture
def home(tmp_path: Path, place: Place) -> Home:
    return Home(tmp_path, place("log"))


GOOD = Truth(effect=-30, sd=18, phi=0.1, missing=0.1, tau_nights=0.5)


def test_a_true_effect_under_a_blind_that_held_is_worth_it(home: Home) -> None:
    started = json.loads(home.start().stdout)
    home.sleep(GOOD)
    home.guess("even")
    result = home.unlock()
    assert result["digest"] == started["digest"]
    assert result["verdict"]["word"] == "worth_it"  # type: ignore[index]
    assert result["withheld"] is None
    assert result["own"]["firm"] is True  # type: ignore[index]


def test_the_same_numbers_with_a_broken_blind_give_no_verdict(home: Home) -> None:
    home.start()
    home.sleep(GOOD)
    home.guess("right")
    result = home.unlock()
    assert result["withheld"] is not None
    assert result["own"]["firm"] is False  # type: ignore[index]
    assert "Likely worth it" not in json.dumps(result["text"])


def test_what_cannot_be_blinded_is_never_worth_it_by_ones_own_answers(home: Home) -> None:
    started = json.loads(home.start("hot_bath").stdout)
    assert started["blinded"] is False
    home.sleep(GOOD)
    assert home.unlock()["withheld"] is not None


@pytest.mark.parametrize(("gain", "held_back"), [(60.0, False), (0.0, True), (-60.0, True)])
def test_only_a_declared_measure_that_nobody_rates_can_back_an_open_trial(
    home: Home, gain: float, held_back: bool
) -> None:
    home.start("hot_bath", "--measured", "tst")
    home.sleep(GOOD)
    schedule = home.sealed().schedule
    rows = [
        f"{FIRST + timedelta(days=night + 1)},{400 + 15 * ((night * 7) % 5) + gain * schedule[night // 4]}"
        for night in range(56)
    ]
    file = home.folder / "tracker.csv"
    file.write_text("\n".join(["night,tst", *rows, ""]), encoding="utf-8")
    assert home.run("diary", "measured", str(file), "--source", "fitbit").exit_code == 0
    assert "0 nights" in home.run("diary", "measured", str(file), "--source", "fitbit").stdout
    result = home.unlock()
    assert (result["withheld"] is not None) is held_back
    assert result["measured"]["gain"] == pytest.approx(gain, abs=12)  # type: ignore[index]


def test_nothing_at_all_is_not_called_worth_it(home: Home) -> None:
    home.start()
    home.sleep(Truth(effect=0, sd=12, missing=0.0))
    home.guess("even")
    assert home.unlock()["verdict"]["word"] in ("no_effect", "not_enough", "worse")  # type: ignore[index]


def test_while_it_runs_nothing_shows_the_schedule_or_the_effect(home: Home) -> None:
    home.start()
    home.sleep(GOOD)
    made = home.run("trial", "status", "--today", "2026-03-20", "--json")
    state = json.loads(made.stdout)
    assert (state["night"], state["block"], state["tonight"]) == (19, 5, None)
    assert 12 <= state["written"] <= state["so_far"] == 18
    with Log(home.log) as log:
        held = b"".join(bytes(event.value) for event in log.history("trial.start"))
    assert home.sealed().nonce.encode() not in held
    assert b'"schedule":' not in held
    assert home.sealed().nonce.encode() not in next(home.folder.glob("*.sealed")).read_bytes()
    sheet = next(home.folder.glob("*.codes.txt")).read_text()
    assert sheet.count("bag ") >= 14


def test_the_packing_sheet_holds_the_schedule_by_code(home: Home) -> None:
    home.start()
    with Log(home.log) as log:
        started = trials.the_running(log.fold())
    sheet = next(home.folder.glob("*.packing.txt")).read_text()
    for code, arm in zip(started.codes, home.sealed().schedule, strict=True):
        assert f"{code}   {('without', 'with')[arm]}\n" in sheet


def test_an_open_trial_tells_tonight_and_only_tonight(home: Home) -> None:
    home.start("hot_bath")
    schedule = home.sealed().schedule
    for night in (0, 5, 30):
        day = (FIRST + timedelta(days=night)).isoformat()
        state = json.loads(home.run("trial", "status", "--today", day, "--json").stdout)
        assert state["tonight"] == ("without", "with")[schedule[night // 4]]


def test_an_emergency_takes_two_steps_and_opens_one_block(home: Home) -> None:
    home.start()
    home.guess("even")
    assert home.run("trial", "break", "--block", "3", "--confirm", "0000").exit_code != 0
    first = home.run("trial", "break", "--block", "3").stdout
    word = first.strip().rpartition(" ")[2]
    assert home.run("trial", "break", "--block", "4", "--confirm", word).exit_code != 0
    told = home.run("trial", "break", "--block", "3", "--confirm", word).stdout
    assert ("without" in told.splitlines()[0]) == (home.sealed().schedule[2] == 0)
    home.sleep(GOOD)
    assert home.unlock()["opened_blocks"] == [2]


def test_opening_before_the_declared_look_costs_the_verdict(home: Home) -> None:
    home.start()
    home.sleep(GOOD)
    assert home.run("trial", "unlock", "--today", "2026-04-20").exit_code != 0
    made = home.run("trial", "unlock", "--today", "2026-04-20", "--early", "--json")
    assert json.loads(made.stdout)["withheld"] is not None


def test_a_changed_seal_or_another_schedule_is_refused(home: Home) -> None:
    home.start()
    home.sleep(GOOD)
    path = next(home.folder.glob("*.sealed"))
    true = home.sealed()
    flipped = tuple(1 - arm for arm in true.schedule)
    for wrong in (
        msgspec.structs.replace(true, schedule=flipped),
        commit(flipped, true.protocol),
        commit(true.schedule, true.protocol + " ", true.nonce),
    ):
        path.write_bytes(seal(wrong))
        assert home.run("trial", "unlock", "--today", "2026-04-27").exit_code != 0
    for broken in (b"", b"{}", b"x" * 300_000, b'{"anmin_sealed":1,"sealed":"!!"}'):
        path.write_bytes(broken)
        assert home.run("trial", "unlock", "--today", "2026-04-27").exit_code != 0
    path.write_bytes(seal(true))
    home.unlock()
    assert home.run("trial", "unlock", "--today", "2026-04-27").exit_code != 0


def test_no_later_correction_changes_a_result(home: Home) -> None:
    home.start()
    home.sleep(GOOD)
    before = home.unlock()
    with Log(home.log) as log:
        for entry in diary.entries(log.fold()):
            diary.edit(log, entry.night, {"sol": 1.0}, load())
        for _ in range(20):
            log.undo()
    after = json.loads(home.run("trial", "report", "--json").stdout)
    assert after == before


def test_nights_not_taken_are_told_and_analysed_second(home: Home) -> None:
    home.start()
    home.sleep(GOOD)
    with Log(home.log) as log:
        for entry in diary.entries(log.fold())[::5]:
            diary.edit(log, entry.night, {"taken": False}, load())
    result = home.unlock()
    assert result["as_taken"] is not None
    assert sum(arm["not_taken"] for arm in result["arms"]) > 3  # type: ignore[index,attr-defined]


def test_one_trial_at_a_time_and_none_that_cannot_answer(home: Home) -> None:
    assert home.start(nights=16).exit_code == 4
    assert not list(home.folder.glob("*.sealed"))
    home.start()
    assert home.start().exit_code != 0


def test_a_new_medicine_stops_a_running_trial(home: Home) -> None:
    home.start()
    profile = home.folder / "profile.yaml"
    same = examples.text("taiwan-34")
    profile.write_text(same, encoding="utf-8")
    assert home.run("trial", "status", "--today", "2026-03-10", "--profile", str(profile)).exit_code == 0
    profile.write_text(examples.text("pregnant-29"), encoding="utf-8")
    made = home.run("trial", "status", "--today", "2026-03-10", "--profile", str(profile))
    assert made.exit_code == 4
    assert made.stdout.startswith("Stop")
    assert "bag" not in made.stdout.splitlines()[-1]


def test_the_protocol_is_the_text_under_the_seal(home: Home) -> None:
    home.start()
    shown = CliRunner().invoke(cli, ["trial", "protocol", "--log", home.log]).stdout
    assert shown == home.sealed().protocol
    for declared in ("estimand:", "matters: 10.0", "looks:", "exclusions:", "model:"):
        assert declared in shown


@pytest.mark.parametrize("lang", ["zh-Hant", "ja"])
def test_the_report_speaks_three_languages(home: Home, lang: str) -> None:
    home.start()
    home.sleep(GOOD)
    home.unlock()
    shown = home.run("trial", "report", lang=lang).stdout
    assert load().messages["trial.report_seal"].text.get(lang).split("{")[0] in shown  # type: ignore[arg-type]
