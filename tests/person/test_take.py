"""What people write about what they take, with the doses a reader would write down by hand.

Bed is at 23:00. Magnesium is elemental mg: MgO holds 60.3 %, bisglycinate 14.1 %, trimagnesium dicitrate 16.2 %.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from anmin.errors import AmountError, ClockError, InputError
from anmin.knowledge.load import Knowledge, load
from anmin.person.model import Dose
from anmin.person.take import MAX_LENGTH, Taken, delivered_glycine_mg, parse_take
from anmin.units.clock import parse_clock, show_clock

BED = parse_clock("23:00")


def take(text: str, dinner: str | None = None) -> Taken:
    return parse_take(text, load(), bed=BED, dinner=parse_clock(dinner) if dinner else None)


def shown(dose: Dose) -> str:
    name = f"{dose.substance}/{dose.form}" if dose.form else dose.substance
    return f"{name} {dose.mg:.4g} {show_clock(dose.clock) if dose.clock is not None else '?'}"


def asked(taken: Taken) -> str:
    return " ".join(re.sub(r"^take\.|-\d+$", "", question.id) for question in taken.questions)


# text → doses "substance[/form] mg clock", questions
TABLE: list[tuple[str, str, str]] = [
    # English
    ("Mg glycinate 200mg elemental 22:30", "magnesium/bisglycinate 200 22:30", ""),
    ("magnesium citrate 300 mg elemental 22:30", "magnesium/citrate 300 22:30", ""),
    ("magnesium citrate 300 mg 22:30", "magnesium/citrate 300 22:30", "basis"),
    ("magnesium citrate 300 mg compound 22:30", "magnesium/citrate 48.49 22:30", ""),
    ("Magnesium (as magnesium citrate) 200 mg, 22:30", "magnesium/citrate 200 22:30", ""),
    ("I will take 200 mg of elemental magnesium (as glycinate) at 10:30 pm", "magnesium/bisglycinate 200 22:30", ""),
    ("200 mg magnesium as oxide, 9pm", "magnesium/oxide 200 21:00", ""),
    ("magnesium oxide 414 mg compound twice daily", "magnesium/oxide 249.7 ?; magnesium/oxide 249.7 ?", "clock"),
    ("magnesium citrate 1250 mg (200 mg elemental) 22:00", "magnesium/citrate 200 22:00", ""),
    ("magnesium glycinate 1,000 mg providing 141 mg elemental magnesium 22:00", "magnesium/bisglycinate 141 22:00", ""),
    ("magnesium glycinate 1000 mg (18 % Mg) at 10pm", "magnesium/bisglycinate 180 22:00", ""),
    ("magnesium 200–400 mg 22:00", "magnesium 400 22:00", "salt"),
    ("10 mmol magnesium 22:00", "magnesium 243.1 22:00", "salt"),
    ("10 mmol magnesium citrate 22:00", "magnesium/citrate 729.2 22:00", "basis"),
    ("15 mEq magnesium chloride 22:00", "magnesium/chloride 182.3 22:00", ""),
    ("2 x 200 mg Mg glycinate elemental 22:00", "magnesium/bisglycinate 400 22:00", ""),
    ("Mg glycinate 120mg elemental x 2 22:00", "magnesium/bisglycinate 240 22:00", ""),
    ("magnesium glycinate 2 capsules, 100 mg each, elemental, 22:00", "magnesium/bisglycinate 200 22:00", ""),
    ("magnesium glycinate 2 capsules 100 mg elemental 22:00", "magnesium/bisglycinate 200 22:00", "pieces"),
    ("magnesium glycinate 2 capsules 22:00", "magnesium/bisglycinate 0 22:00", "amount"),
    ("Milk of Magnesia 1200 mg 21:00", "magnesium/hydroxide 1200 21:00", "basis"),
    ("Magtein 2 g 1 hour before bed", "magnesium/threonate 2000 22:00", "basis"),
    ("magnesium threonate 4 g 22:00", "magnesium/threonate 330.1 22:00", ""),  # 4 g of the element nobody takes
    ("dimagnesium malate 1000 mg 22:00", "magnesium/dimagnesium_malate 1000 22:00", "formula"),
    ("magnesium complex (glycinate, citrate, malate) 300 mg elemental 22:00", "magnesium 300 22:00", ""),
    ("magnesium (citrate, oxide) 500 mg compound 22:00", "magnesium 301.5 22:00", ""),  # it may all be oxide
    ("glycine 3 g 30 min before bed", "glycine 3000 22:30", ""),
    ("glycine 3 22:00", "glycine 3000 22:00", "unit"),
    ("1.500 mg glycine 22:00", "glycine 1500 22:00", "number"),
    ("0.500 mg melatonin 22:00", "melatonin 0.5 22:00", ""),
    ("glycine powder 3,000 mg in water 45 minutes before bed", "glycine 3000 22:15", ""),
    ("glycine 3 grams half an hour before bed", "glycine 3000 22:30", ""),
    ("two capsules of glycine 500 mg 22:00", "glycine 1000 22:00", ""),
    ("0.5 tablet of 5 mg melatonin 22:00", "melatonin 2.5 22:00", ""),
    ("glycine 3 g bedtime 10:30", "glycine 3000 22:30", ""),
    ("glycine 3 g every night at 08:30", "glycine 3000 08:30", ""),
    ("Magnesium Bisglycinate (20% elemental) 1 g 22:00", "magnesium/bisglycinate 200 22:00", ""),
    ("GABA 100mg", "gaba 100 ?", "clock"),
    ("melatonin 3mg bedtime", "melatonin 3 22:30", ""),
    ("melatonin 500 mcg 2 hours before bed", "melatonin 0.5 21:00", ""),
    ("taking melatonin 3 mg every night at bedtime", "melatonin 3 22:30", ""),
    ("vitamin B6 10 mg", "vitamin_b6 10 ?", "clock"),
    ("5-HTP 100mg 9 pm", "5_htp 100 21:00", ""),
    ("Suntheanine 200 mg 21.30", "l_theanine 200 21:30", ""),
    ("KSM-66 300 mg 08:00 and 20:00", "ashwagandha 300 08:00; ashwagandha 300 20:00", ""),
    ("chamomile tea 21:30", "chamomile 0 21:30", ""),
    ("lemon balm tea at 9pm", "lemon_balm 0 21:00", ""),
    ("wine 1 glass 20:00", "alcohol 0 20:00", ""),
    ("theanine 200 mg + GABA 100 mg, 22:15", "l_theanine 200 22:15; gaba 100 22:15", ""),
    ("zinc glycinate 15 mg 21:00", "zinc 15 21:00", ""),
    ("zinc 10 mg in the morning and 20 mg at 22:00", "zinc 10 ?; zinc 20 22:00", "clock"),
    ("ZMA 3 capsules", "", "unknown_substance"),
    ("moonroot 200 mg", "", "unknown_substance"),
    ("herbal tea", "", "unknown_substance"),
    ("1,000 mg", "", "unknown_substance"),
    ("glycine 3 g with moonroot 22:00", "glycine 3000 22:00", "unknown_substance"),
    ("magnesium succinate 300 mg 22:00", "magnesium 300 22:00", "unread_words salt"),
    ("iron glycinate 20 mg 22:00", "iron 20 22:00", ""),
    ("Acme magnesium glycinate 200mg elemental 22:30", "magnesium/bisglycinate 200 22:30", "unread_words"),
    # 日本語
    ("酸化マグネシウム 330mg 寝る前", "magnesium/oxide 199 22:30", ""),
    ("酸化マグネシウム500mg 22:00", "magnesium/oxide 301.5 22:00", ""),
    ("酸化マグネシウム330mg 3錠 22:00", "magnesium/oxide 597 22:00", ""),
    ("酸化マグネシウム 300mg 22:00", "magnesium/oxide 300 22:00", "basis"),
    ("酸化マグネシウム 330mg（マグネシウムとして） 22:00", "magnesium/oxide 330 22:00", ""),
    ("magnesium oxide 330 mg 22:00", "magnesium/oxide 330 22:00", "basis"),
    ("氧化鎂 250 毫克 22:00", "magnesium/oxide 250 22:00", "basis"),
    ("マグミット錠330mg 2錠 就寝前", "magnesium/oxide 398 22:30", ""),
    ("マグミット錠３３０ｍｇ ２錠 就寝前", "magnesium/oxide 398 22:30", ""),
    ("ﾏｸﾞﾐｯﾄ錠330mg 1錠 眠前", "magnesium/oxide 199 22:30", ""),
    ("酸化マグネシウム錠330mg「ヨシダ」 1錠 寝る前", "magnesium/oxide 199 22:30", ""),
    ("酸化マグネシウムとして500mg 22時", "magnesium/oxide 301.5 22:00", ""),
    ("マグネシウムとして300mg(クエン酸マグネシウム) 22時半", "magnesium/citrate 300 22:30", ""),
    ("1日2回 朝夕食後 酸化マグネシウム錠 330mg", "magnesium/oxide 199 ?; magnesium/oxide 199 ?", "clock"),
    ("L-テアニン 200mg 21時", "l_theanine 200 21:00", ""),
    ("グリシン3g、テアニン200mg 22時", "glycine 3000 22:00; l_theanine 200 22:00", ""),
    ("GABA 100mgとテアニン200mgを午後10時に飲む", "gaba 100 22:00; l_theanine 200 22:00", ""),
    ("メラトニン 500µg 寝る1時間前", "melatonin 0.5 22:00", ""),
    ("グリシン 3グラム 就寝の30分前", "glycine 3000 22:30", ""),
    ("ラフマ 50mg 夕食後", "rafuma 50 ?", "clock"),
    ("カモミールティー 21時", "chamomile 0 21:00", ""),
    # 繁體中文
    ("甘胺酸鎂 200 毫克 睡前", "magnesium/bisglycinate 200 22:30", "basis"),
    ("甘胺酸鎂（元素鎂 200 毫克）睡前", "magnesium/bisglycinate 200 22:30", ""),
    ("檸檬酸鎂 (含鎂 200毫克) 晚上10點", "magnesium/citrate 200 22:00", ""),
    ("以氧化鎂計 500毫克 睡前", "magnesium/oxide 301.5 22:30", ""),
    ("氧化鎂錠250毫克 2顆 睡前", "magnesium/oxide 301.5 22:30", ""),
    ("氧化鎂 250 毫克 2 顆 睡前", "magnesium/oxide 500 22:30", "basis"),
    ("鎂 300 毫克 睡前", "magnesium 300 22:30", "salt"),
    ("色胺酸 500 毫克 晚餐後", "l_tryptophan 500 ?", "clock"),
    ("茶胺酸兩百毫克 睡前半小時", "l_theanine 200 22:30", ""),
    ("睡前30分鐘 甘胺酸三公克", "glycine 3000 22:30", ""),
    ("褪黑激素 0.5毫克 晚上 9 點半", "melatonin 0.5 21:30", ""),
    ("晚上十點 甘胺酸 3 克", "glycine 3000 22:00", ""),
    ("甘胺酸 3000毫克，每晚10:30", "glycine 3000 22:30", ""),
    ("洋甘菊茶 一杯 21:30", "chamomile 0 21:30", ""),
    ("维生素B6 10毫克 + 甘氨酸镁 150毫克元素镁 睡前", "vitamin_b6 10 22:30; magnesium/bisglycinate 150 22:30", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "doses", "questions"), TABLE, ids=[row[0] for row in TABLE])
def test_reads_like_a_person(text: str, doses: str, questions: str) -> None:
    taken = take(text)
    assert "; ".join(shown(dose) for dose in taken.doses) == doses
    assert asked(taken) == questions
    assert taken.text == text


def test_the_table_is_long_and_in_three_languages() -> None:
    texts = [row[0] for row in TABLE]
    assert len(texts) >= 60
    assert sum(bool(re.search(r"[\u3040-\u30ff]", text)) for text in texts) >= 12
    assert (
        sum(bool(re.search(r"[\u4e00-\u9fff]", text) and not re.search(r"[\u3040-\u30ff]", text)) for text in texts)
        >= 12
    )


@pytest.mark.parametrize(
    ("text", "water", "minutes", "end", "questions"),
    [
        ("warm bath 40C 15 min 21:00", 40, 15, "21:15", ""),
        ("泡澡 40度 15分鐘 21:00", 40, 15, "21:15", ""),
        ("お風呂 41度 10分 21時", 41, 10, "21:10", ""),
        ("入浴 40℃ 21:00〜21:15", 40, 15, "21:15", ""),
        ("bath 104F 15 min at 8:30 pm", 40, 15, "20:45", ""),
        ("hot bath 40 °C, 10 minutes, until 21:30", 40, 10, "21:30", ""),
        ("warm bath 40C 10 min 90 min before bed", 40, 10, "21:30", ""),
        ("epsom salt bath 40C 20 min 21:00", 40, 20, "21:20", ""),
        ("warm bath 21:00", 42, 20, "21:20", "bath_water bath_minutes"),
        ("warm bath 40C 15 min", 40, 15, "23:00", "bath_hour"),
    ],
)
def test_baths(text: str, water: float, minutes: float, end: str, questions: str) -> None:
    taken = take(text)
    assert taken.bath is not None
    assert (round(taken.bath.water_c, 6), taken.bath.minutes) == (water, minutes)
    assert show_clock(taken.bath.end) == end
    assert (asked(taken), taken.doses) == (questions, ())


def test_a_bath_beside_a_dose_keeps_its_own_hour() -> None:
    taken = take("warm bath 40C 15 min 20:45, glycine 3 g 22:00")
    assert taken.bath is not None
    assert show_clock(taken.bath.end) == "21:00"
    assert [shown(dose) for dose in taken.doses] == ["glycine 3000 22:00"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("magnesium 5 g", AmountError), ("5 g magnesium", AmountError), ("magnesium oxide 50 g", AmountError),
        ("酸化マグネシウム 10g", AmountError), ("melatonin 3 g", AmountError), ("magnesium -200 mg", AmountError),
        ("magnesium 0 mg", AmountError), ("magnesium 400 IU", AmountError), ("glycine 10 mmol", AmountError),
        ("magnesium glycinate 500 mg elemental 20 capsules", AmountError), ("glycine 999999999999 g", AmountError),
        ("glycinate 1000 mg (70 % Mg)", AmountError),
        ("glycine 3 g 25:00", ClockError), ("glycine 3 g 22:75", ClockError),
        ("glycine 3 g 13pm", ClockError), ("glycine 3 g 50 times a day", InputError),
        ("warm bath 95C 10 min", InputError),
        ("warm bath 40C 900 min", InputError), ("warm bath 40C 10 min + hot bath 41C 10 min", InputError),
        ("", InputError), ("   ", InputError), ("22:30", InputError), ("glycine\x003 g", InputError),
        ("glycine 3 g \ud800", InputError), ("x" * (MAX_LENGTH + 1), InputError),
        (" + ".join(["glycine 1 g"] * 21), InputError),
    ],
)  # fmt: skip
def test_what_nobody_can_take_is_an_error_that_names_the_field(text: str, error: type[InputError]) -> None:
    with pytest.raises(error) as caught:
        take(text)
    assert caught.value.field in ("amount", "clock", "take", "unit")
    assert "allowed:" in str(caught.value)


def test_the_impossible_is_refused_and_the_unusual_is_not() -> None:
    high = load().ranges["one_dose_magnesium_mg"].high
    assert take(f"magnesium {high:g} mg 22:00").doses[0].mg == high
    with pytest.raises(AmountError, match="3,000 mg of magnesium"):
        take(f"magnesium {high + 1:g} mg 22:00")


def test_the_larger_reading_counts_while_the_question_is_open() -> None:
    for text in ("magnesium citrate 300 mg", "酸化マグネシウム 300mg", "甘胺酸鎂 200 毫克"):
        taken = take(f"{text} 22:00")
        question = next(question for question in taken.questions if question.id == "take.basis")
        assert question.blocks == ("magnesium",)
        assert question.options == ("elemental", "compound")
        compound = take(f"{text} compound 22:00")
        assert compound.doses[0].mg < taken.doses[0].mg == take(f"{text} elemental 22:00").doses[0].mg


@pytest.mark.parametrize(
    ("text", "alkaline"),
    [
        ("magnesium oxide 200 mg elemental 22:00", True), ("magnesium citrate 200 mg elemental 22:00", False),
        ("magnesium 200 mg 22:00", None), ("buffered magnesium glycinate 200 mg elemental 22:00", True),
        ("magnesium glycinate 1000 mg (18 % Mg) 22:00", True), ("magnesium glycinate 1000 mg (14.1 % Mg) 22:00", False),
        ("magnesium glycinate 1000 mg (10 % Mg) 22:00", False), ("magnesium (citrate, oxide) 200 mg 22:00", True),
        ("緩衝甘胺酸鎂 200 毫克 元素 22:00", True),
    ],
)  # fmt: skip
def test_what_binds_acid_is_known_or_not_known(text: str, alkaline: bool | None) -> None:
    assert take(text).doses[0].alkaline is alkaline


def test_an_unknown_name_holds_everything_back() -> None:
    for text in ("ZMA 3 capsules", "glycine 3 g + ZMA 22:00", "St John's wort 300 mg", "藥酒 10 毫克", "ホットミルク"):
        assert any("*" in question.blocks for question in take(text).questions), text


@pytest.mark.parametrize(
    ("text", "doses"),
    [
        ("magnisium 200 mg 20:30", ["magnesium 200 20:30"]),
        ("magnesum citrate 200 mg elemental 20:30", ["magnesium/citrate 200 20:30"]),
        ("melatonine 3 mg 22:00", ["melatonin 3 22:00"]), ("glycin 3 g 22:00", ["glycine 3000 22:00"]),
        ("マグネシュウム 200mg 22:00", ["magnesium 200 22:00"]), ("glycine 3 g + theanin 200 mg 22:00",
                                                        ["glycine 3000 22:00", "l_theanine 200 22:00"]),
    ],
)  # fmt: skip
def test_a_misspelt_name_is_asked_about_and_checked_as_the_nearest(text: str, doses: list[str]) -> None:
    taken = take(text)
    assert [shown(dose) for dose in taken.doses] == doses
    question = next(each for each in taken.questions if each.id == "take.near_miss")
    assert question.blocks == ("*",)


@pytest.mark.parametrize("text", ["zolpidem 10 mg", "warfarin", "aspirin 100 mg 22:00", "佐沛眠 10 毫克"])
def test_a_medicine_is_told_where_it_belongs(text: str) -> None:
    taken = take(text)
    assert not taken.doses
    assert [(each.id, each.blocks) for each in taken.questions] == [("take.medicine", ("*",))]
    assert "medicines:" in taken.questions[0].text.en


@pytest.mark.parametrize(
    ("often", "doses"),
    [
        ("every 4 hours", 6), ("every four hours", 6), ("q4h", 6), ("q 6 h", 4), ("6 hourly", 4), ("every 12 hrs", 2),
        ("every 6 to 8 hours", 4), ("every 5 hours", 5), ("AM PM", 2), ("am and pm", 2), ("a.m. / p.m.", 2),
        ("three times a day", 3), ("4x/day", 4), ("2/day", 2), ("three doses a day", 3), ("4時間ごと", 6),
        ("8時間おきに", 3), ("8時間毎", 3), ("每4小時", 6), ("每隔八小時", 3), ("twice a day every 12 hours", 2),
    ],
)  # fmt: skip
def test_every_dose_of_the_day_counts(often: str, doses: int) -> None:
    taken = take(f"magnesium citrate 200 mg elemental {often}")
    assert [dose.mg for dose in taken.doses] == [200.0] * doses
    assert "clock" in asked(taken)


def test_with_an_interval_one_hour_tells_the_others() -> None:
    taken = take("magnesium citrate 100 mg elemental every 8 hours 06:00")
    assert [shown(dose).split()[-1] for dose in taken.doses] == ["06:00", "14:00", "22:00"]
    assert not taken.questions
    with pytest.raises(InputError):
        take("magnesium citrate 100 mg elemental every 10 minutes")


def test_a_salt_that_is_not_known_is_not_taken_for_another() -> None:
    for text in ("magnesium succinate 300 mg", "琥珀酸鎂 300 毫克", "コハク酸マグネシウム 300mg"):
        taken = take(f"{text} 22:00")
        assert all(dose.form is None for dose in taken.doses), text
        assert any("magnesium" in question.blocks or "*" in question.blocks for question in taken.questions), text


def test_dinner_has_an_hour_only_when_it_is_given() -> None:
    for text in ("tryptophan 500 mg with dinner", "色胺酸 500 毫克 晚餐後", "トリプトファン 500mg 夕食後"):
        assert take(text).doses[0].clock is None
        assert [shown(dose) for dose in take(text, dinner="19:00").doses] == ["l_tryptophan 500 19:00"]
        assert not take(text, dinner="19:00").questions


def test_the_hour_before_bed_wraps_round_midnight() -> None:
    taken = parse_take("glycine 3 g 90 min before bed", load(), bed=parse_clock("00:30"))
    assert shown(taken.doses[0]) == "glycine 3000 23:00"


def test_glycine_that_comes_with_the_chelate() -> None:
    """200 mg of magnesium as bisglycinate bring 1,235 mg of glycine (2 × 75.07 / 24.305 = 6.177 mg per mg)."""
    facts = load()
    pure, buffered = take("Mg glycinate 200mg elemental 22:00"), take("buffered Mg glycinate 200mg elemental 22:00")
    assert delivered_glycine_mg(pure.doses[0], facts) == pytest.approx(1235, abs=1)
    assert delivered_glycine_mg(buffered.doses[0], facts) == 0
    assert delivered_glycine_mg(take("glycine 3 g 22:00").doses[0], facts) == 0


def _names(facts: Knowledge) -> Iterator[tuple[str, str, str | None]]:
    for form in facts.forms.values():
        for name in (*form.aliases, form.name.en, form.name.zh_hant, form.name.ja):
            yield name, "magnesium", form.id
    for substance in facts.substances.values():
        if substance.kind not in ("practice", "drink", "stimulant"):
            for name in (*substance.aliases, substance.name.en, substance.name.zh_hant, substance.name.ja):
                yield name, substance.id, None


def test_every_name_in_the_facts_is_read_as_what_it_names() -> None:
    wrong = []
    for name, substance, form in _names(load()):
        taken = take(f"{name} 100 mg 22:00")
        found = {(dose.substance, dose.form) for dose in taken.doses}
        if found != {(substance, form)} or any("unread" in question.id for question in taken.questions):
            wrong.append((name, substance, form, found))
    assert not wrong


def test_every_question_has_its_words_in_three_languages() -> None:
    facts = load()
    kinds = {"unknown_substance", "unread_words", "basis", "salt", "amount", "unit", "number", "pieces", "formula",
             "conflict", "clock", "bath_water", "bath_minutes", "bath_hour", "near_miss", "medicine"}  # fmt: skip
    seen = {id.removeprefix("take.").removesuffix(".why") for id in facts.messages if id.startswith("take.")}
    assert seen == kinds
    texts = [row[0] for row in TABLE] + [
        "warm bath",
        "magnesium oxide 100 mg (90 mg elemental) 22:00",
        "magnisium 200 mg",
        "zolpidem 10 mg",
    ]
    questions = [question for text in texts for question in take(text).questions]
    assert {re.sub(r"-\d+$", "", question.id).removeprefix("take.") for question in questions} == kinds
    for question in questions:
        for text in (question.text, question.why):
            assert "{" not in text.en + text.zh_hant + text.ja
            assert len({text.en, text.zh_hant, text.ja}) == 3
