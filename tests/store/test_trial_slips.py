"""What goes wrong with a trial in a home: given up early, opened, moved, printed, packed."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from log_places import Place

from anmin.cli.files import write_whole
from anmin.cli.main import cli
from anmin.errors import InputError
from anmin.store import diary, trials
from anmin.store.log import Log
from anmin.trial.analysis import Posterior
from anmin.trial.blinding import open_seal, told_by
from anmin.trial.schedule import Design
from anmin.trial.simulate import Truth
from anmin.trial.simulate import diary as simulated

FIRST = date(2026, 3, 2)


class Home:
    """A log in a folder, and the commands on it."""

    def __init__(self, folder: Path, log: str) -> None:
        self.folder, self.log = folder, log

    def run(self, *words: str, lang: str = "en") -> Result:
        made = CliRunner().invoke(cli, ["trial", *words, "--log", self.log, "--lang", lang])
        if made.exception is not None and not isinstance(made.exception, SystemExit | InputError):
            raise made.exception
        return made

    def start(self, *more: str, first: date = FIRST, lang: str = "en", component: str = "glycine") -> Result:
        return self.run(
            "start", "--example", "taiwan-34", "--component", component, "--nights", "56", "--first",
            first.isoformat(), "--today", FIRST.isoformat(), "--seed", "3", "--folder", str(self.folder),
            *more, lang=lang,
        )  # fmt: skip

    def sleep(self) -> None:
        with Log(self.log) as log:
            started = trials.the_running(log.fold())
            schedule = open_seal(next(self.folder.glob("*.sealed")).read_bytes()).schedule
            mornings = simulated(started.protocol, schedule, Truth(effect=-30, sd=18, phi=0.1, missing=0.1), seed=11)
            log.put_all(diary.NIGHT, [(entry.night.isoformat(), entry) for entry in mornings])

    def sheet(self, ending: str) -> str:
        return next(self.folder.glob(f"*.{ending}")).read_text()


@pytest.fixture
def home(tmp_path: Path, place: Place) -> Home:
    return Home(tmp_path, place("log"))


@pytest.mark.parametrize("alone", [(), ("--solo",)])
def test_nobody_is_held_in_a_trial_they_gave_up(home: Home, alone: tuple[str, ...]) -> None:
    assert home.start(*alone).exit_code == 0
    made = home.run("unlock", "--early", "--today", "2026-03-04")
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("Given up without a result")
    assert home.start(first=FIRST + timedelta(days=1)).exit_code == 0
    with Log(home.log) as log, pytest.raises(InputError, match="a finished trial"):
        trials.finished(log, None, trials_knowledge())


def trials_knowledge():  # type: ignore[no-untyped-def]
    from anmin.knowledge.load import load

    return load()


def test_without_nights_the_end_waits_for_the_diary(home: Home) -> None:
    home.start()
    made = home.run("unlock", "--today", "2026-06-01")
    assert isinstance(made.exception, InputError)
    assert made.exception.field == "nights"
    assert "--early" in made.exception.hint
    assert home.run("status", "--today", "2026-06-01").exit_code == 0


def test_the_sealed_file_is_found_from_any_folder(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    home.folder = Path("kit")
    assert home.start().exit_code == 0
    monkeypatch.chdir("/")
    assert home.run("unlock", "--early", "--today", "2026-03-04").exit_code == 0


def test_an_opened_block_is_not_guessed_and_its_pair_is_told(home: Home) -> None:
    home.start()
    word = re.search(r"--confirm (\d+)", home.run("break", "--block", "3").stdout)
    assert word is not None
    told = home.run("break", "--block", "3", "--confirm", word[1]).stdout
    assert told.splitlines()[1].endswith(
        "blocks, since each kind comes once in every round: 4. No guess is asked for them."
    )
    for block in ("3", "4"):
        made = home.run("guess", "--block", block, "--arm", "with", "--today", "2026-05-01")
        assert isinstance(made.exception, InputError)
    assert home.run("guess", "--block", "5", "--arm", "with", "--today", "2026-05-01").exit_code == 0
    waiting = json.loads(home.run("status", "--today", "2026-05-01", "--json").stdout)["to_guess"]
    assert {3, 4}.isdisjoint(waiting)
    assert 6 in waiting


@pytest.mark.parametrize("component", [("--component", "glycine"), ("--arms", "without,glycine")])
def test_a_declared_measure_that_never_came_is_not_passed_over(home: Home, component: tuple[str, str]) -> None:
    words = ("--example", "taiwan-34", *component, "--nights", "56", "--first", FIRST.isoformat(), "--measured", "tst")
    home.run("start", *words, "--today", FIRST.isoformat(), "--seed", "3", "--folder", str(home.folder))
    home.sleep()
    said = home.run("unlock", "--today", "2026-06-01", lang="ja").stdout
    assert "あらかじめ決めた機器の測定：取りこまれた夜が少なすぎます" in said
    assert "： " not in said


def test_opening_tells_of_a_round_only_where_there_are_rounds() -> None:
    arms = ("without", "a", "b")
    assert told_by([4], Design(arms=arms, blocks=6, block_nights=4)) == (3, 4, 5)
    assert told_by([4], Design(arms=arms, blocks=6, block_nights=4, restriction="complete")) == (4,)


@pytest.mark.parametrize("ending", ["labels.html", "solo.html"])
def test_square_codes_are_drawn_whole(home: Home, ending: str) -> None:
    home.start(*(["--solo"] if ending == "solo.html" else []))
    drawn = re.findall(r"<svg[^>]*>", home.sheet(ending))
    assert len(drawn) == 14
    assert all("viewBox" in tag and " width=" not in tag for tag in drawn)


def test_no_capsule_has_to_hold_more_than_one_can(home: Home) -> None:
    home.start()
    assert "4 for each night" in home.sheet("packing.txt")


def test_the_packing_sheet_says_how_much_of_a_compound_is_weighed(tmp_path: Path, home: Home) -> None:
    home.start("--nights", "112", component="magnesium_bisglycinate")
    assert "250 mg of magnesium (1774 mg of the compound)" in home.sheet("packing.txt")


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "--not-taken"), ("zh-Hant", "喝酒的晚上"), ("ja", "お酒を飲んだ晩")]
)
def test_the_sheet_of_every_evening_says_when_to_take_nothing(home: Home, lang: str, words: str) -> None:
    home.start(lang=lang)
    assert words in home.sheet("codes.txt")


def test_the_solo_page_speaks_one_language(home: Home) -> None:
    home.start("--solo", lang="ja")
    assert "なし、あり" in home.sheet("solo.html")
    assert ">with<" not in home.sheet("solo.html")


def test_one_look_is_not_promised_where_more_are_declared(home: Home) -> None:
    assert "One look" in home.start().stdout
    home.run("unlock", "--early", "--today", "2026-03-04")
    more = home.start("--nights", "104", "--looks", "88", first=FIRST + timedelta(days=1)).stdout
    assert "Looks before the end" in more
    assert "One look" not in more


@pytest.mark.parametrize("lang", ["en", "zh-Hant", "ja"])
def test_a_design_that_cannot_answer_says_so_first(home: Home, lang: str) -> None:
    made = home.run("design", "--example", "taiwan-34", "--component", "glycine", "--nights", "14", lang=lang)
    assert made.exit_code == 4
    assert re.search("cannot answer|得不到答案|答えが出ません", made.stdout.splitlines()[0])


def test_a_sealed_file_and_a_log_are_never_written_over(home: Home, tmp_path: Path) -> None:
    home.start()
    sealed = next(home.folder.glob("*.sealed"))
    before = sealed.read_bytes()
    other = Home(tmp_path, str(tmp_path / "other.db"))
    made = other.start()
    assert isinstance(made.exception, InputError)
    assert sealed.read_bytes() == before
    Log(other.log).close()
    with pytest.raises(InputError, match="never written over"):
        write_whole(other.log, b"{}")


def test_too_large_a_bundle_is_told_in_kib(home: Home) -> None:
    (home.folder / "large.json").write_bytes(b" " * 5000)
    made = CliRunner().invoke(cli, ["trial", "pool", str(home.folder / "large.json")])
    assert "at most 4 KiB" in str(made.exception)


@pytest.mark.parametrize(("component", "asked"), [("hot_bath", False), ("glycine", True)])
def test_only_who_was_blind_is_asked_to_guess(home: Home, component: str, asked: bool) -> None:
    assert home.start("--example", "cipro", "--outcome", "sleep_onset_latency", component=component).exit_code == 0
    assert ("guess" in home.run("status", "--today", "2026-06-01").stdout) == asked


def test_a_verdict_says_how_sure_it_is_of_nothing_and_of_harm() -> None:
    from anmin.trial.verdict import judge

    knowledge = trials_knowledge()
    for centre, words in ((0.0, "sure that it is less than half of 10"), (15.0, "sure that it is worse at all")):
        effect = Posterior(phi=(0.0,), weight=(1.0,), centre=(centre,), scale=(2.0,), df=50)
        verdict = judge(effect, 0.5, nights=50, matters=10, lower_is_better=True, knowledge=knowledge)
        assert words in verdict.text.en


@pytest.mark.parametrize("option", ["--out", "--bundle", "--html"])
def test_a_report_never_replaces_what_somebody_else_wrote(home: Home, option: str) -> None:
    home.start()
    home.sleep()
    assert home.run("unlock", "--today", "2026-06-01").exit_code == 0
    mine = home.folder / "profile.yaml"
    mine.write_text("age: 34\n")
    assert isinstance(home.run("report", option, str(mine)).exception, InputError)
    assert mine.read_text() == "age: 34\n"
    again = str(home.folder / "made")
    assert [home.run("report", option, again).exit_code for _ in range(2)] == [0, 0]
