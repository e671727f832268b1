"""The website: every page there in three languages, whole, linked, readable by everybody, and the same each time."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from anmin.cli.evidence import evidence_group
from anmin.errors import InputError
from anmin.knowledge.load import load
from anmin.knowledge.model import LANGS
from anmin.report.html import TAGS
from anmin.report.site import count, pages
from anmin.report.site.frame import SITE_STYLE
from anmin.report.site.material import Material, material
from anmin.report.site.write import MARKER, write_site

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found() -> Material:
    return material(load())


@pytest.fixture(scope="module")
def made(found: Material) -> dict[str, str]:
    return dict(pages(load(), found))


@pytest.fixture(scope="module")
def trees(made: dict[str, str]) -> dict[str, ET.Element]:
    """Every page parsed: XML refuses what a browser would guess at."""
    return {name: ET.fromstring(text.removeprefix("<!DOCTYPE html>")) for name, text in made.items()}


def test_every_ingredient_and_claim_has_a_page_in_each_language(made: dict[str, str], found: Material) -> None:
    knowledge = load()
    assert len(made) == count(found)
    assert len(found.audit.claims) == 164
    assert {"magnesium", "zinc", "hot_bath", "habits", "z_drugs"} <= set(found.ingredients)
    for lang in LANGS:
        for claim in knowledge.claims:
            assert f"{lang}/claim/{claim}.html" in made
        for name in found.ingredients:
            assert f"{lang}/ingredient/{name}.html" in made
    assert {name.split("/", 1)[1] for name in made if name.startswith("ja/")} == {
        name.split("/", 1)[1] for name in made if name.startswith("en/")
    }


def test_pages_fetch_nothing(made: dict[str, str], trees: dict[str, ET.Element]) -> None:
    for name, tree in trees.items():
        tags = {element.tag for element in tree.iter()}
        assert not tags & {"script", "link", "img", "iframe", "object", "form", "base"}, name
        for element in tree.iter():
            assert not {"src", "srcset", "action", "style"} & set(element.attrib), name
            assert not any(key.startswith("on") for key in element.attrib), name
        assert "@import" not in made[name]
        assert not re.search(r"url\((?!#)", made[name]), name


def test_every_link_leads_to_a_page_of_the_site(trees: dict[str, ET.Element]) -> None:
    ids = {name: {element.attrib["id"] for element in tree.iter() if "id" in element.attrib} for name, tree in
           trees.items()}  # fmt: skip
    for name, tree in trees.items():
        for link in tree.iter("a"):
            place, _, part = link.attrib["href"].partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), place)) if place else name
            assert target in trees, (name, link.attrib["href"])
            assert not part or part in ids[target], (name, link.attrib["href"])


def test_pages_can_be_heard_and_walked(trees: dict[str, ET.Element]) -> None:
    for name, tree in trees.items():
        lang = next((lang for lang in LANGS if name.startswith(f"{lang}/")), "en")
        assert tree.attrib["lang"] == TAGS[lang], name
        levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch("h[1-6]", element.tag)]
        assert levels.count(1) == 1, name
        assert levels[0] == 1, name
        assert all(later <= level + 1 for level, later in pairwise(levels)), (name, levels)
        for table in tree.iter("table"):
            caption = table.find("caption")
            assert caption is not None, name
            assert caption.text, name
            assert all(cell.attrib.get("scope") in ("col", "row") for cell in table.iter("th")), name
        for figure in tree.iter(f"{SVG}svg"):
            assert figure.findtext(f"{SVG}title"), name
            assert figure.findtext(f"{SVG}desc"), name
        ids = [element.attrib["id"] for element in tree.iter() if "id" in element.attrib]
        assert len(ids) == len(set(ids)), name
        assert tree.find(".//main") is not None, name


def test_languages_lead_to_the_same_page(trees: dict[str, ET.Element]) -> None:
    for name, tree in trees.items():
        if name == "index.html":
            continue
        lang, place = name.split("/", 1)
        others = {link.attrib["hreflang"]: link.attrib["href"] for link in tree.iter("a") if "hreflang" in link.attrib}
        assert set(others) == {TAGS[other] for other in LANGS if other != lang}
        for other in LANGS:
            if other != lang:
                target = posixpath.normpath(posixpath.join(posixpath.dirname(name), others[TAGS[other]]))
                assert target == f"{other}/{place}"


def test_claims_are_a_chain(trees: dict[str, ET.Element], found: Material) -> None:
    """From the first claim, "next" walks through all 164."""
    seen, at = [], f"en/claim/{found.audit.claims[0].claim.id}.html"
    while True:
        seen.append(at)
        nexts = [link.attrib["href"] for link in trees[at].iter("a") if link.attrib.get("rel") == "next"]
        if not nexts:
            break
        at = posixpath.normpath(posixpath.join(posixpath.dirname(at), nexts[0]))
    assert len(seen) == 164


def test_an_ingredient_page_holds_what_it_should(made: dict[str, str]) -> None:
    page = made["en/ingredient/magnesium.html"]
    for wanted in (
        "17 min", "7.4 to 27", "How sure: very low", "People: older adults", "sceptical", "taking every figure",
        "risk of bias", "A crossover and a parallel trial were pooled", "350 mg, US IOM (1997)", "must not be combined",
        "taiwan-34 (250 mg)", "Funnel plot: none", "Bayesian", "Mah &amp; Pitre", "Langan-Evans 2023", "C001",
    ):  # fmt: skip
        assert wanted in page, wanted
    assert page.count("<svg ") >= 3


def test_text_is_in_the_language_of_the_page(trees: dict[str, ET.Element]) -> None:
    """Of the sentences that are not sources, hardly a word of a Japanese page is in an English one."""
    ours = {"h2", "h3", "caption", "summary"}
    for place in ("ingredient/magnesium.html", "index.html", "claims.html", "blends.html"):
        words = {
            lang: {element.text for element in trees[f"{lang}/{place}"].iter() if element.tag in ours and element.text}
            for lang in LANGS
        }
        assert not words["en"] & (words["ja"] | words["zh-Hant"]), place


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio of two colours."""

    def light(colour: str) -> float:
        full = "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour[1:]
        parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_read_by_day_and_night() -> None:
    dark_rules = "".join(re.findall(r"prefers-color-scheme: dark\) \{(.*?\})", SITE_STYLE, re.S))
    dark = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", dark_rules))
    day = {}
    for name, colour in re.findall(r"--(\w+): (#[0-9a-f]+)", SITE_STYLE.replace(dark_rules, "")):
        day.setdefault(name, colour)
    for colours in (day, {**day, **dark}):
        for ink in ("ink", "quiet", "link"):
            for paper in ("paper", "card"):
                assert _contrast(colours[ink], colours[paper]) >= 4.5, (ink, paper, colours)


def _sum(made: Iterator[tuple[str, str]]) -> str:
    total = hashlib.sha256()
    for name, text in made:
        total.update(name.encode() + b"\0" + text.encode())
    return total.hexdigest()


def test_the_same_facts_give_the_same_bytes_in_another_process(made: dict[str, str]) -> None:
    script = (
        "import hashlib; from anmin.knowledge.load import load; from anmin.report.site import pages\n"
        "total = hashlib.sha256()\n"
        "for name, text in pages(load()): total.update(name.encode() + b'\\0' + text.encode())\n"
        "print(total.hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "LANG": "ja_JP.UTF-8", "COLUMNS": "40"}
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.strip() == _sum(iter(made.items()))


PAGES = [("index.html", "one"), ("en/a.html", "two")]


def test_writing_replaces_only_what_is_ours(tmp_path: Path) -> None:
    target = tmp_path / "site"
    assert write_site(target, PAGES) == 2
    assert (target / "en" / "a.html").read_text() == "two"
    assert write_site(target, PAGES[:1]) == 1  # our own folder: what is gone is gone
    assert sorted(path.name for path in target.iterdir()) == [MARKER, "index.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("spoil", ["foreign", "changed", "link", "no_marker", "file"])
def test_foreign_files_are_never_overwritten(tmp_path: Path, spoil: str) -> None:
    target = tmp_path / "site"
    write_site(target, PAGES)
    if spoil == "foreign":
        (target / "en" / "diary.txt").write_text("mine")
    elif spoil == "changed":
        (target / "index.html").write_text("mine")
    elif spoil == "link":
        (target / "index.html").unlink()
        (target / "index.html").symlink_to(tmp_path / "elsewhere")
    elif spoil == "no_marker":
        (target / MARKER).unlink()
    else:
        target = tmp_path / "file"
        target.write_text("mine")
    before = {path: path.is_symlink() or (path.is_file() and path.read_bytes()) for path in tmp_path.rglob("*")}
    with pytest.raises(InputError, match="folder"):
        write_site(target, PAGES)
    after = {path: path.is_symlink() or (path.is_file() and path.read_bytes()) for path in tmp_path.rglob("*")}
    assert after == before


def test_a_broken_build_leaves_the_old_site(tmp_path: Path) -> None:
    target = tmp_path / "site"
    write_site(target, PAGES)

    def broken() -> Iterator[tuple[str, str]]:
        yield "index.html", "new"
        raise RuntimeError("out of facts")

    with pytest.raises(RuntimeError):
        write_site(target, broken())
    assert (target / "index.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_command(tmp_path: Path) -> None:
    target = tmp_path / "pages"
    run = CliRunner().invoke(evidence_group, ["site", str(target), "--lang", "en"], catch_exceptions=False)
    assert run.exit_code == 0
    assert "index.html" in run.output
    assert (target / "zh-Hant" / "ingredient" / "glycine.html").is_file()
    missing = CliRunner().invoke(evidence_group, ["site", str(tmp_path / "no" / "such")])
    assert isinstance(missing.exception, InputError)
