"""The compiled file is the YAML, nothing else."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from anmin.errors import KnowledgeError
from anmin.knowledge.compile import build, write
from anmin.knowledge.load import COMPILED, Knowledge, load, read_compiled
from anmin.knowledge.rows import DATA, version_of


@pytest.fixture(scope="module")
def built() -> Knowledge:
    return build()


def test_the_shipped_file_equals_the_yaml(built: Knowledge) -> None:
    assert load() == built, "run `make data` after editing YAML"


def test_the_version_is_that_of_the_yaml(built: Knowledge) -> None:
    assert built.version == version_of(DATA)
    assert len(built.version) == 64


def test_the_version_changes_with_one_byte(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    before = version_of(tmp_path / "data")
    (tmp_path / "data" / "foods.yaml").write_text("foods: []\n")
    assert version_of(tmp_path / "data") != before


def test_same_facts_same_bytes(built: Knowledge, tmp_path: Path) -> None:
    write(built, tmp_path / "one")
    write(build(), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes() == COMPILED.read_bytes()


def test_round_trip_loses_nothing(built: Knowledge) -> None:
    assert read_compiled(msgspec.msgpack.encode(built)) == built
    assert msgspec.json.decode(msgspec.json.encode(built), type=Knowledge) == built


def test_a_failed_write_leaves_the_old_file(built: Knowledge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "compiled"
    target.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("anmin.knowledge.compile.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(built, target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x80", b"\x81\xa7version\x01"])
def test_a_damaged_file_is_an_error_that_says_what_to_do(data: bytes) -> None:
    with pytest.raises(KnowledgeError, match=r"anmin\.knowledge\.compile"):
        read_compiled(data)


def test_facts_cannot_be_changed(built: Knowledge) -> None:
    with pytest.raises(AttributeError):
        built.version = "x"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        next(iter(built.forms.values())).oral = False  # type: ignore[misc]


def test_loading_is_quick(capsys: pytest.CaptureFixture[str]) -> None:
    data = COMPILED.read_bytes()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        read_compiled(data)
        times.append(time.perf_counter() - start)
    with capsys.disabled():
        print(f"\nloading all facts: {min(times) * 1000:.1f} ms for {len(data):,} bytes (bar: 50 ms)")


def test_what_is_asked_for_and_is_not_there_is_named() -> None:
    knowledge = load()
    with pytest.raises(KnowledgeError, match=r"no\.such"):
        knowledge.text("no.such")
    with pytest.raises(KnowledgeError, match=r"no\.such"):
        knowledge.value("no.such")
    with pytest.raises(KnowledgeError, match="near"):
        knowledge.text("knowledge.before_bed", far=60)


def test_a_message_fills_its_places_in_every_language() -> None:
    knowledge = load()
    text = knowledge.text("knowledge.with", first=knowledge.substances["magnesium"].name, second="X")
    assert (text.en, "鎂" in text.zh_hant, "マグネシウム" in text.ja) == ("magnesium with X", True, True)
    assert knowledge.say("knowledge.before_bed", "en", near=30.0, far=60) == "30 to 60 min before bed"


def test_the_program_reads_no_yaml_of_its_own() -> None:
    """Loading, looking up and explaining work without the YAML library, which only the compiling needs."""
    code = (
        "import sys; sys.modules['yaml'] = None; sys.modules['molmass'] = None; sys.modules['numpy'] = None\n"
        "from anmin.knowledge.load import load\n"
        "from anmin.knowledge import coverage, lookup, show, titles, why\n"
        "assert lookup.find('magnesium', load()) and coverage.coverage(load()) and why.explain('oxide', load())"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
