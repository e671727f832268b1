"""`anmin audit` as a person, a program and a browser use it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from anmin.audit.page import page
from anmin.audit.read import parse_article
from anmin.audit.walk import audit, shipped
from anmin.cli.audit import audit_command
from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.knowledge.model import LANGS, Lang

_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa]")
_HAN = re.compile(r"[\u3400-\u9fff]")


def _run(*args: str) -> Result:
    return CliRunner().invoke(audit_command, list(args))


def test_the_first_page_is_what_is_wrong_and_grave() -> None:
    result = _run("--lang", "en")
    assert result.exit_code == 0
    ids = re.findall(r"^(C\d{3})", result.output, re.MULTILINE)
    assert len(ids) == 18
    assert ids[:7] == ["C068", "C084", "C085", "C124", "C130", "C136", "C143"]
    assert len(result.output.splitlines()) < 75


def test_all_lists_every_claim_in_order() -> None:
    ids = re.findall(r"^(C\d{3})", _run("--all", "--lang", "ja").output, re.MULTILINE)
    assert ids == [f"C{number:03}" for number in range(1, 165)]


@pytest.mark.parametrize("lang", LANGS)
def test_json_holds_everything_in_one_language(lang: Lang) -> None:
    out = json.loads(_run("--json", "--lang", lang).output)
    assert out["claims_checked"] == len(out["claims"]) == 164
    assert sum(out["counts"].values()) == 164
    assert len(out["wrong"]) == 18
    assert not out["problems"]
    assert not out["open"]
    for claim in out["claims"]:
        assert claim["stated"] == claim["verdict"]
        for text in filter(None, (claim["text"], claim["right"], claim["note"])):
            assert bool(_KANA.search(text)) == (lang == "ja") or lang == "ja", (claim["id"], text)
            assert lang != "zh-Hant" or _HAN.search(text) or re.fullmatch(r"[\x00-\x7f–°]*", text), claim["id"]
        for finding in claim["findings"]:
            assert finding["says"]
            assert finding["how_to_check"]


@pytest.mark.parametrize("lang", LANGS)
def test_one_claim_shows_how_it_was_checked(lang: Lang) -> None:
    result = _run("--claim", "c136", "--lang", lang)
    assert result.exit_code == 0
    assert result.output.startswith("C136")
    assert "PMID 2598571" in result.output
    assert json.loads(_run("--claim", "C136", "--json", "--lang", lang).output)["safety"] == "high"


def test_an_unknown_claim_is_named() -> None:
    error = _run("--claim", "C999").exception
    assert isinstance(error, InputError)
    assert "C001 to C164" in str(error)


class _Outside(HTMLParser):
    """Anything a browser would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tables = self.scoped = self.captions = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.scoped += tag == "th" and ("scope", "col") in attrs
        if tag in ("script", "link", "img", "iframe", "object", "embed", "form", "base"):
            self.found.append(tag)
        self.found += [f"{tag} {name}={value}" for name, value in attrs
                       if name in ("src", "srcset", "action", "style") or name.startswith("on")
                       or (name == "href" and not (value or "").startswith("#"))]  # fmt: skip


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_whole_well_formed_and_reaches_nowhere(lang: Lang, tmp_path: Path) -> None:
    target = tmp_path / "check.html"
    assert _run("--html", str(target), "--lang", lang).exit_code == 0
    text = target.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>"))
    assert root.get("lang") == lang
    assert len(root.findall(".//article")) == 164
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    targets = {element.get("href", "")[1:] for element in root.iter("a")}
    assert targets <= set(ids)
    assert len(targets) == 18
    outside = _Outside()
    outside.feed(text)
    assert outside.found == []
    assert outside.tables == outside.captions == 2
    assert outside.scoped >= 10
    assert "url(" not in text
    assert "@import" not in text


def test_words_of_others_stay_words() -> None:
    article = parse_article(json.dumps({
        "article": "<script>alert(1)</script>",
        "claims": [{"id": "T1", "kind": "dose", "text": "<img src=x onerror=y> [bold]&amp;",
                    "checks": [{"kind": "record", "record": "r", "bearing": "contradicts"}]}],
        "records": [{"id": "r", "says": "</main><b>", "sources": [
            {"label": "\"'><a href=http://x>", "read_in": "weak"}]}],
    }), "x.json")  # fmt: skip
    text = page(audit(article, load()), load(), "en")
    ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>"))
    outside = _Outside()
    outside.feed(text)
    assert outside.found == []
    assert "&lt;img src=x onerror=y&gt;" in text


def test_a_page_without_anything_wrong_says_so() -> None:
    article = parse_article('{"claims": [{"id": "T1", "kind": "market", "text": "x"}]}', "x.json")
    assert load().say("audit.all_fine", "ja") in page(audit(article, load()), load(), "ja")


def test_another_file_with_an_unfounded_verdict_ends_with_2(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("claims:\n- {id: T1, kind: dose, text: Tea is good, verdict: supported}\n", encoding="utf-8")
    result = _run(str(file), "--lang", "en")
    assert result.exit_code == 2
    assert f"{file}:2: T1: the verdict" in result.stderr


def test_a_draft_is_written_once_and_audited(tmp_path: Path) -> None:
    text, out = tmp_path / "tea.txt", tmp_path / "claims.yaml"
    text.write_text("Take 500 mg of magnesium. 鎂要在睡前 30 分鐘吃。", encoding="utf-8")
    assert _run("--new", str(text), "--out", str(out)).exit_code == 0
    assert isinstance(_run("--new", str(text), "--out", str(out)).exception, InputError), "never overwritten unasked"
    assert _run("--new", str(text), "--out", str(out), "--force").exit_code == 0
    result = _run(str(out), "--lang", "zh-Hant")
    assert result.exit_code == 0
    assert "2" in result.output
    assert _run("--new", str(text)).output == out.read_text(encoding="utf-8")


def test_new_does_not_mix_with_the_rest(tmp_path: Path) -> None:
    assert isinstance(_run(str(tmp_path), "--new", "x").exception, InputError)


def test_the_schema_is_printed() -> None:
    assert json.loads(_run("--schema").output)["required"] == ["claims"]


def test_the_same_facts_give_the_same_bytes() -> None:
    knowledge = load()
    assert page(audit(shipped(knowledge), knowledge), knowledge, "ja") == page(
        audit(shipped(knowledge), knowledge), knowledge, "ja"
    )
