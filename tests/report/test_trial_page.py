"""The page of a finished trial answers first, answers every point of CENT 2015, proves its seal, tells on nobody."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from finished_trials import ARMS, FACTORS, FIRST, ONE, finished

from anmin.cli.main import cli
from anmin.evidence.own import learn, read_results
from anmin.knowledge.load import load
from anmin.report.cent import cent_items
from anmin.report.several import several_report_out
from anmin.report.trial import report_out
from anmin.report.trial_figures import figures
from anmin.report.trial_findings import Findings, findings
from anmin.report.trial_page import next_steps, trial_page, verdicts
from anmin.store.trials import Finished, result_from
from anmin.trial.pool import MAX_BUNDLE, bundle_of, read_bundle
from anmin.trial.several_result import SeveralResult

LANGS = ("en", "zh-Hant", "ja")
KINDS = (ONE, ARMS, FACTORS)


def found(asked: tuple[str, ...] = ONE, gain: float = 28, lang: str = "en", **how: object) -> Findings:
    return findings(finished(asked, gain, **how), load(), lang)  # type: ignore[arg-type]


def shown(case: Findings, lang: str = "en") -> str:
    return trial_page(case, figures(case, load(), lang), load(), lang)  # type: ignore[arg-type]


class Reader(HTMLParser):
    """The words of the body in their order, and every tag; stops at what is not closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "body" in self.open and data.strip():
            self.words.append(data.strip())


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("asked", KINDS)
def test_the_verdict_is_the_first_thing_on_a_page_that_needs_nothing_else(asked: tuple[str, ...], lang: str) -> None:
    case = found(asked, lang=lang)
    page = shown(case, lang)
    read = Reader(page)
    assert read.open == []
    assert read.words[: len(case.comparisons)] == verdicts(case, load(), lang)  # type: ignore[arg-type]
    assert not {"script", "link", "img", "iframe"} & set(read.tags)
    assert not re.search(r"(?:src|href)=", page)
    assert "@import" not in page
    assert page.count("<svg") == len(figures(case, load(), lang))  # type: ignore[arg-type]
    assert shown(case, lang) == page
    assert "{" not in "".join(word for word in read.words if not word.startswith(("[[", "trial:", "<", "night\t")))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("asked", KINDS)
def test_every_point_of_cent_is_answered_or_says_why_it_does_not_apply(asked: tuple[str, ...], lang: str) -> None:
    items = cent_items(found(asked, lang=lang), load(), lang)  # type: ignore[arg-type]
    assert len(items) == 44
    assert {int(re.match(r"\d+", item.number)[0]) for item in items} == set(range(1, 26))  # type: ignore[index]
    assert [item.number for item in items][:5] == ["1a", "1b", "2a.1", "2a.2", "2b"]
    refusal = load().say("trial_report.cent.not_applicable", lang, why="")[:4]  # type: ignore[arg-type]
    for item in items:
        assert item.says.strip()
        assert "{" not in item.says
        assert item.says.startswith(refusal) is not item.applies
    page = unescape(shown(found(asked, lang=lang), lang))
    assert all(item.says in page for item in items)


def test_the_checklist_speaks_of_this_trial() -> None:
    def said(number: str, case: Findings) -> str:
        return next(item.says for item in cent_items(case, load(), "en") if item.number == number)

    one, early, factors = found(), found(early=True), found(FACTORS)
    assert "14 blocks of 4 nights" in said("3a", one)
    assert said("14b", one) != said("14b", early)
    assert "opened before the declared look" in said("14b", early)
    assert said("8c", one).count("–") == 13
    assert said("22", one) == one.comparisons[0].verdict.text.en
    assert "No verdict" in said("22", early)
    assert "by your tracker" in said("17a.2", one)
    assert said("17a.2", factors).count("better") == 2
    assert "emergency: 3" in said("13c", one)


def test_the_line_on_the_page_has_the_digest_that_was_shown_before_the_first_night() -> None:
    for asked in KINDS:
        case = found(asked)
        line = re.search(r'<pre id="sealed">(.*?)</pre>', shown(case), re.DOTALL)
        assert line is not None
        text = unescape(line[1])
        assert "\n" not in text
        assert hashlib.sha256(text.encode()).hexdigest() == case.finished.started.digest
        schedule, nonce, protocol = json.loads(text)
        assert tuple(schedule) == case.schedule
        assert nonce in shown(case)
        assert protocol in unescape(shown(case))


def test_nothing_is_on_it_that_the_person_did_not_declare() -> None:
    page = shown(found())
    assert "Kim Example" not in page  # what was written into every comment of the diary
    assert "/tmp" not in page
    assert ".sealed" not in page
    assert "Asia/Taipei" not in page


def test_what_to_do_next_follows_the_verdict() -> None:
    def first(case: Findings) -> str:
        return next_steps(case, load(), "en")[0]

    assert first(found()).startswith("Keep it in the plan")
    assert "pharmacist" in first(found(gain=-28))
    assert first(found(early=True)).startswith("It was opened too early")
    assert "tracker" in next_steps(found(FACTORS, guessed="right"), load(), "en")[0]
    for case in (found(), found(ARMS)):
        assert "--results" in next_steps(case, load(), "en")[-1]


def test_the_estimate_as_randomised_stands_first_and_as_taken_second() -> None:
    page = shown(found())
    places = [page.index(f'<th scope="row">{name}') for name in ("As randomised", "As taken", "On the log scale")]
    assert places == sorted(places)
    assert "Bang index" in page
    assert "James index" in page


@pytest.mark.parametrize("asked", KINDS)
def test_a_bundle_is_small_and_holds_no_date_and_no_words(asked: tuple[str, ...]) -> None:
    case = result_from(finished(asked, 28), load())
    lines = case.own if isinstance(case.own, tuple) else (case.own,)
    assert len(lines) == (1 if asked is ONE else 2)
    for line in lines:
        widest = msgspec.structs.replace(line, gain=-1234.5678, sd=1234.5678, share=1 / 3, nights=3650)
        data = msgspec.json.encode(bundle_of(widest))
        assert len(data) <= 300 < MAX_BUNDLE
        fields = json.loads(data)
        assert not re.search(r"\d{4}-\d{2}", data.decode())
        words = {value for value in fields.values() if isinstance(value, str)}
        assert words <= {*load().substances, *load().outcomes, "min"}
        assert read_bundle(data) == bundle_of(widest)


def plan_with(case: Finished, folder: Path) -> str:
    result = result_from(case, load())
    out = several_report_out if isinstance(result, SeveralResult) else report_out
    file = folder / "result.json"
    file.write_bytes(msgspec.json.encode(out(case.started, result, [])))  # type: ignore[arg-type]
    made = CliRunner().invoke(cli, ["plan", "--example", "taiwan-34", "--json", "--results", str(file)])
    assert made.exit_code == 0, made.output
    return made.stdout


@pytest.mark.parametrize("asked", KINDS)
def test_every_judged_comparison_reaches_the_next_plan(asked: tuple[str, ...], tmp_path: Path) -> None:
    before = CliRunner().invoke(cli, ["plan", "--example", "taiwan-34", "--json"]).stdout
    good, none = plan_with(finished(asked, 28), tmp_path), plan_with(finished(asked, 0), tmp_path)
    assert len({before, good, none}) == 3
    own = read_results((tmp_path / "result.json").read_bytes())
    expected = {ONE: {"glycine"}, ARMS: {"glycine", "l_theanine"}, FACTORS: {"glycine", "magnesium"}}[asked]
    assert {line.substance for line in own} == expected
    for line in own:
        assert learn(None, line, 1.0, load()).sd < learn(None, msgspec.structs.replace(line, sd=1e6), 1.0, load()).sd


def test_while_it_runs_there_is_no_report_but_how_complete_the_diary_is(tmp_path: Path) -> None:
    log = ["--log", str(tmp_path / "log.db")]
    start = ["trial", "start", "--example", "taiwan-34", *ONE, "--first", FIRST.isoformat(), "--today",
             FIRST.isoformat()]  # fmt: skip
    assert CliRunner().invoke(cli, [*start, *log]).exit_code == 0
    page, today = tmp_path / "report.html", date(2026, 3, 20).isoformat()
    made = CliRunner().invoke(cli, ["trial", "report", "--html", str(page), "--today", today, *log, "--lang", "en"])
    assert made.exit_code == 4
    assert "Of 18 nights so far 0 are written down" in made.stdout
    assert not page.exists()
    told = CliRunner().invoke(cli, ["trial", "report", "--today", today, "--json", *log])
    assert told.exit_code == 4
    assert not {"own", "verdict", "as_randomised", "arms"} & set(json.loads(told.stdout))
