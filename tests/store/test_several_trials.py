"""Trials of two factors, of several arms, with looks, and packed alone, by command from design to verdict."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import msgspec
import pytest
import segno
from click.testing import CliRunner, Result

from anmin.cli.main import cli
from anmin.errors import InputError
from anmin.report import kit
from anmin.store import diary, trials
from anmin.store.log import Log
from anmin.trial.blinding import open_seal
from anmin.trial.diary import Entry
from anmin.trial.protocol import Protocol, protocol_text
from anmin.trial.schedule import Commitment, is_admissible
from anmin.trial.simulate import Truth
from anmin.trial.simulate import diary as simulated

FIRST = date(2026, 3, 2)


class Home:
    """A log in a folder, and the commands on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log.db"

    def run(self, *words: str, lang: str = "en") -> Result:
        made = CliRunner().invoke(cli, [*words, "--log", str(self.log), "--lang", lang])
        if made.exception is not None and not isinstance(made.exception, SystemExit | InputError):
            raise made.exception
        return made

    def start(self, *what: str, example: str = "taiwan-34") -> dict[str, object]:
        made = self.run(
            "trial", "start", "--example", example, "--outcome", "sleep_onset_latency", "--first", FIRST.isoformat(),
            "--today", FIRST.isoformat(), "--seed", "5", "--json", *what,
        )  # fmt: skip
        assert made.exit_code == 0, (made.output, made.exception)
        found: dict[str, object] = json.loads(made.stdout)
        return found

    def sealed(self) -> Commitment:
        return open_seal(next(self.folder.glob("*.sealed")).read_bytes())

    def started(self) -> trials.Started:
        with Log(self.log) as log:
            return trials.the_running(log.fold())

    def sleep(self, effects: dict[str, float], schedule: tuple[int, ...] | None = None, sd: float = 16) -> None:
        """Nights on which each thing of an arm shortens the latency by its own minutes."""
        protocol = self.started().protocol
        schedule = self.sealed().schedule if schedule is None else schedule
        flat = simulated(protocol, schedule, Truth(effect=0, sd=sd, phi=0.1, missing=0.08), seed=8)
        with Log(self.log) as log:
            made = [self.moved(entry, protocol, schedule, effects) for entry in flat]
            log.put_all(diary.NIGHT, [(entry.night.isoformat(), entry) for entry in made])

    @staticmethod
    def moved(entry: Entry, protocol: Protocol, schedule: tuple[int, ...], effects: dict[str, float]) -> Entry:
        number = protocol.night_of(entry.night)
        assert number is not None
        arm = protocol.design.arms[schedule[number // protocol.design.block_nights]]
        gain = sum(minutes for thing, minutes in effects.items() if thing in arm.split("+"))
        return msgspec.structs.replace(entry, sol=max(1.0, entry.sol - gain))

    def unlock(self, *words: str) -> dict[str, object]:
        end = self.started().protocol.last_morning.isoformat()
        made = self.run("trial", "unlock", "--today", end, "--json", *words)
        assert made.exit_code == 0, (made.output, made.exception)
        found: dict[str, object] = json.loads(made.stdout)
        return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_two_factors_get_a_verdict_each_and_the_next_plan_knows(home: Home) -> None:
    started = home.start("--factorial", "glycine,magnesium_citrate", "--nights", "112")
    assert started["blinded"] is True
    home.sleep({"glycine": 25})
    out = home.folder / "result.json"
    result = home.unlock("--out", str(out))
    words = {one["id"]: one["verdict"]["word"] for one in result["contrasts"]}  # type: ignore[attr-defined]
    assert words["glycine"] == "worth_it"
    assert words["magnesium_citrate"] != "worth_it"
    assert [each["id"] for each in result["interactions"]] == ["glycine*magnesium_citrate"]  # type: ignore[attr-defined]
    assert {arm["arm"] for arm in result["arms"]} == {  # type: ignore[attr-defined]
        "without", "glycine", "magnesium_citrate", "glycine+magnesium_citrate",
    }  # fmt: skip
    plan = ["plan", "--example", "taiwan-34", "--json"]
    informed = CliRunner().invoke(cli, [*plan, "--results", str(out)])
    assert informed.exit_code == 0
    assert informed.stdout != CliRunner().invoke(cli, plan).stdout
    for one in result["contrasts"]:  # type: ignore[attr-defined]
        assert one["p"] <= one["adjusted_p"]
        assert one["built_up"] is not None


def test_a_factor_that_cannot_be_hidden_gets_no_good_word_and_the_other_may(home: Home) -> None:
    home.start("--factorial", "glycine,hot_bath", "--nights", "96", example="cipro")
    home.sleep({"glycine": 25, "hot_bath": 25})
    result = home.unlock()
    bath = next(one for one in result["contrasts"] if one["id"] == "hot_bath")  # type: ignore[attr-defined]
    glycine = next(one for one in result["contrasts"] if one["id"] == "glycine")  # type: ignore[attr-defined]
    assert (bath["blinded"], glycine["blinded"]) == (False, True)
    assert bath["withheld"] is not None
    assert glycine["withheld"] is None


def test_the_evening_tells_of_the_bath_and_not_of_the_capsules(home: Home) -> None:
    home.start("--factorial", "glycine,hot_bath", "--nights", "96", example="cipro")
    protocol, schedule = home.started().protocol, home.sealed().schedule
    for block, arm in enumerate(schedule[:8]):
        day = (FIRST + timedelta(days=block * protocol.design.block_nights)).isoformat()
        shown = home.run("trial", "status", "--today", day).stdout
        assert ("bath" in shown.splitlines()[2].lower() and "°C" in shown) == ("hot_bath" in protocol.design.arms[arm])
        assert "glycine 3000" not in shown.lower()


def test_several_arms_are_each_compared_with_none(home: Home) -> None:
    home.start("--arms", "without,glycine,glycine:1500", "--nights", "120", "--matters", "12")
    home.sleep({"glycine": 30})
    result = home.unlock()
    words = {one["id"]: one["verdict"]["word"] for one in result["contrasts"]}  # type: ignore[attr-defined]
    assert words["glycine"] == "worth_it"
    assert words["glycine:1500"] != "worth_it"
    lines = home.run("trial", "report").stdout.splitlines()
    assert lines[0].startswith("glycine against without:")


def test_every_bag_of_several_arms_has_the_same_number_of_capsules(home: Home) -> None:
    started = home.start("--arms", "without,glycine,magnesium_citrate", "--matters", "15")
    sheet = Path(started["files"]["packing.txt"]).read_text(encoding="utf-8")  # type: ignore[index]
    rows = [line for line in sheet.splitlines() if " with " in line and ":" in line and line.startswith("  ")]
    assert len(rows) == 3
    assert len({sum(map(int, re.findall(r"(\d+) with ", row))) for row in rows}) == 1


def test_a_combination_that_two_rules_keep_apart_is_refused(home: Home) -> None:
    made = home.run("trial", "design", "--example", "taiwan-34", "--factorial", "glycine,glycine:1500")
    assert made.exit_code != 0
    for words in (["--arms", "glycine"], ["--arms", "without,moonstone"], ["--factorial", "glycine,hot_bath,valerian"],
                  ["--component", "glycine", "--arms", "without,glycine"], []):  # fmt: skip
        assert home.run("trial", "design", "--example", "taiwan-34", *words).exit_code != 0


def test_what_stops_a_plan_stops_every_kind_of_trial(home: Home) -> None:
    for words in (["--arms", "without,glycine,l_theanine"], ["--factorial", "glycine,magnesium_citrate"]):
        assert home.run("trial", "design", "--example", "pregnant-29", *words).exit_code == 4


def test_a_design_of_several_that_cannot_answer_says_what_would(home: Home) -> None:
    short = home.run("trial", "design", "--example", "taiwan-34", "--factorial", "glycine,magnesium_citrate",
                     "--nights", "56")  # fmt: skip
    assert short.exit_code == 4
    assert "nights would answer" in short.stdout
    tiny = home.run("trial", "design", "--example", "taiwan-34", "--arms", "without,glycine,l_theanine",
                    "--matters", "3")  # fmt: skip
    assert tiny.exit_code == 4
    assert "only many people together" in tiny.stdout


def test_a_look_says_settled_or_not_and_nothing_else(home: Home) -> None:
    home.start("--component", "glycine", "--blocks", "26", "--looks", "88,96")
    home.sleep({})  # the arm "with" is moved below
    protocol, schedule = home.started().protocol, home.sealed().schedule
    with Log(home.log) as log:
        for entry in diary.entries(log.fold()):
            number = protocol.night_of(entry.night)
            assert number is not None
            if schedule[number // 4]:
                diary.edit(log, entry.night, {"sol": max(1.0, entry.sol - 30)}, trials_knowledge())
    early = home.run("trial", "look", "--today", (FIRST + timedelta(days=87)).isoformat())
    assert early.exit_code != 0
    made = home.run("trial", "look", "--today", (FIRST + timedelta(days=88)).isoformat(), "--json")
    assert json.loads(made.stdout) == {"nights": 88, "settled": True}
    assert home.run("trial", "look", "--today", (FIRST + timedelta(days=96)).isoformat()).exit_code != 0
    done = home.run("trial", "unlock", "--today", (FIRST + timedelta(days=89)).isoformat(), "--json")
    result = json.loads(done.stdout)
    assert (result["stopped_at"], result["early"], result["withheld"]) == (88, False, None)
    assert result["as_randomised"]["nights"] <= 66
    assert any("stop early" in line for line in result["text"])


def trials_knowledge():  # type: ignore[no-untyped-def]
    from anmin.knowledge.load import load

    return load()


def test_a_look_with_nothing_to_see_says_go_on_and_the_end_is_stricter(home: Home) -> None:
    home.start("--component", "glycine", "--blocks", "26", "--looks", "88")
    home.sleep({})
    made = home.run("trial", "look", "--today", (FIRST + timedelta(days=88)).isoformat())
    assert made.stdout.startswith("Not settled")
    assert not re.search(r"\d", made.stdout)
    assert home.run("trial", "unlock", "--today", (FIRST + timedelta(days=90)).isoformat()).exit_code != 0
    assert home.started().protocol.look_levels == (0.005, pytest.approx(0.045))
    assert home.unlock()["stopped_at"] is None


def test_a_look_that_could_never_decide_is_refused(home: Home) -> None:
    made = home.run("trial", "design", "--example", "taiwan-34", "--component", "glycine", "--looks", "24")
    assert isinstance(made.exception, InputError)
    assert "later night" in str(made.exception)


def test_packed_alone_the_slips_are_the_schedule(home: Home) -> None:
    started = home.start("--component", "glycine", "--nights", "56", "--solo")
    page = Path(started["files"]["solo.html"]).read_text(encoding="utf-8")  # type: ignore[index]
    trial, sealed = home.started(), home.sealed()
    assert all(slip in page for slip in trial.slips)
    mixed = [slip for at in range(0, 14, 2) for slip in (trial.slips[at + 1], trial.slips[at])]
    order = tuple(sealed.schedule[trial.slips.index(slip)] for slip in mixed)
    assert is_admissible(trial.protocol.design, order)
    home.sleep({}, order)
    for wrong in ((), tuple(mixed[:-1]), (*mixed[:-1], mixed[0]), (mixed[2], *mixed[:2], *mixed[3:])):
        words = ["--slips", ",".join(wrong)] if wrong else []
        made = home.run("trial", "unlock", "--today", trial.protocol.last_morning.isoformat(), *words)
        assert isinstance(made.exception, InputError)
    result = home.unlock("--slips", ",".join(mixed).lower())
    again = json.loads(home.run("trial", "report", "--json").stdout)
    assert again == result


def test_what_can_be_seen_cannot_be_packed_alone(home: Home) -> None:
    made = home.run("trial", "design", "--example", "cipro", "--component", "hot_bath", "--solo")
    assert isinstance(made.exception, InputError)


def test_a_square_code_holds_the_trial_and_the_bag_and_nothing_else(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = segno.make

    def watched(content: str, **options: object):  # type: ignore[no-untyped-def]
        seen.append(content)
        return real(content, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(kit.segno, "make", watched)
    home.start("--component", "glycine", "--nights", "56")
    trial = home.started()
    assert seen == [f"anmin trial {trial.protocol.trial} bag {bag}" for bag in range(1, 15)]
    page = next(home.folder.glob("*.labels.html")).read_text(encoding="utf-8")
    assert page.count("<svg") == 14
    words = unescape(re.sub(r"<(svg|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL))
    assert not {"with", "without"} & set(words.split())
    assert trial.digest not in page
    for flipped in (home.sealed().schedule,):
        assert len(set(flipped)) == 2  # both arms are there, and the labels of both look alike


@pytest.mark.parametrize("lang", ["zh-Hant", "ja"])
@pytest.mark.parametrize("what", ["--factorial=glycine,magnesium_citrate", "--arms=without,glycine,l_theanine:200"])
def test_designs_of_several_speak_three_languages(home: Home, lang: str, what: str) -> None:
    shown = home.run("trial", "design", "--example", "taiwan-34", what, "--matters", "15", lang=lang)
    assert shown.exit_code == 0
    assert "{" not in shown.stdout


def test_an_older_protocol_still_reads_and_keeps_its_seal() -> None:
    """A protocol as the first version wrote it: same text under the seal, no word of what was added since."""
    old = Path(__file__).with_name("protocol_v1.yaml").read_text(encoding="utf-8")
    import yaml

    fields = yaml.safe_load(old)
    protocol = msgspec.convert(fields, Protocol, strict=False)
    assert protocol.version == 1
    assert protocol_text(protocol) == old


@pytest.mark.parametrize(("paper", "size"), [("a4", "A4"), ("letter", "letter")])
@pytest.mark.parametrize("alone", [False, True])
def test_what_is_printed_fits_the_paper_and_needs_nothing_else(home: Home, paper: str, size: str, alone: bool) -> None:
    words = ["--factorial", "glycine,magnesium_citrate", "--nights", "112", "--paper", paper]
    home.start(*words, *(["--solo"] if alone else []))
    page = next(home.folder.glob("*.solo.html" if alone else "*.labels.html")).read_text(encoding="utf-8")
    assert f"@page {{ size: {size};" in page
    assert page.count("<svg") == 16
    assert not re.search(r"<script|src=|href=\"http|url\(", page)
    assert list(home.folder.glob("*.packing.txt")) == [] if alone else list(home.folder.glob("*.packing.txt"))


def test_knowing_one_factor_costs_that_verdict_only(home: Home) -> None:
    home.start("--factorial", "glycine,magnesium_citrate", "--nights", "112")
    home.sleep({"glycine": 25, "magnesium_citrate": 25})
    protocol, schedule = home.started().protocol, home.sealed().schedule
    with Log(home.log) as log:
        for block, arm in enumerate(schedule):
            said = "glycine" if "glycine" in protocol.design.arms[arm].split("+") else "without"
            trials.guess(log, trials.Guess(block=block, arm=said, sure=2), protocol.last_morning)
    by_id = {one["id"]: one for one in home.unlock()["contrasts"]}  # type: ignore[attr-defined]
    assert by_id["glycine"]["withheld"] is not None
    assert by_id["magnesium_citrate"]["withheld"] is None
    assert by_id["magnesium_citrate"]["verdict"]["word"] == "worth_it"


def test_an_arm_that_is_none_cannot_be_guessed(home: Home) -> None:
    home.start("--factorial", "glycine,magnesium_citrate", "--nights", "112")
    made = home.run("trial", "guess", "--block", "1", "--arm", "with", "--today", "2026-05-01")
    assert isinstance(made.exception, InputError)


def test_the_protocol_of_a_running_trial_answers_every_item(home: Home) -> None:
    home.start("--component", "glycine", "--nights", "56")
    for lang in ("en", "zh-Hant", "ja"):
        shown = home.run("trial", "protocol", "--items", lang=lang).stdout.splitlines()
        assert len(shown) == 52
        assert not any("{" in line for line in shown)
