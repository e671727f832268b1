"""The ten example people: read, understood, and each in the state it is there to show."""

from __future__ import annotations

import jsonschema
import pytest
import yaml

from anmin.errors import UnknownId
from anmin.knowledge.load import load
from anmin.person import examples
from anmin.person.model import Person
from anmin.person.profile import dump_profile, parse_profile, profile_schema
from anmin.person.understand import understand


def person(name: str) -> Person:
    return understand(parse_profile(examples.text(name), name), load())


def test_there_are_ten_and_each_file_is_one_of_them() -> None:
    assert len(examples.names()) == 10
    files = {path.stem for path in (examples._HERE).glob("*.yaml")}
    assert files == set(examples.names())


@pytest.mark.parametrize("name", examples.names())
def test_every_example_is_understood_described_and_fits_the_schema(name: str) -> None:
    profile = parse_profile(examples.text(name), name)
    assert parse_profile(dump_profile(profile)) == profile
    jsonschema.validate(yaml.safe_load(examples.text(name)), profile_schema())
    described = examples.describe(name, load())
    assert len({described.en, described.zh_hant, described.ja}) == 3


@pytest.mark.parametrize("name", examples.names())
def test_only_the_unknown_medicine_leaves_questions(name: str) -> None:
    questions = person(name).questions
    assert bool(questions) is (name == "unknown-medicine")
    if questions:
        (question,) = questions
        assert "Zelmoravin" in question.text.en
        assert question.blocks == ("*",)


def test_an_unknown_example_is_an_error_with_the_closest_name() -> None:
    with pytest.raises(UnknownId, match="Did you mean cipro"):
        examples.text("cypro")
    with pytest.raises(UnknownId):
        examples.text("../../../etc/passwd")


@pytest.mark.parametrize(
    ("name", "atc", "clocks"),
    [
        ("cipro", "J01MA02", (480, 1200)),
        ("levothyroxine-bedtime", "H03AA01", (1380,)),
        ("ssri-tryptophan", "N06AB06", (480,)),
        ("dolutegravir", "J05AJ03", (420,)),
        ("japan-72", "C03CA01", (480,)),
        ("pregnant-29", "B03BB01", (480,)),
        ("snoring-pauses", "C09AA05", (420,)),
    ],
)
def test_their_medicines_are_what_they_wrote(name: str, atc: str, clocks: tuple[int, ...]) -> None:
    first = person(name).medicines[0]
    assert first.status == "recognised"
    assert atc in first.atc
    assert (first.route, first.clocks) == ("oral", clocks)


def test_each_shows_what_it_is_there_for() -> None:
    assert person("taiwan-34").budget_per_day == 20
    assert person("taiwan-34").currency == "TWD"
    japan = person("japan-72")
    assert japan.egfr == 41
    assert sum(dose.mg for dose in japan.taking) == pytest.approx(597, abs=1)
    assert (person("pregnant-29").pregnant, person("pregnant-29").pregnancy_week) == ("yes", 20)
    assert person("cipro").wants == ("bisglycinate",)
    assert person("ssri-tryptophan").wants == ("l_tryptophan",)
    assert "osa" in person("snoring-pauses").flags
    athlete = person("athlete-zma")
    assert {dose.substance for dose in athlete.taking} == {"magnesium", "zinc", "vitamin_b6"}
    assert (
        sum(dose.mg for dose in athlete.taking if dose.substance == "magnesium") > 350
    )  # the US limit, already passed
